//! S3, slides "sigmoid function" and "sigmoid gate": the last four gates of the circuit as one, whose
//! local gradient is (1 - sigma) sigma.

use chainrule::prelude::*;

use super::circuit::{Inputs, inputs, last_four, weighted_sum};
use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::formulas::Formulas;
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "S3",
    name: "sigmoid-gate",
    group: None,
    lecture: Lecture::Sutd,
    title: "one sigmoid gate for the circuit's last four: (1 - s) s",
    run,
};

fn run(board: &mut Board) -> Result<(), Error> {
    let tape = ScalarTape::traced();
    let one_gate = inputs(&tape);
    let s = weighted_sum(one_gate).sum.sigmoid().named("s");
    let gradients = s.backward();
    let local = local_gradients(&tape);
    let gate = *local.last().unwrap_or(&f64::NAN);

    board.step("One gate for four");
    board.say(
        "dsigma(x)/dx = e^-x / (1 + e^-x)^2 = ((1 + e^-x - 1) / (1 + e^-x)) (1 / (1 + e^-x)) = (1 - sigma(x)) sigma(x)",
    );
    board.explain(tape.computation().decimals(9));
    board.explain(Formulas::from(tape.explain(s, one_gate.w[0]).every_gate().decimals(9)).without_values());
    board.printed("s", "0.731058579", s.value(), Source::Calc);
    board.printed("1 - s", "0.268941421", 1.0 - s.value(), Source::Calc);
    board.printed("local gradient of the sigmoid gate", "0.196611933", gate, Source::Calc);
    board.printed("the same, to the slide's digit", ".2", gate, Source::Slide);

    board.step("The four gates beside it");
    let tape = ScalarTape::traced();
    let four_gates = inputs(&tape);
    let f = last_four(weighted_sum(four_gates).sum).f;
    let gradients_by_four = f.backward();
    let local = local_gradients(&tape);
    let [minus, power, below, recip] = local[local.len() - 4..] else { unreachable!("four were asked for") };
    board.say(format!(
        "The four gates it replaces have the local gradients {minus}, {power:.9}, {below} and {recip:.9}; their\n\
         product must be the same number, and the inputs must not notice the exchange.",
    ));
    board.printed("the product of the four", "0.196611933", minus * power * below * recip, Source::Calc);
    // sum = w0 x0 + w1 x1 + w2: the sigmoid's slope at 1 times x0, x1, 1, w0, w1.
    let slope = (-1_f64).exp() / (1.0 + (-1_f64).exp()).powi(2);
    let factors = [-1.0, -2.0, 1.0, 2.0, -3.0];
    for ((name, by_four, by_one), factor) in named_pairs(four_gates, one_gate).into_iter().zip(factors) {
        let expected = factor * slope;
        board.close(format!("df/d{name}, one gate"), expected, gradients.of(by_one), 1e-15, Source::Calc);
        board.close(format!("df/d{name}, four gates"), expected, gradients_by_four.of(by_four), 1e-15, Source::Calc);
    }
    Ok(())
}

/// The local gradient of each gate by its first input, in the order of the tape.
fn local_gradients(tape: &ScalarTape) -> Vec<f64> {
    tape.steps().iter().filter_map(|step| step.operands.first()?.local).collect()
}

fn named_pairs<'a, 'b>(a: Inputs<'a>, b: Inputs<'b>) -> [(&'static str, Var<'a, f64>, Var<'b, f64>); 5] {
    [
        ("w0", a.w[0], b.w[0]),
        ("w1", a.w[1], b.w[1]),
        ("w2", a.w[2], b.w[2]),
        ("x0", a.x[0], b.x[0]),
        ("x1", a.x[1], b.x[1]),
    ]
}
