//! The chain rule for one variable, in words and numbers.

use super::computation::value_line;
use super::formula::{Formula, Symbol};
use super::lines::{Lines, Notations, Said, written_down};
use super::notation::Notation;
use super::paths::{Equation, Factor, Paths};
use super::quantity::{Quantity, Shown};
use crate::tape::{Table, Tape, Var};
use std::collections::BTreeSet;

/// Why the gradient by a variable is what it is: the chain rule along its paths, with every factor's number and formula.
///
/// Derivatives are named at the values that have a name; between two names the slopes of the gates are multiplied along a way and added
/// up over ways. Where nothing between variable and output has a name, every gate is a stop. Made by [`Tape::explain`]; `Display`
/// writes lines of text, and there are [Markdown](Self::to_markdown), [LaTeX](Self::to_latex) and [HTML](Self::to_html).
#[derive(Clone, Debug)]
pub struct Explanation<V> {
    table: Table<V>,
    output: usize,
    variable: usize,
    decimals: usize,
    limit: usize,
    stops: Stops,
}

/// Where derivatives are named.
#[derive(Clone, Debug)]
pub(super) enum Stops {
    /// At what has a name; where nothing between has one, everywhere.
    Named,
    /// At what has one of these names.
    These(Vec<String>),
    /// Everywhere.
    EveryGate,
}

impl<V: Shown> Tape<V> {
    /// The chain rule from `output` to `variable`, in words and numbers.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = ScalarTape::traced();
    /// let (w, x) = (tape.var(0.5).named("w"), 0.25);
    /// let out = (w * x).named("net").sigmoid().named("out");
    /// let loss = (0.5 * (1.0 - out).powi(2)).named("E");
    /// let text = tape.explain(loss, w).to_string();
    /// assert!(text.starts_with("dE/dw = dE/dout × dout/dnet × dnet/dw\n"), "{text}");
    /// assert!(text.contains("dout/dnet = out × (1 - out) = 0.531209 × (1 - 0.531209)"), "{text}");
    /// ```
    ///
    /// # Panics
    /// When the tape is not traced, a value is another tape's, or the output is not a single number.
    #[track_caller]
    pub fn explain(&self, output: Var<'_, V>, variable: Var<'_, V>) -> Explanation<V> {
        assert!(self.is_traced(), "explain: this tape keeps no names or operands; make it with `Tape::traced()`");
        let at = [output, variable].map(|value| {
            self.place_of(value, "explain").expect("explain: a constant stands on no tape, and nothing depends on it")
        });
        let table = self.table(&output.backward());
        Explanation { table, output: at[0], variable: at[1], decimals: 6, limit: 12, stops: Stops::Named }
    }
}

impl<V: Shown> Explanation<V> {
    /// How many equations are written: 12 unless told. Those nearest to the variable come first; the others are counted.
    #[must_use]
    pub fn limit(mut self, equations: usize) -> Self {
        self.limit = equations.max(1);
        self
    }

    /// A derivative at every gate, named or not.
    #[must_use]
    pub fn every_gate(mut self) -> Self {
        self.stops = Stops::EveryGate;
        self
    }

    /// Derivatives at the values of these names alone, as where a slide names fewer than the program does.
    #[must_use]
    pub fn through(mut self, names: &[&str]) -> Self {
        self.stops = Stops::These(names.iter().map(|&name| name.to_owned()).collect());
        self
    }

    /// The gradient by the variable: nothing where no way leads to it.
    pub fn gradient(&self) -> Option<Quantity> {
        self.table.rows[self.variable].upstream.as_ref().map(Shown::quantity)
    }

    fn symbol(&self, node: usize) -> Symbol {
        Symbol::of(&self.table.rows[node].step)
    }

