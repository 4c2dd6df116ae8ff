//! Metrics: what is watched beside the loss. One file each.
//!
//! They are gathered batch by batch, by `fit` and `evaluate` or by hand:
//!
//! ```
//! use chainrule::prelude::*;
//! use chainrule_nn::metric::{Accuracy, Metric, Tally};
//! let mut accuracy = Accuracy;
//! let batches = [([[0.9, 0.1], [0.2, 0.8]], [0, 1]), ([[0.6, 0.4], [0.5, 0.5]], [1, 0])];
//! for (prediction, labels) in batches {
//!     accuracy.update(&Tensor::from(prediction), &Tensor::<usize>::from(labels).into(), None);
//! }
//! assert_eq!(accuracy.result(), 0.75);
//! accuracy.reset(); // for the next epoch
//! ```

#![expect(non_upper_case_globals, reason = "values with a state are written like unit structs")]

mod accuracy;
mod binary_accuracy;
mod categorical_accuracy;
mod class_counts;
mod classes;
mod confusion_matrix;
mod f1;
mod matches;
mod mean_error;
mod precision;
mod r2;
mod recall;
mod report;
mod roc_auc;
mod root_mean_squared_error;
mod sparse_categorical_accuracy;
mod top_k_accuracy;
mod weighted;

pub use crate::loss::{MeanAbsoluteError, MeanSquaredError};
pub use accuracy::Accuracy;
pub use binary_accuracy::BinaryAccuracy;
pub use categorical_accuracy::CategoricalAccuracy;
pub use classes::classes;
pub use confusion_matrix::{ConfusionMatrix, Scores};
pub use f1::F1;
pub use precision::Precision;
pub use r2::R2;
pub use recall::Recall;
pub use report::ClassificationReport;
pub use roc_auc::RocAuc;
pub use root_mean_squared_error::RootMeanSquaredError;
pub use sparse_categorical_accuracy::SparseCategoricalAccuracy;
pub use top_k_accuracy::TopKAccuracy;
pub use weighted::Weighted;

use chainrule::{Element, Shape, Targets, Tensor};

/// A number that grows batch by batch, whatever it is gathered from.
pub trait Tally {
    /// As histories and bars call it: `accuracy`.
    fn name(&self) -> String;

    /// Forgets what was gathered.
    fn reset(&mut self);

    /// What was gathered so far; 0 before anything was, as in Keras.
    fn result(&self) -> f64;

    /// What was gathered, as numbers for a [checkpoint](crate::Checkpoint) amid an epoch; none where that would be too many.
    fn gathered(&self) -> Option<Vec<f64>> {
        None
    }

    /// Goes on from what [`gathered`](Self::gathered) gave.
    ///
    /// # Errors
    /// When there are not as many numbers as it gives.
    fn regather(&mut self, _numbers: &[f64]) -> Result<(), String> {
        Err(format!("`{}` cannot go on from what was gathered", self.name()))
    }
}

/// A number that says how good predictions are, gathered batch by batch.
pub trait Metric<T: Element = f32>: Tally + Send + Sync {
    /// Says what is wrong when targets do not fit predictions of this shape, and what to do.
    ///
    /// # Errors
    /// The problem in words.
    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String>;

    /// Whether `fit` and `evaluate` should hand on the weights of samples and classes. As in Keras they do not, but for what
    /// stands in [`Weighted`].
    fn is_weighted(&self) -> bool {
        false
    }

    /// Takes in a batch, which fits by [`check`](Self::check); `weights`, where there are any, holds one number for each row of
    /// the batch, or, for predictions `[rows, steps, ..]`, one for each step of each row: 0 where it is padding.
    fn update(&mut self, prediction: &Tensor<T>, targets: &Targets<T>, weights: Option<&[T]>);
}

/// A metric that was chosen at run time.
impl<M: Tally + ?Sized> Tally for Box<M> {
    fn name(&self) -> String {
        (**self).name()
    }
    fn reset(&mut self) {
        (**self).reset();
    }
    fn result(&self) -> f64 {
        (**self).result()
    }
    fn gathered(&self) -> Option<Vec<f64>> {
        (**self).gathered()
    }
    fn regather(&mut self, numbers: &[f64]) -> Result<(), String> {
        (**self).regather(numbers)
    }
}

impl<T: Element, M: Metric<T> + ?Sized> Metric<T> for Box<M> {
    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        (**self).check(prediction, targets)
    }
    fn is_weighted(&self) -> bool {
        (**self).is_weighted()
    }
    fn update(&mut self, prediction: &Tensor<T>, targets: &Targets<T>, weights: Option<&[T]>) {
        (**self).update(prediction, targets, weights);
    }
}
