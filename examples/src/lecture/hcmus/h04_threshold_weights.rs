//! H4, slide "Training": which weights make that network answer (1, 0) with 0 and (0, 0) with 1?

use chainrule::prelude::*;

use super::threshold::{NAMES, WEIGHTS, forward};
use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::lecture::Lecture;
use crate::report::shown;

pub(super) const ENTRY: Entry = Entry {
    id: "H4",
    name: "threshold-weights",
    group: None,
    lecture: Lecture::Hcmus,
    title: "weights for (1,0) -> 0 and (0,0) -> 1, though the step has no slope",
    run,
};

/// What the slide wants: inputs and output.
const WANTED: [([f64; 2], f64); 2] = [([1.0, 0.0], 0.0), ([0.0, 0.0], 1.0)];
const RATE: f64 = 0.5;
const STEPS: usize = 2000;

fn run(board: &mut Board) -> Result<(), Error> {
    board.say("With the weights of the example the network is wrong on the first pair:");
    let [before, _] = answers(WEIGHTS);
    board.exact("y5 at (1, 0) before training", 1.0, before, Source::Slide);

    board.say("Can its gradient tell what to change? The step is flat, so every slope is 0, wherever we stand:");
    for (name, slope) in NAMES.iter().zip(error_slopes(WEIGHTS, |v| v.step())) {
        board.exact(format!("dE/d{name} through the step"), 0.0, slope, Source::Calc);
    }

    board.say(
        "So we train a smooth stand-in, sigmoid(v) for f(v), by gradient descent on E = sum (wanted - y5)^2,\n\
         and put the step back afterwards. That is fair: sigmoid(v) >= 1/2 exactly where f(v) = 1.",
    );
    let mut weights = WEIGHTS;
    for _ in 0..STEPS {
        let slopes = error_slopes(weights, |v| v.sigmoid());
        for (weight, slope) in weights.iter_mut().zip(slopes) {
            *weight -= RATE * slope;
        }
    }
    let list: Vec<String> = NAMES.iter().zip(weights).map(|(name, w)| format!("{name} = {}", shown(w, 5))).collect();
    board.say(format!("After {STEPS} steps: {}", list.join(", ")));

    for (([x1, x2], wanted), answer) in WANTED.into_iter().zip(answers(weights)) {
        board.exact(format!("y5 at ({x1}, {x2}) with the step"), wanted, answer, Source::Slide);
    }
    board.say("x2 is 0 in both pairs, so nothing is learned about w23 and w24: they stay where they were.");
    board.exact("w23", WEIGHTS[1], weights[1], Source::Calc);
    board.exact("w24", WEIGHTS[3], weights[3], Source::Calc);
    board.say(
        "By hand: at (0, 0) both hidden units answer f(0) = 1, so w35 + w45 >= 0 is needed; at (1, 0) the sum of\n\
         those that w13 and w14 switch on must be negative. Training switched one of them off.",
    );
    let [w13, _, w14, _, w35, w45] = weights;
    board.at_least("w35 + w45", 0.0..=100.0, w35 + w45, Source::Calc);
    let on = if w13 >= 0.0 { w35 } else { 0.0 } + if w14 >= 0.0 { w45 } else { 0.0 };
    board.at_most("the sum that is left at (1, 0)", -100.0..=-1e-3, on, Source::Calc);
    Ok(())
}

/// The network's answers to the two inputs, with the step.
fn answers(weights: [f64; 6]) -> [f64; 2] {
    let tape = ScalarTape::new();
    let weights = tape.vars(weights);
    WANTED.map(|(x, _)| forward(weights, x, |v| v.step()).y[2].value())
}

/// The slopes of the squared error over the two pairs, one for each weight.
fn error_slopes(weights: [f64; 6], activation: impl for<'t> Fn(Var<'t, f64>) -> Var<'t, f64>) -> [f64; 6] {
    let tape = ScalarTape::new();
    let weights = tape.vars(weights);
    let [first, second] = WANTED.map(|(x, wanted)| (wanted - forward(weights, x, &activation).y[2]).powi(2));
    let error = first + second;
    error.backward().of_all(weights)
}
