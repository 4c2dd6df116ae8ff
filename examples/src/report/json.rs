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
