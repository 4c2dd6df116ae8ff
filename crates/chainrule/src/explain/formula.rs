//! How a value was computed, and the slope of a gate, as formulas over the names that stand on the tape.

use super::notation::Notation;
use super::quantity::Quantity;
use super::quantity::Shown;
use crate::tape::{Row, Step, StepOperand};

/// A formula. What stands on the tape under a name, or where a formula was cut off, is a symbol.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Formula {
    /// A constant.
    Number(f64),
    /// A value on the tape.
    Symbol(Symbol),
    /// A sum; true before what is subtracted.
    Sum(Vec<(bool, Formula)>),
    /// A product.
    Product(Vec<Formula>),
    /// A quotient.
    Quotient(Box<[Formula; 2]>),
    /// A power.
    Power(Box<[Formula; 2]>),
    /// The opposite.
    Negative(Box<Formula>),
    /// Any other operation.
    Function(String, Vec<Formula>),
}

/// A value on the tape, by its name and its value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Symbol {
    /// Its place on the tape.
    pub(super) node: usize,
    /// The name it was given, or `#` and its place.
    pub(super) name: String,
    /// The value.
    pub(super) value: Quantity,
}

/// More gates than this are not written in one formula.
const MOST_GATES: usize = 24;

impl Symbol {
    pub(super) fn of<V: Shown>(step: &Step<V>) -> Self {
        Self { node: step.index, name: super::blame::label(step), value: step.value.quantity() }
    }

    /// The value, without brackets around what is negative.
    pub(super) fn write_value(&self, numbers: &dyn Notation) -> String {
        match self.value.number() {
            Some(number) => numbers.number(number),
            None => numbers.symbol(self),
        }
    }
}

impl Formula {
    /// What the value of node `at` was computed from, down to what has a name or is a variable; a symbol where it is not computed.
    pub(super) fn of_value<V: Shown>(rows: &[Row<V>], at: usize) -> Self {
        let step = &rows[at].step;
        if step.operands.is_empty() {
            return Self::Symbol(Symbol::of(step));
        }
        let inner = unnamed_below(rows, at);
        // operands come before what is made of them, so all that a gate needs is there when its turn comes
        let mut known: Vec<(usize, Self)> = Vec::with_capacity(inner.len());
        for &gate in &inner {
            let formula = gate_of(&rows[gate].step, |operand| argument(rows, &known, operand));
            known.push((gate, formula));
        }
        gate_of(step, |operand| argument(rows, &known, operand))
    }

    /// The slope of a gate by one of its operands, where it is known as a formula; 1 is the number 1. Operands without a name are
    /// written as they were computed, unless `every_gate` is a symbol.
    pub(super) fn of_slope<V: Shown>(rows: &[Row<V>], at: usize, operand: usize, every_gate: bool) -> Option<Self> {
        let step = &rows[at].step;
        let symbol = |i: usize| {
            let operand = step.operands.get(i)?;
            let unnamed = operand.node.filter(|&node| !every_gate && rows[node].step.name.is_none());
            Some(unnamed.map_or_else(|| argument(rows, &[], operand), |node| Self::of_value(rows, node)))
        };
        let result = || Self::Symbol(Symbol::of(step));
        let one_less = |x: Self| Self::Sum(vec![(false, Self::Number(1.0)), (true, x)]);
        let (name, parameters) = name_and_parameters(step);
        Some(match (name, operand) {
            ("add", _) | ("sub", 0) => Self::Number(1.0),
            ("sum", _) if step.operands.len() > 1 => Self::Number(1.0),
            ("sub", 1) | ("neg", 0) => Self::Number(-1.0),
            ("mul", 0) => symbol(1)?,
            ("mul", 1) => symbol(0)?,
            ("div", 0) => Self::quotient(Self::Number(1.0), symbol(1)?),
            ("div", 1) => Self::Negative(Box::new(Self::quotient(symbol(0)?, Self::power(symbol(1)?, 2.0)))),
            ("recip", 0) => Self::Negative(Box::new(Self::quotient(Self::Number(1.0), Self::power(symbol(0)?, 2.0)))),
            ("powi" | "powf", 0) => {
                let exponent: f64 = parameters?.parse().ok()?;
                let below = if exponent == 2.0 { symbol(0)? } else { Self::power(symbol(0)?, exponent - 1.0) };
                Self::Product(vec![Self::Number(exponent), below])
            }
            ("exp", 0) => result(),
            ("ln", 0) => Self::quotient(Self::Number(1.0), symbol(0)?),
            ("sqrt", 0) => Self::quotient(Self::Number(1.0), Self::Product(vec![Self::Number(2.0), result()])),
            ("sigmoid", 0) => Self::Product(vec![result(), one_less(result())]),
            ("tanh", 0) => one_less(Self::power(result(), 2.0)),
            ("softplus", 0) => Self::Function("sigmoid".into(), vec![symbol(0)?]),
            ("sin", 0) => Self::Function("cos".into(), vec![symbol(0)?]),
            ("cos", 0) => Self::Negative(Box::new(Self::Function("sin".into(), vec![symbol(0)?]))),
            ("abs", 0) => Self::Function("sign".into(), vec![symbol(0)?]),
            ("relu", 0) => Self::Function("step".into(), vec![symbol(0)?]),
            _ => return None,
        })
    }

