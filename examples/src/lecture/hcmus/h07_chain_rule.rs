//! H7, slides "Backpropagation": how much does a change of w5 move the total error? Every factor
//! is read off a traced tape.

use std::fmt::Write;

use chainrule::prelude::*;

use super::slide_network::{SlideNetwork, Stage, drawing};
use super::worked_network::{Gate, RATE, Trace, forward, given};
use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::formulas::{Formulas, Update};
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
    board.step("Backward, the output layer");
    board.say("w5 reaches the error through net_o1 and out_o1 alone: w5 -> net_o1 -> out_o1 -> E_total");
    let tape = ScalarTape::traced();
    let network = SlideNetwork::forward(&tape);
    let trace = network.trace();
    board.picture("outputs", drawing(&trace, Stage::BackToOutputs).to_svg());
    let [.., w5, w6, w7, w8] = network.weights;
    board.explain(tape.explain(network.total, w5).through(&["out_o1", "net_o1"]).decimals(9));

    let error_by_out = trace.gradient("out_o1");
    let out_by_net = trace.local("out_o1", "net_o1");
    let net_by_w5 = trace.local("net_o1", "w5");
    let error_by_w5 = network.total.backward().of(w5);
    board.printed("dE/dout_o1", "0.74136507", error_by_out, Source::Slide);
    board.printed("dout_o1/dnet_o1", "0.186815602", out_by_net, Source::Slide);
    board.printed("dnet_o1/dw5", "0.593269992", net_by_w5, Source::Slide);
    let product = error_by_out * out_by_net * net_by_w5;
    board.printed("the product of the three factors", "0.082167041", product, Source::Slide);
    board.printed("dE/dw5 as the engine sweeps it", "0.082167041", error_by_w5, Source::Slide);

    board.say(format!("To lower the error, step against it, eta = {RATE}:"));
    let (old, new) = (w5.value(), w5.value() - RATE * error_by_w5);
    let step = Update { names: ("E_total", 5), old, rate: RATE, slope: error_by_w5, new };
    board.explain([step].as_slice());
    board.printed("w5+", "0.35891648", new, Source::Slide);

    board.say("The other weights of this layer in the same way:");
    for (weight, names) in [(w6, ["out_o1", "net_o1"]), (w7, ["out_o2", "net_o2"]), (w8, ["out_o2", "net_o2"])] {
        let explanation = tape.explain(network.total, weight).through(&names).decimals(9);
        board.explain(Formulas::from(explanation).without_details());
    }
    gate_by_gate(board);
    Ok(())
}

/// The same on a tape whose every gate has a name.
fn gate_by_gate(board: &mut Board) {
    let tape = ScalarTape::traced();
    let (weights, biases) = given(&tape);
    let trace = Trace(tape.table(&forward(weights, biases).total.backward()));
    board.step("The same on the tape, gate by gate");
    board.say(format!(
        "From E_total down to w5, each gate multiplies what comes from upstream by its local slope and hands the product\n\
         on:\n\n{}",
        way_to_w5(&trace)
    ));
    board.say(format!("And the whole tape:\n\n{}", trace.0));
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
