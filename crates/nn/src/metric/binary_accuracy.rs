//! The share of yes-or-no questions that are answered right.

use super::Metric;
use super::classes::HALF;
use super::matches::{gather_answers, mean_metric};
use crate::targets;
use crate::weighted_mean::WeightedMean;
use chainrule::{Element, Shape, Targets, Tensor};

/// The share of yes-or-no questions that are answered right: an element above the threshold, 0.5 or as set, is a yes, and the
/// targets are 0 and 1 in the shape of the predictions; `[n]` fits `[n, 1]`. Keras's `BinaryAccuracy`.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::metric::{BinaryAccuracy, Metric, Tally};
/// let mut accuracy = BinaryAccuracy.threshold(0.7);
/// accuracy.update(&Tensor::from([[0.6, 0.8]]), &Tensor::from([[0.0, 1.0]]).into(), None);
/// assert_eq!(accuracy.result(), 1.0);
/// ```
#[derive(Clone, Debug)]
pub struct BinaryAccuracy {
    threshold: f64,
    gathered: WeightedMean,
}

/// The [accuracy of yes-or-no questions](struct@BinaryAccuracy) at the threshold 0.5, of nothing yet.
pub const BinaryAccuracy: BinaryAccuracy = BinaryAccuracy { threshold: HALF, gathered: WeightedMean::NEW };

impl BinaryAccuracy {
    /// A yes is an element above this: 0 for logits.
    #[must_use]
    pub fn threshold(self, threshold: f64) -> Self {
        Self { threshold, ..self }
    }
}

mean_metric!(BinaryAccuracy, |_metric| "binary_accuracy");

impl<T: Element> Metric<T> for BinaryAccuracy {
    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        targets::check_answers(prediction, targets)
    }

    fn update(&mut self, prediction: &Tensor<T>, targets: &Targets<T>, weights: Option<&[T]>) {
        gather_answers(&mut self.gathered, prediction, targets, weights, self.threshold);
    }
}
