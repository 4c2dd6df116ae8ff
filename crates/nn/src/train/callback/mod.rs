//! What looks at training from outside, one file each.

mod csv_log;
mod early_stopping;
mod health;
mod lambda;
mod reduce_on_plateau;
mod schedule;
mod terminate_on_nan;

pub use csv_log::CsvLog;
pub use early_stopping::EarlyStopping;
pub use health::{Health, Ill, LayerHealth};
pub use lambda::Lambda;
pub use schedule::LearningRateSchedule;
pub use terminate_on_nan::TerminateOnNan;

use crate::activation::short_name;
use crate::error::{Error, Result};
use crate::files::State;
use crate::monitor::Monitor;
use crate::optim::Optimize;
use crate::sequential::Sequential;
use chainrule::{Element, Tensor};
use std::fmt;

/// Whether training goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flow {
    /// It does.
    Continue,
    /// It ends after this epoch.
    Stop,
}

/// An epoch that ended.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Epoch<'e> {
    /// Its number, from 0.
    pub number: usize,
    /// The loss and the metrics by name, with validation data also behind `val_`.
    pub logs: &'e [(String, f64)],
}

impl Epoch<'_> {
    /// A value by name.
    ///
    /// # Errors
    /// [`Error::Unknown`] with the names that there are.
    pub fn get(&self, name: &str) -> Result<f64> {
        let found = self.logs.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| *value).ok_or_else(|| Error::Unknown {
            kind: "loss or metric",
            name: name.to_owned(),
            known: self.logs.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "),
        })
    }
}

/// A batch that was trained on, for callbacks that [ask](Callback::wants_batches) for it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct BatchEnd<'b, T: Element = f32> {
    /// The epoch, from 0.
    pub epoch: usize,
    /// The batch within it, from 0.
    pub number: usize,
    /// The parameters that are trained, in the order of the network.
    pub params: &'b [ParamChange<T>],
    /// What came out of each layer, by its name, in the order in which they ran.
    pub outputs: &'b [(&'b str, Tensor<T>)],
}

/// What a step made of a parameter.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ParamChange<T: Element = f32> {
    /// Its name: that of the layer, a dot, and its own there.
    pub name: String,
    /// The weights with which the batch ran.
    pub before: Tensor<T>,
    /// The weights after the step.
    pub after: Tensor<T>,
    /// The gradient, before the optimizer clips it.
    pub gradient: Tensor<T>,
}

/// What a callback may change.
#[non_exhaustive]
pub struct Control<'m, T: Element = f32> {
    /// The network that is trained.
    pub network: &'m mut Sequential<T>,
    /// Its optimizer, with the learning rate.
    pub optimizer: &'m mut dyn Optimize<T>,
}

impl<T: Element> fmt::Debug for Control<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control")
            .field("network", &self.network)
            .field("rate", &self.optimizer.rate())
            .finish_non_exhaustive()
    }
}

/// Something that is told how training goes, and may end it or change the learning rate. All methods do nothing unless they
/// are written.
///
/// ```
/// use chainrule_nn::prelude::*;
///
/// /// Ends training once the loss is small enough.
/// struct Until(f64);
/// impl Callback for Until {
///     fn on_epoch_end(&mut self, epoch: &Epoch<'_>, _: &mut Control<'_>) -> chainrule_nn::Result<Flow> {
///         Ok(if epoch.get("loss")? < self.0 { Flow::Stop } else { Flow::Continue })
///     }
/// }
///
/// let (x, y) = (Tensor::from([[0.0], [1.0], [2.0]]), Tensor::from([[1.0], [3.0], [5.0]]));
/// let mut model = Sequential::new().add(Dense::new(1).input(1)).compile(MeanSquaredError, Sgd::new(0.1), ())?;
/// let history = model.fit(&x, &y, Fit::epochs(1000).silent().callback(Until(0.001)))?;
/// assert!(history.last("loss") < Some(0.001) && history.len() < 1000);
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
pub trait Callback<T: Element = f32> {
    /// Training begins.
    ///
    /// # Errors
    /// Whatever makes training pointless; it ends [`fit`](crate::Model::fit).
    fn on_train_begin(&mut self, _control: &mut Control<'_, T>) -> Result<()> {
        Ok(())
    }

    /// Training goes on from a checkpoint, in the place of [`on_train_begin`](Self::on_train_begin): `state` is what
    /// [`state`](Self::state) gave when it was written. The network and the optimizer are already as they were then.
    ///
    /// # Errors
    /// As above, and when the state cannot be gone on from; then training does not begin, and the model is as it was before.
    fn on_train_resume(&mut self, _state: &State<T>, control: &mut Control<'_, T>) -> Result<()> {
        self.on_train_begin(control)
    }

    /// What it has to remember for a training that goes on from a checkpoint to end as if it had not been interrupted; nothing for
    /// most.
    fn state(&self) -> State<T> {
        State::new()
    }

    /// Whether it has ended the training that it goes on from, and would still do so: then no epoch is trained.
    fn has_stopped(&self) -> bool {
        false
    }

