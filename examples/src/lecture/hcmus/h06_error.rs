//! H6, slide "Backpropagation: error, loss function, optimization".

use chainrule::prelude::*;

use super::worked_network::{TARGETS, forward, given};
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
    let tape = ScalarTape::new();
    let (weights, biases) = given(&tape);
    let pass = forward(weights, biases);
    let ([t1, t2], [out_o1, out_o2]) = (TARGETS, pass.out_o.map(|out| out.value()));
    let [e_o1, e_o2] = pass.errors.map(|error| error.value());
    board.say(format!(
        "E_total = sum 1/2 (target - output)^2\n\n\
         E_o1 = 1/2 ({t1} - {out_o1:.9})^2 = {e_o1:.9}\n\
         E_o2 = 1/2 ({t2} - {out_o2:.9})^2 = {e_o2:.9}\n\
         E_total = E_o1 + E_o2 = {:.9}",
        pass.total.value()
    ));
    board.printed("E_o1", "0.274811083", pass.errors[0].value(), Source::Slide);
    board.printed("E_o2", "0.023560026", pass.errors[1].value(), Source::Slide);
    board.printed("E_total", "0.298371109", pass.total.value(), Source::Slide);
    Ok(())
}
