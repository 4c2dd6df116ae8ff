//! The shape of the crate, as `docs/architecture.md` draws it: imports between its rooms run one way, there is no unsafe
//! code, and no file grows beyond what one can read.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms; each may use those before it.
const ROOMS: [&str; 11] =
    ["real", "rule", "number", "array", "tape", "scalar", "tensor", "check", "op", "derivative", "explain"];

/// How many lines a file may have.
const LONGEST: usize = 450;

#[test]
fn imports_between_rooms_run_one_way() {
    let house = House::read();
    assert_eq!(house.breaches(), Vec::<String>::new());
}

#[test]
fn there_is_no_unsafe_code() {
    let house = House::read();
    let files: Vec<_> = house.files.iter().filter(|file| file.tokens.iter().any(|token| token == "unsafe")).collect();
    assert!(files.is_empty(), "unsafe code belongs in chainrule-kernels: {files:?}");
}

#[test]
fn files_stay_readable() {
    let house = House::read();
    let files: Vec<_> = house.files.iter().filter(|file| file.lines > LONGEST).collect();
    assert!(files.is_empty(), "more than {LONGEST} lines: {files:?}");
    assert_eq!(long_tests(), Vec::<PathBuf>::new(), "more than {LONGEST} lines");
}

/// In `docs/architecture.md`, below the heading of its room.
#[test]
fn every_file_has_its_line_in_the_plan() {
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/architecture.md");
    let plan = fs::read_to_string(plan).expect("the plan can be read");
    let missing: Vec<_> = House::read().files.into_iter().filter(|file| !file.stands_in(&plan)).collect();
    assert!(missing.is_empty(), "without a line in docs/architecture.md: {missing:?}");
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

/// One source file.
struct File {
    /// Its modules from the root down: `["tape", "sweep"]` for `src/tape/sweep.rs`, none for `src/lib.rs`.
    modules: Vec<String>,
    lines: usize,
    tokens: Vec<String>,
}

impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({} lines)", self.path(), self.lines)
    }
}

impl File {
    fn new(modules: &[&str], text: &str) -> Self {
        let modules = modules.iter().map(ToString::to_string).collect();
        Self { modules, lines: text.lines().count(), tokens: tokens(text) }
    }

    /// Whether the plan has a line for this file, by its path within the room. The root of the crate needs none.
    fn stands_in(&self, plan: &str) -> bool {
        let Some((room, inner)) = self.modules.split_first() else { return true };
        let mut sections = plan.split("\n### ").filter(|section| section.starts_with(&format!("`{room}`")));
        let names = match inner {
            [] => vec!["mod".to_owned()],
            _ => vec![inner.join("/"), format!("{}/mod", inner.join("/"))],
        };
        sections.next().is_some_and(|section| names.iter().any(|name| section.contains(&format!("\n| `{name}.rs` |"))))
    }

    fn path(&self) -> String {
        format!("crate::{}", self.modules.join("::"))
    }
}

/// All source files, and where the names at the root of the crate come from.
struct House {
    files: Vec<File>,
    /// The room behind each room's own name and each name that `lib.rs` re-exports.
    origin: BTreeMap<String, String>,
}

impl House {
    fn read() -> Self {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut paths = Vec::new();
        rust_files(&source, &mut paths);
        assert!(paths.len() > ROOMS.len(), "{} holds only {paths:?}", source.display());
        let files = paths.iter().map(|path| {
            let text = fs::read_to_string(path).expect("a source file can be read");
            let place = path.strip_prefix(&source).expect("a path below src").with_extension("");
            let mut modules: Vec<&str> = place.iter().map(|part| part.to_str().expect("a name in UTF-8")).collect();
            if matches!(modules.last(), Some(&("mod" | "lib"))) {
                modules.pop();
            }
            File::new(&modules, &text)
        });
        Self::new(files.collect())
    }

    fn new(files: Vec<File>) -> Self {
        let mut origin: BTreeMap<String, String> = ROOMS.map(|room| (room.to_owned(), room.to_owned())).into();
        // macros for users stand at the root, wherever they are written
        for file in &files {
            let exported = file.tokens.windows(5).filter(|five| five[0] == "macro_export" && five[2] == "macro_rules");
            origin.extend(exported.filter_map(|five| Some((five[4].clone(), file.modules.first()?.clone()))));
        }
        let root = files.iter().find(|file| file.modules.is_empty()).expect("lib.rs");
        // `pub use room::Name;` and `pub use room::{Name, Name};`
        for (at, _) in root.tokens.windows(2).enumerate().filter(|(_, pair)| pair == &["pub", "use"]) {
            let room = &root.tokens[at + 2];
            if ROOMS.contains(&room.as_str()) {
                let names = first_names(&root.tokens[at + 4..]);
                origin.extend(names.into_iter().map(|name| (name, room.clone())));
            }
        }
        Self { files, origin }
    }

