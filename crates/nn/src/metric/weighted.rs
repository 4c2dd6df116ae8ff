//! A metric that counts rows by their weights.

use super::{Metric, Tally};
use chainrule::{Element, Shape, Targets, Tensor};

/// Another metric, whose rows count by the weights of samples and classes that `fit` or `evaluate` were given: Keras's
/// `weighted_metrics`. `Weighted(Accuracy)` is called `weighted_accuracy`.
#[derive(Clone, Debug)]
pub struct Weighted<M>(pub M);

impl<M: Tally> Tally for Weighted<M> {
    fn name(&self) -> String {
        format!("weighted_{}", self.0.name())
    }

    fn reset(&mut self) {
        self.0.reset();
    }

    fn result(&self) -> f64 {
        self.0.result()
    }

    fn gathered(&self) -> Option<Vec<f64>> {
        self.0.gathered()
    }

    fn regather(&mut self, numbers: &[f64]) -> Result<(), String> {
        self.0.regather(numbers)
    }
}

impl<T: Element, M: Metric<T>> Metric<T> for Weighted<M> {
    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        self.0.check(prediction, targets)
    }

    fn is_weighted(&self) -> bool {
        true
    }

    fn update(&mut self, prediction: &Tensor<T>, targets: &Targets<T>, weights: Option<&[T]>) {
        self.0.update(prediction, targets, weights);
    }
}
