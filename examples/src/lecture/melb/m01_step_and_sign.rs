//! M1, slides "Perceptron" and "Perceptron is a linear binary classifier": the step and the sign
//! function.

use chainrule::prelude::*;

use super::perceptron::{score, sign};
use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "M1",
    name: "step-and-sign",
    group: None,
    lecture: Lecture::Melb,
    title: "the perceptron, its step function and its sign function",
    run,
};

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(
        "Step function:  f(s) = 1 if s >= 0,  0 if s < 0\n\
         Sign function:  f(s) = 1 if s >= 0, -1 if s < 0  = 2 step(s) - 1\n\n\
         At s = 0 both say 1: it belongs to the positive class. (The engine's own sign(0) is 0.)",
    );
    for (at, step_value, sign_value) in
        [(-2.0, 0.0, -1.0), (-0.1, 0.0, -1.0), (0.0, 1.0, 1.0), (0.1, 1.0, 1.0), (2.0, 1.0, 1.0)]
    {
        let tape = ScalarTape::new();
        let s = tape.var(at);
        board.exact(format!("step({at})"), step_value, s.step().value(), Source::Slide);
        board.exact(format!("sign({at})"), sign_value, sign(s).value(), Source::Slide);
    }
    flat(board);
    classifier(board);
    Ok(())
}

fn flat(board: &mut Board) {
    board.say("Both are flat: no gradient ever comes through. That is why learning needs a loss of s itself (M2).");
    let slopes = (-20..=20).map(|place| {
        let tape = ScalarTape::new();
        let s = tape.var(f64::from(place) / 10.0);
        s.step().backward().of(s).abs() + sign(s).backward().of(s).abs()
    });
    board.exact("steepest slope at 41 places from -2 to 2", 0.0, farthest(slopes), Source::Calc);
}

fn classifier(board: &mut Board) {
    board.say(
        "A linear binary classifier: s = w0 + x1 w1 + x2 w2, positive class if s >= 0. With w0 = -1.5, w1 = w2 = 1\n\
         it solves the \"simple example\", class A at (1, 1) alone:",
    );
    let tape = ScalarTape::new();
    let w = tape.vars([-1.5, 1.0, 1.0]);
    for (x, s, class) in
        [([0.0, 0.0], -1.5, 0.0), ([0.0, 1.0], -0.5, 0.0), ([1.0, 0.0], -0.5, 0.0), ([1.0, 1.0], 0.5, 1.0)]
    {
        let ours = score(w, x);
        board.exact(format!("s at ({}, {})", x[0], x[1]), s, ours.value(), Source::Calc);
        board.exact(format!("step(s) at ({}, {})", x[0], x[1]), class, ours.step().value(), Source::Slide);
    }
}
