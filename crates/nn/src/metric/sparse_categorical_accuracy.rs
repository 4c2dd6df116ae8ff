//! The share of rows whose class is right, against labels.

use super::Metric;
use super::matches::{gather_classes, mean_metric};
use crate::targets;
use crate::weighted_mean::WeightedMean;
use chainrule::{Element, Shape, Targets, Tensor};

/// The share of rows whose greatest element, the first of several that are equal, stands where the label says. Probabilities
/// and logits give the same. Keras's `SparseCategoricalAccuracy`.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::metric::{Metric, SparseCategoricalAccuracy, Tally};
/// let mut accuracy = SparseCategoricalAccuracy;
/// let prediction = Tensor::from([[0.1, 0.6, 0.3], [0.05, 0.95, 0.0]]);
/// accuracy.update(&prediction, &Tensor::<usize>::from([2, 1]).into(), None);
/// assert_eq!(accuracy.result(), 0.5); // Keras's documentation of this metric
/// ```
#[derive(Clone, Debug)]
pub struct SparseCategoricalAccuracy {
    gathered: WeightedMean,
}

/// The [accuracy against labels](struct@SparseCategoricalAccuracy), of nothing yet.
pub const SparseCategoricalAccuracy: SparseCategoricalAccuracy =
    SparseCategoricalAccuracy { gathered: WeightedMean::NEW };

mean_metric!(SparseCategoricalAccuracy, |_metric| "sparse_categorical_accuracy");

impl<T: Element> Metric<T> for SparseCategoricalAccuracy {
    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        targets::check_classes(prediction, targets)
    }

    fn update(&mut self, prediction: &Tensor<T>, targets: &Targets<T>, weights: Option<&[T]>) {
        gather_classes(&mut self.gathered, prediction, targets, weights);
    }
}
