//! Decay in steps.

use super::{Schedule, check_rate, check_steps, progress};

/// `rate factor^⌊step/every⌋`
///
/// Source: `StepLR`, <https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html>; Keras has it as
/// exponential decay with a staircase.
///
/// ```
/// use chainrule_nn::schedule::{Schedule, StepDecay};
/// let decay = StepDecay::new(0.1, 30, 0.5);
/// assert_eq!([0, 29, 30, 60].map(|step| decay.rate(step)), [0.1, 0.1, 0.05, 0.025]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[doc(alias = "StepLR")]
pub struct StepDecay {
    rate: f64,
    every: u64,
    factor: f64,
}

impl StepDecay {
    /// From `rate` on, times `factor` once `every` so many steps.
    pub fn new(rate: f64, every: u64, factor: f64) -> Self {
        Self { rate, every, factor }
    }
}

impl Schedule for StepDecay {
    fn rate(&self, step: u64) -> f64 {
        self.rate * self.factor.powf(progress(step, self.every, true))
    }

    fn check(&self) -> Result<(), String> {
        check_rate("StepDecay: rate", self.rate)?;
        check_rate("StepDecay: factor", self.factor)?;
        check_steps("StepDecay: every", self.every)
    }
}
