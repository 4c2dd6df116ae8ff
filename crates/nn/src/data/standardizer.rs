//! Columns with mean 0 and standard deviation 1.

use super::columns::{self, wide};
use crate::error::{Error, Result};
use chainrule::{Element, Tensor};

/// Brings each column to mean 0 and standard deviation 1: `(x - mean) / deviation`, as scikit-learn's `StandardScaler`.
///
/// The deviation is that of all the numbers (divided by n, not by n - 1). Columns are along the last axis and rows over all
/// the others; a plain list of numbers is one column. A constant column becomes 0. Fit it to the training examples alone, so
/// that nothing is learned from those it is tested with.
///
/// ```
/// use chainrule::Tensor;
/// use chainrule_nn::data::Standardizer;
/// let x = Tensor::from([[0.0, 0.0], [0.0, 0.0], [1.0, 1.0], [1.0, 1.0]]);
/// let scaler = Standardizer::fit(&x)?;
/// assert_eq!(scaler.transform(&Tensor::from([[2.0, 2.0]]))?, Tensor::from([[3.0, 3.0]]));
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[doc(alias = "StandardScaler")]
pub struct Standardizer<T = f32> {
    means: Vec<T>,
    /// What is divided by: 1 for a constant column.
    scales: Vec<T>,
}

impl<T: Element> Standardizer<T> {
    /// Learns means and deviations.
    ///
    /// # Errors
    /// When there are no numbers, one is not finite, or they lie so far apart that their deviation is not.
    pub fn fit(x: &Tensor<T>) -> Result<Self> {
        const CALL: &str = "Standardizer::fit";
        let rows = columns::to_fit(CALL, x)?;
        // distances from a number of the column: no digits are lost to large means, and a constant is met exactly
        let start = &x.as_slice()[..columns::count(x)];
        let shifts = averages(rows.clone(), |x, column| x - wide(start[column]));
        let means: Vec<f64> = start.iter().zip(shifts).map(|(&start, shift)| wide(start) + shift).collect();
        let variances = averages(rows, |x, column| (x - means[column]).powi(2));
        if let Some(column) = variances.iter().position(|variance| !variance.is_finite()) {
            let problem = format!("the numbers of column {column} lie too far apart: their deviation is not finite");
            return Err(Error::Data { call: CALL, problem });
        }
        let scale = |variance: &f64| {
            let deviation = T::literal(variance.sqrt());
            if deviation.is_zero() { T::one() } else { deviation }
        };
        Ok(Self { means: means.into_iter().map(T::literal).collect(), scales: variances.iter().map(scale).collect() })
    }

    /// `(x - mean) / deviation`, in the shape of `x`.
    ///
    /// # Errors
    /// When there are other columns than in what was fitted, or a number is not finite.
    pub fn transform(&self, x: &Tensor<T>) -> Result<Tensor<T>> {
        const CALL: &str = "Standardizer::transform";
        columns::refuse_other(CALL, x, self.means.len())?;
        columns::refuse_not_finite(CALL, x)?;
        Ok(columns::map(x, |x, column| (x - self.means[column]) / self.scales[column]))
    }

    /// `x * deviation + mean`: the numbers that [`transform`](Self::transform) made `x` of.
    ///
    /// # Errors
    /// When there are other columns than in what was fitted.
    #[doc(alias = "inverse_transform")]
    pub fn inverse(&self, x: &Tensor<T>) -> Result<Tensor<T>> {
        columns::refuse_other("Standardizer::inverse", x, self.means.len())?;
        Ok(columns::map(x, |x, column| x * self.scales[column] + self.means[column]))
    }

    /// The mean of each column.
    pub fn means(&self) -> &[T] {
        &self.means
    }

    /// What each column is divided by: its standard deviation, or 1 where it is constant.
    pub fn scales(&self) -> &[T] {
        &self.scales
    }
}

