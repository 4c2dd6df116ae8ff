//! S1, slides "Perceptron" and "Why Non-linear Activation?": y = g(1 + 3 x1 - 2 x2), "just a line in
//! 2D".

use chainrule::prelude::*;
use chainrule_nn::plot::Picture;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;
use crate::random::Random;

pub(super) const ENTRY: Entry = Entry {
    id: "S1",
    name: "perceptron-line",
    group: None,
    lecture: Lecture::Sutd,
    title: "the perceptron g(1 + 3 x1 - 2 x2) is just a line in 2D",
    run,
};

/// theta0, theta1, theta2.
const THETA: [f64; 3] = [1.0, 3.0, -2.0];

fn run(board: &mut Board) -> Result<(), Error> {
    at_one_point(board);
    just_a_line(board);
    board.picture("boundary", boundary()?);
    Ok(())
}

/// y = g(theta0 + sum of `x_i theta_i`): the sum and the output.
fn perceptron<'t>([theta0, theta1, theta2]: [Var<'t, f64>; 3], x: [Var<'t, f64>; 2]) -> [Var<'t, f64>; 2] {
    let sum = theta0 + x[0] * theta1 + x[1] * theta2;
    [sum, sum.sigmoid()]
}

fn at_one_point(board: &mut Board) {
    board.say(
        "y = g(theta0 + x1 theta1 + x2 theta2),  g(z) = 1 / (1 + e^-z),  theta = (1, 3, -2)\n\n\
         At x = (-1, 2):  z = 1 + 3*(-1) - 2*2 = -6,  y = g(-6)",
    );
    let tape = ScalarTape::new();
    let (theta, x) = (tape.vars(THETA), tape.vars([-1.0, 2.0]));
    let [z, y] = perceptron(theta, x);
    board.printed("z at (-1, 2)", "-6", z.value(), Source::Calc);
    board.printed("y = g(-6)", "0.002472623", y.value(), Source::Calc);

    let slope = (-6_f64).exp() / (1.0 + (-6_f64).exp()).powi(2);
    board.say(format!(
        "Every slope is dg/dz = y (1 - y) = {slope:.9}, times dz by the one we ask for:\n\
         1, x1, x2 for theta0, theta1, theta2, and theta1, theta2 for x1, x2."
    ));
    let gradients = y.backward();
    let asked = [
        ("dy/dtheta0", theta[0], 1.0),
        ("dy/dtheta1", theta[1], -1.0),
        ("dy/dtheta2", theta[2], 2.0),
        ("dy/dx1", x[0], 3.0),
        ("dy/dx2", x[1], -2.0),
    ];
    for (name, variable, factor) in asked {
        board.close(name, factor * slope, gradients.of(variable), 1e-15, Source::Calc);
    }
}

fn just_a_line(board: &mut Board) {
    board.say(
        "\"This is just a line in 2D\":  y = 1/2 where 1 + 3 x1 - 2 x2 = 0, that is x2 = (1 + 3 x1) / 2.\n\
         And everywhere the gradient by x points along (3, -2), across the line: dy/dx1 : dy/dx2 = 3 : -2.",
    );
    for x1 in [-1.0, 0.0, 1.0] {
        let x2 = f64::midpoint(1.0, 3.0 * x1);
        let tape = ScalarTape::new();
        let [_, y] = perceptron(tape.vars(THETA), tape.vars([x1, x2]));
        board.exact(format!("y at ({x1}, {x2}), on the line"), 0.5, y.value(), Source::Calc);
    }
    let mut random = Random::seeded(1);
    let gaps = (0..100).map(|_| {
        let tape = ScalarTape::new();
        let x = tape.vars([random.uniform(-2.0..2.0), random.uniform(-2.0..2.0)]);
        let [_, y] = perceptron(tape.vars(THETA), x);
        let [by_x1, by_x2] = y.backward().of_all(x);
        by_x1 / by_x2 - 3.0 / -2.0
    });
    board.close("farthest from 3 : -2, at 100 places", 0.0, farthest(gaps), 1e-12, Source::Calc);
}

fn boundary() -> chainrule_nn::Result<String> {
    let tape = ScalarTape::new();
    let theta = tape.vars(THETA);
    let output = |x1: f64, x2: f64| perceptron(theta, tape.vars([x1, x2]))[1].value();
    let grid = (-6..=6).flat_map(|row| (-6..=6).map(move |column| (f64::from(column) / 2.0, f64::from(row) / 2.0)));
    // The marked point has a sign of its own, and the line is drawn.
    let marked = (-1.0, 2.0);
    let places = grid.filter(|&(x1, x2)| (x1, x2) != marked && output(x1, x2) != 0.5);
    let (above, below): (Vec<_>, Vec<_>) = places.partition(|&(x1, x2)| output(x1, x2) > 0.5);
    Picture::new("g(1 + 3 x1 - 2 x2): just a line in 2D", "x1", "x2")
        .x_range(-3.25..3.25)
        .y_range(-3.25..3.25)
        .dots("y > 1/2", above)
        .crosses("y < 1/2", below)
        .boundary("1 + 3 x1 - 2 x2 = 0", THETA[0], THETA[1], THETA[2])
        .dots("(-1, 2): y = 0.0025", [marked])
        .svg()
}
