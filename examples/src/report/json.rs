//! An entry as one line of JSON.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use super::number;
use crate::board::{Check, Source};
use crate::entry::{Entry, Outcome, Verdict};

#[derive(Serialize)]
struct EntryLine<'a> {
    id: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ok: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<&'a str>,
    checks: Vec<CheckLine<'a>>,
}

#[derive(Serialize)]
struct CheckLine<'a> {
    what: Cow<'a, str>,
    expected: Number,
    computed: Number,
    tolerance: Number,
    source: Source,
    ok: bool,
}

/// JSON has no infinities and no NaN: those are strings.
#[derive(Serialize)]
#[serde(untagged)]
enum Number {
    Finite(f64),
    NonFinite(String),
}

impl From<f64> for Number {
    fn from(value: f64) -> Self {
        if value.is_finite() { Self::Finite(value) } else { Self::NonFinite(value.to_string()) }
    }
}

#[derive(Serialize)]
struct ListLine<'a> {
    id: &'a str,
    name: &'a str,
    group: Option<&'a str>,
    lecture: &'a str,
    title: &'a str,
}

pub(super) fn entry(out: &mut impl Write, outcome: &Outcome) -> io::Result<()> {
    let (ok, skipped) = match &outcome.verdict {
        Verdict::Agrees => (Some(true), None),
        Verdict::Disagrees | Verdict::Failed(_) => (Some(false), None),
        Verdict::Skipped(reason) => (None, Some(reason.as_str())),
    };
    let Entry { id, name, .. } = *outcome.entry;
    line(out, &EntryLine { id, name, ok, skipped, checks: outcome.checks().map(check).collect() })
}

fn check(check: &Check) -> CheckLine<'_> {
    CheckLine {
        what: match number::bound(check) {
            None => Cow::Borrowed(&check.what),
            Some(bound) => Cow::Owned(format!("{}, {bound}", check.what)),
        },
        expected: check.expected.into(),
        computed: check.computed.into(),
        tolerance: check.tolerance.into(),
        source: check.source,
        ok: check.ok(),
    }
}

pub(super) fn listed(out: &mut impl Write, entry: &Entry) -> io::Result<()> {
    let Entry { id, name, group, lecture, title, .. } = *entry;
    line(out, &ListLine { id, name, group, lecture: lecture.word(), title })
}

fn line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_string(value).map_err(io::Error::other)?;
    writeln!(out, "{text}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::Board;
    use crate::data::DataDir;
    use crate::entry::Error;
    use crate::lecture::Lecture;

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
}
