//! U5, slide "Loss - Negative Log Likelihood (NLL)": two probabilities, two predictions, and what
//! either truth costs.

use chainrule::prelude::*;
use chainrule_nn::plot::Picture;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "U5",
    name: "likelihood",
    group: None,
    lecture: Lecture::Um,
    title: "negative log-likelihood of the outputs .4 and .2, for either truth",
    run,
};

const OUTPUTS: [f64; 2] = [0.4, 0.2];
const THRESHOLD: f64 = 0.5;
/// -ln(1 - p) for a normal pressure (y = 0), -ln p for a high one (y = 1): for .4, then for .2.
const LOSSES: [[&str; 2]; 2] = [["0.510826", "0.916291"], ["0.223144", "1.609438"]];

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(
        "The network says with what probability p the blood pressure is high: o1 = .4 for one person, o2 = .2 for\n\
         another. Above .5 it predicts 1 (high), below it 0 (normal). Whatever it predicts, the loss asks what the\n\
         truth y was:   L = -log p(y | x) = -log(1 - p) if y = 0,  -log p if y = 1.",
    );
    for (at, p) in OUTPUTS.into_iter().enumerate() {
        let tape = ScalarTape::new();
        let p = tape.var(p);
        let prediction = if p > THRESHOLD { 1.0 } else { 0.0 };
        board.exact(format!("prediction for o{} = {p}", at + 1), 0.0, prediction, Source::Slide);
        for (truth, printed) in [false, true].into_iter().zip(LOSSES[at]) {
            let loss = negative_log_likelihood(p, truth);
            board.printed(format!("L, o = {p}, y = {}", u8::from(truth)), printed, loss.value(), Source::Calc);
        }
    }
    slopes(board);

    board
        .say("Over both persons the losses add up: L = -sum log p(y_n | x_n). Both normal, as predicted, is cheapest.");
    for (truths, expected) in [
        ([false, false], -(0.6_f64 * 0.8).ln()),
        ([false, true], -(0.6_f64 * 0.2).ln()),
        ([true, false], -(0.4_f64 * 0.8).ln()),
        ([true, true], -(0.4_f64 * 0.2).ln()),
    ] {
        let tape = ScalarTape::new();
        let outputs = tape.vars(OUTPUTS);
        let total: Var<'_, f64> = outputs.into_iter().zip(truths).map(|(p, y)| negative_log_likelihood(p, y)).sum();
        let [first, second] = truths.map(u8::from);
        board.close(format!("L, y = {first} and {second}"), expected, total.value(), 1e-14, Source::Calc);
    }

    let loss_at = |truth| {
        (1..200).map(move |step| {
            let tape = ScalarTape::new();
            let p = f64::from(step) / 200.0;
            (p, negative_log_likelihood(tape.var(p), truth).value())
        })
    };
    let losses = OUTPUTS.into_iter().flat_map(|p| [(p, -p.ln()), (p, -(1.0 - p).ln())]);
    let picture = Picture::new("What a truth costs", "p, the probability of high pressure", "L")
        .y_range(0.0..4.0)
        .curve("y = 0: -log(1 - p)", loss_at(false))
        .curve("y = 1: -log p", loss_at(true))
        .dots("outputs .4 and .2", losses);
    board.picture("loss", picture.svg()?);
    Ok(())
}

fn negative_log_likelihood(p: Var<'_, f64>, truth: bool) -> Var<'_, f64> {
    if truth { -p.ln() } else { -(1.0 - p).ln() }
}

fn slopes(board: &mut Board) {
    board.say(
        "Slopes: dL/dp = 1/(1 - p) if y = 0, -1/p if y = 1. Through the sigmoid p = sigma(z), which the slide puts\n\
         before it, both become dL/dz = p - y.",
    );
    for p in OUTPUTS {
        for truth in [false, true] {
            let tape = ScalarTape::new();
            // The z whose sigmoid is p.
            let z = tape.var((p / (1.0 - p)).ln());
            let probability = z.sigmoid().keep();
            let gradients = negative_log_likelihood(probability, truth).backward();
            let y = f64::from(u8::from(truth));
            let by_p = if truth { -1.0 / p } else { 1.0 / (1.0 - p) };
            board.close(format!("dL/dp, p = {p}, y = {y}"), by_p, gradients.of(probability), 1e-12, Source::Calc);
            board.close(format!("dL/dz, p = {p}, y = {y}"), p - y, gradients.of(z), 1e-12, Source::Calc);
        }
    }
}
