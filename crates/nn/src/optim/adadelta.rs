//! Adadelta.

use super::rule::{check_share, settings};
use super::{Optimizer, Slots, Step, UpdateRule};
use crate::param::check_not_negative;
use chainrule::Element;

/// Adadelta (Zeiler, 2012); rate 0.001 unless another is given, 1 in the paper.
///
/// ```text
/// a = rho a + (1 - rho) g²
/// d = √(b + epsilon)/√(a + epsilon) g
/// b = rho b + (1 - rho) d²
/// w -= rate d
/// ```
///
/// Source: <https://keras.io/api/optimizers/adadelta/>.
///
/// ```
/// use chainrule::Tensor;
/// use chainrule_nn::optim::Adadelta;
/// let mut w = Tensor::from([1.0, 2.0, 3.0, 4.0]);
/// Adadelta::new(0.5).step([&mut w], [&Tensor::from([1.0, 6.0, 7.0, 2.0])]);
/// let expected = [0.9993, 1.9993, 2.9993, 3.9993]; // Keras, adadelta_test.py, test_single_step
/// assert!(w.iter().zip(expected).all(|(w, expected): (&f64, _)| (w - expected).abs() < 1e-4));
/// ```
pub type Adadelta<T = f32> = Optimizer<AdadeltaRule, T>;

/// The rule of [`Adadelta`].
#[derive(Clone, Debug)]
pub struct AdadeltaRule {
    rho: f64,
    epsilon: f64,
}

impl Default for AdadeltaRule {
    fn default() -> Self {
        Self { rho: 0.95, epsilon: 1e-7 }
    }
}

settings! {
    [T: Element] Adadelta<T>;
    /// The decay rate of the running means; 0.95 unless set.
    rho;
    /// Keeps the roots away from zero, and so sets the size of the first step; 1e-7 unless set.
    epsilon;
}

impl UpdateRule for AdadeltaRule {
    const NAME: &'static str = "Adadelta";

    fn slots(&self) -> [Option<f64>; 3] {
        [Some(0.0), Some(0.0), None]
    }

    fn check(&self) -> Result<(), String> {
        check_share("rho", self.rho)?;
        check_not_negative("epsilon", self.epsilon)
    }

    #[inline(always)]
    fn update<T: Element>(&self, step: Step, weights: &mut [T], gradient: &[T], [square, delta, _]: Slots<'_, T>) {
        let [rate, rho, gain, epsilon] = [step.rate, self.rho, 1.0 - self.rho, self.epsilon].map(T::literal);
        for ((w, &g), (a, b)) in weights.iter_mut().zip(gradient).zip(square.iter_mut().zip(delta)) {
            *a = rho * *a + gain * (g * g);
            let d = (*b + epsilon).sqrt() * g / (*a + epsilon).sqrt();
            *b = rho * *b + gain * (d * d);
            *w -= rate * d;
        }
    }
}
