//! H9, slide "Backpropagation": all eight weights after one step.

use std::fmt::Write;

use chainrule::prelude::*;

use super::worked_network::{RATE, WEIGHTS, forward, given, named_weights};
use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
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
    board.say(
        "w+ = w - eta dE/dw for each weight. All slopes come from one sweep over the old weights, the hidden\n\
         layer's too: w5 to w8 change only after w1 to w4 have their gradients. The biases stay.",
    );
    let tape = ScalarTape::new();
    let (weights, biases) = given(&tape);
    let total = forward(weights, biases).total;
    let gradients = total.backward();
    let slopes = gradients.of_all(weights);
    let updated: [f64; 8] = std::array::from_fn(|at| WEIGHTS[at] - RATE * slopes[at]);

    let mut table = String::from("        old     dE/dw           new");
    for (at, (slope, new)) in slopes.iter().zip(updated).enumerate() {
        // Writing into a String cannot fail.
        let _ = write!(table, "\nw{}     {:.2}    {slope:>12.9}    {new:.9}", at + 1, WEIGHTS[at]);
    }
    board.say(table);
    for (at, (printed, new)) in UPDATED.iter().zip(updated).enumerate() {
        board.printed(format!("w{}+", at + 1), printed, new, Source::Slide);
    }

    let after = forward(named_weights(&tape, updated), biases).total.value();
    board.say(format!("The error fell from {:.9} to {after:.9}.", total.value()));
    // Forward and central differences in f64, apart from the engine: 0.2910277737.
    board.printed("E_total after the step", "0.291027774", after, Source::Calc);
    Ok(())
}
