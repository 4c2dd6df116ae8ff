//! Adagrad.

use super::rule::settings;
use super::{Optimizer, Slots, Step, UpdateRule};
use crate::param::check_not_negative;
use chainrule::Element;

/// Adagrad (Duchi, Hazan and Singer, 2011); rate 0.001 unless another is given.
///
/// ```text
/// a += g²
/// w -= rate g/√(a + epsilon)
/// ```
///
/// Source: <https://keras.io/api/optimizers/adagrad/>.
///
/// ```
/// use chainrule::Tensor;
/// use chainrule_nn::optim::Adagrad;
/// let mut w = Tensor::from([1.0, 2.0, 3.0, 4.0]);
/// Adagrad::new(0.5).step([&mut w], [&Tensor::from([1.0, 6.0, 7.0, 2.0])]);
/// let expected = [0.5233, 1.5007, 2.5005, 3.5061]; // Keras, adagrad_test.py, test_single_step
/// assert!(w.iter().zip(expected).all(|(w, expected): (&f64, _)| (w - expected).abs() < 1e-4));
/// ```
pub type Adagrad<T = f32> = Optimizer<AdagradRule, T>;

/// The rule of [`Adagrad`].
#[derive(Clone, Debug)]
pub struct AdagradRule {
    initial_accumulator: f64,
    epsilon: f64,
}

impl Default for AdagradRule {
    fn default() -> Self {
        Self { initial_accumulator: 0.1, epsilon: 1e-7 }
    }
}

settings! {
    [T: Element] Adagrad<T>;
    /// What the sum of squares starts from; 0.1 unless set.
    initial_accumulator;
    /// Keeps the denominator away from zero; 1e-7 unless set.
    epsilon;
}

impl UpdateRule for AdagradRule {
    const NAME: &'static str = "Adagrad";

    fn slots(&self) -> [Option<f64>; 3] {
        [Some(self.initial_accumulator), None, None]
    }

    fn check(&self) -> Result<(), String> {
        check_not_negative("initial_accumulator", self.initial_accumulator)?;
        check_not_negative("epsilon", self.epsilon)
    }

    #[inline(always)]
    fn update<T: Element>(&self, step: Step, weights: &mut [T], gradient: &[T], [sum, ..]: Slots<'_, T>) {
        let (rate, epsilon) = (T::literal(step.rate), T::literal(self.epsilon));
        for ((w, &g), sum) in weights.iter_mut().zip(gradient).zip(sum) {
            *sum += g * g;
            *w -= rate * g / (*sum + epsilon).sqrt();
        }
    }
}
