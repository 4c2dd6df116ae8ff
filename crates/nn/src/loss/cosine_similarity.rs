//! The cosine similarity.

use super::Loss;
use crate::targets::{self, EPSILON};
use chainrule::{Element, Shape, Targets, Tensor, Var, keepdims};

/// The cosine of the angle between prediction and target, negated so that small is near: of a row `-Σ yᵢ tᵢ / (‖y‖ ‖t‖)`,
/// between -1 (the same direction) and 1; slope `-(t̂ᵢ - ŷᵢ Σ ŷⱼ t̂ⱼ) / ‖y‖` with the unit vectors `ŷ`, `t̂`.
///
/// Norms below 10⁻⁷ count as 10⁻⁷, so that a row of zeros has the loss 0. Targets are values in the shape of the predictions.
/// Keras's `CosineSimilarity`.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::loss::{CosineSimilarity, Loss};
/// let tape = TensorTape::new();
/// let y = tape.var(Tensor::from([[1.0, 0.0], [1.0, 1.0], [-1.0, -1.0]]));
/// let targets = Tensor::from([[0.0, 1.0], [1.0, 1.0], [1.0, 1.0]]).into();
/// let rows = CosineSimilarity.of_rows(y, &targets).value();
/// let expected = [0.0, -1.0, 1.0]; // Keras's documentation of `cosine_similarity`
/// assert!(rows.iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-15));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CosineSimilarity;

impl<T: Element> Loss<T> for CosineSimilarity {
    fn name(&self) -> &'static str {
        "cosine_similarity"
    }

    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        targets::check_values(prediction, targets)
    }

    fn of_rows<'t>(&self, prediction: Var<'t, Tensor<T>>, targets: &Targets<T>) -> Var<'t, Tensor<T>> {
        let least = T::literal(EPSILON);
        let targets = targets::values(&prediction.shape(), targets);
        let towards = &targets / targets.norm_along(2, keepdims(-1)).max(least);
        let direction = prediction / prediction.norm_along(2, keepdims(-1)).max(least);
        -(direction * towards).sum_along(-1)
    }
}
