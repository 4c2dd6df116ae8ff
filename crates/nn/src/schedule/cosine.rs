//! Cosine decay.

use super::{Schedule, check_rate, check_steps};
use std::f64::consts::PI;

/// `rate ((1 - alpha) (1 + cos(π step/decay_steps))/2 + alpha)`, and `rate alpha` from then on (Loshchilov and Hutter, 2017).
///
/// With a warm-up the rate first rises along a line to its target, and the decay starts from there. Source:
/// <https://keras.io/api/optimizers/learning_rate_schedules/cosine_decay/>.
///
/// ```
/// use chainrule_nn::schedule::{Cosine, Schedule};
/// let cosine = Cosine::new(0.0, 100).warm_up(0.5, 10);
/// assert_eq!([0, 5, 10, 110].map(|step| cosine.rate(step)), [0.0, 0.25, 0.5, 0.0]);
/// assert!((cosine.rate(60) - 0.25).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[doc(alias = "CosineDecay")]
#[doc(alias = "CosineAnnealingLR")]
pub struct Cosine {
    rate: f64,
    decay_steps: u64,
    alpha: f64,
    warm_up: Option<(f64, u64)>,
}

impl Cosine {
    /// From `rate` down to 0 in `decay_steps` steps.
    pub fn new(rate: f64, decay_steps: u64) -> Self {
        Self { rate, decay_steps, alpha: 0.0, warm_up: None }
    }

    /// The last rate as a share of the highest; 0 unless set.
    #[must_use]
    pub fn alpha(self, alpha: f64) -> Self {
        Self { alpha, ..self }
    }

    /// Rises from `rate` to `target` in this many steps, before the `decay_steps` of the decay.
    #[must_use]
    pub fn warm_up(self, target: f64, steps: u64) -> Self {
        Self { warm_up: Some((target, steps)), ..self }
    }
}

impl Schedule for Cosine {
    fn rate(&self, step: u64) -> f64 {
        let (top, rise) = self.warm_up.unwrap_or((self.rate, 0));
        if step < rise {
            return self.rate + (top - self.rate) * (step as f64 / rise as f64);
        }
        let done = (step - rise).min(self.decay_steps) as f64 / self.decay_steps as f64;
        top * wave(done, self.alpha)
    }

    fn check(&self) -> Result<(), String> {
        check_rate("Cosine: rate", self.rate)?;
        check_rate("Cosine: alpha", self.alpha)?;
        check_rate("Cosine: the warm-up's target", self.warm_up.map_or(0.0, |(target, _)| target))?;
        check_steps("Cosine: decay_steps", self.decay_steps)
    }
}

/// Half a cosine wave from 1 down to `alpha`.
fn wave(done: f64, alpha: f64) -> f64 {
    (1.0 - alpha) * (0.5 * (1.0 + (PI * done).cos())) + alpha
}
