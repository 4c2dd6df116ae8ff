//! The cross-entropy of several classes, against labels.

use super::Loss;
use super::categorical::{behind_softmax, clipped_logarithm, of_class};
use crate::targets;
use chainrule::{Element, Shape, Targets, Tensor, Var, keepdims};

/// The cross-entropy of several classes: of a row `-ln p_c`, where p holds the probabilities of the classes and c is the right
/// one; slope `-1 / p_c` by `p_c`, and by the logits of a softmax p less 1 at c.
///
/// - Predictions that a `softmax` over the last axis made are taken back to its logits: the loss is computed from these at once,
///   stable and unclipped, and the gradient flows past the probabilities.
/// - Other probabilities are divided by the sum of their row and clipped to 10⁻⁷ and 1 - 10⁻⁷; where one is clipped, its slope
///   is 0.
/// - [`from_logits`](Self::from_logits): the predictions are logits themselves.
///
/// Targets are labels, one for each row, counted from 0. Keras's `SparseCategoricalCrossentropy`; from logits `PyTorch`'s
/// `CrossEntropyLoss`.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::loss::{Loss, SparseCategoricalCrossEntropy};
/// let tape = TensorTape::new();
/// let labels = Tensor::<usize>::from([1, 2]).into();
/// let p = tape.var(Tensor::from([[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]]));
/// let loss = SparseCategoricalCrossEntropy.of(p, &labels);
/// assert!((loss.item() - 1.17693).abs() < 1e-5); // Keras's documentation says 1.177
///
/// let x = tape.var(Tensor::from([[0.0, 0.0, 0.0], [0.0, 1000.0, 0.0]]));
/// let loss = SparseCategoricalCrossEntropy.of(x.softmax(-1), &labels);
/// assert_eq!(loss.item(), (3f64.ln() + 1000.0) / 2.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SparseCategoricalCrossEntropy {
    from_logits: bool,
}

/// The [cross-entropy against labels](struct@SparseCategoricalCrossEntropy), of probabilities.
pub const SparseCategoricalCrossEntropy: SparseCategoricalCrossEntropy =
    SparseCategoricalCrossEntropy { from_logits: false };

impl SparseCategoricalCrossEntropy {
    /// The predictions are logits, before any softmax.
    #[must_use]
    pub fn from_logits(self) -> Self {
        Self { from_logits: true }
    }
}

impl<T: Element> Loss<T> for SparseCategoricalCrossEntropy {
    fn name(&self) -> &'static str {
        "sparse_categorical_cross_entropy"
    }

    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        if prediction.last() == Some(&1) {
            return Err(
                "there is one class only, of which every row is sure: for yes or no, take `BinaryCrossEntropy`".into(),
            );
        }
        targets::check_classes(prediction, targets)
    }

    fn of_rows<'t>(&self, prediction: Var<'t, Tensor<T>>, targets: &Targets<T>) -> Var<'t, Tensor<T>> {
        let labels = targets::classes(&prediction.shape(), targets);
        let logits = if self.from_logits { Some(prediction) } else { behind_softmax(prediction) };
        if let Some(logits) = logits {
            return logits.softmax_cross_entropy(labels);
        }
        let share = of_class(prediction, &labels) / prediction.sum_along(keepdims(-1));
        -clipped_logarithm(share).squeeze(-1)
    }
}
