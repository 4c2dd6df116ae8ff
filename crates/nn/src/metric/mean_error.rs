//! Mean errors of predicted values.

use super::Metric;
use super::matches::mean_metric;
use crate::loss::{MeanAbsoluteError, MeanSquaredError};
use crate::targets;
use crate::weighted_mean::{WeightedMean, Weights, number};
use chainrule::{Element, Shape, Targets, Tensor};

/// Takes in for each element what `of` makes of its error.
pub(super) fn gather_errors<T: Element>(
    gathered: &mut WeightedMean,
    prediction: &Tensor<T>,
    targets: &Targets<T>,
    weights: Option<&[T]>,
    of: impl Fn(f64) -> f64,
) {
    let weights = Weights::new(weights, prediction.shape(), prediction.len());
    let targets = targets::values(prediction.shape(), targets);
    for (item, (&y, &t)) in prediction.iter().zip(&targets).enumerate() {
        gathered.add(of(number(y) - number(t)), weights.of(item));
    }
}

mean_metric!(MeanSquaredError, |_metric| "mean_squared_error");

impl<T: Element> Metric<T> for MeanSquaredError {
    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        targets::check_values(prediction, targets)
    }

    fn update(&mut self, prediction: &Tensor<T>, targets: &Targets<T>, weights: Option<&[T]>) {
        gather_errors(&mut self.gathered, prediction, targets, weights, |error| error * error);
    }
}

mean_metric!(MeanAbsoluteError, |_metric| "mean_absolute_error");

impl<T: Element> Metric<T> for MeanAbsoluteError {
    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        targets::check_values(prediction, targets)
    }

    fn update(&mut self, prediction: &Tensor<T>, targets: &Targets<T>, weights: Option<&[T]>) {
        gather_errors(&mut self.gathered, prediction, targets, weights, f64::abs);
    }
}
