//! Precision.

use super::class_counts::{Score, score_of_classes};

score_of_classes! {
    /// Of the rows that were predicted to be of a class, the share that are: true positives / predicted positives; 0 for a class
    /// that is never predicted.
    ///
    /// - Of one column: of the yeses, those above the threshold; targets are 0 and 1.
    /// - Of several columns: of the class with the greatest element; targets are labels or one-hot rows. There is a precision for
    ///   each: choose one with [`class`](Self::class), or an average.
    /// - Of several columns with a [`threshold`](Self::threshold): each column asks a question of its own.
    ///
    /// scikit-learn's `precision_score`; Keras's `Precision` is this for one column.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// use chainrule_nn::metric::{Metric, Precision, Tally};
    /// let mut precision = Precision;
    /// precision.update(&Tensor::from([1.0, 0.0, 1.0, 1.0]), &Tensor::from([0.0, 1.0, 1.0, 1.0]).into(), None);
    /// assert_eq!(precision.result(), 2.0 / 3.0); // Keras's documentation of this metric
    /// ```
    Precision, Score::Precision, "precision"
}
