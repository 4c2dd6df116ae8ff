//! An entry in full, as it stands on the board.

use std::io::{self, Write};

use super::{number, shown, verdict};
use crate::board::{Check, Line, Relation};
use crate::entry::Outcome;

pub(super) fn entry(out: &mut impl Write, outcome: &Outcome) -> io::Result<()> {
    let entry = outcome.entry;
    let heading = format!("{} {}: {}", entry.id, entry.name, entry.title);
    writeln!(out, "{heading}\n{}", "=".repeat(heading.chars().count()))?;
    writeln!(out, "{}\n", entry.lecture.title())?;
    let mut lines = outcome.lines.as_slice();
    while let Some((line, rest)) = lines.split_first() {
        match line {
            Line::Check(_) => {
                let table: Vec<&Check> = lines
                    .iter()
                    .map_while(|line| if let Line::Check(check) = line { Some(check) } else { None })
                    .collect();
                checks(out, &table)?;
                lines = &lines[table.len()..];
                continue;
            }
            Line::Text(text) => writeln!(out, "{}\n", text.trim_end())?,
            Line::Step(heading) => writeln!(out, "{heading}\n{}\n", "-".repeat(heading.chars().count()))?,
            Line::Formulas(formulas) => writeln!(out, "{}\n", formulas.text.trim_end())?,
            Line::Erratum(text) => writeln!(out, "Erratum. {text}\n")?,
            Line::Picture { file, .. } => writeln!(out, "Picture: {file}\n")?,
        }
        lines = rest;
    }
    writeln!(out, "{}\n", verdict(outcome))
}

/// A one-sided promise has said all with its bound.
fn tolerance(check: &Check) -> String {
    match check.relation {
        Relation::Equal if check.tolerance == 0.0 => "exactly".to_owned(),
        Relation::Equal => format!("within {}", shown(check.tolerance, 2)),
        Relation::AtLeast(_) | Relation::AtMost(_) => String::new(),
    }
}

/// Numbers that stand under one another, in columns.
fn checks(out: &mut impl Write, checks: &[&Check]) -> io::Result<()> {
    let rows: Vec<[String; 5]> = checks
        .iter()
        .map(|check| {
            [
                check.what.clone(),
                format!("{} {}", check.source.word(), number::expected(check)),
                format!("ours {}", number::computed(check)),
                tolerance(check),
                if check.ok() { "agrees".to_owned() } else { "DISAGREES".to_owned() },
            ]
        })
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [0, 1, 2, 3].map(width);
    for [what, expected, computed, tolerance, ok] in &rows {
        let [a, b, c, d] = widths;
        writeln!(out, "    {what:<a$}  {expected:<b$}  {computed:<c$}  {tolerance:<d$}  {ok}")?;
    }
    writeln!(out)
}
