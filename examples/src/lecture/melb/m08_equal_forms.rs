//! M8, slide "Common non-linear activation functions": relu, sigmoid and tanh in two forms each,
//! softmax.

use chainrule::prelude::*;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;
use crate::random::Random;

pub(super) const ENTRY: Entry = Entry {
    id: "M8",
    name: "equal-forms",
    group: None,
    lecture: Lecture::Melb,
    title: "relu, sigmoid, tanh, softmax: equal forms agree",
    run,
};

type Function = for<'t> fn(Var<'t, f64>) -> Var<'t, f64>;

/// Where an exponential is still a number, with room to spare: e^709 is the last.
const LARGEST_EXPONENT: f64 = 700.0;

/// The last form's slope is the difference of two numbers as large as 2, each rounded a few times.
const SLOPE_GAP: f64 = 2e-15;

fn run(board: &mut Board) -> Result<(), Error> {
    relu(board);
    board.say(
        "sigmoid(x) = 1/(1 + e^-x) = e^x/(e^x + 1) and tanh(x) = 2/(1 + e^-2x) - 1 = 2e^2x/(e^2x + 1) - 1: equal\n\
         forms, one number, as long as the exponent (x, or 2x) stays below 700 in size; the first tanh form\n\
         as far as x = 700. 2801 places to the end and 8001 from -40 to 40; the sigmoid's gap relative to its value,\n\
         all others absolute:",
    );
    let sigmoid: [(&str, Function); 2] =
        [("1/(1+e^-x)", |x| 1.0 / (1.0 + (-x).exp())), ("e^x/(e^x+1)", |x| x.exp() / (x.exp() + 1.0))];
    let tanh: [(&str, Function); 2] = [
        ("2/(1+e^-2x)-1", |x| 2.0 / (1.0 + (-2.0 * x).exp()) - 1.0),
        ("2e^2x/(e^2x+1)-1", |x| 2.0 * (2.0 * x).exp() / ((2.0 * x).exp() + 1.0) - 1.0),
    ];
    for (form, function) in sigmoid {
        // Far to the left the sigmoid is tiny: an absolute gap would say nothing there.
        compare(board, &format!("sigmoid, {form}"), |x| x.sigmoid(), function, Gap::Relative, LARGEST_EXPONENT);
    }
    for ((form, function), reach) in tanh.into_iter().zip([LARGEST_EXPONENT, LARGEST_EXPONENT / 2.0]) {
        // Near 0 both forms take 1 from a number near 1: the gap stays at one rounding of 1.
        compare(board, &format!("tanh, {form}"), |x| x.tanh(), function, Gap::Absolute, reach);
    }
    beyond(board);
    softmax(board);
    Ok(())
}

fn value_and_slope(function: Function, at: f64) -> [f64; 2] {
    let tape = ScalarTape::new();
    let x = tape.var(at);
    let y = function(x);
    [y.value(), y.backward().of(x)]
}

#[derive(Clone, Copy)]
enum Gap {
    Absolute,
    /// Over the value of the engine's own function.
    Relative,
}

fn compare(board: &mut Board, what: &str, rule: Function, form: Function, gap: Gap, reach: f64) {
    let dense = (-4000..=4000).map(|place| f64::from(place) / 100.0);
    let wide = (-1400..=1400).map(|place| reach * f64::from(place) / 1400.0);
    let mut worst = [0.0_f64; 2];
    for at in dense.chain(wide) {
        let ([value, slope], [form_value, form_slope]) = (value_and_slope(rule, at), value_and_slope(form, at));
        let scale = match gap {
            Gap::Absolute => 1.0,
            Gap::Relative => value.abs().max(f64::MIN_POSITIVE),
        };
        worst = [farthest([worst[0], (value - form_value) / scale]), farthest([worst[1], slope - form_slope])];
    }
    board.close(what, 0.0, worst[0], 1e-15, Source::Calc);
    board.close(format!("{what}: slope"), 0.0, worst[1], SLOPE_GAP, Source::Calc);
}

