//! An entry of the lectures, and what came of running it.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::board::{Board, Check, Line};
use crate::data::DataDir;
use crate::lecture::Lecture;

/// One thing that a lecture shows, with the code that shows it.
#[derive(Debug)]
pub struct Entry {
    /// The ledger's id, such as `H5`.
    pub id: &'static str,
    /// One word (or a few, hyphenated) to call it by.
    pub name: &'static str,
    /// The group that it is shown with, such as `backprop`.
    pub group: Option<&'static str>,
    /// Where it comes from.
    pub lecture: Lecture,
    /// What it shows, in a line.
    pub title: &'static str,
    /// Writes it on a board.
    pub run: fn(&mut Board) -> Result<(), Error>,
}

/// Why an entry could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Outside data is not there: the entry is skipped, not failed.
    #[error("{0}")]
    MissingData(String),
    /// A network could not be trained, or a picture not be drawn.
    #[error(transparent)]
    Network(chainrule_nn::Error),
    /// Data that is there could not be read.
    #[error("data: {0}")]
    Data(String),
    /// A file could not be read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl From<chainrule_nn::Error> for Error {
    fn from(error: chainrule_nn::Error) -> Self {
        match error {
            chainrule_nn::Error::Missing { .. } => Self::MissingData(error.to_string()),
            other => Self::Network(other),
        }
    }
}

/// What came of running an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every number is as expected.
    Agrees,
    /// At least one is not.
    Disagrees,
    /// It panicked, returned an error, or checked nothing.
    Failed(String),
    /// Outside data is missing.
    Skipped(String),
}

/// An entry that has run, with what it wrote.
#[derive(Debug)]
pub struct Outcome {
    /// The entry.
    pub entry: &'static Entry,
    /// What it wrote, in order.
    pub lines: Vec<Line>,
    /// What came of it.
    pub verdict: Verdict,
}

impl Entry {
    /// Whether `word` is this entry's id, name, group or lecture, whatever its case.
    pub fn answers_to(&self, word: &str) -> bool {
        [Some(self.id), Some(self.name), self.group, Some(self.lecture.word())]
            .into_iter()
            .flatten()
            .any(|own| own.eq_ignore_ascii_case(word))
    }

    /// Runs the entry on a fresh board, with nobody waiting for it.
    pub fn show(&'static self, data_dir: &DataDir) -> Outcome {
        self.show_on(self.board(data_dir))
    }

    /// A fresh board for this entry.
    pub fn board(&self, data_dir: &DataDir) -> Board {
        Board::new(self.id.to_lowercase(), data_dir.clone())
    }

    /// Runs the entry on this board. A panic is reported as its failure.
    pub fn show_on(&'static self, mut board: Board) -> Outcome {
        let returned = catch_unwind(AssertUnwindSafe(|| (self.run)(&mut board)));
        let Board { mut lines, skipped, .. } = board;
        let verdict = match returned {
            Err(payload) => Verdict::Failed(format!("panicked: {}", message(&*payload))),
            Ok(Err(Error::MissingData(reason))) => Verdict::Skipped(reason),
            Ok(Err(error)) => Verdict::Failed(error.to_string()),
            Ok(Ok(())) => skipped.map_or_else(|| judge(&lines), Verdict::Skipped),
        };
        if matches!(verdict, Verdict::Skipped(_)) {
            lines.retain(|line| !matches!(line, Line::Check(_)));
        }
        Outcome { entry: self, lines, verdict }
    }
}

fn judge(lines: &[Line]) -> Verdict {
    let mut checks = checks_in(lines).peekable();
    if checks.peek().is_none() {
        Verdict::Failed("it checked nothing".to_owned())
    } else if checks.all(Check::ok) {
        Verdict::Agrees
    } else {
        Verdict::Disagrees
    }
}

fn checks_in(lines: &[Line]) -> impl Iterator<Item = &Check> {
    lines.iter().filter_map(|line| match line {
        Line::Check(check) => Some(check),
        _ => None,
    })
}

fn message(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}

impl Outcome {
    /// The numbers that it compared.
    pub fn checks(&self) -> impl Iterator<Item = &Check> {
        checks_in(&self.lines)
    }

    /// Its pictures: the file's name and the SVG text.
    pub fn pictures(&self) -> impl Iterator<Item = (&str, &str)> {
        self.lines.iter().filter_map(|line| match line {
            Line::Picture { file, svg } => Some((file.as_str(), svg.as_str())),
            _ => None,
        })
    }
}
