//! What the page's controls offer.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::json;
use crate::data::{DataSet, Feature};
use crate::preset::{PRESETS, Preset};
use crate::settings::{
    Activation, BATCHES, DROPOUTS, Descent, MOST_LAYERS, MOST_NEURONS, NOISES, PENALTY_RATES, Penalty, Plan, RATES,
    SHARES, Settings,
};

/// What the page's controls offer, as JSON.
#[wasm_bindgen]
pub fn choices() -> String {
    json(&Choices {
        datasets: DataSet::classified().map(Data::of).collect(),
        regressions: DataSet::valued().map(Data::of).collect(),
        features: Feature::ALL.map(|feature| Key { key: feature.key(), title: feature.word() }),
        activations: Activation::ALL.iter().map(|choice| choice.word()).collect(),
        regularizations: Penalty::ALL.iter().map(|choice| choice.word()).collect(),
        optimizers: Descent::ALL.iter().map(|choice| Word { word: choice.word(), title: choice.title() }).collect(),
        schedules: Plan::ALL.iter().map(|choice| Word { word: choice.word(), title: choice.title() }).collect(),
        regularization_rates: &PENALTY_RATES,
        learning_rates: &RATES,
        dropouts: &DROPOUTS,
        batch: BATCHES,
        noise: NOISES,
        share: SHARES,
        layers: MOST_LAYERS,
        neurons: MOST_NEURONS,
        presets: PRESETS.iter().map(Offer::of).collect(),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Choices {
    datasets: Vec<Data>,
    regressions: Vec<Data>,
    features: [Key; 7],
    activations: Vec<&'static str>,
    regularizations: Vec<&'static str>,
    optimizers: Vec<Word>,
    schedules: Vec<Word>,
    regularization_rates: &'static [f64],
    learning_rates: &'static [f64],
    dropouts: &'static [f64],
    batch: [u32; 2],
    noise: [u32; 2],
    share: [u32; 2],
    layers: usize,
    neurons: usize,
    presets: Vec<Offer>,
}

#[derive(Serialize)]
struct Key {
    key: &'static str,
    title: &'static str,
}

#[derive(Serialize)]
struct Word {
    word: &'static str,
    title: &'static str,
}

#[derive(Serialize)]
struct Data {
    word: &'static str,
    title: &'static str,
    classes: usize,
}

impl Data {
    fn of(data: DataSet) -> Self {
        Self { word: data.word(), title: data.title(), classes: data.target().classes() }
    }
}

#[derive(Serialize)]
struct Offer {
    word: &'static str,
    title: &'static str,
    lecture: &'static str,
    text: &'static str,
    /// The whole address, where the preset has what differs from the default.
    address: String,
}

impl Offer {
    fn of(&Preset { word, title, lecture, text, address }: &Preset) -> Self {
        Self { word, title, lecture, text, address: Settings::from_address(address).0.address() }
    }
}
