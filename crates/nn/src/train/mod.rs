//! Training: a network with a loss, an optimizer and metrics, and the loop that brings them together.

mod batch;
mod blame;
mod callback;
mod check;
mod checkpoint;
mod evaluate;
mod finite;
mod fit;
mod history;
mod options;
mod progress;
mod resume;
mod running;
mod save;
mod seen;

pub use callback::{
    BatchEnd, Callback, Control, CsvLog, EarlyStopping, Epoch, Flow, Health, Ill, Lambda, LayerHealth,
    LearningRateSchedule, ParamChange, TerminateOnNan,
};
pub use checkpoint::Checkpoint;
pub use evaluate::Score;
pub use history::History;
pub use options::{ClassWeights, Evaluate, Fit, Verbose};

use crate::error::{Error, Result};
use crate::loss::Loss;
use crate::metric::Metric;
use crate::optim::Optimize;
use crate::param::Group;
use crate::sequential::{Sequential, Summary};
use crate::session::Session;
use chainrule::{Element, Tensor};
use running::Running;
use std::fmt;
use std::sync::Arc;

/// A network that is ready to be trained: what [`Sequential::compile`] makes.
///
/// ```
/// use chainrule_nn::prelude::*;
///
/// # fn main() -> chainrule_nn::Result<()> {
/// // exclusive or: solved by a hidden layer
/// let x = Tensor::from([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
/// let y = Tensor::from([[0.0], [1.0], [1.0], [0.0]]);
/// let mut model = Sequential::new()
///     .add(Dense::new(8).activation(Tanh).input(2))
///     .add(Dense::new(1).activation(Sigmoid))
///     .seed(3)
///     .compile(BinaryCrossEntropy, Adam::new(0.05), [Accuracy])?;
/// model.fit(&x, &y, Fit::epochs(300).verbose(Verbose::Silent))?;
/// assert_eq!(model.evaluate(&x, &y)?["accuracy"], 1.0);
/// # Ok(())
/// # }
/// ```
pub struct Model<T: Element = f32> {
    /// The network itself, for whatever is not about training.
    pub network: Sequential<T>,
    loss: Box<dyn Loss<T>>,
    optimizer: Box<dyn Optimize<T>>,
    metrics: Vec<Box<dyn Metric<T>>>,
    /// The names of the metrics, no two of them equal.
    names: Arc<[String]>,
    session: Session<T>,
    /// How many epochs were trained so far: the shuffles go on from here.
    epochs: u64,
    history: History,
}

impl<T: Element> Sequential<T> {
    /// Builds the network and joins it with what training needs: a loss, an optimizer, and what to watch: an array or a tuple of
    /// metrics, or `()` for none.
    ///
    /// # Errors
    /// As [`build`](Self::build), and when the optimizer's settings make no sense.
    pub fn compile(
        mut self,
        loss: impl Loss<T> + 'static,
        optimizer: impl Optimize<T> + 'static,
        metrics: impl Metrics<T>,
    ) -> Result<Model<T>> {
        self.build()?;
        optimizer.check()?;
        // not the stream that the first weights came from
        let session = Session::new(!self.seeds());
        let metrics = metrics.list();
        Ok(Model {
            network: self,
            loss: Box::new(loss),
            optimizer: Box::new(optimizer),
            names: distinct(metrics.iter().map(|metric| metric.name())).into(),
            metrics,
            session,
            epochs: 0,
            history: History::default(),
        })
    }
}

/// The same names, where what was there before gets a number: `f1`, `f1_1`.
fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::new();
    for name in names {
        let numbered = (1..).map(|number| format!("{name}_{number}"));
        let free = [name.clone()].into_iter().chain(numbered).find(|name| !distinct.contains(name));
        distinct.extend(free);
    }
    distinct
}

/// What [`compile`](Sequential::compile) takes as metrics.
pub trait Metrics<T: Element> {
    /// They, in order.
    fn list(self) -> Vec<Box<dyn Metric<T>>>;
}

