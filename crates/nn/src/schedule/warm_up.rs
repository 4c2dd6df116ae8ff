//! A rise before another schedule.

use super::{Schedule, check_rate};

/// Rises along a line to the first rate of another schedule, which then begins (Goyal and others, 2017).
///
/// ```text
/// from + (then(0) - from) step/steps   while step < steps
/// then(step - steps)                   afterwards
/// ```
///
/// ```
/// use chainrule_nn::schedule::{Schedule, StepDecay, WarmUp};
/// let schedule = WarmUp::new(4, StepDecay::new(0.5, 10, 0.5));
/// assert_eq!([0, 1, 4, 13, 14].map(|step| schedule.rate(step)), [0.0, 0.125, 0.5, 0.5, 0.25]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WarmUp<S> {
    from: f64,
    steps: u64,
    then: S,
}

impl<S: Schedule> WarmUp<S> {
    /// Rises from 0 in this many steps; `then` may be a plain rate.
    pub fn new(steps: u64, then: S) -> Self {
        Self { from: 0.0, steps, then }
    }

    /// Where the rise starts; 0 unless set.
    #[must_use]
    pub fn from(self, rate: f64) -> Self {
        Self { from: rate, ..self }
    }
}

impl<S: Schedule> Schedule for WarmUp<S> {
    fn rate(&self, step: u64) -> f64 {
        if step < self.steps {
            return self.from + (self.then.rate(0) - self.from) * (step as f64 / self.steps as f64);
        }
        self.then.rate(step - self.steps)
    }

    fn check(&self) -> Result<(), String> {
        check_rate("WarmUp: from", self.from)?;
        self.then.check()
    }
}
