//! The cross-entropy of yes-or-no questions.

use super::Loss;
use super::categorical::check_smoothing;
use crate::targets::{self, EPSILON};
use chainrule::rule::{Sigmoid, Softplus};
use chainrule::{Element, Real, Rule2, Shape, Targets, Tensor, Var};

/// The cross-entropy of yes-or-no questions: of a row `-1/k Σ (tᵢ ln pᵢ + (1 - tᵢ) ln(1 - pᵢ))` over its k columns, where p is
/// the probability of a yes; slope `(pᵢ - tᵢ) / (k pᵢ (1 - pᵢ))`, and by the logits of a sigmoid `(pᵢ - tᵢ) / k`.
///
/// - Predictions that a `sigmoid` made are taken back to its logits x: the loss is computed from these at once, as
///   `t softplus(-x) + (1 - t) softplus(x)`, stable and unclipped, and the gradient flows past the probabilities.
/// - Other probabilities are clipped to 10⁻⁷ and 1 - 10⁻⁷; where one is clipped, its slope is 0.
/// - [`from_logits`](Self::from_logits): the predictions are logits themselves.
/// - [`label_smoothing`](Self::label_smoothing): a share s of each target is moved to the middle, `(1 - s) t + s/2`.
///
/// Targets are between 0 and 1, or classes 0 and 1, in the shape of the predictions; `[n]` fits `[n, 1]`. Keras's
/// `BinaryCrossentropy`; `PyTorch`'s `BCELoss` and, from logits, `BCEWithLogitsLoss`.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::loss::{BinaryCrossEntropy, Loss};
/// let tape = TensorTape::new();
/// let targets = Tensor::from([[0.0, 1.0], [0.0, 0.0]]).into();
/// let p = tape.var(Tensor::from([[0.6, 0.4], [0.4, 0.6]]));
/// let loss = BinaryCrossEntropy.of(p, &targets);
/// assert!((loss.item() - 0.81492).abs() < 1e-5); // Keras's documentation has rows of 0.916 and 0.714
///
/// let x = tape.var(Tensor::from([[1000.0, 1000.0], [0.0, 0.0]]));
/// let loss = BinaryCrossEntropy.of(x.sigmoid(), &targets);
/// assert_eq!(loss.item(), (1000.0 + 0.0 + 2.0 * 2f64.ln()) / 4.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct BinaryCrossEntropy {
    from_logits: bool,
    label_smoothing: f64,
}

/// The [cross-entropy of yes-or-no questions](struct@BinaryCrossEntropy), of probabilities and without smoothing.
pub const BinaryCrossEntropy: BinaryCrossEntropy = BinaryCrossEntropy { from_logits: false, label_smoothing: 0.0 };

impl BinaryCrossEntropy {
    /// The predictions are logits, before any sigmoid.
    #[must_use]
    pub fn from_logits(self) -> Self {
        Self { from_logits: true, ..self }
    }

    /// This share of each target, between 0 and 1, is moved to the middle.
    #[must_use]
    pub fn label_smoothing(self, share: f64) -> Self {
        Self { label_smoothing: share, ..self }
    }
}

/// `t softplus(-x) + (1 - t) softplus(x)` of a logit x. Each part is small where it counts, so that no digits are lost.
#[derive(Clone, Copy, Debug)]
struct OfLogit;
impl Rule2 for OfLogit {
    const NAME: &'static str = "binary_cross_entropy(logit)";
    const PROBES: &'static [(f64, f64)] = &[(-3.0, 0.0), (0.5, 0.25), (3.0, 1.0)];

    fn value<T: Real>(self, x: T, t: T) -> T {
        t.chain((-x).apply(Softplus)) + (T::one() - t).chain(x.apply(Softplus))
    }
    fn slopes<T: Real>(self, x: T, t: T, _: T) -> (T, T) {
        ((T::one() - t) * x.apply(Sigmoid) - t * (-x).apply(Sigmoid), -x)
    }
}

/// `-t ln p - (1 - t) ln(1 - p)` of a probability p strictly between 0 and 1.
#[derive(Clone, Copy, Debug)]
struct OfProbability;
impl Rule2 for OfProbability {
    const NAME: &'static str = "binary_cross_entropy(probability)";
    const PROBES: &'static [(f64, f64)] = &[(0.2, 0.0), (0.5, 0.25), (0.9, 1.0)];

    fn value<T: Real>(self, p: T, t: T) -> T {
        -(t * p.ln() + (T::one() - t) * (-p).ln_1p())
    }
    fn slopes<T: Real>(self, p: T, t: T, _: T) -> (T, T) {
        ((T::one() - t) / (T::one() - p) - t / p, (-p).ln_1p() - p.ln())
    }
}

impl<T: Element> Loss<T> for BinaryCrossEntropy {
    fn name(&self) -> &'static str {
        "binary_cross_entropy"
    }

    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        check_smoothing(self.label_smoothing)?;
        let share = |t: T| t >= T::zero() && t <= T::one();
        targets::check_binary(prediction, targets, share, "between 0 and 1 (labels of -1 and 1 are for `Hinge`)")
    }

    fn of_rows<'t>(&self, prediction: Var<'t, Tensor<T>>, targets: &Targets<T>) -> Var<'t, Tensor<T>> {
        let mut targets = targets::values(&prediction.shape(), targets);
        if self.label_smoothing > 0.0 {
            let (kept, moved) = (1.0 - self.label_smoothing, self.label_smoothing / 2.0);
            targets = targets * T::literal(kept) + T::literal(moved);
        }
        let behind_sigmoid = || prediction.made_by_rule::<Sigmoid>().map(|(_, logits)| logits);
        let logits = if self.from_logits { Some(prediction) } else { behind_sigmoid() };
        let losses = match logits {
            Some(logits) => logits.apply2(targets, OfLogit),
            None => prediction.clamp(EPSILON, 1.0 - EPSILON).apply2(targets, OfProbability),
        };
        losses.mean_along(-1)
    }
}
