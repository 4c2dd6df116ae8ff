//! Recall.

use super::class_counts::{Score, score_of_classes};

score_of_classes! {
    /// Of the rows that are of a class, the share that were predicted to be: true positives / actual positives; 0 for a class that
    /// never occurs.
    ///
    /// - Of one column: of the yeses, those above the threshold; targets are 0 and 1.
    /// - Of several columns: of the class with the greatest element; targets are labels or one-hot rows. There is a recall for
    ///   each: choose one with [`class`](Self::class), or an average.
    /// - Of several columns with a [`threshold`](Self::threshold): each column asks a question of its own.
    ///
    /// scikit-learn's `recall_score`; Keras's `Recall` is this for one column.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// use chainrule_nn::metric::{Metric, Recall, Tally};
    /// let mut recall = Recall;
    /// recall.update(&Tensor::from([1.0, 0.0, 1.0, 1.0]), &Tensor::from([0.0, 1.0, 1.0, 1.0]).into(), None);
    /// assert_eq!(recall.result(), 2.0 / 3.0); // Keras's documentation of this metric
    /// ```
    Recall, Score::Recall, "recall"
}
