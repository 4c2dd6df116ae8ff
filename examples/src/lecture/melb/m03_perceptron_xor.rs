//! M3, slide "Limitations of perceptron learning": "if the data is not linearly separable, the
//! training will fail completely rather than give some approximate solution".

use chainrule::prelude::*;

use super::perceptron::{XOR, epoch, plane, right};
use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::lecture::Lecture;
use crate::random::Random;

pub(super) const ENTRY: Entry = Entry {
    id: "M3",
    name: "perceptron-xor",
    group: None,
    lecture: Lecture::Melb,
    title: "the perceptron never settles on XOR: it goes round in circles",
    run,
};

/// An eighth, and starts in sixty-fourths: every weight on the way is exact in binary, so that a
/// weight that comes back comes back exactly.
const RATE: f64 = 0.125;
/// Rate and start of the AND example, both times 1.25.
const AS_FOR_AND: [f64; 3] = [-0.125, 0.25, 0.0];
/// No sum of these and of eighths is 0: no point ever lies on the line.
const OFF_THE_LINE: [f64; 3] = [-0.0625, 0.03125, 0.015_625];
const EPOCHS: usize = 1000;

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(
        "XOR: no line has (0, 1) and (1, 0) on one side, (0, 0) and (1, 1) on the other. An update for one point\n\
         undoes that for another. There are finitely many weights within reach, so some must come back, and from\n\
         then on all repeats. We keep the weights after each epoch and look for the first that we have seen before.",
    );
    for (name, start, expected) in [
        ("as for AND", AS_FOR_AND, Circle { from: 5, length: 2 }),
        ("off the line", OFF_THE_LINE, Circle { from: 2, length: 1 }),
    ] {
        let (circle, weights) = first_circle(start);
        board.say(format!(
            "Start {name}, w = {start:?}:\n\
             after epoch {} the weights are those of epoch {}, {weights:?}",
            circle.from + circle.length,
            circle.from
        ));
        board.exact(format!("{name}: epoch that comes back"), expected.from as f64, circle.from as f64, Source::Calc);
        board.exact(
            format!("{name}: epochs in the circle"),
            expected.length as f64,
            circle.length as f64,
            Source::Calc,
        );
    }
    within_one_epoch(board)?;
    any_start(board);
    Ok(())
}

/// Weights that return.
struct Circle {
    /// The epoch after which they are first there.
    from: usize,
    /// After how many epochs more they are there again.
    length: usize,
}

fn first_circle(start: [f64; 3]) -> (Circle, [f64; 3]) {
    let mut tape = ScalarTape::new();
    let mut weights = start;
    let mut seen = vec![start];
    loop {
        epoch(&mut tape, &mut weights, &XOR, RATE);
        if let Some(from) = seen.iter().position(|earlier| *earlier == weights) {
            return (Circle { from, length: seen.len() - from }, weights);
        }
        seen.push(weights);
        if seen.len() > EPOCHS {
            return (Circle { from: EPOCHS, length: 0 }, weights);
        }
    }
}

/// The circle in which each of the four points is answered wrongly, and corrected, in turn.
fn within_one_epoch(board: &mut Board) -> Result<(), Error> {
    let mut tape = ScalarTape::new();
    let (_, mut weights) = first_circle(OFF_THE_LINE);
    let mut picture = plane("XOR: four updates, and back where it was", &XOR).x_range(-2.0..2.0).y_range(-2.0..2.0);
    let mut wrong = 0;
    board.say("The second circle within its epoch: each of the four answers is wrong when its turn comes.");
    for example in XOR {
        wrong += epoch(&mut tape, &mut weights, &[example], RATE);
        let [w0, w1, w2] = weights;
        let ([x1, x2], y) = example;
        board.say(format!(
            "after ({x1}, {x2}), y = {y}:  w = ({w0}, {w1}, {w2}),  rows right: {}",
            right(weights, &XOR)
        ));
        picture = picture.boundary(format!("after ({x1}, {x2})"), w0, w1, w2);
    }
    board.exact("wrong answers in this epoch, of 4", 4.0, wrong as f64, Source::Calc);
    board.picture("circle", picture.svg()?);
    Ok(())
}

fn any_start(board: &mut Board) {
    board.say(format!("And from anywhere else? Twenty random starts, {EPOCHS} epochs each:"));
    let mut random = Random::seeded(3);
    let mut tape = ScalarTape::new();
    let mut fewest_wrong = XOR.len();
    let mut most_right = 0;
    for _ in 0..20 {
        let mut weights = [(); 3].map(|()| random.uniform(-1.0..1.0));
        for _ in 0..EPOCHS {
            fewest_wrong = fewest_wrong.min(epoch(&mut tape, &mut weights, &XOR, RATE));
            most_right = most_right.max(right(weights, &XOR));
        }
    }
    board.at_least("fewest wrong answers in an epoch", 1.0..=4.0, fewest_wrong as f64, Source::Calc);
    board.at_most("most rows right after an epoch, of 4", 0.0..=3.0, most_right as f64, Source::Calc);
    board.say("It never settles on XOR: no epoch ever passes without a wrong answer, however long we wait.");
}
