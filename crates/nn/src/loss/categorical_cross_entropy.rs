//! The cross-entropy of several classes, against one-hot rows.

use super::Loss;
use super::categorical::{behind_softmax, check_smoothing, clipped_logarithm};
use crate::targets;
use chainrule::{Element, Shape, Targets, Tensor, Var, keepdims};

/// The cross-entropy of several classes: of a row `-Σ tᵢ ln pᵢ`, where p holds the probabilities of the classes and t the true
/// ones, most often a one-hot row; slope `-tᵢ / pᵢ`, and by the logits of a softmax `pᵢ Σ tⱼ - tᵢ`.
///
/// - Predictions that a `softmax` over the last axis made are taken back to its logits: the loss is computed from these at once,
///   stable and unclipped, and the gradient flows past the probabilities.
/// - Other probabilities are divided by the sum of their row and clipped to 10⁻⁷ and 1 - 10⁻⁷; where one is clipped, its slope
///   is 0.
/// - [`from_logits`](Self::from_logits): the predictions are logits themselves.
/// - [`label_smoothing`](Self::label_smoothing): a share s of each target is spread evenly, `(1 - s) t + s/k`.
///
/// Targets have the shape of the predictions; for labels take
/// [`SparseCategoricalCrossEntropy`](struct@super::SparseCategoricalCrossEntropy). Keras's `CategoricalCrossentropy`; from logits
/// `PyTorch`'s `CrossEntropyLoss` with probabilities as targets.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::loss::{CategoricalCrossEntropy, Loss};
/// let tape = TensorTape::new();
/// let targets = Tensor::from([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]).into();
/// let p = tape.var(Tensor::from([[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]]));
/// let loss = CategoricalCrossEntropy.of(p, &targets);
/// assert!((loss.item() - 1.17693).abs() < 1e-5); // Keras's documentation says 1.177
///
/// let x = tape.var(Tensor::from([[1000.0, 0.0, 0.0], [0.0, 0.0, 0.0]]));
/// let from_softmax = CategoricalCrossEntropy.of(x.softmax(-1), &targets);
/// let from_logits = CategoricalCrossEntropy.from_logits().of(x, &targets);
/// assert_eq!(from_softmax.item(), (1000.0 + 3f64.ln()) / 2.0);
/// assert_eq!(from_softmax.item(), from_logits.item());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CategoricalCrossEntropy {
    from_logits: bool,
    label_smoothing: f64,
}

/// The [cross-entropy of several classes](struct@CategoricalCrossEntropy), of probabilities and without smoothing.
pub const CategoricalCrossEntropy: CategoricalCrossEntropy =
    CategoricalCrossEntropy { from_logits: false, label_smoothing: 0.0 };

impl CategoricalCrossEntropy {
    /// The predictions are logits, before any softmax.
    #[must_use]
    pub fn from_logits(self) -> Self {
        Self { from_logits: true, ..self }
    }

    /// This share of each target, between 0 and 1, is spread evenly over all classes.
    #[must_use]
    pub fn label_smoothing(self, share: f64) -> Self {
        Self { label_smoothing: share, ..self }
    }
}

impl<T: Element> Loss<T> for CategoricalCrossEntropy {
    fn name(&self) -> &'static str {
        "categorical_cross_entropy"
    }

    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        check_smoothing(self.label_smoothing)?;
        targets::check_one_hot(prediction, targets)?;
        if prediction.last() == Some(&1) {
            return Err(
                "there is one class only, of which every row is sure: for yes or no, take `BinaryCrossEntropy`".into(),
            );
        }
        Ok(())
    }

    fn of_rows<'t>(&self, prediction: Var<'t, Tensor<T>>, targets: &Targets<T>) -> Var<'t, Tensor<T>> {
        let mut targets = targets::values(&prediction.shape(), targets);
        if self.label_smoothing > 0.0 {
            let classes = targets.shape().last().map_or(1.0, |&classes| classes as f64);
            let (kept, spread) = (1.0 - self.label_smoothing, self.label_smoothing / classes);
            targets = targets * T::literal(kept) + T::literal(spread);
        }
        let logits = if self.from_logits { Some(prediction) } else { behind_softmax(prediction) };
        if let Some(logits) = logits {
            return logits.softmax_cross_entropy(targets);
        }
        let shares = prediction / prediction.sum_along(keepdims(-1));
        -(clipped_logarithm(shares) * targets).sum_along(-1)
    }
}
