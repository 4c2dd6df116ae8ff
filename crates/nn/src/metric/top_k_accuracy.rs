//! The share of rows whose right class is among the likeliest.

use super::Metric;
use super::matches::mean_metric;
use crate::targets;
use crate::weighted_mean::{WeightedMean, Weights};
use chainrule::{Element, Shape, Targets, Tensor};

/// The share of rows in which fewer than k elements are greater than that of the right class. Targets are labels or one-hot
/// rows. Keras's `TopKCategoricalAccuracy` and `SparseTopKCategoricalAccuracy`.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::metric::{Metric, Tally, TopKAccuracy};
/// let mut accuracy = TopKAccuracy::new(2);
/// let prediction = Tensor::from([[0.1, 0.9, 0.8], [0.5, 0.4, 0.1]]);
/// accuracy.update(&prediction, &Tensor::<usize>::from([2, 2]).into(), None);
/// assert_eq!(accuracy.result(), 0.5);
/// assert_eq!(accuracy.name(), "top_2_accuracy");
/// ```
#[derive(Clone, Debug)]
#[doc(alias = "TopKCategoricalAccuracy")]
#[doc(alias = "SparseTopKCategoricalAccuracy")]
pub struct TopKAccuracy {
    k: usize,
    gathered: WeightedMean,
}

impl TopKAccuracy {
    /// Among the `k` greatest.
    pub const fn new(k: usize) -> Self {
        Self { k, gathered: WeightedMean::NEW }
    }
}

mean_metric!(TopKAccuracy, |metric| format!("top_{}_accuracy", metric.k));

impl<T: Element> Metric<T> for TopKAccuracy {
    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        if self.k == 0 {
            return Err("k is 0; nothing is among the 0 greatest: give 1 or more".into());
        }
        targets::check_labels(prediction, targets)
    }

    fn update(&mut self, prediction: &Tensor<T>, targets: &Targets<T>, weights: Option<&[T]>) {
        let classes = targets::classes(prediction.shape(), targets);
        let weights = Weights::new(weights, prediction.shape(), classes.len());
        let columns = prediction.shape().last().map_or(1, |&columns| columns.max(1));
        for (item, (row, &class)) in prediction.as_slice().chunks_exact(columns).zip(&classes).enumerate() {
            // NaN is among the greatest of nothing
            let own = if row[class].is_nan() { T::neg_infinity() } else { row[class] };
            let greater = row.iter().filter(|&&y| y > own).count();
            self.gathered.add(f64::from(u8::from(greater < self.k)), weights.of(item));
        }
    }
}
