//! Nadam.

use super::rule::{check_share, settings};
use super::{Optimizer, Slots, Step, UpdateRule};
use crate::param::check_not_negative;
use chainrule::Element;

/// Nadam, Adam with Nesterov's momentum (Dozat, 2016); rate 0.001 unless another is given.
///
/// ```text
/// uₜ = beta_1 (1 - 0.96ᵗ/2),  Uₜ = u₁ ⋯ uₜ
/// m += (1 - beta_1) (g - m)
/// v += (1 - beta_2) (g² - v)
/// n = uₜ₊₁/(1 - Uₜ₊₁) m + (1 - uₜ)/(1 - Uₜ) g
/// w -= rate n/(√(v/(1 - beta_2ᵗ)) + epsilon)
/// ```
///
/// where t counts the updates from 1. The running mean m goes by `beta_1` and not by the warming uₜ, as in Keras. Source:
/// <https://keras.io/api/optimizers/Nadam/>.
///
/// ```
/// use chainrule::Tensor;
/// use chainrule_nn::optim::Nadam;
/// let mut w = Tensor::from([1.0, 2.0, 3.0, 4.0]);
/// Nadam::new(0.5).step([&mut w], [&Tensor::from([1.0, 6.0, 7.0, 2.0])]);
/// let expected = [0.4686, 1.4686, 2.4686, 3.4686]; // Keras, nadam_test.py, test_single_step
/// assert!(w.iter().zip(expected).all(|(w, expected): (&f64, _)| (w - expected).abs() < 1e-4));
/// ```
pub type Nadam<T = f32> = Optimizer<NadamRule, T>;

/// The rule of [`Nadam`].
#[derive(Clone, Debug)]
pub struct NadamRule {
    beta_1: f64,
    beta_2: f64,
    epsilon: f64,
    /// u₁ ⋯ uₜ
    product: f64,
    /// uₜ and uₜ₊₁
    momenta: [f64; 2],
    /// 1/(1 - `beta_2`ᵗ)
    correction: f64,
}

impl Default for NadamRule {
    fn default() -> Self {
        Self { beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7, product: 1.0, momenta: [0.0; 2], correction: 1.0 }
    }
}

settings! {
    [T: Element] Nadam<T>;
    /// The decay rate of the running mean of gradients; 0.9 unless set.
    beta_1;
    /// The decay rate of the running mean of squared gradients; 0.999 unless set.
    beta_2;
    /// Keeps the denominator away from zero; 1e-7 unless set.
    epsilon;
}

impl NadamRule {
    /// uₜ
    fn momentum(&self, count: f64) -> f64 {
        self.beta_1 * (1.0 - 0.5 * 0.96f64.powf(count))
    }
}

impl UpdateRule for NadamRule {
    const NAME: &'static str = "Nadam";

    fn slots(&self) -> [Option<f64>; 3] {
        [Some(0.0), Some(0.0), None]
    }

    fn check(&self) -> Result<(), String> {
        check_share("beta_1", self.beta_1)?;
        check_share("beta_2", self.beta_2)?;
        check_not_negative("epsilon", self.epsilon)
    }

    fn begin_step(&mut self, count: u64) {
        let count = count as f64;
        self.momenta = [count, count + 1.0].map(|count| self.momentum(count));
        self.product *= self.momenta[0];
        self.correction = (1.0 - self.beta_2.powf(count)).recip();
    }

    fn gathered(&self) -> Vec<f64> {
        vec![self.product]
    }

    fn regather(&mut self, gathered: &[f64]) {
        if let &[product] = gathered {
            self.product = product;
        }
    }

    #[inline(always)]
    fn update<T: Element>(&self, step: Step, weights: &mut [T], gradient: &[T], [mean, square, _]: Slots<'_, T>) {
        let [now, next] = self.momenta;
        let of_mean = step.rate * next / (1.0 - self.product * next);
        let of_gradient = step.rate * (1.0 - now) / (1.0 - self.product);
        let [of_mean, of_gradient, correction, epsilon] =
            [of_mean, of_gradient, self.correction, self.epsilon].map(T::literal);
        let (gain_1, gain_2) = (T::literal(1.0 - self.beta_1), T::literal(1.0 - self.beta_2));
        for ((w, &g), (m, v)) in weights.iter_mut().zip(gradient).zip(mean.iter_mut().zip(square)) {
            *m += (g - *m) * gain_1;
            *v += (g * g - *v) * gain_2;
            *w -= (of_mean * *m + of_gradient * g) / ((*v * correction).sqrt() + epsilon);
        }
    }
}