    /// Whether all that stands in it is a number, so that it can be written in numbers.
    pub(super) fn is_of_numbers(&self) -> bool {
        match self {
            Self::Number(_) => true,
            Self::Symbol(symbol) => symbol.value.number().is_some(),
            Self::Sum(terms) => terms.iter().all(|(_, term)| term.is_of_numbers()),
            Self::Product(parts) | Self::Function(_, parts) => parts.iter().all(Self::is_of_numbers),
            Self::Quotient(parts) | Self::Power(parts) => parts.iter().all(Self::is_of_numbers),
            Self::Negative(x) => x.is_of_numbers(),
        }
    }

    fn quotient(a: Self, b: Self) -> Self {
        Self::Quotient(Box::new([a, b]))
    }

    fn power(base: Self, exponent: f64) -> Self {
        Self::Power(Box::new([base, Self::Number(exponent)]))
    }

    /// The product of these, without ones.
    pub(super) fn product(factors: Vec<Self>) -> Self {
        let mut sign = false;
        let mut kept: Vec<Self> = Vec::new();
        for factor in factors {
            match factor {
                Self::Number(1.0) => {}
                Self::Number(-1.0) => sign = !sign,
                Self::Product(inner) => kept.extend(inner),
                Self::Negative(inner) => {
                    sign = !sign;
                    kept.extend(factors_of(*inner));
                }
                other => kept.push(other),
            }
        }
        let product = match kept.len() {
            0 => Self::Number(1.0),
            1 => kept.remove(0),
            _ => Self::Product(kept),
        };
        match (sign, product) {
            (false, product) => product,
            (true, Self::Number(number)) => Self::Number(-number),
            (true, product) => Self::Negative(Box::new(product)),
        }
    }
}

/// The gates without a name that the value of `at` is made by, in rising order; none where there are too many.
fn unnamed_below<V>(rows: &[Row<V>], at: usize) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    let mut open = vec![at];
    while let Some(gate) = open.pop() {
        for node in rows[gate].step.operands.iter().filter_map(|operand| operand.node) {
            let is_gate = rows[node].step.name.is_none() && !rows[node].step.operands.is_empty();
            if is_gate && !found.contains(&node) {
                if found.len() == MOST_GATES {
                    return Vec::new();
                }
                found.push(node);
                open.push(node);
            }
        }
    }
    found.sort_unstable();
    found
}

fn argument<V: Shown>(rows: &[Row<V>], known: &[(usize, Formula)], operand: &StepOperand<V>) -> Formula {
    match operand.node {
        Some(node) => match known.binary_search_by_key(&node, |(gate, _)| *gate) {
            Ok(found) => known[found].1.clone(),
            Err(_) => Formula::Symbol(Symbol::of(&rows[node].step)),
        },
        None => match operand.value.quantity().number() {
            Some(number) => Formula::Number(number),
            None => Formula::Function("constant".into(), Vec::new()),
        },
    }
}

/// The name without its parameters, and these.
fn name_and_parameters<V>(step: &Step<V>) -> (&str, Option<&str>) {
    match step.operation.split_once('(') {
        Some((name, parameters)) => (name, parameters.strip_suffix(')')),
        None => (&step.operation, None),
    }
}

/// The formula of one gate.
fn gate_of<V>(step: &Step<V>, argument: impl Fn(&StepOperand<V>) -> Formula) -> Formula {
    let mut arguments: Vec<Formula> = step.operands.iter().map(argument).collect();
    let (name, parameters) = name_and_parameters(step);
    match (name, arguments.len()) {
        ("add", _) | ("sum", 2..) => Formula::Sum(arguments.into_iter().flat_map(|term| terms(term, false)).collect()),
        ("sub", 2) => {
            let second = arguments.pop().unwrap_or(Formula::Number(0.0));
            Formula::Sum(arguments.into_iter().flat_map(|term| terms(term, false)).chain([(true, second)]).collect())
        }
        ("mul", 2) => Formula::Product(arguments.into_iter().flat_map(factors_of).collect()),
        ("div", 2) => {
            let second = arguments.pop().unwrap_or(Formula::Number(1.0));
            Formula::quotient(arguments.remove(0), second)
        }
        ("recip", 1) => Formula::quotient(Formula::Number(1.0), arguments.remove(0)),
        ("neg", 1) => Formula::Negative(Box::new(arguments.remove(0))),
        ("powi" | "powf", 1) => match parameters.and_then(|exponent| exponent.parse().ok()) {
            Some(exponent) => Formula::power(arguments.remove(0), exponent),
            None => Formula::Function(step.operation.to_string(), arguments),
        },
        ("pow", 2) => {
            let exponent = arguments.pop().unwrap_or(Formula::Number(1.0));
            Formula::Power(Box::new([arguments.remove(0), exponent]))
        }
        _ => {
            let numbers = parameters.into_iter().flat_map(|list| list.split(", "));
            arguments.extend(numbers.filter_map(|number| number.parse().ok()).map(Formula::Number));
            Formula::Function(name.to_owned(), arguments)
        }
    }
}

/// The terms of a sum, each with whether it is subtracted.
fn terms(formula: Formula, minus: bool) -> Vec<(bool, Formula)> {
    match formula {
        Formula::Sum(inner) => inner.into_iter().map(|(less, term)| (less != minus, term)).collect(),
        other => vec![(minus, other)],
    }
}

fn factors_of(formula: Formula) -> Vec<Formula> {
    match formula {
        Formula::Product(inner) => inner,
        other => vec![other],
    }
}