    /// Every use of a later room, and every name or file that belongs to no room.
    fn breaches(&self) -> Vec<String> {
        let inside = self.files.iter().filter(|file| !file.modules.is_empty());
        inside.flat_map(|file| self.breaches_of(file)).collect()
    }

    fn breaches_of(&self, file: &File) -> Vec<String> {
        let place = |room: &str| ROOMS.iter().position(|&known| known == room);
        let own = &file.modules[0];
        let Some(own_place) = place(own) else {
            return vec![format!("{} is in no room: list its room, in its order, in this test", file.path())];
        };
        // the prelude shows every room, the last one too
        let may_use_prelude = ROOMS[ROOMS.len() - 3..].contains(&own.as_str());
        let judge = |Name { name, in_tests }: Name| match self.origin.get(&name) {
            None if name == "prelude" && in_tests && may_use_prelude => None,
            None if name == "prelude" => Some(format!(
                "{} uses the prelude, which is for users and for tests of the last three rooms",
                file.path()
            )),
            Some(room) if place(room) <= Some(own_place) => None,
            Some(room) => Some(format!("{} uses `{name}` of the later room `{room}`", file.path())),
            None => Some(format!("{} uses `crate::{name}`, which belongs to no room", file.path())),
        };
        let mut breaches: Vec<String> =
            names_at_the_root(&file.tokens, file.modules.len()).into_iter().filter_map(judge).collect();
        for room in self.foreign_macros(file).iter().filter(|room| place(room) > Some(own_place)) {
            breaches.push(format!("{} uses a macro of the later room `{room}`", file.path()));
        }
        breaches
    }

    /// The rooms whose macros `file` calls: macros travel by the order of the text and not by paths.
    fn foreign_macros(&self, file: &File) -> Vec<String> {
        let defines = |file: &File, name: &str| {
            file.tokens.windows(3).any(|three| three[0] == "macro_rules" && three[1] == "!" && three[2] == name)
        };
        let calls =
            file.tokens.windows(2).filter(|pair| pair[1] == "!" && is_name(&pair[0]) && !defines(file, &pair[0]));
        calls
            .filter_map(|pair| self.files.iter().find(|other| defines(other, &pair[0])))
            .filter_map(|other| other.modules.first().cloned())
            .collect()
    }
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder can be read") {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
}

/// A name at the root of the crate, as used in a file.
struct Name {
    name: String,
    /// It is used by a module that only tests have.
    in_tests: bool,
}

/// What a brace opens.
#[derive(PartialEq)]
enum Brace {
    Module,
    /// A module under `#[cfg(test)]`.
    Tests,
    Other,
}

impl Brace {
    fn at(tokens: &[String], at: usize) -> Self {
        if at < 2 || tokens[at - 2] != "mod" {
            return Self::Other;
        }
        let for_tests = ["#", "[", "cfg", "(", "test", ")", "]", "mod"];
        let start = (at - 1).saturating_sub(for_tests.len());
        if tokens[start..at - 1] == for_tests { Self::Tests } else { Self::Module }
    }
}

