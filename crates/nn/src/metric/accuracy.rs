//! The share of predictions that are right, whatever they are about.

use super::Metric;
use super::classes::{HALF, columns};
use super::matches::{gather_answers, gather_classes, mean_metric};
use crate::targets;
use crate::weighted_mean::WeightedMean;
use chainrule::{Element, Shape, Targets, Tensor};

/// The share of predictions that are right, as Keras's `"accuracy"` finds out what that means:
///
/// - of one column: right if above 0.5 just where the target is 1, as [`BinaryAccuracy`](struct@super::BinaryAccuracy);
/// - of several columns: right if the greatest stands where the label says, or where the greatest of the one-hot target
///   stands, as [`SparseCategoricalAccuracy`](struct@super::SparseCategoricalAccuracy) and
///   [`CategoricalAccuracy`](struct@super::CategoricalAccuracy).
///
/// Several yes-or-no questions in a row are therefore taken for one-hot classes: choose `BinaryAccuracy` for them.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::metric::{Accuracy, Metric, Tally};
/// let mut accuracy = Accuracy;
/// let prediction = Tensor::from([[0.98], [1.0], [0.0], [0.6]]);
/// accuracy.update(&prediction, &Tensor::from([1.0, 1.0, 0.0, 0.0]).into(), None);
/// assert_eq!(accuracy.result(), 0.75); // Keras's documentation of `BinaryAccuracy`
/// ```
#[derive(Clone, Debug)]
pub struct Accuracy {
    gathered: WeightedMean,
}

/// The [accuracy](struct@Accuracy), of nothing yet.
pub const Accuracy: Accuracy = Accuracy { gathered: WeightedMean::NEW };

mean_metric!(Accuracy, |_metric| "accuracy");

impl<T: Element> Metric<T> for Accuracy {
    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        if columns(prediction) == 1 {
            return targets::check_answers(prediction, targets);
        }
        targets::check_labels(prediction, targets)
    }

    fn update(&mut self, prediction: &Tensor<T>, targets: &Targets<T>, weights: Option<&[T]>) {
        if columns(prediction.shape()) == 1 {
            gather_answers(&mut self.gathered, prediction, targets, weights, HALF);
        } else {
            gather_classes(&mut self.gathered, prediction, targets, weights);
        }
    }
}
