//! What `fit` and `evaluate` can be told.

use super::callback::Callback;
use super::checkpoint::Checkpoint;
use chainrule::{Element, Targets, Tensor};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// How much is printed while a model trains.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub enum Verbose {
    /// A bar where the output is a terminal, and else a line for each epoch.
    #[default]
    Auto,
    /// Nothing: Keras's 0.
    Silent,
    /// A bar in each epoch: Keras's 1.
    Bar,
    /// A line for each epoch: Keras's 2.
    Lines,
}

/// How much the rows of each class count: `[(0, 1.0), (1, 5.0)]`; a class that is not named counts 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClassWeights(pub(super) BTreeMap<usize, f64>);

impl<const N: usize> From<[(usize, f64); N]> for ClassWeights {
    fn from(weights: [(usize, f64); N]) -> Self {
        Self(weights.into())
    }
}
impl From<Vec<f64>> for ClassWeights {
    fn from(weights: Vec<f64>) -> Self {
        Self(weights.into_iter().enumerate().collect())
    }
}

impl ClassWeights {
    /// Weights with which every class counts alike, however rare: rows / (classes · rows of the class), as scikit-learn's
    /// `balanced`.
    pub fn balanced(labels: &Tensor<usize>) -> Self {
        let mut counts = BTreeMap::new();
        for &label in labels.as_slice() {
            *counts.entry(label).or_insert(0_usize) += 1;
        }
        let classes = counts.len() as f64;
        let weight = |(label, count)| (label, labels.len() as f64 / (classes * count as f64));
        Self(counts.into_iter().map(weight).collect())
    }
}

/// Validation data: inputs and targets.
pub(super) type Held<T> = (Tensor<T>, Targets<T>);

/// How [`Model::fit`](super::Model::fit) trains: Keras's arguments, with its defaults.
///
/// ```
/// use chainrule_nn::prelude::*;
/// let fit: Fit = Fit::epochs(50).batch_size(128).validation_split(0.1).callback(EarlyStopping::new().patience(3));
/// # let _ = fit;
/// ```
#[must_use = "it does nothing until `fit` gets it"]
pub struct Fit<'c, T: Element = f32> {
    pub(super) epochs: usize,
    pub(super) first_epoch: usize,
    pub(super) batch_size: usize,
    pub(super) shuffle: bool,
    pub(super) split: Option<f64>,
    pub(super) validation: Option<Held<T>>,
    pub(super) class_weights: Option<ClassWeights>,
    pub(super) sample_weights: Option<Tensor<T>>,
    pub(super) callbacks: Vec<Box<dyn Callback<T> + 'c>>,
    pub(super) checkpoint: Option<Checkpoint>,
    pub(super) resume: Option<PathBuf>,
    pub(super) verbose: Verbose,
}

impl<'c, T: Element> Fit<'c, T> {
    /// Trains until this many epochs are complete. Batches have 32 rows, shuffled in each epoch.
    pub fn epochs(epochs: usize) -> Self {
        Self {
            epochs,
            first_epoch: 0,
            batch_size: 32,
            shuffle: true,
            split: None,
            validation: None,
            class_weights: None,
            sample_weights: None,
            callbacks: Vec::new(),
            checkpoint: None,
            resume: None,
            verbose: Verbose::Auto,
        }
    }

    /// How many rows make a step. 1 is stochastic gradient descent.
    pub fn batch_size(self, rows: usize) -> Self {
        Self { batch_size: rows, ..self }
    }

    /// All rows make one step: gradient descent.
    pub fn full_batch(self) -> Self {
        self.batch_size(usize::MAX)
    }

    /// Whether rows are shuffled in each epoch.
    pub fn shuffle(self, shuffle: bool) -> Self {
        Self { shuffle, ..self }
    }

    /// Holds out this share of the rows, the last ones (before any shuffle), and evaluates on them after each epoch.
    pub fn validation_split(self, share: f64) -> Self {
        Self { split: Some(share), ..self }
    }

    /// Evaluates on these after each epoch.
    pub fn validation_data(self, x: &Tensor<T>, targets: impl Into<Targets<T>>) -> Self {
        Self { validation: Some((x.clone(), targets.into())), ..self }
    }

    /// How much the rows of each class count in the loss.
    #[doc(alias = "class_weight")]
    pub fn class_weights(self, weights: impl Into<ClassWeights>) -> Self {
        Self { class_weights: Some(weights.into()), ..self }
    }

    /// How much each row counts in the loss, one number for each.
    #[doc(alias = "sample_weight")]
    pub fn sample_weights(self, weights: &Tensor<T>) -> Self {
        Self { sample_weights: Some(weights.clone()), ..self }
    }

    /// Something that looks at each epoch: given away, or lent as `&mut`.
    pub fn callback(mut self, callback: impl Callback<T> + 'c) -> Self {
        self.callbacks.push(Box::new(callback));
        self
    }

    /// Writes the training into files while it runs.
    pub fn checkpoint(self, checkpoint: Checkpoint) -> Self {
        Self { checkpoint: Some(checkpoint), ..self }
    }

    /// Goes on from a file that a [`Checkpoint`] wrote, or from the last one in a folder, with data, options and callbacks as they
    /// were then, and ends in the same bits as if it had never stopped (but for what closures of callbacks keep to themselves). Where nothing is there yet, training begins anew: so a
    /// program can always say it. The history has the epochs before, too.
    pub fn resume_from(self, path: impl AsRef<Path>) -> Self {
        Self { resume: Some(path.as_ref().into()), ..self }
    }

    /// The number of the first epoch, for a training that goes on.
    #[doc(alias = "initial_epoch")]
    pub fn first_epoch(self, first_epoch: usize) -> Self {
        Self { first_epoch, ..self }
    }

    /// How much is printed.
    pub fn verbose(self, verbose: Verbose) -> Self {
        Self { verbose, ..self }
    }

    /// Prints nothing.
    pub fn silent(self) -> Self {
        self.verbose(Verbose::Silent)
    }
}

impl<T: Element> fmt::Debug for Fit<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fit")
            .field("epochs", &self.epochs)
            .field("batch_size", &self.batch_size)
            .finish_non_exhaustive()
    }
}

/// How [`Model::evaluate_with`](super::Model::evaluate_with) goes through the rows.
#[derive(Clone, Debug)]
#[must_use = "it does nothing until `evaluate_with` gets it"]
pub struct Evaluate<T: Element = f32> {
    pub(super) batch_size: usize,
    pub(super) sample_weights: Option<Tensor<T>>,
}

impl<T: Element> Evaluate<T> {
    /// This many rows at a time.
    pub fn batch_size(rows: usize) -> Self {
        Self { batch_size: rows, sample_weights: None }
    }

    /// How much each row counts.
    #[doc(alias = "sample_weight")]
    pub fn sample_weights(self, weights: &Tensor<T>) -> Self {
        Self { sample_weights: Some(weights.clone()), ..self }
    }
}

impl<T: Element> Default for Evaluate<T> {
    /// 32 rows at a time, as in Keras.
    fn default() -> Self {
        Self::batch_size(32)
    }
}
