//! Tables of numbers and words from CSV files.

mod convert;
mod rows;

use super::Dataset;
use crate::error::{Error, Result};
use chainrule::Element;
use rows::Rows;
use std::fs;
use std::io::{self, Read};
use std::path::Path;

/// Which column of a file is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    /// By its name in the header.
    Name(String),
    /// By its place, counted from 0.
    Index(usize),
}

impl From<&str> for Column {
    fn from(name: &str) -> Self {
        Self::Name(name.into())
    }
}
impl From<usize> for Column {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// What is done where a value is missing. Targets and categories are never made up: there, all but `DropRow` refuse.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Missing {
    /// An error with line and column.
    #[default]
    Refuse,
    /// The row is left out.
    DropRow,
    /// The mean of the values that the column has, in the whole file.
    Mean,
    /// The median of the values that the column has, in the whole file: of an even number, the mean of the middle two.
    Median,
    /// This number.
    Constant(f64),
}

/// What becomes of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Number,
    OneHot,
    Ordinal,
    Without,
    TargetValues,
    TargetClasses,
}

impl Role {
    fn is_target(self) -> bool {
        matches!(self, Self::TargetValues | Self::TargetClasses)
    }
}

/// Reads data sets from CSV files: how the file is written, and what becomes of its columns.
///
/// Columns of which nothing is said hold numbers. Categories are numbered in ascending order: by value where all of them are
/// numbers, else as text, so upper case before lower. White space around a field does not count. `""`, `NA`, `?`, `nan` and
/// `NaN` mean that the value is missing, which is an error unless [`missing`](Self::missing) says otherwise.
///
/// ```
/// use chainrule::Tensor;
/// use chainrule_nn::data::{Csv, Missing};
/// let file = "\
/// length,colour,species
/// 5.1,red,setosa
/// NA,blue,virginica
/// 4.9,red,setosa
/// ";
/// let csv = Csv::new().target_classes("species").one_hot("colour").missing(Missing::Mean);
/// let table = csv.read_from::<f64>(file.as_bytes())?;
/// assert_eq!(table.columns, ["length", "colour=blue", "colour=red"]);
/// assert_eq!(table.data.x, Tensor::from([[5.1, 0.0, 1.0], [5.0, 1.0, 0.0], [4.9, 0.0, 1.0]]));
/// assert_eq!(table.classes, ["setosa", "virginica"]); // the targets are 0, 1, 0
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Csv {
    header: bool,
    delimiter: u8,
    missing: Missing,
    marks: Vec<String>,
    roles: Vec<(Column, Role)>,
}

/// What came out of a CSV file.
#[derive(Clone, Debug)]
pub struct Table<T = f32> {
    /// The examples, `[rows, columns]`, and the targets, `[rows]`.
    pub data: Dataset<T>,
    /// What each column of the examples is called: `name=category` where it is one of several that a column became; without
    /// a header, columns are called by their place.
    pub columns: Vec<String>,
    /// What each class of the target is called; nothing where the target is a value.
    pub classes: Vec<String>,
}

impl Default for Csv {
    fn default() -> Self {
        Self::new()
    }
}

impl Csv {
    /// Fields between commas, names in the first line, all columns numbers, and no target yet.
    pub fn new() -> Self {
        Self {
            header: true,
            delimiter: b',',
            missing: Missing::Refuse,
            marks: ["", "NA", "?", "nan", "NaN"].map(String::from).into(),
            roles: Vec::new(),
        }
    }

    /// The first line holds values, not names.
    #[must_use]
    pub fn without_header(self) -> Self {
        Self { header: false, ..self }
    }

    /// What stands between fields, as `b';'` or `b'\t'`.
    #[must_use]
    pub fn delimiter(self, delimiter: u8) -> Self {
        Self { delimiter, ..self }
    }

    /// What is done where a value is missing.
    #[must_use]
    pub fn missing(self, missing: Missing) -> Self {
        Self { missing, ..self }
    }

    /// The fields that mean that a value is missing, instead of the usual ones.
    #[must_use]
    pub fn missing_marks<S: Into<String>>(self, marks: impl IntoIterator<Item = S>) -> Self {
        Self { marks: marks.into_iter().map(Into::into).collect(), ..self }
    }

    /// This column is the target, and holds numbers.
    #[must_use]
    pub fn target_values(self, column: impl Into<Column>) -> Self {
        self.with(column, Role::TargetValues)
    }

    /// This column is the target, and holds categories, which become classes.
    #[must_use]
    pub fn target_classes(self, column: impl Into<Column>) -> Self {
        self.with(column, Role::TargetClasses)
    }

    /// This column holds categories, and becomes one column for each of them: 1 where the row has it, else 0.
    #[must_use]
    pub fn one_hot(self, column: impl Into<Column>) -> Self {
        self.with(column, Role::OneHot)
    }

    /// This column holds categories, and becomes their numbers, counted from 0.
    #[must_use]
    pub fn ordinal(self, column: impl Into<Column>) -> Self {
        self.with(column, Role::Ordinal)
    }

    /// This column is left out, whatever it holds.
    #[must_use]
    pub fn without(self, column: impl Into<Column>) -> Self {
        self.with(column, Role::Without)
    }

    fn with(mut self, column: impl Into<Column>, role: Role) -> Self {
        self.roles.push((column.into(), role));
        self
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When the file cannot be read, has no rows, rows of different length, or a column that was named; when no target was
    /// chosen; when a field is not UTF-8, or is missing, or not a finite number where one is needed. The error says in which
    /// line and column, lines being counted from 1.
    pub fn read<T: Element>(&self, path: impl AsRef<Path>) -> Result<Table<T>> {
        let path = path.as_ref();
        self.parse(path, fs::read(path))
    }

    /// [`read`](Self::read) from anything that gives bytes.
    ///
    /// # Errors
    /// As [`read`](Self::read), with `CSV` for the path.
    pub fn read_from<T: Element>(&self, mut input: impl Read) -> Result<Table<T>> {
        let mut file = Vec::new();
        let end = input.read_to_end(&mut file);
        self.parse(Path::new("CSV"), end.map(|_| file))
    }

    fn parse<T: Element>(&self, path: &Path, file: io::Result<Vec<u8>>) -> Result<Table<T>> {
        let file = file.map_err(|source| Error::Io { path: path.into(), source })?;
        let table = Rows::parse(&file, self.delimiter, self.header).and_then(|rows| self.table(rows));
        table.map_err(|problem| Error::File { path: path.into(), problem })
    }
}

#[cfg(test)]
mod tests;
