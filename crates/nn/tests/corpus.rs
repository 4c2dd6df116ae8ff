//! What fuzzing found worth keeping (`fuzz/corpus`), through the doors for other people's bytes: nothing panics, and what is let in
//! is what it says. `docs/fuzzing.md` tells how the corpus came about.

#[path = "doors"]
mod doors {
    pub(crate) mod architecture;
    pub(crate) mod csv;
    pub(crate) mod idx;
    pub(crate) mod safetensors;
}
use std::fs;
use std::path::Path;

/// Runs every file of a corpus, of which there are at least so many.
fn run(target: &str, least: usize, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let held = std::panic::catch_unwind(|| check(&bytes)).is_ok();
        assert!(held, "{} breaks a promise, as told above", path.display());
        count += 1;
    }
    assert!(count >= least, "only {count} files for {target}");
}

#[test]
fn architectures() {
    run("architecture", 20, doors::architecture::check);
}

#[test]
fn csv() {
    run("csv", 20, doors::csv::check);
}

#[test]
fn idx() {
    run("idx", 20, doors::idx::check);
}

#[test]
fn safetensors() {
    run("safetensors", 20, doors::safetensors::check);
}
