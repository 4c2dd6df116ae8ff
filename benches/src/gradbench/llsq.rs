//! `llsq`: the fit of a polynomial to the sign function, by least squares.

use super::input::require;
use super::reverse::Reverse;
use super::{Module, prepare};
use crate::program::literal;
use num_traits::Float;
use serde::Deserialize;

pub(super) const MODULE: Module = Module {
    name: "llsq",
    functions: &[
        ("primal", |input| prepare(input, |Input { x, n }, y: &mut f64| *y = half_squared_error(x, *n))),
        ("gradient", |input| {
            prepare(input, |Input { x, n }, gradient: &mut Reverse| {
                gradient.differentiate(|x| half_squared_error(x, *n), x.iter().copied());
            })
        }),
    ],
};

#[derive(Deserialize)]
#[serde(try_from = "Message")]
struct Input {
    x: Vec<f64>,
    n: usize,
}

#[derive(Deserialize)]
struct Message {
    x: Vec<f64>,
    n: usize,
}

impl TryFrom<Message> for Input {
    type Error = String;

    fn try_from(Message { x, n }: Message) -> Result<Self, String> {
        require(n >= 2, || format!("`n` is {n}, but the points are spread from -1 to 1 and must be 2 at least"))?;
        Ok(Self { x, n })
    }
}

/// `½ Σᵢ (sign tᵢ - Σⱼ xⱼ tᵢʲ)²` over `n` points t, evenly from -1 to 1.
fn half_squared_error<T: Float>(x: &[T], n: usize) -> T {
    let mut total = T::zero();
    for i in 0..n {
        let t = -1.0 + i as f64 * 2.0 / (n as f64 - 1.0);
        let sign = if t == 0.0 { 0.0 } else { t.signum() };
        let t = literal::<T>(t);
        let mut error = literal::<T>(sign);
        let mut power = T::one();
        for &x in x {
            error = error - x * power;
            power = power * t;
        }
        total = total + error * error;
    }
    total / literal(2.0)
}

#[cfg(test)]
mod tests {
    use super::super::evaluate;
    use super::MODULE;
    use serde_json::json;

    #[test]
    fn a_line_through_three_points() {
        // t = -1, 0, 1; at x = (1, 2) the errors are 0, -1, -2: half the squares sum to 2.5, and the gradient is
        // -(Σ e, Σ e t) = (3, 2)
        let input = json!({ "x": [1.0, 2.0], "n": 3, "min_runs": 4 });
        assert_eq!(evaluate(MODULE, "primal", input.clone()), Ok(json!(2.5)));
        assert_eq!(evaluate(MODULE, "gradient", input), Ok(json!([3.0, 2.0])));
    }

    #[test]
    fn what_is_no_input_is_refused() {
        let refused = evaluate(MODULE, "primal", json!({ "x": [1.0], "n": 1 })).unwrap_err();
        assert!(refused.starts_with("`n` is 1"), "{refused}");
    }
}
