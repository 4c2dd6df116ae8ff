//! S9, slide "Types of Loss Functions": mean absolute error, mean squared error, categorical and
//! binary cross-entropy, values and gradients on a table.

use chainrule::prelude::*;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "S9",
    name: "losses",
    group: None,
    lecture: Lecture::Sutd,
    title: "MAE, MSE, categorical and binary cross-entropy on a table",
    run,
};

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(
        "Each loss twice: number by number, as the slide's sums go, and over the whole table as one tensor, where the sums\n\
         become a mean.",
    );
    regression(board);
    categorical(board);
    binary(board);
    Ok(())
}

fn regression(board: &mut Board) {
    const TARGETS: [f64; 4] = [1.0, 2.0, 3.0, 4.0];
    const PREDICTIONS: [f64; 4] = [1.5, 1.5, 3.0, 5.0];
    const ABSOLUTE_SLOPES: [f64; 4] = [0.25, -0.25, 0.0, 0.25];
    const SQUARED_SLOPES: [f64; 4] = [0.25, -0.25, 0.0, 0.5];
    board.say(
        "Regression, N = 4:      y        1     2     3     4\n                        \
         p        1.5   1.5   3     5\n                        \
         p - y    0.5  -0.5   0     1\n\n\
         MAE = 1/N sum |p - y|,    dMAE/dp = sign(p - y) / N   (0 where p = y: the kink)\n\
         MSE = 1/N sum (p - y)^2,  dMSE/dp = 2 (p - y) / N",
    );
    let tape = ScalarTape::new();
    let p = tape.vars(PREDICTIONS);
    let errors = p.iter().zip(TARGETS).map(|(&p, y)| p - y);
    let absolute = errors.clone().map(|error| error.abs()).sum::<Var<'_, f64>>() / 4.0;
    board.exact("MAE", 0.5, absolute.value(), Source::Calc);
    gradient(board, "MAE", absolute, p, ABSOLUTE_SLOPES);
    let squared = errors.map(|error| error.powi(2)).sum::<Var<'_, f64>>() / 4.0;
    board.exact("MSE", 0.375, squared.value(), Source::Calc);
    gradient(board, "MSE", squared, p, SQUARED_SLOPES);

    let tape = TensorTape::new();
    let p = tape.var(Tensor::from(PREDICTIONS));
    let errors = p - Tensor::from(TARGETS);
    on_tensors(board, "MAE", errors.abs().mean(), 0.5, p, &ABSOLUTE_SLOPES);
    on_tensors(board, "MSE", errors.powi(2).mean(), 0.375, p, &SQUARED_SLOPES);
}

/// Two rows of three classes: the example of Keras's documentation of `CategoricalCrossentropy`.
fn categorical(board: &mut Board) {
    const TARGETS: [f64; 6] = [0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
    const PREDICTIONS: [f64; 6] = [0.05, 0.95, 0.0, 0.1, 0.8, 0.1];
    const SLOPES: [f64; 6] = [0.0, -0.5 / 0.95, 0.0, 0.0, 0.0, -5.0];
    board.say(
        "Categorical, two rows:  y   0    1    0        0    0    1\n                        \
         p   .05  .95  0        .1   .8   .1\n\n\
         CCE = -1/rows sum y log p,  dCCE/dp = -y / p / rows;  0 log 0 counts as 0\n\
         (-log .95 - log .1) / 2 = (.051293294 + 2.302585093) / 2; Keras's documentation prints 1.177",
    );
    let tape = ScalarTape::new();
    let p = tape.vars(PREDICTIONS);
    let terms = p.iter().zip(TARGETS).map(|(&p, y)| tape.constant(y).xlogy(p));
    let loss = -terms.sum::<Var<'_, f64>>() / 2.0;
    board.printed("CCE", "1.176939194", loss.value(), Source::Calc);
    board.printed("CCE to Keras's digits", "1.177", loss.value(), Source::Calc);
    gradient(board, "CCE", loss, p, SLOPES);

    let tape = TensorTape::new();
    let p = tape.var(Tensor::new([2, 3], PREDICTIONS.to_vec()));
    let y = tape.constant(Tensor::new([2, 3], TARGETS.to_vec()));
    let loss = -y.xlogy(p).sum_along(1).mean();
    on_tensors(board, "CCE", loss, -(0.95_f64.ln() + 0.1_f64.ln()) / 2.0, p, &SLOPES);
}

/// Two rows of two labels: the example of Keras's documentation of `BinaryCrossentropy`.
fn binary(board: &mut Board) {
    const TARGETS: [f64; 4] = [0.0, 1.0, 0.0, 0.0];
    const PREDICTIONS: [f64; 4] = [0.6, 0.4, 0.4, 0.6];
    // 1 / (1 - p) where y = 0, -1 / p where y = 1, over 4.
    const SLOPES: [f64; 4] = [0.25 / 0.4, -0.25 / 0.4, 0.25 / 0.6, 0.25 / 0.4];
    board.say(
        "Binary, N = 4:  y   0    1    0    0\n                \
         p   .6   .4   .4   .6\n\n\
         BCE = -1/N sum [y log p + (1 - y) log(1 - p)],  dBCE/dp = (p - y) / (p (1 - p)) / N\n\
         (-3 log .4 - log .6) / 4; Keras's documentation prints 0.815",
    );
    let tape = ScalarTape::new();
    let p = tape.vars(PREDICTIONS);
    let terms = p.iter().zip(TARGETS).map(|(&p, y)| y * p.ln() + (1.0 - y) * (1.0 - p).ln());
    let loss = -terms.sum::<Var<'_, f64>>() / 4.0;
    board.printed("BCE", "0.814924455", loss.value(), Source::Calc);
    board.printed("BCE to Keras's digits", "0.815", loss.value(), Source::Calc);
    gradient(board, "BCE", loss, p, SLOPES);

    let tape = TensorTape::new();
    let p = tape.var(Tensor::new([2, 2], PREDICTIONS.to_vec()));
    let y = Tensor::new([2, 2], TARGETS.to_vec());
    let loss = -(&y * p.ln() + (1.0 - &y) * (1.0 - p).ln()).mean();
    on_tensors(board, "BCE", loss, -(3.0 * 0.4_f64.ln() + 0.6_f64.ln()) / 4.0, p, &SLOPES);
}

/// The loss over a whole table at once, beside its value and its slopes worked out by hand.
fn on_tensors(
    board: &mut Board,
    name: &str,
    loss: Var<'_, Tensor<f64>>,
    value: f64,
    p: Var<'_, Tensor<f64>>,
    by_hand: &[f64],
) {
    board.close(format!("{name} on tensors"), value, loss.value().item(), 1e-15, Source::Calc);
    let gaps = loss.backward().of(p).iter().zip(by_hand).map(|(slope, by_hand)| slope - by_hand).collect::<Vec<_>>();
    board.close(format!("d{name}/dp on tensors: largest gap"), 0.0, farthest(gaps), 1e-15, Source::Calc);
}

fn gradient<const N: usize>(
    board: &mut Board,
    name: &str,
    loss: Var<'_, f64>,
    p: [Var<'_, f64>; N],
    by_hand: [f64; N],
) {
    for (at, (expected, slope)) in by_hand.into_iter().zip(loss.backward().of_all(p)).enumerate() {
        board.close(format!("d{name}/dp{}", at + 1), expected, slope, 1e-15 * expected.abs().max(1.0), Source::Calc);
    }
}
