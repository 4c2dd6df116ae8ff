//! The mean absolute percentage error.

use super::Loss;
use crate::targets::{self, EPSILON};
use chainrule::{Element, Shape, Targets, Tensor, Var};

/// The mean absolute error in percent of the targets: of a row `100/k Σ |yᵢ - tᵢ| / max(|tᵢ|, 10⁻⁷)` over its k columns; slope
/// `100 sign(yᵢ - tᵢ) / (k max(|tᵢ|, 10⁻⁷))`, and 0 where they are equal.
///
/// Targets are values in the shape of the predictions; `[n]` fits `[n, 1]`. A target of 0 makes the loss enormous. Keras's
/// `MeanAbsolutePercentageError`.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::loss::{Loss, MeanAbsolutePercentageError};
/// let tape = TensorTape::new();
/// let y = tape.var(Tensor::from([[1.5], [3.0]]));
/// let loss = MeanAbsolutePercentageError.of(y, &Tensor::from([1.0, 4.0]).into());
/// assert_eq!(loss.item(), (50.0 + 25.0) / 2.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MeanAbsolutePercentageError;

impl<T: Element> Loss<T> for MeanAbsolutePercentageError {
    fn name(&self) -> &'static str {
        "mean_absolute_percentage_error"
    }

    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        targets::check_values(prediction, targets)
    }

    fn of_rows<'t>(&self, prediction: Var<'t, Tensor<T>>, targets: &Targets<T>) -> Var<'t, Tensor<T>> {
        let targets = targets::values(&prediction.shape(), targets);
        let percent = targets.map(|t| T::literal(100.0) / t.abs().max(T::literal(EPSILON)));
        ((prediction - targets).abs() * percent).mean_along(-1)
    }
}
