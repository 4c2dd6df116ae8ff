//! The mean absolute error.

use super::Loss;
use crate::targets;
use crate::weighted_mean::WeightedMean;
use chainrule::{Element, Shape, Targets, Tensor, Var};

/// The mean absolute error: of a row `1/k Σ |yᵢ - tᵢ|` over its k columns; slope `sign(yᵢ - tᵢ) / k`, and 0 where they are
/// equal.
///
/// Targets are values in the shape of the predictions; `[n]` fits `[n, 1]`. Also a metric. Keras's `MeanAbsoluteError`,
/// `PyTorch`'s `L1Loss`.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::loss::{Loss, MeanAbsoluteError};
/// let tape = TensorTape::new();
/// let y = tape.var(Tensor::from([[1.0, 1.0], [1.0, 0.0]]));
/// let loss = MeanAbsoluteError.of(y, &Tensor::from([[0.0, 1.0], [0.0, 0.0]]).into());
/// assert_eq!(loss.item(), 0.5); // (1 + 0 + 1 + 0) / 4
/// assert_eq!(loss.backward().of(y).to_vec(), [0.25, 0.0, 0.25, 0.0]);
/// ```
#[derive(Clone, Debug)]
#[doc(alias = "L1Loss")]
pub struct MeanAbsoluteError {
    pub(crate) gathered: WeightedMean,
}

/// The [mean absolute error](struct@MeanAbsoluteError), as it is written in formulas.
pub const MeanAbsoluteError: MeanAbsoluteError = MeanAbsoluteError { gathered: WeightedMean::NEW };

impl<T: Element> Loss<T> for MeanAbsoluteError {
    fn name(&self) -> &'static str {
        "mean_absolute_error"
    }

    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        targets::check_values(prediction, targets)
    }

    fn of_rows<'t>(&self, prediction: Var<'t, Tensor<T>>, targets: &Targets<T>) -> Var<'t, Tensor<T>> {
        (prediction - targets::values(&prediction.shape(), targets)).abs().mean_along(-1)
    }
}
