//! Each data set is trained for a stated number of epochs to a stated loss. A browser has to find the same losses: where the variable
//! `PLAYGROUND_LOSSES` names a file, they are written there as JSON for its tests.

use chainrule_playground::playground::Playground;
use chainrule_playground::settings::Settings;
use serde::Serialize;

/// An address, for how many epochs it is trained, and the test loss that it has to come below.
const TRAININGS: [(&str, u32, f64); 12] = [
    ("dataset=circle&seed=1", 200, 0.02),
    ("dataset=xor&seed=1", 200, 0.05),
    ("dataset=gauss&seed=1", 50, 0.005),
    ("dataset=spiral&networkShape=8,8&sinX=true&sinY=true&learningRate=0.1&seed=1", 300, 0.2),
    ("dataset=clouds&networkShape=8&optimizer=adam&seed=1", 50, 0.1),
    ("dataset=rings&networkShape=8,8&optimizer=adam&learningRate=0.01&seed=1", 100, 0.2),
    ("dataset=arms&networkShape=8,8&activation=relu&optimizer=adam&learningRate=0.01&seed=1", 100, 0.2),
    ("problem=regression&regDataset=reg-plane&seed=1", 50, 0.005),
    ("problem=regression&regDataset=reg-gauss&networkShape=8,4&optimizer=adam&learningRate=0.01&seed=1", 100, 0.02),
    (
        "dataset=circle&activation=sigmoid&optimizer=momentum&schedule=cosine&regularization=L2&regularizationRate=0.001&seed=2",
        100,
        0.51,
    ),
    (
        "dataset=xor&activations=relu,tanh&dropout=0.1&optimizer=rmsprop&learningRate=0.003&schedule=exponential&noise=20&seed=3",
        100,
        0.5,
    ),
    (
        "dataset=spiral&activation=relu&optimizer=adagrad&schedule=step&regularization=L1&regularizationRate=0.001&percTrainData=70&seed=4",
        100,
        0.6,
    ),
];

/// How one training ended.
#[derive(Serialize)]
struct Outcome {
    address: &'static str,
    epochs: u32,
    training: f64,
    test: f64,
    below: f64,
}

#[test]
fn every_data_set_is_learned() {
    let mut outcomes = Vec::new();
    for (address, epochs, below) in TRAININGS {
        let (settings, problems) = Settings::from_address(address);
        assert!(problems.is_empty(), "{problems:?}");
        let mut playground = Playground::new(settings);
        playground.train(epochs).unwrap();
        let [training, test] = playground.losses();
        assert!(test < below, "{address}: {test} after {epochs} epochs");
        outcomes.push(Outcome { address, epochs, training, test, below });
    }
    if let Some(file) = std::env::var_os("PLAYGROUND_LOSSES") {
        std::fs::write(file, serde_json::to_string_pretty(&outcomes).unwrap()).unwrap();
    }
}
