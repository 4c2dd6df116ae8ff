//! `lstm`: a recurrent network that predicts the next character of a text. The function itself is [`Lstm`].

use super::input::{flatten, require};
use super::reverse::Reverse;
use super::{Module, prepare};
use crate::program::{Lstm, Program};
use serde::Deserialize;

pub(super) const MODULE: Module = Module {
    name: "lstm",
    functions: &[
        ("objective", |input| prepare(input, |Input { program }, y: &mut f64| *y = program.value(program.point()))),
        ("jacobian", |input| {
            prepare(input, |Input { program }, gradient: &mut Reverse| {
                gradient.differentiate(|x| program.value(x), program.point().iter().copied());
            })
        }),
    ],
};

/// The same with the sigmoid, dot products and log-sum-exp of the library.
pub(super) const NARY_MODULE: Module = Module {
    name: "lstm",
    functions: &[
        ("objective", |input| {
            prepare(input, |Input { program }, y: &mut f64| *y = program.with_library(program.point()))
        }),
        ("jacobian", |input| {
            prepare(input, |Input { program }, gradient: &mut Reverse| {
                gradient.differentiate(|x| program.with_library(x), program.point().iter().copied());
            })
        }),
    ],
};

#[derive(Deserialize)]
#[serde(try_from = "Message")]
struct Input {
    program: Lstm,
}

#[derive(Deserialize)]
struct Message {
    main_params: Vec<Vec<f64>>,
    extra_params: Vec<Vec<f64>>,
    state: Vec<Vec<f64>>,
    sequence: Vec<Vec<f64>>,
}

impl TryFrom<Message> for Input {
    type Error = String;

    fn try_from(message: Message) -> Result<Self, String> {
        let Message { main_params, extra_params, state, sequence } = message;
        let layers = main_params.len() / 2;
        let bits = sequence.first().map_or(0, Vec::len);
        require(sequence.len() >= 2, || format!("`sequence` has {} characters, too few to predict", sequence.len()))?;
        require(bits > 0, || "the characters of `sequence` have no bits".to_owned())?;
        let mut point = flatten("main_params", &main_params, 2 * layers, 4 * bits)?;
        point.extend(flatten("extra_params", &extra_params, 3, bits)?);
        let state = flatten("state", &state, 2 * layers, bits)?;
        let text = flatten("sequence", &sequence, sequence.len(), bits)?;
        Ok(Self { program: Lstm::with_data(layers, bits, state, text, point) })
    }
}

#[cfg(test)]
mod tests {
    use super::super::evaluate;
    use super::{MODULE, NARY_MODULE};
    use serde_json::{Value, json};

    /// One layer of one cell, all of whose variables are 0 but for the last, the bias of the output.
    fn silent(bias: f64) -> Value {
        json!({
            "main_params": [[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]], "extra_params": [[0.0], [0.0], [bias]],
            "state": [[0.0], [0.0]], "sequence": [[1.0], [1.0], [0.0]],
        })
    }

    #[test]
    fn a_silent_network() {
        // y is the bias b, whatever came before; one of the two characters to predict is 1, so the loss is
        // ½ (ln(2 + exp b) - b), and its slope by b is -1 / (2 + exp b). Nothing else moves the loss: the cell stays at 0.
        for module in [MODULE, NARY_MODULE] {
            let loss = evaluate(module, "objective", silent(3f64.ln())).unwrap().as_f64().unwrap();
            assert!((loss - 0.5 * (5f64.ln() - 3f64.ln())).abs() < 1e-14);
            let gradient: Vec<f64> =
                serde_json::from_value(evaluate(module, "jacobian", silent(3f64.ln())).unwrap()).unwrap();
            assert_eq!(gradient.len(), 11);
            assert_eq!(gradient[..10], [0.0; 10]);
            assert!((gradient[10] + 0.2).abs() < 1e-14);
        }
    }

    #[test]
    fn what_is_no_input_is_refused() {
        let refused = |field: &str, value: Value| {
            let mut input = silent(0.0);
            input[field] = value;
            evaluate(MODULE, "jacobian", input).unwrap_err()
        };
        assert_eq!(refused("state", json!([[0.0]])), "`state` has 1 rows, not 2");
        assert_eq!(refused("main_params", json!([vec![0.0; 4]])), "`main_params` has 1 rows, not 0");
        assert_eq!(refused("sequence", json!([[1.0], [1.0, 0.0]])), "row 1 of `sequence` holds 2 numbers, not 1");
        assert!(refused("sequence", json!([[1.0]])).contains("too few"));
        assert!(refused("sequence", json!([[], []])).contains("no bits"));
    }
}