fn relu(board: &mut Board) {
    board.say("relu(x) = max(0, x); at the kink we take the smaller slope, 0:");
    for (at, value, slope) in [(-3.0, 0.0, 0.0), (0.0, 0.0, 0.0), (0.5, 0.5, 1.0), (3.0, 3.0, 1.0)] {
        let [rule, rule_slope] = value_and_slope(|x| x.relu(), at);
        let [form, form_slope] = value_and_slope(|x| x.max(0.0), at);
        board.exact(format!("relu({at})"), value, rule, Source::Calc);
        board.exact(format!("max(0, {at})"), value, form, Source::Calc);
        board.exact(format!("relu'({at})"), slope, rule_slope, Source::Calc);
        board.exact(format!("slope of max(0, x) at {at}"), slope, form_slope, Source::Calc);
    }
}

fn beyond(board: &mut Board) {
    board.say(
        "Beyond that the second forms divide infinity by itself. The engine's own functions hold on the whole line:",
    );
    let [form, _] = value_and_slope(|x| x.exp() / (x.exp() + 1.0), 800.0);
    board.exact("e^x/(e^x+1) at 800", f64::NAN, form, Source::Calc);
    let [form, _] = value_and_slope(|x| 2.0 * (2.0 * x).exp() / ((2.0 * x).exp() + 1.0) - 1.0, 400.0);
    board.exact("2e^2x/(e^2x+1)-1 at 400", f64::NAN, form, Source::Calc);
    let numbers: [(&str, Function, f64, f64); 4] = [
        ("sigmoid(800)", |x| x.sigmoid(), 800.0, 1.0),
        ("sigmoid(-800)", |x| x.sigmoid(), -800.0, 0.0),
        ("tanh(800)", |x| x.tanh(), 800.0, 1.0),
        ("tanh(-800)", |x| x.tanh(), -800.0, -1.0),
    ];
    for (what, function, at, expected) in numbers {
        board.exact(what, expected, value_and_slope(function, at)[0], Source::Calc);
    }
}

/// As on the slide, and with the largest taken out of every exponent.
fn softmax(board: &mut Board) {
    board.say(
        "softmax(x_i) = e^(x_i) / sum e^(x_j), as written and with the largest x taken out, where it cancels: five\n\
         classes, 1000 random rows, all x below 700 in size.",
    );
    let mut random = Random::seeded(8);
    let (mut apart, mut apart_relative, mut off_one) = (0.0_f64, 0.0_f64, 0.0_f64);
    for row in 0..1000 {
        // From rows of nearly equal x to rows where one takes all.
        let reach = LARGEST_EXPONENT * f64::from(row + 1) / 1000.0;
        let tape = ScalarTape::new();
        let x = tape.vars([(); 5].map(|()| random.uniform(-reach..reach)));
        let largest = x.iter().map(|x| x.value()).fold(f64::NEG_INFINITY, f64::max);
        let written = x.map(|x| x.exp());
        let shifted = x.map(|x| (x - largest).exp());
        let (sum_written, sum_shifted) = (sum(&written), sum(&shifted));
        for (a, b) in written.into_iter().zip(shifted) {
            let (written, shifted) = (a / sum_written, b / sum_shifted);
            let scale = shifted.value().max(f64::MIN_POSITIVE);
            let gap = (written - shifted).value();
            apart = farthest([apart, gap]);
            apart_relative = farthest([apart_relative, gap / scale]);
        }
        let row_sum = shifted.map(|b| b / sum_shifted).into_iter().sum::<Var<'_, f64>>();
        off_one = farthest([off_one, row_sum.value() - 1.0]);
    }
    board.close("softmax, the two forms apart", 0.0, apart, 1e-15, Source::Calc);
    // x - max is as large as 1400, where half a unit in the last place is 1.1e-13.
    board.close("softmax, the two forms apart, relative", 0.0, apart_relative, 2e-13, Source::Calc);
    board.close("softmax, sum of a row off 1", 0.0, off_one, 1e-15, Source::Calc);
}
