//! The lectures, number by number: each entry shows what a slide shows, computed by the engine,
//! beside the number that the slide prints.
//!
//! [`command`] is the whole program; the test `tests/ledger.rs` runs the same [`lecture::entries`].

pub mod arguments;
pub mod board;
pub mod data;
pub mod entry;
pub mod gap;
pub mod lecture;
pub mod report;
pub mod sheet;
pub mod whole_file;

// What the lectures share with the playground in the browser stands there.
pub use chainrule_playground::{data as playground, formulas, network_drawing, random};

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use arguments::{Arguments, HELP, Task};
use entry::{Entry, Outcome, Verdict};
use lecture::Lecture;
use report::Format;

/// Exit status of a run in which an entry did not agree.
const DISAGREEMENT: u8 = 1;
/// Exit status of a command line that could not be understood.
const MISUSE: u8 = 2;
/// Exit status of a run that could not write what it had to.
const NO_OUTPUT: u8 = 3;

/// Runs the program on its arguments (without the program's own name).
pub fn command(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::parse(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            tell(&format!("error: {error}\nTry --help, or `list` for every entry."));
            return ExitCode::from(MISUSE);
        }
    };
    let mut agreed = true;
    match carry_out(&arguments, &mut io::stdout().lock(), &mut agreed) {
        Ok(()) => {}
        // The reader has seen enough, as in `... | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        Err(error) => {
            tell(&format!("error: {error}"));
            return ExitCode::from(NO_OUTPUT);
        }
    }
    ExitCode::from(if agreed { 0 } else { DISAGREEMENT })
}

fn carry_out(arguments: &Arguments, out: &mut impl Write, agreed: &mut bool) -> io::Result<()> {
    match &arguments.task {
        Task::Help => out.write_all(HELP.as_bytes()),
        Task::List => report::list(out, arguments.format),
        Task::Run(entries) => run(arguments, entries, out, agreed),
    }
}

fn run(arguments: &Arguments, entries: &[&'static Entry], out: &mut impl Write, agreed: &mut bool) -> io::Result<()> {
    // First, so that a folder that cannot be is told before the work.
    if let Some(page) = &arguments.html {
        whole_file::check(page)?;
    }
    std::fs::create_dir_all(&arguments.pictures).map_err(|error| at(&arguments.pictures, &error))?;
    let mut outcomes = Vec::with_capacity(entries.len());
    report::opening(out, arguments.format)?;
    // Progress is for the eyes: it goes to standard error, and only for entries that were named.
    let watched = arguments.format == Format::Full && io::stderr().is_terminal();
    for entry in entries {
        let outcome = entry.show_on(entry.board(&arguments.data_dir).watched(watched));
        *agreed &= !matches!(outcome.verdict, Verdict::Disagrees | Verdict::Failed(_));
        report::entry(out, arguments.format, &outcome)?;
        // The schema of a line of JSON has no place for a reason.
        if let (Format::Json, Verdict::Failed(reason)) = (arguments.format, &outcome.verdict) {
            tell(&format!("error: {} {}: {reason}", entry.id, entry.name));
        }
        out.flush()?;
        outcomes.push(outcome);
    }
    let pictures = write_pictures(&outcomes, &arguments.pictures, |_| true)?;
    report::closing(out, arguments.format, &outcomes)?;
    let mut written = Vec::new();
    if pictures > 0 {
        written.push(format!("{pictures} picture{} in {}", plural(pictures), arguments.pictures.display()));
    }
    if let Some(page) = &arguments.html {
        whole_file::write(page, &report::page(&outcomes)).map_err(|error| at(page, &error))?;
        written.push(format!("the page is {}", page.display()));
    }
    if let Some(folder) = &arguments.book {
        write_book(&outcomes, folder)?;
        written.push(format!("the book's pages are in {}", folder.display()));
    }
    for line in written {
        // With --json, standard output carries JSON alone.
        if arguments.format == Format::Json { tell(&line) } else { writeln!(out, "{line}")? }
    }
    Ok(())
}

/// Writes the pictures that are `wanted`, and says how many.
fn write_pictures(outcomes: &[Outcome], folder: &Path, wanted: impl Fn(&str) -> bool) -> io::Result<usize> {
    let pictures: Vec<(&str, &str)> =
        outcomes.iter().flat_map(Outcome::pictures).filter(|(_, svg)| wanted(svg)).collect();
    for (file, svg) in &pictures {
        let path = folder.join(file);
        std::fs::write(&path, svg).map_err(|error| at(&path, &error))?;
    }
    Ok(pictures.len())
}

/// Writes the page of each lecture that an entry comes from.
fn write_book(outcomes: &[Outcome], folder: &Path) -> io::Result<()> {
    let pictures = folder.join("pictures");
    std::fs::create_dir_all(&pictures).map_err(|error| at(&pictures, &error))?;
    write_pictures(outcomes, &pictures, report::book::holds)?;
    for lecture in Lecture::ALL {
        if outcomes.iter().any(|outcome| outcome.entry.lecture == lecture) {
            let path = folder.join(lecture.word()).with_extension("md");
            whole_file::write(&path, &report::book::chapter(lecture, outcomes)).map_err(|error| at(&path, &error))?;
        }
    }
    Ok(())
}

/// The error with the path that it happened at.
fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// On standard error; nobody is left to hear it if that is closed.
fn tell(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
