//! How healthy a training is, layer by layer.

mod gathered;
mod shown;

use super::{BatchEnd, Callback, Control, Epoch, Flow};
use crate::error::Result;
use chainrule::Element;
use gathered::Gathered;
use std::fmt;

/// A gradient this much smaller than that of the last layer has vanished, and one as much larger has exploded.
const VANISHED: f64 = 1e-4;
/// A gradient that has grown so much since the first epoch has exploded.
const EXPLODED: f64 = 1e3;
/// The share of units from which on dead ones are an illness.
const DEAD: f64 = 0.25;
/// Where the ratio of a step to the weights should lie: about 1e-3.
const UPDATES: std::ops::RangeInclusive<f64> = 1e-5..=1e-1;

/// Keeps, for each epoch and layer, how gradients, weights and activations fare; lent to [`Fit::callback`](crate::Fit::callback), it
/// tells afterwards. `Display` gives the table of the last epoch, with a mark where something looks ill.
///
/// ```text
/// gradient   ‖g‖, the norm over all parameters of the layer, before clipping
/// update     ‖w' - w‖ / ‖w‖, the step over the weights; about 1e-3 is usual
/// ```
///
/// Both are means over the batches of the epoch. What came out of a layer is looked at as well: mean and standard deviation, the share
/// of zeros, and the share of units that were 0 for every row of the epoch: dead rectifiers, which get no gradient.
///
/// A training with it ends in the same bits as without, but takes longer: gradients, weights and outputs are read once more, and weights
/// copied. Where training goes on from a checkpoint, it knows the batches since.
///
/// ```
/// use chainrule_nn::prelude::*;
/// # fn main() -> chainrule_nn::Result<()> {
/// let (x, y) = (Tensor::uniform([64, 8], -1.0, 1.0, 1), Tensor::<f32>::uniform([64, 1], 0.0, 1.0, 2));
/// // ten layers of sigmoids: each makes the gradient at least four times smaller
/// let deep = (0..10).fold(Sequential::new().input(8), |network, _| network.add(Dense::new(8).activation(Sigmoid)));
/// let mut model = deep.add(Dense::new(1)).compile(MeanSquaredError, Sgd::new(0.1), ())?;
/// let mut health = Health::new();
/// model.fit(&x, &y, Fit::epochs(2).callback(&mut health).silent())?;
/// assert!(health.ills().contains(&("dense", Ill::VanishingGradient)));
/// println!("{health}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Health {
    epochs: Vec<usize>,
    layers: Vec<(String, Vec<LayerHealth>)>,
    /// The epoch under way, and what was gathered of each layer.
    current: Option<(usize, Vec<(String, Gathered)>)>,
}

/// How a layer fared in an epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct LayerHealth {
    /// The norm of its gradient, a mean over the batches; none where nothing of it is trained.
    pub gradient: Option<f64>,
    /// The share of elements of its gradient that were exactly 0.
    pub zero_gradients: Option<f64>,
    /// The norm of the step over the norm of the weights, a mean over the batches; none also where all weights were 0.
    pub update: Option<f64>,
    /// The mean of its outputs.
    pub mean: f64,
    /// Their standard deviation.
    pub deviation: f64,
    /// The share of outputs that were exactly 0.
    pub zeros: f64,
    /// The share of units, along the last axis, that were 0 for every row of the epoch.
    pub dead: f64,
}

/// What may be ill about a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ill {
    /// The norm of its gradient is below 1e-4 of the last layer's.
    VanishingGradient,
    /// The norm of its gradient is above 1e4 of the last layer's, or above 1e3 of its own in the first epoch.
    ExplodingGradient,
    /// A quarter of its units or more were 0 throughout the epoch, and more than in the layer before.
    DeadUnits,
    /// A step changes less than 1e-5 of its weights.
    SmallUpdates,
    /// A step changes more than a tenth of its weights.
    LargeUpdates,
}

impl fmt::Display for Ill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::VanishingGradient => "vanishing gradient",
            Self::ExplodingGradient => "exploding gradient",
            Self::DeadUnits => "dead units",
            Self::SmallUpdates => "small updates",
            Self::LargeUpdates => "large updates",
        })
    }
}

