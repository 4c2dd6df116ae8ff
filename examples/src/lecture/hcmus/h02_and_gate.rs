//! H2, slide "Example for AND gate": "How to choose correctly the values of w0, w1, w2?"

use chainrule::prelude::*;
use chainrule_nn::plot::Picture;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::lecture::Lecture;
use crate::report::shown;

pub(super) const ENTRY: Entry = Entry {
    id: "H2",
    name: "and-gate",
    group: None,
    lecture: Lecture::Hcmus,
    title: "how to choose w0, w1, w2 for AND: by training",
    run,
};

/// The slide's table: x1, x2, output.
const AND: [([f64; 2], f64); 4] = [([0.0, 0.0], -1.0), ([0.0, 1.0], -1.0), ([1.0, 0.0], -1.0), ([1.0, 1.0], 1.0)];
const RATE: f64 = 0.5;
const STEPS: usize = 500;

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(
        "One unit, output tanh(w0 + w1 x1 + w2 x2), wanted -1 -1 -1 +1. Start from w = (0, 0, 0), measure the\n\
         mean squared error over the four rows, and step against its gradient. \"This process is called training\".",
    );
    let mut weights = [0.0; 3];
    let mut losses = Vec::with_capacity(STEPS);
    let mut tape = ScalarTape::new();
    for _ in 0..STEPS {
        tape.clear();
        let w = tape.vars(weights);
        let loss = AND.iter().map(|&(x, wanted)| (output(w, x) - wanted).powi(2)).sum::<Var<'_, f64>>() / 4.0;
        losses.push(loss.value());
        let gradients = loss.backward();
        for (weight, w) in weights.iter_mut().zip(w) {
            *weight -= RATE * gradients.of(w);
        }
    }
    let [w0, w1, w2] = weights;
    let [w0_shown, w1_shown, w2_shown] = weights.map(|w| shown(w, 5));
    board.say(format!("After {STEPS} steps: w0 = {w0_shown}, w1 = {w1_shown}, w2 = {w2_shown}"));

    let tape = ScalarTape::new();
    let w = tape.vars(weights);
    let mut right = 0;
    for ([x1, x2], wanted) in AND {
        let says = output(w, [x1, x2]).sign().value();
        right += u8::from(says == wanted);
        board.exact(format!("sign of the output at ({x1}, {x2})"), wanted, says, Source::Slide);
    }
    board.exact("rows right, of 4", 4.0, f64::from(right), Source::Slide);
    board.say("A line that separates has w0 < 0, w0 + w1 < 0, w0 + w2 < 0 and w0 + w1 + w2 > 0.");
    let margin = [-w0, -(w0 + w1), -(w0 + w2), w0 + w1 + w2].into_iter().fold(f64::INFINITY, f64::min);
    board.at_least("smallest of the four margins", 1.0..=100.0, margin, Source::Calc);
    board.close("w1 - w2, as the table treats both alike", 0.0, w1 - w2, 1e-12, Source::Calc);
    // All outputs start at tanh(0) = 0, each 1 away from the wanted one.
    board.exact("mean squared error at the start", 1.0, losses[0], Source::Calc);
    board.at_most("mean squared error at the end", 0.0..=0.05, losses[STEPS - 1], Source::Calc);

    let (on, off): (Vec<_>, Vec<_>) = AND.iter().partition(|(_, wanted)| *wanted > 0.0);
    let place = |row: &([f64; 2], f64)| (row.0[0], row.0[1]);
    let picture = Picture::new("AND: the line that training found", "x1", "x2")
        .x_range(-0.5..1.5)
        .y_range(-0.5..1.5)
        .dots("+1", on.iter().map(place))
        .crosses("-1", off.iter().map(place))
        .boundary("w0 + w1 x1 + w2 x2 = 0", w0, w1, w2);
    board.picture("boundary", picture.svg()?);
    Ok(())
}

fn output([w0, w1, w2]: [Var<'_, f64>; 3], [x1, x2]: [f64; 2]) -> Var<'_, f64> {
    (w0 + w1 * x1 + w2 * x2).tanh()
}