/// The average of `f(x, column)` over each column.
fn averages<'a, T: Element>(rows: impl Iterator<Item = &'a [T]>, f: impl Fn(f64, usize) -> f64) -> Vec<f64> {
    let (mut sums, mut count) = (Vec::new(), 0.0);
    for row in rows {
        sums.resize(row.len(), 0.0);
        for (column, (sum, &x)) in sums.iter_mut().zip(row).enumerate() {
            *sum += f(wide(x), column);
        }
        count += 1.0;
    }
    sums.into_iter().map(|sum| sum / count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn as_in_the_documentation_of_scikit_learn() {
        // sklearn.preprocessing.StandardScaler, Examples
        let x = Tensor::from([[0.0, 0.0], [0.0, 0.0], [1.0, 1.0], [1.0, 1.0]]);
        let scaler = Standardizer::fit(&x).unwrap();
        assert_eq!(scaler.means(), [0.5, 0.5]);
        let scaled = Tensor::from([[-1.0, -1.0], [-1.0, -1.0], [1.0, 1.0], [1.0, 1.0]]);
        assert_eq!(scaler.transform(&x).unwrap(), scaled);
        assert_eq!(scaler.transform(&Tensor::from([[2.0, 2.0]])).unwrap(), Tensor::from([[3.0, 3.0]]));
        assert_eq!(scaler.inverse(&scaled).unwrap(), x);
    }

    #[test]
    fn a_constant_column_becomes_zero() {
        // three times 0.1 over 3 is not 0.1 in binary
        let x = Tensor::from([[0.1, 1.0], [0.1, 2.0], [0.1, 3.0]]);
        let scaled = Standardizer::fit(&x).unwrap().transform(&x).unwrap();
        assert_eq!(scaled.iter().step_by(2).copied().collect::<Vec<_>>(), [0.0; 3]);
        let tiny = Tensor::from([f32::from_bits(1), 0.0]);
        assert!(Standardizer::fit(&tiny).unwrap().transform(&tiny).unwrap().iter().all(|x| x.is_finite()));
    }

    #[test]
    fn a_large_mean_costs_no_digits() {
        // 4, 7, 13, 16 have mean 10 and variance 22.5
        let x = Tensor::from([4.0, 7.0, 13.0, 16.0].map(|x| x + 1e9));
        let scaler = Standardizer::fit(&x).unwrap();
        assert_eq!(scaler.means(), [1e9 + 10.0]);
        assert_eq!(scaler.scales(), [22.5_f64.sqrt()]);
    }

    #[test]
    fn columns_are_along_the_last_axis_whatever_the_rank() {
        let x = Tensor::from([[[0.0, 10.0], [0.0, 10.0]], [[1.0, 30.0], [1.0, 30.0]]]);
        let scaler = Standardizer::fit(&x).unwrap();
        assert_eq!((scaler.means(), scaler.scales()), (&[0.5, 20.0][..], &[0.5, 10.0][..]));
        assert_eq!(scaler.transform(&x).unwrap().to_vec(), [-1.0, -1.0, -1.0, -1.0, 1.0, 1.0, 1.0, 1.0]);
        // a list of numbers is one column
        assert_eq!(Standardizer::fit(&Tensor::from([0.0, 2.0])).unwrap().means(), [1.0]);
    }

    #[test]
    fn what_cannot_be_scaled_is_refused() {
        let x = Tensor::from([[0.0, 1.0], [2.0, f64::NAN]]);
        let error = Standardizer::fit(&x).unwrap_err().to_string();
        let expected = "Standardizer::fit: row 1, column 1 is NaN, counted from 0; drop the row, or fill in a number";
        assert_eq!(error, expected);
        let scaler = Standardizer::fit(&x.rows(0..1)).unwrap();
        assert!(scaler.transform(&x).unwrap_err().to_string().contains("row 1, column 1 is NaN"));
        let error = scaler.transform(&Tensor::from([[1.0, 2.0, 3.0]])).unwrap_err().to_string();
        assert_eq!(error, "Standardizer::transform: shape [1, 3] has 3 columns, but 2 were fitted");
        assert!(Standardizer::fit(&Tensor::<f32>::zeros([0, 3])).is_err());
        assert!(Standardizer::fit(&Tensor::<f32>::zeros([3, 0])).is_err());
        let error = Standardizer::fit(&Tensor::from([-1e200, 1e200])).unwrap_err().to_string();
        assert!(error.contains("column 0 lie too far apart"), "{error}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn the_inverse_gives_back_what_was_scaled(x in prop::collection::vec(-1e6..1e6_f64, 2..40)) {
            let x = Tensor::new([x.len() / 2, 2], x[..x.len() / 2 * 2].to_vec());
            let scaler = Standardizer::fit(&x).unwrap();
            let back = scaler.inverse(&scaler.transform(&x).unwrap()).unwrap();
            for (x, back) in x.iter().zip(&back) {
                prop_assert!((x - back).abs() <= 1e-9);
            }
        }
    }
}