impl Health {
    /// Knows nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The numbers of the epochs that were looked at, from 0; where training ended amid one, that too.
    pub fn epochs(&self) -> &[usize] {
        &self.epochs
    }

    /// The names of the layers, in the order in which they run.
    pub fn layers(&self) -> impl Iterator<Item = &str> {
        self.layers.iter().map(|(name, _)| name.as_str())
    }

    /// How a layer fared in each epoch; none where no layer is called so.
    pub fn get(&self, layer: &str) -> Option<&[LayerHealth]> {
        self.layers.iter().find(|(name, _)| name == layer).map(|(_, epochs)| epochs.as_slice())
    }

    /// Which layers looked ill in the last epoch, and how, in the order in which they run.
    pub fn ills(&self) -> Vec<(&str, Ill)> {
        let reference = self.layers.iter().rev().find_map(|(_, epochs)| epochs.last()?.gradient);
        let (mut ills, mut before) = (Vec::new(), None);
        for (name, epochs) in &self.layers {
            let (Some(first), Some(last)) = (epochs.first(), epochs.last()) else { continue };
            ills.extend(last.ills(first, reference, before).into_iter().map(|ill| (name.as_str(), ill)));
            // what comes in before the first trained layer are data, and may well be 0
            if before.is_some() || last.gradient.is_some() {
                before = Some(last.dead);
            }
        }
        ills
    }

    /// Ends the epoch that is under way.
    fn close(&mut self) {
        let Some((epoch, layers)) = self.current.take() else { return };
        self.epochs.push(epoch);
        for (name, gathered) in layers {
            let health = gathered.health();
            match self.layers.iter_mut().find(|(known, _)| *known == name) {
                Some((_, epochs)) => epochs.push(health),
                None => self.layers.push((name, vec![health])),
            }
        }
    }
}

impl LayerHealth {
    /// What is ill, beside its `first` epoch, the `reference` gradient of the last layer and the dead share of the layer `before`.
    fn ills(&self, first: &Self, reference: Option<f64>, before: Option<f64>) -> Vec<Ill> {
        let mut ills = Vec::new();
        if let (Some(gradient), Some(reference), Some(first)) = (self.gradient, reference, first.gradient) {
            if gradient < VANISHED * reference {
                ills.push(Ill::VanishingGradient);
            } else if gradient > reference / VANISHED || gradient > first * EXPLODED {
                ills.push(Ill::ExplodingGradient);
            }
        }
        let trained_or_behind = self.gradient.is_some() || before.is_some();
        if trained_or_behind && self.dead >= DEAD && before.is_none_or(|before| self.dead > before) {
            ills.push(Ill::DeadUnits);
        }
        match self.update {
            Some(update) if update < *UPDATES.start() => ills.push(Ill::SmallUpdates),
            Some(update) if update > *UPDATES.end() => ills.push(Ill::LargeUpdates),
            _ => {}
        }
        ills
    }
}

impl<T: Element> Callback<T> for Health {
    fn on_train_begin(&mut self, _: &mut Control<'_, T>) -> Result<()> {
        *self = Self::new();
        Ok(())
    }

    fn wants_batches(&self) -> bool {
        true
    }

    fn on_batch_end(&mut self, batch: &BatchEnd<'_, T>) -> Result<()> {
        let (_, layers) = self.current.get_or_insert_with(|| (batch.epoch, Vec::new()));
        for (name, y) in batch.outputs {
            gathered::of(layers, name).output(y);
        }
        let mut params = batch.params.iter().peekable();
        while let Some(first) = params.peek() {
            let layer = layer_of(&first.name);
            let own = std::iter::from_fn(|| params.next_if(|param| layer_of(&param.name) == layer));
            gathered::of(layers, layer).step(own);
        }
        Ok(())
    }

    fn on_epoch_end(&mut self, _: &Epoch<'_>, _: &mut Control<'_, T>) -> Result<Flow> {
        self.close();
        Ok(Flow::Continue)
    }

    fn on_train_end(&mut self, _: &mut Control<'_, T>) -> Result<()> {
        self.close();
        Ok(())
    }
}

/// The layer of a parameter: names of layers have no dots.
fn layer_of(parameter: &str) -> &str {
    parameter.split('.').next().unwrap_or(parameter)
}
