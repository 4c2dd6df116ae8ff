//! Cutting the data: folds with their share of each class, and standardisation by the training
//! part alone.

use super::Case;
use crate::data::{BreastCancer, TUMOUR_FEATURES};
use crate::random::Random;

/// Which cases are trained on, and which are held out.
pub(super) struct Fold {
    pub(super) training: Vec<usize>,
    pub(super) held_out: Vec<usize>,
}

/// `count` folds: the cases of each class are shuffled, then dealt in turn.
pub(super) fn stratified(positive: &[bool], count: usize, random: &mut Random) -> Vec<Fold> {
    let mut fold_of = vec![0; positive.len()];
    for class in [true, false] {
        let mut cases: Vec<usize> = (0..positive.len()).filter(|&case| positive[case] == class).collect();
        random.shuffle(&mut cases);
        for (turn, case) in cases.into_iter().enumerate() {
            fold_of[case] = turn % count;
        }
    }
    (0..count)
        .map(|fold| {
            let (held_out, training) = (0..positive.len()).partition(|&case| fold_of[case] == fold);
            Fold { training, held_out }
        })
        .collect()
}

/// Both parts of a fold, each measurement with mean 0 and standard deviation 1 over the training
/// part.
pub(super) fn standardised(data: &BreastCancer, fold: &Fold) -> (Vec<Case>, Vec<Case>) {
    let count = fold.training.len() as f64;
    let mean_over_training =
        |of: &dyn Fn(usize) -> f64| fold.training.iter().map(|&case| of(case)).sum::<f64>() / count;
    let scales: [(f64, f64); TUMOUR_FEATURES] = std::array::from_fn(|feature| {
        let mean = mean_over_training(&|case| data.features[case][feature]);
        let variance = mean_over_training(&|case| (data.features[case][feature] - mean).powi(2));
        (mean, variance.sqrt())
    });
    let part = |cases: &[usize]| {
        cases
            .iter()
            .map(|&case| {
                let features = &data.features[case];
                let scaled = std::array::from_fn(|at| (features[at] - scales[at].0) / scales[at].1);
                (scaled, data.malignant[case])
            })
            .collect()
    };
    (part(&fold.training), part(&fold.held_out))
}
