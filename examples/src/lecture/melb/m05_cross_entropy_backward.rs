//! M5, slides "Multi-layer perceptron: Chain rule" to "Backward propagation": each derivative of the
//! slide beside the engine's.

use chainrule::prelude::*;

use super::network::{Example, HIDDEN, Pass, WEIGHTS, by_hand, forward};
use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;
use crate::random::Random;

pub(super) const ENTRY: Entry = Entry {
    id: "M5",
    name: "cross-entropy-backward",
    group: None,
    lecture: Lecture::Melb,
    title: "an MLP with binary cross-entropy: forward and backward",
    run,
};

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(
        "Forward:   r_j = sum x_i v_ij,  u_j = sigmoid(r_j),  s = sum u_j w_j,  z = sigmoid(s),  x_0 = u_0 = 1\n           \
         L = -[y log z + (1 - y) log(1 - z)]\n\n\
         Backward:  dL/dz    = -y/z + (1 - y)/(1 - z)\n           \
         dL/ds    = dL/dz dz/ds = z - y,           dz/ds = z (1 - z)\n           \
         dL/dw_j  = dL/ds u_j\n           \
         dL/du_j  = dL/ds w_j\n           \
         dL/dr_j  = dL/du_j u_j (1 - u_j)\n           \
         dL/dv_ij = dL/dr_j x_i\n\n\
         Two inputs, four hidden units, random weights, x = (0.6, -1.2). The slide's formulas beside the engine's\n\
         sweep, once for each class; of the derivatives with indices the farthest apart:",
    );
    let mut random = Random::seeded(5);
    let weights = [(); WEIGHTS].map(|()| random.normal());
    for y in [1.0, 0.0] {
        one_class(board, weights, ([0.6, -1.2], y));
    }
    Ok(())
}

fn one_class(board: &mut Board, weights: [f64; WEIGHTS], example: Example) {
    // Intermediate results are asked for their gradients: a traced tape makes each a node.
    let tape = ScalarTape::traced();
    let theta = tape.vars(weights);
    let Pass { r, u, s, z, loss } = forward(&theta, example);
    let gradients = loss.backward();
    let (slide, y) = (by_hand(&weights, example), example.1);

    board.close(format!("L, y = {y}"), slide.loss, loss.value(), 1e-12, Source::Calc);
    board.close(format!("dL/dz, y = {y}"), slide.by_z, gradients.of(z), 1e-12, Source::Calc);
    board.close(format!("dL/ds = z - y, y = {y}"), slide.by_s, gradients.of(s), 1e-12, Source::Calc);
    let off = |by_hand: &[f64], variables: &[Var<'_, f64>]| {
        farthest(by_hand.iter().zip(variables).map(|(slope, &variable)| gradients.of(variable) - slope))
    };
    let (by_v, by_w) = slide.by_theta.split_at(3 * HIDDEN);
    let (v, w) = theta.split_at(3 * HIDDEN);
    for (what, gap) in [
        ("dL/dw_j = dL/ds u_j", off(by_w, w)),
        ("dL/du_j = dL/ds w_j", off(&slide.by_u, &u)),
        ("dL/dr_j = dL/du_j u_j (1 - u_j)", off(&slide.by_r, &r)),
        ("dL/dv_ij = dL/dr_j x_i", off(by_v, v)),
    ] {
        board.close(format!("{what}, y = {y}"), 0.0, gap, 1e-12, Source::Calc);
    }
}
