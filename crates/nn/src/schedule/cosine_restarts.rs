//! Cosine decay that starts again and again.

use super::{Schedule, check_rate, check_steps};
use std::f64::consts::PI;

/// Cosine decay with warm restarts, SGDR (Loshchilov and Hutter, 2017).
///
/// ```text
/// rate ((1 - alpha) m_mulⁱ (1 + cos(π x))/2 + alpha)
/// ```
///
/// in period i, of which the share x is over. The first period has `first_decay_steps` steps, each further one `t_mul` times as
/// many as the one before. Source: <https://keras.io/api/optimizers/learning_rate_schedules/cosine_decay_restarts/>.
///
/// ```
/// use chainrule_nn::schedule::{CosineRestarts, Schedule};
/// let cosine = CosineRestarts::new(0.5, 10).m_mul(0.5); // periods of 10, 20, 40 steps
/// assert_eq!([0, 10, 30].map(|step| cosine.rate(step)), [0.5, 0.25, 0.125]);
/// assert!((cosine.rate(20) - 0.125).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[doc(alias = "CosineDecayRestarts")]
#[doc(alias = "CosineAnnealingWarmRestarts")]
pub struct CosineRestarts {
    rate: f64,
    first_decay_steps: u64,
    t_mul: f64,
    m_mul: f64,
    alpha: f64,
}

impl CosineRestarts {
    /// From `rate` down to 0 in `first_decay_steps` steps, then again in twice as many, and so on.
    pub fn new(rate: f64, first_decay_steps: u64) -> Self {
        Self { rate, first_decay_steps, t_mul: 2.0, m_mul: 1.0, alpha: 0.0 }
    }

    /// How many times longer each period is than the one before; 2 unless set.
    #[must_use]
    pub fn t_mul(self, t_mul: f64) -> Self {
        Self { t_mul, ..self }
    }

    /// How many times higher each period starts than the one before; 1 unless set.
    #[must_use]
    pub fn m_mul(self, m_mul: f64) -> Self {
        Self { m_mul, ..self }
    }

    /// The last rate of a period as a share of `rate`; 0 unless set.
    #[must_use]
    pub fn alpha(self, alpha: f64) -> Self {
        Self { alpha, ..self }
    }

    /// The period of a step, and the share of it that is over.
    fn place(&self, step: u64) -> (f64, f64) {
        let done = step as f64 / self.first_decay_steps as f64;
        if self.t_mul <= 1.0 {
            return (done.floor(), done.fract());
        }
        // counted and not by a logarithm, which may miss a restart by its rounding
        let (mut period, mut start, mut length) = (0.0, 0.0, 1.0);
        while done >= start + length {
            start += length;
            length *= self.t_mul;
            period += 1.0;
        }
        (period, (done - start) / length)
    }
}

impl Schedule for CosineRestarts {
    fn rate(&self, step: u64) -> f64 {
        let (period, done) = self.place(step);
        let wave = 0.5 * self.m_mul.powf(period) * (1.0 + (PI * done).cos());
        self.rate * ((1.0 - self.alpha) * wave + self.alpha)
    }

    fn check(&self) -> Result<(), String> {
        check_rate("CosineRestarts: rate", self.rate)?;
        check_rate("CosineRestarts: m_mul", self.m_mul)?;
        check_rate("CosineRestarts: alpha", self.alpha)?;
        if !(self.t_mul >= 1.0 && self.t_mul.is_finite()) {
            return Err(format!("CosineRestarts: t_mul is {}, and must be a finite number of at least 1", self.t_mul));
        }
        check_steps("CosineRestarts: first_decay_steps", self.first_decay_steps)
    }
}
