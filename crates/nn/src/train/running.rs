//! The loss and the metrics of an epoch, gathered batch by batch.

use super::batch::Rows;
use crate::files::Exact;
use crate::metric::Metric;
use chainrule::{Element, Tensor};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a file holds of an epoch that is under way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Gathered {
    loss: Exact,
    rows: usize,
    /// Of each metric; tensors in the file.
    #[serde(skip)]
    pub(super) metrics: Vec<Vec<f64>>,
}

/// The mean loss over the rows seen so far, and the metrics.
pub(super) struct Running<'m, T: Element> {
    sum: f64,
    rows: usize,
    metrics: &'m mut [Box<dyn Metric<T>>],
    pub(super) names: &'m Arc<[String]>,
}

impl<'m, T: Element> Running<'m, T> {
    /// Nothing yet; the metrics have these names.
    pub(super) fn new(metrics: &'m mut [Box<dyn Metric<T>>], names: &'m Arc<[String]>) -> Self {
        for metric in &mut *metrics {
            metric.reset();
        }
        Self { sum: 0.0, rows: 0, metrics, names }
    }

    /// Takes in a batch: its mean loss, and what the metrics look at, of which steps that are not `real` weigh nothing.
    pub(super) fn add(&mut self, loss: f64, prediction: &Tensor<T>, rows: &Rows<T>, real: Option<&Tensor<bool>>) {
        let count = prediction.shape()[0];
        self.sum += loss * count as f64;
        self.rows += count;
        for metric in &mut *self.metrics {
            let weights = rows.weights.as_ref().map(Tensor::as_slice).filter(|_| metric.is_weighted());
            match real {
                None => metric.update(prediction, &rows.targets, weights),
                Some(real) => metric.update(prediction, &rows.targets, Some(&of_steps(weights, real))),
            }
        }
    }

    /// What was gathered so far, for a file; or the name of the metric that keeps too much for one.
    pub(super) fn gathered(&self) -> Result<Gathered, String> {
        let metrics =
            self.metrics.iter().zip(&**self.names).map(|(metric, name)| metric.gathered().ok_or(name.clone()));
        Ok(Gathered { loss: Exact(self.sum), rows: self.rows, metrics: metrics.collect::<Result<_, _>>()? })
    }

    /// Goes on from what was gathered.
    pub(super) fn regather(&mut self, gathered: &Gathered) -> Result<(), String> {
        if gathered.metrics.len() != self.metrics.len() {
            return Err(format!(
                "it was written with {} metrics, and there are {}",
                gathered.metrics.len(),
                self.metrics.len()
            ));
        }
        for (metric, numbers) in self.metrics.iter_mut().zip(&gathered.metrics) {
            metric.regather(numbers)?;
        }
        (self.sum, self.rows) = (gathered.loss.0, gathered.rows);
        Ok(())
    }

    /// The mean loss so far; 0 before anything was seen.
    pub(super) fn loss(&self) -> f64 {
        if self.rows == 0 { 0.0 } else { self.sum / self.rows as f64 }
    }

    /// The metrics so far, in order.
    pub(super) fn metrics(&self) -> impl Iterator<Item = f64> {
        self.metrics.iter().map(|metric| metric.result())
    }

    /// The loss and the metrics, their names behind a prefix.
    pub(super) fn logs(&self, prefix: &str) -> Vec<(String, f64)> {
        let metrics = self.names.iter().map(String::as_str).zip(self.metrics());
        let all = [("loss", self.loss())].into_iter().chain(metrics);
        all.map(|(name, value)| (format!("{prefix}{name}"), value)).collect()
    }
}

/// The weight of every step: that of its row, and 0 where it is padding.
fn of_steps<T: Element>(weights: Option<&[T]>, real: &Tensor<bool>) -> Vec<T> {
    let steps = real.shape()[1].max(1);
    let weight = |at: usize| weights.map_or(T::one(), |weights| weights[at / steps]);
    real.iter().enumerate().map(|(at, &real)| if real { weight(at) } else { T::zero() }).collect()
}
