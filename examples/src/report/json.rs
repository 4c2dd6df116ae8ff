//! An entry as one line of JSON.

use std::io::{self, Write};

use serde::Serialize;

use crate::board::{Check, Relation, Source};
use crate::entry::{Entry, Outcome, Verdict};

#[derive(Serialize)]
struct EntryLine<'a> {
    id: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ok: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    checks: Vec<CheckLine<'a>>,
}

#[derive(Serialize)]
struct CheckLine<'a> {
    what: &'a str,
    expected: Number,
    computed: Number,
    tolerance: Number,
    /// Told of one-sided promises alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    relation: Option<&'a str>,
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
    let (ok, skipped, error) = match &outcome.verdict {
        Verdict::Agrees => (Some(true), None, None),
        Verdict::Disagrees => (Some(false), None, None),
        Verdict::Failed(reason) => (Some(false), None, Some(reason.as_str())),
        Verdict::Skipped(reason) => (None, Some(reason.as_str()), None),
    };
    let Entry { id, name, .. } = *outcome.entry;
    line(out, &EntryLine { id, name, ok, skipped, error, checks: outcome.checks().map(check).collect() })
}

fn check(check: &Check) -> CheckLine<'_> {
    CheckLine {
        what: &check.what,
        expected: check.expected.into(),
        computed: check.computed.into(),
        tolerance: check.tolerance.into(),
        relation: match check.relation {
            Relation::Equal => None,
            Relation::AtLeast => Some("at least"),
            Relation::AtMost => Some("at most"),
        },
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
    use crate::lecture::Lecture;

    static TRIAL: Entry = Entry {
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
        let mut out = Vec::new();
        entry(&mut out, &TRIAL.show(&DataDir::default())).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().count(), 1);
        let parsed: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&parsed["id"], &parsed["ok"]), (&"T1".into(), &true.into()));
        let [half, pole, accuracy] = parsed["checks"].as_array().unwrap().as_slice() else {
            panic!("three checks: {text}")
        };
        assert_eq!((&half["expected"], &half["source"]), (&0.5.into(), &"slide".into()));
        assert_eq!(pole["computed"], "inf");
        assert_eq!((&accuracy["tolerance"], &accuracy["relation"]), (&0.25.into(), &"at least".into()));
    }
}
