//! When a number agrees with what was expected.

use chainrule_examples::board::{Board, Check, Line, Relation, Source};
use chainrule_examples::data::DataDir;

fn agree(printed: &str, computed: f64) -> bool {
    let mut board = Board::new("t", DataDir::default());
    board.printed("number", printed, computed, Source::Slide);
    matches!(&board.lines[..], [Line::Check(check)] if check.ok())
}

#[test]
fn printed_digits_allow_half_a_unit_in_the_last() {
    assert!(agree("0.75136507", 0.751_365_069_552_315_7));
    assert!(!agree("0.75136507", 0.751_365_08));
    assert!(agree(".4", 0.393_223_866));
    assert!(!agree(".3", 0.393_223_866));
    assert!(agree("3.5102e-5", 3.510_187e-5));
    assert!(!agree("3.5102e-5", 3.5103e-5));
}

#[test]
fn whole_numbers_are_exact() {
    assert!(agree("30", 30.0) && agree("-6", -6.0) && agree("0", 0.0));
    assert!(!agree("30", 30.2) && !agree("0", 1e-9));
}

#[test]
fn nan_and_infinity() {
    let check = |expected, computed| Check {
        what: String::new(),
        expected,
        printed: None,
        computed,
        tolerance: 1.0,
        relation: Relation::Equal,
        source: Source::Calc,
    };
    assert!(check(f64::INFINITY, f64::INFINITY).ok());
    assert!(!check(f64::INFINITY, 1.0).ok());
    assert!(check(f64::NAN, f64::NAN).ok());
    assert!(!check(0.0, f64::NAN).ok());
}

#[test]
fn one_sided_promises() {
    let mut board = Board::new("t", DataDir::default());
    board.at_least("accuracy", 0.96..=1.0, 0.974, Source::Calc);
    board.at_least("accuracy", 0.96..=1.0, 0.95, Source::Calc);
    board.at_most("loss", 0.0..=0.1, 0.02, Source::Calc);
    board.at_most("loss", 0.0..=0.1, f64::NAN, Source::Calc);
    board.at_least("the lower end", 0.96..=1.0, 0.96, Source::Calc);
    board.at_least("the upper end", 0.96..=1.0, 1.0, Source::Calc);
    board.at_least("more than can be believed", 0.96..=1.0, 1.01, Source::Calc);
    let ok: Vec<bool> = board
        .lines
        .iter()
        .filter_map(|line| if let Line::Check(check) = line { Some(check.ok()) } else { None })
        .collect();
    assert_eq!(ok, [true, false, true, false, true, true, false]);
}
