//! Schedules: how the learning rate changes while training goes on. One file each.
//!
//! Formulas and defaults are those of Keras 3, <https://keras.io/api/optimizers/learning_rate_schedules/>, where Keras has them.
//! A schedule stands wherever an optimizer takes a rate: `Adam::new(Cosine::new(0.01, 1000))`; so does a closure,
//! `Adam::new(|step| 0.1 / (1.0 + step as f64))`. [`ReduceOnPlateau`] looks at the loss, not at the step.

mod cosine;
mod cosine_restarts;
mod exponential_decay;
mod inverse_time;
mod piecewise_constant;
mod polynomial;
mod reduce_on_plateau;
mod step_decay;
mod warm_up;

pub use cosine::Cosine;
pub use cosine_restarts::CosineRestarts;
pub use exponential_decay::ExponentialDecay;
pub use inverse_time::InverseTime;
pub use piecewise_constant::PiecewiseConstant;
pub use polynomial::Polynomial;
pub use reduce_on_plateau::ReduceOnPlateau;
pub use step_decay::StepDecay;
pub use warm_up::WarmUp;

use crate::param::check_not_negative as check_rate;

/// A learning rate for each step; a plain number is the same for all.
pub trait Schedule: Send + Sync {
    /// The rate of a step, counted from 0.
    fn rate(&self, step: u64) -> f64;

    /// Says what is wrong with the numbers that it was made of. Optimizers ask in each step.
    ///
    /// # Errors
    /// The problem in words.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }

    /// Whether it is a plain number, with nothing to lose when another rate takes its place.
    fn is_constant(&self) -> bool {
        false
    }
}

impl Schedule for f64 {
    fn rate(&self, _: u64) -> f64 {
        *self
    }

    fn check(&self) -> Result<(), String> {
        check_rate("the learning rate", *self)
    }

    fn is_constant(&self) -> bool {
        true
    }
}

impl<F: Fn(u64) -> f64 + Send + Sync> Schedule for F {
    fn rate(&self, step: u64) -> f64 {
        self(step)
    }
}

/// A number of steps that something is divided by.
fn check_steps(name: &str, steps: u64) -> Result<(), String> {
    if steps > 0 {
        return Ok(());
    }
    Err(format!("{name} is 0, and must be at least 1"))
}

/// How far a step is in units of `length`; in whole units only, if asked for.
fn progress(step: u64, length: u64, whole: bool) -> f64 {
    if whole { (step / length.max(1)) as f64 } else { step as f64 / length as f64 }
}
