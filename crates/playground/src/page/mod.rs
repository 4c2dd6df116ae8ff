//! What the page calls: the playground and the worked example for JavaScript. Everything that has a structure goes over as JSON,
//! numbers as typed arrays, and what cannot be done as a message for the reader.

mod choices;
mod worked;

pub use choices::choices;
pub use worked::Worked;

use std::collections::BTreeMap;

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::data::{Feature, Point};
use crate::export;
use crate::settings::{Problem, Settings};

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("what is shown has names and finite numbers")
}

/// The settings for the controls.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "each is a box to be ticked")]
struct Shown {
    problem: &'static str,
    activation: &'static str,
    activations: Vec<&'static str>,
    network_shape: Vec<usize>,
    batch_size: usize,
    dataset: &'static str,
    reg_dataset: &'static str,
    learning_rate: f64,
    regularization: &'static str,
    regularization_rate: f64,
    noise: u32,
    perc_train_data: u32,
    seed: String,
    show_test_data: bool,
    discretize: bool,
    features: BTreeMap<&'static str, bool>,
    optimizer: &'static str,
    schedule: &'static str,
    dropout: f64,
    init_zero: bool,
    classes: usize,
    class_names: Vec<String>,
    own_data: bool,
    own_waits: bool,
    rows: usize,
    trained: usize,
}

/// What is told of a table that was read.
#[derive(Serialize)]
struct Read<'a> {
    rows: usize,
    classes: usize,
    text: &'a str,
}

/// How often each class is told to be each class.
#[derive(Serialize)]
struct Confusion {
    classes: Vec<String>,
    counts: Vec<Vec<u32>>,
}

/// A point, as the network sees it.
#[derive(Serialize)]
struct Seen<'a> {
    inputs: &'a [f64],
    target: f64,
    outputs: &'a [f64],
    loss: f64,
}

/// The playground.
#[wasm_bindgen]
pub struct Playground {
    inner: crate::playground::Playground,
    problems: Vec<String>,
}

#[wasm_bindgen]
impl Playground {
    /// The playground of an address; what it does not understand stands in `problems`.
    #[wasm_bindgen(constructor)]
    pub fn new(address: &str) -> Self {
        let (settings, problems) = Settings::from_address(address);
        Self { inner: crate::playground::Playground::new(settings), problems }
    }

    /// What was not understood of the address.
    pub fn problems(&self) -> String {
        json(&self.problems)
    }

    /// All settings.
    pub fn settings(&self) -> String {
        let settings = self.inner.settings();
        let mut activations: Vec<&str> = settings.hidden.iter().map(|layer| layer.activation.word()).collect();
        let all = activations.clone();
        activations.dedup();
        let activation = match activations[..] {
            [] => settings.activation.word(),
            [activation] => activation,
            _ => "mixed",
        };
        let target = self.inner.training().network().target;
        json(&Shown {
            problem: if settings.problem == Problem::Regression { "regression" } else { "classification" },
            activation,
            activations: all,
            network_shape: settings.hidden.iter().map(|layer| layer.neurons).collect(),
            batch_size: settings.batch,
            dataset: settings.data.word(),
            reg_dataset: settings.surface.word(),
            learning_rate: settings.rate,
            regularization: settings.penalty.word(),
            regularization_rate: settings.penalty_rate,
            noise: settings.noise,
            perc_train_data: settings.share,
            seed: settings.seed.clone(),
            show_test_data: settings.shows_test,
            discretize: settings.discrete,
            features: Feature::ALL.map(Feature::key).into_iter().zip(settings.features).collect(),
            optimizer: settings.descent.word(),
            schedule: settings.plan.word(),
            dropout: settings.dropout,
            init_zero: settings.from_zero,
            classes: target.classes(),
            class_names: self.inner.class_names(),
            own_data: self.inner.own().is_some(),
            own_waits: self.inner.own_waits(),
            rows: self.inner.points().len(),
            trained: self.inner.trained(),
        })
    }

    /// The address of the settings, without `#`.
    pub fn address(&self) -> String {
        self.inner.settings().address()
    }

