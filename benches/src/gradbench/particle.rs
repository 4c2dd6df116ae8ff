//! `particle`: where to put a charge so that a particle in its field meets the origin.
//!
//! The field is the gradient of a potential, and the place of the charge is found by descent: a derivative of derivatives.

use super::nested::{Backward, Forward, Mode, Objective, Scalar, least};
use super::{Module, prepare};
use num_traits::Float;
use serde::Deserialize;
use std::marker::PhantomData;

/// The first letter is the mode of the descent, the second that of the field: forward or reverse.
pub(super) const MODULE: Module = Module {
    name: "particle",
    functions: &[
        ("ff", |input| prepare(input, solve::<Forward, Forward>)),
        ("fr", |input| prepare(input, solve::<Forward, Backward>)),
        ("rf", |input| prepare(input, solve::<Backward, Forward>)),
        ("rr", |input| prepare(input, solve::<Backward, Backward>)),
    ],
};

/// How long a step of Euler's method is.
const TIME_STEP: f64 = 0.1;
/// After how many steps a particle that never comes down is given up.
const MOST_STEPS: usize = 1_000_000;

#[derive(Deserialize)]
struct Input {
    w: f64,
}

/// The electric potential of unit charges, `Σ 1/‖x - charge‖`.
fn potential<T: Float>(charges: [[T; 2]; 2], x: [T; 2]) -> T {
    charges.iter().fold(T::zero(), |total, &charge| total + T::one() / distance(x, charge))
}

fn distance<T: Float>(a: [T; 2], b: [T; 2]) -> T {
    let (x, y) = (b[0] - a[0], b[1] - a[1]);
    (x * x + y * y).sqrt()
}

/// The potential as a function of the place.
struct Potential<T> {
    charges: [[T; 2]; 2],
}

impl<T: Scalar> Objective<T, 2> for Potential<T> {
    fn value<U: Scalar + From<T>>(&self, x: [U; 2]) -> U {
        potential(self.charges.map(|charge| charge.map(Into::into)), x)
    }
}

/// How far from the origin the particle crosses the axis, squared, as a function of w, which moves a charge.
struct Miss<Inner>(PhantomData<Inner>);

impl<Inner: Mode> Objective<f64, 1> for Miss<Inner> {
    fn value<U: Scalar + From<f64>>(&self, [w]: [U; 1]) -> U {
        let ten = U::literal(10.0);
        let potential = Potential { charges: [[ten, U::literal(0.0)], [ten, ten - w]] };
        let mut at = [U::literal(0.0), U::literal(8.0)];
        let mut velocity = [U::literal(0.75), U::literal(0.0)];
        let step = U::literal(TIME_STEP);
        for _ in 0..MOST_STEPS {
            let slope = Inner::gradient(&potential, at);
            let next = [at[0] + step * velocity[0], at[1] + step * velocity[1]];
            if next[1] < U::literal(0.0) {
                break;
            }
            at = next;
            velocity = [velocity[0] - step * slope[0], velocity[1] - step * slope[1]];
        }
        let left = -at[1] / velocity[1];
        let x = at[0] + left * velocity[0];
        x * x
    }
}

/// Source: Siskind and Pearlmutter, "Using programming language theory to make automatic differentiation sound and efficient",
/// 2008.
fn solve<Outer: Mode, Inner: Mode>(&Input { w }: &Input, result: &mut f64) {
    [*result] = least::<Outer, f64, 1>(&Miss::<Inner>(PhantomData), [w]);
}

#[cfg(test)]
mod tests {
    use super::super::evaluate;
    use super::*;
    use serde_json::json;

    #[test]
    fn the_particle_meets_the_origin() {
        for (function, _) in MODULE.functions {
            let w = evaluate(MODULE, function, json!({ "w": 0.0 })).unwrap().as_f64().unwrap();
            // GradBench's own expectation
            assert!((w - 0.207_191_874_648_611_6).abs() < 1e-4, "{function}: {w}");
            assert!(Miss::<Forward>(PhantomData).value([w]) < 1e-4);
        }
    }

    #[test]
    fn a_field_by_hand() {
        // 10 above a charge, and 20 above the other: 1/10² + 1/20² upwards
        let potential = Potential { charges: [[0.0, 0.0], [0.0, -10.0]] };
        for [x, y] in [Forward::gradient(&potential, [0.0, 10.0]), Backward::gradient(&potential, [0.0, 10.0])] {
            assert!(x.abs() < 1e-17 && (y + 0.0125).abs() < 1e-17, "({x}, {y})");
        }
    }

    #[test]
    fn what_is_no_input_is_refused() {
        assert_eq!(evaluate(MODULE, "rf", json!({})).unwrap_err(), "missing field `w`");
    }
}
