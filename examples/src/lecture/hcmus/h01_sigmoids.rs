//! H1, slide "Other activation functions": the logistic function, the hyperbolic tangent written
//! with it, and the piecewise-linear approximation.

use chainrule::prelude::*;
use chainrule_nn::plot::Picture;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "H1",
    name: "sigmoids",
    group: None,
    lecture: Lecture::Hcmus,
    title: "sigmoid, tanh(x/2) in three forms, the piecewise-linear sigmoid",
    run,
};

fn run(board: &mut Board) -> Result<(), Error> {
    three_forms(board);
    piecewise_table(board);
    let curve = |formula: fn(Var<'_, f64>) -> Var<'_, f64>| {
        (-120..=120).map(move |step| f64::from(step) / 20.0).map(move |x| (x, value_and_slope(formula, x).0))
    };
    let picture = Picture::new("Sigmoid functions", "x", "f(x)")
        .curve("sigmoid(x)", curve(|x| x.sigmoid()))
        .curve("tanh(x/2)", curve(|x| (x / 2.0).tanh()))
        .curve("piecewise linear", curve(|x| x.piecewise_sigmoid()));
    board.picture("curves", picture.svg()?);
    Ok(())
}

fn value_and_slope(formula: impl Fn(Var<'_, f64>) -> Var<'_, f64>, at: f64) -> (f64, f64) {
    let tape = ScalarTape::new();
    let x = tape.var(at);
    let y = formula(x);
    (y.value(), y.backward().of(x))
}

fn three_forms(board: &mut Board) {
    board.say(
        "tanh(x/2) = (1 - e^-x) / (1 + e^-x) = 2 sigmoid(x) - 1\n\n\
         Three formulas, one function: their values and their slopes must agree wherever we look.\n\
         We look at 401 places from -20 to 20.",
    );
    let mut value_gap = [0.0_f64; 2];
    let mut slope_gap = [0.0_f64; 2];
    for place in -200..=200 {
        let at = f64::from(place) / 10.0;
        let (value, slope) = value_and_slope(|x| (x / 2.0).tanh(), at);
        let exponentials = value_and_slope(|x| (1.0 - (-x).exp()) / (1.0 + (-x).exp()), at);
        let logistic = value_and_slope(|x| 2.0 * x.sigmoid() - 1.0, at);
        for (form, (other_value, other_slope)) in [exponentials, logistic].into_iter().enumerate() {
            value_gap[form] = farthest([value_gap[form], other_value - value]);
            slope_gap[form] = farthest([slope_gap[form], other_slope - slope]);
        }
    }
    board.close("largest gap to (1 - e^-x)/(1 + e^-x)", 0.0, value_gap[0], 1e-15, Source::Calc);
    board.close("largest gap to 2 sigmoid(x) - 1", 0.0, value_gap[1], 1e-15, Source::Calc);
    board.close("largest gap of the slopes, first form", 0.0, slope_gap[0], 1e-15, Source::Calc);
    board.close("largest gap of the slopes, second form", 0.0, slope_gap[1], 1e-15, Source::Calc);
    let (value, slope) = value_and_slope(|x| x.sigmoid(), 0.0);
    board.exact("sigmoid(0)", 0.5, value, Source::Picture);
    board.exact("sigmoid'(0)", 0.25, slope, Source::Calc);
}

fn piecewise_table(board: &mut Board) {
    board.say(
        "The piecewise-linear approximation:  f(x) = 1 if x >= 0.5,  x + 0.5 between,  0 if x <= -0.5\n\
         Its slope is 1 between the corners and 0 outside; at the corners we take the smaller, 0.",
    );
    let table = [
        (-2.0, 0.0, 0.0),
        (-0.5, 0.0, 0.0),
        (-0.25, 0.25, 1.0),
        (0.0, 0.5, 1.0),
        (0.25, 0.75, 1.0),
        (0.5, 1.0, 0.0),
        (2.0, 1.0, 0.0),
    ];
    for (x, expected, expected_slope) in table {
        let (value, slope) = value_and_slope(|x| x.piecewise_sigmoid(), x);
        board.exact(format!("f({x})"), expected, value, Source::Slide);
        board.exact(format!("f'({x})"), expected_slope, slope, Source::Calc);
    }
}
