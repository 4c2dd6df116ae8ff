//! Where a loss or a gradient that is not finite came from.

use super::Learner;
use super::batch::Rows;
use super::fit::total;
use crate::error::Error;
use crate::layer::Layer;
use crate::sequential::Sequential;
use chainrule::explain::{Blame, Culprit, Fault, Shown};
use chainrule::{Element, Tape, Tensor};
use std::fmt::Write;

/// Values beyond this are not those of a sound computation.
const GROWN: f64 = 1e15;

/// Weights beyond this were driven there.
const DRIVEN: f64 = 1e4;

/// The error for a batch whose loss, or a gradient of it, is not finite.
///
/// Runs the batch of the last training pass again, with the same random numbers, on a tape that remembers; says in words where
/// the first value, or the first gradient, arose that is not finite.
pub(super) fn not_finite<T: Element>(
    learner: &mut Learner<'_, T>,
    call: &'static str,
    at: [usize; 2],
    loss: f64,
    rows: &Rows<T>,
) -> Error {
    let (blame, origin) = match spoiled_parameter(learner.network) {
        Some(name) => (spoiled(&name, call, at), None),
        None => repeated(learner, call, at, rows),
    };
    Error::NotFinite { call, loss, epoch: at[0] + 1, batch: at[1] + 1, blame, origin: origin.map(Box::new) }
}

/// Who has spoiled a parameter that a batch finds spoiled.
fn spoiled(name: &str, call: &str, [epoch, batch]: [usize; 2]) -> String {
    match [epoch, batch] {
        [0, 0] if call == "fit" => format!("`{name}` was not finite before the first update: look at initial values"),
        [_, 0] => format!("the update before this batch drove `{name}` out of the numbers: {REMEDY}"),
        _ => format!("the update by batch {batch} drove `{name}` out of the numbers: {REMEDY}"),
    }
}

const REMEDY: &str = "lower the learning rate, or clip gradients";

/// Blames what happens when the batch runs again.
fn repeated<T: Element>(
    learner: &mut Learner<'_, T>,
    call: &str,
    at: [usize; 2],
    rows: &Rows<T>,
) -> (String, Option<Blame>) {
    let Learner { network, loss, session, .. } = learner;
    let mut session = session.again();
    // how long the tape is behind each layer
    let mut ends = Vec::new();
    let blame = {
        let pass = session.training();
        let x = pass.constant(&rows.x).named("x");
        let mut outputs = Vec::new();
        let prediction = (0..network.steps()).fold(x, |x, step| {
            let y = network.run(step, x, &pass);
            ends.push(pass.tape().len());
            outputs.extend(y.node().filter(|_| x.node() != y.node()).map(|node| (step, node)));
            y
        });
        let loss = total(*loss, prediction, rows, &pass);
        let steps = pass.tape().steps();
        // a name that the layer gave stays
        for (step, node) in outputs.into_iter().filter(|(_, node)| steps[*node].name.is_none()) {
            let _ = pass.tape().node(node).named(network.name_at(step));
        }
        network.visit(&mut |name, param| pass.name(param, name));
        name_the_rest(pass.tape());
        loss.node().and_then(|_| pass.tape().blame(loss))
    };
    let Some(blame) = blame else {
        let text = "repeated step by step, the batch is finite: only a total, summed in another order, overflows. Scale the \
                    numbers down. This batch changed no weight";
        return (text.into(), None);
    };
    let layer = ends.iter().position(|&end| blame.origin.node < end);
    let place = layer
        .map_or_else(|| format!("the loss `{}`", loss.name()), |step| format!("the layer `{}`", network.name_at(step)));
    let grown = session.tape().steps()[blame.origin.node].operands.iter().any(|operand| norm(&operand.value) > GROWN);
    let driven = if grown { driven(network, call, at) } else { None };
    (told(&blame, &place, driven), Some(blame))
}

