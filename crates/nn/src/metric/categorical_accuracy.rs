//! The share of rows whose class is right, against one-hot rows.

use super::Metric;
use super::matches::{gather_classes, mean_metric};
use crate::targets;
use crate::weighted_mean::WeightedMean;
use chainrule::{Element, Shape, Targets, Tensor};

/// The share of rows whose greatest element stands where the greatest of the one-hot target does; the first of several that are
/// equal counts. Probabilities and logits give the same. Keras's `CategoricalAccuracy`.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::metric::{CategoricalAccuracy, Metric, Tally};
/// let mut accuracy = CategoricalAccuracy;
/// let prediction = Tensor::from([[0.1, 0.9, 0.8], [0.05, 0.95, 0.0]]);
/// let targets = Tensor::from([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]).into();
/// accuracy.update(&prediction, &targets, Some(&[0.7, 0.3]));
/// assert_eq!(accuracy.result(), 0.3); // Keras's documentation of this metric
/// ```
#[derive(Clone, Debug)]
pub struct CategoricalAccuracy {
    gathered: WeightedMean,
}

/// The [accuracy against one-hot rows](struct@CategoricalAccuracy), of nothing yet.
pub const CategoricalAccuracy: CategoricalAccuracy = CategoricalAccuracy { gathered: WeightedMean::NEW };

mean_metric!(CategoricalAccuracy, |_metric| "categorical_accuracy");

impl<T: Element> Metric<T> for CategoricalAccuracy {
    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        targets::check_one_hot(prediction, targets)
    }

    fn update(&mut self, prediction: &Tensor<T>, targets: &Targets<T>, weights: Option<&[T]>) {
        gather_classes(&mut self.gathered, prediction, targets, weights);
    }
}
