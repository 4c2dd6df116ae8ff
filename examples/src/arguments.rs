//! What the command line asks for.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::Arg::{Long, Short, Value};
use lexopt::ValueExt;

use crate::data::DataDir;
use crate::entry::Entry;
use crate::lecture::{self, Lecture, VARIANTS, Variant};
use crate::report::Format;

/// What `--help` prints.
pub const HELP: &str = "\
The lectures' numbers, computed by chainrule.

Usage: cargo run --release -p chainrule-examples -- [OPTIONS] [WHAT...]

WHAT, any number of:
  list              the entries: id, name, group, lecture, title
  H7, chain-rule    an entry by its id or its name, in full, as on a blackboard
  backprop          a group: the whole worked example, H5 to H9
  mlp               the same for an MLP with cross-entropy, M5
  hcmus             a lecture: hcmus, sutd, um, cai, melb
Without WHAT, every entry runs and each number stands beside the slide's.

Options:
  --html FILE       a page to project or print of what runs: the board with formulas
                    and drawings, in one file that asks no other host for anything
  --book DIR        the book's pages about the lectures of what runs, and their pictures
  --json            JSON alone on standard output, one entry a line
  --data-dir DIR    where outside data sets lie: the folder of all of them, or one
                    set's own folder (default: the environment's CHAINRULE_DATA,
                    or else the folder `data`)
  --pictures DIR    where to write the SVG files (default: target/lectures)
  --cnn             with mnist: a convolutional network instead of an MLP
  --attention       with sentiment: attention over words instead of counts
  -h, --help        this text

The exit status is 0 if all agree, 1 if one does not, 2 for an unknown WHAT or
option or a --data-dir that is no folder, 3 if something could not be written.
";

/// The environment variable that stands in for `--data-dir`.
const DATA_VARIABLE: &str = "CHAINRULE_DATA";

