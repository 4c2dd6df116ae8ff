//! Half the squared error.

use super::Loss;
use crate::targets;
use chainrule::{Element, Shape, Targets, Tensor, Var};

/// Half the squared error: of a row `1/2 Σ (yᵢ - tᵢ)²` over its columns; slope `yᵢ - tᵢ`.
///
/// The error of the worked examples of many lectures, and the loss of TensorFlow Playground: the half cancels the exponent. Targets are
/// values in the shape of the predictions; `[n]` fits `[n, 1]`. Keras has only its kin, [`MeanSquaredError`](struct@super::MeanSquaredError).
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::loss::{HalfSquaredError, Loss};
/// let tape = TensorTape::new();
/// let out = tape.var(Tensor::from([[0.75136507, 0.772928465]]));
/// let loss = HalfSquaredError.of(out, &Tensor::from([[0.01, 0.99]]).into());
/// assert!((loss.item() - 0.298371109).abs() < 1e-9); // HCMUS, slide "Backpropagation: error"
/// assert!((loss.backward().of(out).at(&[0, 0]) - 0.74136507).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct HalfSquaredError;

impl<T: Element> Loss<T> for HalfSquaredError {
    fn name(&self) -> &'static str {
        "half_squared_error"
    }

    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        targets::check_values(prediction, targets)
    }

    fn of_rows<'t>(&self, prediction: Var<'t, Tensor<T>>, targets: &Targets<T>) -> Var<'t, Tensor<T>> {
        (prediction - targets::values(&prediction.shape(), targets)).powi(2).sum_along(-1) * T::literal(0.5)
    }
}