    /// The sides of an equation: the derivative, the products of the chain rule, these in numbers, the result.
    fn equation(&self, equation: &Equation, Notations { names, numbers }: &Notations<'_>) -> Vec<String> {
        let output = self.symbol(self.output);
        let mut sides = vec![names.derivative(&output, &self.symbol(equation.by))];
        let sum_of = |notation: &dyn Notation, write: &dyn Fn(&Factor) -> Option<String>| {
            let terms = equation.terms.iter().map(|factors| {
                let factors: Option<Vec<String>> = factors.iter().map(write).collect();
                let mut factors = factors?;
                Some((false, if factors.len() == 1 { factors.remove(0) } else { notation.product(&factors) }))
            });
            let mut terms = terms.collect::<Option<Vec<_>>>()?;
            if equation.more > 0 {
                terms.push((false, notation.dots().to_owned()));
            }
            Some(if terms.len() == 1 { terms.remove(0).1 } else { notation.sum(&terms) })
        };
        let alone = match equation.terms.as_slice() {
            [] => true,
            [factors] => factors.len() == 1,
            _ => false,
        };
        if !alone {
            sides.extend(sum_of(*names, &|factor| {
                Some(names.derivative(&self.symbol(factor.of), &self.symbol(factor.by)))
            }));
            sides.extend(sum_of(*numbers, &|factor| {
                let value = self.value_of(factor)?;
                let written = numbers.number(value);
                Some(if value < 0.0 { numbers.brackets(&written) } else { written })
            }));
        }
        sides.push(self.arrived_at(equation.by, *numbers));
        sides
    }

    /// The gradient by a node.
    fn arrived_at(&self, node: usize, numbers: &dyn Notation) -> String {
        let gradient = self.table.rows[node].upstream.as_ref().map(Shown::quantity);
        Symbol { value: gradient.unwrap_or(Quantity::Number(0.0)), ..self.symbol(node) }.write_value(numbers)
    }

    /// The upstream gradient at a node: what the chain rule has instead of a product where factors are no numbers.
    fn upstream(&self, node: usize, Notations { names, numbers }: &Notations<'_>) -> Vec<String> {
        let name = names.derivative(&self.symbol(self.output), &self.symbol(node));
        vec![name, self.arrived_at(node, *numbers)]
    }

    fn value_of(&self, factor: &Factor) -> Option<f64> {
        match &factor.link {
            Some(link) => link.slope,
            None => self.table.rows[factor.by].upstream.as_ref()?.quantity().number(),
        }
    }

    /// The sides of what is said of one factor: the derivative, its formula, this in numbers, the result.
    fn factor(
        &self,
        paths: &Paths<'_, V>,
        factor: &Factor,
        Notations { names, numbers }: &Notations<'_>,
    ) -> Vec<String> {
        let Some(link) = &factor.link else { return Vec::new() };
        let mut sides = vec![names.derivative(&self.symbol(factor.of), &self.symbol(factor.by))];
        if let Some(formula) = &paths.formula(link) {
            sides.push(formula.write(*names));
            if let Formula::Number(_) = formula {
                return sides;
            }
            if !matches!(formula, Formula::Symbol(_)) && link.slope.is_some() {
                sides.push(formula.write(*numbers));
            }
        }
        sides.extend(link.slope.map(|slope| numbers.number(slope)));
        sides
    }
}

impl<V: Shown> Said for Explanation<V> {
    fn lines(&self, notations: &Notations<'_>) -> Lines {
        let paths = Paths::new(&self.table, self.output, self.variable, &self.stops);
        let mut lines = Lines::default();
        if !paths.are_linked(self.variable) {
            lines.remarks.push(self.table.where_paths_end(self.output, self.variable));
            return lines;
        }
        let (equations, left_out) = paths.equations(self.variable, self.limit);
        let (mut slopes, mut arrived, mut values) = (Vec::new(), Vec::new(), BTreeSet::new());
        for equation in &equations {
            lines.equations.push(self.equation(equation, notations));
            if equation.more > 0 {
                let (by, more) = (self.symbol(equation.by).name, equation.more);
                lines.remarks.push(format!("{by} has {more} further ways on, whose terms are left out of its sum"));
            }
            for factor in equation.terms.iter().flatten() {
                let line = self.factor(&paths, factor, notations);
                if line.len() > 1 && !slopes.contains(&line) {
                    slopes.push(line);
                }
                if factor.link.is_some() && self.value_of(factor).is_none() && factor.of != self.output {
                    arrived.push(self.upstream(factor.of, notations));
                }
                values.insert(factor.of);
            }
        }
        let rows = &self.table.rows;
        let named = values.into_iter().map(|node| &rows[node].step).filter(|step| step.name.is_some());
        let values = named.map(|step| value_line(rows, step, notations)).collect();
        slopes.extend(arrived);
        lines.groups = vec![("where", slopes), ("with", values)];
        if left_out > 0 {
            lines.remarks.push(format!("and {left_out} further equations or more, for values in between"));
        }
        lines
    }
    fn decimals(&self) -> usize {
        self.decimals
    }
}

written_down!(Explanation);
