//! H8, slide "Backpropagation": the delta rule, its other sign convention, and the hidden layer's
//! deltas.

use chainrule::prelude::*;

use super::worked_network::{INPUTS, TARGETS, Trace, forward, given};
use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "H8",
    name: "delta-rule",
    group: Some("backprop"),
    lecture: Lecture::Hcmus,
    title: "the delta rule, and the deltas of the hidden layer",
    run,
};

fn run(board: &mut Board) -> Result<(), Error> {
    let tape = ScalarTape::traced();
    let (weights, biases) = given(&tape);
    let gradients = forward(weights, biases).total.backward();
    let trace = Trace(tape.table(&gradients));
    output_delta(board, &trace);
    hidden_deltas(board, &trace);
    board.printed("dE/dw1", "0.000438568", gradients.of(weights[0]), Source::Calc);
    Ok(())
}

fn output_delta(board: &mut Board, trace: &Trace) {
    let (delta, out_h1, out_o1) = (trace.gradient("net_o1"), trace.value("out_h1"), trace.value("out_o1"));
    board.say(format!(
        "The first two factors belong to the node, not to the weight. Together they are its delta:\n\n\
         delta_o1 = dE/dout_o1 x dout_o1/dnet_o1 = dE/dnet_o1\n         \
         = -(target_o1 - out_o1) x out_o1 (1 - out_o1)\n         \
         = {:.9} x {:.9} = {delta:.9}\n\n\
         dE/dw5 = delta_o1 out_h1 = {delta:.9} x {out_h1:.9} = {:.9}",
        trace.gradient("out_o1"),
        trace.local("out_o1", "net_o1"),
        delta * out_h1,
    ));
    board.printed("delta_o1", "0.138498562", delta, Source::Calc);
    board.printed("delta_o1 out_h1", "0.082167041", delta * out_h1, Source::Slide);

    let other = (TARGETS[0] - out_o1) * out_o1 * (1.0 - out_o1);
    board.say(format!(
        "Some sources take the minus sign out of delta: theirs is (target - out) out (1 - out) = {other:.9},\n\
         and dE/dw5 = -delta_o1 out_h1 = {:.9}. The gradient is the same.",
        -other * out_h1
    ));
    board.printed("the other convention: delta_o1", "-0.138498562", other, Source::Calc);
    // The other convention's product is worked by hand; it must be what the engine swept.
    board.close("consistency: -delta_o1 out_h1 and dE/dw5", -other * out_h1, trace.gradient("w5"), 1e-15, Source::Calc);
}

fn hidden_deltas(board: &mut Board, trace: &Trace) {
    board.say(
        "A hidden unit feeds both outputs, so its error comes back from both:\n\n\
         delta_h1 = (delta_o1 w5 + delta_o2 w7) x out_h1 (1 - out_h1)\n\
         delta_h2 = (delta_o1 w6 + delta_o2 w8) x out_h2 (1 - out_h2)",
    );
    for (net, out, weights, printed) in
        [("net_h1", "out_h1", ["w5", "w7"], "0.008771355"), ("net_h2", "out_h2", ["w6", "w8"], "0.009954255")]
    {
        let [first, second] = weights.map(|name| trace.value(name));
        let [delta_o1, delta_o2] = ["net_o1", "net_o2"].map(|name| trace.gradient(name));
        let squash = trace.local(out, net);
        let unit = &net[4..];
        board.say(format!(
            "delta_{unit} = ({delta_o1:.9} * {first} + {delta_o2:.9} * {second}) x {squash:.9} = {:.9}",
            trace.gradient(net)
        ));
        board.printed(format!("delta_{unit}"), printed, trace.gradient(net), Source::Calc);
        let by_hand = (delta_o1 * first + delta_o2 * second) * squash;
        board.close(
            format!("consistency: delta_{unit} from both outputs"),
            by_hand,
            trace.gradient(net),
            1e-15,
            Source::Calc,
        );
    }
    board.say(format!(
        "dE/dw1 = delta_h1 i1 = {:.9} x {} = {:.9}",
        trace.gradient("net_h1"),
        INPUTS[0],
        trace.gradient("w1")
    ));
}
