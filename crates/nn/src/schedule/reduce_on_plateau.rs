//! A rate that follows the loss.

use super::check_rate;
use crate::monitor::Monitor;

/// Lowers the learning rate when a value has not become better for a while.
///
/// After `patience` observations in a row that are not better than the best so far by more than `min_delta`, the rate becomes
/// `max(rate factor, min_rate)`; then, during `cooldown` observations, none is counted. Once the rate has come down to
/// `min_rate` it stays. NaN is no improvement. Source: <https://keras.io/api/callbacks/reduce_lr_on_plateau/>.
///
/// ```
/// use chainrule_nn::optim::{Adam, Optimize};
/// use chainrule_nn::schedule::ReduceOnPlateau;
///
/// let mut adam: Adam = Adam::new(0.1);
/// let mut plateau = ReduceOnPlateau::default().factor(0.5).patience(2);
/// for loss in [3.0, 2.0, 2.0, 2.0, 2.0] {
///     // ... an epoch
///     if let Some(rate) = plateau.observe(loss, adam.rate()) {
///         adam.set_rate(rate);
///     }
/// }
/// assert_eq!(adam.rate(), 0.05);
/// ```
#[derive(Clone, Debug)]
#[doc(alias = "ReduceLROnPlateau")]
pub struct ReduceOnPlateau {
    monitor: Monitor,
    factor: f64,
    patience: u64,
    min_delta: f64,
    cooldown: u64,
    min_rate: f64,
    best: f64,
    waited: u64,
    cooling: u64,
}

impl Default for ReduceOnPlateau {
    /// Watches `val_loss`.
    fn default() -> Self {
        Self::watching("val_loss")
    }
}

impl ReduceOnPlateau {
    /// Watches this value: a name of the history, or a [`Monitor`] that says which way is better.
    pub fn watching(monitor: impl Into<Monitor>) -> Self {
        let monitor = monitor.into();
        Self {
            best: monitor.worst(),
            monitor,
            factor: 0.1,
            patience: 10,
            min_delta: 1e-4,
            cooldown: 0,
            min_rate: 0.0,
            waited: 0,
            cooling: 0,
        }
    }

    /// What the rate is multiplied by; 0.1 unless set.
    #[must_use]
    pub fn factor(self, factor: f64) -> Self {
        Self { factor, ..self }
    }

    /// How many observations without improvement there must be; 10 unless set.
    #[must_use]
    pub fn patience(self, patience: u64) -> Self {
        Self { patience, ..self }
    }

    /// By how much a value must be better than the best so far; 0.0001 unless set.
    #[must_use]
    pub fn min_delta(self, min_delta: f64) -> Self {
        Self { min_delta, ..self }
    }

    /// How many observations after a change are not counted; 0 unless set.
    #[must_use]
    pub fn cooldown(self, cooldown: u64) -> Self {
        Self { cooldown, ..self }
    }

    /// The lowest rate; 0 unless set.
    #[must_use]
    pub fn min_rate(self, min_rate: f64) -> Self {
        Self { min_rate, ..self }
    }

    /// What is watched.
    pub fn monitor(&self) -> &Monitor {
        &self.monitor
    }

    /// Says what is wrong with the options.
    ///
    /// # Errors
    /// The problem in words.
    pub fn check(&self) -> Result<(), String> {
        check_rate("ReduceOnPlateau: min_delta", self.min_delta)?;
        check_rate("ReduceOnPlateau: min_rate", self.min_rate)?;
        if (0.0..1.0).contains(&self.factor) {
            return Ok(());
        }
        Err(format!("ReduceOnPlateau: factor is {}, and must be at least 0 and less than 1", self.factor))
    }

    /// Takes note of a value, once an epoch. Where the rate is to change from `rate`, the new one.
    pub fn observe(&mut self, value: f64, rate: f64) -> Option<f64> {
        if self.cooling > 0 {
            self.cooling -= 1;
            self.waited = 0;
        }
        if self.monitor.is_better(value, self.best, self.min_delta) {
            self.best = value;
            self.waited = 0;
            return None;
        }
        if self.cooling > 0 {
            return None;
        }
        self.waited += 1;
        if self.waited < self.patience || rate <= self.min_rate {
            return None;
        }
        self.cooling = self.cooldown;
        self.waited = 0;
        Some((rate * self.factor).max(self.min_rate))
    }

    /// The best value, for how many observations it has waited since, and for how many more it does not look.
    pub(crate) fn observed(&self) -> (f64, u64, u64) {
        (self.best, self.waited, self.cooling)
    }

    /// Goes on from what [`observed`](Self::observed) gave.
    pub(crate) fn go_on(&mut self, (best, waited, cooling): (f64, u64, u64)) {
        (self.best, self.waited, self.cooling) = (best, waited, cooling);
    }

    /// Forgets all observations; the options stay.
    pub fn reset(&mut self) {
        (self.best, self.waited, self.cooling) = (self.monitor.worst(), 0, 0);
    }
}
