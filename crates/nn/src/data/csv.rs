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
#[non_exhaustive]
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
impl From<String> for Column {
    fn from(name: String) -> Self {
        Self::Name(name)
    }
}
impl From<usize> for Column {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// What is done where a value is missing. Targets and categories are never made up: there, all but `DropRow` refuse.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Missing {
    /// An error with line and column.
    #[default]
    Refuse,
    /// The row is left out.
    DropRow,
    /// The mean of the values that the column has in the file that the reader was fitted on: all of the one that
    /// [`Csv::read`] reads, which [`Table::read_alike`] takes for further files too.
    ///
    /// Rows that a model is tested with must have no part in it: keep the training rows in a file of their own, read that
    /// one, and the others with [`Table::read_alike`]. Where one file is read and divided afterwards, all of its rows have a
    /// part.
    Mean,
    /// The median of the values that the column has in the file that the reader was fitted on, as for [`Mean`](Self::Mean):
    /// of an even number, the mean of the middle two.
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
/// Each file that is read by a `Csv` has its own categories and means. Where training and test examples are in two files, read
/// the second with [`Table::read_alike`], or the same number may be another class in it.
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
    fitted: Fitted,
}

/// The reader of further files, with what it learned from the first.
#[derive(Clone, Debug)]
struct Fitted {
    csv: Csv,
    columns: Vec<FittedColumn>,
}

/// A column of the first file, and what becomes of those of its name.
#[derive(Clone, Debug)]
struct FittedColumn {
    name: String,
    role: Role,
    /// What stands for a missing number; none where it is refused.
    fill: Option<f64>,
    /// In the order of their numbers; nothing in a column of numbers.
    categories: Vec<String>,
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
        self.parse(path, fs::read(path), |rows| self.fit(rows))
    }

    /// [`read`](Self::read) from anything that gives bytes.
    ///
    /// # Errors
    /// As [`read`](Self::read), with `CSV` for the path.
    pub fn read_from<T: Element>(&self, input: impl Read) -> Result<Table<T>> {
        self.parse(Path::new("CSV"), all_of(input), |rows| self.fit(rows))
    }

    fn parse<T>(
        &self,
        path: &Path,
        file: io::Result<Vec<u8>>,
        convert: impl FnOnce(Rows) -> std::result::Result<Table<T>, String>,
    ) -> Result<Table<T>> {
        let file = file.map_err(|source| Error::Io { path: path.into(), source })?;
        let table = Rows::parse(&file, self.delimiter, self.header).and_then(convert);
        table.map_err(|problem| Error::File { path: path.into(), problem })
    }
}

impl<T: Element> Table<T> {
    /// Reads another file as the one that this table came from, so that the numbers mean the same: each category has the
    /// number or the column that it has here, whether or not the file has all of them, and what is missing is filled in with
    /// the means or medians of the first file.
    ///
    /// Columns are found by their names, in any order; without a header, by their places. Those that were left out may be
    /// missing. What comes out can be read alike in its turn, as the first file.
    ///
    /// ```
    /// use chainrule::Tensor;
    /// use chainrule_nn::data::{Csv, Missing};
    /// let training = "length,kind\n1.0,a\n2.0,b\n6.0,c\n";
    /// let test = "kind,length\nc,4.0\na,NA\n"; // no b, and other columns first
    /// let csv = Csv::new().target_classes("kind").missing(Missing::Mean);
    /// let training = csv.read_from::<f64>(training.as_bytes())?; // or `.read("train.csv")`
    /// let test = training.read_alike_from(test.as_bytes())?; // or `.read_alike("test.csv")`
    /// assert_eq!(test.classes, ["a", "b", "c"]);
    /// assert_eq!(test.data.y.classes().unwrap(), &Tensor::from([2, 0]));
    /// assert_eq!(test.data.x, Tensor::from([[4.0], [3.0]])); // 3 is the mean of the training file
    /// # Ok::<(), chainrule_nn::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Csv::read`]; and when columns are missing, or there are others than in the first file, with their names; when a
    /// category is not among those of the first file, with line and column.
    pub fn read_alike(&self, path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        self.fitted.csv.parse(path, fs::read(path), |rows| self.fitted.table(rows))
    }

    /// [`read_alike`](Self::read_alike) from anything that gives bytes.
    ///
    /// # Errors
    /// As [`read_alike`](Self::read_alike), with `CSV` for the path.
    pub fn read_alike_from(&self, input: impl Read) -> Result<Self> {
        self.fitted.csv.parse(Path::new("CSV"), all_of(input), |rows| self.fitted.table(rows))
    }
}

fn all_of(mut input: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
