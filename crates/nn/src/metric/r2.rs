//! The coefficient of determination.

use super::classes::columns;
use super::{Metric, Tally};
use crate::targets;
use crate::weighted_mean::{Weights, number};
use chainrule::{Element, Shape, Targets, Tensor};

/// The coefficient of determination, `1 - Σ (tᵢ - yᵢ)² / Σ (tᵢ - t̄)²`: 1 for perfect predictions, 0 for those no better than the
/// mean of the targets, negative for worse. Of several columns, the mean of their coefficients.
///
/// Where all targets are equal it is 1 if all predictions are right and else 0, as in scikit-learn's `r2_score` (Keras's
/// `R2Score` gives NaN and 0).
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::metric::{Metric, R2, Tally};
/// let mut r2 = R2;
/// r2.update(&Tensor::from([[2.0], [4.0], [4.0]]), &Tensor::from([1.0, 4.0, 3.0]).into(), None);
/// assert!((r2.result() - 4.0 / 7.0).abs() < 1e-15); // Keras's documentation of `R2Score`: 0.57142854
/// ```
#[derive(Clone, Debug)]
#[doc(alias = "R2Score")]
pub struct R2 {
    columns: Vec<Column>,
}

/// The [coefficient of determination](struct@R2), of nothing yet.
pub const R2: R2 = R2 { columns: Vec::new() };

/// What one column has shown; West's weighted form of Welford's recurrence, which cancels no digits (D. H. D. West, Updating
/// Mean and Variance Estimates, 1979).
#[derive(Clone, Copy, Default, Debug)]
struct Column {
    weight: f64,
    mean: f64,
    /// `Σ (t - t̄)²`
    spread: f64,
    /// `Σ (t - y)²`
    residual: f64,
}

impl Column {
    fn add(&mut self, y: f64, t: f64, weight: f64) {
        if weight == 0.0 {
            return;
        }
        self.weight += weight;
        let before = t - self.mean;
        self.mean += before * weight / self.weight;
        self.spread += weight * before * (t - self.mean);
        self.residual += weight * (t - y) * (t - y);
    }

    fn result(self) -> f64 {
        match (self.spread == 0.0, self.residual == 0.0) {
            (true, right) => f64::from(u8::from(right)),
            _ => 1.0 - self.residual / self.spread,
        }
    }
}

impl Tally for R2 {
    fn name(&self) -> String {
        "r2".into()
    }
    fn reset(&mut self) {
        self.columns.clear();
    }
    fn result(&self) -> f64 {
        let results = self.columns.iter().filter(|column| column.weight > 0.0).map(|column| column.result());
        let count = results.clone().count();
        if count == 0 { 0.0 } else { results.sum::<f64>() / count as f64 }
    }
    fn gathered(&self) -> Option<Vec<f64>> {
        let numbers = |column: &Column| [column.weight, column.mean, column.spread, column.residual];
        Some(self.columns.iter().flat_map(numbers).collect())
    }
    fn regather(&mut self, numbers: &[f64]) -> Result<(), String> {
        let (columns, []) = numbers.as_chunks() else {
            return Err(format!("{} numbers are not four for each column", numbers.len()));
        };
        let column = |&[weight, mean, spread, residual]: &[f64; 4]| Column { weight, mean, spread, residual };
        self.columns = columns.iter().map(column).collect();
        Ok(())
    }
}

impl<T: Element> Metric<T> for R2 {
    fn check(&self, prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
        targets::check_values(prediction, targets)
    }

    fn update(&mut self, prediction: &Tensor<T>, targets: &Targets<T>, weights: Option<&[T]>) {
        let columns = columns(prediction.shape());
        self.columns.resize(columns, Column::default());
        let weights = Weights::new(weights, prediction.shape(), prediction.len());
        let targets = targets::values(prediction.shape(), targets);
        for (item, (&y, &t)) in prediction.iter().zip(&targets).enumerate() {
            self.columns[item % columns].add(number(y), number(t), weights.of(item));
        }
    }
}
