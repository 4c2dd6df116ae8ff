//! Where a NaN or an infinity came from.

use super::quantity::{Flaw, Shown, written};
use super::remedy;
use crate::tape::{Step, StepOperand, Tape, Value, Var};
use std::fmt;
use std::panic::Location;

/// Why a value, or a gradient, is not finite: the operation where it began, its line, what went into it, and what can be done.
/// [`Tape::blame`] finds it; `Display` tells it in words.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Blame {
    /// What is not finite in the end: the value that was asked about, or the gradient by a variable.
    pub victim: String,
    /// Where it began.
    pub origin: Culprit,
    /// Where an infinity turned into NaN, if one did.
    pub became_nan: Option<Culprit>,
    /// What can be done about it, where that is known.
    pub remedy: Option<String>,
}

/// The operation that gave something that is not finite, though all it got was finite; or the data, where it came in.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Culprit {
    /// Its place on the tape.
    pub node: usize,
    /// The operation, as tables call it; `var` or `constant` for data.
    pub operation: String,
    /// The name of its result, if it has one.
    pub name: Option<String>,
    /// In which direction it went wrong.
    pub fault: Fault,
    /// The line of the source that asked for it.
    pub place: &'static Location<'static>,
    /// What went into it: names or numbers of the nodes, and the values at the element that went wrong, where one can be named.
    pub operands: Vec<(String, String)>,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// The value was not finite when it came onto the tape.
    Data(Flaw),
    /// The value that was computed is not finite.
    Value(Flaw),
    /// The gradient that was handed on is not finite.
    #[non_exhaustive]
    Gradient {
        /// What is wrong with it.
        flaw: Flaw,
        /// By which operand.
        operand: usize,
        /// The upstream gradient, in words.
        upstream: String,
    },
}

impl Fault {
    /// What is wrong with the value or the gradient.
    pub fn flaw(&self) -> &Flaw {
        match self {
            Self::Data(flaw) | Self::Value(flaw) | Self::Gradient { flaw, .. } => flaw,
        }
    }
}

impl<V: Shown> Tape<V> {
    /// Says why `output`, or a gradient of it by some variable, is not finite; `None` where all of these are.
    ///
    /// Values are looked at first, and followed back from `output` to the operation that was given finite values and made something
    /// else of them. Where the output is finite, a sweep looks for the operation whose pullback did. The culprit's operation, line and
    /// operands are named, and a remedy where one is known.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = ScalarTape::traced();
    /// let x = tape.var(0.0).named("x");
    /// let loss = 2.0 * x.ln() + 1.0;
    /// let blame = tape.blame(loss).unwrap();
    /// assert_eq!(blame.origin.operation, "ln"); // and `blame.origin.place` is the line of `x.ln()`
    /// assert!(blame.to_string().contains("ln(x)"));
    /// ```
    ///
    /// # Panics
    /// When the tape is not traced, `output` is another tape's, or it is finite and not a single number.
    #[track_caller]
    pub fn blame(&self, output: Var<'_, V>) -> Option<Blame> {
        assert!(self.is_traced(), "blame: this tape keeps no operands or places; make it with `Tape::traced()`");
        let steps = self.steps();
        let Some(top) = self.place_of(output, "blame") else {
            return output.value().flaw().map(|_| {
                panic!("blame: the value is a constant that stands on no tape, so there is nothing to follow it back through")
            });
        };
        let victim = || format!("the value of {}", label(&steps[top]));
        if steps[top].value.flaw().is_some() {
            return Some(of_value(&steps, top, victim()));
        }
        self.of_gradient(&steps, output)
    }

    #[track_caller]
    fn of_gradient(&self, steps: &[Step<V>], output: Var<'_, V>) -> Option<Blame> {
        let seed = match V::one(output) {
            Ok(one) => one,
            Err(reason) => panic!("blame: {reason}"),
        };
        // for each node the one whose pullback first left something there that is not finite
        let mut spoiled: Vec<Option<usize>> = vec![None; steps.len()];
        let mut upstreams: Vec<Option<V>> = vec![None; steps.len()];
        self.sweep_watched(output, &seed, |at, arrived| {
            upstreams[at] = arrived(at);
            for node in steps[at].operands.iter().filter_map(|operand| operand.node) {
                if spoiled[node].is_none() && arrived(node).is_some_and(|gradient| gradient.flaw().is_some()) {
                    spoiled[node] = Some(at);
                }
                upstreams[node] = arrived(node);
            }
        });
        let victim = steps.iter().position(|step| step.operation == "var" && spoiled[step.index].is_some())?;
        let mut node = victim;
        let mut by = spoiled[victim]?;
        while let Some(further) = spoiled[by] {
            (node, by) = (by, further);
        }
        let step = &steps[by];
        let operand = step.operands.iter().position(|operand| operand.node == Some(node)).unwrap_or(0);
        let flaw = upstreams[node].as_ref().and_then(Shown::flaw)?;
        let upstream = upstreams[by].as_ref().map_or_else(String::new, |upstream| at_element(upstream, Some(&flaw)));
        let fault = Fault::Gradient { flaw, operand, upstream };
        let origin = culprit(steps, step, fault);
        let remedy = Some(remedy::of_gradient(step, operand, origin.fault.flaw()).to_owned());
        let victim = format!("the gradient by {}", label(&steps[victim]));
        Some(Blame { victim, origin, became_nan: None, remedy })
    }
}

