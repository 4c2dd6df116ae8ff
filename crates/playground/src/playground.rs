//! The playground without its page: settings, data, a network, and what is asked of them.

use serde::Serialize;

use crate::data::{DataSet, Feature, Own, Point, Target};
use crate::history::History;
use crate::network::{Network, Place};
use crate::random::Random;
use crate::settings::{Problem, Settings};
use crate::training::{Example, Training};
use crate::{explanation, export, view};

/// What the weights are drawn from is another sequence than what the points are drawn from.
const WEIGHTS: u64 = 0x9e37_79b9_7f4a_7c15;

/// How near to a point one has to click.
const NEAR: f64 = 0.5;

/// Settings that are shown, and change nothing of data or network.
const SHOWN_ONLY: [&str; 2] = ["showTestData", "discretize"];

/// The playground: what stands behind the page.
pub struct Playground {
    settings: Settings,
    own: Option<Own>,
    points: Vec<Point>,
    target: Target,
    features: Vec<Feature>,
    training: Training,
    /// The parameters before the first step.
    first: Vec<f64>,
    /// Whether a weight was changed by hand after the first step.
    edited: bool,
    trained_on: Vec<Example>,
    tested_on: Vec<Example>,
    losses: [f64; 2],
    history: History,
}

impl Playground {
    /// The playground with these settings.
    pub fn new(settings: Settings) -> Self {
        Self::with_data(settings, None)
    }

    fn with_data(settings: Settings, own: Option<Own>) -> Self {
        let seed = settings.seed_number();
        let mut random = Random::seeded(seed);
        let data = settings.data_set();
        let (mut points, target) = match &own {
            Some(own) if data == DataSet::Own => (own.points.clone(), own.target),
            _ => (data.points(f64::from(settings.noise) / 100.0, &mut random), data.target()),
        };
        random.shuffle(&mut points);
        let features = settings.chosen_features();
        let (trained_on, tested_on) = points.split_at(points.len() * settings.share as usize / 100);
        let [trained_on, tested_on] = [trained_on, tested_on]
            .map(|part| part.iter().map(|&point| Example::of(point, &features)).collect::<Vec<_>>());
        let network = Network::new(&settings, target);
        let training = Training::new(&settings, network, trained_on.len(), &mut Random::seeded(seed ^ WEIGHTS));
        let first = training.parameters().to_vec();
        let mut playground = Self {
            settings,
            own,
            points,
            target,
            features,
            training,
            first,
            edited: false,
            trained_on,
            tested_on,
            losses: [f64::NAN; 2],
            history: History::default(),
        };
        playground.note();
        playground
    }

    fn judge(&mut self) {
        self.losses = [&self.trained_on, &self.tested_on].map(|examples| self.training.loss(examples));
    }

    fn note(&mut self) {
        self.judge();
        let [training, test] = self.losses;
        self.history.push(self.training.epoch(), training, test);
    }

