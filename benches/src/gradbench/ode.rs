//! `ode`: a system of differential equations by the classic method of Runge and Kutta.

use super::input::require;
use super::reverse::Reverse;
use super::{Module, prepare};
use crate::program::literal;
use num_traits::Float;
use serde::Deserialize;

pub(super) const MODULE: Module = Module {
    name: "ode",
    functions: &[
        ("primal", |input| {
            prepare(input, |Input { x, s }, y: &mut Vec<f64>| {
                y.resize(x.len(), 0.0);
                solve(x, *s, y);
            })
        }),
        ("gradient", |input| {
            prepare(input, |Input { x, s }, gradient: &mut Reverse| {
                gradient.differentiate(|x| last(x, *s), x.iter().copied());
            })
        }),
    ],
};

#[derive(Deserialize)]
#[serde(try_from = "Message")]
struct Input {
    x: Vec<f64>,
    /// The number of steps.
    s: usize,
}

#[derive(Deserialize)]
struct Message {
    x: Vec<f64>,
    s: usize,
}

impl TryFrom<Message> for Input {
    type Error = String;

    fn try_from(Message { x, s }: Message) -> Result<Self, String> {
        require(!x.is_empty(), || "`x` is empty".to_owned())?;
        Ok(Self { x, s })
    }
}

/// `y₀' = x₀`, `yᵢ' = xᵢ yᵢ₋₁` with all `yᵢ(0) = 0`: fills `y` with its values at time 2, in `steps` steps.
fn solve<T: Float>(x: &[T], steps: usize, y: &mut [T]) {
    let h = literal::<T>(2.0) / literal(steps as f64);
    let two = literal::<T>(2.0);
    let six = literal::<T>(6.0);
    let [mut k1, mut k2, mut k3, mut k4, mut between] = [(); 5].map(|()| vec![T::zero(); x.len()]);
    y.fill(T::zero());
    for _ in 0..steps {
        slopes(x, y, &mut k1);
        for ((between, &y), &k) in between.iter_mut().zip(&*y).zip(&k1) {
            *between = y + h * k / two;
        }
        slopes(x, &between, &mut k2);
        for ((between, &y), &k) in between.iter_mut().zip(&*y).zip(&k2) {
            *between = y + h * k / two;
        }
        slopes(x, &between, &mut k3);
        for ((between, &y), &k) in between.iter_mut().zip(&*y).zip(&k3) {
            *between = y + h * k;
        }
        slopes(x, &between, &mut k4);
        for ((((y, &k1), &k2), &k3), &k4) in y.iter_mut().zip(&k1).zip(&k2).zip(&k3).zip(&k4) {
            *y = *y + h * (k1 + two * k2 + two * k3 + k4) / six;
        }
    }
}

/// The right-hand side of the equations.
fn slopes<T: Float>(x: &[T], y: &[T], slopes: &mut [T]) {
    slopes[0] = x[0];
    for ((slope, &x), &y) in slopes[1..].iter_mut().zip(&x[1..]).zip(y) {
        *slope = x * y;
    }
}

/// The last of the solutions, which is what the eval differentiates.
fn last<T: Float>(x: &[T], steps: usize) -> T {
    let mut y = vec![T::zero(); x.len()];
    solve(x, steps, &mut y);
    y[x.len() - 1]
}

#[cfg(test)]
mod tests {
    use super::super::evaluate;
    use super::MODULE;
    use serde_json::{Value, json};

    fn assert_close(found: &Value, expected: &[f64]) {
        let found: Vec<f64> = serde_json::from_value(found.clone()).unwrap();
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-13 * expected.abs().max(1.0), "{found} is not {expected}");
        }
    }

    #[test]
    fn polynomials_up_to_the_fourth_degree_are_solved_exactly() {
        // yᵢ(t) = x₀ ... xᵢ tⁱ⁺¹ / (i + 1)!, at t = 2; the slope of the last by xⱼ is itself over xⱼ
        for steps in [1, 3] {
            let input = json!({ "x": [0.5, 3.0, -2.0, 4.0], "s": steps });
            let solution = [1.0, 3.0, -4.0, -8.0];
            assert_close(&evaluate(MODULE, "primal", input.clone()).unwrap(), &solution);
            let gradient = [-8.0 / 0.5, -8.0 / 3.0, 4.0, -2.0];
            assert_close(&evaluate(MODULE, "gradient", input).unwrap(), &gradient);
        }
    }

    #[test]
    fn without_steps_nothing_moves() {
        assert_eq!(evaluate(MODULE, "gradient", json!({ "x": [1.0, 2.0], "s": 0 })), Ok(json!([0.0, 0.0])));
    }

    #[test]
    fn what_is_no_input_is_refused() {
        assert_eq!(evaluate(MODULE, "primal", json!({ "x": [], "s": 1 })).unwrap_err(), "`x` is empty");
    }
}
