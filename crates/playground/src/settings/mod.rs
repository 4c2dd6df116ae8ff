//! Everything that can be chosen on the page. One setting is one key, the same in the page's address and on its controls, and is
//! checked in one place, [`Settings::set`].

mod address;
mod choice;
mod set;

pub use choice::{Activation, Descent, Penalty, Plan};

use crate::data::{DataSet, Feature, Pattern, Surface};

/// The learning rates of TensorFlow Playground.
pub const RATES: [f64; 11] = [0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];
/// The factors of penalties of TensorFlow Playground.
pub const PENALTY_RATES: [f64; 10] = [0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];
/// The shares of neurons that may be left out.
pub const DROPOUTS: [f64; 6] = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5];
/// How small and how large a batch may be.
pub const BATCHES: [u32; 2] = [1, 30];
/// From how little to how much noise there may be.
pub const NOISES: [u32; 2] = [0, 50];
/// How few and how many of a hundred points may be trained on.
pub const SHARES: [u32; 2] = [10, 90];
/// At most so many hidden layers.
pub const MOST_LAYERS: usize = 6;
/// At most so many neurons in each.
pub const MOST_NEURONS: usize = 8;

/// What kind of thing is learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A class of each point.
    Classification,
    /// A number for each point.
    Regression,
}

/// A hidden layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// How many neurons it has.
    pub neurons: usize,
    /// What they do with their sums.
    pub activation: Activation,
}

/// All settings of the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// `problem`
    pub problem: Problem,
    /// `dataset`: the data set where classes are learned.
    pub data: DataSet,
    /// `regDataset`: the data set where numbers are learned.
    pub surface: DataSet,
    /// `noise`, from 0 to 50.
    pub noise: u32,
    /// `percTrainData`: how many of a hundred points are trained on, 10 to 90.
    pub share: u32,
    /// `batchSize`, 1 to 30.
    pub batch: usize,
    /// `x`, `y`, `xSquared`, …: the features, in the page's order.
    pub features: [bool; 7],
    /// `networkShape` and `activations`
    pub hidden: Vec<Hidden>,
    /// The activation of a layer that is added: the last one chosen for all.
    pub activation: Activation,
    /// `learningRate`
    pub rate: f64,
    /// `regularization`
    pub penalty: Penalty,
    /// `regularizationRate`
    pub penalty_rate: f64,
    /// `optimizer`
    pub descent: Descent,
    /// `schedule`
    pub plan: Plan,
    /// `dropout`: the share of hidden neurons left out of each batch.
    pub dropout: f64,
    /// `initZero`: all weights begin at 0.
    pub from_zero: bool,
    /// `seed`: any text.
    pub seed: String,
    /// `showTestData`
    pub shows_test: bool,
    /// `discretize`
    pub discrete: bool,
}

impl Default for Settings {
    /// As TensorFlow Playground opens, with a seed that is always the same.
    fn default() -> Self {
        let hidden = |neurons| Hidden { neurons, activation: Activation::Tanh };
        Self {
            problem: Problem::Classification,
            data: DataSet::Pattern(Pattern::Circle),
            surface: DataSet::Surface(Surface::Plane),
            noise: 0,
            share: 50,
            batch: 10,
            features: [true, true, false, false, false, false, false],
            hidden: vec![hidden(4), hidden(2)],
            activation: Activation::Tanh,
            rate: 0.03,
            penalty: Penalty::None,
            penalty_rate: 0.0,
            descent: Descent::Sgd,
            plan: Plan::Constant,
            dropout: 0.0,
            from_zero: false,
            seed: "1".to_owned(),
            shows_test: false,
            discrete: false,
        }
    }
}

impl Settings {
    /// The data set that is learned.
    pub fn data_set(&self) -> DataSet {
        match self.problem {
            Problem::Classification => self.data,
            Problem::Regression => self.surface,
        }
    }

    /// The features that are chosen, in the page's order.
    pub fn chosen_features(&self) -> Vec<Feature> {
        let chosen = Feature::ALL.into_iter().zip(self.features);
        chosen.filter_map(|(feature, chosen)| chosen.then_some(feature)).collect()
    }

    /// The seed as a number: itself if it is one, else the 64-bit FNV-1a hash of its text.
    pub fn seed_number(&self) -> u64 {
        self.seed.parse().unwrap_or_else(|_| {
            self.seed
                .bytes()
                .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
        })
    }
}