    /// Chooses one setting.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        self.inner.set(key, value)
    }

    /// Back to the first weights.
    pub fn reset(&mut self) {
        self.inner.reset();
    }

    /// Other points and weights.
    pub fn reseed(&mut self) {
        self.inner.reseed();
    }

    /// Trains for so many epochs.
    ///
    /// # Errors
    /// When numbers grow beyond all bounds.
    pub fn train(&mut self, epochs: u32) -> Result<(), String> {
        self.inner.train(epochs)
    }

    /// Trains on one batch.
    ///
    /// # Errors
    /// As `train`.
    pub fn step_batch(&mut self) -> Result<(), String> {
        self.inner.step()
    }

    /// How many epochs were trained.
    pub fn epoch(&self) -> u32 {
        self.inner.training().epoch()
    }

    /// Losses of training and test.
    pub fn losses(&self) -> Vec<f64> {
        self.inner.losses().to_vec()
    }

    /// Epoch, training loss, test loss, one after the other.
    pub fn history(&self) -> Vec<f64> {
        self.inner.history().flat()
    }

    /// The shares told right in training and test.
    pub fn accuracy(&self) -> Vec<f64> {
        self.inner.accuracies().to_vec()
    }

    /// Layers, neurons, links.
    pub fn structure(&self) -> String {
        json(&self.inner.structure())
    }

    /// Weights and biases.
    pub fn parameters(&self) -> Vec<f64> {
        self.inner.training().parameters().to_vec()
    }

    /// What each weight and bias is called.
    pub fn parameter_names(&self) -> String {
        json(&self.inner.parameter_names())
    }

    /// Another value of a weight or bias.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn set_parameter(&mut self, index: usize, value: f64) -> Result<(), String> {
        self.inner.set_parameter(index, value)
    }

    /// x1, x2, label, and 1 for a test point, of each point.
    pub fn points(&self) -> Vec<f64> {
        let trained = self.inner.trained();
        let row =
            |(at, point): (usize, &Point)| [point.at[0], point.at[1], point.label, f64::from(u8::from(at >= trained))];
        self.inner.points().iter().enumerate().flat_map(row).collect()
    }

    /// What each neuron sees over the plane.
    pub fn grid(&self, size: usize) -> Vec<f32> {
        self.inner.planes(size.min(200))
    }

    /// How often each class of the test points is told to be each class.
    pub fn confusion(&self) -> String {
        let classes = self.inner.class_names();
        if classes.is_empty() {
            return "null".to_owned();
        }
        json(&Confusion { classes, counts: self.inner.confusion() })
    }

    /// The number of the nearest point, or -1.
    pub fn click(&self, x1: f64, x2: f64) -> i32 {
        self.inner.nearest([x1, x2]).and_then(|point| i32::try_from(point).ok()).unwrap_or(-1)
    }

    /// The graph of a point as SVG; nothing of a point that is not there.
    pub fn graph(&self, point: usize, everything: bool) -> String {
        self.inner.graph(point, everything).unwrap_or_default()
    }

    /// The chain rule for a weight at a point as HTML; nothing of what is not there.
    pub fn explain(&self, point: usize, parameter: usize) -> String {
        self.inner.explain(point, parameter).unwrap_or_default()
    }

    /// A point as the network sees it.
    pub fn example(&self, point: usize) -> String {
        let Some(example) = self.inner.example(point) else { return "null".to_owned() };
        let training = self.inner.training();
        let outputs = training.outputs(&example.features);
        json(&Seen {
            inputs: &example.features,
            target: example.point.label,
            outputs: &outputs,
            loss: training.network().loss(&outputs, &example.point),
        })
    }

    /// Reads a table of one's own.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn load_csv(&mut self, text: &str) -> Result<String, String> {
        let own = self.inner.load(text)?;
        Ok(json(&Read { rows: own.points.len(), classes: own.target.classes(), text: &own.told }))
    }

    /// A program that trains the same network.
    pub fn export_rust(&self) -> String {
        self.inner.program()
    }

    /// The `Cargo.toml` of that program.
    pub fn export_cargo(&self) -> String {
        export::MANIFEST.to_owned()
    }

    /// The weights as a safetensors file.
    pub fn export_weights(&self) -> Vec<u8> {
        self.inner.weights()
    }
}
