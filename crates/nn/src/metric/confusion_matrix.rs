//! Which classes are taken for which.

use super::class_counts::{Average, ClassCounts, Score};
use super::classes::{classes, columns};
use super::report::ClassificationReport;
use super::{Metric, Tally};
use crate::error::{Error, Result};
use crate::targets;
use crate::weighted_mean::Weights;
use chainrule::{Element, Shape, Targets, Tensor};
use std::fmt;

/// How many rows of each true class (down) were predicted to be of which class (across), as in scikit-learn's
/// `confusion_matrix`. Scores of classes that never occur are 0.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::metric::ConfusionMatrix;
/// let actual = Tensor::<usize>::from([2, 0, 2, 2, 0, 1]);
/// let predicted = Tensor::<usize>::from([0, 0, 2, 2, 0, 2]);
/// let matrix = ConfusionMatrix::of(&predicted, &actual, 3)?;
/// // scikit-learn's documentation of `confusion_matrix`
/// assert_eq!(matrix.counts(), Tensor::from([[2.0, 0.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 2.0]]));
/// assert_eq!((matrix.accuracy(), matrix.precision(0), matrix.recall(0)), (4.0 / 6.0, 2.0 / 3.0, 1.0));
/// let table = "\
/// true \\ predicted  ant  bird  cat
///              ant    2     0    0
///             bird    0     0    1
///              cat    1     0    2";
/// assert_eq!(matrix.names(["ant", "bird", "cat"]).to_string(), table);
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
///
/// As a metric it is gathered batch by batch, and its number is the accuracy:
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::metric::{ConfusionMatrix, Metric, Tally};
/// let mut matrix = ConfusionMatrix;
/// matrix.update(&Tensor::from([[0.9, 0.1], [0.8, 0.2]]), &Tensor::<usize>::from([0, 1]).into(), None);
/// assert_eq!(matrix.count(1, 0), 1.0);
/// assert_eq!(matrix.result(), 0.5);
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct ConfusionMatrix {
    classes: usize,
    /// Row-major: true class, predicted class.
    counts: Vec<f64>,
    names: Vec<String>,
}

/// A [confusion matrix](struct@ConfusionMatrix) of nothing yet, to be gathered as a metric.
pub const ConfusionMatrix: ConfusionMatrix = ConfusionMatrix { classes: 0, counts: Vec::new(), names: Vec::new() };

/// What a classifier is worth for a class, or on average.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Scores {
    /// Of what was predicted, the share that is right.
    pub precision: f64,
    /// Of what is there, the share that was found.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
    /// How many rows there are.
    pub support: f64,
}

impl ConfusionMatrix {
    /// Of predicted classes beside the true ones, among so many.
    ///
    /// # Errors
    /// When there are more of the ones than of the others, or a class is not below `classes`.
    pub fn of(predicted: &Tensor<usize>, actual: &Tensor<usize>, classes: usize) -> Result<Self> {
        let refuse = |problem| Error::Data { call: "ConfusionMatrix::of", problem };
        if predicted.len() != actual.len() {
            let counts = (predicted.len(), actual.len());
            return Err(refuse(format!("there are {} predicted classes and {} true ones", counts.0, counts.1)));
        }
        let mut matrix = Self { classes, counts: vec![0.0; classes * classes], names: Vec::new() };
        for (row, (&predicted, &actual)) in predicted.iter().zip(actual).enumerate() {
            for (kind, class) in [("predicted", predicted), ("true", actual)] {
                if class >= classes {
                    return Err(refuse(format!(
                        "the {kind} class of row {row} is {class}, which is not below the number of classes, {classes}"
                    )));
                }
            }
            matrix.counts[actual * classes + predicted] += 1.0;
        }
        Ok(matrix)
    }

    /// Shown by these names; classes beyond them keep their numbers.
    #[must_use]
    pub fn names(self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { names: names.into_iter().map(Into::into).collect(), ..self }
    }

    /// The name of a class: its number where none was given.
    pub fn name_of(&self, class: usize) -> String {
        self.names.get(class).cloned().unwrap_or_else(|| class.to_string())
    }

    /// How many classes there are.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// All counts, of shape `[classes, classes]`; with weights of samples, their sums.
    pub fn counts(&self) -> Tensor<f64> {
        Tensor::from_slice([self.classes, self.classes], &self.counts)
    }

    /// How many rows of class `actual` were predicted to be of class `predicted`.
    ///
    /// # Panics
    /// When there is no such class.
    #[track_caller]
    pub fn count(&self, actual: usize, predicted: usize) -> f64 {
        assert!(actual.max(predicted) < self.classes, "there are {} classes, counted from 0", self.classes);
        self.counts[actual * self.classes + predicted]
    }

    /// The share of rows on the diagonal; 0 without rows.
    pub fn accuracy(&self) -> f64 {
        self.by_class().averaged(Score::Recall, Average::Micro)
    }

    /// Of what was predicted to be of this class, the share that is; 0 if nothing was.
    pub fn precision(&self, class: usize) -> f64 {
        self.by_class().of_class(Score::Precision, class)
    }

