//! H8, slide "Backpropagation": the delta rule, its other sign convention, and the hidden layer's
//! deltas.

use chainrule::prelude::*;

use super::slide_network::{SlideNetwork, Stage, drawing};
use super::worked_network::{TARGETS, Trace};
use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::formulas::Formulas;
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
    let network = SlideNetwork::forward(&tape);
    let trace = network.trace();
    output_delta(board, &trace);
    hidden_layer(board, &network, &trace);
    Ok(())
}

fn output_delta(board: &mut Board, trace: &Trace) {
    board.step("The delta of an output");
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

fn hidden_layer(board: &mut Board, network: &SlideNetwork<'_>, trace: &Trace) {
    board.step("Backward, the hidden layer");
    board.say("A hidden unit feeds both outputs, so its error comes back from both, as a sum over the two paths.");
    board.picture("hidden", drawing(trace, Stage::BackToHidden).to_svg());
    let [w1, w2, w3, w4, ..] = network.weights;
    let stops = ["net_h1", "out_h1", "net_h2", "out_h2", "net_o1", "out_o1", "net_o2", "out_o2"];
    let explain = |weight| network.tape.explain(network.total, weight).through(&stops).decimals(9);
    board.explain(explain(w1));
    board.printed("dE/dw1", "0.000438568", trace.gradient("w1"), Source::Calc);

    board.say("The other weights of this layer in the same way; w3 and w4 lead to h2, which has a sum of its own:");
    // Of w2 the first line is new, of w3 that and the sum, of w4 the first line again.
    for (weight, equations) in [(w2, 1), (w3, 2), (w4, 1)] {
        board.explain(Formulas::from(explain(weight).limit(equations)).without_details());
    }
    hidden_deltas(board, trace);
}

/// delta is what has arrived at net: the sum over both outputs, times the slope of the sigmoid.
fn hidden_deltas(board: &mut Board, trace: &Trace) {
    board.say("The gradients by net_h1 and net_h2 are the deltas of these units:");
    for (net, out, weights, printed) in
        [("net_h1", "out_h1", ["w5", "w7"], "0.008771355"), ("net_h2", "out_h2", ["w6", "w8"], "0.009954255")]
    {
        let [first, second] = weights.map(|name| trace.value(name));
        let [delta_o1, delta_o2] = ["net_o1", "net_o2"].map(|name| trace.gradient(name));
        let by_hand = (delta_o1 * first + delta_o2 * second) * trace.local(out, net);
        let unit = &net[4..];
        board.printed(format!("delta_{unit}"), printed, trace.gradient(net), Source::Calc);
        let what = format!("consistency: delta_{unit} from both outputs");
        board.close(what, by_hand, trace.gradient(net), 1e-15, Source::Calc);
    }
}
