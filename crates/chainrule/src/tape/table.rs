//! The table of a traced tape: every gate with its value, and local times upstream for each operand.

use super::{Gradients, Step, Tape, Value, foreign_tape};
use std::fmt;

/// A traced tape and one sweep over it, gate by gate, as lectures draw a circuit. `Display` prints it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Table<V> {
    /// One row for each node, in the order they were made.
    pub rows: Vec<Row<V>>,
}

/// One gate.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Row<V> {
    /// The operation, its operands and local derivatives.
    pub step: Step<V>,
    /// The upstream gradient: the derivative of the output by this gate's value. `None` where nothing arrived.
    pub upstream: Option<V>,
    /// `local * upstream` for each operand of the step; `None` for constants, and where nothing arrived.
    pub gradients: Vec<Option<V>>,
}

impl<V: Value> Tape<V> {
    /// Every gate with its value, upstream gradient, and local times upstream for each operand.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = ScalarTape::traced();
    /// let [w, x] = tape.vars([2.0, -1.0]);
    /// let f = (w.named("w") * x.named("x")).sigmoid();
    /// let table = tape.table(&f.backward());
    /// assert!(table.to_string().contains("w * x"));
    /// ```
    ///
    /// # Panics
    /// When the tape is not traced, or the gradients are another tape's.
    #[track_caller]
    pub fn table(&self, gradients: &Gradients<'_, V>) -> Table<V> {
        assert!(self.is_traced(), "table: this tape keeps no names, operands or places; make it with `Tape::traced()`");
        if !gradients.tape().is_none_or(|tape| std::ptr::eq(tape, self)) {
            foreign_tape("table");
        }
        let rows = self.steps().into_iter().map(|step| {
            let upstream = gradients.at(step.index);
            let gradients = step.operands.iter().map(|operand| {
                let (local, upstream) = (operand.local.as_ref()?, upstream.as_ref()?);
                Some(V::contribution(local, upstream))
            });
            Row { upstream: upstream.clone(), gradients: gradients.collect(), step }
        });
        Table { rows: rows.collect() }
    }
}

impl<V> Table<V> {
    /// What to call node `at`: the name it was given, or its number.
    pub fn label(&self, at: usize) -> String {
        match self.rows.get(at).and_then(|row| row.step.name.as_deref()) {
            Some(name) => name.to_owned(),
            None => format!("#{at}"),
        }
    }
}

impl<V: fmt::Display> Table<V> {
    /// The operation with its operands, as `w0 * x0` or `exp(#6)`.
    pub fn expression(&self, step: &Step<V>) -> String {
        let operands: Vec<String> = step
            .operands
            .iter()
            .map(|operand| operand.node.map_or_else(|| operand.value.to_string(), |at| self.label(at)))
            .collect();
        match (step.operation.as_ref(), operands.as_slice()) {
            ("add", [x, y]) => format!("{x} + {y}"),
            ("sub", [x, y]) => format!("{x} - {y}"),
            ("mul", [x, y]) => format!("{x} * {y}"),
            ("div", [x, y]) => format!("{x} / {y}"),
            ("rem", [x, y]) => format!("{x} % {y}"),
            ("neg", [x]) => format!("-{x}"),
            ("recip", [x]) => format!("1 / {x}"),
            (name, []) => name.to_owned(),
            (name, operands) => match name.split_once('(') {
                // parameters after the operands: powi(x, 2)
                Some((name, parameters)) => format!("{name}({}, {parameters}", operands.join(", ")),
                None => format!("{name}({})", operands.join(", ")),
            },
        }
    }
}

/// Nine decimals, as the lectures print, or powers of ten where these would hide the number.
fn number<V: fmt::Display + fmt::LowerExp>(value: Option<&V>) -> String {
    let Some(value) = value else { return "-".to_owned() };
    let fixed = format!("{value:.9}");
    let digits = fixed.trim_start_matches(['-', '0', '.']).chars().filter(char::is_ascii_digit).count();
    let short = digits < 4 && value.to_string().chars().any(|c| ('1'..='9').contains(&c));
    if short || fixed.len() > 18 { format!("{value:.9e}") } else { fixed }
}

impl<V: fmt::Display + fmt::LowerExp> fmt::Display for Table<V> {
    /// One line for each operand of each gate: `value | upstream | operand: local x upstream = gradient`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const HEADER: [&str; 7] = ["node", "operation", "value", "upstream", "operand", "local", "local x upstream"];
        let mut lines = vec![HEADER.map(str::to_owned)];
        for row in &self.rows {
            let step = &row.step;
            let mut head = [
                self.label(step.index),
                self.expression(step),
                number(Some(&step.value)),
                number(row.upstream.as_ref()),
            ];
            let variables = step.operands.iter().zip(&row.gradients).filter(|(operand, _)| operand.node.is_some());
            let mut any = false;
            for (operand, gradient) in variables {
                let [label, expression, value, upstream] = std::mem::take(&mut head);
                let operand_label = operand.node.map_or_else(String::new, |at| self.label(at));
                let local = number(operand.local.as_ref());
                lines.push([label, expression, value, upstream, operand_label, local, number(gradient.as_ref())]);
                any = true;
            }
            if !any {
                let [label, expression, value, upstream] = head;
                lines.push([label, expression, value, upstream, String::new(), String::new(), String::new()]);
            }
        }
        let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..HEADER.len()).map(width).collect();
        for line in &lines {
            let mut text = String::new();
            for (column, (cell, &width)) in line.iter().zip(&widths).enumerate() {
                let names = matches!(column, 0 | 1 | 4);
                let cell = if names { format!("{cell:<width$}  ") } else { format!("{cell:>width$}  ") };
                text.push_str(&cell);
            }
            writeln!(f, "{}", text.trim_end())?;
        }
        Ok(())
    }
}