    /// Of what is of this class, the share that was predicted to be; 0 if nothing is.
    pub fn recall(&self, class: usize) -> f64 {
        self.by_class().of_class(Score::Recall, class)
    }

    /// The harmonic mean of precision and recall of this class; 0 if it neither occurs nor is predicted.
    pub fn f1(&self, class: usize) -> f64 {
        self.by_class().of_class(Score::F1, class)
    }

    /// All that is said of one class.
    pub fn of_class(&self, class: usize) -> Scores {
        let counts = self.by_class();
        let support = counts.actual.get(class).copied().unwrap_or(0.0);
        Scores { support, ..scores(&counts, Average::Class(Some(class))) }
    }

    /// The mean over the classes, which all count the same.
    pub fn macro_averaged(&self) -> Scores {
        scores(&self.by_class(), Average::Macro)
    }

    /// Of all classes taken together, row by row: precision, recall and F1 are the accuracy.
    pub fn micro_averaged(&self) -> Scores {
        scores(&self.by_class(), Average::Micro)
    }

    /// The mean over the classes, each counted by its true rows.
    pub fn weighted(&self) -> Scores {
        scores(&self.by_class(), Average::Weighted)
    }

    /// A table of all scores, as scikit-learn's `classification_report` prints it.
    pub fn report(&self) -> ClassificationReport {
        ClassificationReport::of(self)
    }

    fn by_class(&self) -> ClassCounts {
        let mut by_class = ClassCounts::default();
        for class in 0..self.classes {
            let row = &self.counts[class * self.classes..][..self.classes];
            by_class.hits.push(row[class]);
            by_class.actual.push(row.iter().sum());
            by_class.predicted.push(self.counts[class..].iter().step_by(self.classes).sum());
        }
        by_class
    }
}

fn scores(counts: &ClassCounts, average: Average) -> Scores {
    Scores {
        precision: counts.averaged(Score::Precision, average),
        recall: counts.averaged(Score::Recall, average),
        f1: counts.averaged(Score::F1, average),
        support: counts.actual.iter().sum(),
    }
}

impl Tally for ConfusionMatrix {
    fn name(&self) -> String {
        "confusion_matrix".into()
    }
    fn reset(&mut self) {
        self.counts.fill(0.0);
    }
    fn result(&self) -> f64 {
        self.accuracy()
    }
    fn gathered(&self) -> Option<Vec<f64>> {
        Some(self.counts.clone())
    }
    fn regather(&mut self, numbers: &[f64]) -> std::result::Result<(), String> {
        let classes = numbers.len().isqrt();
        if classes * classes != numbers.len() {
            return Err(format!("{} numbers make no square matrix", numbers.len()));
        }
        (self.classes, self.counts) = (classes, numbers.to_vec());
        Ok(())
    }
}

impl<T: Element> Metric<T> for ConfusionMatrix {
    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> std::result::Result<(), String> {
        let columns = columns(prediction);
        if self.classes != 0 && self.classes != columns.max(2) {
            return Err(format!(
                "the matrix is one of {} classes, but the predictions have shape {prediction}",
                self.classes
            ));
        }
        if columns == 1 {
            return targets::check_answers(prediction, targets);
        }
        targets::check_labels(prediction, targets)
    }

    fn update(&mut self, prediction: &Tensor<T>, targets: &Targets<T>, weights: Option<&[T]>) {
        let columns = columns(prediction.shape());
        if self.classes == 0 {
            self.classes = columns.max(2);
            self.counts = vec![0.0; self.classes * self.classes];
        }
        let predicted = classes(prediction);
        let weights = Weights::new(weights, prediction.shape(), predicted.len());
        let actual = match targets {
            Targets::Values(values) if columns == 1 => values.map(|t| usize::from(t == T::one())),
            Targets::Classes(classes) => classes.clone(),
            Targets::Values(_) => targets::classes(prediction.shape(), targets),
        };
        for (item, (predicted, actual)) in predicted.iter().zip(&actual).enumerate() {
            self.counts[actual * self.classes + predicted] += weights.of(item);
        }
    }
}

/// A table, true classes down and predicted ones across.
impl fmt::Display for ConfusionMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const CORNER: &str = "true \\ predicted";
        let cells: Vec<String> = self.counts.iter().map(ToString::to_string).collect();
        let names: Vec<String> = (0..self.classes).map(|class| self.name_of(class)).collect();
        let wide = |text: &String| text.chars().count();
        let margin = names.iter().map(wide).max().unwrap_or(0).max(CORNER.len());
        let width = |column: usize| {
            let cells = cells[column..].iter().step_by(self.classes).map(wide);
            cells.max().unwrap_or(0).max(wide(&names[column]))
        };
        let widths: Vec<usize> = (0..self.classes).map(width).collect();
        write!(f, "{CORNER:>margin$}")?;
        names.iter().zip(&widths).try_for_each(|(name, &width)| write!(f, "  {name:>width$}"))?;
        for (name, row) in names.iter().zip(cells.chunks_exact(self.classes.max(1))) {
            write!(f, "\n{name:>margin$}")?;
            row.iter().zip(&widths).try_for_each(|(cell, &width)| write!(f, "  {cell:>width$}"))?;
        }
        Ok(())
    }
}
