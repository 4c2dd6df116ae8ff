//! Ends training when the loss is no number.

use super::{Callback, Flow};
use chainrule::Element;

/// Ends training in peace when the loss, a gradient or a weight is NaN or infinite: `fit` returns the history so far. Where it was the
/// loss of a batch or a gradient, the weights are those before the batch. Without it, `fit` returns an error that says where it arose.
#[derive(Clone, Copy, Debug, Default)]
pub struct TerminateOnNan;

impl<T: Element> Callback<T> for TerminateOnNan {
    fn on_not_finite(&mut self, _: usize) -> Flow {
        Flow::Stop
    }
}
