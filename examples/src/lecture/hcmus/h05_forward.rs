//! H5, slides "Backpropagation": the worked network, forward.

use chainrule::prelude::*;

use super::worked_network::{forward, given};
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
    board.say(
        "Inputs i1 = .05, i2 = .10; we want .01 and .99.\n\
         w1..w8 = .15 .20 .25 .30 .40 .45 .50 .55, b1 = .35, b2 = .60; every unit is a sigmoid.",
    );
    let tape = ScalarTape::new();
    let (weights, biases) = given(&tape);
    let pass = forward(weights, biases);

    board.say(
        "net_h1 = w1 i1 + w2 i2 + b1 = .15 * .05 + .20 * .10 + .35 = .3775\n\
         out_h1 = 1 / (1 + e^-net_h1) = 1 / (1 + e^-.3775) = .593269992, and h2 in the same way",
    );
    board.printed("net_h1", "0.3775", pass.net_h[0].value(), Source::Slide);
    board.printed("out_h1", "0.593269992", pass.out_h[0].value(), Source::Slide);
    // .25 * .05 + .30 * .10 + .35, which the slide leaves to the reader.
    board.printed("net_h2", "0.3925", pass.net_h[1].value(), Source::Calc);
    board.printed("out_h2", "0.596884378", pass.out_h[1].value(), Source::Slide);

    board.say(
        "net_o1 = w5 out_h1 + w6 out_h2 + b2 = .40 * .593269992 + .45 * .596884378 + .60 = 1.105905967\n\
         out_o1 = 1 / (1 + e^-1.105905967) = .75136507, and o2 in the same way",
    );
    board.printed("net_o1", "1.105905967", pass.net_o[0].value(), Source::Slide);
    board.printed("out_o1", "0.75136507", pass.out_o[0].value(), Source::Slide);
    board.printed("out_o2", "0.772928465", pass.out_o[1].value(), Source::Slide);
    Ok(())
}
