//! What a page is put together from.

use chainrule_examples::board::{Board, Source};
use chainrule_examples::data::DataDir;
use chainrule_examples::entry::Entry;
use chainrule_examples::lecture::Lecture;
use chainrule_examples::report::html::{page, picture, words};

static TRIAL: Entry = Entry {
    id: "T1",
    name: "trial",
    group: None,
    lecture: Lecture::Um,
    title: "a < b",
    run: |board: &mut Board| {
        board.say("a sentence & another");
        board.step("one");
        board.printed("half", "0.5", 0.5, Source::Slide);
        board.exact("two", 2.0, 3.0, Source::Calc);
        board.step("two");
        board.erratum("a slip");
        Ok(())
    },
};

#[test]
fn a_page_has_all_that_stands_on_the_board() {
    let outcome = TRIAL.show(&DataDir::default());
    let alone = page(std::slice::from_ref(&outcome));
    for part in [
        "<h1><span class=\"id\">T1</span> a &lt; b</h1>",
        "<p class=\"lecture\">Deep Learning, Saw Shier Nee, UM</p>",
        "<p>a sentence &amp; another</p>",
        "<section>\n<h2>one</h2>",
        "</div>\n</section>\n<section>\n<h2>two</h2>",
        "<tr><th scope=\"row\">half</th><td>0.5</td><td>0.5</td><td class=\"agrees\">agrees <small>within",
        "<td>3</td><td>2 <small>calc</small></td><td class=\"disagrees\">DISAGREES",
        "<b>Erratum.</b> a slip</p>\n</section>\n<p class=\"verdict disagrees\">DISAGREES: 1 of 2</p>",
    ] {
        assert!(alone.contains(part), "{part} is missing in\n{alone}");
    }
    assert!(!alone.contains("<nav"));
    let two = page(&[TRIAL.show(&DataDir::default()), outcome]);
    assert!(two.contains("<a href=\"#T1\">") && two.contains("<h2><span") && two.contains("<h3>one</h3>"), "{two}");
}

fn written(text: &str) -> String {
    let mut page = String::new();
    words::write(&mut page, text);
    page
}

#[test]
fn sentences_flow_and_tables_stay() {
    let long = "word ".repeat(18);
    assert_eq!(written(&format!("{long}\nend\nlast")), format!("<p>{long}\nend<br/>\nlast</p>\n"));
    assert_eq!(written(&format!("{long}\nL = 1")), format!("<p>{long}<br/>\nL = 1</p>\n"));
    assert_eq!(
        written("a\n\nx  y\n1  2\n\n  z\n\nb"),
        "<p>a</p>\n<pre style=\"--columns: 4\">x  y\n1  2\n\n  z</pre>\n<p>b</p>\n"
    );
    assert_eq!(written("1 < 2"), "<p>1 &lt; 2</p>\n");
}

#[test]
fn names_within_a_picture_are_its_own() {
    let svg =
        "<?xml version=\"1.0\"?>\n<svg><g id=\"a\"/><g id=\"ab\" clip-path=\"url(#a)\"/><use href=\"#ab\"/></svg>\n";
    let mut page = String::new();
    picture::write(&mut page, "u1-line.svg", svg);
    let own = "<svg><g id=\"u1-line-a\"/><g id=\"u1-line-ab\" clip-path=\"url(#u1-line-a)\"/><use href=\"#u1-line-ab\"/></svg>";
    assert_eq!(page, format!("<figure class=\"paper\" id=\"u1-line\">\n{own}\n</figure>\n"));
}
