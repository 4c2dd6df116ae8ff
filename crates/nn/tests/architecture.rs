//! The shape of the crate, as `docs/architecture.md` draws it: uses between its rooms run one way, there is no unsafe code, and no
//! file grows beyond what one can read.

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms; each may use those before it.
const ROOMS: [&str; 26] = [
    "error",
    "settings",
    "files",
    "random",
    "init",
    "param",
    "pytorch",
    "onnx",
    "activation",
    "regularizer",
    "pass",
    "layer",
    "monitor",
    "targets",
    "weighted_mean",
    "loss",
    "metric",
    "schedule",
    "optim",
    "session",
    "sequential",
    "check",
    "data",
    "plot",
    "train",
    "prelude",
];

/// How many lines a file may have.
const LONGEST: usize = 450;

/// A file's room and its text without comments.
struct File {
    path: PathBuf,
    room: String,
    text: String,
}

fn files() -> Vec<File> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![source.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("lib.rs") {
                let inside = path.strip_prefix(&source).unwrap().with_extension("");
                let room = inside.iter().next().unwrap().to_str().unwrap().to_owned();
                let text = fs::read_to_string(&path).unwrap();
                let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
                found.push(File { path: inside, room, text: code.join("\n") });
            }
        }
    }
    assert!(found.len() > 2 * ROOMS.len(), "only {} files", found.len());
    found
}

/// The room behind a name at the root of the crate: its own name, or where `lib.rs` takes it from.
fn room_of(name: &str) -> Option<usize> {
    let place = |room: &str| ROOMS.iter().position(|known| *known == room);
    place(name).or_else(|| {
        let library = include_str!("../src/lib.rs");
        let line = library.split("pub use ").find(|line| {
            let statement = line.split(';').next().unwrap_or(line);
            statement.split(|sign: char| !sign.is_alphanumeric() && sign != '_').any(|word| word == name)
        })?;
        place(line.split("::").next()?)
    })
}

/// Each use of a room by a file that stands before it.
fn breaches(files: &[File]) -> Vec<String> {
    let mut breaches = Vec::new();
    for File { path, room, text } in files {
        let Some(own) = room_of(room) else {
            breaches.push(format!("{} is in no room: list its room, in its order, in this test", path.display()));
            continue;
        };
        for used in text.split("crate::").skip(1) {
            let name = used.split(|sign: char| !sign.is_alphanumeric() && sign != '_').next().unwrap_or_default();
            match room_of(name) {
                Some(other) if other <= own => {}
                _ => breaches.push(format!("{} uses `crate::{name}`, of a later room or of none", path.display())),
            }
        }
    }
    breaches
}

#[test]
fn uses_between_rooms_run_one_way() {
    assert_eq!(breaches(&files()), Vec::<String>::new());
}

#[test]
fn a_use_of_a_later_room_is_noticed() {
    let file = |room: &str, text: &str| File { path: room.into(), room: room.into(), text: text.into() };
    assert_eq!(breaches(&[file("layer", "use crate::train::Fit;")]).len(), 1);
    assert_eq!(breaches(&[file("optim", "fn f(model: crate::Model) {}")]).len(), 1);
    assert_eq!(breaches(&[file("attic", "")]).len(), 1);
    assert_eq!(breaches(&[file("train", "use crate::{layer::Dense};")]).len(), 1, "write paths out");
    assert_eq!(breaches(&[file("train", "use crate::layer::Dense; use crate::Result;")]), Vec::<String>::new());
}

#[test]
fn files_stay_readable_and_safe() {
    for File { path, text, .. } in files() {
        assert!(text.lines().count() <= LONGEST, "{} is too long", path.display());
        assert!(!text.contains("unsafe "), "{}: unsafe code belongs in chainrule-kernels", path.display());
    }
    assert_eq!(long_tests(), Vec::<PathBuf>::new(), "more than {LONGEST} lines");
}

/// The files of tests.
fn tests() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect()
}

/// The files of tests that are too long.
fn long_tests() -> Vec<PathBuf> {
    let is_long = |path: &PathBuf| fs::read_to_string(path).unwrap().lines().count() > LONGEST;
    tests().into_iter().filter(is_long).collect()
}

/// A file that neither `tests/all.rs` nor `Cargo.toml` names would be compiled by nobody.
#[test]
fn every_file_of_tests_is_run() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let [all, manifest] = ["tests/all.rs", "Cargo.toml"].map(|file| fs::read_to_string(root.join(file)).unwrap());
    let names = tests().into_iter().map(|path| path.file_stem().unwrap().display().to_string());
    let is_run = |name: &str| {
        let (module, binary) = (format!("mod {name};"), format!("[[test]]\nname = \"{name}\"\n"));
        all.lines().any(|line| line == module) || manifest.contains(&binary)
    };
    let forgotten: Vec<String> = names.filter(|name| !is_run(name)).collect();
    assert_eq!(forgotten, Vec::<String>::new(), "name them in tests/all.rs");
}
