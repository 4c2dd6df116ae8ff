//! The way forward, in words and numbers.

use super::formula::{Formula, Symbol};
use super::lines::{Lines, Notations, Said, written_down};
use super::quantity::Shown;
use crate::tape::{Row, Step, Tape};

/// How the named values of a tape were computed: for each its formula, the same in numbers, and the result. Made by
/// [`Tape::computation`]; `Display` writes a line for each, and there are [Markdown](Self::to_markdown), [LaTeX](Self::to_latex) and
/// [HTML](Self::to_html).
#[derive(Clone, Debug)]
pub struct Computation<V> {
    rows: Vec<Row<V>>,
    decimals: usize,
    /// The names that are asked for; all for none.
    of: Option<Vec<String>>,
}

impl<V: Shown> Tape<V> {
    /// How the values that have a name were computed from one another.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = ScalarTape::traced();
    /// let (w, x, b) = (tape.var(0.5).named("w"), tape.var(0.1).named("x"), tape.var(0.25).named("b"));
    /// let net = (w * x + b).named("net");
    /// let _ = net.sigmoid().named("out");
    /// assert_eq!(
    ///     tape.computation().decimals(4).to_string(),
    ///     "net = w × x + b = 0.5 × 0.1 + 0.25 = 0.3\nout = sigmoid(net) = sigmoid(0.3) = 0.5744\n"
    /// );
    /// ```
    ///
    /// # Panics
    /// When the tape is not traced.
    #[track_caller]
    pub fn computation(&self) -> Computation<V> {
        assert!(self.is_traced(), "computation: this tape keeps no names or operands; make it with `Tape::traced()`");
        let rows = self.steps().into_iter().map(|step| Row { step, upstream: None, gradients: Vec::new() });
        Computation { rows: rows.collect(), decimals: 6, of: None }
    }
}

impl<V: Shown> Computation<V> {
    /// The values of these names alone, in the order of the tape: one step of a longer way.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = ScalarTape::traced();
    /// let net = (tape.var(0.5).named("w") * 0.1).named("net");
    /// let _ = net.sigmoid().named("out");
    /// assert_eq!(tape.computation().of(&["net"]).to_string(), "net = w × 0.1 = 0.5 × 0.1 = 0.05\n");
    /// ```
    #[must_use]
    pub fn of(mut self, names: &[&str]) -> Self {
        self.of = Some(names.iter().map(|&name| name.to_owned()).collect());
        self
    }

    fn is_asked_for(&self, step: &Step<V>) -> bool {
        let Some(name) = step.name.as_ref().filter(|_| !step.operands.is_empty()) else { return false };
        self.of.as_ref().is_none_or(|names| names.contains(name))
    }
}

/// The name, the formula, the formula in numbers, the value.
pub(super) fn value_line<V: Shown>(rows: &[Row<V>], step: &Step<V>, notations: &Notations<'_>) -> Vec<String> {
    let symbol = Symbol::of(step);
    let mut sides = vec![notations.names.symbol(&symbol)];
    if !step.operands.is_empty() {
        let formula = Formula::of_value(rows, step.index);
        sides.push(formula.write(notations.names));
        if formula.is_of_numbers() {
            sides.push(formula.write(notations.numbers));
        }
    }
    sides.push(symbol.write_value(notations.numbers));
    sides
}

impl<V: Shown> Said for Computation<V> {
    fn lines(&self, notations: &Notations<'_>) -> Lines {
        let named = self.rows.iter().map(|row| &row.step).filter(|step| self.is_asked_for(step));
        let lines = named.map(|step| value_line(&self.rows, step, notations)).collect();
        Lines { groups: vec![("", lines)], ..Lines::default() }
    }
    fn decimals(&self) -> usize {
        self.decimals
    }
}

written_down!(Computation);
