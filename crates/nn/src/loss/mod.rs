//! Losses: what training makes small. One file each.
//!
//! They are values: `CategoricalCrossEntropy` by itself, or with settings, `CategoricalCrossEntropy.label_smoothing(0.1)`.

#![expect(non_upper_case_globals, reason = "values with settings are written like unit structs")]

mod binary_cross_entropy;
mod categorical;
mod categorical_cross_entropy;
mod categorical_hinge;
mod cosine_similarity;
mod half_squared_error;
mod hinge;
mod huber;
mod kl_divergence;
mod log_cosh;
mod mean_absolute_error;
mod mean_absolute_percentage_error;
mod mean_squared_error;
mod mean_squared_logarithmic_error;
mod negative_log_likelihood;
mod poisson;
mod sparse_categorical_cross_entropy;

pub use binary_cross_entropy::BinaryCrossEntropy;
pub use categorical_cross_entropy::CategoricalCrossEntropy;
pub use categorical_hinge::CategoricalHinge;
pub use cosine_similarity::CosineSimilarity;
pub use half_squared_error::HalfSquaredError;
pub use hinge::{Hinge, SquaredHinge};
pub use huber::Huber;
pub use kl_divergence::KlDivergence;
pub use log_cosh::LogCosh;
pub use mean_absolute_error::MeanAbsoluteError;
pub use mean_absolute_percentage_error::MeanAbsolutePercentageError;
pub use mean_squared_error::MeanSquaredError;
pub use mean_squared_logarithmic_error::MeanSquaredLogarithmicError;
pub use negative_log_likelihood::NegativeLogLikelihood;
pub use poisson::Poisson;
pub use sparse_categorical_cross_entropy::SparseCategoricalCrossEntropy;

use chainrule::{Element, Shape, Targets, Tensor, Var};

/// The distance between predictions and targets.
///
/// ```text
/// loss = 1/n Σ over the rows of  loss of the row
/// ```
///
/// as Keras reduces by default; a row is whatever is left when the last axis is summed or averaged, so a prediction of shape
/// `[batch, time, classes]` has batch × time of them. Weights of samples multiply, and the division stays that by the number of
/// rows. `fit` and `evaluate` leave out steps that are padding by the [mask](crate::Pass::mask), and divide by the number of the others.
pub trait Loss<T: Element = f32>: Send + Sync {
    /// As histories and bars call it: `mean_squared_error`.
    fn name(&self) -> &'static str;

    /// Says what is wrong when targets do not fit predictions of this shape, and what to do.
    ///
    /// # Errors
    /// The problem in words.
    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String>;

    /// The loss of each row: the shape of the predictions without their last axis. Predictions and targets fit, by
    /// [`check`](Self::check).
    fn of_rows<'t>(&self, prediction: Var<'t, Tensor<T>>, targets: &Targets<T>) -> Var<'t, Tensor<T>>;

    /// The mean over all rows: the loss to be minimised, for a training loop written by hand.
    ///
    /// # Panics
    /// When the targets do not fit, with what [`check`](Self::check) says.
    #[track_caller]
    fn of<'t>(&self, prediction: Var<'t, Tensor<T>>, targets: &Targets<T>) -> Var<'t, Tensor<T>> {
        if let Err(problem) = self.check(&prediction.shape(), targets) {
            panic!("{}: {problem}", self.name());
        }
        self.of_rows(prediction, targets).mean()
    }
}

/// A loss that was chosen at run time.
impl<T: Element, L: Loss<T> + ?Sized> Loss<T> for Box<L> {
    fn name(&self) -> &'static str {
        (**self).name()
    }
    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        (**self).check(prediction, targets)
    }
    fn of_rows<'t>(&self, prediction: Var<'t, Tensor<T>>, targets: &Targets<T>) -> Var<'t, Tensor<T>> {
        (**self).of_rows(prediction, targets)
    }
    #[track_caller]
    fn of<'t>(&self, prediction: Var<'t, Tensor<T>>, targets: &Targets<T>) -> Var<'t, Tensor<T>> {
        (**self).of(prediction, targets)
    }
}
