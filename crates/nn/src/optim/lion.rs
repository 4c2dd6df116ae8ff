//! Lion.

use super::rule::{check_share, settings};
use super::{Optimizer, Slots, Step, UpdateRule};
use chainrule::Element;
use chainrule::rule::Sign;

/// Lion (Chen and others, 2023): every weight moves by the same length; rate 0.001 unless another is given.
///
/// ```text
/// w -= rate sign(beta_1 m + (1 - beta_1) g)
/// m = beta_2 m + (1 - beta_2) g
/// ```
///
/// where sign(0) is 0. Source: <https://keras.io/api/optimizers/lion/>.
///
/// ```
/// use chainrule::Tensor;
/// use chainrule_nn::optim::Lion;
/// let mut w = Tensor::from([1.0, 2.0, 3.0, 4.0]);
/// Lion::new(0.5).step([&mut w], [&Tensor::from([1.0, 6.0, 7.0, 2.0])]);
/// assert_eq!(w.to_vec(), [0.5, 1.5, 2.5, 3.5]); // Keras, lion_test.py, test_single_step
/// ```
pub type Lion<T = f32> = Optimizer<LionRule, T>;

/// The rule of [`Lion`].
#[derive(Clone, Debug)]
pub struct LionRule {
    beta_1: f64,
    beta_2: f64,
}

impl Default for LionRule {
    fn default() -> Self {
        Self { beta_1: 0.9, beta_2: 0.99 }
    }
}

settings! {
    [T: Element] Lion<T>;
    /// How much of the running mean goes into the direction; 0.9 unless set.
    beta_1;
    /// The decay rate of the running mean of gradients; 0.99 unless set.
    beta_2;
}

impl UpdateRule for LionRule {
    const NAME: &'static str = "Lion";

    fn slots(&self) -> [Option<f64>; 3] {
        [Some(0.0), None, None]
    }

    fn check(&self) -> Result<(), String> {
        check_share("beta_1", self.beta_1)?;
        check_share("beta_2", self.beta_2)
    }

    #[inline(always)]
    fn update<T: Element>(&self, step: Step, weights: &mut [T], gradient: &[T], [mean, ..]: Slots<'_, T>) {
        let rate = T::literal(step.rate);
        let [beta_1, gain_1, beta_2, gain_2] =
            [self.beta_1, 1.0 - self.beta_1, self.beta_2, 1.0 - self.beta_2].map(T::literal);
        for ((w, &g), m) in weights.iter_mut().zip(gradient).zip(mean) {
            *w -= rate * (beta_1 * *m + gain_1 * g).apply(Sign);
            *m = beta_2 * *m + gain_2 * g;
        }
    }
}
