//! S10, slides "Gradient Descent" and "Exercise 1": "What are the effects of learning rates on
//! gradient descent?"

use chainrule::prelude::*;
use chainrule_nn::plot::Picture;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "S10",
    name: "learning-rate",
    group: None,
    lecture: Lecture::Sutd,
    title: "exercise 1: a learning rate too small, good, too large",
    run,
};

/// The bottom of the valley.
const BEST: f64 = 3.0;
const STEPS: usize = 20;

fn valley(w: Var<'_, f64>) -> Var<'_, f64> {
    0.5 * (w - BEST).powi(2)
}

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(
        "L(w) = 1/2 (w - 3)^2, so dL/dw = w - 3, from w = 0. Each step multiplies the distance to the bottom:\n\n\
         w_new - 3 = (w - 3) - eta (w - 3) = (1 - eta) (w - 3),   so after n steps  w = 3 (1 - (1 - eta)^n)\n\n\
         0 < eta < 1: closer from one side;  eta = 1: there at once;  1 < eta < 2: closer, from alternating sides;\n\
         eta > 2: away.",
    );
    too_small_and_good(board);
    alternating(board);
    diverging(board);
    board.picture("steps", picture_of_steps()?);
    board.picture("valley", picture_of_valley()?);
    Ok(())
}

/// w before the first step and after each.
fn descend(rate: f64, steps: usize) -> Vec<f64> {
    let mut tape = ScalarTape::new();
    let mut path = vec![0.0];
    let mut at = 0.0;
    for _ in 0..steps {
        tape.clear();
        let w = tape.var(at);
        at -= rate * valley(w).backward().of(w);
        path.push(at);
    }
    path
}

fn too_small_and_good(board: &mut Board) {
    board.say("Too small: eta = 0.01 is still far off after 20 steps. Better: 0.1. Best here: 1.");
    board.close(
        "w after 20 steps, eta 0.01",
        3.0 * (1.0 - 0.99_f64.powi(20)),
        descend(0.01, STEPS)[20],
        1e-12,
        Source::Calc,
    );
    let good = descend(0.1, STEPS);
    board.printed("w after 20 steps, eta 0.1", "2.635270", good[20], Source::Calc);
    let by_formula = farthest((0..).zip(&good).map(|(n, w)| w - 3.0 * (1.0 - 0.9_f64.powi(n))));
    board.close("farthest from 3 (1 - 0.9^n), n to 20", 0.0, by_formula, 1e-12, Source::Calc);
    board.exact("w after one step, eta 1", 3.0, descend(1.0, 1)[1], Source::Calc);
}

fn alternating(board: &mut Board) {
    board.say("eta = 1.9 jumps across the bottom each time, and lands a tenth nearer: it converges, alternating.");
    let path = descend(1.9, 300);
    let changes = path.windows(2).take(STEPS).filter(|pair| (pair[0] - BEST) * (pair[1] - BEST) < 0.0).count();
    board.exact("changes of side in 20 steps, eta 1.9", 20.0, changes as f64, Source::Calc);
    board.close(
        "distance after 20 steps, eta 1.9",
        3.0 * 0.9_f64.powi(20),
        (path[20] - BEST).abs(),
        1e-12,
        Source::Calc,
    );
    board.at_most("distance after 300 steps, eta 1.9", 0.0..=1e-12, (path[300] - BEST).abs(), Source::Calc);
}

fn diverging(board: &mut Board) {
    board.say("Too large: eta = 2.1 jumps across and lands a tenth farther away, |1 - 2.1| = 1.1 times each step.");
    let path = descend(2.1, STEPS);
    let gaps = path.windows(2).map(|pair| ((pair[1] - BEST) / (pair[0] - BEST)).abs() - 1.1);
    board.close("factor of a step, farthest from 1.1", 0.0, farthest(gaps), 1e-12, Source::Calc);
    let grown = ((path[20] - BEST) / BEST).abs();
    board.close("distance after 20 steps over that at 0", 1.1_f64.powi(20), grown, 1e-12, Source::Calc);
}

const RATES: [(f64, &str); 4] =
    [(0.01, "0.01: too small"), (0.1, "0.1: good"), (1.9, "1.9: alternates"), (2.1, "2.1: diverges")];

fn picture_of_steps() -> chainrule_nn::Result<String> {
    let picture = Picture::new("Gradient descent on 1/2 (w - 3)^2", "step", "w");
    RATES
        .into_iter()
        .fold(picture, |picture, (rate, label)| {
            let path = descend(rate, STEPS);
            picture.curve(format!("eta {label}"), path.into_iter().enumerate().map(|(step, w)| (step as f64, w)))
        })
        .svg()
}

/// The first six steps in the valley itself: dots where a step goes down one side, lines where it jumps across.
fn picture_of_valley() -> chainrule_nn::Result<String> {
    let height = |at: f64| valley(Var::constant(at)).value();
    let range = -3.0..8.5;
    let picture = Picture::new("The first six steps in the valley", "w", "L(w)")
        .x_range(range.clone())
        .y_range(-0.6..15.0)
        .function("L(w)", range, height);
    RATES
        .into_iter()
        .fold(picture, |picture, (rate, label)| {
            let path = descend(rate, 6).into_iter().map(|w| (w, height(w)));
            let label = format!("eta {label}");
            if rate < 1.0 { picture.dots(label, path) } else { picture.dashes(label, path) }
        })
        .svg()
}
