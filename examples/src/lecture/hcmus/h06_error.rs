//! H6, slide "Backpropagation: error, loss function, optimization".

use chainrule::prelude::*;

use super::slide_network::{SlideNetwork, Stage, drawing};
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
    let tape = ScalarTape::traced();
    let trace = SlideNetwork::forward(&tape).trace();
    board.step("The error");
    board.say("E_total = sum 1/2 (target - output)^2");
    board.picture("error", drawing(&trace, Stage::Error).to_svg());
    board.explain(tape.computation().of(&["E_o1", "E_o2", "E_total"]).decimals(9));
    board.printed("E_o1", "0.274811083", trace.value("E_o1"), Source::Slide);
    board.printed("E_o2", "0.023560026", trace.value("E_o2"), Source::Slide);
    board.printed("E_total", "0.298371109", trace.value("E_total"), Source::Slide);
    Ok(())
}
