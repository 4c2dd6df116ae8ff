//! The pages that `--html` writes: whole, alone, the same each time, and with the slides' numbers.

mod html;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Runs the program in a folder of this test's own and gives what it wrote to `page.html`.
fn run(test: &str, arguments: &[&str]) -> (Output, PathBuf) {
    let folder = std::env::temp_dir().join(format!("chainrule-page-{test}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_chainrule-examples"));
    command.current_dir(&folder).args(arguments).args(["--html", "page.html"]).env_remove("CHAINRULE_DATA");
    (command.output().expect("the program starts"), folder)
}

/// The page of these entries, which is well formed, has these numbers and is the same a second time.
fn page(test: &str, arguments: &[&str], numbers: &[&str]) -> String {
    let read = || {
        let (output, folder) = run(test, arguments);
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && told.ends_with("the page is page.html\n"), "{told}");
        let page = std::fs::read_to_string(folder.join("page.html")).expect("the page is there");
        std::fs::remove_dir_all(folder).expect("the folder is ours");
        page
    };
    let page = read();
    html::check(&page);
    for number in numbers {
        assert!(page.contains(number), "{number} is missing");
    }
    assert!(page == read(), "the page differs from one time to the next");
    page
}

#[test]
fn backprop_has_every_number_of_the_slides() {
    let numbers = [
        ".593269992",
        ".596884378",
        "1.105905967",
        ".75136507",
        ".772928465",
        ".274811083",
        ".023560026",
        ".298371109",
        ".74136507",
        ".186815602",
        ".082167041",
        ".149780716",
        ".19956143",
        ".24975114",
        ".29950229",
        ".35891648",
        ".408666186",
        ".51130127",
        ".561370121",
        ".000438568",
    ];
    let page = page("backprop", &["backprop"], &numbers);
    for id in ["H5", "H6", "H7", "H8", "H9"] {
        assert!(page.contains(&format!("<article id=\"{id}\">")) && page.contains(&format!("href=\"#{id}\"")), "{id}");
    }
    // Forward to both layers, the error, backward to both, the update.
    assert_eq!(page.matches("<svg class=\"network\"").count(), 6);
    // The factors of w5 as the slide multiplies them.
    let factors = "<mn>0.741365070</mn><mo>·</mo><mn>0.186815602</mn><mo>·</mo><mn>0.593269992</mn>";
    assert!(page.contains(factors));
}

#[test]
fn circuit_has_every_gate() {
    let numbers = [".367879441", "1.367879441", ".731058579", ".534446645", ".196611933", ".393223866"];
    let page = page("circuit", &["circuit", "S3"], &numbers);
    assert!(page.contains("<math>"));
}

#[test]
fn mlp_is_drawn_with_its_weights() {
    let page = page("mlp", &["mlp"], &["0.6", "-1.2"]);
    assert_eq!(page.matches("<svg class=\"network\"").count(), 2);
    assert!(!page.contains("<nav"), "one entry needs no table of contents");
}

#[test]
fn pictures_of_other_entries_hang_on_the_page() {
    let page = page("pictures", &["and-gate", "H1"], &[]);
    assert!(page.contains("<figure class=\"paper\" id=\"h2-boundary\">\n<svg"), "the picture stands within");
}

#[test]
fn a_folder_that_is_not_there_is_told_before_the_work() {
    let missing = Path::new("no").join("such").join("page.html");
    let mut command = Command::new(env!("CARGO_BIN_EXE_chainrule-examples"));
    let output = command.args(["H5", "--html"]).arg(&missing).output().expect("the program starts");
    assert_eq!(output.status.code(), Some(3));
    assert!(output.stdout.is_empty());
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains(&missing.display().to_string()) && told.contains("there is no folder"), "{told}");
}

#[test]
fn the_reader_refuses_what_no_page_may_have() {
    let page = |body: &str| format!("<!DOCTYPE html>\n<html lang=\"en\"><body>{body}</body></html>\n");
    html::check(&page("<p id=\"a\">1 &lt; 2<br/></p><svg xmlns=\"http://www.w3.org/2000/svg\"/>"));
    for bad in [
        "<p>left open",
        "<b><i>crossed</b></i>",
        "<br>",
        "1 > 2",
        "a & b",
        "<p id=\"a\"/><p id=\"a\"/>",
        "<img src=\"picture.png\"/>",
        "<a href=\"https://elsewhere\">away</a>",
        "<style>p { background: url(http://elsewhere) }</style>",
        "<script></script>",
        "<p class=bare></p>",
    ] {
        let text = page(bad);
        assert!(std::panic::catch_unwind(|| html::check(&text)).is_err(), "{bad} is taken for well formed");
    }
}
