//! How often each class was predicted, was right, and was both; and what follows from it.

use super::classes::{HALF, columns};
use crate::targets;
use crate::weighted_mean::Weights;
use chainrule::{Element, Shape, Targets, Tensor};

/// For each class, the weight of the rows that were predicted to be of it, that are of it, and both.
#[derive(Clone, Default, Debug)]
pub(super) struct ClassCounts {
    pub(super) hits: Vec<f64>,
    pub(super) predicted: Vec<f64>,
    pub(super) actual: Vec<f64>,
}

/// What is said of a class.
#[derive(Clone, Copy, Debug)]
pub(super) enum Score {
    Precision,
    Recall,
    F1,
}

/// Which classes a score is of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Average {
    /// One class; the yes of a yes-or-no question where none is named.
    Class(Option<usize>),
    Macro,
    Micro,
    Weighted,
}

/// 0 where nothing is counted.
fn ratio(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}

impl Score {
    fn of(self, hits: f64, predicted: f64, actual: f64) -> f64 {
        match self {
            Self::Precision => ratio(hits, predicted),
            Self::Recall => ratio(hits, actual),
            Self::F1 => ratio(2.0 * hits, predicted + actual),
        }
    }
}

impl ClassCounts {
    /// Of nothing yet.
    pub(super) const NEW: Self = Self { hits: Vec::new(), predicted: Vec::new(), actual: Vec::new() };

    /// All counts, for a file.
    pub(super) fn numbers(&self) -> Vec<f64> {
        [&self.hits[..], &self.predicted, &self.actual].concat()
    }

    /// From all counts.
    pub(super) fn from_numbers(numbers: &[f64]) -> Result<Self, String> {
        if !numbers.len().is_multiple_of(3) {
            return Err(format!("{} numbers are no three counts for each class", numbers.len()));
        }
        let (hits, others) = numbers.split_at(numbers.len() / 3);
        let (predicted, actual) = others.split_at(hits.len());
        Ok(Self { hits: hits.to_vec(), predicted: predicted.to_vec(), actual: actual.to_vec() })
    }

    /// The score of a class; 0 for a class that never occurred.
    pub(super) fn of_class(&self, score: Score, class: usize) -> f64 {
        if class >= self.hits.len() {
            return 0.0;
        }
        score.of(self.hits[class], self.predicted[class], self.actual[class])
    }

    pub(super) fn of_each(&self, score: Score) -> impl Iterator<Item = f64> {
        (0..self.hits.len()).map(move |class| self.of_class(score, class))
    }

    pub(super) fn averaged(&self, score: Score, average: Average) -> f64 {
        match average {
            Average::Class(class) => self.of_class(score, class.unwrap_or(1)),
            Average::Macro => ratio(self.of_each(score).sum(), self.hits.len() as f64),
            Average::Micro => {
                let [hits, predicted, actual] =
                    [&self.hits, &self.predicted, &self.actual].map(|each| each.iter().sum());
                score.of(hits, predicted, actual)
            }
            Average::Weighted => {
                let weighted = self.of_each(score).zip(&self.actual).map(|(score, actual)| score * actual);
                ratio(weighted.sum(), self.actual.iter().sum())
            }
        }
    }

    fn resize(&mut self, classes: usize) {
        for counts in [&mut self.hits, &mut self.predicted, &mut self.actual] {
            counts.resize(classes, 0.0);
        }
    }

    /// Takes in a row that is predicted to be of one class and is of another, or the same.
    fn add(&mut self, predicted: usize, actual: usize, weight: f64) {
        self.predicted[predicted] += weight;
        self.actual[actual] += weight;
        if predicted == actual {
            self.hits[actual] += weight;
        }
    }

    /// Takes in a yes or a no to the question of a class.
    fn add_answer(&mut self, class: usize, predicted: bool, actual: bool, weight: f64) {
        let counted =
            [(&mut self.hits, predicted && actual), (&mut self.predicted, predicted), (&mut self.actual, actual)];
        for (counts, holds) in counted {
            if holds {
                counts[class] += weight;
            }
        }
    }
}

/// A score of classes, as it is gathered batch by batch.
#[derive(Clone, Debug)]
pub(super) struct ByClass {
    pub(super) average: Average,
    pub(super) threshold: Option<f64>,
    pub(super) counts: ClassCounts,
}

impl ByClass {
    pub(super) const NEW: Self = Self { average: Average::Class(None), threshold: None, counts: ClassCounts::NEW };

