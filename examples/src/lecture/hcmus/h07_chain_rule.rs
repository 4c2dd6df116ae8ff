//! H7, slides "Backpropagation": how much does a change of w5 move the total error? Every factor
//! is read off a traced tape.

use std::fmt::Write;

use chainrule::prelude::*;

use super::worked_network::{Gate, RATE, Trace, forward, given};
use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "H7",
    name: "chain-rule",
    group: Some("backprop"),
    lecture: Lecture::Hcmus,
    title: "dE/dw5 by the chain rule, factor by factor",
    run,
};

fn run(board: &mut Board) -> Result<(), Error> {
    let tape = ScalarTape::traced();
    let (weights, biases) = given(&tape);
    let gradients = forward(weights, biases).total.backward();
    let trace = Trace(tape.table(&gradients));

    let error_by_out = trace.gradient("out_o1");
    let out_by_net = trace.local("out_o1", "net_o1");
    let net_by_w5 = trace.local("net_o1", "w5");
    let error_by_w5 = gradients.of(weights[4]);
    let (out, w5) = (trace.value("out_o1"), trace.value("w5"));
    let updated = w5 - RATE * error_by_w5;

    board.say(format!(
        "w5 reaches the error through net_o1 and out_o1 alone:  w5 -> net_o1 -> out_o1 -> E_total\n\n\
         E_total = 1/2 (target_o1 - out_o1)^2 + 1/2 (target_o2 - out_o2)^2\n    \
         dE/dout_o1 = 2 * 1/2 (target_o1 - out_o1)^(2-1) * -1 + 0 = -(0.01 - {out:.9}) = {error_by_out:.9}\n\n\
         out_o1 = 1 / (1 + e^-net_o1)\n    \
         dout_o1/dnet_o1 = out_o1 (1 - out_o1) = {out:.9} (1 - {out:.9}) = {out_by_net:.9}\n\n\
         net_o1 = w5 out_h1 + w6 out_h2 + b2\n    \
         dnet_o1/dw5 = out_h1 = {net_by_w5:.9}"
    ));
    board.printed("dE/dout_o1", "0.74136507", error_by_out, Source::Slide);
    board.printed("dout_o1/dnet_o1", "0.186815602", out_by_net, Source::Slide);
    board.printed("dnet_o1/dw5", "0.593269992", net_by_w5, Source::Slide);

    board.say(format!(
        "Putting it all together:\n\n\
         dE/dw5 = dE/dout_o1 x dout_o1/dnet_o1 x dnet_o1/dw5\n       \
         = {error_by_out:.9} x {out_by_net:.9} x {net_by_w5:.9}\n       \
         = {error_by_w5:.9}"
    ));
    let product = error_by_out * out_by_net * net_by_w5;
    board.printed("the product of the three factors", "0.082167041", product, Source::Slide);
    board.printed("dE/dw5 as the engine sweeps it", "0.082167041", error_by_w5, Source::Slide);

    board.say(format!(
        "To lower the error, step against it, eta = {RATE}:\n\n\
         w5+ = w5 - eta x dE/dw5 = {w5} - {RATE} x {error_by_w5:.9} = {updated:.8}"
    ));
    board.printed("w5+", "0.35891648", updated, Source::Slide);

    board.say(format!(
        "The same way on the tape, gate by gate, from E_total down to w5. Each gate multiplies what comes from\n\
         upstream by its local slope and hands the product on:\n\n{}",
        way_to_w5(&trace)
    ));
    board.say(format!("And the whole tape:\n\n{}", trace.0));
    Ok(())
}

/// Each gate between the error and w5: its value, what comes from upstream, its local slope, their product.
fn way_to_w5(trace: &Trace) -> String {
    let mut table = format!("{:<31}{:>13}{:>16}{:>16}{:>16}", "gate", "value", "upstream", "x local", "= handed on");
    for Gate { formula, value, local, upstream } in trace.way_from("w5").into_iter().rev() {
        let handed_on = upstream * local;
        // Writing into a String cannot fail.
        let _ = write!(table, "\n{formula:<31}{value:>13.9}{upstream:>16.9}{local:>16.9}{handed_on:>16.9}");
    }
    table
}
