//! The hinge loss of several classes.

use super::Loss;
use crate::targets;
use chainrule::{Element, Shape, Targets, Tensor, Var};

/// The hinge loss of several classes: of a row `max(n - p + 1, 0)`, where `p = Σ tᵢ yᵢ` is the score of the right class and
/// `n = max (1 - tᵢ) yᵢ` the greatest of the others, or 0 if they are all negative. Where it is above 0, the slope is -1 by the
/// right class and 1 by the greatest other.
///
/// Targets are one-hot rows in the shape of the predictions. Keras's `CategoricalHinge`.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::loss::{CategoricalHinge, Loss};
/// let tape = TensorTape::new();
/// let y = tape.var(Tensor::from([[0.6, 0.4], [0.4, 0.6]]));
/// let loss = CategoricalHinge.of(y, &Tensor::from([[0.0, 1.0], [0.0, 0.0]]).into());
/// assert!((loss.item() - 1.4).abs() < 1e-15); // rows: 0.6 - 0.4 + 1 and 0.6 - 0 + 1
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CategoricalHinge;

impl<T: Element> Loss<T> for CategoricalHinge {
    fn name(&self) -> &'static str {
        "categorical_hinge"
    }

    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        targets::check_one_hot(prediction, targets)
    }

    fn of_rows<'t>(&self, prediction: Var<'t, Tensor<T>>, targets: &Targets<T>) -> Var<'t, Tensor<T>> {
        let right = targets::values(&prediction.shape(), targets);
        let wrong = right.map(|t| T::one() - t);
        let rival = (prediction * wrong).amax_along(-1);
        (rival - (prediction * right).sum_along(-1) + T::one()).relu()
    }
}