    /// What kind of callback it is, as checkpoints tell; the name of its type unless written.
    fn kind(&self) -> &'static str {
        short_name::<Self>()
    }

    /// An epoch begins; the first is number 0.
    ///
    /// # Errors
    /// As above.
    fn on_epoch_begin(&mut self, _epoch: usize, _control: &mut Control<'_, T>) -> Result<()> {
        Ok(())
    }

    /// Whether [`on_batch_end`](Self::on_batch_end) is to be called; asked before each batch. Then layers run one by one, and the
    /// weights are copied before each step; where nobody asks, a training costs what it did.
    fn wants_batches(&self) -> bool {
        false
    }

    /// A batch was trained on: its gradients, the weights before and after, the outputs of the layers. Called only where
    /// [`wants_batches`](Self::wants_batches) says so.
    ///
    /// # Errors
    /// As above.
    fn on_batch_end(&mut self, _batch: &BatchEnd<'_, T>) -> Result<()> {
        Ok(())
    }

    /// An epoch has ended, and was evaluated on the validation data.
    ///
    /// # Errors
    /// As above.
    fn on_epoch_end(&mut self, _epoch: &Epoch<'_>, _control: &mut Control<'_, T>) -> Result<Flow> {
        Ok(Flow::Continue)
    }

    /// The loss, a gradient or a weight is NaN or infinite. Who answers [`Flow::Stop`] ends the training in peace; else `fit` returns an error
    /// that says where it arose. All callbacks are told.
    fn on_not_finite(&mut self, _epoch: usize) -> Flow {
        Flow::Continue
    }

    /// The name of the value that it looks at, if it looks at one: `fit` refuses a name that there will not be.
    fn watches(&self) -> Option<&str> {
        None
    }

    /// Training ends, be it with an error.
    ///
    /// # Errors
    /// As above.
    fn on_train_end(&mut self, _control: &mut Control<'_, T>) -> Result<()> {
        Ok(())
    }
}

/// Callbacks behind a pointer: all that they are told is handed on.
macro_rules! handed_on {
    ($($(#[$attribute:meta])* $Pointer:ty;)*) => { $(
        $(#[$attribute])*
        impl<T: Element, C: Callback<T> + ?Sized> Callback<T> for $Pointer {
            fn on_train_begin(&mut self, control: &mut Control<'_, T>) -> Result<()> {
                (**self).on_train_begin(control)
            }
            fn on_train_resume(&mut self, state: &State<T>, control: &mut Control<'_, T>) -> Result<()> {
                (**self).on_train_resume(state, control)
            }
            fn state(&self) -> State<T> {
                (**self).state()
            }
            fn has_stopped(&self) -> bool {
                (**self).has_stopped()
            }
            fn kind(&self) -> &'static str {
                (**self).kind()
            }
            fn on_epoch_begin(&mut self, epoch: usize, control: &mut Control<'_, T>) -> Result<()> {
                (**self).on_epoch_begin(epoch, control)
            }
            fn wants_batches(&self) -> bool {
                (**self).wants_batches()
            }
            fn on_batch_end(&mut self, batch: &BatchEnd<'_, T>) -> Result<()> {
                (**self).on_batch_end(batch)
            }
            fn on_epoch_end(&mut self, epoch: &Epoch<'_>, control: &mut Control<'_, T>) -> Result<Flow> {
                (**self).on_epoch_end(epoch, control)
            }
            fn on_not_finite(&mut self, epoch: usize) -> Flow {
                (**self).on_not_finite(epoch)
            }
            fn watches(&self) -> Option<&str> {
                (**self).watches()
            }
            fn on_train_end(&mut self, control: &mut Control<'_, T>) -> Result<()> {
                (**self).on_train_end(control)
            }
        }
    )* };
}
handed_on! {
    /// A callback that is lent, to be asked after the training.
    &mut C;
    /// A callback that was chosen at run time.
    Box<C>;
}

/// Refuses to go on with another value than the one that was watched before.
fn check_monitor<T: Element>(state: &State<T>, monitor: &Monitor) -> std::result::Result<(), String> {
    let (before, now) = (state.get::<String>("monitor")?, monitor.described());
    if before == now { Ok(()) } else { Err(format!("it has watched ({before}), and now it watches ({now})")) }
}

/// What a checkpoint says of a callback cannot be gone on from.
fn cannot_resume(callback: &str, problem: &str) -> Error {
    Error::Option { call: "fit", problem: format!("{callback} cannot go on from the checkpoint: {problem}") }
}

/// Refuses to set the rate of an optimizer that follows a schedule: the schedule would be gone for good.
fn check_rate_is_free<T: Element>(callback: &str, control: &Control<'_, T>) -> Result<()> {
    if !control.optimizer.has_schedule() {
        return Ok(());
    }
    Err(Error::Option {
        call: "fit",
        problem: format!(
            "{callback} sets the learning rate, but the optimizer follows a schedule of its own; give it a number"
        ),
    })
}
