//! Which class is predicted.

use chainrule::{Element, Shape, Tensor};

/// A probability above this is a yes.
pub(super) const HALF: f64 = 0.5;

/// The class that each row predicts: where its greatest element stands, the first of several; of predictions with one column,
/// or one axis, 1 above 0.5 and 0 else. The last axis of `[.., classes]` is gone; one axis alone stays.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::metric::classes;
/// assert_eq!(classes(&Tensor::from([[0.1, 0.7, 0.2], [0.6, 0.2, 0.2]])), Tensor::from([1, 0]));
/// assert_eq!(classes(&Tensor::from([[0.1], [0.7], [0.5]])), Tensor::from([0, 1, 0]));
/// ```
///
/// # Panics
/// When the predictions are a single number, or have no columns.
#[must_use]
#[track_caller]
pub fn classes<T: Element>(prediction: &Tensor<T>) -> Tensor<usize> {
    if columns(prediction.shape()) != 1 {
        return prediction.argmax(-1);
    }
    let yes = prediction.iter().map(|&y| usize::from(y > T::literal(HALF))).collect();
    let rows = if prediction.rank() > 1 { &prediction.shape()[..prediction.rank() - 1] } else { prediction.shape() };
    Tensor::new(rows, yes)
}

/// How many numbers each row has: one axis alone is rows of one.
pub(super) fn columns(prediction: &Shape) -> usize {
    match &prediction[..] {
        [.., columns] if prediction.len() > 1 => *columns,
        _ => 1,
    }
}
