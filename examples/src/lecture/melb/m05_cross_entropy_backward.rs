//! M5, slides "Multi-layer perceptron: Chain rule" to "Backward propagation": each derivative of the
//! slide beside the engine's.

use chainrule::prelude::*;

use super::network::{Example, HIDDEN, Pass, WEIGHTS, by_hand, forward};
use super::slide_network::{drawing, name};
use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::formulas::Formulas;
use crate::gap::farthest;
use crate::lecture::Lecture;
use crate::random::Random;

pub(super) const ENTRY: Entry = Entry {
    id: "M5",
    name: "cross-entropy-backward",
    group: Some("mlp"),
    lecture: Lecture::Melb,
    title: "an MLP with binary cross-entropy: forward and backward",
    run,
};

/// x1 and x2 of the example.
const INPUTS: [f64; 2] = [0.6, -1.2];

fn run(board: &mut Board) -> Result<(), Error> {
    let mut random = Random::seeded(5);
    let weights = [(); WEIGHTS].map(|()| random.normal());
    worked(board, weights, (INPUTS, 1.0));
    board.step("The slide's formulas beside the engine's sweep");
    board.say(
        "dL/dz    = -y/z + (1 - y)/(1 - z)\n\
         dL/ds    = dL/dz dz/ds = z - y,           dz/ds = z (1 - z)\n\
         dL/dw_j  = dL/ds u_j\n\
         dL/du_j  = dL/ds w_j\n\
         dL/dr_j  = dL/du_j u_j (1 - u_j)\n\
         dL/dv_ij = dL/dr_j x_i\n\n\
         Once for each class; of the derivatives with indices the farthest apart:",
    );
    for y in [1.0, 0.0] {
        one_class(board, weights, (INPUTS, y));
    }
    Ok(())
}

/// The way there and back with all its numbers, and the chain rule for one weight of each layer.
fn worked(board: &mut Board, weights: [f64; WEIGHTS], example: Example) {
    let tape = ScalarTape::traced();
    let theta = tape.vars(weights);
    let pass = forward(&theta, example);
    name(&theta, &pass);
    board.step("Forward");
    board.say(
        "r_j = sum x_i v_ij, u_j = sigmoid(r_j), s = sum u_j w_j, z = sigmoid(s), x_0 = u_0 = 1\n\
         L = -[y log z + (1 - y) log(1 - z)]\n\n\
         Two inputs, four hidden units, random weights, x = (0.6, -1.2), y = 1.",
    );
    board.picture("forward", drawing(&theta, &pass, example, None).to_svg());
    board.explain(tape.computation().decimals(4));
    board.step("Backward");
    board.picture("backward", drawing(&theta, &pass, example, Some(&pass.loss.backward())).to_svg());
    board.step("One weight of each layer");
    board.say("w_1 reaches the loss through s and z, v_11 through r_1 and u_1 before them:");
    let [v_11, w_1] = [theta[1], theta[3 * HIDDEN + 1]];
    for weight in [w_1, v_11] {
        board.explain(Formulas::from(tape.explain(pass.loss, weight).decimals(4)).without_values());
    }
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
