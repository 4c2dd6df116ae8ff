//! Layers as files tell of them: every sample of the list is saved and loaded, and built with settings that nobody means.

use super::{Sample, samples};
use crate::sequential::Sequential;
use chainrule::Shape;
use serde_json::{Value, json};

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
