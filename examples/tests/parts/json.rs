//! The lines of JSON: their keys are those of the schema.

use chainrule_examples::board::{Board, Source};
use chainrule_examples::data::DataDir;
use chainrule_examples::entry::{Entry, Error, Outcome};
use chainrule_examples::lecture::Lecture;
use chainrule_examples::report::{self, Format};

fn entry(out: &mut Vec<u8>, outcome: &Outcome) -> std::io::Result<()> {
    report::entry(out, Format::Json, outcome)
}

const TRIAL: Entry = Entry {
    id: "T1",
    name: "trial",
    group: None,
    lecture: Lecture::Um,
    title: "a trial",
    run: |board: &mut Board| {
        board.printed("half", "0.5", 0.5, Source::Slide);
        board.close("pole", f64::INFINITY, f64::INFINITY, 0.0, Source::Calc);
        board.at_least("accuracy", 0.75..=1.0, 0.875, Source::Picture);
        Ok(())
    },
};

#[test]
fn one_object_a_line() {
    static ONE: Entry = TRIAL;
    let mut out = Vec::new();
    entry(&mut out, &ONE.show(&DataDir::default())).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(text.lines().count(), 1);
    let parsed: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&parsed["id"], &parsed["ok"]), (&"T1".into(), &true.into()));
    let [half, pole, accuracy] = parsed["checks"].as_array().unwrap().as_slice() else {
        panic!("three checks: {text}")
    };
    assert_eq!((&half["expected"], &half["source"]), (&0.5.into(), &"slide".into()));
    assert_eq!(pole["computed"], "inf");
    // In the range just if it is no farther from the middle than half the width.
    assert_eq!((&accuracy["expected"], &accuracy["tolerance"]), (&0.875.into(), &0.125.into()));
    assert_eq!(accuracy["what"], "accuracy, at least 0.75");
}

/// The keys of a line, and those of each of its checks.
fn keys(trial: &'static Entry) -> (Vec<String>, Vec<Vec<String>>) {
    let mut out = Vec::new();
    entry(&mut out, &trial.show(&DataDir::default())).unwrap();
    let parsed: serde_json::Value = serde_json::from_slice(&out).unwrap();
    let keys = |value: &serde_json::Value| {
        let mut keys: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
        keys.sort_unstable();
        keys
    };
    (keys(&parsed), parsed["checks"].as_array().unwrap().iter().map(keys).collect())
}

#[test]
fn the_keys_are_those_of_the_schema_and_no_others() {
    static WHOLE: Entry = TRIAL;
    static FAILS: Entry = Entry { run: |_| Err(Error::Data("unreadable".to_owned())), ..TRIAL };
    static NEEDY: Entry = Entry { run: |board| board.load(chainrule_nn::data::sst5).map(drop), ..TRIAL };
    let (line, checks) = keys(&WHOLE);
    assert_eq!(line, ["checks", "id", "name", "ok"]);
    assert_eq!(checks, vec![["computed", "expected", "ok", "source", "tolerance", "what"]; 3]);
    assert_eq!(keys(&FAILS), (line, Vec::new()));
    assert_eq!(keys(&NEEDY), (["checks", "id", "name", "skipped"].map(str::to_owned).into(), Vec::new()));
}
