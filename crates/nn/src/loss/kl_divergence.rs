//! The Kullback-Leibler divergence.

use super::Loss;
use crate::targets::{self, EPSILON};
use chainrule::{Element, Shape, Targets, Tensor, Var};

/// How far a predicted distribution is from the true one: of a row `Σ tᵢ ln(tᵢ / yᵢ)`; slope `-tᵢ / yᵢ`. It is 0 where they
/// are the same.
///
/// Predictions and targets are probabilities of the same shape, clipped to 10⁻⁷ and 1; where a prediction is clipped, its slope
/// is 0. Keras's `KLDivergence`; `PyTorch`'s `KLDivLoss` takes logarithms of predictions.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::loss::{KlDivergence, Loss};
/// let tape = TensorTape::new();
/// let y = tape.var(Tensor::from([[0.5, 0.5]]));
/// let loss = KlDivergence.of(y, &Tensor::from([[0.25, 0.75]]).into());
/// assert!((loss.item() - (0.25 * 0.5f64.ln() + 0.75 * 1.5f64.ln())).abs() < 1e-15);
/// assert_eq!(loss.backward().of(y).to_vec(), [-0.5, -1.5]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct KlDivergence;

impl<T: Element> Loss<T> for KlDivergence {
    fn name(&self) -> &'static str {
        "kl_divergence"
    }

    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        targets::check_one_hot(prediction, targets)
    }

    fn of_rows<'t>(&self, prediction: Var<'t, Tensor<T>>, targets: &Targets<T>) -> Var<'t, Tensor<T>> {
        let targets = targets::values(&prediction.shape(), targets).clamp(EPSILON, 1.0);
        let difference = prediction.clamp(EPSILON, 1.0).ln() - targets.ln();
        -(difference * targets).sum_along(-1)
    }
}
