//! A closure as a callback.

use super::{Callback, Control, Epoch, Flow};
use crate::error::Result;
use chainrule::Element;

/// Calls a closure after each epoch; it says whether training goes on. Keras's `LambdaCallback`.
///
/// ```
/// use chainrule_nn::prelude::*;
/// let stop_at_nine_tenths = Lambda::new(|epoch: &Epoch<'_>| {
///     if epoch.get("accuracy").is_ok_and(|accuracy| accuracy > 0.9) { Flow::Stop } else { Flow::Continue }
/// });
/// # let _: Fit = Fit::epochs(1).callback(stop_at_nine_tenths);
/// ```
#[derive(Clone, Copy, Debug)]
#[doc(alias = "LambdaCallback")]
pub struct Lambda<F>(F);

impl<F: FnMut(&Epoch<'_>) -> Flow> Lambda<F> {
    /// Calls this one.
    pub fn new(on_epoch_end: F) -> Self {
        Self(on_epoch_end)
    }
}

impl<T: Element, F: FnMut(&Epoch<'_>) -> Flow> Callback<T> for Lambda<F> {
    fn on_epoch_end(&mut self, epoch: &Epoch<'_>, _: &mut Control<'_, T>) -> Result<Flow> {
        Ok((self.0)(epoch))
    }
}
