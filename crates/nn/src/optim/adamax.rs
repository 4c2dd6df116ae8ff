//! Adamax.

use super::rule::{check_share, settings};
use super::{Optimizer, Slots, Step, UpdateRule};
use crate::param::check_not_negative;
use chainrule::Element;

/// Adamax, Adam by the largest gradient (Kingma and Ba, 2015, section 7); rate 0.001 unless another is given.
///
/// ```text
/// m += (1 - beta_1) (g - m)
/// u = max(beta_2 u, |g|)
/// w -= rate/(1 - beta_1ᵗ) m/(u + epsilon)
/// ```
///
/// where t counts the updates from 1. Source: <https://keras.io/api/optimizers/adamax/>.
///
/// ```
/// use chainrule::Tensor;
/// use chainrule_nn::optim::Adamax;
/// let mut w = Tensor::from([1.0, 2.0, 3.0, 4.0]);
/// Adamax::new(0.5).step([&mut w], [&Tensor::from([1.0, 6.0, 7.0, 2.0])]);
/// let expected = [0.5, 1.5, 2.5, 3.5]; // Keras, adamax_test.py, test_single_step
/// assert!(w.iter().zip(expected).all(|(w, expected): (&f64, _)| (w - expected).abs() < 1e-4));
/// ```
pub type Adamax<T = f32> = Optimizer<AdamaxRule, T>;

/// The rule of [`Adamax`].
#[derive(Clone, Debug)]
pub struct AdamaxRule {
    beta_1: f64,
    beta_2: f64,
    epsilon: f64,
    /// 1 - `beta_1`ᵗ
    correction: f64,
}

impl Default for AdamaxRule {
    fn default() -> Self {
        Self { beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7, correction: 1.0 }
    }
}

settings! {
    [T: Element] Adamax<T>;
    /// The decay rate of the running mean of gradients; 0.9 unless set.
    beta_1;
    /// The decay rate of the largest gradient; 0.999 unless set.
    beta_2;
    /// Keeps the denominator away from zero; 1e-7 unless set.
    epsilon;
}

impl UpdateRule for AdamaxRule {
    const NAME: &'static str = "Adamax";

    fn slots(&self) -> [Option<f64>; 3] {
        [Some(0.0), Some(0.0), None]
    }

    fn check(&self) -> Result<(), String> {
        check_share("beta_1", self.beta_1)?;
        check_share("beta_2", self.beta_2)?;
        check_not_negative("epsilon", self.epsilon)
    }

    fn begin_step(&mut self, count: u64) {
        self.correction = 1.0 - self.beta_1.powf(count as f64);
    }

    #[inline(always)]
    fn update<T: Element>(&self, step: Step, weights: &mut [T], gradient: &[T], [mean, largest, _]: Slots<'_, T>) {
        let rate = step.rate / self.correction;
        let [rate, gain, beta_2, epsilon] = [rate, 1.0 - self.beta_1, self.beta_2, self.epsilon].map(T::literal);
        for ((w, &g), (m, u)) in weights.iter_mut().zip(gradient).zip(mean.iter_mut().zip(largest)) {
            *m += (g - *m) * gain;
            let (decayed, size) = (beta_2 * *u, g.abs());
            *u = if decayed >= size { decayed } else { size };
            *w -= rate * *m / (*u + epsilon);
        }
    }
}
