//! The worked example with the names that the slides have, and drawn as they draw it.

use chainrule::prelude::*;

use super::Numbers;
use super::network::{RATE, Trace, named_weights};
use crate::formulas::trimmed;
use crate::network_drawing::{Edge, Ink, NetworkDrawing, Unit};

/// The network on a traced tape, with its error, after the way forward.
pub struct SlideNetwork<'t> {
    /// Where it is recorded.
    pub tape: &'t ScalarTape,
    /// w1 to w8.
    pub weights: [Var<'t, f64>; 8],
    /// The error.
    pub total: Var<'t, f64>,
}

impl<'t> SlideNetwork<'t> {
    /// Forward, with the slide's numbers.
    pub fn forward(tape: &'t ScalarTape) -> Self {
        Self::of(tape, &Numbers::default())
    }

    /// Forward. What the slides give no name has none here, so formulas read as theirs.
    pub fn of(tape: &'t ScalarTape, numbers: &Numbers) -> Self {
        let weights = named_weights(tape, numbers.weights);
        let [w1, w2, w3, w4, w5, w6, w7, w8] = weights;
        let given = |values: [f64; 2], names: [&str; 2]| [0, 1].map(|at| tape.var(values[at]).named(names[at]));
        let [i1, i2] = given(numbers.inputs, ["i1", "i2"]);
        let [b1, b2] = given(numbers.biases, ["b1", "b2"]);
        let [t1, t2] = given(numbers.targets, ["target_o1", "target_o2"]);
        let out_h1 = unit("h1", [w1, w2], [i1, i2], b1);
        let out_h2 = unit("h2", [w3, w4], [i1, i2], b1);
        let out_o1 = unit("o1", [w5, w6], [out_h1, out_h2], b2);
        let out_o2 = unit("o2", [w7, w8], [out_h1, out_h2], b2);
        let (e_o1, e_o2) = (error("E_o1", t1, out_o1), error("E_o2", t2, out_o2));
        Self { tape, weights, total: (e_o1 + e_o2).named("E_total") }
    }

    /// The tape after the sweep.
    pub fn trace(&self) -> Trace {
        Trace(self.tape.table(&self.total.backward()))
    }
}

/// A unit's net and out, of its two weights, what comes in through them, and its bias.
fn unit<'t>(name: &str, w: [Var<'t, f64>; 2], x: [Var<'t, f64>; 2], bias: Var<'t, f64>) -> Var<'t, f64> {
    let net = (w[0] * x[0] + w[1] * x[1] + bias).named(&format!("net_{name}"));
    net.sigmoid().named(&format!("out_{name}"))
}

/// Half the squared distance of an output from its target.
fn error<'t>(name: &str, target: Var<'t, f64>, out: Var<'t, f64>) -> Var<'t, f64> {
    (0.5 * (target - out).powi(2)).named(name)
}

/// How far the example has got.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Forward to the hidden layer.
    Hidden,
    /// Forward to the outputs.
    Outputs,
    /// The errors.
    Error,
    /// Backward to the weights of the outputs.
    BackToOutputs,
    /// Backward to the weights of the hidden layer.
    BackToHidden,
    /// The new weights.
    Update,
}

impl Stage {
    fn title(self) -> &'static str {
        match self {
            Self::Hidden => "the network, forward to the hidden layer",
            Self::Outputs => "the network, forward to the outputs",
            Self::Error => "the network with its errors",
            Self::BackToOutputs => "the network, backward to the output layer",
            Self::BackToHidden => "the network, backward to the hidden layer",
            Self::Update => "the network's weights, their gradients and the new weights",
        }
    }
}

/// The slide's network with all the numbers that are known at this stage; those of the stage itself stand out.
pub fn drawing(trace: &Trace, stage: Stage) -> NetworkDrawing {
    drawing_at(trace, stage, RATE)
}

