//! Every entry in short: a heading with the verdict, then number beside number.

use std::io::{self, Write};

use super::{number, verdict};
use crate::board::Check;
use crate::entry::Outcome;

/// How many numbers of an entry the overview shows; those that disagree are always shown.
const NUMBERS: usize = 10;

pub(super) fn opening(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "Each number: where it stands, what stands there, what the engine computes.\n")
}

pub(super) fn entry(out: &mut impl Write, outcome: &Outcome) -> io::Result<()> {
    let entry = outcome.entry;
    writeln!(out, "{:<4}{:<22} {}", entry.id, entry.name, entry.title)?;
    let checks: Vec<&Check> = outcome.checks().collect();
    let shown: Vec<&Check> =
        checks.iter().enumerate().filter(|(at, check)| *at < NUMBERS || !check.ok()).map(|(_, check)| *check).collect();
    for check in &shown {
        let (source, expected, computed) = (check.source.word(), number::expected(check), number::computed(check));
        let disagrees = if check.ok() { "" } else { "  DISAGREES" };
        writeln!(out, "    {:<44} {source:<8}{expected:<18} {computed}{disagrees}", check.what)?;
    }
    if shown.len() < checks.len() {
        writeln!(out, "    and {} more that agree", checks.len() - shown.len())?;
    }
    writeln!(out, "    {}\n", verdict(outcome))
}
