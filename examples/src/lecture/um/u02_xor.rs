//! U2, slide "Non-linear problem": "XOR Problem - not linearly separable. Solve this by stacking linear
//! regression on top of each other, we call this multilayer perceptron."

use chainrule::prelude::*;
use chainrule_nn::plot;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;
use crate::lecture::dense::{Network, cross_entropy};

pub(super) const ENTRY: Entry = Entry {
    id: "U2",
    name: "xor",
    group: None,
    lecture: Lecture::Um,
    title: "XOR: a linear model stops at 3 of 4 or worse, the MLP solves it",
    run,
};

/// The slide's table.
const INPUTS: [[f64; 2]; 4] = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
const TARGETS: [[f64; 1]; 4] = [[0.0], [1.0], [1.0], [0.0]];
const STARTS: u64 = 10;

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(
        "\u{20}   x1  x2  y\n\
         \u{20}    0   0  0\n\
         \u{20}    0   1  1\n\
         \u{20}    1   0  1\n\
         \u{20}    1   1  0",
    );
    linear(board);
    stacked(board)
}

/// Rows whose output is on the right side of `threshold`, by more than rounding.
fn right(outputs: &Tensor<f64>, threshold: f64) -> usize {
    let rows = outputs.iter().zip(TARGETS.as_flattened());
    rows.filter(|(output, target)| (*output - threshold) * (*target - 0.5) > 1e-9).count()
}

const LINEAR_STEPS: usize = 1000;

fn linear(board: &mut Board) {
    board.say(format!(
        "Linear regression f(x) = w.x + b, mean squared error, the answer 1 where f > 1/2. Its best is known beforehand:\n\
         w = 0, b = 1/2, f = 1/2 everywhere, a loss of 1/4. Gradient descent from {STARTS} random starts finds just that:",
    ));
    let (x, y) = (Tensor::from(INPUTS), Tensor::from(TARGETS));
    let mut tape = TensorTape::new();
    let mut most = 0;
    let (mut weights, mut biases, mut losses) = (Vec::new(), Vec::new(), Vec::new());
    for seed in 0..STARTS {
        let mut network = Network::new(&[2, 1], |x| x, |shape, seed| Tensor::normal(shape, 0.0, 1.0, seed), seed);
        let mut loss = f64::NAN;
        for _ in 0..LINEAR_STEPS {
            most = most.max(right(&network.predict(&x), 0.5));
            loss = network.step(&mut tape, &x, |f| (f - &y).powi(2).mean(), 0.5);
        }
        most = most.max(right(&network.predict(&x), 0.5));
        weights.extend(network.layers[0][0].to_vec());
        biases.push(network.layers[0][1].item() - 0.5);
        losses.push(loss - 0.25);
    }
    board.close("w at the end, farthest from 0", 0.0, farthest(weights), 1e-9, Source::Calc);
    board.close("b at the end, farthest from 1/2", 0.0, farthest(biases), 1e-9, Source::Calc);
    board.close("loss at the end, farthest from 1/4", 0.0, farthest(losses), 1e-9, Source::Calc);
    board.at_most("rows right of 4, most at any step of any start", 0.0..=3.0, most as f64, Source::Slide);

    board.say(
        "Nor does any other line do better than 3: f(0,0) + f(1,1) = f(0,1) + f(1,0), so not both of the left can be\n\
         below 1/2 and both of the right above. Of 10,000 random (w1, w2, b) the best:",
    );
    let lines = Tensor::uniform([2, 10_000], -2.0, 2.0, 1);
    let scores = x.matmul(&lines) + Tensor::uniform([10_000], -2.0, 2.0, 2);
    // One line a column, so one a row of the transpose.
    let best = scores.transpose().outer_iter().map(|outputs| right(&outputs, 0.5)).max().unwrap_or(0);
    board.exact("rows right of 4, best of 10,000 lines", 3.0, best as f64, Source::Calc);
}

const HIDDEN: usize = 2;
const STEPS: usize = 2000;
const RATE: f64 = 0.5;
/// The start that is drawn.
const SEED: u64 = 1;

/// 2 -> `hidden` -> 1 with tanh between, trained on the cross-entropy of sigma(output).
fn train(hidden: usize, seed: u64) -> Network {
    let (x, y) = (Tensor::from(INPUTS), Tensor::from(TARGETS));
    let mut network = Network::new(&[2, hidden, 1], |x| x.tanh(), Tensor::glorot_normal, 100 * seed);
    let mut tape = TensorTape::new();
    for _ in 0..STEPS {
        network.step(&mut tape, &x, |z| cross_entropy(z, &y), RATE);
    }
    network
}

fn stacked(board: &mut Board) -> Result<(), Error> {
    board.say(format!(
        "Stacked, with a bend between (without one the stack is one linear model again: S16): z = v.tanh(W x + b) + c, the\n\
         answer 1 where sigma(z) > 1/2, that is where z > 0. {HIDDEN} hidden units, {STEPS} steps:",
    ));
    let x = Tensor::from(INPUTS);
    let network = train(HIDDEN, SEED);
    let outputs = network.predict(&x);
    for ([x1, x2], (z, [y])) in INPUTS.into_iter().zip(outputs.iter().zip(TARGETS)) {
        board.close(format!("sigma(z) at ({x1}, {x2})"), y, 1.0 / (1.0 + (-z).exp()), 0.1, Source::Slide);
    }
    board.exact("rows right of 4, two hidden units", 4.0, right(&outputs, 0.0) as f64, Source::Slide);
    let solved = |hidden| -> Vec<u64> {
        (1..=STARTS).filter(|&seed| right(&train(hidden, seed).predict(&x), 0.0) == 4).collect()
    };
    board.say(format!(
        "From {STARTS} starts, two hidden units get there from those of seed {:?}, and stop in a local minimum from the\n\
         others; four hidden units leave more ways:",
        solved(2),
    ));
    board.exact("starts of 10 with 4 of 4, four hidden units", 10.0, solved(4).len() as f64, Source::Calc);
    board.picture("decision", decision(&network)?);
    Ok(())
}

/// Where the answer changes, and each hidden unit's own line.
fn decision(network: &Network) -> chainrule_nn::Result<String> {
    let classes = Tensor::from(TARGETS).reshape([4]).map(|target| usize::from(target == 1.0));
    let probability = |grid: &Tensor<f64>| network.predict(grid).sigmoid();
    let plane = -0.5..1.5;
    let title = "XOR: the network's decision";
    let mut picture = plot::boundary(title, plane.clone(), plane, probability, &INPUTS.into(), &classes)?;
    let [weights, biases] = &network.layers[0];
    for unit in 0..HIDDEN {
        let [bias, by_x1, by_x2] = [biases.at(&[unit]), weights.at(&[0, unit]), weights.at(&[1, unit])];
        picture = picture.boundary(format!("hidden unit {}", unit + 1), bias, by_x1, by_x2);
    }
    picture.svg()
}
