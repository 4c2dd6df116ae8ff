//! A learning rate for each epoch.

use super::{Callback, Control, check_rate_is_free};
use crate::error::Result;
use chainrule::Element;

/// Sets the learning rate when an epoch begins: `|epoch, rate| new_rate`. Keras's `LearningRateScheduler`. Rates that change with
/// each step are given to the optimizer instead.
#[derive(Clone, Copy, Debug)]
#[doc(alias = "LearningRateScheduler")]
pub struct LearningRateSchedule<F>(F);

impl<F: FnMut(usize, f64) -> f64> LearningRateSchedule<F> {
    /// The rate of an epoch, counted from 0, from its number and the rate before.
    pub fn new(rate: F) -> Self {
        Self(rate)
    }
}

impl<T: Element, F: FnMut(usize, f64) -> f64> Callback<T> for LearningRateSchedule<F> {
    fn on_train_begin(&mut self, control: &mut Control<'_, T>) -> Result<()> {
        check_rate_is_free("LearningRateSchedule", control)
    }

    fn on_epoch_begin(&mut self, epoch: usize, control: &mut Control<'_, T>) -> Result<()> {
        let rate = (self.0)(epoch, control.optimizer.rate());
        control.optimizer.set_rate(rate);
        Ok(())
    }
}
