//! The board that an entry writes on: words, formulas, numbers beside the slide's, errata, pictures.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use chainrule_nn::Verbose;
use serde::Serialize;

use crate::data::DataDir;
use crate::entry::Error;
use crate::formulas::Formulas;

/// Where an expected number comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// It stands on a slide.
    Slide,
    /// The slides do not print it; it was worked out apart from the engine.
    Calc,
    /// It stands in a drawing on a slide.
    Picture,
}

impl Source {
    /// The word for it in a report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Slide => "slide",
            Self::Calc => "calc",
            Self::Picture => "picture",
        }
    }
}

/// How a computed number must stand to the expected one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Relation {
    /// It is the number itself that is expected.
    Equal,
    /// This bound or more; the expected number is the middle of what can be believed.
    AtLeast(f64),
    /// This bound or less; the expected number is the middle of what can be believed.
    AtMost(f64),
}

/// One number, expected and computed.
#[derive(Clone, Debug)]
pub struct Check {
    /// The number's name.
    pub what: String,
    /// What the source says.
    pub expected: f64,
    /// The expected number as it is printed there, where it was given so.
    pub printed: Option<String>,
    /// What the engine says.
    pub computed: f64,
    /// How far apart they may be.
    pub tolerance: f64,
    /// Whether that number is meant, or a bound.
    pub relation: Relation,
    /// Who says it.
    pub source: Source,
}

impl Check {
    /// Whether the computed number is as expected. NaN agrees with NaN alone.
    pub fn ok(&self) -> bool {
        let (expected, computed) = (self.expected, self.computed);
        if expected.is_nan() {
            return computed.is_nan();
        }
        // Infinities have no difference.
        computed == expected || (computed - expected).abs() <= self.tolerance
    }
}

/// One line of a board, in the order of writing.
#[derive(Clone, Debug)]
pub enum Line {
    /// A sentence, a formula, a table: shown in full mode.
    Text(String),
    /// The heading of what follows, down to the next one.
    Step(String),
    /// Formulas, as text for full mode and as HTML for a page.
    Formulas(Formulas),
    /// A number beside its expected one.
    Check(Check),
    /// A slip on a slide, shown as such.
    Erratum(String),
    /// A drawing: its file's name and its SVG text.
    Picture {
        /// The file's name.
        file: String,
        /// The SVG text.
        svg: String,
    },
}

/// What an entry writes on.
#[derive(Debug)]
pub struct Board {
    prefix: String,
    data_dir: DataDir,
    watched: bool,
    /// What was written so far.
    pub lines: Vec<Line>,
    pub(crate) skipped: Option<String>,
}

impl Board {
    /// An empty board; the names of its pictures will start with `prefix`.
    pub fn new(prefix: impl Into<String>, data_dir: DataDir) -> Self {
        Self { prefix: prefix.into(), data_dir, watched: false, lines: Vec::new(), skipped: None }
    }

    /// Whether somebody sits at a terminal and waits for what will stand here.
    #[must_use]
    pub fn watched(self, watched: bool) -> Self {
        Self { watched, ..self }
    }

    /// For a training that takes its time: with a progress bar where somebody waits for it, else silent.
    pub fn verbose(&self) -> Verbose {
        if self.watched { Verbose::Auto } else { Verbose::Silent }
    }

    /// Writes a sentence, a formula or a table, as a teacher would; shown in full mode.
    pub fn say(&mut self, text: impl Into<String>) {
        self.lines.push(Line::Text(text.into()));
    }

    /// Begins a part of the board, such as one layer's way forward: a section of its own on a page.
    pub fn step(&mut self, heading: impl Into<String>) {
        self.lines.push(Line::Step(heading.into()));
    }

    /// Writes formulas with their numbers: what a tape says of itself by `explain` or `computation`, or [`Formulas`] made by
    /// hand. Shown as text in full mode, and as formulas on a page.
    pub fn explain(&mut self, formulas: impl Into<Formulas>) {
        self.lines.push(Line::Formulas(formulas.into()));
    }

