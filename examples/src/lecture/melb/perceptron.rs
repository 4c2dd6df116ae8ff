//! The perceptron of the slides: s = w0 + x1 w1 + x2 w2, the sign of s as its answer, and learning
//! example by example against the gradient of max(0, -y s).

use chainrule::prelude::*;
use chainrule_nn::plot::Picture;

/// Two inputs, and the class: +1 or -1.
pub(super) type Example = ([f64; 2], f64);

/// Class A is +1: the slide's table.
pub(super) const AND: [Example; 4] = [([0.0, 0.0], -1.0), ([0.0, 1.0], -1.0), ([1.0, 0.0], -1.0), ([1.0, 1.0], 1.0)];
pub(super) const XOR: [Example; 4] = [([0.0, 0.0], -1.0), ([0.0, 1.0], 1.0), ([1.0, 0.0], 1.0), ([1.0, 1.0], -1.0)];

/// s = sum of `x_i w_i`, with `x_0` = 1.
pub(super) fn score([w0, w1, w2]: [Var<'_, f64>; 3], [x1, x2]: [f64; 2]) -> Var<'_, f64> {
    w0 + x1 * w1 + x2 * w2
}

/// The slide's sign function: 1 if s >= 0, -1 if s < 0. The engine's `sign` is 0 at 0, as the
/// mathematical one.
pub(super) fn sign(s: Var<'_, f64>) -> Var<'_, f64> {
    2.0 * s.step() - 1.0
}

/// max(0, -y s)
pub(super) fn loss(s: Var<'_, f64>, y: f64) -> Var<'_, f64> {
    (-y * s).max(0.0)
}

/// The perceptron's answer.
pub(super) fn answer(weights: [f64; 3], x: [f64; 2]) -> f64 {
    let tape = ScalarTape::new();
    sign(score(tape.vars(weights), x)).value()
}

/// How many of the examples it answers as wanted.
pub(super) fn right(weights: [f64; 3], examples: &[Example]) -> usize {
    examples.iter().filter(|&&(x, y)| answer(weights, x) == y).count()
}

/// What one example did.
pub(super) struct Lesson {
    pub(super) s: f64,
    /// Whether the answer before the update was wrong.
    pub(super) wrong: bool,
    /// The gradient of the loss by w0, w1, w2.
    pub(super) gradient: [f64; 3],
}

/// One update of stochastic gradient descent: w = w - rate * gradient.
pub(super) fn learn(tape: &mut ScalarTape, weights: &mut [f64; 3], (x, y): Example, rate: f64) -> Lesson {
    tape.clear();
    let w = tape.vars(*weights);
    let s = score(w, x);
    let gradient = loss(s, y).backward().of_all(w);
    for (weight, slope) in weights.iter_mut().zip(gradient) {
        *weight -= rate * slope;
    }
    Lesson { s: s.value(), wrong: sign(s).value() != y, gradient }
}

/// One update for each example; says how many answers were wrong.
pub(super) fn epoch(tape: &mut ScalarTape, weights: &mut [f64; 3], examples: &[Example], rate: f64) -> usize {
    examples.iter().filter(|&&example| learn(tape, weights, example, rate).wrong).count()
}

/// A plane with the examples on it.
pub(super) fn plane(title: &str, examples: &[Example]) -> Picture {
    let of = |class: f64| {
        let places = examples.iter().filter(move |(_, y)| *y == class).map(|([x1, x2], _)| (*x1, *x2));
        places.collect::<Vec<_>>()
    };
    Picture::new(title, "x1", "x2").x_range(-0.5..1.5).y_range(-0.5..1.5).dots("+1", of(1.0)).crosses("-1", of(-1.0))
}
