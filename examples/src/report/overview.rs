//! Every entry in short: a heading with the verdict, then number beside number.

use std::io::{self, Write};

use super::{number, verdict};
use crate::board::{Check, Line, Source};
use crate::entry::Outcome;

/// After so many numbers of an entry, those that stand on no slide are left out if they agree.
const NUMBERS: usize = 10;
/// How wide a line of words may be, beside its indent.
const WIDTH: usize = 96;

pub(super) fn opening(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "Each number: where it stands, what stands there, what the engine computes.\n")
}

pub(super) fn entry(out: &mut impl Write, outcome: &Outcome) -> io::Result<()> {
    let entry = outcome.entry;
    writeln!(out, "{:<4}{:<22} {}", entry.id, entry.name, entry.title)?;
    let (shown, others) = numbers(outcome);
    for check in shown {
        let (source, expected, computed) = (check.source.word(), number::expected(check), number::computed(check));
        let disagrees = if check.ok() { "" } else { "  DISAGREES" };
        writeln!(out, "    {:<44} {source:<8}{expected:<18} {computed}{disagrees}", check.what)?;
    }
    if others > 0 {
        writeln!(out, "    and {others} more of our own that agree")?;
    }
    for line in &outcome.lines {
        if let Line::Erratum(text) = line {
            words(out, &format!("erratum: {text}"))?;
        }
    }
    writeln!(out, "    {}\n", verdict(outcome))
}

/// The numbers to show, and how many others there are.
pub(super) fn numbers(outcome: &Outcome) -> (Vec<&Check>, usize) {
    let checks = || outcome.checks().enumerate();
    let shown: Vec<&Check> =
        checks().filter(|(at, check)| *at < NUMBERS || matters(check)).map(|(_, check)| check).collect();
    let others = checks().count() - shown.len();
    (shown, others)
}

/// What a slide says, and what disagrees, is always shown.
fn matters(check: &Check) -> bool {
    check.source != Source::Calc || !check.ok()
}

/// Words in lines of their own, broken between words.
fn words(out: &mut impl Write, text: &str) -> io::Result<()> {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
            writeln!(out, "    {line}")?;
            "  ".clone_into(&mut line);
        } else if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    writeln!(out, "    {line}")
}
