//! M2, slides "Learn perceptron on the simple example": AND with classes -1 and +1, the loss
//! max(0, -y s), eta = .1, from w0 = -.1, w1 = .2, w2 = 0.

use std::fmt::Write;

use chainrule::prelude::*;

use super::perceptron::{AND, Example, Lesson, answer, learn, plane, right, score};
use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::lecture::Lecture;
use crate::report::shown;

pub(super) const ENTRY: Entry = Entry {
    id: "M2",
    name: "perceptron-learning",
    group: None,
    lecture: Lecture::Melb,
    title: "the perceptron learns AND, update by update",
    run,
};

const START: [f64; 3] = [-0.1, 0.2, 0.0];
const RATE: f64 = 0.1;
/// The slides begin with the table's third and fourth rows; then come the others.
const ORDER: [Example; 4] = [AND[2], AND[3], AND[0], AND[1]];

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(
        "s = w0 + x1 w1 + x2 w2,  L = max(0, -y s):  dL/dw_i = -y x_i when s y < 0,  0 when s y > 0\n\
         w_i <- w_i - eta dL/dw_i,  eta = .1, from w0 = -.1, w1 = .2, w2 = 0",
    );
    let mut tape = ScalarTape::new();
    let mut weights = START;

    board.erratum(
        "The slides head the point (1, 0) \"data point 1\": it is the table's third row, and (1, 1) the fourth.",
    );
    board.say("The point (1, 0), y = -1:  s = .2 * 1 + 0 * 0 - .1 = .1 > 0 is wrong, so dL/dw_i = -y x_i = x_i");
    let lesson = learn(&mut tape, &mut weights, ORDER[0], RATE);
    after(board, "(1, 0)", &lesson, weights, &Step { s: 0.1, gradient: [1.0, 1.0, 0.0], weights: [-0.2, 0.1, 0.0] });
    board.say("The point (1, 1), y = +1:  s = .1 * 1 + 0 * 1 - .2 = -.1 < 0 is wrong, so dL/dw_i = -y x_i = -x_i");
    let lesson = learn(&mut tape, &mut weights, ORDER[1], RATE);
    after(board, "(1, 1)", &lesson, weights, &Step { s: -0.1, gradient: [-1.0; 3], weights: [-0.1, 0.2, 0.1] });

    let first_lines = [START, weights];
    go_on(board, &mut tape, &mut weights);
    let end = weights;
    with_a_margin(board, &mut tape, &mut weights);
    let [start, two_points] = first_lines;
    let picture = plane("AND: the line at the start, after two points, at the end", &AND)
        .boundary("at the start", start[0], start[1], start[2])
        .boundary("after two points", two_points[0], two_points[1], two_points[2])
        .boundary("at the end", end[0], end[1], end[2])
        .boundary("with a margin", weights[0], weights[1], weights[2])
        .dots("(1, 1), on \"at the end\"", [(1.0, 1.0)]);
    board.picture("lines", picture.svg()?);
    Ok(())
}

/// What the slide has of one update.
struct Step {
    s: f64,
    gradient: [f64; 3],
    weights: [f64; 3],
}

fn after(board: &mut Board, point: &str, lesson: &Lesson, weights: [f64; 3], slide: &Step) {
    board.close(format!("s at {point}"), slide.s, lesson.s, 1e-12, Source::Slide);
    for i in [1, 2, 0] {
        board.exact(format!("dL/dw{i} at {point}"), slide.gradient[i], lesson.gradient[i], Source::Slide);
    }
    for i in [1, 2, 0] {
        board.close(format!("w{i} after {point}"), slide.weights[i], weights[i], 1e-12, Source::Slide);
    }
}

/// The rest of the first epoch, and more until one passes without a wrong answer.
fn go_on(board: &mut Board, tape: &mut ScalarTape, weights: &mut [f64; 3]) {
    let mut log =
        format!("{:<7}{:<9}{:>4}{:>7}   {:<7}{:>6}{:>6}{:>6}", "epoch", "point", "y", "s", "answer", "w0", "w1", "w2");
    let mut clean = 0;
    for epoch in 1..=10 {
        let mut wrong = 0;
        for &example in if epoch == 1 { &ORDER[2..] } else { &ORDER[..] } {
            let lesson = learn(tape, weights, example, RATE);
            wrong += usize::from(lesson.wrong);
            let (([x1, x2], y), verdict) = (example, if lesson.wrong { "wrong" } else { "right" });
            let [s, w0, w1, w2] = [lesson.s, weights[0], weights[1], weights[2]].map(|number| shown(number, 3));
            // Writing into a String cannot fail.
            let _ = write!(log, "\n{epoch:<7}({x1}, {x2})   {y:>4}{s:>7}   {verdict:<7}{w0:>6}{w1:>6}{w2:>6}");
        }
        clean = epoch;
        if epoch > 1 && wrong == 0 {
            break;
        }
    }
    board.say(format!(
        "So it goes on, with (0, 0) and (0, 1), and again from the first, until an epoch has no wrong answer:\n\n{log}\n\n\
         At (0, 1) in epoch 1, s = 0 is answered +1, wrongly, yet the loss max(0, 0) has slope 0 there: nothing moves."
    ));
    board.exact("the first epoch without a wrong answer", 3.0, f64::from(clean), Source::Calc);
    for (name, (expected, weight)) in ["w0", "w1", "w2"].into_iter().zip([-0.2, 0.1, 0.1].into_iter().zip(*weights)) {
        board.close(format!("{name} at the end"), expected, weight, 1e-12, Source::Calc);
    }
    for (x, y) in AND {
        board.exact(format!("answer at ({}, {})", x[0], x[1]), y, answer(*weights, x), Source::Slide);
    }
    board.exact("rows right, of 4", 4.0, right(*weights, &AND) as f64, Source::Calc);
    board.say("A separating line, and only just: (1, 1) lies on it, and s = 0 counts as positive.");
    board.close("s at (1, 1) at the end", 0.0, score_at(tape, *weights, [1.0, 1.0]), 1e-12, Source::Calc);
}

fn score_at(tape: &mut ScalarTape, weights: [f64; 3], x: [f64; 2]) -> f64 {
    tape.clear();
    score(tape.vars(weights), x).value()
}

/// Goes on from there with an update on the line, too, until every point is off it.
fn with_a_margin(board: &mut Board, tape: &mut ScalarTape, weights: &mut [f64; 3]) {
    board.say(
        "With the update for y s = 0, too (the slope of -y s there, not the 0 of the other side), no point is left on\n\
         the line. From the same weights on, until an epoch passes with y s > 0 throughout:",
    );
    // Sums of tenths: what is 0 on paper is 0 but for rounding.
    let on_the_line = 1e-12;
    let clean = (1..=20).find(|_| {
        let updates = ORDER.iter().filter(|&&(x, y)| {
            tape.clear();
            let w = tape.vars(*weights);
            let against = -y * score(w, x);
            let wrong = against.value() >= -on_the_line;
            if wrong {
                let gradient = against.backward().of_all(w);
                weights.iter_mut().zip(gradient).for_each(|(weight, slope)| *weight -= RATE * slope);
            }
            wrong
        });
        updates.count() == 0
    });
    board.exact("first epoch with y s > 0 throughout", 6.0, clean.map_or(f64::NAN, f64::from), Source::Calc);
    for ((x, y), margin) in AND.into_iter().zip([0.4, 0.2, 0.1, 0.1]) {
        let computed = y * score_at(tape, *weights, x);
        board.close(format!("y s at ({}, {}), with a margin", x[0], x[1]), margin, computed, 1e-12, Source::Calc);
    }
}
