//! The F1 score.

use super::class_counts::{Score, score_of_classes};

score_of_classes! {
    /// The harmonic mean of precision and recall, `2 true positives / (predicted positives + actual positives)`; 0 for a class that
    /// is neither predicted nor occurs.
    ///
    /// - Of one column: of the yeses, those above the threshold; targets are 0 and 1.
    /// - Of several columns: of the class with the greatest element; targets are labels or one-hot rows. There is a score for
    ///   each: choose one with [`class`](Self::class), or an average.
    /// - Of several columns with a [`threshold`](Self::threshold): each column asks a question of its own.
    ///
    /// scikit-learn's `f1_score`; Keras's `F1Score` adds 10⁻⁷ to denominators.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// use chainrule_nn::metric::{F1, Metric, Tally};
    /// let mut f1 = F1.threshold(0.5).macro_averaged();
    /// let targets = Tensor::from([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0]]);
    /// let prediction = Tensor::from([[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0.0]]);
    /// f1.update(&prediction, &targets.into(), None);
    /// assert_eq!(f1.of_each_class(), [0.5, 0.8, 2.0 / 3.0]); // Keras's documentation of `F1Score`
    /// assert!((f1.result() - (0.5 + 0.8 + 2.0 / 3.0) / 3.0).abs() < 1e-15);
    /// ```
    #[doc(alias = "F1Score")]
    F1, Score::F1, "f1"
}
