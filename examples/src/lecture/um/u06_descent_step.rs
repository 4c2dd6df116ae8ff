//! U6, slide "Gradient Descent": `theta_{t+1} = theta_t + rho_t d_t`, the general step.

use chainrule::prelude::*;
use chainrule_nn::plot::Picture;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::lecture::Lecture;
use crate::random::Random;

pub(super) const ENTRY: Entry = Entry {
    id: "U6",
    name: "descent-step",
    group: None,
    lecture: Lecture::Um,
    title: "the general step theta + rho d; gradient descent goes along d = -gradient",
    run,
};

type Point = [f64; 2];

/// The slide's formula: `theta_{t+1} = theta_t + rho_t d_t`.
fn step(theta: Point, rho: f64, direction: Point) -> Point {
    [theta[0] + rho * direction[0], theta[1] + rho * direction[1]]
}

/// L(theta) = (theta1 - 3)^2 + 2 (theta2 + 1)^2, lowest at (3, -1).
fn bowl<N: Number>([first, second]: [N; 2]) -> N {
    (first - N::literal(3.0)).powi(2) + N::literal(2.0) * (second + N::literal(1.0)).powi(2)
}

fn gradient(theta: Point) -> Point {
    let tape = ScalarTape::new();
    let variables = tape.vars(theta);
    bowl(variables).backward().of_all(variables)
}

const START: Point = [1.0, 2.0];
const RATE: f64 = 0.1;
const STEPS: i32 = 20;

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(
        "theta_{t+1} = theta_t + rho_t d_t     rho_t the step size, d_t the direction: every method is a choice of both.\n\n\
         L(theta) = (theta1 - 3)^2 + 2 (theta2 + 1)^2, from theta_0 = (1, 2). The gradient there is (-4, 12).",
    );
    let slope = gradient(START);
    board.printed("dL/dtheta1", "-4", slope[0], Source::Calc);
    board.printed("dL/dtheta2", "12", slope[1], Source::Calc);
    board.erratum(
        "The slide \"Gradient Descent\" labels the gradient itself the descent direction. Along the gradient the loss\n\
         rises; the descent direction is d = -gradient.",
    );

    board.say("Gradient descent, d = -gradient, rho = 0.1: one step to (1 + 0.4, 2 - 1.2).");
    let down = step(START, RATE, slope.map(|s| -s));
    board.close("theta1 after one step", 1.4, down[0], 1e-12, Source::Calc);
    board.close("theta2 after one step", 0.8, down[1], 1e-12, Source::Calc);
    board.exact("L before: 4 + 18", 22.0, bowl(START), Source::Calc);
    board.close("L after, d = -gradient: 2.56 + 6.48", 9.04, bowl(down), 1e-12, Source::Calc);
    let up = step(START, RATE, slope);
    board.close("L after, d = +gradient: 5.76 + 35.28", 41.04, bowl(up), 1e-12, Source::Calc);

    let descent = walk(|theta| step(theta, RATE, gradient(theta).map(|g| -g)));
    let ascent = walk(|theta| step(theta, RATE, gradient(theta)));
    board.say(format!("Each step multiplies the distances to (3, -1) by 1 - 0.2 and 1 - 0.4; after {STEPS} steps:"));
    let last = descent[descent.len() - 1];
    board.close("theta1 = 3 - 2 * 0.8^20", 3.0 - 2.0 * 0.8_f64.powi(STEPS), last[0], 1e-12, Source::Calc);
    board.close("theta2 = -1 + 3 * 0.6^20", -1.0 + 3.0 * 0.6_f64.powi(STEPS), last[1], 1e-12, Source::Calc);

    newton(board);
    stochastic(board);

    let losses = |thetas: &[Point]| -> Vec<(f64, f64)> {
        thetas.iter().enumerate().map(|(t, &theta)| (t as f64, bowl(theta))).collect()
    };
    let picture = Picture::new("theta + rho d", "step t", "L")
        .log_y()
        .y_range(1e-4..1e6)
        .curve("d = -gradient", losses(&descent))
        .dashes("d = +gradient", losses(&ascent));
    board.picture("loss", picture.svg()?);
    Ok(())
}

fn walk(next: impl Fn(Point) -> Point) -> Vec<Point> {
    let mut thetas = vec![START];
    for _ in 0..STEPS {
        thetas.push(next(thetas[thetas.len() - 1]));
    }
    thetas
}

/// The same step with another direction: d = -gradient / curvature, rho = 1.
fn newton(board: &mut Board) {
    board.say(
        "Another direction, the same formula: d = -gradient / curvature (Newton), rho = 1. The curvatures are 2 and 4,\n\
         by dual numbers on the tape; on a bowl one step is enough.",
    );
    let slope = gradient(START);
    let curvature: Point = std::array::from_fn(|along| {
        let tape = Tape::new();
        let theta = std::array::from_fn(|at| {
            let moves = if at == along { 1.0 } else { 0.0 };
            tape.var(Dual::new(START[at], moves))
        });
        bowl(theta).backward().of(theta[along]).epsilon
    });
    let there = step(START, 1.0, std::array::from_fn(|at| -slope[at] / curvature[at]));
    board.printed("theta1 after Newton's step", "3", there[0], Source::Calc);
    board.printed("theta2 after Newton's step", "-1", there[1], Source::Calc);
}

/// Examples `(a, b)` whose mean is (3, -1): the mean of their losses
/// `(theta1 - a)^2 + 2 (theta2 - b)^2` has the bowl's gradient.
const TARGETS: [Point; 4] = [[2.0, -3.0], [3.5, 0.5], [5.0, -0.5], [1.5, -1.0]];

fn example_gradient(theta: Point, [a, b]: Point) -> Point {
    let tape = ScalarTape::new();
    let [first, second] = tape.vars(theta);
    let loss = (first - a).powi(2) + 2.0 * (second - b).powi(2);
    loss.backward().of_all([first, second])
}

/// SGD: the direction of one example at a time, with a step size that falls.
fn stochastic(board: &mut Board) {
    board.say(
        "Stochastic gradient descent: the loss is a mean over examples, d_t = -gradient of one of them, drawn at random.\n\
         The mean of these directions is the full one; one alone goes astray, so rho_t must fall: rho_t = 0.5 / (2 + t).",
    );
    let directions = TARGETS.map(|target| example_gradient(START, target));
    let whole = gradient(START);
    for at in 0..2 {
        let mean = directions.iter().map(|slope| slope[at]).sum::<f64>() / TARGETS.len() as f64;
        board.close(format!("mean of dL_n/dtheta{}", at + 1), whole[at], mean, 1e-12, Source::Calc);
    }
    let mut random = Random::seeded(6);
    let mut theta = START;
    for t in 0..20_000 {
        let slope = example_gradient(theta, TARGETS[random.index(TARGETS.len())]);
        theta = step(theta, 0.5 / (2.0 + f64::from(t)), slope.map(|g| -g));
    }
    board.close("theta1 after 20,000 examples", 3.0, theta[0], 0.05, Source::Calc);
    board.close("theta2 after 20,000 examples", -1.0, theta[1], 0.05, Source::Calc);
}
