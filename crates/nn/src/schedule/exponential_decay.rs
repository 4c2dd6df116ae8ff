//! Exponential decay.

use super::{Schedule, check_rate, check_steps, progress};

/// `rate decay_rate^(step/decay_steps)`; with a staircase the exponent is rounded down.
///
/// Source: <https://keras.io/api/optimizers/learning_rate_schedules/exponential_decay/>.
///
/// ```
/// use chainrule_nn::schedule::{ExponentialDecay, Schedule};
/// let decay = ExponentialDecay::new(0.1, 3, 0.5);
/// assert_eq!([0, 3, 6].map(|step| decay.rate(step)), [0.1, 0.05, 0.025]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[doc(alias = "ExponentialLR")]
pub struct ExponentialDecay {
    rate: f64,
    decay_steps: u64,
    decay_rate: f64,
    staircase: bool,
}

impl ExponentialDecay {
    /// From `rate` on, times `decay_rate` in every `decay_steps` steps.
    pub fn new(rate: f64, decay_steps: u64, decay_rate: f64) -> Self {
        Self { rate, decay_steps, decay_rate, staircase: false }
    }

    /// Falls at once every `decay_steps` steps, not smoothly.
    #[must_use]
    pub fn staircase(self) -> Self {
        Self { staircase: true, ..self }
    }
}

impl Schedule for ExponentialDecay {
    fn rate(&self, step: u64) -> f64 {
        self.rate * self.decay_rate.powf(progress(step, self.decay_steps, self.staircase))
    }

    fn check(&self) -> Result<(), String> {
        check_rate("ExponentialDecay: rate", self.rate)?;
        check_rate("ExponentialDecay: decay_rate", self.decay_rate)?;
        check_steps("ExponentialDecay: decay_steps", self.decay_steps)
    }
}
