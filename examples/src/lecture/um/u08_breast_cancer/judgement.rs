//! How good a yes-or-no classifier is: the confusion matrix and what is read off it.

use std::ops::Add;

use crate::board::{Board, Source};

/// How many cases of each truth were called what; positive means malignant.
#[derive(Clone, Copy, Default)]
pub(super) struct Confusion {
    true_positives: u32,
    false_negatives: u32,
    false_positives: u32,
    true_negatives: u32,
}

impl Confusion {
    pub(super) fn note(&mut self, positive: bool, called_positive: bool) {
        let counter = match (positive, called_positive) {
            (true, true) => &mut self.true_positives,
            (true, false) => &mut self.false_negatives,
            (false, true) => &mut self.false_positives,
            (false, false) => &mut self.true_negatives,
        };
        *counter += 1;
    }

    pub(super) fn count(&self) -> u32 {
        self.right() + self.false_negatives + self.false_positives
    }

    pub(super) fn right(&self) -> u32 {
        self.true_positives + self.true_negatives
    }

    pub(super) fn accuracy(&self) -> f64 {
        share(self.right(), self.count())
    }

    /// Of those called malignant, how many are.
    fn precision(&self) -> f64 {
        share(self.true_positives, self.true_positives + self.false_positives)
    }

    /// Of the malignant ones, how many were found.
    fn recall(&self) -> f64 {
        share(self.true_positives, self.true_positives + self.false_negatives)
    }

    /// The harmonic mean of precision and recall.
    fn f1(&self) -> f64 {
        2.0 / (self.precision().recip() + self.recall().recip())
    }

    /// The matrix, and what is read off it.
    pub(super) fn write(&self, board: &mut Board) {
        let Self { true_positives, false_negatives, false_positives, true_negatives } = self;
        board.say(format!(
            "Confusion matrix over all held-out tumours; positive = malignant:\n\
             \u{20}                    called malignant   called benign\n\
             \u{20}   is malignant   {true_positives:>18}   {false_negatives:>13}\n\
             \u{20}   is benign      {false_positives:>18}   {true_negatives:>13}\n\n\
             precision = TP/(TP + FP), how many alarms are true; recall = TP/(TP + FN), how many tumours are found;\n\
             F1 = 2/(1/precision + 1/recall), high only where both are.",
        ));
    }

    /// The logistic regression has one lowest point: whoever trains it finds these counts.
    pub(super) fn check_logistic(&self, board: &mut Board) {
        // The same training over the same folds, its gradient written out, in another language:
        // 202, 10, 4 and 353. No score comes nearer to 0 than 0.01.
        board.exact("TP, malignant and found", 202.0, f64::from(self.true_positives), Source::Calc);
        board.exact("FN, malignant and missed", 10.0, f64::from(self.false_negatives), Source::Calc);
        board.exact("FP, benign, a false alarm", 4.0, f64::from(self.false_positives), Source::Calc);
        board.exact("TN, benign, left in peace", 353.0, f64::from(self.true_negatives), Source::Calc);
        board.close("precision", 202.0 / 206.0, self.precision(), 1e-12, Source::Calc);
        board.close("recall", 202.0 / 212.0, self.recall(), 1e-12, Source::Calc);
        board.close("F1", 404.0 / 418.0, self.f1(), 1e-12, Source::Calc);
    }

    /// A network's counts depend on the weights it starts from: bounds, and what must add up.
    pub(super) fn check_network(&self, board: &mut Board) {
        let (malignant, benign) =
            (self.true_positives + self.false_negatives, self.false_positives + self.true_negatives);
        board.exact("network: TP + FN", 212.0, f64::from(malignant), Source::Calc);
        board.exact("network: FP + TN", 357.0, f64::from(benign), Source::Calc);
        board.at_least("network: precision", 0.95..=1.0, self.precision(), Source::Calc);
        board.at_least("network: recall", 0.93..=1.0, self.recall(), Source::Calc);
        board.at_least("network: F1", 0.95..=1.0, self.f1(), Source::Calc);
    }
}

impl Add for Confusion {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            true_positives: self.true_positives + other.true_positives,
            false_negatives: self.false_negatives + other.false_negatives,
            false_positives: self.false_positives + other.false_positives,
            true_negatives: self.true_negatives + other.true_negatives,
        }
    }
}

fn share(part: u32, whole: u32) -> f64 {
    f64::from(part) / f64::from(whole)
}
