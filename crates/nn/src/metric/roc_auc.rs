//! The area under the curve of true against false alarms.

use super::{Metric, Tally};
use crate::targets;
use crate::weighted_mean::{Weights, number};
use chainrule::{Element, Shape, Targets, Tensor};

/// The area under the receiver operating characteristic: how probable it is that a yes is scored above a no, where ties count
/// half. 0.5 is guessing, 1 perfect.
///
/// Computed exactly, from the ranks of all scores, which are kept until [`reset`](Tally::reset): scikit-learn's `roc_auc_score`
/// (Keras's `AUC` approximates it with 200 thresholds). NaN when there were only yeses or only noes, of which nothing can be
/// said, or a score is NaN. Scores may be probabilities or logits; targets are 0 and 1 in their shape.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::metric::{Metric, RocAuc, Tally};
/// let mut area = RocAuc;
/// let scores = Tensor::from([[0.1], [0.4], [0.35], [0.8]]);
/// area.update(&scores, &Tensor::from([0.0, 0.0, 1.0, 1.0]).into(), None);
/// assert_eq!(area.result(), 0.75); // the example of scikit-learn's user guide
/// ```
#[derive(Clone, Debug)]
#[doc(alias = "AUC")]
pub struct RocAuc {
    scored: Vec<Scored>,
}

/// The [area under the curve](struct@RocAuc), of nothing yet.
pub const RocAuc: RocAuc = RocAuc { scored: Vec::new() };

#[derive(Clone, Copy, Debug)]
struct Scored {
    score: f64,
    yes: bool,
    weight: f64,
}

impl Tally for RocAuc {
    fn name(&self) -> String {
        "roc_auc".into()
    }
    fn reset(&mut self) {
        self.scored.clear();
    }
    fn result(&self) -> f64 {
        if self.scored.is_empty() {
            return 0.0;
        }
        if self.scored.iter().any(|item| item.score.is_nan()) {
            return f64::NAN;
        }
        let mut scored = self.scored.clone();
        scored.sort_unstable_by(|a, b| a.score.total_cmp(&b.score));
        let (mut yeses, mut noes, mut above) = (0.0, 0.0, 0.0);
        for tied in scored.chunk_by(|a, b| a.score == b.score) {
            let weigh = |yes| tied.iter().filter(|item| item.yes == yes).map(|item| item.weight).sum::<f64>();
            let (own_yeses, own_noes) = (weigh(true), weigh(false));
            above += own_yeses * (noes + own_noes / 2.0);
            yeses += own_yeses;
            noes += own_noes;
        }
        above / (yeses * noes)
    }
}

impl<T: Element> Metric<T> for RocAuc {
    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        if super::classes::columns(prediction) != 1 {
            return Err(format!(
                "the predictions have shape {prediction}, but the curve is that of one score for each row: choose a column"
            ));
        }
        targets::check_answers(prediction, targets)
    }

    fn update(&mut self, prediction: &Tensor<T>, targets: &Targets<T>, weights: Option<&[T]>) {
        let weights = Weights::new(weights, prediction.shape(), prediction.len());
        let answers = targets::values(prediction.shape(), targets);
        let scored = prediction.iter().zip(&answers).enumerate().map(|(item, (&score, &t))| Scored {
            score: number(score),
            yes: t == T::one(),
            weight: weights.of(item),
        });
        self.scored.extend(scored);
    }
}
