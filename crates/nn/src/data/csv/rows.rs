//! A CSV file as text: rows of fields, each with its line, under names.

use super::Column;
use csv::{Position, ReaderBuilder, StringRecord, Trim};

/// Rows of as many fields each as there are names.
pub(super) struct Rows {
    pub(super) names: Vec<String>,
    /// The line in which each row begins, counted from 1, and its fields.
    pub(super) rows: Vec<(usize, StringRecord)>,
}

impl Rows {
    pub(super) fn parse(file: &[u8], delimiter: u8, header: bool) -> Result<Self, String> {
        let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file); // the mark that some systems put before UTF-8
        // rows of unequal length are refused here, in our own words
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .trim(Trim::All)
            .from_reader(file);
        let mut lines = Lines { file, at: 0, line: 1 };
        let mut rows: Vec<(usize, StringRecord)> = Vec::new();
        for row in reader.byte_records() {
            let row = row.map_err(|error| error.to_string())?;
            let line = lines.after(row.position().map_or(0, Position::byte));
            let row = StringRecord::from_byte_record(row).map_err(|error| {
                format!("line {line}, column {} (counted from 0): not UTF-8", error.utf8_error().field())
            })?;
            if let Some((first_line, first)) = rows.first()
                && first.len() != row.len()
            {
                let (fields, others) = (row.len(), first.len());
                return Err(format!("line {line} has {fields} fields, but line {first_line} has {others}"));
            }
            rows.push((line, row));
        }
        let Some((_, first)) = rows.first() else { return Err("is empty".into()) };
        let names = if header {
            let (_, names) = rows.remove(0);
            names.iter().map(String::from).collect()
        } else {
            (0..first.len()).map(|place| place.to_string()).collect()
        };
        if rows.is_empty() {
            return Err("has a line of names, but no rows".into());
        }
        Ok(Self { names, rows })
    }

    /// Where this column stands.
    pub(super) fn place(&self, column: &Column) -> Result<usize, String> {
        let count = self.names.len();
        match column {
            &Column::Index(place) if place < count => Ok(place),
            Column::Index(place) => Err(format!("has no column {place}; there are {count}, counted from 0")),
            Column::Name(name) => {
                let mut places = (0..count).filter(|&place| self.names[place] == *name);
                match (places.next(), places.next()) {
                    (Some(place), None) => Ok(place),
                    (Some(_), Some(_)) => {
                        Err(format!("has several columns called `{name}`: choose one by its place, counted from 0"))
                    }
                    (None, _) => {
                        Err(format!("has no column called `{name}`; there are: {}", shown(&self.names.join(", "))))
                    }
                }
            }
        }
    }
}

/// Counts lines. (Those that `csv` gives are too low behind blank lines and where lines end in two characters.)
struct Lines<'a> {
    file: &'a [u8],
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line of the first row that begins at this byte or behind the ends of lines that follow it. Bytes must ascend.
    fn after(&mut self, byte: u64) -> usize {
        let is_end = |at: usize| matches!(self.file.get(at), Some(b'\r' | b'\n'));
        let mut start = usize::try_from(byte).map_or(self.file.len(), |byte| byte.clamp(self.at, self.file.len()));
        while is_end(start) {
            start += 1;
        }
        let ends = |&at: &usize| is_end(at) && self.file[at..].first_chunk() != Some(b"\r\n");
        self.line += (self.at..start).filter(ends).count();
        self.at = start;
        self.line
    }
}

/// The head of a text, for messages.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 200;
    match text.char_indices().nth(MOST) {
        None => text.into(),
        Some((end, _)) => format!("{}...", &text[..end]),
    }
}
