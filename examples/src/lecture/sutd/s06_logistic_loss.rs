//! S6, slide "Logistic regression: binary classification": the loss
//! L(w) = -1/m sum [y log h(x) + (1 - y) log(1 - h(x))] and its gradient.

use chainrule::prelude::*;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;
use crate::random::Random;

pub(super) const ENTRY: Entry = Entry {
    id: "S6",
    name: "logistic-loss",
    group: None,
    lecture: Lecture::Sutd,
    title: "the logistic regression loss; its gradient is X^T (h - y) / m",
    run,
};

/// Hours of study, hours of sleep, exam passed; `x_0` = 1 stands in front of each row.
const ROWS: [([f64; 3], f64); 8] = [
    ([1.0, 0.5, 8.0], 0.0),
    ([1.0, 1.0, 5.5], 0.0),
    ([1.0, 1.5, 7.0], 0.0),
    ([1.0, 2.0, 6.0], 1.0),
    ([1.0, 2.5, 4.0], 0.0),
    ([1.0, 3.0, 7.5], 1.0),
    ([1.0, 4.0, 6.5], 1.0),
    ([1.0, 5.0, 5.0], 1.0),
];
const WEIGHTS: [f64; 3] = [-1.5, 0.8, 0.1];

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(
        "h(x) = 1 / (1 + e^-(w^T x)),  L(w) = -1/m sum [y log h(x) + (1 - y) log(1 - h(x))]\n\n\
         With w = 0 every h is 1/2: the loss is log 2, whatever the data.",
    );
    let tape = ScalarTape::new();
    board.printed("L(0) = log 2", "0.693147181", loss(tape.vars([0.0; 3])).value(), Source::Calc);

    board.say(
        "By the chain rule dL/dw_j = 1/m sum (h(x) - y) x_j, in one formula 1/m X^T (h - y).\n\
         Eight rows (1, hours of study, hours of sleep), y: passed; at w = (-1.5, 0.8, 0.1):",
    );
    let w = tape.vars(WEIGHTS);
    let gradients = loss(w).backward();
    for (j, (expected, w)) in by_hand().into_iter().zip(w).enumerate() {
        board.close(format!("dL/dw{j}"), expected, gradients.of(w), 1e-12, Source::Calc);
    }
    as_matrices(board);
    stable(board);
    Ok(())
}

