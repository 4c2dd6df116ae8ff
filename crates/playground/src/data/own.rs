//! Data of one's own: a table of three columns, x1, x2, and a class or a number.

use csv_core::{ReadFieldResult, Reader, ReaderBuilder};

use super::{MOST_CLASSES, Point, Target};
use crate::excerpt::excerpt;

/// So many rows are read at most.
const MOST_ROWS: usize = 5000;
/// How far the points reach from the middle once they are scaled.
const REACH: f64 = 5.0;

/// A table that was read, its places scaled to the page's square.
#[derive(Clone, Debug, PartialEq)]
pub struct Own {
    /// Its rows.
    pub points: Vec<Point>,
    /// What is to be learned of them.
    pub target: Target,
    /// What the classes are called, in the order of their numbers; of two, -1 comes first. None of numbers.
    pub names: Vec<String>,
    /// A sentence about what was read and done.
    pub told: String,
}

impl Own {
    /// Reads a table whose columns are separated by commas, semicolons or tabs, with or without a line of titles. With `numbers` the
    /// third column is to be learned as a number, else as a class.
    ///
    /// # Errors
    /// What is wrong, on which line, and what to do.
    pub fn read(text: &str, numbers: bool) -> Result<Self, String> {
        let rows = rows(text)?;
        if rows.len() < 4 {
            return Err(format!(
                "a table of {} rows is too little: at least 4 are needed to train and to test",
                rows.len()
            ));
        }
        let mut points: Vec<Point> = rows.iter().map(|row| Point { at: row.at, label: 0.0 }).collect();
        for axis in 0..2 {
            scale(&mut points, |point| &mut point.at[axis], REACH);
        }
        let (target, names) =
            if numbers { (values(&rows, &mut points)?, Vec::new()) } else { classes(&rows, &mut points)? };
        let what = if numbers { "a number".to_owned() } else { format!("one of {} classes", names.len()) };
        let told = format!(
            "{} rows, each with {what}. Both columns of places were scaled to -5 to 5{}.",
            rows.len(),
            if numbers { ", the numbers to -1 to 1" } else { "" },
        );
        Ok(Self { points, target, names, told })
    }
}

/// A row as it was written.
struct Row {
    at: [f64; 2],
    last: String,
    line: usize,
}

/// Scales a coordinate of all points to between `-reach` and `reach`; a coordinate that is the same in all becomes 0.
fn scale(points: &mut [Point], coordinate: impl Fn(&mut Point) -> &mut f64, reach: f64) {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for point in &mut *points {
        let x = *coordinate(point);
        (low, high) = (low.min(x), high.max(x));
    }
    // halves, since the difference of two finite numbers may not be one
    let (middle, half) = (low / 2.0 + high / 2.0, high / 2.0 - low / 2.0);
    for point in points {
        let x = coordinate(point);
        *x = if half > 0.0 { (*x - middle) / half * reach } else { 0.0 };
    }
}

fn values(rows: &[Row], points: &mut [Point]) -> Result<Target, String> {
    for (row, point) in rows.iter().zip(&mut *points) {
        point.label = number(&row.last).ok_or_else(|| {
            format!(
                "line {}: `{}` is not a number, as regression needs it in the third column; choose classification for classes",
                row.line,
                excerpt(&row.last)
            )
        })?;
    }
    scale(points, |point| &mut point.label, 1.0);
    Ok(Target::Number)
}

fn classes(rows: &[Row], points: &mut [Point]) -> Result<(Target, Vec<String>), String> {
    let mut names: Vec<String> = Vec::new();
    for row in rows {
        if !names.contains(&row.last) {
            names.push(row.last.clone());
        }
        if names.len() > MOST_CLASSES {
            return Err(format!(
                "line {}: `{}` is the {}th class, and the page has colours for {MOST_CLASSES}; if the third column has numbers, \
                 choose regression",
                row.line,
                excerpt(&row.last),
                names.len()
            ));
        }
    }
    if names.len() < 2 {
        return Err(format!("all rows are of the class `{}`: there is nothing to learn", excerpt(&names[0])));
    }
    // by number where they are numbers, so that -1 comes before 1
    if names.iter().all(|name| number(name).is_some()) {
        names.sort_by(|one, other| number(one).unwrap_or(0.0).total_cmp(&number(other).unwrap_or(0.0)));
    } else {
        names.sort_unstable();
    }
    let two = names.len() == 2;
    for (row, point) in rows.iter().zip(points) {
        let class = names.iter().position(|name| *name == row.last).unwrap_or(0) as f64;
        point.label = if two { 2.0 * class - 1.0 } else { class };
    }
    Ok((if two { Target::TwoClasses } else { Target::Classes(names.len()) }, names))
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|x: &f64| x.is_finite())
}

fn rows(text: &str) -> Result<Vec<Row>, String> {
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let separator = [b';', b'\t'].into_iter().find(|&separator| first.contains(separator as char)).unwrap_or(b',');
    let mut rows = Vec::new();
    for (place, (line, fields)) in records(text, separator)?.into_iter().enumerate() {
        let [x1, x2, last] = &fields[..] else {
            return Err(format!(
                "line {line} has {} column{}, and three are needed: x1, x2, and a class or a number",
                fields.len(),
                if fields.len() == 1 { "" } else { "s" }
            ));
        };
        match (number(x1), number(x2)) {
            (Some(x1), Some(x2)) => rows.push(Row { at: [x1, x2], last: last.trim().to_owned(), line }),
            // the titles
            (None, None) if place == 0 => {}
            (first, _) => {
                let wrong = if first.is_none() { x1 } else { x2 };
                return Err(format!(
                    "line {line}: `{}` is not a number that is finite, as x1 and x2 have to be",
                    excerpt(wrong)
                ));
            }
        }
        if rows.len() > MOST_ROWS {
            return Err(format!("the table has more than {MOST_ROWS} rows: take a part of it"));
        }
    }
    Ok(rows)
}

/// The fields of each record with the line it begins on; empty lines are none.
fn records(text: &str, separator: u8) -> Result<Vec<(usize, Vec<String>)>, String> {
    let mut reader: Reader = ReaderBuilder::new().delimiter(separator).build();
    let (mut records, mut fields, mut field) = (Vec::new(), Vec::new(), Vec::new());
    let (mut rest, mut line, mut piece) = (text.as_bytes(), 1, [0; 256]);
    loop {
        let (result, read, written) = reader.read_field(rest, &mut piece);
        rest = &rest[read..];
        field.extend_from_slice(&piece[..written]);
        match result {
            ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => {}
            ReadFieldResult::Field { record_end } => {
                let text = String::from_utf8(std::mem::take(&mut field))
                    .map_err(|_| format!("line {line} is not text in UTF-8"))?;
                fields.push(text);
                if record_end {
                    let record = std::mem::take(&mut fields);
                    if record.iter().any(|field| !field.trim().is_empty()) {
                        records.push((line, record));
                    }
                    line = usize::try_from(reader.line()).unwrap_or(usize::MAX);
                }
            }
            ReadFieldResult::End => return Ok(records),
        }
    }
}
