//! Ends training before it overfits.

use super::{Callback, Control, Epoch, Flow, cannot_resume, check_monitor};
use crate::error::Result;
use crate::files::State;
use crate::layer::Layer;
use crate::monitor::Monitor;
use crate::sequential::{check_weights, put_weights, weights_of};
use chainrule::{Element, Tensor};

/// Ends training once the watched value has not become better for `patience` epochs in a row, more than one; Keras's
/// `EarlyStopping`, with its defaults: `val_loss`, patience 0, the last weights stay.
///
/// A training loop written by hand asks [`observe`](Self::observe) after each epoch, and calls [`restore`](Self::restore) at the
/// end.
///
/// ```
/// use chainrule_nn::prelude::*;
/// let (x, y) = (Tensor::from([[0.0], [1.0], [2.0]]), Tensor::from([[1.0], [3.0], [5.0]]));
/// let mut model = Sequential::new().add(Dense::new(1).input(1)).compile(MeanSquaredError, Sgd::new(0.1), ())?;
/// let mut stopping = EarlyStopping::watching("loss").min_delta(1e-4).patience(3);
/// let history = model.fit(&x, &y, Fit::epochs(1000).silent().callback(&mut stopping))?;
/// assert_eq!(stopping.stopped_epoch(), Some(history.len() - 1)); // lent, it can be asked
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct EarlyStopping<T: Element = f32> {
    monitor: Monitor,
    min_delta: f64,
    patience: usize,
    restore: bool,
    start_from_epoch: usize,
    baseline: Option<f64>,
    best: f64,
    best_epoch: Option<usize>,
    waited: usize,
    stopped_epoch: Option<usize>,
    weights: Option<Vec<(String, Tensor<T>)>>,
}

impl<T: Element> EarlyStopping<T> {
    /// Watches `val_loss`.
    #[expect(clippy::new_without_default, reason = "`new` begins a chain of options; there is one way to write it")]
    pub fn new() -> Self {
        Self::watching("val_loss")
    }

    /// Watches another value: a name, or a [`Monitor`].
    #[doc(alias = "monitor")]
    pub fn watching(monitor: impl Into<Monitor>) -> Self {
        let monitor = monitor.into();
        Self {
            best: monitor.worst(),
            monitor,
            min_delta: 0.0,
            patience: 0,
            restore: false,
            start_from_epoch: 0,
            baseline: None,
            best_epoch: None,
            waited: 0,
            stopped_epoch: None,
            weights: None,
        }
    }

    /// How many epochs without an improvement are borne.
    #[must_use]
    pub fn patience(self, epochs: usize) -> Self {
        Self { patience: epochs, ..self }
    }

    /// What counts as an improvement: a change by more than this.
    #[must_use]
    pub fn min_delta(self, min_delta: f64) -> Self {
        Self { min_delta: min_delta.abs(), ..self }
    }

    /// Gives the network the weights of its best epoch when training ends.
    #[must_use]
    pub fn restore_best_weights(self) -> Self {
        Self { restore: true, ..self }
    }

    /// Does not look at the epochs before this one.
    #[must_use]
    pub fn start_from_epoch(self, epoch: usize) -> Self {
        Self { start_from_epoch: epoch, ..self }
    }

    /// Only an improvement beyond this value ends the waiting.
    #[must_use]
    pub fn baseline(self, baseline: f64) -> Self {
        Self { baseline: Some(baseline), ..self }
    }

    /// The best value so far.
    pub fn best(&self) -> f64 {
        self.best
    }

    /// The epoch of the best value, from 0; none before one was seen.
    pub fn best_epoch(&self) -> Option<usize> {
        self.best_epoch
    }

    /// The epoch after which training was stopped, from 0; none if it was not.
    pub fn stopped_epoch(&self) -> Option<usize> {
        self.stopped_epoch
    }

