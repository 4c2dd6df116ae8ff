//! M9, slides "Derivative" and "Gradient": the derivative as a limit of quotients, and a step against
//! the gradient lowers the value.

use chainrule::prelude::*;
use chainrule_nn::plot::Picture;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "M9",
    name: "derivative-limit",
    group: None,
    lecture: Lecture::Melb,
    title: "the derivative as a limit; a step against the gradient goes down",
    run,
};

/// Where the derivative is taken.
const AT: f64 = 1.0;

/// The chain-rule slide's example serves here too.
fn curve(x: Var<'_, f64>) -> Var<'_, f64> {
    x.powi(2).sin()
}

fn run(board: &mut Board) -> Result<(), Error> {
    quotients(board)?;
    against_the_derivative(board);
    against_the_gradient(board);
    Ok(())
}

fn value(at: f64) -> f64 {
    curve(Var::constant(at)).value()
}

fn derivative(at: f64) -> f64 {
    let tape = ScalarTape::new();
    let x = tape.var(at);
    curve(x).backward().of(x)
}

fn quotients(board: &mut Board) -> Result<(), Error> {
    board.say(
        "dx -> 0:  f(x + dx) - f(x) = a dx,  so a = (f(x + dx) - f(x)) / dx in the limit. f(x) = sin(x^2) at x = 1.\n\
         The error of this quotient falls as dx; that of the central one, (f(x + dx) - f(x - dx)) / 2dx, as dx^2:\n\
         straight lines of slope 1 and 2 where both axes count powers of ten. Below dx = 1e-8 (1e-5) rounding wins.",
    );
    let exact = derivative(AT);
    board.close("a, by the engine", 2.0 * 1_f64.cos(), exact, 1e-15, Source::Calc);
    let one_sided = |dx: f64| (dx, ((value(AT + dx) - value(AT)) / dx - exact).abs());
    let central = |dx: f64| (dx, ((value(AT + dx) - value(AT - dx)) / (2.0 * dx) - exact).abs());
    // f'' / 2 and f''' / 6 of sin(x^2) at 1, by hand: the factors of dx and dx^2.
    let (sine, cosine) = (1_f64.sin(), 1_f64.cos());
    let leading = [(cosine - 2.0 * sine).abs(), (12.0 * sine + 8.0 * cosine) / 6.0];
    board.close("error / dx at 1e-4, f'' / 2", leading[0], one_sided(1e-4).1 / 1e-4, 1e-3, Source::Calc);
    board.close("central error / dx^2 at 1e-3, f''' / 6", leading[1], central(1e-3).1 / 1e-6, 1e-3, Source::Calc);

    let steps = |powers: std::ops::RangeInclusive<i32>| powers.map(|quarter| 10_f64.powf(f64::from(quarter) / 4.0));
    let slope_of_quotient = log_log_slope(steps(-20..=-8).map(one_sided));
    let slope_of_central = log_log_slope(steps(-16..=-8).map(central));
    board.close("log-log slope of the quotient's error", 1.0, slope_of_quotient, 0.05, Source::Calc);
    board.close("log-log slope of the central error", 2.0, slope_of_central, 0.05, Source::Calc);

    let picture = Picture::new("Error of the difference quotients", "dx", "error")
        .log_x()
        .log_y()
        .dots("(f(x+dx)-f(x))/dx", steps(-56..=-2).map(one_sided))
        .crosses("central", steps(-56..=-2).map(central))
        .dashes("slope 1", [1e-8, 1.0].map(|dx| (dx, leading[0] * dx)))
        .dashes("slope 2", [1e-6, 1.0].map(|dx| (dx, leading[1] * dx * dx)));
    board.picture("errors", picture.svg()?);
    Ok(())
}

/// The slope of the straight line that fits best on doubly logarithmic paper.
fn log_log_slope(points: impl Iterator<Item = (f64, f64)>) -> f64 {
    let logarithms: Vec<(f64, f64)> = points.map(|(dx, error)| (dx.log10(), error.log10())).collect();
    let count = logarithms.len() as f64;
    let (sum_x, sum_y) = logarithms.iter().fold((0.0, 0.0), |(sum_x, sum_y), (x, y)| (sum_x + x, sum_y + y));
    let (mean_x, mean_y) = (sum_x / count, sum_y / count);
    let along: f64 = logarithms.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    along / logarithms.iter().map(|(x, _)| (x - mean_x).powi(2)).sum::<f64>()
}

fn against_the_derivative(board: &mut Board) {
    board.say("\"Move x along the opposite direction: decrease f(x)\":  x - .01 f'(x), from five places.");
    for at in [-2.5, -0.5, 0.5, 1.0, 1.5] {
        let change = value(at - 0.01 * derivative(at)) - value(at);
        board.at_most(format!("change of f, from x = {at}"), -1.0..=-1e-6, change, Source::Calc);
    }
}

fn surface([x, y]: [Var<'_, f64>; 2]) -> Var<'_, f64> {
    x.powi(2) + x * y + 2.0 * y.powi(2)
}

fn against_the_gradient(board: &mut Board) {
    board.say(
        "G = [dz/dx, dz/dy]. For z = x^2 + x y + 2 y^2 it is [2x + y, x + 4y]. A small step -eta G changes z by\n\
         -eta |G|^2, and by no direction of the same length more downward:",
    );
    let height = |place: [f64; 2]| surface(place.map(Var::constant)).value();
    let place = [1.0, -2.0];
    let tape = ScalarTape::new();
    let variables = tape.vars(place);
    let gradient = surface(variables).backward().of_all(variables);
    board.exact("dz/dx at (1, -2)", 0.0, gradient[0], Source::Calc);
    board.exact("dz/dy at (1, -2)", -7.0, gradient[1], Source::Calc);

    let length = 1e-4 * norm(&gradient);
    let down = height([0, 1].map(|axis| place[axis] - 1e-4 * gradient[axis])) - height(place);
    board.close("change of z, step of eta = 1e-4, over eta", -49.0, down / 1e-4, 0.02, Source::Calc);
    let best_else = (0..360)
        .map(|degree| f64::from(degree).to_radians())
        .map(|angle| height([place[0] + length * angle.cos(), place[1] + length * angle.sin()]) - height(place))
        .fold(f64::INFINITY, |least, next| if next.is_nan() || next < least { next } else { least });
    board.close("the best of 360 directions, the same way", -49.0, best_else / 1e-4, 0.02, Source::Calc);
}
