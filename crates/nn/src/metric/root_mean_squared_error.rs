//! The root of the mean squared error.

use super::mean_error::gather_errors;
use super::{Metric, Tally};
use crate::targets;
use crate::weighted_mean::WeightedMean;
use chainrule::{Element, Shape, Targets, Tensor};

/// The root of the mean squared error, `√(1/n Σ (yᵢ - tᵢ)²)` over all elements: an error in the units of the targets. Keras's
/// `RootMeanSquaredError`.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::metric::{Metric, RootMeanSquaredError, Tally};
/// let mut error = RootMeanSquaredError;
/// error.update(&Tensor::from([[1.0, 1.0], [0.0, 0.0]]), &Tensor::from([[0.0, 1.0], [0.0, 0.0]]).into(), None);
/// assert_eq!(error.result(), 0.5); // Keras's documentation of this metric
/// ```
#[derive(Clone, Debug)]
pub struct RootMeanSquaredError {
    squared: WeightedMean,
}

/// The [root of the mean squared error](struct@RootMeanSquaredError), of nothing yet.
pub const RootMeanSquaredError: RootMeanSquaredError = RootMeanSquaredError { squared: WeightedMean::NEW };

impl Tally for RootMeanSquaredError {
    fn name(&self) -> String {
        "root_mean_squared_error".into()
    }
    fn reset(&mut self) {
        self.squared = WeightedMean::NEW;
    }
    fn result(&self) -> f64 {
        self.squared.result().sqrt()
    }
    fn gathered(&self) -> Option<Vec<f64>> {
        Some(self.squared.numbers())
    }
    fn regather(&mut self, numbers: &[f64]) -> Result<(), String> {
        self.squared = WeightedMean::from_numbers(numbers)?;
        Ok(())
    }
}

impl<T: Element> Metric<T> for RootMeanSquaredError {
    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        targets::check_values(prediction, targets)
    }

    fn update(&mut self, prediction: &Tensor<T>, targets: &Targets<T>, weights: Option<&[T]>) {
        gather_errors(&mut self.squared, prediction, targets, weights, |error| error * error);
    }
}
