//! The program as its users meet it: arguments, exit status, standard output.

mod html;

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The program, with pictures sent to a folder of this test's own.
fn program(test: &str, arguments: &[&str]) -> (Command, PathBuf) {
    let folder = std::env::temp_dir().join(format!("chainrule-{test}-{}", std::process::id()));
    let mut command = Command::new(env!("CARGO_BIN_EXE_chainrule-examples"));
    command.args(arguments).arg("--pictures").arg(&folder).env_remove("CHAINRULE_DATA");
    (command, folder)
}

fn output(test: &str, arguments: &[&str]) -> Output {
    let (mut command, folder) = program(test, arguments);
    let output = command.output().expect("the program starts");
    let _ = std::fs::remove_dir_all(folder);
    output
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("the program writes UTF-8")
}

#[test]
fn backprop_is_the_whole_worked_example() {
    let output = output("backprop", &["backprop"]);
    assert!(output.status.success());
    let text = text(&output.stdout);
    let product = "= 0.741365070 × 0.186815602 × 0.593269992\n             = 0.082167041";
    assert!(text.contains(product), "{text}");
    let headings = ["H5 forward", "H6 error", "H7 chain-rule", "H8 delta-rule", "H9 update"];
    let places = headings.map(|heading| text.find(heading).unwrap_or_else(|| panic!("{heading} is missing")));
    assert!(places.is_sorted(), "in order");
}

#[test]
fn json_is_all_that_stands_on_standard_output() {
    let output = output("json", &["--json", "h5", "and-gate"]);
    assert!(output.status.success());
    let lines: Vec<Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["id"], &lines[0]["ok"]), (&"H5".into(), &true.into()));
    let out_o1 = &lines[0]["checks"][5];
    assert_eq!((&out_o1["what"], &out_o1["expected"]), (&"out_o1".into(), &0.751_365_07.into()));
    assert_eq!((&out_o1["source"], &out_o1["ok"]), (&"slide".into(), &true.into()));
    assert!(text(&output.stderr).contains("picture"), "the folder of the pictures is named beside");
}

#[test]
fn an_unknown_name_is_an_error_with_a_proposal() {
    let output = output("unknown", &["backprob"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert!(text(&output.stderr).contains("backprop"));
}

#[test]
fn folders_that_cannot_be_are_misuse() {
    let missing = std::env::temp_dir().join("chainrule-no-such-folder");
    let missing = missing.to_str().expect("a UTF-8 path");
    for arguments in [["H5", "--data-dir", missing], ["H5", "--data-dir", "--json"]] {
        let output = output("misuse", &arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
        assert!(text(&output.stderr).contains(arguments[2]), "{}", text(&output.stderr));
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_told_first_and_by_its_path() {
    let file = std::env::temp_dir().join(format!("chainrule-file-{}", std::process::id()));
    std::fs::write(&file, "no folder").expect("a file");
    let inside = file.join("pictures");
    let mut command = Command::new(env!("CARGO_BIN_EXE_chainrule-examples"));
    let output = command.args(["--json", "H5", "--pictures"]).arg(&inside).output().expect("the program starts");
    std::fs::remove_file(file).expect("the file is ours");
    assert_eq!(output.status.code(), Some(3));
    assert!(output.stdout.is_empty());
    assert!(text(&output.stderr).contains(&inside.display().to_string()), "{}", text(&output.stderr));
}

/// The keys of every line and every check of a whole run are those of the schema. The page of all entries is written on the way.
#[test]
fn json_has_the_keys_of_the_schema() {
    let page = std::env::temp_dir().join(format!("chainrule-all-{}.html", std::process::id()));
    let output = output("schema", &["--json", "--html", page.to_str().expect("a UTF-8 path")]);
    let written = std::fs::read_to_string(&page).expect("the page is there");
    std::fs::remove_file(page).expect("the page is ours");
    html::check(&written);
    for entry in chainrule_examples::lecture::entries() {
        assert!(written.contains(&format!("<article id=\"{}\">", entry.id)), "{} is not on the page", entry.id);
    }
    let keys = |value: &Value| -> Vec<String> { value.as_object().expect("an object").keys().cloned().collect() };
    for line in text(&output.stdout).lines() {
        let line: Value = serde_json::from_str(line).expect("a line of JSON");
        let mut own = keys(&line);
        own.sort_unstable();
        assert!(own == ["checks", "id", "name", "ok"] || own == ["checks", "id", "name", "skipped"], "{own:?}");
        for check in line["checks"].as_array().expect("checks") {
            let mut own = keys(check);
            own.sort_unstable();
            assert_eq!(own, ["computed", "expected", "ok", "source", "tolerance", "what"]);
            let number = |key: &str| check[key].as_f64();
            if let (Some(expected), Some(computed), Some(tolerance)) =
                (number("expected"), number("computed"), number("tolerance"))
            {
                assert_eq!(check["ok"], (computed - expected).abs() <= tolerance, "{check}");
            }
        }
    }
}

#[test]
fn the_list_names_every_entry() {
    let output = output("list", &["list"]);
    assert!(output.status.success());
    for entry in chainrule_examples::lecture::entries() {
        assert!(text(&output.stdout).contains(entry.name), "{}", entry.name);
    }
}

#[test]
fn pictures_lie_in_the_folder_that_is_named() {
    let (mut command, folder) = program("pictures", &["and-gate"]);
    let output = command.output().expect("the program starts");
    assert!(text(&output.stdout).contains(&folder.display().to_string()));
    let svg = std::fs::read_to_string(folder.join("h2-boundary.svg")).expect("the picture is there");
    assert!(svg.starts_with("<svg"));
    std::fs::remove_dir_all(folder).expect("the folder is ours");
}

#[test]
fn a_reader_that_leaves_early_is_no_crash() {
    let (mut command, folder) = program("pipe", &["hcmus"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let mut first = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut first).expect("a first line");
    let output = child.wait_with_output().expect("the program ends");
    assert!(!text(&output.stderr).contains("panicked"), "{}", text(&output.stderr));
    assert_eq!(output.status.code(), Some(0));
    let _ = std::fs::remove_dir_all(folder);
}

#[test]
fn the_books_pages_have_numbers_errata_and_pictures() {
    let folder = std::env::temp_dir().join(format!("chainrule-pages-{}", std::process::id()));
    let output = output("book", &["h8", "m4", "--book", folder.to_str().expect("a name in UTF-8")]);
    assert!(output.status.success());
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a page");
    let (hcmus, melb) = (read("hcmus.md"), read("melb.md"));
    assert!(folder.join("pictures").join("h8-hidden.svg").is_file());
    assert!(!folder.join("um.md").exists(), "no entry of it was asked for");
    let _ = std::fs::remove_dir_all(&folder);
    assert!(hcmus.contains("\n## H8 delta-rule\n") && hcmus.contains("| slide | 0.082167041 | 0.08216704"), "{hcmus}");
    assert!(hcmus.contains("![H8 hidden](pictures/h8-hidden.svg)"), "{hcmus}");
    assert!(melb.contains("\n## M4 sine-of-square\n") && melb.contains("z = sin(x^2)"), "{melb}");
}
