//! What is printed of an entry: a few lines in the overview, the whole board, or JSON; the page with all of them; and the book's pages.

pub mod book;
mod full;
pub mod html;
mod json;
mod number;
mod overview;

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::entry::{Outcome, Verdict};
use crate::lecture::{self, Lecture};

pub use chainrule_nn::plot::shown;
pub use html::page;

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Every entry in short, each number beside the slide's.
    Overview,
    /// All that stands on the board.
    Full,
    /// One JSON object a line.
    Json,
}

/// Prints what comes before the entries.
///
/// # Errors
/// Those of the writer.
pub fn opening(out: &mut impl Write, format: Format) -> io::Result<()> {
    if format == Format::Overview { overview::opening(out) } else { Ok(()) }
}

/// Prints one entry.
///
/// # Errors
/// Those of the writer.
pub fn entry(out: &mut impl Write, format: Format, outcome: &Outcome) -> io::Result<()> {
    match format {
        Format::Overview => overview::entry(out, outcome),
        Format::Full => full::entry(out, outcome),
        Format::Json => json::entry(out, outcome),
    }
}

/// Prints the summary.
///
/// # Errors
/// Those of the writer.
pub fn closing(out: &mut impl Write, format: Format, outcomes: &[Outcome]) -> io::Result<()> {
    if format == Format::Json {
        return Ok(());
    }
    writeln!(out, "{}", summary(outcomes))
}

/// How many entries and numbers agree, in a line.
fn summary(outcomes: &[Outcome]) -> String {
    let count = |test: fn(&Verdict) -> bool| outcomes.iter().filter(|o| test(&o.verdict)).count();
    let agree = count(|verdict| *verdict == Verdict::Agrees);
    let skipped = count(|verdict| matches!(verdict, Verdict::Skipped(_)));
    let failed: Vec<&str> = outcomes
        .iter()
        .filter(|o| matches!(o.verdict, Verdict::Disagrees | Verdict::Failed(_)))
        .map(|o| o.entry.id)
        .collect();
    let numbers: usize = outcomes.iter().map(|o| o.checks().count()).sum();
    let right: usize = outcomes.iter().map(|o| o.checks().filter(|check| check.ok()).count()).sum();
    let mut text = format!("{agree} of {} entries agree, {right} of {numbers} numbers", outcomes.len());
    if skipped > 0 {
        // Writing into a String cannot fail.
        let _ = write!(text, "; {skipped} skipped for want of data");
    }
    if !failed.is_empty() {
        let _ = write!(text, "; these do not: {}", failed.join(", "));
    }
    text
}

/// Prints the list of entries.
///
/// # Errors
/// Those of the writer.
pub fn list(out: &mut impl Write, format: Format) -> io::Result<()> {
    if format == Format::Json {
        return lecture::entries().try_for_each(|entry| json::listed(out, entry));
    }
    for lecture in Lecture::ALL {
        writeln!(out, "{} ({})", lecture.title(), lecture.word())?;
        for entry in lecture.entries() {
            let group = entry.group.unwrap_or("");
            writeln!(out, "  {:<4} {:<22} {group:<9} {}", entry.id, entry.name, entry.title)?;
        }
    }
    Ok(())
}

/// The verdict in words: `agrees: 7 of 7`.
fn verdict(outcome: &Outcome) -> String {
    let numbers = outcome.checks().count();
    let right = outcome.checks().filter(|check| check.ok()).count();
    match &outcome.verdict {
        Verdict::Agrees => format!("agrees: {right} of {numbers}"),
        Verdict::Disagrees => format!("DISAGREES: {right} of {numbers}"),
        Verdict::Failed(reason) => format!("FAILED: {reason}"),
        Verdict::Skipped(reason) => format!("skipped: {reason}"),
    }
}
