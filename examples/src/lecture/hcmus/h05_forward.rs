//! H5, slides "Backpropagation": the worked network, forward.

use chainrule::prelude::*;

use super::slide_network::{SlideNetwork, Stage, drawing};
use super::worked_network::{BIASES, INPUTS, TARGETS, WEIGHTS};
use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "H5",
    name: "forward",
    group: Some("backprop"),
    lecture: Lecture::Hcmus,
    title: "the worked network, forward: nets and outputs",
    run,
};

fn run(board: &mut Board) -> Result<(), Error> {
    let ([i1, i2], [b1, b2], [t1, t2]) = (INPUTS, BIASES, TARGETS);
    board.say(format!(
        "Inputs i1 = {i1}, i2 = {i2}; we want {t1} and {t2}.\n\
         w1..w8 = {}, b1 = {b1}, b2 = {b2}; every unit is a sigmoid.",
        WEIGHTS.map(|weight| weight.to_string()).join(" ")
    ));
    let tape = ScalarTape::traced();
    let trace = SlideNetwork::forward(&tape).trace();

    board.step("Forward, the hidden layer");
    board.picture("hidden", drawing(&trace, Stage::Hidden).to_svg());
    board.explain(tape.computation().of(&["net_h1", "out_h1", "net_h2", "out_h2"]).decimals(9));
    board.printed("net_h1", "0.3775", trace.value("net_h1"), Source::Slide);
    board.printed("out_h1", "0.593269992", trace.value("out_h1"), Source::Slide);
    // .25 * .05 + .30 * .10 + .35, which the slide leaves to the reader.
    board.printed("net_h2", "0.3925", trace.value("net_h2"), Source::Calc);
    board.printed("out_h2", "0.596884378", trace.value("out_h2"), Source::Slide);

    board.step("Forward, the outputs");
    board.picture("outputs", drawing(&trace, Stage::Outputs).to_svg());
    board.explain(tape.computation().of(&["net_o1", "out_o1", "net_o2", "out_o2"]).decimals(9));
    board.printed("net_o1", "1.105905967", trace.value("net_o1"), Source::Slide);
    board.printed("out_o1", "0.75136507", trace.value("out_o1"), Source::Slide);
    board.printed("out_o2", "0.772928465", trace.value("out_o2"), Source::Slide);
    Ok(())
}
