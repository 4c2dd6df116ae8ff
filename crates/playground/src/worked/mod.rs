//! The worked example of the slides "Backpropagation", with numbers that can be changed.

pub mod network;
pub mod slide;
mod stage;

pub use stage::{Agreement, Stage, stages};

use serde::Serialize;

use chainrule::prelude::*;

use network::{BIASES, INPUTS, RATE, TARGETS, WEIGHTS};
use slide::SlideNetwork;

/// All numbers of the example that are given.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    /// w1 to w8.
    pub weights: [f64; 8],
    /// b1 and b2.
    pub biases: [f64; 2],
    /// i1 and i2.
    pub inputs: [f64; 2],
    /// What o1 and o2 should be.
    pub targets: [f64; 2],
    /// The learning rate.
    pub rate: f64,
}

impl Default for Numbers {
    /// The slide's.
    fn default() -> Self {
        Self { weights: WEIGHTS, biases: BIASES, inputs: INPUTS, targets: TARGETS, rate: RATE }
    }
}

/// A number with its slider.
#[derive(Clone, Debug, Serialize)]
pub struct Slider {
    /// What it is set by: `w1`.
    pub key: &'static str,
    /// What it says of itself.
    pub title: &'static str,
    /// Where it stands.
    pub value: f64,
    /// Where the slide has it.
    pub slide: f64,
    /// Its lower end.
    pub min: f64,
    /// Its upper end.
    pub max: f64,
}

const SLIDERS: [(&str, &str, f64, f64); 15] = [
    ("w1", "w1: i1 to h1", -2.0, 2.0),
    ("w2", "w2: i2 to h1", -2.0, 2.0),
    ("w3", "w3: i1 to h2", -2.0, 2.0),
    ("w4", "w4: i2 to h2", -2.0, 2.0),
    ("w5", "w5: h1 to o1", -2.0, 2.0),
    ("w6", "w6: h2 to o1", -2.0, 2.0),
    ("w7", "w7: h1 to o2", -2.0, 2.0),
    ("w8", "w8: h2 to o2", -2.0, 2.0),
    ("b1", "b1: bias of h1 and h2", -2.0, 2.0),
    ("b2", "b2: bias of o1 and o2", -2.0, 2.0),
    ("i1", "i1: first input", -1.0, 1.0),
    ("i2", "i2: second input", -1.0, 1.0),
    ("t1", "target of o1", 0.0, 1.0),
    ("t2", "target of o2", 0.0, 1.0),
    ("rate", "learning rate η", 0.0, 10.0),
];

/// The example while it is worked on.
#[derive(Clone, Debug, Default)]
pub struct Worked {
    numbers: Numbers,
    /// The error before each update that was made.
    errors: Vec<f64>,
}

impl Worked {
    /// Its numbers.
    pub fn numbers(&self) -> &Numbers {
        &self.numbers
    }

    /// Every number with its slider.
    pub fn sliders(&self) -> Vec<Slider> {
        let slide = Numbers::default();
        let values = self.numbers.all().zip(slide.all());
        let one = |((key, title, min, max), (value, slide))| Slider { key, title, value, slide, min, max };
        SLIDERS.into_iter().zip(values).map(one).collect()
    }

    /// Another value of a number; what was updated so far begins anew.
    ///
    /// # Errors
    /// For a number that is not there, and a value that is not finite or beyond its slider by far.
    pub fn set(&mut self, key: &str, value: f64) -> Result<(), String> {
        let place =
            SLIDERS.iter().position(|(name, ..)| *name == key).ok_or_else(|| format!("no number is called {key}"))?;
        if !(value.is_finite() && value.abs() <= 1000.0) {
            return Err(format!("{key} cannot be {value}: a number from -1000 to 1000"));
        }
        *self.numbers.at(place) = value;
        self.errors.clear();
        Ok(())
    }

    /// Takes the weights after the step as the new ones.
    pub fn update(&mut self) {
        let tape = ScalarTape::traced();
        let network = SlideNetwork::of(&tape, &self.numbers);
        self.errors.push(network.total.value());
        let slopes = network.total.backward().of_all(network.weights);
        self.numbers.weights.iter_mut().zip(slopes).for_each(|(weight, slope)| *weight -= self.numbers.rate * slope);
    }

    /// How many updates were made since a number was set by hand.
    pub fn iteration(&self) -> usize {
        self.errors.len()
    }

    /// The error before each update, and now.
    pub fn errors(&self) -> Vec<f64> {
        let tape = ScalarTape::traced();
        let now = SlideNetwork::of(&tape, &self.numbers).total.value();
        self.errors.iter().copied().chain([now]).collect()
    }

    /// The tape, gate by gate, as SVG.
    pub fn graph(&self) -> String {
        let tape = ScalarTape::traced();
        SlideNetwork::of(&tape, &self.numbers).trace().0.drawing().unfolded().to_svg()
    }
}

impl Numbers {
    /// In the order of the sliders.
    fn all(&self) -> impl Iterator<Item = f64> {
        let Self { weights, biases, inputs, targets, rate } = self;
        [&weights[..], biases, inputs, targets, std::slice::from_ref(rate)].concat().into_iter()
    }

    fn at(&mut self, place: usize) -> &mut f64 {
        let Self { weights, biases, inputs, targets, rate } = self;
        let mut all = weights.iter_mut().chain(biases).chain(inputs).chain(targets).chain([rate]);
        all.nth(place).expect("a slider for each number")
    }
}