    pub(super) fn check<T: Element>(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        let columns = columns(prediction);
        if let Average::Class(class) = self.average
            && columns != 1
        {
            match class {
                None => {
                    return Err(format!(
                        "there are {columns} classes, and a score for each: choose `.class(..)`, or an average of them with \
                         `.macro_averaged()`, `.micro_averaged()` or `.weighted()`"
                    ));
                }
                Some(class) if class >= columns => {
                    return Err(format!("there is no class {class} among the {columns} that are predicted"));
                }
                Some(_) => (),
            }
        }
        match (columns, self.threshold, targets) {
            (1, ..) | (_, Some(_), Targets::Values(_)) => targets::check_answers(prediction, targets),
            (_, Some(_), Targets::Classes(_)) => {
                Err("with a threshold each column answers a question of its own, so that \
                the targets must be 0 or 1 for each: give such a tensor, or leave out the threshold"
                    .into())
            }
            (_, None, _) => targets::check_labels(prediction, targets),
        }
    }

    pub(super) fn update<T: Element>(&mut self, prediction: &Tensor<T>, targets: &Targets<T>, weights: Option<&[T]>) {
        let columns = columns(prediction.shape());
        self.counts.resize(columns.max(2));
        if columns > 1 && self.threshold.is_none() {
            let actual = targets::classes(prediction.shape(), targets);
            let weights = Weights::new(weights, prediction.shape(), actual.len());
            for (item, (&predicted, &actual)) in prediction.argmax(-1).iter().zip(&actual).enumerate() {
                self.counts.add(predicted, actual, weights.of(item));
            }
            return;
        }
        let threshold = T::literal(self.threshold.unwrap_or(HALF));
        let weights = Weights::new(weights, prediction.shape(), prediction.len());
        let answers = targets::values(prediction.shape(), targets);
        for (item, (&y, &t)) in prediction.iter().zip(&answers).enumerate() {
            let (predicted, actual, weight) = (y > threshold, t == T::one(), weights.of(item));
            if columns == 1 {
                self.counts.add(usize::from(predicted), usize::from(actual), weight);
            } else {
                self.counts.add_answer(item % columns, predicted, actual, weight);
            }
        }
    }
}

/// A metric that is a score of classes.
macro_rules! score_of_classes {
    ($(#[$attribute:meta])* $Metric:ident, $score:expr, $name:literal) => {
        $(#[$attribute])*
        #[derive(Clone, Debug)]
        pub struct $Metric {
            by_class: $crate::metric::class_counts::ByClass,
        }

        #[doc = concat!("[`", stringify!($Metric), "`](struct@", stringify!($Metric), "), of nothing yet.")]
        pub const $Metric: $Metric = $Metric { by_class: $crate::metric::class_counts::ByClass::NEW };

        impl $Metric {
            /// A yes is an element above this; 0.5 unless set. Of several columns each then answers a question of its own, and
            /// several may be yes.
            #[must_use]
            pub fn threshold(mut self, threshold: f64) -> Self {
                self.by_class.threshold = Some(threshold);
                self
            }

            /// Of this class alone.
            #[must_use]
            pub fn class(self, class: usize) -> Self {
                self.averaged($crate::metric::class_counts::Average::Class(Some(class)))
            }

            /// The mean over the classes, which all count the same.
            #[must_use]
            pub fn macro_averaged(self) -> Self {
                self.averaged($crate::metric::class_counts::Average::Macro)
            }

            /// Of all classes taken together, row by row; where each row has one class, that is the accuracy.
            #[must_use]
            pub fn micro_averaged(self) -> Self {
                self.averaged($crate::metric::class_counts::Average::Micro)
            }

            /// The mean over the classes, each counted by its true rows.
            #[must_use]
            pub fn weighted(self) -> Self {
                self.averaged($crate::metric::class_counts::Average::Weighted)
            }

            /// The score of each class so far; none before anything was gathered.
            pub fn of_each_class(&self) -> Vec<f64> {
                self.by_class.counts.of_each($score).collect()
            }

            fn averaged(mut self, average: $crate::metric::class_counts::Average) -> Self {
                self.by_class.average = average;
                self
            }
        }

        impl $crate::metric::Tally for $Metric {
            fn name(&self) -> String {
                $name.into()
            }
            fn reset(&mut self) {
                self.by_class.counts = $crate::metric::class_counts::ClassCounts::NEW;
            }
            fn result(&self) -> f64 {
                self.by_class.counts.averaged($score, self.by_class.average)
            }
            fn gathered(&self) -> Option<Vec<f64>> {
                Some(self.by_class.counts.numbers())
            }
            fn regather(&mut self, numbers: &[f64]) -> Result<(), String> {
                self.by_class.counts = $crate::metric::class_counts::ClassCounts::from_numbers(numbers)?;
                Ok(())
            }
        }

        impl<T: chainrule::Element> $crate::metric::Metric<T> for $Metric {
            fn check(&self, prediction: &chainrule::Shape, targets: &chainrule::Targets<T>) -> Result<(), String> {
                self.by_class.check(prediction, targets)
            }

            fn update(
                &mut self,
                prediction: &chainrule::Tensor<T>,
                targets: &chainrule::Targets<T>,
                weights: Option<&[T]>,
            ) {
                self.by_class.update(prediction, targets, weights);
            }
        }
    };
}
pub(super) use score_of_classes;