    /// All settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Chooses one setting, by its key in the address. Data and network are made anew, where it is about them.
    ///
    /// # Errors
    /// As [`Settings::set`].
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let mut settings = self.settings.clone();
        match (key, &self.own) {
            ("dataset", Some(own)) if value == DataSet::Own.word() && own.target != Target::Number => {
                settings.data = DataSet::Own;
            }
            ("regDataset", Some(own)) if value == DataSet::Own.word() && own.target == Target::Number => {
                settings.surface = DataSet::Own;
            }
            _ => settings.set(key, value)?,
        }
        if SHOWN_ONLY.contains(&key) {
            self.settings = settings;
        } else {
            *self = Self::with_data(settings, self.own.take());
        }
        Ok(())
    }

    /// Back to the first weights.
    pub fn reset(&mut self) {
        *self = Self::with_data(self.settings.clone(), self.own.take());
    }

    /// Other points and other weights: the next seed.
    pub fn reseed(&mut self) {
        self.settings.seed = (self.settings.seed_number() % 1_000_000 + 1).to_string();
        self.reset();
    }

    /// Reads data of one's own, as [`Own::read`], and takes them.
    ///
    /// # Errors
    /// As [`Own::read`]; then nothing was changed.
    pub fn load(&mut self, table: &str) -> Result<&Own, String> {
        let own = Own::read(table, self.settings.problem == Problem::Regression)?;
        let mut settings = self.settings.clone();
        // what was read before is gone, also for the other problem
        let made = |data, default| if data == DataSet::Own { default } else { data };
        let default = Settings::default();
        (settings.data, settings.surface) = match settings.problem {
            Problem::Classification => (DataSet::Own, made(settings.surface, default.surface)),
            Problem::Regression => (made(settings.data, default.data), DataSet::Own),
        };
        *self = Self::with_data(settings, Some(own));
        Ok(self.own.as_ref().expect("it was just put there"))
    }

    /// What was read of one's own, if it is what is learned.
    pub fn own(&self) -> Option<&Own> {
        self.own.as_ref().filter(|_| self.settings.data_set() == DataSet::Own)
    }

    /// Whether something was read for this problem that is not what is learned now.
    pub fn own_waits(&self) -> bool {
        let is_regression = self.settings.problem == Problem::Regression;
        let fits = |own: &Own| (own.target == Target::Number) == is_regression;
        self.own.as_ref().is_some_and(fits) && self.own().is_none()
    }

    /// What the classes are called; none where numbers are learned.
    pub fn class_names(&self) -> Vec<String> {
        match self.own() {
            Some(own) => own.names.clone(),
            None if self.target == Target::TwoClasses => ["-1", "1"].map(str::to_owned).to_vec(),
            None => (1..=self.target.classes()).map(|class| class.to_string()).collect(),
        }
    }

    /// Trains for so many epochs; an epoch that was begun is brought to its end first.
    ///
    /// # Errors
    /// As [`Training::step`].
    pub fn train(&mut self, epochs: u32) -> Result<(), String> {
        for _ in 0..epochs {
            self.training.epoch_of(&self.trained_on)?;
            self.note();
        }
        Ok(())
    }

    /// Trains on one batch.
    ///
    /// # Errors
    /// As [`Training::step`].
    pub fn step(&mut self) -> Result<(), String> {
        if self.trained_on.is_empty() {
            return Ok(());
        }
        let epoch = self.training.epoch();
        self.training.step(&self.trained_on)?;
        if self.training.epoch() > epoch {
            self.note();
        } else {
            self.judge();
        }
        Ok(())
    }

    /// What learns.
    pub fn training(&self) -> &Training {
        &self.training
    }

    /// The mean losses on what is trained on and what is tested on, after the last step or change by hand.
    pub fn losses(&self) -> [f64; 2] {
        self.losses
    }

    /// The losses so far.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The shares of points that are told right, in training and test; NaN where numbers are learned.
    pub fn accuracies(&self) -> [f64; 2] {
        [&self.trained_on, &self.tested_on].map(|examples| {
            let counts = self.training.confusion(examples);
            let right: u32 = counts.iter().enumerate().map(|(class, row)| row[class]).sum();
            f64::from(right) / counts.iter().flatten().copied().map(f64::from).sum::<f64>()
        })
    }

    /// How often each class of the test points (rows) is told to be each class; none where numbers are learned.
    pub fn confusion(&self) -> Vec<Vec<u32>> {
        self.training.confusion(&self.tested_on)
    }

    /// All points, those that are trained on first.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// How many of the points are trained on.
    pub fn trained(&self) -> usize {
        self.trained_on.len()
    }

    /// The number of the point that is nearest to a place, among those that are shown, if one is near.
    pub fn nearest(&self, [x1, x2]: [f64; 2]) -> Option<usize> {
        let shown = if self.settings.shows_test { self.points.len() } else { self.trained_on.len() };
        let far = |point: &Point| (point.at[0] - x1).hypot(point.at[1] - x2);
        let distances = self.points[..shown].iter().map(far).enumerate();
        distances.min_by(|(_, one), (_, other)| one.total_cmp(other)).filter(|&(_, far)| far <= NEAR).map(|(at, _)| at)
    }

    /// See [`view::planes`].
    pub fn planes(&self, size: usize) -> Vec<f32> {
        view::planes(self.training.network(), self.training.parameters(), &self.features, size)
    }

    /// Another value of a weight or a bias.
    ///
    /// # Errors
    /// As [`Training::set_parameter`].
    pub fn set_parameter(&mut self, at: usize, value: f64) -> Result<(), String> {
        self.training.set_parameter(at, value)?;
        if self.history.epochs() == 1 && !self.training.has_begun() {
            self.first = self.training.parameters().to_vec();
            self.history = History::default();
            self.note();
        } else {
            self.edited = true;
            self.judge();
        }
        Ok(())
    }

    /// What the page calls each parameter.
    pub fn parameter_names(&self) -> Vec<String> {
        explanation::parameter_names(self.training.network(), &self.features)
    }

    /// A point as the network sees it.
    pub fn example(&self, point: usize) -> Option<&Example> {
        self.trained_on.iter().chain(&self.tested_on).nth(point)
    }

    /// The graph of a point as SVG; see [`explanation::graph`].
    pub fn graph(&self, point: usize, everything: bool) -> Option<String> {
        let (network, parameters) = (self.training.network(), self.training.parameters());
        Some(explanation::graph(network, parameters, &self.features, self.example(point)?, everything))
    }

    /// The chain rule for a parameter at a point; see [`explanation::chain_rule`].
    pub fn explain(&self, point: usize, parameter: usize) -> Option<String> {
        let (network, parameters) = (self.training.network(), self.training.parameters());
        Some(explanation::chain_rule(network, parameters, &self.features, self.example(point)?, parameter))
    }

    /// A program that trains the same network.
    pub fn program(&self) -> String {
        export::program(&export::Source {
            settings: &self.settings,
            network: self.training.network(),
            features: &self.features,
            first: &self.first,
            epochs: self.training.epoch(),
            edited: self.edited,
            trained_on: &self.trained_on,
            tested_on: &self.tested_on,
        })
    }

    /// The weights as a safetensors file.
    pub fn weights(&self) -> Vec<u8> {
        export::weights(self.training.network(), self.training.parameters())
    }

    /// Layers, neurons and what links them, for the page's drawing.
    pub fn structure(&self) -> Structure {
        let network = self.training.network();
        let neuron = |name: String, bias| Neuron { name, bias };
        let inputs = self.features.iter().map(|feature| neuron(feature.word().to_owned(), None)).collect();
        let mut layers = vec![Shown { kind: "input", activation: None, neurons: inputs }];
        let mut links = Vec::new();
        for (number, layer) in network.layers.iter().enumerate() {
            let kind = if number + 1 == network.layers.len() { "output" } else { "hidden" };
            let name = |unit| explanation::neuron(network, Place { layer: number, unit });
            let neurons = (0..layer.units).map(|unit| neuron(name(unit), Some(layer.bias(unit)))).collect();
            layers.push(Shown { kind, activation: Some(layer.activation.word()), neurons });
            for unit in 0..layer.units {
                links.extend((0..layer.inputs).map(|input| Link {
                    from: [number, input],
                    to: [number + 1, unit],
                    weight: layer.weight(unit, input),
                }));
            }
        }
        Structure { layers, links }
    }
}

/// The network as it is drawn.
#[derive(Clone, Debug, Serialize)]
pub struct Structure {
    /// The features, the hidden layers, the outputs.
    pub layers: Vec<Shown>,
    /// One for each weight.
    pub links: Vec<Link>,
}

/// A layer that is drawn.
#[derive(Clone, Debug, Serialize)]
pub struct Shown {
    /// `input`, `hidden` or `output`.
    pub kind: &'static str,
    /// The word of its activation; none of features.
    pub activation: Option<&'static str>,
    /// Its neurons, or features.
    pub neurons: Vec<Neuron>,
}

/// A neuron that is drawn.
#[derive(Clone, Debug, Serialize)]
pub struct Neuron {
    /// What it is called.
    pub name: String,
    /// Where its bias stands among the parameters; none of features.
    pub bias: Option<usize>,
}

/// A link that is drawn: layer and place of both ends, and where its weight stands among the parameters.
#[derive(Clone, Debug, Serialize)]
pub struct Link {
    /// Where it begins.
    pub from: [usize; 2],
    /// Where it ends.
    pub to: [usize; 2],
    /// Where its weight stands.
    pub weight: usize,
}
