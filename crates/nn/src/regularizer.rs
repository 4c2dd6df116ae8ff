//! Penalties on weights, added to the loss: one file, since each is a line.

use crate::activation::short_name;
use crate::param::check_not_negative;
use crate::settings::Settings;
use chainrule::{Element, Tensor, Var};
use std::fmt::Debug;
use std::sync::Arc;

/// A penalty that grows with the weights, so that training keeps them small. One's own is a formula:
///
/// ```
/// use chainrule_nn::prelude::*;
///
/// /// `0.01 Σ (w - 1)²`: weights stay near 1.
/// #[derive(Debug)]
/// struct NearOne;
/// impl Regularizer for NearOne {
///     fn penalty<'t>(&self, weights: Var<'t, Tensor<f32>>) -> Var<'t, Tensor<f32>> {
///         (weights - 1.0).powi(2).sum() * 0.01
///     }
/// }
/// let network = Sequential::new().add(Dense::new(8).regularizer(NearOne).input(4));
/// # let _ = network;
/// ```
pub trait Regularizer<T: Element = f32>: Debug + Send + Sync {
    /// The penalty, a single number.
    fn penalty<'t>(&self, weights: Var<'t, Tensor<T>>) -> Var<'t, Tensor<T>>;

    /// Says what is wrong with its factors; layers ask when they are built.
    ///
    /// # Errors
    /// The problem in words.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }

    /// What it is called in files; the name of its type unless written.
    fn kind(&self) -> &'static str {
        short_name::<Self>()
    }

    /// Its factors, for files; one of one's own without this cannot be saved.
    fn settings(&self) -> Option<Settings> {
        None
    }
}

/// Adds a penalty, if there is one, to the settings of a layer.
pub(crate) fn describe<T: Element>(
    settings: Settings,
    name: &str,
    penalty: Option<&Arc<dyn Regularizer<T>>>,
) -> Settings {
    match penalty {
        None => settings.with(name, None::<f64>),
        Some(penalty) => settings.with_part(name, penalty.kind(), penalty.settings()),
    }
}

/// `factor Σ |w|`; slope `factor sign(w)`, 0 at 0. It drives weights to exactly 0, nearly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct L1(pub f64);

/// `factor Σ w²`; slope `2 factor w`. (Not halved, as in Keras.)
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct L2(pub f64);

/// `l1 Σ |w| + l2 Σ w²`: the elastic net.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct L1L2 {
    /// The factor of the absolute values.
    pub l1: f64,
    /// The factor of the squares.
    pub l2: f64,
}

impl<T: Element> Regularizer<T> for L1 {
    fn penalty<'t>(&self, weights: Var<'t, Tensor<T>>) -> Var<'t, Tensor<T>> {
        weights.abs().sum() * T::literal(self.0)
    }

    fn check(&self) -> Result<(), String> {
        check_not_negative("L1: the factor", self.0)
    }

    fn settings(&self) -> Option<Settings> {
        Some(Settings::new().with("factor", self.0))
    }
}

impl<T: Element> Regularizer<T> for L2 {
    fn penalty<'t>(&self, weights: Var<'t, Tensor<T>>) -> Var<'t, Tensor<T>> {
        weights.powi(2).sum() * T::literal(self.0)
    }

    fn check(&self) -> Result<(), String> {
        check_not_negative("L2: the factor", self.0)
    }

    fn settings(&self) -> Option<Settings> {
        Some(Settings::new().with("factor", self.0))
    }
}

impl<T: Element> Regularizer<T> for L1L2 {
    fn penalty<'t>(&self, weights: Var<'t, Tensor<T>>) -> Var<'t, Tensor<T>> {
        L1(self.l1).penalty(weights) + L2(self.l2).penalty(weights)
    }

    fn check(&self) -> Result<(), String> {
        check_not_negative("L1L2: l1", self.l1)?;
        check_not_negative("L1L2: l2", self.l2)
    }

    fn settings(&self) -> Option<Settings> {
        Some(Settings::new().with("l1", self.l1).with("l2", self.l2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chainrule::prelude::*;

    #[test]
    fn factors_that_make_no_sense_are_refused() {
        let refused: [(&dyn Regularizer, &str); 5] = [
            (&L1(-0.1), "L1: the factor is -0.1,"),
            (&L1(f64::INFINITY), "L1: the factor is inf,"),
            (&L2(f64::NAN), "L2: the factor is NaN,"),
            (&L1L2 { l1: -1.0, l2: 0.1 }, "L1L2: l1 is -1,"),
            (&L1L2 { l1: 0.1, l2: f64::NAN }, "L1L2: l2 is NaN,"),
        ];
        for (penalty, problem) in refused {
            let said = penalty.check().unwrap_err();
            assert!(said.starts_with(problem), "{said}");
        }
        let taken: [&dyn Regularizer; 3] = [&L1(0.0), &L2(0.1), &L1L2 { l1: 0.0, l2: 1e3 }];
        assert!(taken.iter().all(|penalty| penalty.check().is_ok()));
    }

    // by hand: w = (3, -4): |w| sums to 7, w² to 25
    #[test]
    fn penalties_and_their_slopes() {
        let tape = TensorTape::new();
        let w = tape.var(Tensor::from([3.0, -4.0]));
        for (penalty, value, slopes) in [
            (L1(0.1).penalty(w), 0.7, [0.1, -0.1]),
            (L2(0.1).penalty(w), 2.5, [0.6, -0.8]),
            (L1L2 { l1: 0.1, l2: 0.1 }.penalty(w), 3.2, [0.7, -0.9]),
        ] {
            assert!((penalty.item() - value).abs() < 1e-15);
            for (slope, expected) in penalty.backward().of(w).iter().zip(slopes) {
                assert!((slope - expected).abs() < 1e-15);
            }
        }
    }
}
