//! "Additional problem with sigmoid: slower convergence than tanh", on XOR.

use chainrule::prelude::*;
use chainrule_nn::plot::Picture;

use crate::board::{Board, Source};
use crate::entry::Error;
use crate::lecture::dense::{Activation, Network, cross_entropy};

const HIDDEN: usize = 4;
const RATE: f64 = 1.0;
/// The stated loss.
const GOAL: f64 = 0.05;
const LIMIT: usize = 20_000;
/// Starts, each for both activations.
const SEEDS: u64 = 10;

/// The losses before each epoch until the stated loss is reached, or the limit.
fn train(activation: Activation, seed: u64) -> Vec<f64> {
    let x = Tensor::from([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
    let y = Tensor::from([[0.0], [1.0], [1.0], [0.0]]);
    let mut network = Network::new(&[2, HIDDEN, 1], activation, Tensor::glorot_normal, 100 * seed);
    let mut tape = TensorTape::new();
    let mut losses = Vec::new();
    while losses.last().is_none_or(|&loss| loss > GOAL) && losses.len() < LIMIT {
        losses.push(network.step(&mut tape, &x, |z| cross_entropy(z, &y), RATE));
    }
    losses
}

pub(super) fn show(board: &mut Board) -> Result<(), Error> {
    board.say(format!(
        "\"Slower convergence than tanh\": XOR, 2 -> {HIDDEN} -> 1, cross-entropy, eta = {RATE}, the same first weights for both.\n\
         The epoch (one step over the four rows) in which the loss first is {GOAL} or less:",
    ));
    let mut table = vec!["    seed   sigmoid   tanh".to_owned()];
    let mut sooner = 0;
    let mut pictured = Picture::new("XOR: sigmoid and tanh in the hidden layer", "epoch", "cross-entropy").log_x();
    let mut totals = [0.0; 2];
    for seed in 1..=SEEDS {
        let [sigmoid, tanh] = [train(|x| x.sigmoid(), seed), train(|x| x.tanh(), seed)];
        table.push(format!("    {seed:>4}   {:>7}   {:>4}", sigmoid.len(), tanh.len()));
        let reached = tanh.last().is_some_and(|&loss| loss <= GOAL);
        sooner += u32::from(reached && tanh.len() < sigmoid.len());
        totals = [totals[0] + sigmoid.len() as f64, totals[1] + tanh.len() as f64];
        if seed <= 3 {
            let points = |losses: Vec<f64>| (1..).zip(losses).map(|(epoch, loss)| (f64::from(epoch), loss));
            pictured = pictured.curve(format!("sigmoid, seed {seed}"), points(sigmoid));
            pictured = pictured.dashes(format!("tanh, seed {seed}"), points(tanh));
        }
    }
    board.say(table.join("\n"));
    board.exact("starts from which tanh needs fewer epochs, of 10", 10.0, f64::from(sooner), Source::Calc);
    board.at_least("sigmoid's epochs over tanh's, all starts", 2.0..=1000.0, totals[0] / totals[1], Source::Calc);
    board.picture("race", pictured.svg()?);
    Ok(())
}
