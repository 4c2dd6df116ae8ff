//! U3, slides "Feedforward Propagation (One Perceptron)" and "Activation Function": three inputs,
//! three weights, a bias, and the linear activation.

use chainrule::prelude::*;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "U3",
    name: "one-perceptron",
    group: None,
    lecture: Lecture::Um,
    title: "one perceptron by hand: sigma(-60 + 46 + 36 + 8) = 30",
    run,
};

const INPUTS: [f64; 3] = [20.0, 23.0, 4.0];
const WEIGHTS: [f64; 3] = [-3.0, 2.0, 9.0];
const BIAS: f64 = 8.0;

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(
        "f(x) = sigma(x1 w1 + x2 w2 + x3 w3 + b),  sigma(x) = x for all x\n\
         \u{20}    = sigma(20 * (-3) + 23 * 2 + 4 * 9 + 8)\n\
         \u{20}    = sigma(-60 + 46 + 36 + 8) = sigma(30) = 30",
    );
    let tape = ScalarTape::traced();
    let x: [Var<'_, f64>; 3] = std::array::from_fn(|i| tape.var(INPUTS[i]).named(["x1", "x2", "x3"][i]));
    let w: [Var<'_, f64>; 3] = std::array::from_fn(|i| tape.var(WEIGHTS[i]).named(["w1", "w2", "w3"][i]));
    let b = tape.var(BIAS).named("b");
    let terms: [Var<'_, f64>; 3] = std::array::from_fn(|i| x[i] * w[i]);
    let net = (terms[0] + terms[1] + terms[2] + b).named("net");
    let output = linear(net);
    board.printed("x1 w1", "-60", terms[0].value(), Source::Slide);
    board.printed("x2 w2", "46", terms[1].value(), Source::Slide);
    board.printed("x3 w3", "36", terms[2].value(), Source::Slide);
    board.printed("x1 w1 + x2 w2 + x3 w3 + b", "30", net.value(), Source::Slide);
    board.printed("sigma(30)", "30", output.value(), Source::Slide);

    board.say("Backwards: a weight counts as much as its input, an input as much as its weight, the bias by 1.");
    let gradients = output.backward();
    for (at, (slope, input)) in gradients.of_all(w).into_iter().zip(INPUTS).enumerate() {
        board.exact(format!("df/dw{0} = x{0}", at + 1), input, slope, Source::Calc);
    }
    for (at, (slope, weight)) in gradients.of_all(x).into_iter().zip(WEIGHTS).enumerate() {
        board.exact(format!("df/dx{0} = w{0}", at + 1), weight, slope, Source::Calc);
    }
    board.exact("df/db", 1.0, gradients.of(b), Source::Calc);
    board.say(format!("The engine's own table of every gate:\n{}", tape.table(&gradients)));
    Ok(())
}

/// The slide's activation: sigma(x) = x.
fn linear(x: Var<'_, f64>) -> Var<'_, f64> {
    x
}
