//! U1, slide "Linear Regression": f(x) = w0 x + b, fitted by gradient descent and by the normal
//! equations.

use chainrule::prelude::*;
use chainrule_nn::plot::Picture;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::lecture::Lecture;
use crate::report::shown;

pub(super) const ENTRY: Entry = Entry {
    id: "U1",
    name: "linear-regression",
    group: None,
    lecture: Lecture::Um,
    title: "f(x) = w0 x + b: gradient descent meets the normal equations",
    run,
};

/// The slide draws a cloud of points and gives no numbers: these are ours.
const POINTS: [(f64, f64); 5] = [(1.0, 2.0), (2.0, 4.0), (3.0, 5.0), (4.0, 4.0), (5.0, 5.0)];
const RATE: f64 = 0.08;
const STEPS: usize = 1000;

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(
        "f(x) = w0 x + b through the points (1, 2) (2, 4) (3, 5) (4, 4) (5, 5).\n\n\
         Loss L = 1/N sum (f(x) - y)^2. At its lowest point both slopes are 0, which gives two equations:\n\
         \u{20}   w0 sum x^2 + b sum x = sum x y        55 w0 + 15 b = 66\n\
         \u{20}   w0 sum x   + b N     = sum y          15 w0 +  5 b = 20      so w0 = 0.6, b = 2.2",
    );
    let (slope, intercept) = normal_equations();

    let mut tape = ScalarTape::new();
    let mut line = (0.0, 0.0);
    let mut seen = vec![line];
    for _ in 0..STEPS {
        tape.clear();
        let (w0, b) = (tape.var(line.0), tape.var(line.1));
        let gradients = loss(w0, b).backward();
        line = (line.0 - RATE * gradients.of(w0), line.1 - RATE * gradients.of(b));
        seen.push(line);
    }
    board.say(format!(
        "Gradient descent, eta = {RATE}, from w0 = b = 0: after 1 step w0 = {}, b = {}; after {STEPS}:",
        shown(seen[1].0, 6),
        shown(seen[1].1, 6)
    ));
    board.close("w0", slope, line.0, 1e-6, Source::Calc);
    board.close("b", intercept, line.1, 1e-6, Source::Calc);

    tape.clear();
    let (w0, b) = (tape.var(line.0), tape.var(line.1));
    let lowest = loss(w0, b);
    let gradients = lowest.backward();
    // Residuals -.8 .6 1 -.6 -.2: the sum of their squares is 2.4.
    board.close("L = 2.4 / 5", 0.48, lowest.value(), 1e-6, Source::Calc);
    board.close("dL/dw0 there", 0.0, gradients.of(w0), 1e-6, Source::Calc);
    board.close("dL/db there", 0.0, gradients.of(b), 1e-6, Source::Calc);

    let ends = |(w0, b): (f64, f64)| [0.5, 5.5].map(|x| (x, w0 * x + b));
    let picture = Picture::new("Linear regression", "x", "y")
        .y_range(0.0..6.5)
        .dots("points", POINTS)
        .dashes("after 1 step", ends(seen[1]))
        .dashes("after 50 steps", ends(seen[50]))
        .curve(format!("after {STEPS} steps"), ends(line));
    board.picture("line", picture.svg()?);
    Ok(())
}

fn loss<'t>(w0: Var<'t, f64>, b: Var<'t, f64>) -> Var<'t, f64> {
    POINTS.iter().map(|&(x, y)| (w0 * x + b - y).powi(2)).sum::<Var<'_, f64>>() / POINTS.len() as f64
}

/// The two linear equations of the least squares, solved by Cramer's rule: the expected side.
fn normal_equations() -> (f64, f64) {
    let total = |term: fn(f64, f64) -> f64| POINTS.iter().map(|&(x, y)| term(x, y)).sum::<f64>();
    let (xx, x, xy, y) = (total(|x, _| x * x), total(|x, _| x), total(|x, y| x * y), total(|_, y| y));
    let n = POINTS.len() as f64;
    let determinant = xx * n - x * x;
    ((xy * n - x * y) / determinant, (xx * y - x * xy) / determinant)
}