/// Follows a value that is not finite back to where it began.
fn of_value<V: Shown>(steps: &[Step<V>], top: usize, victim: String) -> Blame {
    let (mut at, mut became_nan) = (top, None);
    loop {
        let step = &steps[at];
        let flaw = step.value.flaw().expect("only values that are not finite are followed");
        // a NaN is followed before an infinity: infinities alone may be meant
        let flawed = |operand: &&StepOperand<V>| operand.value.flaw().is_some();
        let rank = |operand: &&StepOperand<V>| operand.value.flaw().map(|flaw| !flaw.value.is_nan());
        let Some(from) = step.operands.iter().filter(flawed).min_by_key(rank) else {
            let came_in = step.operands.is_empty();
            let fault = if came_in { Fault::Data(flaw) } else { Fault::Value(flaw) };
            let remedy = remedy::of_value(step, &fault, became_nan.map(|at: usize| &steps[at]));
            let became_nan = became_nan.map(|at: usize| {
                let flaw = steps[at].value.flaw().expect("it was NaN");
                culprit(steps, &steps[at], Fault::Value(flaw))
            });
            return Blame { victim, origin: culprit(steps, step, fault), became_nan, remedy };
        };
        if flaw.value.is_nan() && !from.value.flaw().is_some_and(|flaw| flaw.value.is_nan()) {
            became_nan = Some(at);
        }
        if let Some(node) = from.node {
            at = node;
        } else {
            let fault = Fault::Data(from.value.flaw().expect("it was chosen for that"));
            let remedy = remedy::of_value(step, &fault, None);
            return Blame { victim, origin: culprit(steps, step, fault), became_nan: None, remedy };
        }
    }
}

fn culprit<V: Shown>(steps: &[Step<V>], step: &Step<V>, fault: Fault) -> Culprit {
    let operands = step.operands.iter().map(|operand| {
        let same = operand.value.element(fault.flaw().at).is_some();
        let value = at_element(&operand.value, same.then_some(fault.flaw()));
        // a constant is called by its value
        (operand.node.map_or_else(|| value.clone(), |node| label(&steps[node])), value)
    });
    Culprit {
        node: step.index,
        operation: step.operation.to_string(),
        name: step.name.clone(),
        operands: operands.collect(),
        place: step.place,
        fault,
    }
}

/// A value where another one went wrong: the element at the same place, where there is one.
fn at_element<V: Shown>(value: &V, flaw: Option<&Flaw>) -> String {
    let whole = value.quantity();
    match (flaw, whole.number()) {
        (_, Some(number)) => written(number, 6),
        (Some(flaw), None) => match value.element(flaw.at) {
            Some(element) => format!("{} at {:?}", written(element, 6), flaw.index),
            None => whole.written(6),
        },
        (None, None) => whole.written(6),
    }
}

/// The name of a node, or its number.
pub(super) fn label<V>(step: &Step<V>) -> String {
    step.name.clone().unwrap_or_else(|| format!("#{}", step.index))
}

impl fmt::Display for Culprit {
    /// `ln(x) at src/main.rs:12:9, where x = 0`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.operands.iter().map(|(name, _)| name.as_str()).collect();
        let operation = match self.operation.split_once('(') {
            Some((name, parameters)) => format!("{name}({}, {parameters}", names.join(", ")),
            None => format!("{}({})", self.operation, names.join(", ")),
        };
        let place = self.place;
        match &self.fault {
            Fault::Data(flaw) if self.operands.is_empty() => {
                let name = self.name.as_deref().map_or_else(|| format!("#{}", self.node), str::to_owned);
                write!(f, "the data: {name}, put on the tape at {place}, {}", Found(flaw))
            }
            Fault::Data(flaw) => write!(f, "the data: a constant operand of `{operation}` at {place} {}", Found(flaw)),
            Fault::Value(flaw) => write!(f, "`{operation}` at {place}, whose result {}", Found(flaw)),
            Fault::Gradient { flaw, operand, upstream } => {
                let by = names.get(*operand).copied().unwrap_or("?");
                write!(f, "the pullback of `{operation}` at {place}: its gradient by {by} {}", Found(flaw))?;
                write!(f, ", from the upstream gradient {upstream}")
            }
        }?;
        let mut seen: Vec<&str> = Vec::new();
        for (name, value) in self.operands.iter().filter(|(name, value)| name != value) {
            if !seen.contains(&name.as_str()) {
                write!(f, "{}{name} = {value}", if seen.is_empty() { ", where " } else { ", " })?;
                seen.push(name);
            }
        }
        Ok(())
    }
}

/// `is NaN`, or how many elements are.
struct Found<'a>(&'a Flaw);

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Flaw { value, index, count, .. } = self.0;
        if index.is_empty() {
            return write!(f, "is {value}");
        }
        write!(f, "is {value} at {index:?}")?;
        if *count > 1 { write!(f, " (and not finite at {} more places)", count - 1) } else { Ok(()) }
    }
}

impl fmt::Display for Blame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { victim, origin, became_nan, remedy } = self;
        write!(f, "{victim} is not finite; this began with {origin}")?;
        if let Some(later) = became_nan {
            write!(f, "\nit became NaN in {later}")?;
        }
        if let Some(remedy) = remedy {
            write!(f, "\n{remedy}")?;
        }
        Ok(())
    }
}

/// The place of a variable of this tape.
impl<V: Value> Tape<V> {
    #[track_caller]
    pub(super) fn place_of(&self, x: Var<'_, V>, call: &str) -> Option<usize> {
        let tape = x.tape()?;
        assert!(std::ptr::eq(tape, self), "{call}: the value stands on another tape");
        V::place(x).map(|at| at as usize)
    }
}
