//! The worked example of the slides "Backpropagation": two inputs, two hidden units, two outputs.
//! H5 to H10 all stand on this one network, and the page of the worked example.

use chainrule::prelude::*;
use chainrule::tape::{Row, Table};

/// i1 and i2.
pub const INPUTS: [f64; 2] = [0.05, 0.10];
/// What o1 and o2 should be.
pub const TARGETS: [f64; 2] = [0.01, 0.99];
/// w1 to w8, as the slide's drawing has them.
pub const WEIGHTS: [f64; 8] = [0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55];
/// b1 of the hidden units, b2 of the outputs.
pub const BIASES: [f64; 2] = [0.35, 0.60];
/// The learning rate eta.
pub const RATE: f64 = 0.5;

/// What is asked of one pass through the network: its outputs and its error.
pub struct Pass<'t> {
    /// What o1 and o2 say.
    pub out_o: [Var<'t, f64>; 2],
    /// The error of both.
    pub total: Var<'t, f64>,
}

/// Forward, with a bias for each of h1, h2, o1, o2. On a traced tape every quantity bears the
/// slide's name, or one of ours: p1 to p8 for
/// weight times input, sum before its bias, diff and square in the error.
pub fn forward<'t>(w: [Var<'t, f64>; 8], b: [Var<'t, f64>; 4]) -> Pass<'t> {
    let [i1, i2] = INPUTS;
    let [w1, w2, w3, w4, w5, w6, w7, w8] = w;
    let sum_h1 = ((w1 * i1).named("p1") + (w2 * i2).named("p2")).named("sum_h1");
    let sum_h2 = ((w3 * i1).named("p3") + (w4 * i2).named("p4")).named("sum_h2");
    let net_h1 = (sum_h1 + b[0]).named("net_h1");
    let net_h2 = (sum_h2 + b[1]).named("net_h2");
    let out_h1 = net_h1.sigmoid().named("out_h1");
    let out_h2 = net_h2.sigmoid().named("out_h2");
    let sum_o1 = ((w5 * out_h1).named("p5") + (w6 * out_h2).named("p6")).named("sum_o1");
    let sum_o2 = ((w7 * out_h1).named("p7") + (w8 * out_h2).named("p8")).named("sum_o2");
    let net_o1 = (sum_o1 + b[2]).named("net_o1");
    let net_o2 = (sum_o2 + b[3]).named("net_o2");
    let out_o1 = net_o1.sigmoid().named("out_o1");
    let out_o2 = net_o2.sigmoid().named("out_o2");
    let diff_o1 = (TARGETS[0] - out_o1).named("diff_o1");
    let diff_o2 = (TARGETS[1] - out_o2).named("diff_o2");
    let e_o1 = (0.5 * diff_o1.powi(2).named("square_o1")).named("E_o1");
    let e_o2 = (0.5 * diff_o2.powi(2).named("square_o2")).named("E_o2");
    Pass { out_o: [out_o1, out_o2], total: (e_o1 + e_o2).named("E_total") }
}

/// The slide's weights as variables w1 to w8, and its biases as constants.
pub fn given(tape: &ScalarTape) -> ([Var<'_, f64>; 8], [Var<'_, f64>; 4]) {
    let [b1, b2] = BIASES.map(|b| tape.constant(b));
    (named_weights(tape, WEIGHTS), [b1, b1, b2, b2])
}

/// Weights as variables that bear the slide's names.
pub fn named_weights(tape: &ScalarTape, weights: [f64; 8]) -> [Var<'_, f64>; 8] {
    const NAMES: [&str; 8] = ["w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8"];
    std::array::from_fn(|at| tape.var(weights[at]).named(NAMES[at]))
}

/// A traced tape after a sweep, to be asked by name.
pub struct Trace(pub Table<f64>);

/// A gate on the way of one variable to the output.
pub struct Gate {
    /// What it computes, as `net_o1 = sum_o1 + 0.6`.
    pub formula: String,
    /// Its result.
    pub value: f64,
    /// Its slope by the operand that the way comes from.
    pub local: f64,
    /// The gradient that comes to it.
    pub upstream: f64,
}

impl Trace {
    fn row(&self, name: &str) -> &Row<f64> {
        self.0
            .rows
            .iter()
            .find(|row| row.step.name.as_deref() == Some(name))
            .unwrap_or_else(|| panic!("nothing on the tape is called {name}"))
    }

    /// The value of the node called `name`.
    pub fn value(&self, name: &str) -> f64 {
        self.row(name).step.value
    }

    /// The gradient of the swept output by the node called `name`.
    pub fn gradient(&self, name: &str) -> f64 {
        self.row(name).upstream.unwrap_or_else(|| panic!("no gradient arrived at {name}"))
    }

    /// The derivative of one named node by another: the products of the local slopes along all
    /// ways between them, added up.
    pub fn local(&self, of: &str, by: &str) -> f64 {
        let (from, to) = (self.row(by).step.index, self.row(of).step.index);
        let mut slopes = vec![0.0; self.0.rows.len()];
        slopes[from] = 1.0;
        for row in &self.0.rows[from + 1..=to] {
            let arriving = row.step.operands.iter().filter_map(|operand| Some(operand.local? * slopes[operand.node?]));
            slopes[row.step.index] = arriving.sum();
        }
        slopes[to]
    }

    /// The gates from the node called `name` to the end, where there is but one way.
    pub fn way_from(&self, name: &str) -> Vec<Gate> {
        let mut at = self.row(name).step.index;
        let mut gates = Vec::new();
        while let Some((row, local)) = self.0.rows[at + 1..].iter().find_map(|row| {
            let operand = row.step.operands.iter().find(|operand| operand.node == Some(at))?;
            Some((row, operand.local?))
        }) {
            at = row.step.index;
            let formula = format!("{} = {}", self.0.label(at), self.0.expression(&row.step));
            gates.push(Gate { formula, value: row.step.value, local, upstream: row.upstream.unwrap_or_default() });
        }
        gates
    }
}