    /// Compares with a number as it stands printed: `"0.593269992"` allows half a unit in its last
    /// digit, and a whole number such as `"30"` is meant exactly (to 1e-12 of its size).
    ///
    /// # Panics
    /// If `printed` is not a decimal number: a slip in the entry.
    pub fn printed(&mut self, what: impl Into<String>, printed: &str, computed: f64, source: Source) {
        let (expected, tolerance) = read_printed(printed);
        self.lines.push(Line::Check(Check {
            what: what.into(),
            expected,
            printed: Some(printed.to_owned()),
            computed,
            tolerance,
            relation: Relation::Equal,
            source,
        }));
    }

    /// Compares with a number, to a tolerance of its own.
    pub fn close(&mut self, what: impl Into<String>, expected: f64, computed: f64, tolerance: f64, source: Source) {
        self.check(what.into(), expected, computed, tolerance, Relation::Equal, source);
    }

    /// Compares with a number that must be met exactly: a count, a flag, a fraction of powers of two.
    pub fn exact(&mut self, what: impl Into<String>, expected: f64, computed: f64, source: Source) {
        self.check(what.into(), expected, computed, 0.0, Relation::Equal, source);
    }

    /// Promises the range's lower end or more; its upper end is the largest value that can be
    /// believed (an accuracy's is 1).
    pub fn at_least(&mut self, what: impl Into<String>, range: RangeInclusive<f64>, computed: f64, source: Source) {
        let relation = Relation::AtLeast(*range.start());
        self.within(what.into(), &range, computed, relation, source);
    }

    /// Promises the range's upper end or less; its lower end is the smallest value that can be
    /// believed (a loss's is 0).
    pub fn at_most(&mut self, what: impl Into<String>, range: RangeInclusive<f64>, computed: f64, source: Source) {
        let relation = Relation::AtMost(*range.end());
        self.within(what.into(), &range, computed, relation, source);
    }

    /// A range as its middle and half its width, so that both ends belong to it.
    fn within(&mut self, what: String, range: &RangeInclusive<f64>, computed: f64, relation: Relation, source: Source) {
        let (low, high) = (*range.start(), *range.end());
        let middle = f64::midpoint(low, high);
        self.check(what, middle, computed, (high - middle).max(middle - low), relation, source);
    }

    fn check(
        &mut self,
        what: String,
        expected: f64,
        computed: f64,
        tolerance: f64,
        relation: Relation,
        source: Source,
    ) {
        let printed = None;
        self.lines.push(Line::Check(Check { what, expected, printed, computed, tolerance, relation, source }));
    }

    /// Notes a slip on a slide, and what is right.
    pub fn erratum(&mut self, text: impl Into<String>) {
        self.lines.push(Line::Erratum(text.into()));
    }

    /// Hangs up a picture, as `Picture::svg` gives it; its file is called `<id>-<name>.svg`.
    pub fn picture(&mut self, name: &str, svg: String) {
        let file = format!("{}-{name}.svg", self.prefix);
        self.lines.push(Line::Picture { file, svg });
    }

    /// Says that this entry cannot run here, and why; whatever was checked before does not count.
    pub fn skip(&mut self, reason: impl Into<String>) {
        self.skipped = Some(reason.into());
    }

    /// An outside data set, as `loader` reads it from a folder: `chainrule_nn::data::mnist`, for one.
    ///
    /// # Errors
    /// [`Error::MissingData`] where it is not there, by which the entry counts as skipped, with what to download; and those of
    /// the loader.
    pub fn load<D>(&self, loader: impl FnOnce(PathBuf) -> chainrule_nn::Result<D>) -> Result<D, Error> {
        self.data_dir.load(loader)
    }
}

/// A printed decimal number and half a unit in its last digit.
fn read_printed(printed: &str) -> (f64, f64) {
    let expected: f64 = printed.parse().unwrap_or_else(|_| panic!("`{printed}` is no decimal number"));
    let (mantissa, exponent) = printed.split_once(['e', 'E']).unwrap_or((printed, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    // The quotient of two decimals is rarely a binary number: leave room for its rounding.
    let rounding = 1e-12 * expected.abs().max(f64::MIN_POSITIVE);
    let tolerance = match mantissa.split_once('.') {
        Some((_, digits)) => {
            let digits = i32::try_from(digits.len()).unwrap_or(i32::MAX);
            format!("0.5e{}", exponent - digits).parse().unwrap_or(0.0) + rounding
        }
        None if printed.contains(['e', 'E']) => 0.5 * 10_f64.powi(exponent) + rounding,
        None => rounding,
    };
    (expected, tolerance)
}