/// The error for a parameter that no gradient reaches: runs the batch again on a tape that remembers, and follows the parameter to where
/// what is computed from it ends.
pub(super) fn no_gradient<T: Element>(learner: &mut Learner<'_, T>, parameter: String, rows: &Rows<T>) -> Error {
    let Learner { network, loss, session, .. } = learner;
    let mut session = session.again();
    let pass = session.training();
    let prediction = network.forward(pass.constant(&rows.x), &pass);
    let loss = total(*loss, prediction, rows, &pass).named("the loss");
    network.visit(&mut |name, param| pass.name(param, name));
    let tape = pass.tape();
    let used = tape.steps().iter().position(|step| step.name.as_ref() == Some(&parameter));
    let reason = match used {
        Some(at) => tape.explain(loss, tape.node(at)).to_string().trim_end().to_owned(),
        None => "no layer asked for it in the forward pass".into(),
    };
    Error::NoGradient { parameter, reason }
}

/// Calls what has no name after its operation and its number.
fn name_the_rest<T: Element>(tape: &Tape<Tensor<T>>) {
    for step in tape.steps().iter().filter(|step| step.name.is_none()) {
        let operation = step.operation.split('(').next().unwrap_or_default();
        let _ = tape.node(step.index).named(&format!("{operation}#{}", step.index));
    }
}

/// The blame in one line.
fn told(blame: &Blame, place: &str, driven: Option<String>) -> String {
    let mut text = String::new();
    if matches!(blame.origin.fault, Fault::Gradient { .. }) {
        text = format!("{}; ", blame.victim);
    }
    // writing to a string does not fail
    let _ = write!(text, "it begins in {place} with {}.", without_inner_place(&blame.origin));
    if let Some(later) = &blame.became_nan {
        let _ = write!(text, " It becomes NaN in {}.", without_inner_place(later));
    }
    if let Some(remedy) = driven.or(blame.remedy.clone()) {
        let mut letters = remedy.chars();
        text.extend([' '].into_iter().chain(letters.next().into_iter().flat_map(char::to_uppercase)));
        text += letters.as_str();
        text.push('.');
    }
    text + " This batch changed no weight"
}

/// What an operation did, without its line where that is within this crate, which would not help.
fn without_inner_place(culprit: &Culprit) -> String {
    let text = culprit.to_string();
    let inside = file!().strip_suffix("train/blame.rs").is_some_and(|source| culprit.place.file().starts_with(source));
    if !inside {
        return text;
    }
    let at = format!(" at {}", culprit.place);
    text.replace(&format!(", put on the tape{at},"), "").replacen(&at, "", 1)
}

/// Why values have grown beyond measure.
fn driven<T: Element>(network: &mut Sequential<T>, call: &str, at: [usize; 2]) -> Option<String> {
    if call == "fit" && at == [0, 0] {
        let text = "the operands have grown very large before any update: initial values, or the scale of the data, are too large";
        return Some(text.into());
    }
    let mut largest = (0.0, String::new());
    network.visit(&mut |name, param| {
        let size = param.value.iter().fold(0.0, |size: f64, x| size.max(x.to_f64().unwrap_or(0.0).abs()));
        if size > largest.0 {
            largest = (size, name.to_owned());
        }
    });
    let (size, name) = largest;
    let until = if at[1] == 0 { "before this batch".to_owned() } else { format!("until batch {}", at[1]) };
    (size > DRIVEN).then(|| format!("the updates {until} drove `{name}` to values as large as {size:.1e}: {REMEDY}"))
}

/// The first parameter that holds NaN or an infinity.
pub(super) fn spoiled_parameter<T: Element>(network: &mut Sequential<T>) -> Option<String> {
    let mut spoiled = None;
    network.visit(&mut |name, param| {
        if spoiled.is_none() && param.value.flaw().is_some() {
            spoiled = Some(name.to_owned());
        }
    });
    spoiled
}

fn norm<T: Element>(x: &Tensor<T>) -> f64 {
    x.iter().fold(0.0, |norm: f64, x| norm.hypot(x.to_f64().unwrap_or(0.0)))
}
