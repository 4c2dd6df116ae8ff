//! Polynomial decay.

use super::{Schedule, check_rate, check_steps};

/// `(rate - end) (1 - step/decay_steps)^power + end`, and `end` from then on; linear unless a power is set.
///
/// In a cycle, `decay_steps` stretches to its next multiple at or after the step, so that the rate rises again and falls more
/// slowly. Source: <https://keras.io/api/optimizers/learning_rate_schedules/polynomial_decay/>.
///
/// ```
/// use chainrule_nn::schedule::{Polynomial, Schedule};
/// let line = Polynomial::new(0.5, 10).end(0.25);
/// assert_eq!([0, 5, 10, 15].map(|step| line.rate(step)), [0.5, 0.375, 0.25, 0.25]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[doc(alias = "PolynomialDecay")]
pub struct Polynomial {
    rate: f64,
    decay_steps: u64,
    end: f64,
    power: f64,
    cycle: bool,
}

impl Polynomial {
    /// From `rate` down to 0.0001 in `decay_steps` steps.
    pub fn new(rate: f64, decay_steps: u64) -> Self {
        Self { rate, decay_steps, end: 1e-4, power: 1.0, cycle: false }
    }

    /// The last rate; 0.0001 unless set.
    #[must_use]
    pub fn end(self, end: f64) -> Self {
        Self { end, ..self }
    }

    /// The power of the fall; 1 unless set.
    #[must_use]
    pub fn power(self, power: f64) -> Self {
        Self { power, ..self }
    }

    /// Begins again after `decay_steps` steps.
    #[must_use]
    pub fn cycle(self) -> Self {
        Self { cycle: true, ..self }
    }
}

impl Schedule for Polynomial {
    fn rate(&self, step: u64) -> f64 {
        let cycles = if self.cycle { step.div_ceil(self.decay_steps.max(1)).max(1) } else { 1 };
        let length = self.decay_steps * cycles;
        let done = step.min(length) as f64 / length as f64;
        (self.rate - self.end) * (1.0 - done).powf(self.power) + self.end
    }

    fn check(&self) -> Result<(), String> {
        check_rate("Polynomial: rate", self.rate)?;
        check_rate("Polynomial: end", self.end)?;
        check_rate("Polynomial: power", self.power)?;
        check_steps("Polynomial: decay_steps", self.decay_steps)
    }
}
