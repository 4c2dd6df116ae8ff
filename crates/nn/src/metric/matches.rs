//! How often predictions are right.

use crate::targets;
use crate::weighted_mean::{WeightedMean, Weights};
use chainrule::{Element, Targets, Tensor};

/// A metric that is one mean, kept in its field `gathered`.
macro_rules! mean_metric {
    ($Metric:ty, |$metric:ident| $name:expr) => {
        impl $crate::metric::Tally for $Metric {
            fn name(&self) -> String {
                let $metric = self;
                $name.into()
            }
            fn reset(&mut self) {
                self.gathered = $crate::weighted_mean::WeightedMean::NEW;
            }
            fn result(&self) -> f64 {
                self.gathered.result()
            }
            fn gathered(&self) -> Option<Vec<f64>> {
                Some(self.gathered.numbers())
            }
            fn regather(&mut self, numbers: &[f64]) -> Result<(), String> {
                self.gathered = $crate::weighted_mean::WeightedMean::from_numbers(numbers)?;
                Ok(())
            }
        }
    };
}
pub(super) use mean_metric;

/// Takes in for each element whether being above `threshold` is right.
pub(super) fn gather_answers<T: Element>(
    gathered: &mut WeightedMean,
    prediction: &Tensor<T>,
    targets: &Targets<T>,
    weights: Option<&[T]>,
    threshold: f64,
) {
    let weights = Weights::new(weights, prediction.shape(), prediction.len());
    let answers = targets::values(prediction.shape(), targets);
    for (item, (&y, &t)) in prediction.iter().zip(&answers).enumerate() {
        let right = (y > T::literal(threshold)) == (t == T::one());
        gathered.add(f64::from(u8::from(right)), weights.of(item));
    }
}

/// Takes in for each row whether its class is the right one.
pub(super) fn gather_classes<T: Element>(
    gathered: &mut WeightedMean,
    prediction: &Tensor<T>,
    targets: &Targets<T>,
    weights: Option<&[T]>,
) {
    let columns = prediction.shape().last().copied().unwrap_or(0).max(1);
    let rows = prediction.as_slice().chunks_exact(columns);
    let weights = Weights::new(weights, prediction.shape(), rows.len());
    for (item, row) in rows.enumerate() {
        let actual = match targets {
            Targets::Classes(classes) => classes.as_slice()[item],
            Targets::Values(values) => targets::greatest(&values.as_slice()[item * columns..][..columns]),
        };
        gathered.add(f64::from(u8::from(targets::greatest(row) == actual)), weights.of(item));
    }
}
