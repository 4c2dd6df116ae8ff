//! The logarithm of the hyperbolic cosine.

use super::Loss;
use crate::targets;
use chainrule::{Element, Real, Rule, Shape, Targets, Tensor, Var};

/// The mean logarithm of the hyperbolic cosine of the error: of a row `1/k Σ ln cosh(yᵢ - tᵢ)` over its k columns; slope
/// `tanh(yᵢ - tᵢ) / k`. Near `e²/2` for small errors and near `|e| - ln 2` for large ones, and never overflows.
///
/// Targets are values in the shape of the predictions; `[n]` fits `[n, 1]`. Keras's `LogCosh`.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::loss::{LogCosh, Loss};
/// let tape = TensorTape::new();
/// let y = tape.var(Tensor::from([[1.0, 1.0], [0.0, 0.0]]));
/// let loss = LogCosh.of(y, &Tensor::from([[0.0, 1.0], [0.0, 0.0]]).into());
/// assert!((loss.item() - 1f64.cosh().ln() / 4.0).abs() < 1e-15); // Keras's documentation says 0.108
/// ```
#[derive(Clone, Copy, Debug)]
pub struct LogCosh;

/// `ln cosh x`, slope tanh x.
#[derive(Clone, Copy, Debug)]
struct LogarithmOfCosh;
impl Rule for LogarithmOfCosh {
    const NAME: &'static str = "log_cosh";
    const PROBES: &'static [f64] = &[-4.0, 0.5, 2.0];

    fn value<T: Real>(self, x: T) -> T {
        let size = x.abs();
        size + (-(size + size)).exp().ln_1p() - T::LN_2()
    }
    fn slope<T: Real>(self, x: T, _: T) -> T {
        x.tanh()
    }
}

impl<T: Element> Loss<T> for LogCosh {
    fn name(&self) -> &'static str {
        "log_cosh"
    }

    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        targets::check_values(prediction, targets)
    }

    fn of_rows<'t>(&self, prediction: Var<'t, Tensor<T>>, targets: &Targets<T>) -> Var<'t, Tensor<T>> {
        (prediction - targets::values(&prediction.shape(), targets)).apply(LogarithmOfCosh).mean_along(-1)
    }
}
