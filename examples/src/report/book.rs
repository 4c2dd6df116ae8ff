//! The pages of the book: one for each lecture, in Markdown.

use std::fmt::Write;

use super::{number, overview};
use crate::board::{Check, Line};
use crate::entry::{Outcome, Verdict};
use crate::lecture::Lecture;

/// Larger pictures are left to the command that draws them.
const LARGEST_PICTURE: usize = 400_000;

/// The page of a lecture, from those of its entries that have run.
pub fn chapter(lecture: Lecture, outcomes: &[Outcome]) -> String {
    let mut page = format!(
        "# {}\n\nWritten by `cargo run --release -p chainrule-examples -- --book docs/lectures`, from what the entries compare.\n",
        escaped(lecture.title()),
    );
    for outcome in outcomes.iter().filter(|outcome| outcome.entry.lecture == lecture) {
        entry(&mut page, outcome);
    }
    page
}

/// Whether the book has this picture.
pub fn holds(svg: &str) -> bool {
    svg.len() <= LARGEST_PICTURE
}

// Writing into a String cannot fail, here and below.
fn entry(page: &mut String, outcome: &Outcome) {
    let entry = outcome.entry;
    let _ = writeln!(page, "\n## {} {}\n\n{}.", entry.id, entry.name, capitalised(&escaped(entry.title)));
    let _ = writeln!(page, "Run and checked by `cargo run --release -p chainrule-examples -- {}`.\n", entry.id);
    if let Verdict::Skipped(_) = outcome.verdict {
        let _ = writeln!(page, "It wants data that is not in the repository, and says what to download.\n");
    }
    let (shown, others) = overview::numbers(outcome);
    if !shown.is_empty() {
        page.push_str("| number | source | there | the engine |\n|---|---|---|---|\n");
    }
    for check in shown {
        row(page, check);
    }
    if others > 0 {
        let _ = writeln!(page, "\nAnd {others} more, worked out apart from the engine, that agree.");
    }
    for line in &outcome.lines {
        let _ = match line {
            Line::Erratum(text) => writeln!(page, "\n**Erratum.** {}", escaped(text)),
            Line::Picture { file, svg } if holds(svg) => {
                writeln!(page, "\n![{} {}](pictures/{file})", entry.id, alternative(file))
            }
            Line::Picture { file, .. } => writeln!(page, "\nThe command draws `target/lectures/{file}`."),
            _ => Ok(()),
        };
    }
}

fn row(page: &mut String, check: &Check) {
    let [what, expected, computed] =
        [&check.what, &number::expected(check), &number::computed(check)].map(|text| escaped(text));
    let _ = writeln!(page, "| {what} | {} | {expected} | {computed} |", check.source.word());
}

/// What a picture shows, of its file's name `h6-error.svg`.
fn alternative(file: &str) -> String {
    let name = file.split_once('-').map_or(file, |(_, name)| name);
    name.trim_end_matches(".svg").replace('-', " ")
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The text without what Markdown would take for its own.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '\\' | '`' | '*' | '_' | '|' | '[' | ']' | '<' | '>') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}
