//! Optimizers: how a gradient changes the weights. One file each.

use crate::param::{Group, ParamId};
use chainrule::{Element, Tensor};

/// What training asks of an optimizer; it knows neither tapes nor layers.
pub trait Optimize<T: Element = f32>: Send {
    /// Called once in each step, before the first [`update`](Self::update), with the gradients of all parameters: where the
    /// norm over all of them is limited, it is measured here.
    fn begin_step(&mut self, gradients: &mut dyn Iterator<Item = &Tensor<T>>);

    /// Changes the weights of one parameter.
    fn update(&mut self, id: ParamId, group: Group, weights: &mut Tensor<T>, gradient: &Tensor<T>);

    /// The learning rate of the next step.
    fn rate(&self) -> f64;

    /// From now on this learning rate, in the place of the one given or of a schedule.
    fn set_rate(&mut self, rate: f64);
}
