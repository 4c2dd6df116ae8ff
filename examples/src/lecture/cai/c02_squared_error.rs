//! C2, slide "Training: backward propagation": the mean squared error, "we need to compute the
//! gradient for each layer", "by applying the chain rule".

use chainrule::prelude::*;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "C2",
    name: "squared-error",
    group: None,
    lecture: Lecture::Cai,
    title: "L = 1/N sum (y - yhat)^2 and its gradient, layer by layer",
    run,
};

const TRUTHS: [f64; 4] = [3.0, -0.5, 2.0, 7.0];
const PREDICTIONS: [f64; 4] = [2.5, 0.0, 2.0, 8.0];

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(
        "L(y, yhat) = 1/N sum (y_i - yhat_i)^2,  so  dL/dyhat_i = -2/N (y_i - yhat_i)\n\n\
         y = (3, -.5, 2, 7), yhat = (2.5, 0, 2, 8): L = (.25 + .25 + 0 + 1) / 4 = .375",
    );
    let tape = ScalarTape::new();
    let predictions = tape.vars(PREDICTIONS);
    let loss = mean_squared_error(TRUTHS, predictions);
    let gradients = loss.backward();
    board.close("L", 0.375, loss.value(), 1e-12, Source::Calc);
    for (at, (slope, expected)) in gradients.of_all(predictions).into_iter().zip([-0.25, 0.25, 0.0, 0.5]).enumerate() {
        board.close(format!("dL/dyhat{}", at + 1), expected, slope, 1e-12, Source::Calc);
    }
    through_the_layers(board);
    Ok(())
}

fn mean_squared_error<'t, const N: usize>(truths: [f64; N], predictions: [Var<'t, f64>; N]) -> Var<'t, f64> {
    truths.into_iter().zip(predictions).map(|(y, predicted)| (y - predicted).powi(2)).sum::<Var<'t, f64>>() / N as f64
}

/// Three examples of two inputs, two hidden units, one output.
const INPUTS: [[f64; 2]; 3] = [[0.5, -1.0], [2.0, 0.25], [-1.5, 1.0]];
const TARGETS: [f64; 3] = [1.0, -0.5, 0.25];
const HIDDEN: [[f64; 2]; 2] = [[0.4, -0.7], [0.3, 0.9]];
const HIDDEN_BIASES: [f64; 2] = [0.1, -0.2];
const OUTPUT: [f64; 2] = [1.2, -0.8];
const OUTPUT_BIAS: f64 = 0.05;

/// The network's parameters in the order in which they are compared.
const NAMES: [&str; 9] = ["v1", "v2", "c", "w11", "w12", "w21", "w22", "b1", "b2"];

fn through_the_layers(board: &mut Board) {
    board.say(
        "L(W, b): the predictions come from a network, h_j = sigma(w_j1 x_1 + w_j2 x_2 + b_j), yhat = v_1 h_1 + v_2 h_2 + c.\n\
         Layer by layer from the loss, with delta_i = dL/dyhat_i = -2/N (y_i - yhat_i), summed over the examples i:\n\n\
         \u{20}   dL/dv_j  = sum delta_i h_ij                            dL/dc   = sum delta_i\n\
         \u{20}   dL/dw_jk = sum delta_i v_j h_ij (1 - h_ij) x_ik        dL/db_j = sum delta_i v_j h_ij (1 - h_ij)\n\n\
         The chain rule by hand stands on the left below, the engine's one sweep on the right.",
    );
    let tape = ScalarTape::new();
    let (w, b) = (HIDDEN.map(|row| tape.vars(row)), tape.vars(HIDDEN_BIASES));
    let (v, c) = (tape.vars(OUTPUT), tape.var(OUTPUT_BIAS));
    let predictions = INPUTS.map(|x| {
        let h: [Var<'_, f64>; 2] = std::array::from_fn(|j| (w[j][0] * x[0] + w[j][1] * x[1] + b[j]).sigmoid());
        v[0] * h[0] + v[1] * h[1] + c
    });
    let loss = mean_squared_error(TARGETS, predictions);
    let gradients = loss.backward();
    let slopes = gradients.of_all([v[0], v[1], c, w[0][0], w[0][1], w[1][0], w[1][1], b[0], b[1]]);

    let (loss_by_hand, slopes_by_hand) = chain_rule_by_hand();
    board.close("L of the network", loss_by_hand, loss.value(), 1e-12, Source::Calc);
    for ((name, by_hand), slope) in NAMES.into_iter().zip(slopes_by_hand).zip(slopes) {
        board.close(format!("dL/d{name}"), by_hand, slope, 1e-12, Source::Calc);
    }
}

/// The loss and the formulas above in plain floats: the expected side.
fn chain_rule_by_hand() -> (f64, [f64; 9]) {
    let (mut loss, mut slopes) = (0.0, [0.0; 9]);
    let n = TARGETS.len() as f64;
    for ([x1, x2], y) in INPUTS.into_iter().zip(TARGETS) {
        let [h1, h2] = [0, 1].map(|j| {
            let net = HIDDEN[j][0] * x1 + HIDDEN[j][1] * x2 + HIDDEN_BIASES[j];
            1.0 / (1.0 + (-net).exp())
        });
        let error = y - (OUTPUT[0] * h1 + OUTPUT[1] * h2 + OUTPUT_BIAS);
        loss += error * error / n;
        let delta = -2.0 / n * error;
        let (a1, a2) = (delta * OUTPUT[0] * h1 * (1.0 - h1), delta * OUTPUT[1] * h2 * (1.0 - h2));
        let terms = [delta * h1, delta * h2, delta, a1 * x1, a1 * x2, a2 * x1, a2 * x2, a1, a2];
        for (slope, term) in slopes.iter_mut().zip(terms) {
            *slope += term;
        }
    }
    (loss, slopes)
}
