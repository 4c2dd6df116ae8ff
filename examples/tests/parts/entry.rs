//! What an entry comes to.

use chainrule_examples::board::{Board, Source};
use chainrule_examples::data::DataDir;
use chainrule_examples::entry::{Entry, Error, Verdict};
use chainrule_examples::lecture::Lecture;

const fn entry(run: fn(&mut Board) -> Result<(), Error>) -> Entry {
    Entry { id: "T1", name: "trial", group: None, lecture: Lecture::Hcmus, title: "a trial", run }
}

fn verdict(entry: &'static Entry) -> Verdict {
    entry.show(&DataDir::default()).verdict
}

#[test]
fn a_wrong_number_disagrees() {
    static RIGHT: Entry = entry(|board| {
        board.exact("one", 1.0, 1.0, Source::Calc);
        Ok(())
    });
    static WRONG: Entry = entry(|board| {
        board.exact("one", 1.0, 1.0, Source::Calc);
        board.exact("two", 2.0, 2.5, Source::Calc);
        Ok(())
    });
    assert_eq!(verdict(&RIGHT), Verdict::Agrees);
    assert_eq!(verdict(&WRONG), Verdict::Disagrees);
}

#[test]
fn a_panic_or_an_empty_board_is_a_failure() {
    static PANICS: Entry = entry(|_| panic!("out of chalk"));
    static EMPTY: Entry = entry(|board| {
        board.say("nothing but words");
        Ok(())
    });
    assert_eq!(verdict(&PANICS), Verdict::Failed("panicked: out of chalk".to_owned()));
    assert!(matches!(verdict(&EMPTY), Verdict::Failed(_)));
}

#[test]
fn missing_data_is_skipped() {
    static NEEDY: Entry = entry(|board| board.load(chainrule_nn::data::sst5).map(drop));
    assert!(matches!(verdict(&NEEDY), Verdict::Skipped(reason) if reason.contains("--data-dir")));
}
