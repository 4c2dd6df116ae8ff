//! Optimizers: how a gradient changes the weights. One file each.
//!
//! Formulas and defaults are those of Keras 3: <https://keras.io/api/optimizers/>. Each optimizer is a rule for the elements
//! ([`UpdateRule`]), and all share the options of [`Optimizer`]: clipping, weight decay, accumulation, and a learning rate that
//! is a number or a [schedule](crate::schedule).

mod adadelta;
mod adagrad;
mod adam;
mod adamax;
mod clip;
mod lion;
mod nadam;
mod optimizer;
mod resume;
mod rms_prop;
mod rule;
mod sgd;
mod state;

pub use adadelta::{Adadelta, AdadeltaRule};
pub use adagrad::{Adagrad, AdagradRule};
pub use adam::{Adam, AdamRule, AdamW};
pub use adamax::{Adamax, AdamaxRule};
pub use lion::{Lion, LionRule};
pub use nadam::{Nadam, NadamRule};
pub use optimizer::Optimizer;
pub use rms_prop::{RmsProp, RmsPropRule};
pub use rule::{Slots, Step, UpdateRule};
pub use sgd::{Sgd, SgdRule};

use crate::files::State;
use crate::param::{Group, NamedParam, ParamId};
use chainrule::{Element, Tensor};

/// What training asks of an optimizer; it knows neither tapes nor layers.
pub trait Optimize<T: Element = f32>: Send {
    /// Refuses options that make no sense, or not together: a negative rate, two ways of clipping.
    ///
    /// # Errors
    /// [`Error::Option`](crate::Error::Option), which names the optimizer and the option.
    fn check(&self) -> crate::Result<()> {
        Ok(())
    }

    /// Called once in each step, before the first [`update`](Self::update), with the gradients of all parameters: where
    /// gradients are gathered over several steps, or the norm over all of them is limited, it is done here.
    ///
    /// # Errors
    /// As [`check`](Self::check), and when the learning rate of this step is negative or not finite. Then nothing has begun, and
    /// `update` must not follow.
    fn begin_step(&mut self, gradients: &mut dyn Iterator<Item = (ParamId, &Tensor<T>)>) -> crate::Result<()>;

    /// Changes the weights of one parameter.
    fn update(&mut self, id: ParamId, group: Group, weights: &mut Tensor<T>, gradient: &Tensor<T>);

    /// The learning rate of the next step.
    fn rate(&self) -> f64;

    /// From now on this learning rate, in the place of the one given or of a schedule, which is gone for good:
    /// [`has_schedule`](Self::has_schedule) tells beforehand. A rate that is negative or not finite is refused by the next
    /// [`begin_step`](Self::begin_step).
    fn set_rate(&mut self, rate: f64);

    /// Whether the learning rate follows a schedule or a closure, which [`set_rate`](Self::set_rate) would replace, and is not a
    /// number.
    fn has_schedule(&self) -> bool {
        false
    }

    /// What it has gathered of these parameters, and how far it has come, for a file. Its settings are the program's to give. None
    /// of an optimizer of one's own that does not say it: it cannot be saved.
    fn state(&self, _params: &[NamedParam]) -> Option<State<T>> {
        None
    }

    /// Goes on from what [`state`](Self::state) gave, also with the learning rate of then where it is a number.
    ///
    /// # Errors
    /// When it is the state of another kind of optimizer, or does not fit the parameters. Then nothing was changed.
    fn restore(&mut self, _params: &[NamedParam], _state: &State<T>) -> Result<(), String> {
        Err("this optimizer does not say how it goes on: write its `restore`".into())
    }
}

/// An optimizer that was chosen at run time.
impl<T: Element, O: Optimize<T> + ?Sized> Optimize<T> for Box<O> {
    fn check(&self) -> crate::Result<()> {
        (**self).check()
    }

    #[track_caller]
    fn begin_step(&mut self, gradients: &mut dyn Iterator<Item = (ParamId, &Tensor<T>)>) -> crate::Result<()> {
        (**self).begin_step(gradients)
    }

    #[track_caller]
    fn update(&mut self, id: ParamId, group: Group, weights: &mut Tensor<T>, gradient: &Tensor<T>) {
        (**self).update(id, group, weights, gradient);
    }

    fn rate(&self) -> f64 {
        (**self).rate()
    }

    fn set_rate(&mut self, rate: f64) {
        (**self).set_rate(rate);
    }

    fn has_schedule(&self) -> bool {
        (**self).has_schedule()
    }

    fn state(&self, params: &[NamedParam]) -> Option<State<T>> {
        (**self).state(params)
    }

    fn restore(&mut self, params: &[NamedParam], state: &State<T>) -> Result<(), String> {
        (**self).restore(params, state)
    }
}