/// What the program was asked to do.
#[derive(Debug)]
pub enum Task {
    /// Print [`HELP`].
    Help,
    /// Print the list of entries.
    List,
    /// Run these entries.
    Run(Vec<&'static Entry>),
}

/// A command line, understood.
#[derive(Debug)]
pub struct Arguments {
    /// What to do.
    pub task: Task,
    /// How to print it.
    pub format: Format,
    /// Where outside data lies.
    pub data_dir: DataDir,
    /// Where pictures go.
    pub pictures: PathBuf,
    /// The file of the page, where one is wanted.
    pub html: Option<PathBuf>,
    /// The folder of the book's pages, where they are wanted.
    pub book: Option<PathBuf>,
}

/// Why a command line was not understood.
#[derive(Debug, thiserror::Error)]
pub enum ArgumentError {
    /// An option that does not exist, or one without its value.
    #[error(transparent)]
    Option(#[from] lexopt::Error),
    /// An option where another one's value should stand.
    #[error("--{option} needs {kind}, not `{value}`; one of such a name is written --{option}=NAME")]
    NoValue {
        /// The option without a value, less its hyphens.
        option: &'static str,
        /// What its value would be: a folder or a file.
        kind: &'static str,
        /// What stood there.
        value: String,
    },
    /// A folder of data that is not there.
    #[error("--data-dir: there is no folder `{}`", .0.display())]
    NoFolder(PathBuf),
    /// A flag that suits none of the entries that are named.
    #[error("--{} suits none of these entries; it is meant for {}: `{}`", .0.flag, .0.of, .0.usage)]
    NotSuited(&'static Variant),
    /// A word that names no entry, group or lecture.
    #[error("no entry is called `{word}`{}", did_you_mean(close))]
    Unknown {
        /// The word as it was written.
        word: String,
        /// Names that look like it.
        close: Vec<&'static str>,
    },
}

fn did_you_mean(close: &[&str]) -> String {
    if close.is_empty() { String::new() } else { format!("; did you mean {}?", close.join(", ")) }
}

impl Arguments {
    /// Reads a command line, without the program's own name.
    ///
    /// # Errors
    /// Options that do not exist, and words that name no entry.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, ArgumentError> {
        let mut parser = lexopt::Parser::from_args(arguments);
        let (mut words, mut variants) = (Vec::new(), Vec::new());
        let (mut help, mut json) = (false, false);
        let mut data_dir = std::env::var_os(DATA_VARIABLE).filter(|dir| !dir.is_empty()).map(PathBuf::from);
        let (mut pictures, mut html, mut book) = (PathBuf::from("target").join("lectures"), None, None);
        while let Some(argument) = parser.next()? {
            match argument {
                Short('h') | Long("help") => help = true,
                Long("json") => json = true,
                Long("data-dir") => data_dir = Some(data_folder(path(&mut parser, "data-dir", "a folder")?)?),
                Long("pictures") => pictures = path(&mut parser, "pictures", "a folder")?,
                Long("html") => html = Some(path(&mut parser, "html", "a file")?),
                Long("book") => book = Some(path(&mut parser, "book", "a folder")?),
                Long(flag) if let Some(variant) = VARIANTS.iter().find(|variant| variant.flag == flag) => {
                    variants.retain(|earlier: &&Variant| earlier.flag != flag);
                    variants.push(variant);
                }
                Value(word) => words.push(word.string()?),
                _ => return Err(argument.unexpected().into()),
            }
        }
        let list = words.iter().any(|word| word.eq_ignore_ascii_case("list"));
        words.retain(|word| !word.eq_ignore_ascii_case("list"));
        let entries = varied(chosen(&words)?, &variants)?;
        let format = match (json, words.is_empty()) {
            (true, _) => Format::Json,
            (false, true) => Format::Overview,
            (false, false) => Format::Full,
        };
        let task = match (help, list) {
            (true, _) => Task::Help,
            (false, true) => Task::List,
            (false, false) => Task::Run(entries),
        };
        Ok(Self { task, format, data_dir: DataDir(data_dir), pictures, html, book })
    }
}

/// The option's value, a path that is not empty and does not look like the next option.
fn path(parser: &mut lexopt::Parser, option: &'static str, kind: &'static str) -> Result<PathBuf, ArgumentError> {
    let attached = parser.optional_value();
    let is_attached = attached.is_some();
    let value = attached.map_or_else(|| parser.value(), Ok)?;
    if value.is_empty() || !is_attached && value.as_encoded_bytes().starts_with(b"-") {
        return Err(ArgumentError::NoValue { option, kind, value: value.to_string_lossy().into_owned() });
    }
    Ok(value.into())
}

fn data_folder(folder: PathBuf) -> Result<PathBuf, ArgumentError> {
    if folder.is_dir() { Ok(folder) } else { Err(ArgumentError::NoFolder(folder)) }
}

/// The entries that the words name, each once, in the order of the words; all of them for no word.
fn chosen(words: &[String]) -> Result<Vec<&'static Entry>, ArgumentError> {
    if words.is_empty() {
        return Ok(lecture::entries().collect());
    }
    let mut chosen: Vec<&'static Entry> = Vec::new();
    for word in words {
        let named: Vec<_> = lecture::entries().filter(|entry| entry.answers_to(word)).collect();
        if named.is_empty() {
            return Err(ArgumentError::Unknown { word: word.clone(), close: close_to(word) });
        }
        for entry in named {
            if !chosen.iter().any(|earlier| earlier.id == entry.id) {
                chosen.push(entry);
            }
        }
    }
    Ok(chosen)
}

/// The entries, with what the flags put in the place of one.
fn varied(
    mut entries: Vec<&'static Entry>,
    variants: &[&'static Variant],
) -> Result<Vec<&'static Entry>, ArgumentError> {
    for &variant in variants {
        let place = entries.iter().position(|entry| entry.id == variant.of);
        entries[place.ok_or(ArgumentError::NotSuited(variant))?] = &variant.entry;
    }
    Ok(entries)
}

/// How alike two words must be, by Jaro and Winkler, to be offered for one another.
const LIKENESS: f64 = 0.8;

fn close_to(word: &str) -> Vec<&'static str> {
    let word = word.trim().to_lowercase();
    if word.is_empty() {
        // It is a part of every name.
        return Vec::new();
    }
    let mut names: Vec<&'static str> = lecture::entries()
        .flat_map(|entry| [Some(entry.name), Some(entry.id), entry.group])
        .flatten()
        .chain(Lecture::ALL.map(Lecture::word))
        .collect();
    names.sort_unstable();
    names.dedup();
    let mut alike: Vec<(f64, &'static str)> = names
        .into_iter()
        .map(|name| (likeness(&word, &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness >= LIKENESS)
        .collect();
    alike.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    alike.into_iter().map(|(_, name)| name).take(4).collect()
}

/// Of the whole name or of one of its hyphenated parts, whichever is closer.
fn likeness(word: &str, name: &str) -> f64 {
    if name.contains(word) {
        return 1.0;
    }
    name.split('-').chain([name]).map(|part| strsim::jaro_winkler(word, part)).fold(0.0, f64::max)
}
