//! `Sequential::from_json`: refuses, or makes a network that says of itself what was read; small ones are built and run.

use chainrule::Tensor;
use chainrule_nn::{Layer, Sequential, Session};
use serde_json::Value;

/// Panics where a promise is broken.
pub(crate) fn check(text: &[u8]) {
    let Ok(text) = std::str::from_utf8(text) else { return };
    let Ok(network) = Sequential::<f32>::from_json(text) else { return };
    let written = network.to_json().expect("what was read can be written");
    let again = Sequential::<f32>::from_json(&written).expect("what was written can be read");
    assert_eq!(again.to_json().expect("and written again"), written);
    let json: Value = serde_json::from_str(text).expect("it is JSON");
    if size(&json["network"]) <= 1024.0 {
        build_and_run(network);
    }
}

/// The product of all numbers, which bounds the number of weights by its square; a seed is no size.
fn size(value: &Value) -> f64 {
    match value {
        Value::Number(number) => number.as_f64().map_or(1.0, |number| number.abs().max(1.0)),
        Value::Array(values) => values.iter().map(size).product(),
        Value::Object(values) => {
            values.iter().filter(|(name, _)| *name != "seed").map(|(_, value)| size(value)).product()
        }
        _ => 1.0,
    }
}

fn build_and_run(mut network: Sequential) {
    if network.build().is_err() {
        return;
    }
    let row = network.input_row().expect("it is built");
    let x = Tensor::zeros([2].into_iter().chain(row.iter().copied()).collect::<chainrule::Shape>());
    let mut session = Session::new(1);
    let pass = session.inference();
    let y = Layer::forward(&network, pass.constant(&x), &pass).value();
    assert_eq!(y.shape()[1..], **network.output_row().expect("it is built"));
}
