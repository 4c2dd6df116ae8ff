//! H9, slide "Backpropagation": all eight weights after one step.

use chainrule::prelude::*;

use super::slide_network::{SlideNetwork, Stage, drawing};
use super::worked_network::{RATE, WEIGHTS, forward, given, named_weights};
use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::formulas::Update;
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "H9",
    name: "update",
    group: Some("backprop"),
    lecture: Lecture::Hcmus,
    title: "all eight weights after one step of eta = 0.5",
    run,
};

/// The slide's list.
pub(super) const UPDATED: [&str; 8] =
    ["0.149780716", "0.19956143", "0.24975114", "0.29950229", "0.35891648", "0.408666186", "0.51130127", "0.561370121"];

fn run(board: &mut Board) -> Result<(), Error> {
    board.step("The update");
    board.say(
        "w+ = w - eta dE/dw for each weight. All slopes come from one sweep over the old weights, the hidden\n\
         layer's too: w5 to w8 change only after w1 to w4 have their gradients. The biases stay.",
    );
    let tape = ScalarTape::traced();
    let network = SlideNetwork::forward(&tape);
    board.picture("weights", drawing(&network.trace(), Stage::Update).to_svg());
    let slopes = network.total.backward().of_all(network.weights);
    let updated: [f64; 8] = std::array::from_fn(|at| WEIGHTS[at] - RATE * slopes[at]);
    let steps: [Update<'_>; 8] = std::array::from_fn(|at| Update {
        names: ("E_total", at + 1),
        old: WEIGHTS[at],
        rate: RATE,
        slope: slopes[at],
        new: updated[at],
    });
    board.explain(steps.as_slice());
    for (at, (printed, new)) in UPDATED.iter().zip(updated).enumerate() {
        board.printed(format!("w{}+", at + 1), printed, new, Source::Slide);
    }

    let tape = ScalarTape::new();
    let (_, biases) = given(&tape);
    let after = forward(named_weights(&tape, updated), biases).total.value();
    board.say(format!("The error fell from {:.9} to {after:.9}.", network.total.value()));
    // Forward and central differences in f64, apart from the engine: 0.2910277737.
    board.printed("E_total after the step", "0.291027774", after, Source::Calc);
    Ok(())
}