/// The same at another learning rate.
pub fn drawing_at(trace: &Trace, stage: Stage, rate: f64) -> NetworkDrawing {
    let given = |name: &str| Unit::new(name).inside([given_number(trace.value(name))]);
    let bias = |name: &str| Unit::bias(name).inside([given_number(trace.value(name))]);
    let (hidden, outputs) = (
        stage == Stage::Hidden || stage == Stage::BackToHidden,
        stage == Stage::Outputs || stage == Stage::BackToOutputs,
    );
    let h = |name| neuron(trace, name, stage >= Stage::Hidden, stage >= Stage::BackToHidden).lit(hidden);
    let o = |name| neuron(trace, name, stage >= Stage::Outputs, stage >= Stage::BackToOutputs).lit(outputs);
    let mut drawing = NetworkDrawing::new(stage.title())
        .layer([given("i1"), given("i2"), bias("b1")])
        .layer([h("h1"), h("h2"), bias("b2")])
        .layer([o("o1"), o("o2")])
        .layer([target(trace, "o1", stage), target(trace, "o2", stage)]);
    for at in 0..8 {
        // w1 to w4 lead to the hidden units, two to each, w5 to w8 in the same way to the outputs.
        let (layer, from, to) = (at / 4, at % 2, at % 4 / 2);
        let lit = stage == Stage::Update || if layer == 0 { hidden } else { outputs };
        let known = stage >= if layer == 0 { Stage::BackToHidden } else { Stage::BackToOutputs };
        let edge = Edge::between((layer, from), (layer + 1, to)).label(weight(trace, at + 1, stage, known, rate));
        drawing = drawing.edge(edge.lit(lit));
    }
    for to in 0..2 {
        let to_target = Edge::between((2, to), (3, to)).lit(stage == Stage::Error);
        let from_biases = [0, 1].map(|layer| Edge::between((layer, 2), (layer + 1, to)));
        drawing = from_biases.into_iter().chain([to_target]).fold(drawing, NetworkDrawing::edge);
    }
    if stage >= Stage::BackToOutputs {
        drawing = drawing.legend(Ink::Gradient, "∂ gradient of E total");
    }
    if stage == Stage::Update {
        drawing = drawing.legend(Ink::New, format!("→ new weight: old - {rate} · gradient"));
    }
    drawing
}

/// A neuron with net and out, and below it the gradients by these, as far as they are known.
fn neuron(trace: &Trace, name: &str, forward: bool, backward: bool) -> Unit {
    let (net, out) = (format!("net_{name}"), format!("out_{name}"));
    let mut unit = Unit::new(name);
    if forward {
        unit = unit.inside([format!("net {:.6}", trace.value(&net)), format!("out {:.6}", trace.value(&out))]);
    }
    if backward {
        let gradients =
            [("out", out), ("net", net)].map(|(what, name)| format!("∂E/∂{what} {:.6}", trace.gradient(&name)));
        unit = unit.below(gradients);
    }
    unit
}

fn target(trace: &Trace, output: &str, stage: Stage) -> Unit {
    let mut lines = vec![given_number(trace.value(&format!("target_{output}")))];
    if stage >= Stage::Error {
        lines.push(format!("E {:.6}", trace.value(&format!("E_{output}"))));
    }
    Unit::target("target").inside(lines).lit(stage == Stage::Error)
}

/// What stands on the edge of a weight.
fn weight(trace: &Trace, number: usize, stage: Stage, known: bool, rate: f64) -> Vec<(Ink, String)> {
    let name = format!("w{number}");
    let old = trace.value(&name);
    let mut lines = vec![(Ink::Plain, format!("{name} {}", given_number(old)))];
    if known {
        lines.push((Ink::Gradient, format!("∂ {:.6}", trace.gradient(&name))));
    }
    if stage == Stage::Update {
        lines.push((Ink::New, format!("→ {:.6}", old - rate * trace.gradient(&name))));
    }
    lines
}

/// A number that was given, as the drawing has room for it.
fn given_number(number: f64) -> String {
    trimmed(number, 6)
}
