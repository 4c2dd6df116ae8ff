//! The code of the book's pages, compiled and run: `cargo test -p chainrule-book`.

use std::fs;
use std::path::Path;

/// Takes a page's code as documentation tests, and its name into [`PAGES`].
macro_rules! pages {
    ($($name:ident: $path:literal,)*) => {
        $(
            #[cfg(doctest)]
            #[doc = include_str!($path)]
            mod $name {}
        )*

        /// The pages with code.
        #[cfg(test)]
        const PAGES: &[&str] = &[$($path),*];
    };
}

pages! {
    adding: "adding.md",
    coming_from_burn: "coming-from/burn.md",
    coming_from_candle: "coming-from/candle.md",
    coming_from_codipack: "coming-from/codipack.md",
    coming_from_jax: "coming-from/jax.md",
    coming_from_keras: "coming-from/keras.md",
    coming_from_pytorch: "coming-from/pytorch.md",
    derivatives: "derivatives.md",
    explain: "explain.md",
    files: "files.md",
    idea: "idea.md",
    memory: "memory.md",
    nan: "nan.md",
    networks: "networks.md",
    own_code: "own-code.md",
    tutorial: "tutorial.md",
}

/// Holds a picture that a page's code draws to the one that the page shows. With the environment variable `RENEW_SNAPSHOTS`, the
/// picture is written anew.
///
/// # Panics
/// Where they differ.
pub fn picture(name: &str, svg: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("pictures").join(name);
    if std::env::var_os("RENEW_SNAPSHOTS").is_some() {
        fs::write(&path, svg).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    let shown = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(shown == svg, "{name} is not what the page's code draws; RENEW_SNAPSHOTS=1 writes it anew");
}

#[cfg(test)]
mod tests {
    use super::PAGES;
    use std::fs;
    use std::path::{Path, PathBuf};

    /// The Markdown files of a folder and of those within.
    fn markdown(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let pages = entries.flat_map(|path| if path.is_dir() { markdown(&path) } else { vec![path] });
        pages.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
    }

    #[test]
    fn every_page_with_code_is_listed() {
        let book = Path::new(env!("CARGO_MANIFEST_DIR"));
        let pages = markdown(book);
        assert!(pages.len() > PAGES.len());
        for page in pages {
            let name = page.strip_prefix(book).unwrap().to_str().unwrap().replace('\\', "/");
            let fences =
                fs::read_to_string(&page).unwrap().lines().any(|line| line.trim_start().starts_with("```rust"));
            assert_eq!(
                fences,
                PAGES.contains(&name.as_str()),
                "{name}: a page with code stands in the list of snippets.rs, no other"
            );
        }
    }
}
