//! S5, slides "Activation Functions": four activations and their slopes, the vanishing gradient, slow
//! sigmoids, units that die.

mod dying;
mod race;
mod ten_layers;

use chainrule::prelude::*;
use chainrule_nn::plot::Picture;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;
use crate::lecture::dense::Activation;

pub(super) const ENTRY: Entry = Entry {
    id: "S5",
    name: "activations",
    group: None,
    lecture: Lecture::Sutd,
    title: "activations and slopes, the vanishing gradient, dying ReLUs",
    run,
};

const FUNCTIONS: [(&str, Activation); 4] = [
    ("sigmoid", |x| x.sigmoid()),
    ("tanh", |x| x.tanh()),
    ("ReLU", |x| x.relu()),
    ("leaky ReLU", |x| x.leaky_relu(0.1)),
];

/// Places, and there the values and slopes of the four, from forty-digit arithmetic apart from the
/// engine; the slopes of the last two at 0 are our convention, the derivative from the left.
const PLACES: [f64; 4] = [-2.0, -0.5, 0.0, 2.0];
const VALUES: [[f64; 4]; 4] = [
    [0.119_202_922_022_117_56, 0.377_540_668_798_145_44, 0.5, 0.880_797_077_977_882_5],
    [-0.964_027_580_075_816_9, -0.462_117_157_260_009_8, 0.0, 0.964_027_580_075_816_9],
    [0.0, 0.0, 0.0, 2.0],
    [-0.2, -0.05, 0.0, 2.0],
];
const SLOPES: [[f64; 4]; 4] = [
    [0.104_993_585_403_506_5, 0.235_003_712_201_594_5, 0.25, 0.104_993_585_403_506_5],
    [0.070_650_824_853_164_47, 0.786_447_732_965_927_5, 1.0, 0.070_650_824_853_164_47],
    [0.0, 0.0, 0.0, 1.0],
    [0.1, 0.1, 0.1, 1.0],
];

fn run(board: &mut Board) -> Result<(), Error> {
    curves(board)?;
    ten_layers::show(board)?;
    race::show(board)?;
    dying::show(board)
}

/// An activation and its slope at each of `places`, in one sweep.
fn value_and_slope(activation: Activation, places: Tensor<f64>) -> (Tensor<f64>, Tensor<f64>) {
    let tape = TensorTape::new();
    let x = tape.var(places);
    let y = activation(x);
    // Each place reaches the sum through its own value alone: the gradient holds the slopes.
    (y.value(), y.sum().backward().of(x))
}

fn curves(board: &mut Board) -> Result<(), Error> {
    board.say(
        "sigma(x) = 1/(1 + e^-x)    tanh(x)    ReLU: max(0, x)    leaky ReLU: max(.1 x, x)\n\n\
         Values and slopes at -2, -.5, 0, 2:",
    );
    for (((name, activation), values), slopes) in FUNCTIONS.into_iter().zip(VALUES).zip(SLOPES) {
        let (value, slope) = value_and_slope(activation, Tensor::from(PLACES));
        for (at, place) in PLACES.into_iter().enumerate() {
            board.close(format!("{name} at {place}"), values[at], value.at(&[at]), 1e-14, Source::Calc);
            board.close(format!("{name}, slope at {place}"), slopes[at], slope.at(&[at]), 1e-14, Source::Calc);
        }
    }
    let places = Tensor::linspace(-6.0, 6.0, 241);
    let mut values = Picture::new("Activation functions", "x", "").x_range(-6.0..6.0).y_range(-1.2..2.2);
    let mut slopes = Picture::new("Their slopes", "x", "").x_range(-6.0..6.0).y_range(-0.1..1.1);
    for (name, activation) in FUNCTIONS {
        let (value, slope) = value_and_slope(activation, places.clone());
        let points = |y: &Tensor<f64>| places.iter().copied().zip(y.iter().copied()).collect::<Vec<_>>();
        // The last lies on the one before it, half of its way.
        let draw = if name == "leaky ReLU" { Picture::dashes } else { Picture::curve };
        values = draw(values, name, points(&value));
        slopes = draw(slopes, name, points(&slope));
    }
    let [sigmoid, tanh] = [FUNCTIONS[0], FUNCTIONS[1]].map(|(_, f)| value_and_slope(f, places.clone()));
    board.close("largest slope of the sigmoid", 0.25, farthest(sigmoid.1.iter().copied()), 1e-15, Source::Calc);
    board.close("largest slope of tanh", 1.0, farthest(tanh.1.iter().copied()), 1e-15, Source::Calc);
    // sigma' = sigma (1 - sigma), tanh' = 1 - tanh^2, from the values.
    let gaps = [&sigmoid.1 - &sigmoid.0 * (1.0 - &sigmoid.0), &tanh.1 - (1.0 - tanh.0.powi(2))];
    let names = ["sigma' and sigma (1 - sigma), farthest", "tanh' and 1 - tanh^2, farthest"];
    for (name, gaps) in names.into_iter().zip(gaps) {
        board.close(name, 0.0, farthest(gaps.iter().copied()), 1e-15, Source::Calc);
    }
    for (name, picture) in [("curves", values), ("slopes", slopes)] {
        board.picture(name, picture.svg()?);
    }
    Ok(())
}
