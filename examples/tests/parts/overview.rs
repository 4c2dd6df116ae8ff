//! The overview: what it leaves out, and what it never does.

use chainrule_examples::board::{Board, Source};
use chainrule_examples::data::DataDir;
use chainrule_examples::entry::Entry;
use chainrule_examples::lecture::Lecture;
use chainrule_examples::report::{self, Format};

#[test]
fn slide_numbers_and_errata_are_always_shown() {
    static LONG: Entry = Entry {
        id: "T1",
        name: "trial",
        group: None,
        lecture: Lecture::Um,
        title: "a trial",
        run: |board: &mut Board| {
            for at in 0..15 {
                board.exact(format!("own {at}"), 1.0, 1.0, Source::Calc);
            }
            board.exact("the slide's", 1.0, 1.0, Source::Slide);
            board.exact("the drawing's", 1.0, 1.0, Source::Picture);
            board.erratum("a word ".repeat(30));
            Ok(())
        },
    };
    let mut out = Vec::new();
    report::entry(&mut out, Format::Overview, &LONG.show(&DataDir::default())).unwrap();
    let text = String::from_utf8(out).unwrap();
    for shown in ["own 9", "the slide's", "the drawing's", "and 5 more", "erratum: a word", "agrees: 17 of 17"] {
        assert!(text.contains(shown), "{shown} is missing in\n{text}");
    }
    assert!(!text.contains("own 10") && text.lines().all(|line| line.chars().count() <= 100), "{text}");
}
