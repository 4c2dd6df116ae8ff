//! What the losses over several classes share.

use crate::targets::EPSILON;
use chainrule::op::Softmax;
use chainrule::{Element, Tensor, Var};

/// The logits that a prediction was made from, if it is their softmax along the last axis.
///
/// The loss is then computed from them at once, which neither overflows nor needs clipping.
pub(super) fn behind_softmax<T: Element>(prediction: Var<'_, Tensor<T>>) -> Option<Var<'_, Tensor<T>>> {
    let (softmax, logits) = prediction.made_by::<Softmax>()?;
    softmax.is_of_rows(prediction.value().rank()).then_some(logits)
}

/// The element of each row that its class names, kept as a last axis of size 1.
pub(super) fn of_class<'t, T: Element>(rows: Var<'t, Tensor<T>>, classes: &Tensor<usize>) -> Var<'t, Tensor<T>> {
    let mut shape = rows.shape().to_vec();
    shape.pop();
    shape.push(1);
    rows.gather(-1, &Tensor::from_slice(shape, classes.as_slice()))
}

/// The logarithm of probabilities, held between 10⁻⁷ and 1 - 10⁻⁷.
pub(super) fn clipped_logarithm<T: Element>(probabilities: Var<'_, Tensor<T>>) -> Var<'_, Tensor<T>> {
    probabilities.clamp(EPSILON, 1.0 - EPSILON).ln()
}

/// What is wrong with a share of smoothing, if anything is.
pub(super) fn check_smoothing(label_smoothing: f64) -> Result<(), String> {
    if (0.0..=1.0).contains(&label_smoothing) {
        return Ok(());
    }
    Err(format!("label_smoothing is {label_smoothing}; it is the share that is taken from the labels, between 0 and 1"))
}