/// The names that paths from the root of the crate start with, whether written with `crate` or with enough `super`s. The
/// file is a module `depth` levels below the root.
fn names_at_the_root(tokens: &[String], depth: usize) -> Vec<Name> {
    let mut names = Vec::new();
    let mut braces = Vec::new();
    let mut at = 0;
    let mut add = |path: &[String], braces: &[Brace]| {
        let in_tests = braces.contains(&Brace::Tests);
        names.extend(first_names(path).into_iter().map(|name| Name { name, in_tests }));
    };
    while at < tokens.len() {
        match tokens[at].as_str() {
            "{" => braces.push(Brace::at(tokens, at)),
            "}" => drop(braces.pop()),
            "crate" if is_path(tokens, at) => add(&tokens[at + 2..], &braces),
            "super" if is_path(tokens, at) => {
                let start = at;
                while tokens[at] == "super" && is_path(tokens, at) {
                    at += 2;
                }
                let inner = braces.iter().filter(|&brace| *brace != Brace::Other).count();
                if (at - start) / 2 >= depth + inner {
                    add(&tokens[at..], &braces);
                }
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    names
}

fn is_path(tokens: &[String], at: usize) -> bool {
    tokens.get(at + 1).is_some_and(|next| next == "::")
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// What stands at the head of each path: `a` in `a::b`; `a` and `c` in `{a::b, c}`.
fn first_names(tokens: &[String]) -> Vec<String> {
    if tokens.first().is_none_or(|token| token != "{") {
        return tokens.first().into_iter().cloned().collect();
    }
    let mut names = Vec::new();
    let mut depth = 0;
    for pair in tokens.windows(2) {
        match pair[0].as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if depth == 1 && matches!(pair[0].as_str(), "{" | ",") && is_name(&pair[1]) {
            names.push(pair[1].clone());
        }
    }
    names
}

/// Names, `::` and single signs. Comments, strings and character literals are left out.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (length, kept) = next_token(rest, first);
        if kept {
            tokens.push(rest[..length].to_owned());
        }
        rest = &rest[length..];
    }
    tokens
}

/// The length of the first token, and whether it is one to keep.
fn next_token(text: &str, first: char) -> (usize, bool) {
    let until = |end: &str, from: usize| text[from..].find(end).map_or(text.len(), |at| from + at + end.len());
    if text.starts_with("//") {
        (until("\n", 0), false)
    } else if text.starts_with("/*") {
        (until("*/", 2), false)
    } else if let Some(hashes) = raw_string(text) {
        let end = format!("\"{}", "#".repeat(hashes));
        (until(&end, 2 + hashes), false)
    } else if first == '"' {
        (quoted(text, '"'), false)
    } else if first == '\'' && is_character(text) {
        (quoted(text, '\''), false)
    } else if text.starts_with("::") {
        (2, true)
    } else if first.is_alphanumeric() || first == '_' {
        (text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len()), true)
    } else {
        (first.len_utf8(), !first.is_whitespace())
    }
}

/// The number of `#` of a raw string that starts here.
fn raw_string(text: &str) -> Option<usize> {
    let behind = text.strip_prefix('r')?;
    let inner = behind.trim_start_matches('#');
    inner.starts_with('"').then(|| behind.len() - inner.len())
}

/// `'a'` and `'\n'`, but not the lifetime `'a`.
fn is_character(text: &str) -> bool {
    let mut signs = text.chars().skip(1);
    signs.next() == Some('\\') || signs.next() == Some('\'')
}

/// The length of a literal with escapes.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == quote && !escaped {
            return at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}

/// A house with a `tape` that is `text`.
fn with_tape(text: &str) -> Vec<String> {
    with_room("tape", text)
}

/// A house in which a file of this room is `text`.
fn with_room(room: &str, text: &str) -> Vec<String> {
    let root = "pub use real::Real; pub use tape::{Tape, Var}; pub use check::gradcheck;";
    let scalar = "macro_rules! fold { () => {} }";
    House::new(vec![File::new(&[], root), File::new(&["scalar"], scalar), File::new(&[room, "var"], text)]).breaches()
}

#[test]
fn this_test_notices_a_use_of_a_later_room() {
    for text in [
        "use crate::scalar::Handle;",
        "use crate::{real::Real, check::Report};",
        "use crate::gradcheck;",
        "fn f() { $crate::scalar::f() }",
        "use super::super::scalar;",
        "mod tests { use super::super::super::scalar; }",
        "fold!();",
        "let quote = '\"'; use crate::scalar::Handle; let other = '\"';",
        "use crate::prelude::Var;",
        "#[cfg(test)] mod tests { use crate::prelude::*; }",
    ] {
        assert_eq!(with_tape(text).len(), 1, "{text}");
    }
}

#[test]
fn this_test_allows_earlier_rooms_and_ones_own() {
    for text in [
        "use crate::real::{Real, special};",
        "use crate::{Real, tape::Index, Var};",
        "use super::{Tape, scalar};",
        "mod tests { use super::*; use super::super::scalar; }",
        "pub(super) fn f() {} pub(in super::super) fn g() {}",
        "// crate::scalar\n/* crate::scalar */ /// [`crate::check`]\n",
        "const TEXT: &str = \"crate::scalar\"; const RAW: &str = r#\"crate::scalar \"quoted\"\"#;",
        "fn f<'t>(x: &'t str) {} fold",
        "macro_rules! fold { () => {} } fold!();",
    ] {
        assert_eq!(with_tape(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn this_test_allows_the_prelude_in_tests_of_late_rooms_alone() {
    for room in ["op", "derivative", "explain"] {
        for text in [
            "#[cfg(test)] mod tests { use crate::prelude::*; }",
            "fn f() {} #[cfg(test)] mod tests { use super::*; mod inner { use crate::prelude::*; } }",
        ] {
            assert_eq!(with_room(room, text), Vec::<String>::new(), "{text}");
        }
        for text in [
            "use crate::prelude::*;",
            "mod inner { use crate::prelude::*; }",
            "#[cfg(test)] mod tests { } use crate::prelude::*;",
            "#[cfg(test)] use super::super::prelude::Var;",
        ] {
            assert_eq!(with_room(room, text).len(), 1, "{text}");
        }
    }
    assert_eq!(with_room("op", "#[cfg(test)] mod tests { use crate::derivative::grad; }").len(), 1);
}

#[test]
fn this_test_wants_every_file_in_a_room() {
    let house = House::new(vec![File::new(&[], ""), File::new(&["attic"], "")]);
    assert_eq!(house.breaches().len(), 1);
}
