//! The mean squared logarithmic error.

use super::Loss;
use crate::targets::{self, EPSILON};
use chainrule::{Element, Shape, Targets, Tensor, Var};

/// The mean squared difference of logarithms: of a row `1/k Σ (ln(1 + yᵢ) - ln(1 + tᵢ))²` over its k columns; slope
/// `2 (ln(1 + yᵢ) - ln(1 + tᵢ)) / (k (1 + yᵢ))`.
///
/// Predictions and targets below 10⁻⁷ count as 10⁻⁷, and the slope of such predictions is 0: they cannot learn. Targets are
/// values in the shape of the predictions; `[n]` fits `[n, 1]`. Keras's `MeanSquaredLogarithmicError`.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::loss::{Loss, MeanSquaredLogarithmicError};
/// let tape = TensorTape::new();
/// let y = tape.var(Tensor::from([[1.0, 1.0], [1.0, 0.0]]));
/// let loss = MeanSquaredLogarithmicError.of(y, &Tensor::from([[0.0, 1.0], [0.0, 0.0]]).into());
/// assert!((loss.item() - 0.24022650).abs() < 1e-6); // ln² 2 / 2, but for the clipping of 0
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MeanSquaredLogarithmicError;

impl<T: Element> Loss<T> for MeanSquaredLogarithmicError {
    fn name(&self) -> &'static str {
        "mean_squared_logarithmic_error"
    }

    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        targets::check_values(prediction, targets)
    }

    fn of_rows<'t>(&self, prediction: Var<'t, Tensor<T>>, targets: &Targets<T>) -> Var<'t, Tensor<T>> {
        let least = T::literal(EPSILON);
        let targets = targets::values(&prediction.shape(), targets).map(|t| t.max(least).ln_1p());
        (prediction.max(least).ln_1p() - targets).powi(2).mean_along(-1)
    }
}