/// As on the slide.
fn loss(w: [Var<'_, f64>; 3]) -> Var<'_, f64> {
    let terms = ROWS.iter().map(|&(x, y)| {
        let h = score(w, x).sigmoid();
        y * h.ln() + (1.0 - y) * (1.0 - h).ln()
    });
    -terms.sum::<Var<'_, f64>>() / ROWS.len() as f64
}

/// w^T x
fn score(w: [Var<'_, f64>; 3], x: [f64; 3]) -> Var<'_, f64> {
    w.into_iter().zip(x).map(|(w, x)| w * x).sum()
}

/// 1/m X^T (h - y) in plain numbers.
fn by_hand() -> [f64; 3] {
    let mut gradient = [0.0; 3];
    for (x, y) in ROWS {
        let score: f64 = WEIGHTS.iter().zip(x).map(|(w, x)| w * x).sum();
        let h = 1.0 / (1.0 + (-score).exp());
        for (sum, x) in gradient.iter_mut().zip(x) {
            *sum += (h - y) * x / ROWS.len() as f64;
        }
    }
    gradient
}

/// L(w) in plain numbers, each row by the power of e alone: -log h = log(1 + e^-z), -log(1 - h) = log(1 + e^z).
fn loss_by_hand() -> f64 {
    let losses = ROWS.iter().map(|(x, y)| {
        let score: f64 = WEIGHTS.iter().zip(x).map(|(w, x)| w * x).sum();
        if *y == 1.0 { (-score).exp().ln_1p() } else { score.exp().ln_1p() }
    });
    losses.sum::<f64>() / ROWS.len() as f64
}

/// The same with X a matrix, w and y vectors: no index is left.
fn as_matrices(board: &mut Board) {
    board.say(
        "As matrices: X has a row for each student, h = sigma(X w) all eight probabilities at once, and one sweep gives\n\
         dL/dw as a vector. It is 1/m X^T (h - y), and what the sums above gave:",
    );
    let (x, y) = (Tensor::from(ROWS.map(|(x, _)| x)), Tensor::from(ROWS.map(|(_, y)| y)));
    let (value, gradient) = loss_of_matrix(&x, &y, Tensor::from(WEIGHTS));
    board.close("L(w), matrix form", loss_by_hand(), value, 1e-14, Source::Calc);
    for (j, (expected, slope)) in by_hand().into_iter().zip(&gradient).enumerate() {
        board.close(format!("dL/dw{j}, matrix form"), expected, *slope, 1e-12, Source::Calc);
    }
    let tape = ScalarTape::new();
    let w = tape.vars(WEIGHTS);
    let gaps = loss(w).backward().of_all(w).into_iter().zip(&gradient).map(|(number, slope)| number - slope);
    board.close("consistency: dL/dw, sums and matrices, largest gap", 0.0, farthest(gaps), 1e-12, Source::Calc);

    board.say("And on 500 random rows of 20 numbers, the formula worked out row by row beside it:");
    let mut random = Random::seeded(6);
    let rows = [(); 500].map(|()| [(); 20].map(|()| random.normal()));
    let truths = [(); 500].map(|()| random.index(2) as f64);
    let weights = [(); 20].map(|()| random.normal() / 4.0);
    let (_, gradient) = loss_of_matrix(&Tensor::from(rows), &Tensor::from(truths), Tensor::from(weights));
    let surprise = |row: usize| {
        let score: f64 = rows[row].iter().zip(weights).map(|(x, w)| x * w).sum();
        1.0 / (1.0 + (-score).exp()) - truths[row]
    };
    let gaps = (0..20).map(|j| {
        let by_hand = (0..500).map(|row| surprise(row) * rows[row][j]).sum::<f64>() / 500.0;
        gradient[[j]] - by_hand
    });
    board.close("dL/dw and 1/m X^T (h - y), 500 rows: largest gap", 0.0, farthest(gaps), 1e-12, Source::Calc);
}

/// The slide's loss over all rows, and its gradient by w.
fn loss_of_matrix(x: &Tensor<f64>, y: &Tensor<f64>, w: Tensor<f64>) -> (f64, Tensor<f64>) {
    let tape = TensorTape::new();
    let w = tape.var(w);
    let h = tape.constant(x.clone()).matmul(w).sigmoid();
    let loss = -(y * h.ln() + (1.0 - y) * (1.0 - h).ln()).mean();
    (loss.value().item(), loss.backward().of(w))
}

/// Far from the boundary the slide's formula takes the logarithm of a rounded 0.
fn stable(board: &mut Board) {
    board.say(
        "Far out the formula as written takes log 0: at w^T x = 800 and y = 0, h rounds to 1. Written with\n\
         log h = log_sigmoid(z) and log(1 - h) = log_sigmoid(-z) it is right on the whole line: the loss is 800, and\n\
         its slope h - y = 1.",
    );
    let tape = ScalarTape::new();
    let z = tape.var(800.0);
    let written = -(1.0 - z.sigmoid()).ln();
    let stable = -(-z).log_sigmoid();
    board.exact("the loss at z = 800 as written", f64::INFINITY, written.value(), Source::Calc);
    board.printed("the loss at z = 800 by log_sigmoid", "800", stable.value(), Source::Calc);
    board.printed("its slope", "1", stable.backward().of(z), Source::Calc);
    board.say("Where both hold they are the same, here at w = (-1.5, 0.8, 0.1):");
    let w = tape.vars(WEIGHTS);
    let sum = ROWS.iter().map(|&(x, y)| {
        let z = score(w, x);
        y * z.log_sigmoid() + (1.0 - y) * (-z).log_sigmoid()
    });
    let same = -sum.sum::<Var<'_, f64>>() / ROWS.len() as f64;
    let by_hand = loss_by_hand();
    board.close("L(w) as written", by_hand, loss(w).value(), 1e-15, Source::Calc);
    board.close("L(w) by log_sigmoid", by_hand, same.value(), 1e-15, Source::Calc);
}