impl<T: Element, M: Metric<T> + 'static, const N: usize> Metrics<T> for [M; N] {
    fn list(self) -> Vec<Box<dyn Metric<T>>> {
        self.into_iter().map(|metric| Box::new(metric) as Box<dyn Metric<T>>).collect()
    }
}

impl<T: Element, M: Metric<T> + 'static> Metrics<T> for Vec<M> {
    fn list(self) -> Vec<Box<dyn Metric<T>>> {
        self.into_iter().map(|metric| Box::new(metric) as Box<dyn Metric<T>>).collect()
    }
}

macro_rules! tuples_of_metrics {
    ($(($($Metric:ident)*))*) => { $(
        #[allow(non_snake_case, reason = "a variable for each type, under its name")]
        impl<T: Element, $($Metric: Metric<T> + 'static),*> Metrics<T> for ($($Metric,)*) {
            fn list(self) -> Vec<Box<dyn Metric<T>>> {
                let ($($Metric,)*) = self;
                vec![$(Box::new($Metric)),*]
            }
        }
    )* };
}
tuples_of_metrics! { () (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) }

impl<T: Element> Model<T> {
    /// [`Sequential::summary`]
    pub fn summary(&self) -> Summary {
        self.network.summary()
    }

    /// [`Sequential::weights`]
    #[doc(alias = "get_weights")]
    pub fn weights(&self) -> Vec<(String, Tensor<T>)> {
        self.network.weights()
    }

    /// [`Sequential::set_weights`]
    ///
    /// # Errors
    /// When names or shapes differ; then nothing was changed.
    pub fn set_weights(&mut self, weights: &[(String, Tensor<T>)]) -> Result<()> {
        self.network.set_weights(weights)
    }

    /// [`Sequential::freeze`]
    ///
    /// # Errors
    /// When nothing is called so.
    pub fn freeze(&mut self, name: &str) -> Result<()> {
        self.network.freeze(name)
    }

    /// [`Sequential::unfreeze`]
    ///
    /// # Errors
    /// When nothing is called so.
    pub fn unfreeze(&mut self, name: &str) -> Result<()> {
        self.network.unfreeze(name)
    }

    /// [`Sequential::group`]
    ///
    /// # Errors
    /// When nothing is called so.
    pub fn group(&mut self, name: &str, group: Group) -> Result<()> {
        self.network.group(name, group)
    }

    /// The optimizer, for its learning rate.
    pub fn optimizer(&mut self) -> &mut dyn Optimize<T> {
        &mut *self.optimizer
    }

    /// The names of the loss and the metrics, as histories have them: of metrics that are called alike, all but the first get a
    /// number, `f1`, `f1_1`.
    pub fn metric_names(&self) -> Vec<String> {
        ["loss".to_owned()].into_iter().chain(self.names.iter().cloned()).collect()
    }

    /// What the last [`fit`](Self::fit) went through, also where it ended with an error.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The part that learns, and the metrics that watch it.
    fn parts(&mut self) -> (Learner<'_, T>, Running<'_, T>) {
        let Self { network, loss, optimizer, metrics, names, session, .. } = self;
        (Learner { network, loss: &**loss, optimizer: &mut **optimizer, session }, Running::new(metrics, names))
    }
}

/// What changes in a step.
struct Learner<'m, T: Element> {
    network: &'m mut Sequential<T>,
    loss: &'m dyn Loss<T>,
    optimizer: &'m mut dyn Optimize<T>,
    session: &'m mut Session<T>,
}

/// Data that cannot be used, and why.
fn refuse(call: &'static str, problem: impl Into<String>) -> Error {
    Error::Data { call, problem: problem.into() }
}

impl<T: Element> fmt::Debug for Model<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model").field("network", &self.network).field("loss", &self.loss.name()).finish_non_exhaustive()
    }
}
