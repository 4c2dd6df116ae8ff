//! Ends training when the loss is no number.

use super::{Callback, Flow};
use chainrule::Element;

/// Ends training in peace when the loss is NaN or infinite: `fit` returns the history so far, and the weights are those before
/// the batch that went wrong. Without it, `fit` returns an error that names the layer and the operation.
#[derive(Clone, Copy, Debug, Default)]
pub struct TerminateOnNan;

impl<T: Element> Callback<T> for TerminateOnNan {
    fn on_not_finite(&mut self, _: usize, _: f64) -> Flow {
        Flow::Stop
    }
}
