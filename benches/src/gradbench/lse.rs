//! `lse`: the logarithm of a sum of exponentials.

use super::input::require;
use super::reverse::Reverse;
use super::{Module, prepare};
use crate::program::log_sum_exp;
use serde::Deserialize;

pub(super) const MODULE: Module = Module {
    name: "lse",
    functions: &[
        ("primal", |input| prepare(input, |Input { x }, y: &mut f64| *y = log_sum_exp(x))),
        ("gradient", |input| {
            prepare(input, |Input { x }, gradient: &mut Reverse| {
                gradient.differentiate(|x| log_sum_exp(x), x.iter().copied());
            })
        }),
    ],
};

#[derive(Deserialize)]
#[serde(try_from = "Message")]
struct Input {
    x: Vec<f64>,
}

#[derive(Deserialize)]
struct Message {
    x: Vec<f64>,
}

impl TryFrom<Message> for Input {
    type Error = String;

    fn try_from(Message { x }: Message) -> Result<Self, String> {
        require(!x.is_empty(), || "`x` is empty".to_owned())?;
        Ok(Self { x })
    }
}

#[cfg(test)]
mod tests {
    use super::super::evaluate;
    use super::MODULE;
    use serde_json::{Value, json};

    #[test]
    fn the_gradient_is_softmax() {
        // exp x is 1, 2, 5 times exp 1000: its sum is 8 times that
        let input = json!({ "x": [1000.0, 1000.0 + 2f64.ln(), 1000.0 + 5f64.ln()] });
        let value = evaluate(MODULE, "primal", input.clone()).unwrap().as_f64().unwrap();
        assert!((value - 1000.0 - 8f64.ln()).abs() < 1e-12);
        let gradient = evaluate(MODULE, "gradient", input).unwrap();
        for (at, expected) in [0.125, 0.25, 0.625].into_iter().enumerate() {
            assert!((gradient[at].as_f64().unwrap() - expected).abs() < 1e-12, "{gradient}");
        }
        assert_eq!(gradient.as_array().map(Vec::len), Some(3));
    }

    #[test]
    fn what_is_no_input_is_refused() {
        let refused = |input: Value| evaluate(MODULE, "gradient", input).unwrap_err();
        assert_eq!(refused(json!({ "x": [] })), "`x` is empty");
        assert_eq!(refused(json!({ "y": [1.0] })), "missing field `x`");
        assert!(refused(json!({ "x": ["one"] })).contains("expected f64"));
    }
}
