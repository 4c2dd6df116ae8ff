//! `saddle`: the least of the greatest values of a function, by gradient descent within gradient descent.

use super::nested::{Backward, Forward, Mode, Objective, Scalar, greatest, least};
use super::{Module, prepare};
use num_traits::Float;
use serde::Deserialize;
use std::marker::PhantomData;

/// The first letter is the mode of the outer descent, the second that of the inner one: forward or reverse.
pub(super) const MODULE: Module = Module {
    name: "saddle",
    functions: &[
        ("ff", |input| prepare(input, solve::<Forward, Forward>)),
        ("fr", |input| prepare(input, solve::<Forward, Backward>)),
        ("rf", |input| prepare(input, solve::<Backward, Forward>)),
        ("rr", |input| prepare(input, solve::<Backward, Backward>)),
    ],
};

#[derive(Deserialize)]
struct Input {
    start: [f64; 2],
}

/// `‖x‖² - ‖y‖²`
fn height<T: Float>([x1, x2]: [T; 2], [y1, y2]: [T; 2]) -> T {
    (x1 * x1 + x2 * x2) - (y1 * y1 + y2 * y2)
}

/// The height as a function of y.
struct Along<T> {
    x: [T; 2],
}

impl<T: Scalar> Objective<T, 2> for Along<T> {
    fn value<U: Scalar + From<T>>(&self, y: [U; 2]) -> U {
        height(self.x.map(Into::into), y)
    }
}

/// The greatest height over all y, as a function of x; the ascent begins at `start`.
struct Ridge<Inner> {
    start: [f64; 2],
    mode: PhantomData<Inner>,
}

impl<Inner: Mode> Objective<f64, 2> for Ridge<Inner> {
    fn value<U: Scalar + From<f64>>(&self, x: [U; 2]) -> U {
        height(x, greatest::<Inner, U, 2>(&Along { x }, self.start.map(U::literal)))
    }
}

/// Source: Siskind and Pearlmutter, "Using programming language theory to make automatic differentiation sound and efficient",
/// 2008.
fn solve<Outer: Mode, Inner: Mode>(&Input { start }: &Input, result: &mut [f64; 4]) {
    let x = least::<Outer, f64, 2>(&Ridge { start, mode: PhantomData::<Inner> }, start);
    let y = greatest::<Outer, f64, 2>(&Along { x }, start);
    *result = [x[0], x[1], y[0], y[1]];
}

#[cfg(test)]
mod tests {
    use super::super::evaluate;
    use super::MODULE;
    use serde_json::json;

    #[test]
    fn the_saddle_is_at_the_origin() {
        for (function, _) in MODULE.functions {
            let point = evaluate(MODULE, function, json!({ "start": [1.0, 1.0] })).unwrap();
            let point: [f64; 4] = serde_json::from_value(point).unwrap();
            assert!(point.iter().all(|x| x.abs() < 1e-5), "{function}: {point:?}");
        }
    }

    #[test]
    fn what_is_no_input_is_refused() {
        let refused = evaluate(MODULE, "rr", json!({ "start": [1.0] })).unwrap_err();
        assert!(refused.contains("an array of length 2"), "{refused}");
    }
}
