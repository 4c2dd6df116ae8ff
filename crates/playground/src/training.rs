//! Training: batches, epochs, losses.

use std::cell::RefCell;

use chainrule::prelude::*;

use crate::data::{Feature, Point};
use crate::descent::Descend;
use crate::network::{Network, Observer, Place, Row, Unseen};
use crate::random::Random;
use crate::settings::{Penalty, Settings};

/// A point as the network sees it.
#[derive(Clone, Debug)]
pub struct Example {
    /// Its features.
    pub features: Row<f64>,
    /// Where it is, and what is known of it.
    pub point: Point,
}

impl Example {
    /// A point, seen through these features.
    pub fn of(point: Point, features: &[Feature]) -> Self {
        Self { features: features.iter().map(|feature| feature.of(point.at)).collect(), point }
    }
}

/// A network that learns.
pub struct Training {
    network: Network,
    /// All weights and biases.
    parameters: Vec<f64>,
    optimizer: Box<dyn Descend>,
    penalty: Penalty,
    penalty_rate: f64,
    batch: usize,
    /// Which neurons sit out.
    absence: Absence,
    tape: ScalarTape,
    /// Where the next batch begins.
    next: usize,
    epoch: u32,
}

impl Training {
    /// A network before its first step. First weights are drawn as TensorFlow Playground draws them, from -1/2 to 1/2, and biases are
    /// 0.1; where they begin at 0, both are 0. `rows` are trained on.
    pub fn new(settings: &Settings, network: Network, rows: usize, random: &mut Random) -> Self {
        let first = |at| match settings.from_zero {
            true => 0.0,
            false if network.is_weight(at) => random.uniform(-0.5..0.5),
            false => 0.1,
        };
        let parameters: Vec<f64> = (0..network.parameters()).map(first).collect();
        let steps = rows.div_ceil(settings.batch).max(1) as u64;
        Self {
            parameters,
            optimizer: settings.descent.at(settings.plan.schedule(settings.rate, steps)),
            penalty: settings.penalty,
            penalty_rate: settings.penalty_rate,
            batch: settings.batch,
            absence: Absence {
                rate: settings.dropout,
                hidden: settings.hidden.len(),
                random: RefCell::new(random.clone()),
            },
            tape: ScalarTape::new(),
            network,
            next: 0,
            epoch: 0,
        }
    }

    /// The formula.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// All weights and biases, in the order of [`Layer`](crate::network::Layer).
    pub fn parameters(&self) -> &[f64] {
        &self.parameters
    }

    /// Another value of a parameter.
    ///
    /// # Errors
    /// For a parameter that is not there, and a number that is not finite.
    pub fn set_parameter(&mut self, at: usize, value: f64) -> Result<(), String> {
        if !value.is_finite() {
            return Err(format!("a weight cannot be {value}"));
        }
        let parameter = self.parameters.get_mut(at).ok_or("there is no such weight")?;
        *parameter = value;
        Ok(())
    }

    /// How many times all training points were seen.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Whether a step was made.
    pub fn has_begun(&self) -> bool {
        self.epoch > 0 || self.next > 0
    }

    /// Goes once over all examples, or over what is left of an epoch that was begun.
    ///
    /// # Errors
    /// As [`step`](Self::step).
    pub fn epoch_of(&mut self, examples: &[Example]) -> Result<(), String> {
        let epoch = self.epoch;
        while self.epoch == epoch && !examples.is_empty() {
            self.step(examples)?;
        }
        Ok(())
    }

    /// One batch: the gradient of the mean loss and of the penalty, and one step of the optimizer. Of the last batch of an epoch there
    /// may be fewer points.
    ///
    /// # Errors
    /// When a loss, a gradient or a weight would not be finite; the weights stay as they were.
    pub fn step(&mut self, examples: &[Example]) -> Result<(), String> {
        let end = (self.next + self.batch).min(examples.len());
        let gradient = self.gradient(&examples[self.next..end]);
        let before = self.parameters.clone();
        self.optimizer.step(&mut self.parameters, &gradient);
        if !gradient.iter().chain(&self.parameters).all(|x| x.is_finite()) {
            self.parameters = before;
            return Err(format!(
                "in epoch {} the numbers grew beyond all bounds: take a smaller learning rate, and reset",
                self.epoch + 1
            ));
        }
        self.next = end % examples.len();
        self.epoch += u32::from(self.next == 0);
        Ok(())
    }

    fn gradient(&mut self, batch: &[Example]) -> Vec<f64> {
        self.tape.clear();
        let parameters = self.tape.variables(&self.parameters);
        let loss = |example: &Example| {
            let features: Row<Var<'_, f64>> = example.features.iter().map(|&x| Number::literal(x)).collect();
            let outputs = self.network.forward(&parameters, &features, &self.absence);
            self.network.loss(&outputs, &example.point)
        };
        let total: Var<'_, f64> = batch.iter().map(loss).sum();
        let mut gradient = (total * (batch.len() as f64).recip()).backward().of_slice(&parameters);
        for (at, slope) in gradient.iter_mut().enumerate() {
            if self.network.is_weight(at) {
                *slope += self.penalty.slope(self.penalty_rate, self.parameters[at]);
            }
        }
        gradient
    }

    /// The outputs at some features, with all neurons there.
    pub fn outputs(&self, features: &[f64]) -> Row<f64> {
        self.network.forward(self.parameters(), features, &Unseen)
    }

    /// The mean loss over examples, without the penalty; NaN of none.
    pub fn loss(&self, examples: &[Example]) -> f64 {
        let loss = |example: &Example| self.network.loss(&self.outputs(&example.features), &example.point);
        examples.iter().map(loss).sum::<f64>() / examples.len() as f64
    }

    /// How often each class (rows) is told to be each class (columns); nothing where numbers are learned.
    pub fn confusion(&self, examples: &[Example]) -> Vec<Vec<u32>> {
        let classes = self.network.target.classes();
        let mut counts = vec![vec![0; classes]; classes];
        for example in examples.iter().filter(|_| classes > 0) {
            counts[self.network.class(&example.point)][self.network.told(&self.outputs(&example.features))] += 1;
        }
        counts
    }
}

/// Dropout: for each point each hidden neuron is out with the same probability, and those that stay say as much more.
struct Absence {
    rate: f64,
    /// How many layers are hidden.
    hidden: usize,
    random: RefCell<Random>,
}

impl<'t> Observer<Var<'t, f64>> for Absence {
    fn output(&self, place: Place, output: Var<'t, f64>) -> Var<'t, f64> {
        if self.rate == 0.0 || place.layer >= self.hidden {
            return output;
        }
        let is_out = self.random.borrow_mut().uniform(0.0..1.0) < self.rate;
        output * if is_out { 0.0 } else { (1.0 - self.rate).recip() }
    }
}