    /// Forgets all epochs; the options stay. A training with `fit` begins with this.
    pub fn reset(&mut self) {
        (self.best, self.best_epoch) = (self.monitor.worst(), None);
        (self.waited, self.stopped_epoch, self.weights) = (0, None, None);
    }

    /// Looks at the value after an epoch, and says whether to go on.
    pub fn observe(&mut self, epoch: usize, value: f64, network: &mut dyn Layer<T>) -> Flow {
        if epoch < self.start_from_epoch {
            return Flow::Continue;
        }
        if self.restore && self.weights.is_none() {
            self.weights = Some(weights_of(network));
            self.best_epoch = Some(epoch);
        }
        self.waited += 1;
        if self.monitor.is_better(value, self.best, self.min_delta) {
            (self.best, self.best_epoch) = (value, Some(epoch));
            if self.restore {
                self.weights = Some(weights_of(network));
            }
            if self.baseline.is_none_or(|baseline| self.monitor.is_better(value, baseline, self.min_delta)) {
                self.waited = 0;
            }
            return Flow::Continue;
        }
        if self.waited >= self.patience && epoch > 0 {
            self.stopped_epoch = Some(epoch);
            return Flow::Stop;
        }
        Flow::Continue
    }

    fn go_on(&mut self, state: &State<T>, network: &mut dyn Layer<T>) -> std::result::Result<(), String> {
        check_monitor(state, &self.monitor)?;
        if state.get::<bool>("restore")? != self.restore {
            return Err("one of both gives the best weights back, and the other one does not".into());
        }
        self.best = state.number("best")?;
        (self.best_epoch, self.stopped_epoch) = (state.get("best_epoch")?, state.get("stopped_epoch")?);
        self.waited = usize::try_from(state.count("waited")?).map_err(|problem| problem.to_string())?;
        self.weights = state.get::<bool>("keeps")?.then(|| state.tensors().to_vec());
        self.weights
            .iter()
            .try_for_each(|weights| check_weights(network, weights))
            .map_err(|problem| problem.to_string())
    }

    /// Gives a network the weights of its best epoch, if they were to be kept.
    ///
    /// # Errors
    /// When it is another network than the one that was observed.
    pub fn restore(&self, network: &mut dyn Layer<T>) -> Result<()> {
        match &self.weights {
            Some(weights) => put_weights(network, weights),
            None => Ok(()),
        }
    }
}

impl<T: Element> Callback<T> for EarlyStopping<T> {
    fn on_train_begin(&mut self, _: &mut Control<'_, T>) -> Result<()> {
        self.monitor.check()?;
        self.reset();
        Ok(())
    }

    fn on_train_resume(&mut self, state: &State<T>, control: &mut Control<'_, T>) -> Result<()> {
        self.on_train_begin(control)?;
        self.go_on(state, control.network).map_err(|problem| cannot_resume("EarlyStopping", &problem))
    }

    fn has_stopped(&self) -> bool {
        self.stopped_epoch.is_some() && self.waited >= self.patience
    }

    fn state(&self) -> State<T> {
        let state = State::new()
            .with("monitor", self.monitor.described())
            .with("restore", self.restore)
            .with_number("best", self.best)
            .with("best_epoch", self.best_epoch)
            .with("waited", self.waited)
            .with("stopped_epoch", self.stopped_epoch)
            .with("keeps", self.weights.is_some());
        let weights = self.weights.iter().flatten();
        weights.fold(state, |state, (name, value)| state.with_tensor(name.clone(), value.clone()))
    }

    fn watches(&self) -> Option<&str> {
        Some(self.monitor.name())
    }

    fn on_epoch_end(&mut self, epoch: &Epoch<'_>, control: &mut Control<'_, T>) -> Result<Flow> {
        Ok(self.observe(epoch.number, epoch.get(self.monitor.name())?, control.network))
    }

    fn on_train_end(&mut self, control: &mut Control<'_, T>) -> Result<()> {
        self.restore(control.network)
    }
}
