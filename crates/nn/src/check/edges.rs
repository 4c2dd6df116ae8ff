//! Every layer of the list at its edges: saved and loaded, with settings that nobody means, and with sizes of 0.

use crate::layer::{Layer, Sample, samples};
use crate::random::Seeds;
use crate::sequential::Sequential;
use crate::session::Session;
use chainrule::{Shape, Tensor};
use serde_json::{Value, json};
use std::panic::catch_unwind;

/// A network of one layer, as a file would tell of it.
fn text(kind: &str, settings: &Value, row: &Shape) -> String {
    json!({
        "chainrule_network": 1,
        "network": {
            "input": &**row, "seed": 3, "names": ["it"], "order": [0],
            "layers": [{ "kind": kind, "settings": settings }],
        },
        "frozen": [],
        "groups": {},
    })
    .to_string()
}

/// The settings of a sample, and the shape of its rows.
fn told(sample: &Sample) -> (Value, Shape) {
    let settings = sample.layer.settings().unwrap().values().unwrap();
    (settings.into(), sample.x.shape()[1..].into())
}

#[test]
fn every_layer_in_the_list_is_saved_and_loaded() {
    let path = std::env::temp_dir().join(format!("chainrule-layers-{}.safetensors", std::process::id()));
    for (name, samples) in samples() {
        for sample in samples {
            let (settings, row) = told(&sample);
            let mut network = Sequential::<f64>::from_json(&text(sample.layer.kind(), &settings, &row)).unwrap();
            network.build().unwrap();
            network.save(&path).unwrap();
            let again = Sequential::<f64>::load(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(again.weights(), network.weights(), "{name}");
            assert_eq!(again.predict(&sample.x).unwrap(), network.predict(&sample.x).unwrap(), "{name}: {settings}");
        }
    }
    std::fs::remove_file(&path).unwrap();
}

/// Where the numbers stand in settings, as JSON pointers.
fn numbers(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Number(_) => found.push(at.to_owned()),
        Value::Array(parts) => {
            parts.iter().enumerate().for_each(|(place, part)| numbers(part, &format!("{at}/{place}"), found));
        }
        Value::Object(parts) => parts.iter().for_each(|(name, part)| numbers(part, &format!("{at}/{name}"), found)),
        _ => {}
    }
}

/// Builds a network as for a file with few numbers, and if that can be, runs it forth and back.
fn builds_and_runs(text: &str, rows: usize) -> Option<Shape> {
    let mut network = Sequential::<f64>::from_json(text).ok()?;
    let row = network.input_row()?.clone();
    let output = Layer::build(&mut network, &row, &mut Seeds::of_file(1, 10_000)).ok()?;
    if output.elements() > 100_000 {
        return Some(output);
    }
    let x = Tensor::zeros([&[rows], &row[..]].concat());
    let mut session = Session::new(1);
    let y = network.infer(&mut session, &x);
    assert_eq!(y.shape()[1..], *output);
    let pass = session.training();
    let y = network.forward(pass.tape().var(x), &pass);
    pass.backward(y.sum());
    Some(output)
}

/// Each two numbers of the settings, and all of them, as 0, 1, and the largest that a file may hold.
#[test]
fn settings_that_nobody_means_are_refused_or_run() {
    const LARGEST: u64 = u32::MAX as u64;
    let mut built = 0;
    for (name, samples) in samples() {
        for sample in samples {
            let (settings, row) = told(&sample);
            let mut places = Vec::new();
            numbers(&settings, "", &mut places);
            let mut run = |changes: &[(&String, u64)]| {
                let mut changed = settings.clone();
                for &(place, number) in changes {
                    *changed.pointer_mut(place).unwrap() = number.into();
                }
                let text = text(sample.layer.kind(), &changed, &row);
                let done = catch_unwind(|| builds_and_runs(&text, 2)).unwrap_or_else(|_| panic!("{name}: {changed}"));
                built += usize::from(done.is_some());
            };
            for number in [0, 1, LARGEST] {
                run(&places.iter().map(|place| (place, number)).collect::<Vec<_>>());
                for (at, first) in places.iter().enumerate() {
                    for second in &places[at..] {
                        for other in [0, 1, LARGEST] {
                            run(&[(first, number), (second, other)]);
                        }
                    }
                }
            }
        }
    }
    assert!(built > 500, "only {built} of them could be built");
}

#[test]
fn sizes_of_zero_are_refused_or_run() {
    for (name, samples) in samples() {
        for sample in samples {
            let (settings, row) = told(&sample);
            for axis in 0..row.len() {
                let mut row = row.to_vec();
                row[axis] = 0;
                let row = row.into();
                let text = text(sample.layer.kind(), &settings, &row);
                for rows in [0, 1, 2] {
                    let done = catch_unwind(|| builds_and_runs(&text, rows));
                    assert!(done.is_ok(), "{name}: {rows} rows of shape {row}: {settings}");
                }
            }
            // nothing has no mean: a batch without rows is refused by `fit`, and panics in a loop of one's own
            if name != "BatchNorm" {
                let text = text(sample.layer.kind(), &settings, &row);
                let done = catch_unwind(|| builds_and_runs(&text, 0));
                assert!(done.is_ok(), "{name}: no rows of shape {row}: {settings}");
            }
        }
    }
}
