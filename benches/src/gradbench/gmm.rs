//! `gmm`: the fit of a mixture of Gaussians. The function itself is [`GaussianMixture`].

use super::input::{flatten, require, rows};
use super::reverse::Reverse;
use super::{Module, prepare, prepare_with};
use crate::program::{GaussianMixture, Program, Wishart};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const MODULE: Module = Module {
    name: "gmm",
    functions: &[
        ("objective", |input| prepare(input, |input: &Input, y: &mut f64| *y = input.program.value(input.point()))),
        ("jacobian", |input| {
            prepare_with(
                input,
                |input: &Input, gradient: &mut Reverse| {
                    gradient.differentiate(|x| input.program.value(x), input.point().iter().copied());
                },
                Input::output,
            )
        }),
    ],
};

/// The same with sums, dot products and log-sum-exp of the library.
pub(super) const NARY_MODULE: Module = Module {
    name: "gmm",
    functions: &[
        ("objective", |input| {
            prepare(input, |input: &Input, y: &mut f64| *y = input.program.with_library(input.point()))
        }),
        ("jacobian", |input| {
            prepare_with(
                input,
                |input: &Input, gradient: &mut Reverse| {
                    gradient.differentiate(|x| input.program.with_library(x), input.point().iter().copied());
                },
                Input::output,
            )
        }),
    ],
};

#[derive(Deserialize)]
#[serde(try_from = "Message")]
struct Input {
    d: usize,
    k: usize,
    program: GaussianMixture,
}

#[derive(Deserialize)]
struct Message {
    d: usize,
    k: usize,
    n: usize,
    x: Vec<Vec<f64>>,
    m: f64,
    gamma: f64,
    alpha: Vec<f64>,
    mu: Vec<Vec<f64>>,
    q: Vec<Vec<f64>>,
    l: Vec<Vec<f64>>,
}

impl TryFrom<Message> for Input {
    type Error = String;

    fn try_from(message: Message) -> Result<Self, String> {
        let Message { d, k, n, x, m, gamma, alpha, mu, q, l } = message;
        require(d > 0 && k > 0, || format!("`d` and `k` must be 1 at least, and are {d} and {k}"))?;
        require(alpha.len() == k, || format!("`alpha` holds {} numbers, not {k}", alpha.len()))?;
        let points = flatten("x", &x, n, d)?;
        let mut point = alpha;
        // the rows of `mu` and `q` are of length d, so d * d does not overflow after them
        point.extend(flatten("mu", &mu, k, d)?);
        point.extend(flatten("q", &q, k, d)?);
        point.extend(flatten("l", &l, k, GaussianMixture::below_diagonal(d))?);
        Ok(Self { d, k, program: GaussianMixture::with_data(d, k, points, Wishart { gamma, m }, point) })
    }
}

impl Input {
    fn point(&self) -> &[f64] {
        self.program.point()
    }

    fn output(&self, reverse: &Reverse) -> Value {
        let &Self { d, k, .. } = self;
        let (alpha, rest) = reverse.gradient().split_at(k);
        let (mu, rest) = rest.split_at(k * d);
        let (q, l) = rest.split_at(k * d);
        json!({
            "alpha": alpha,
            "mu": rows(mu, k, d),
            "q": rows(q, k, d),
            "l": rows(l, k, GaussianMixture::below_diagonal(d)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Module, evaluate};
    use super::{MODULE, NARY_MODULE};
    use serde_json::{Value, json};

    fn standard_gaussian() -> Value {
        json!({
            "d": 2, "k": 1, "n": 2, "x": [[1.0, 2.0], [3.0, -1.0]], "m": 0, "gamma": 1.0,
            "alpha": [0.25], "mu": [[0.0, 0.0]], "q": [[0.0, 0.0]], "l": [[0.0]],
        })
    }

    #[test]
    fn the_gradient_at_a_standard_gaussian() {
        // One component: alpha cancels. With Q = 1, by hand: by mu Σ x = (4, 1); by q Σ (1 - x²) - 1 = (-9, -4), of which the -1
        // is the prior's; by l Σ -x₁ x₂ = 1.
        let expected = json!({ "alpha": [0.0], "mu": [[4.0, 1.0]], "q": [[-9.0, -4.0]], "l": [[1.0]] });
        for module in [MODULE, NARY_MODULE] {
            assert_eq!(evaluate(module, "jacobian", standard_gaussian()), Ok(expected.clone()));
        }
    }

    #[test]
    fn the_value_at_a_standard_gaussian() {
        // the density of two points, -2 ln 2π - 15/2, and of Wishart(1, 3) at 1 in two dimensions:
        // -1 - 3 ln 2 - ln Γ₂(3/2), where Γ₂(3/2) = √π Γ(3/2) Γ(1) = π/2
        let pi = std::f64::consts::PI;
        let expected = -2.0 * (2.0 * pi).ln() - 7.5 - 1.0 - 3.0 * 2f64.ln() - (pi / 2.0).ln();
        for module in [MODULE, NARY_MODULE] {
            let value = evaluate(module, "objective", standard_gaussian()).unwrap().as_f64().unwrap();
            assert!((value - expected).abs() < 1e-12, "{value} is not {expected}");
        }
    }

    #[test]
    fn what_is_no_input_is_refused() {
        let refused = |module: Module, field: &str, value: Value| {
            let mut input = standard_gaussian();
            input[field] = value;
            evaluate(module, "jacobian", input).unwrap_err()
        };
        assert_eq!(refused(MODULE, "l", json!([[]])), "row 0 of `l` holds 0 numbers, not 1");
        assert_eq!(refused(NARY_MODULE, "n", json!(3)), "`x` has 2 rows, not 3");
        assert_eq!(refused(MODULE, "alpha", json!([])), "`alpha` holds 0 numbers, not 1");
        assert!(refused(MODULE, "d", json!(0)).starts_with("`d` and `k` must be 1"));
        assert_eq!(refused(MODULE, "d", json!(u32::MAX)), "row 0 of `x` holds 2 numbers, not 4294967295");
    }
}
