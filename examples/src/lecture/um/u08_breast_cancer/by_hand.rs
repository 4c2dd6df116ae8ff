//! The logistic regression number by number, on scalars, beside the crate's.

use chainrule::prelude::*;
use chainrule_nn::data::Dataset;

use super::{PENALTY, RATE, STEPS, TUMOUR_FEATURES, labels, train_regression};
use crate::board::{Board, Source};
use crate::entry::Error;
use crate::gap::farthest;

/// A tumour's measurements, standardised, and 1 if it is malignant, else 0.
type Case = ([f64; TUMOUR_FEATURES], f64);
type Weights = [f64; TUMOUR_FEATURES];

/// The loss on the tape: the mean of -log p(y | x), and the penalty. sigma(-z) = 1 - sigma(z).
fn loss<'t>(w: &[Var<'t, f64>; TUMOUR_FEATURES], b: Var<'t, f64>, cases: &[Case]) -> Var<'t, f64> {
    let likelihood: Var<'_, f64> = cases
        .iter()
        .map(|(x, malignant)| {
            let z = dot(w, &x.map(Var::constant)) + b;
            if *malignant > 0.5 { z.log_sigmoid() } else { (-z).log_sigmoid() }
        })
        .sum();
    0.5 * PENALTY * dot(w, w) - likelihood / cases.len() as f64
}

fn slopes(weights: &Weights, bias: f64, cases: &[Case]) -> (Weights, f64) {
    let tape = ScalarTape::new();
    let (w, b) = (tape.vars(*weights), tape.var(bias));
    let gradients = loss(&w, b, cases).backward();
    (w.map(|w| gradients.of(w)), gradients.of(b))
}

pub(super) fn compare(board: &mut Board, training: &Dataset<f64>) -> Result<(), Error> {
    let rows = training.x.as_slice().as_chunks::<TUMOUR_FEATURES>().0;
    let cases: Vec<Case> = rows.iter().copied().zip(labels(training).into_iter().map(|label| label as f64)).collect();
    let (mut weights, mut bias) = ([0.0; TUMOUR_FEATURES], 0.0);
    for _ in 0..STEPS {
        let (by_weights, by_bias) = slopes(&weights, bias, &cases);
        weights.iter_mut().zip(by_weights).for_each(|(weight, slope)| *weight -= RATE * slope);
        bias -= RATE * by_bias;
    }
    board.say(
        "First number by number on the engine's scalars, for the first fold. The loss is written as log_sigmoid(+-(w.x + b)),\n\
         which cannot overflow. Its gradient beside the formula X^T(p - y)/N + .01 w, halfway to the weights that were found:",
    );
    compare_gradient(board, &cases, weights.map(|weight| weight / 2.0), bias / 2.0);
    board.say(format!("The crate's fit, over the whole part in {STEPS} epochs, takes the same steps:"));
    let (model, _) = train_regression(training)?;
    let found = model.weights();
    let numbers = found.iter().flat_map(|(_, value)| value.to_vec());
    let gaps: Vec<f64> = numbers.zip(weights.into_iter().chain([bias])).map(|(one, other)| one - other).collect();
    board.exact("numbers compared", 31.0, gaps.len() as f64, Source::Calc);
    board.close("w and b, the crate's and by number: largest gap", 0.0, farthest(gaps), 1e-12, Source::Calc);
    Ok(())
}

/// At weights that are not the lowest point.
fn compare_gradient(board: &mut Board, cases: &[Case], weights: Weights, bias: f64) {
    let (by_weights, by_bias) = slopes(&weights, bias, cases);
    let surprise = |(x, malignant): &Case| 1.0 / (1.0 + (-dot(&weights, x) - bias).exp()) - malignant;
    let count = cases.len() as f64;
    let gaps = (0..TUMOUR_FEATURES).map(|at| {
        let by_hand = cases.iter().map(|case| surprise(case) * case.0[at]).sum::<f64>() / count;
        by_weights[at] - (by_hand + PENALTY * weights[at])
    });
    board.close("dL/dw and its formula: largest gap", 0.0, farthest(gaps), 1e-12, Source::Calc);
    let by_hand = cases.iter().map(surprise).sum::<f64>() / count;
    board.close("dL/db = mean of p - y", by_hand, by_bias, 1e-12, Source::Calc);
}
