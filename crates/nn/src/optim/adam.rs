//! Adam and `AdamW`.

use super::rule::{check_share, settings};
use super::{Optimizer, Slots, Step, UpdateRule};
use crate::param::check_not_negative;
use chainrule::Element;

/// Adam (Kingma and Ba, 2015); rate 0.001 unless another is given.
///
/// ```text
/// m += (1 - beta_1) (g - m)
/// v += (1 - beta_2) (g² - v)
/// w -= rate √(1 - beta_2ᵗ)/(1 - beta_1ᵗ) m/(√v + epsilon)
/// ```
///
/// where t counts the updates from 1. As in Keras, epsilon stands beside the root that is not corrected yet ("epsilon hat" in
/// the paper). Source: <https://keras.io/api/optimizers/adam/>.
///
/// ```
/// use chainrule::Tensor;
/// use chainrule_nn::optim::Adam;
/// let mut w = Tensor::from([1.0, 2.0, 3.0, 4.0]);
/// Adam::new(0.5).step([&mut w], [&Tensor::from([1.0, 6.0, 7.0, 2.0])]);
/// let expected = [0.5, 1.5, 2.5, 3.5]; // Keras, adam_test.py, test_single_step
/// assert!(w.iter().zip(expected).all(|(w, expected): (&f64, _)| (w - expected).abs() < 1e-4));
/// ```
pub type Adam<T = f32> = Optimizer<AdamRule, T>;

/// [`Adam`] with a weight decay of 0.004 (Loshchilov and Hutter, 2019); rate 0.001 unless another is given.
///
/// ```text
/// w -= w decay rate,  then as Adam
/// ```
///
/// Source: <https://keras.io/api/optimizers/adamw/>.
pub type AdamW<T = f32> = Optimizer<AdamRule<true>, T>;

/// The rule of [`Adam`], and of [`AdamW`], whose weights decay by default.
#[derive(Clone, Debug)]
pub struct AdamRule<const DECAYS: bool = false> {
    beta_1: f64,
    beta_2: f64,
    epsilon: f64,
    amsgrad: bool,
    /// 1 - `beta_1`ᵗ
    mean_correction: f64,
    /// √(1 - `beta_2`ᵗ)
    root_correction: f64,
}

impl<const DECAYS: bool> Default for AdamRule<DECAYS> {
    fn default() -> Self {
        let (mean_correction, root_correction) = (1.0, 1.0);
        Self { beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7, amsgrad: false, mean_correction, root_correction }
    }
}

settings! {
    [const DECAYS: bool, T: Element] Optimizer<AdamRule<DECAYS>, T>;
    /// The decay rate of the running mean of gradients; 0.9 unless set.
    beta_1;
    /// The decay rate of the running mean of squared gradients; 0.999 unless set.
    beta_2;
    /// Keeps the denominator away from zero; 1e-7 unless set.
    epsilon;
}

impl<const DECAYS: bool, T: Element> Optimizer<AdamRule<DECAYS>, T> {
    /// Divides by the largest `v` so far (Reddi, Kale and Kumar, 2018).
    #[must_use]
    pub fn amsgrad(mut self) -> Self {
        self.rule.amsgrad = true;
        self
    }
}

impl<const DECAYS: bool> UpdateRule for AdamRule<DECAYS> {
    const NAME: &'static str = if DECAYS { "AdamW" } else { "Adam" };
    const DECAY: f64 = if DECAYS { 0.004 } else { 0.0 };

    fn slots(&self) -> [Option<f64>; 3] {
        [Some(0.0), Some(0.0), self.amsgrad.then_some(0.0)]
    }

    fn check(&self) -> Result<(), String> {
        check_share("beta_1", self.beta_1)?;
        check_share("beta_2", self.beta_2)?;
        check_not_negative("epsilon", self.epsilon)
    }

    fn begin_step(&mut self, count: u64) {
        self.mean_correction = 1.0 - self.beta_1.powf(count as f64);
        self.root_correction = (1.0 - self.beta_2.powf(count as f64)).sqrt();
    }

    #[inline(always)]
    fn update<T: Element>(&self, step: Step, weights: &mut [T], gradient: &[T], [mean, square, largest]: Slots<'_, T>) {
        let alpha = step.rate * self.root_correction / self.mean_correction;
        let [alpha, epsilon, gain_1, gain_2] =
            [alpha, self.epsilon, 1.0 - self.beta_1, 1.0 - self.beta_2].map(T::literal);
        let elements = weights.iter_mut().zip(gradient).zip(mean.iter_mut().zip(square));
        if self.amsgrad {
            for (((w, &g), (m, v)), largest) in elements.zip(largest) {
                *m += (g - *m) * gain_1;
                *v += (g * g - *v) * gain_2;
                *largest = if *largest >= *v { *largest } else { *v };
                *w -= *m * alpha / (largest.sqrt() + epsilon);
            }
        } else {
            for ((w, &g), (m, v)) in elements {
                *m += (g - *m) * gain_1;
                *v += (g * g - *v) * gain_2;
                *w -= *m * alpha / (v.sqrt() + epsilon);
            }
        }
    }
}
