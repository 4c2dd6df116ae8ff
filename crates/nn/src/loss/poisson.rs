//! The Poisson loss.

use super::Loss;
use crate::targets::{self, EPSILON};
use chainrule::{Element, Shape, Targets, Tensor, Var};

/// The Poisson loss, for counts: of a row `1/k Σ (yᵢ - tᵢ ln(yᵢ + 10⁻⁷))` over its k columns, where y is the predicted mean; slope
/// `(1 - tᵢ / (yᵢ + 10⁻⁷)) / k`. A negative prediction makes the loss NaN: predict through `exp` or `softplus`.
///
/// Targets are values in the shape of the predictions; `[n]` fits `[n, 1]`. Keras's `Poisson`, `PyTorch`'s `PoissonNLLLoss` with
/// `log_input=False` (and another epsilon).
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::loss::{Loss, Poisson};
/// let tape = TensorTape::new();
/// let y = tape.var(Tensor::from([[1.0], [2.0]]));
/// let loss = Poisson.of(y, &Tensor::from([0.0, 2.0]).into());
/// assert!((loss.item() - (1.0 + 2.0 - 2.0 * 2f64.ln()) / 2.0).abs() < 1e-6);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Poisson;

impl<T: Element> Loss<T> for Poisson {
    fn name(&self) -> &'static str {
        "poisson"
    }

    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        targets::check_values(prediction, targets)
    }

    fn of_rows<'t>(&self, prediction: Var<'t, Tensor<T>>, targets: &Targets<T>) -> Var<'t, Tensor<T>> {
        let logarithm = (prediction + T::literal(EPSILON)).ln();
        (prediction - logarithm * targets::values(&prediction.shape(), targets)).mean_along(-1)
    }
}
