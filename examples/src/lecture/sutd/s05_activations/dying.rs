//! "Some neuron may die", and the leaky one that does not.

use chainrule::prelude::*;
use chainrule_nn::plot::Picture;

use crate::board::{Board, Source};
use crate::entry::Error;
use crate::lecture::dense::{Activation, TensorVar};

/// Inputs 0, .1, .. 1; the wanted output is the input itself.
const PLACES: usize = 11;
const STEPS: usize = 2000;
/// The first step's rate is too large; from then on all goes well.
const FIRST_RATE: f64 = 10.0;
const RATE: f64 = 0.5;

/// A neuron's course: its weight and bias and the loss before each step and after the last.
struct Course {
    losses: Vec<f64>,
    /// The largest net input over all places, after the first step.
    highest: f64,
    /// dL/dw and dL/db after the first step.
    slopes: [f64; 2],
    /// w and b after the last step.
    end: [f64; 2],
}

fn train(activation: Activation) -> Course {
    let x = Tensor::linspace(0.0, 1.0, PLACES);
    let mut parameters = [Tensor::scalar(1.0), Tensor::scalar(0.5)];
    let mut course = Course { losses: Vec::new(), highest: 0.0, slopes: [0.0; 2], end: [0.0; 2] };
    let mut tape = TensorTape::new();
    for step in 0..=STEPS {
        tape.clear();
        let [w, b]: [TensorVar<'_>; 2] = tape.vars(parameters.clone());
        let net = w * &x + b;
        let loss = (activation(net) - &x).powi(2).mean();
        let slopes = loss.backward().of_all([w, b]);
        course.losses.push(loss.item());
        if step == 1 {
            course.highest = net.value().amax().item();
            course.slopes = slopes.each_ref().map(Tensor::item);
        }
        let rate = if step == 0 { FIRST_RATE } else { RATE };
        for (parameter, slope) in parameters.iter_mut().zip(slopes) {
            *parameter -= slope * rate;
        }
    }
    course.end = parameters.map(|parameter| parameter.item());
    course
}

pub(super) fn show(board: &mut Board) -> Result<(), Error> {
    board.say(format!(
        "A ReLU \"may die\": one neuron g(w x + b), from w = 1, b = .5, is to learn y = x at x = 0, .1, .. 1 by its mean\n\
         squared error. The first step is too long (eta = {FIRST_RATE}); all others are not (eta = {RATE}). By hand, the first\n\
         gradient is dL/dw = mean of 2 (.5) x = .5, dL/db = mean of 2 (.5) = 1, so the step leads to w = -4, b = -9.5:\n\
         all net inputs are negative, all slopes of the ReLU 0, and nothing will ever move it again. The leaky ReLU's\n\
         slope is .1 there: small, and enough.",
    ));
    let relu = train(|net| net.relu());
    let leaky = train(|net| net.leaky_relu(0.1));
    board.close("ReLU: highest net input after the first step", -9.5, relu.highest, 1e-12, Source::Calc);
    board.exact("ReLU: dL/dw there", 0.0, relu.slopes[0], Source::Calc);
    board.exact("ReLU: dL/db there", 0.0, relu.slopes[1], Source::Calc);
    board.close("ReLU: w after 2000 steps", -4.0, relu.end[0], 1e-12, Source::Calc);
    board.close("ReLU: b after 2000 steps", -9.5, relu.end[1], 1e-12, Source::Calc);
    // The mean of the squares of 0, .1, .. 1.
    board.close("ReLU: its loss, that of the answer 0", 0.35, relu.losses[STEPS], 1e-12, Source::Calc);
    // By hand: with a = .1 (-4 x - 9.5) the mean of 2 (a - x) .1 x and of 2 (a - x) .1 over the eleven places.
    board.close("leaky ReLU: dL/dw after the first step", -0.193, leaky.slopes[0], 1e-12, Source::Calc);
    board.close("leaky ReLU: dL/db after the first step", -0.33, leaky.slopes[1], 1e-12, Source::Calc);
    board.close("leaky ReLU: w after 2000 steps", 1.0, leaky.end[0], 1e-6, Source::Calc);
    board.close("leaky ReLU: b after 2000 steps", 0.0, leaky.end[1], 1e-6, Source::Calc);
    let points = |course: &Course| -> Vec<(f64, f64)> {
        course.losses.iter().enumerate().skip(1).map(|(step, &loss)| (step as f64, loss)).collect()
    };
    let picture = Picture::new("After one step too long: ReLU and leaky ReLU", "step", "mean squared error")
        .log_x()
        .curve("ReLU: dead", points(&relu))
        .curve("leaky ReLU", points(&leaky));
    board.picture("dying", picture.svg()?);
    Ok(())
}
