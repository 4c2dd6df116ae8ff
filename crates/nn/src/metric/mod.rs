//! Metrics: what is watched beside the loss. One file each.

use chainrule::{Element, Shape, Targets, Tensor};

/// A number that says how good predictions are, gathered batch by batch.
pub trait Metric<T: Element = f32>: Send + Sync {
    /// As histories and bars call it: `accuracy`.
    fn name(&self) -> String;

    /// Says what is wrong when targets do not fit predictions of this shape, and what to do.
    ///
    /// # Errors
    /// The problem in words.
    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String>;

    /// Forgets what was gathered.
    fn reset(&mut self);

    /// Takes in a batch, which fits by [`check`](Self::check); `weights`, where there are any, holds one number for each row of
    /// the batch.
    fn update(&mut self, prediction: &Tensor<T>, targets: &Targets<T>, weights: Option<&[T]>);

    /// What was gathered so far; 0 before anything was, as in Keras.
    fn result(&self) -> f64;
}
