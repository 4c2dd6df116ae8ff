//! Decay as one over time.

use super::{Schedule, check_rate, check_steps, progress};

/// `rate/(1 + decay_rate step/decay_steps)`; with a staircase the fraction is rounded down.
///
/// Source: <https://keras.io/api/optimizers/learning_rate_schedules/inverse_time_decay/>.
///
/// ```
/// use chainrule_nn::schedule::{InverseTime, Schedule};
/// let decay = InverseTime::new(0.1, 1, 1.0);
/// assert_eq!([0, 1, 3].map(|step| decay.rate(step)), [0.1, 0.05, 0.025]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[doc(alias = "InverseTimeDecay")]
pub struct InverseTime {
    rate: f64,
    decay_steps: u64,
    decay_rate: f64,
    staircase: bool,
}

impl InverseTime {
    /// From `rate` on; after `decay_steps` steps divided by `1 + decay_rate`.
    pub fn new(rate: f64, decay_steps: u64, decay_rate: f64) -> Self {
        Self { rate, decay_steps, decay_rate, staircase: false }
    }

    /// Falls at once every `decay_steps` steps, not smoothly.
    #[must_use]
    pub fn staircase(self) -> Self {
        Self { staircase: true, ..self }
    }
}

impl Schedule for InverseTime {
    fn rate(&self, step: u64) -> f64 {
        self.rate / (1.0 + self.decay_rate * progress(step, self.decay_steps, self.staircase))
    }

    fn check(&self) -> Result<(), String> {
        check_rate("InverseTime: rate", self.rate)?;
        check_rate("InverseTime: decay_rate", self.decay_rate)?;
        check_steps("InverseTime: decay_steps", self.decay_steps)
    }
}
