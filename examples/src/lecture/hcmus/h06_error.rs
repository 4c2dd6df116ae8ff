//! H6, slide "Backpropagation: error, loss function, optimization".

use chainrule::prelude::*;

use super::worked_network::{forward, given};
use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "H6",
    name: "error",
    group: Some("backprop"),
    lecture: Lecture::Hcmus,
    title: "the worked network's errors and their total",
    run,
};

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(
        "E_total = sum 1/2 (target - output)^2\n\n\
         E_o1 = 1/2 (.01 - .75136507)^2  = .274811083\n\
         E_o2 = 1/2 (.99 - .772928465)^2 = .023560026\n\
         E_total = E_o1 + E_o2 = .298371109",
    );
    let tape = ScalarTape::new();
    let (weights, biases) = given(&tape);
    let pass = forward(weights, biases);
    board.printed("E_o1", "0.274811083", pass.errors[0].value(), Source::Slide);
    board.printed("E_o2", "0.023560026", pass.errors[1].value(), Source::Slide);
    board.printed("E_total", "0.298371109", pass.total.value(), Source::Slide);
    Ok(())
}
