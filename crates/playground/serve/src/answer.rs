//! Which file a request means, and what kind of file it is.

use std::path::{Path, PathBuf};

/// The file below the site's folder that the target of a request means, or none.
///
/// Names are letters, digits and `.`, `-`, `_`, and begin with no dot. So there is no way out of the folder, and nothing to be decoded.
pub(crate) fn file(site: &Path, target: &str) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next()?.strip_prefix('/')?;
    let path = if path.is_empty() { "index.html" } else { path };
    path.split('/').all(is_name).then(|| path.split('/').fold(site.to_path_buf(), |folder, name| folder.join(name)))
}

fn is_name(part: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    !part.is_empty() && !part.starts_with('.') && part.bytes().all(letter)
}

/// The content type of a file by its name. Browsers compile a module while it arrives only if its type is right, and run no script of
/// another type.
pub(crate) fn content_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("csv") => "text/csv; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_files_of_the_site() {
        for (target, expected) in [
            ("/", "site/index.html"),
            ("/?a=../..", "site/index.html"),
            ("/backprop.html", "site/backprop.html"),
            ("/main.js?version=2#part", "site/main.js"),
            ("/chainrule_playground_bg.wasm", "site/chainrule_playground_bg.wasm"),
            ("/snippets/a-1/inline0.js", "site/snippets/a-1/inline0.js"),
        ] {
            assert_eq!(file(Path::new("site"), target), Some(PathBuf::from(expected)), "{target}");
        }
    }

    #[test]
    fn no_path_leads_out_of_the_site() {
        for target in [
            "",
            "index.html",
            "*",
            "http://127.0.0.1/index.html",
            "/../Cargo.toml",
            "/a/../../Cargo.toml",
            "/./index.html",
            "/.git/config",
            "/%2e%2e/Cargo.toml",
            "/..%2fCargo.toml",
            "//etc/passwd",
            "/a//b",
            "/a/",
            "/c:/windows",
            "/a\\..\\b",
            "/a\0b",
            "/ä",
        ] {
            assert_eq!(file(Path::new("site"), target), None, "{target:?}");
        }
    }

    #[test]
    fn content_types_are_those_that_browsers_ask_for() {
        for (name, expected) in [
            ("index.html", "text/html; charset=utf-8"),
            ("style.css", "text/css; charset=utf-8"),
            ("main.js", "text/javascript; charset=utf-8"),
            ("chainrule_playground_bg.wasm", "application/wasm"),
            ("noextension", "application/octet-stream"),
        ] {
            assert_eq!(content_type(Path::new(name)), expected, "{name}");
        }
    }
}
