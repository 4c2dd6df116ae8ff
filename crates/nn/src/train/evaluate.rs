//! Judging and using a model.

use super::batch::Rows;
use super::check::{check_batch_size, check_inputs};
use super::fit::{real_steps, total};
use super::options::Evaluate;
use super::running::Running;
use super::{Model, refuse};
use crate::error::{Error, Result};
use crate::layer::Layer;
use crate::sequential::Sequential;
use crate::session::Session;
use chainrule::{Element, Shape, Targets, Tensor};
use smallvec::SmallVec;
use std::fmt;
use std::ops::Index;
use std::sync::Arc;

/// The loss and the metrics of some data, by name: `score["accuracy"]`. Prints in a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// The mean loss.
    pub loss: f64,
    /// The names of the metrics, which the model has too: a step of training makes a score, and allocates nothing for it.
    names: Arc<[String]>,
    metrics: SmallVec<[f64; 4]>,
}

impl Score {
    fn of<T: Element>(running: &Running<'_, T>) -> Self {
        Self { loss: running.loss(), names: Arc::clone(running.names), metrics: running.metrics().collect() }
    }

    /// A value by name, if there is one.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.find(name).copied()
    }

    /// The loss and all metrics with their names, in order.
    pub fn values(&self) -> impl Iterator<Item = (&str, f64)> {
        let metrics = self.names.iter().map(String::as_str).zip(self.metrics.iter().copied());
        [("loss", self.loss)].into_iter().chain(metrics)
    }

    fn find(&self, name: &str) -> Option<&f64> {
        if name == "loss" {
            return Some(&self.loss);
        }
        self.names.iter().position(|known| known == name).map(|at| &self.metrics[at])
    }
}

/// A value by name.
///
/// # Panics
/// When there is none; [`Score::get`] does not.
impl Index<&str> for Score {
    type Output = f64;
    #[track_caller]
    fn index(&self, name: &str) -> &f64 {
        if let Some(value) = self.find(name) {
            return value;
        }
        let known: Vec<&str> = self.values().map(|(name, _)| name).collect();
        panic!("the score has no `{name}`; it has: {}", known.join(", "))
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (name, value)) in self.values().enumerate() {
            write!(f, "{}{name}: {value:.4}", if at > 0 { " - " } else { "" })?;
        }
        Ok(())
    }
}

impl<T: Element> Model<T> {
    /// The loss and the metrics on data, with layers as at inference; nothing is trained.
    ///
    /// # Errors
    /// As [`fit`](Self::fit), for data that do not suit the model.
    pub fn evaluate(&mut self, x: &Tensor<T>, targets: impl Into<Targets<T>>) -> Result<Score> {
        self.evaluate_with(x, targets, Evaluate::default())
    }

    /// [`evaluate`](Self::evaluate) with another batch size, or with sample weights.
    ///
    /// # Errors
    /// As [`evaluate`](Self::evaluate).
    pub fn evaluate_with(
        &mut self,
        x: &Tensor<T>,
        targets: impl Into<Targets<T>>,
        options: Evaluate<T>,
    ) -> Result<Score> {
        check_batch_size("evaluate", options.batch_size)?;
        let rows = self.rows("evaluate", ["x", "y"], x, targets.into(), options.sample_weights)?;
        Ok(Score::of(&self.score(&rows, options.batch_size)))
    }

    /// One step of the optimizer on exactly these rows; the loss and the metrics before it.
    ///
    /// # Errors
    /// As [`fit`](Self::fit).
    pub fn train_on_batch(&mut self, x: &Tensor<T>, targets: impl Into<Targets<T>>) -> Result<Score> {
        let rows = self.rows("train_on_batch", ["x", "y"], x, targets.into(), None)?;
        let (mut learner, mut running) = self.parts();
        learner.step("train_on_batch", [0, 0], &rows, &mut running, None)?;
        Ok(Score::of(&running))
    }

    /// The network's outputs, a row for each row of `x`, 32 rows at a time; see [`Sequential::predict`].
    ///
    /// # Errors
    /// As [`fit`](Self::fit), for inputs that do not suit the network.
    pub fn predict(&self, x: &Tensor<T>) -> Result<Tensor<T>> {
        self.network.predict(x)
    }

    /// [`predict`](Self::predict) with this many rows at a time.
    ///
    /// # Errors
    /// As [`predict`](Self::predict).
    pub fn predict_in_batches(&self, x: &Tensor<T>, rows: usize) -> Result<Tensor<T>> {
        self.network.predict_in_batches(x, rows)
    }

    /// The loss and the metrics of rows that were checked.
    pub(super) fn score(&mut self, rows: &Rows<T>, batch_size: usize) -> Running<'_, T> {
        let (learner, mut running) = self.parts();
        let count = rows.count();
        for start in (0..count).step_by(batch_size) {
            let rows = rows.range(start, start.saturating_add(batch_size).min(count));
            let pass = learner.session.evaluation();
            let prediction = learner.network.forward(pass.constant(&rows.x), &pass);
            let loss = total(learner.loss, prediction, &rows, &pass).item().to_f64().unwrap_or(f64::NAN);
            let prediction = prediction.value();
            running.add(loss, &prediction, &rows, real_steps(&pass, prediction.shape()).as_ref());
        }
        running
    }
}

impl<T: Element> Sequential<T> {
    /// The outputs for inputs, a row for each row of `x`, computed 32 rows at a time with layers as at inference. Nothing is
    /// recorded, and no more than two layers' values are held at a time.
    ///
    /// # Errors
    /// When the network is not built, and for inputs of another shape, without rows, or with values that are not finite.
    pub fn predict(&self, x: &Tensor<T>) -> Result<Tensor<T>> {
        self.predict_in_batches(x, 32)
    }

    /// [`predict`](Self::predict) with this many rows at a time.
    ///
    /// # Errors
    /// As [`predict`](Self::predict), and for batches of no rows.
    pub fn predict_in_batches(&self, x: &Tensor<T>, rows: usize) -> Result<Tensor<T>> {
        check_batch_size("predict", rows)?;
        check_inputs(self, "predict", "x", x)?;
        let count = x.shape()[0];
        let row = self.output_row().cloned().unwrap_or_default();
        let mut session = Session::new(0);
        let mut elements = Vec::new();
        let room = count.checked_mul(row.elements()).is_some_and(|all| elements.try_reserve_exact(all).is_ok());
        if !room {
            return Err(refuse("predict", format!("there is not enough memory for {count} rows of shape {row}")));
        }
        for start in (0..count).step_by(rows) {
            let batch = x.rows(start..start.saturating_add(rows).min(count));
            elements.extend_from_slice(self.infer(&mut session, &batch).as_slice());
        }
        Ok(Tensor::new([count].into_iter().chain(row.iter().copied()).collect::<Shape>(), elements))
    }

    /// What comes to the layer of this name where it runs first, for one batch: the output of the layers before it, as at
    /// inference, and which steps of it are real, if some are not. Features of a trained network, say; see
    /// [`AttentionPooling`](crate::AttentionPooling) for weights of attention.
    ///
    /// # Errors
    /// As [`predict`](Self::predict), and when no layer is called so.
    pub fn predict_until(&self, name: &str, x: &Tensor<T>) -> Result<(Tensor<T>, Option<Tensor<bool>>)> {
        check_inputs(self, "predict_until", "x", x)?;
        let step = self.first_step(name).ok_or_else(|| Error::Unknown {
            kind: "layer",
            name: name.to_owned(),
            known: self.names().join(", "),
        })?;
        Ok(self.infer_until(step, &mut Session::new(0), x))
    }
}
