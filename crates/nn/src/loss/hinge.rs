//! The hinge losses of yes-or-no questions.

use super::Loss;
use crate::targets;
use chainrule::{Element, Shape, Targets, Tensor, Var};

/// The hinge loss: of a row `1/k Σ max(1 - tᵢ yᵢ, 0)` over its k columns, with labels t of -1 and 1; slope `-tᵢ / k` where
/// `tᵢ yᵢ < 1`, else 0.
///
/// Labels 0 and 1, floats or classes, count as -1 and 1. They have the shape of the predictions; `[n]` fits `[n, 1]`. Keras's
/// `Hinge`.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::loss::{Hinge, Loss};
/// let tape = TensorTape::new();
/// let y = tape.var(Tensor::from([[0.6, 0.4], [0.4, 0.6]]));
/// let loss = Hinge.of(y, &Tensor::from([[0.0, 1.0], [0.0, 0.0]]).into());
/// assert!((loss.item() - 1.3).abs() < 1e-15); // (1.6 + 0.6 + 1.4 + 1.6) / 4
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Hinge;

/// The squared hinge loss: of a row `1/k Σ max(1 - tᵢ yᵢ, 0)²` over its k columns, with labels t of -1 and 1; slope
/// `-2 tᵢ max(1 - tᵢ yᵢ, 0) / k`.
///
/// Targets as for [`Hinge`]. Keras's `SquaredHinge`.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::loss::{Loss, SquaredHinge};
/// let tape = TensorTape::new();
/// let y = tape.var(Tensor::from([[0.6, 0.4], [0.4, 0.6]]));
/// let loss = SquaredHinge.of(y, &Tensor::from([[0.0, 1.0], [0.0, 0.0]]).into());
/// assert!((loss.item() - 1.86).abs() < 1e-15); // (1.6² + 0.6² + 1.4² + 1.6²) / 4
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SquaredHinge;

fn check<T: Element>(prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
    let sign = |t: T| t == T::zero() || t.abs() == T::one();
    targets::check_binary(prediction, targets, sign, "-1 and 1, or 0 and 1")?;
    let has = |label| matches!(targets, Targets::Values(values) if values.as_slice().contains(&label));
    if has(-T::one()) && has(T::zero()) {
        return Err("the targets hold both -1 and 0; labels are -1 and 1, or 0 and 1".into());
    }
    Ok(())
}

/// `1 - t y` where that is above 0.
fn shortfall<'t, T: Element>(prediction: Var<'t, Tensor<T>>, targets: &Targets<T>) -> Var<'t, Tensor<T>> {
    let targets = targets::values(&prediction.shape(), targets);
    let against = targets.map(|t| if t == T::one() { -t } else { T::one() });
    (prediction * against + T::one()).relu()
}

impl<T: Element> Loss<T> for Hinge {
    fn name(&self) -> &'static str {
        "hinge"
    }

    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        check(prediction, targets)
    }

    fn of_rows<'t>(&self, prediction: Var<'t, Tensor<T>>, targets: &Targets<T>) -> Var<'t, Tensor<T>> {
        shortfall(prediction, targets).mean_along(-1)
    }
}

impl<T: Element> Loss<T> for SquaredHinge {
    fn name(&self) -> &'static str {
        "squared_hinge"
    }

    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        check(prediction, targets)
    }

    fn of_rows<'t>(&self, prediction: Var<'t, Tensor<T>>, targets: &Targets<T>) -> Var<'t, Tensor<T>> {
        shortfall(prediction, targets).powi(2).mean_along(-1)
    }
}
