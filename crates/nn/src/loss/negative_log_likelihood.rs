//! The negative logarithm of the likelihood.

use super::Loss;
use super::categorical::of_class;
use crate::targets;
use chainrule::{Element, Shape, Targets, Tensor, Var};

/// The negative logarithm of the probability of the right class: of a row `-y_c`, where y holds the *logarithms* of the
/// probabilities of the classes, as `log_softmax` gives them, and c is the right one; slope -1 by `y_c`, else 0.
///
/// Targets are the class of each row. Nothing is clipped: a probability of 0, whose logarithm is minus infinity, is an infinite
/// loss. `PyTorch`'s `NLLLoss`.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::loss::{Loss, NegativeLogLikelihood};
/// let tape = TensorTape::new();
/// let x = tape.var(Tensor::from([[0.0, 0.0], [0.0, 3f64.ln()]]));
/// let loss = NegativeLogLikelihood.of(x.log_softmax(-1), &Tensor::<usize>::from([0, 1]).into());
/// assert!((loss.item() - (2f64.ln() + (4.0 / 3.0f64).ln()) / 2.0).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug)]
#[doc(alias = "NLLLoss")]
pub struct NegativeLogLikelihood;

impl<T: Element> Loss<T> for NegativeLogLikelihood {
    fn name(&self) -> &'static str {
        "negative_log_likelihood"
    }

    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        targets::check_classes(prediction, targets)
    }

    fn of_rows<'t>(&self, prediction: Var<'t, Tensor<T>>, targets: &Targets<T>) -> Var<'t, Tensor<T>> {
        -of_class(prediction, &targets::classes(&prediction.shape(), targets)).squeeze(-1)
    }
}
