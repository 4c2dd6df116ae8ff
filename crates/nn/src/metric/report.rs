//! A table of scores.

use super::confusion_matrix::{ConfusionMatrix, Scores};
use std::fmt;

/// Precision, recall, F1 and number of rows for each class, and their averages: [`ConfusionMatrix::report`]. It prints as
/// scikit-learn's `classification_report` does.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::metric::ConfusionMatrix;
/// let actual = Tensor::<usize>::from([0, 1, 2, 2, 2]);
/// let predicted = Tensor::<usize>::from([0, 0, 2, 2, 1]);
/// let matrix = ConfusionMatrix::of(&predicted, &actual, 3)?.names(["class 0", "class 1", "class 2"]);
/// // scikit-learn's documentation of `classification_report`
/// let table = "              precision    recall  f1-score   support
///
///      class 0       0.50      1.00      0.67         1
///      class 1       0.00      0.00      0.00         1
///      class 2       1.00      0.67      0.80         3
///
///     accuracy                           0.60         5
///    macro avg       0.50      0.56      0.49         5
/// weighted avg       0.70      0.60      0.61         5";
/// assert_eq!(matrix.report().to_string(), table);
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct ClassificationReport {
    /// Each class by its name.
    pub classes: Vec<(String, Scores)>,
    /// The share of rows that are right.
    pub accuracy: f64,
    /// The mean over the classes, which all count the same.
    pub macro_average: Scores,
    /// The mean over the classes, each counted by its true rows.
    pub weighted_average: Scores,
}

impl ClassificationReport {
    pub(super) fn of(matrix: &ConfusionMatrix) -> Self {
        Self {
            classes: (0..matrix.classes()).map(|class| (matrix.name_of(class), matrix.of_class(class))).collect(),
            accuracy: matrix.accuracy(),
            macro_average: matrix.macro_averaged(),
            weighted_average: matrix.weighted(),
        }
    }
}

impl fmt::Display for ClassificationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.classes.iter().map(|(name, _)| name.chars().count());
        let margin = names.max().unwrap_or(0).max("weighted avg".len());
        let row = |f: &mut fmt::Formatter<'_>, name: &str, scores: &Scores| {
            let Scores { precision, recall, f1, support } = scores;
            write!(f, "\n{name:>margin$}  {precision:>9.2} {recall:>9.2} {f1:>9.2} {support:>9}")
        };
        writeln!(f, "{:margin$}  {:>9} {:>9} {:>9} {:>9}", "", "precision", "recall", "f1-score", "support")?;
        self.classes.iter().try_for_each(|(name, scores)| row(f, name, scores))?;
        let support = self.macro_average.support;
        write!(f, "\n\n{:>margin$}  {:>9} {:>9} {:>9.2} {support:>9}", "accuracy", "", "", self.accuracy)?;
        row(f, "macro avg", &self.macro_average)?;
        row(f, "weighted avg", &self.weighted_average)
    }
}
