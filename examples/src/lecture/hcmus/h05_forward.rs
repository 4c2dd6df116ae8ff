//! H5, slides "Backpropagation": the worked network, forward.

use chainrule::prelude::*;

use super::worked_network::{BIASES, INPUTS, TARGETS, WEIGHTS, forward, given};
use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::lecture::Lecture;
use crate::report::shown;

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
    let [w1, w2, _, _, w5, w6, ..] = WEIGHTS;
    board.say(format!(
        "Inputs i1 = {i1}, i2 = {i2}; we want {t1} and {t2}.\n\
         w1..w8 = {}, b1 = {b1}, b2 = {b2}; every unit is a sigmoid.",
        WEIGHTS.map(|weight| weight.to_string()).join(" ")
    ));
    let tape = ScalarTape::new();
    let (weights, biases) = given(&tape);
    let pass = forward(weights, biases);

    let (net_h1, [out_h1, out_h2]) = (shown(pass.net_h[0].value(), 9), pass.out_h.map(|out| shown(out.value(), 9)));
    board.say(format!(
        "net_h1 = w1 i1 + w2 i2 + b1 = {w1} * {i1} + {w2} * {i2} + {b1} = {net_h1}\n\
         out_h1 = 1 / (1 + e^-net_h1) = 1 / (1 + e^-{net_h1}) = {out_h1}, and h2 in the same way"
    ));
    board.printed("net_h1", "0.3775", pass.net_h[0].value(), Source::Slide);
    board.printed("out_h1", "0.593269992", pass.out_h[0].value(), Source::Slide);
    // .25 * .05 + .30 * .10 + .35, which the slide leaves to the reader.
    board.printed("net_h2", "0.3925", pass.net_h[1].value(), Source::Calc);
    board.printed("out_h2", "0.596884378", pass.out_h[1].value(), Source::Slide);

    let (net_o1, out_o1) = (shown(pass.net_o[0].value(), 10), shown(pass.out_o[0].value(), 8));
    board.say(format!(
        "net_o1 = w5 out_h1 + w6 out_h2 + b2 = {w5} * {out_h1} + {w6} * {out_h2} + {b2} = {net_o1}\n\
         out_o1 = 1 / (1 + e^-net_o1) = 1 / (1 + e^-{net_o1}) = {out_o1}, and o2 in the same way"
    ));
    board.printed("net_o1", "1.105905967", pass.net_o[0].value(), Source::Slide);
    board.printed("out_o1", "0.75136507", pass.out_o[0].value(), Source::Slide);
    board.printed("out_o2", "0.772928465", pass.out_o[1].value(), Source::Slide);
    Ok(())
}
