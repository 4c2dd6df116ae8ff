//! The Huber loss.

use super::Loss;
use crate::targets;
use chainrule::rule::Clamp;
use chainrule::{Element, Real, Rule, Shape, Targets, Tensor, Var};

/// The Huber loss, squared near the target and straight beyond δ: of a row `1/k Σ h(yᵢ - tᵢ)` over its k columns, where
/// `h(e) = e²/2` for `|e| ≤ δ` and `δ |e| - δ²/2` else; slope `min(max(e, -δ), δ) / k`. δ is 1, or as set.
///
/// Targets are values in the shape of the predictions; `[n]` fits `[n, 1]`. Keras's `Huber`, `PyTorch`'s `HuberLoss`. P. J. Huber,
/// Robust Estimation of a Location Parameter, 1964.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::loss::{Huber, Loss};
/// let tape = TensorTape::new();
/// let y = tape.var(Tensor::from([[0.6, 0.4], [0.4, 0.6]]));
/// let targets = Tensor::from([[0.0, 1.0], [0.0, 0.0]]).into();
/// let loss = Huber.of(y, &targets);
/// assert!((loss.item() - 0.155).abs() < 1e-15); // Keras's documentation of this loss
/// assert!(Huber.delta(0.5).of(y, &targets).item() < 0.155);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Huber {
    delta: f64,
}

/// The [Huber loss](struct@Huber) with δ = 1.
pub const Huber: Huber = Huber { delta: 1.0 };

impl Huber {
    /// Straight from this error on.
    #[must_use]
    pub fn delta(self, delta: f64) -> Self {
        Self { delta }
    }
}

/// `x²/2` up to δ = `self.0` on both sides of 0, straight beyond.
#[derive(Clone, Copy, Debug)]
struct Bend(f64);
impl Rule for Bend {
    const NAME: &'static str = "huber";
    const PROBES: &'static [f64] = &[-7.0, 0.25, 7.0];

    fn value<T: Real>(self, x: T) -> T {
        let (delta, half) = (T::literal(self.0), T::literal(0.5));
        let size = x.abs();
        if size <= delta { half * x * x } else { delta * (size - half * delta) }
    }
    fn slope<T: Real>(self, x: T, _: T) -> T {
        x.apply(Clamp::new(-self.0, self.0))
    }
    fn parameters(self) -> Vec<f64> {
        vec![self.0]
    }
}

impl<T: Element> Loss<T> for Huber {
    fn name(&self) -> &'static str {
        "huber"
    }

    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        if !(self.delta > 0.0 && self.delta.is_finite()) {
            return Err(format!("delta is {}; it is an error from which on the loss is straight, above 0", self.delta));
        }
        targets::check_values(prediction, targets)
    }

    fn of_rows<'t>(&self, prediction: Var<'t, Tensor<T>>, targets: &Targets<T>) -> Var<'t, Tensor<T>> {
        (prediction - targets::values(&prediction.shape(), targets)).apply(Bend(self.delta)).mean_along(-1)
    }
}
