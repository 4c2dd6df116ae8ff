//! The mean squared error.

use super::Loss;
use crate::targets;
use crate::weighted_mean::WeightedMean;
use chainrule::{Element, Shape, Targets, Tensor, Var};

/// The mean squared error: of a row `1/k Σ (yᵢ - tᵢ)²` over its k columns; slope `2 (yᵢ - tᵢ) / k`.
///
/// Targets are values in the shape of the predictions; `[n]` fits `[n, 1]`. Also a metric. Keras's `MeanSquaredError`,
/// `PyTorch`'s `MSELoss`.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::loss::{Loss, MeanSquaredError};
/// let tape = TensorTape::new();
/// let y = tape.var(Tensor::from([[4.0, 8.0, 12.0], [8.0, 1.0, 3.0]]));
/// let targets = Tensor::from([[1.0, 9.0, 2.0], [-5.0, -2.0, 6.0]]);
/// let loss = MeanSquaredError.of(y, &targets.into());
/// assert_eq!(loss.item(), 49.5); // the example of Keras's own test of this loss
/// assert_eq!(loss.backward().of(y).at(&[0, 0]), 2.0 * 3.0 / 6.0);
/// ```
#[derive(Clone, Debug)]
pub struct MeanSquaredError {
    pub(crate) gathered: WeightedMean,
}

/// The [mean squared error](struct@MeanSquaredError), as it is written in formulas.
pub const MeanSquaredError: MeanSquaredError = MeanSquaredError { gathered: WeightedMean::NEW };

impl<T: Element> Loss<T> for MeanSquaredError {
    fn name(&self) -> &'static str {
        "mean_squared_error"
    }

    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        targets::check_values(prediction, targets)
    }

    fn of_rows<'t>(&self, prediction: Var<'t, Tensor<T>>, targets: &Targets<T>) -> Var<'t, Tensor<T>> {
        (prediction - targets::values(&prediction.shape(), targets)).powi(2).mean_along(-1)
    }
}
