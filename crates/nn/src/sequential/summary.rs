//! The table of a network's layers.

use super::Sequential;
use crate::param::Role;
use chainrule::Element;
use std::fmt;

/// What [`Sequential::summary`] says: it prints as a table like Keras's.
#[derive(Clone, Debug)]
pub struct Summary {
    rows: Vec<Row>,
    trained: usize,
    frozen: usize,
    buffers: usize,
    bytes: usize,
}

#[derive(Clone, Debug)]
struct Row {
    layer: String,
    output: String,
    count: String,
}

impl Summary {
    /// How many numbers the network has in parameters and buffers.
    pub fn total(&self) -> usize {
        self.trained + self.frozen + self.buffers
    }

    /// How many of them are trained.
    pub fn trained(&self) -> usize {
        self.trained
    }

    /// How many are not: frozen parameters and buffers.
    pub fn not_trained(&self) -> usize {
        self.frozen + self.buffers
    }
}

impl<T: Element> Sequential<T> {
    /// The layers with the shapes of their outputs and how many numbers they have; `?` before the network was built.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary { rows: Vec::new(), trained: 0, frozen: 0, buffers: 0, bytes: size_of::<T>() };
        let mut layers = self.clone();
        let mut seen = vec![false; self.places.len()];
        for (step, &at) in self.order.iter().enumerate() {
            let place = &mut layers.places[at];
            let mut count = 0;
            place.layer.visit(&mut |_, param| {
                let length = param.value.len();
                count += length;
                if !seen[at] {
                    match param.role {
                        Role::Trained => summary.trained += length,
                        Role::Frozen => summary.frozen += length,
                        Role::Buffer => summary.buffers += length,
                    }
                }
            });
            let again = if std::mem::replace(&mut seen[at], true) { ", again" } else { "" };
            let output = self.rows().get(step).map(|shape| {
                let sizes: Vec<String> = shape.iter().map(|&size| grouped(size)).collect();
                format!("({})", [vec!["None".to_owned()], sizes].concat().join(", "))
            });
            summary.rows.push(Row {
                layer: format!("{} ({}{again})", place.name, place.layer.kind()),
                count: if output.is_none() { "?".into() } else { grouped(count) },
                output: output.unwrap_or_else(|| "?".into()),
            });
        }
        summary
    }
}

/// `272133` as `272,133`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn memory(bytes: usize) -> String {
    match bytes as f64 {
        small if small < 1024.0 => format!("{small:.2} B"),
        middle if middle < 1024.0 * 1024.0 => format!("{:.2} KB", middle / 1024.0),
        large => format!("{:.2} MB", large / (1024.0 * 1024.0)),
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["Layer (type)", "Output Shape", "Param #"];
        let cells = |row: &Row| [row.layer.clone(), row.output.clone(), row.count.clone()];
        let rows: Vec<[String; 3]> = self.rows.iter().map(cells).collect();
        let width = |column: usize| {
            rows.iter().map(|row| row[column].chars().count()).chain([head[column].len()]).max().unwrap_or(0)
        };
        let widths = [0, 1, 2].map(width);
        let rule = |f: &mut fmt::Formatter<'_>, [left, line, cross, right]: [&str; 4]| {
            let parts = widths.map(|width| line.repeat(width + 2));
            writeln!(f, "{left}{}{right}", parts.join(cross))
        };
        rule(f, ["┏", "━", "┳", "┓"])?;
        let [a, b, c] = widths;
        writeln!(f, "┃ {:<a$} ┃ {:<b$} ┃ {:>c$} ┃", head[0], head[1], head[2])?;
        rule(f, ["┡", "━", "╇", "┩"])?;
        for (at, [layer, output, count]) in rows.iter().enumerate() {
            if at > 0 {
                rule(f, ["├", "─", "┼", "┤"])?;
            }
            writeln!(f, "│ {layer:<a$} │ {output:<b$} │ {count:>c$} │")?;
        }
        rule(f, ["└", "─", "┴", "┘"])?;
        let line = |count: usize| format!("{} ({})", grouped(count), memory(count * self.bytes));
        writeln!(f, " Total params: {}", line(self.total()))?;
        writeln!(f, " Trainable params: {}", line(self.trained))?;
        write!(f, " Non-trainable params: {}", line(self.not_trained()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!([0, 12, 999, 1_000, 272_133, 1_000_000].map(grouped).join(" "), "0 12 999 1,000 272,133 1,000,000");
        assert_eq!(memory(272_133 * 4), "1.04 MB"); // as Keras prints it for the lecture's network
    }
}
