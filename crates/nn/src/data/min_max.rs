//! Columns from 0 to 1.

use super::columns;
use crate::error::{Error, Result};
use chainrule::{Element, Tensor};

/// Brings each column from its least and greatest number to 0 and 1, or to another range:
/// `(x - min) / (max - min) * (high - low) + low`, as scikit-learn's `MinMaxScaler`.
///
/// Columns are along the last axis and rows over all the others; a plain list of numbers is one column. A constant column
/// becomes `low`. Numbers beyond those that were fitted end up outside of the range. Fit it to the training examples alone.
///
/// ```
/// use chainrule::Tensor;
/// use chainrule_nn::data::MinMax;
/// let x = Tensor::from([[-1.0, 2.0], [-0.5, 6.0], [0.0, 10.0], [1.0, 18.0]]);
/// let scaler = MinMax::fit(&x)?;
/// assert_eq!(scaler.transform(&Tensor::from([[2.0, 2.0]]))?, Tensor::from([[1.5, 0.0]]));
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[doc(alias = "MinMaxScaler")]
pub struct MinMax<T = f32> {
    minima: Vec<T>,
    /// What is divided by: 1 for a constant column.
    spans: Vec<T>,
    low: T,
    high: T,
}

impl<T: Element> MinMax<T> {
    /// Learns the least and the greatest number of each column, which are brought to 0 and 1.
    ///
    /// # Errors
    /// When there are no numbers, one is not finite, or they lie so far apart that their distance is not.
    pub fn fit(x: &Tensor<T>) -> Result<Self> {
        const CALL: &str = "MinMax::fit";
        let rows = columns::to_fit(CALL, x)?;
        let mut minima = x.as_slice()[..columns::count(x)].to_vec();
        let mut maxima = minima.clone();
        for row in rows {
            for ((min, max), &x) in minima.iter_mut().zip(&mut maxima).zip(row) {
                *min = min.min(x);
                *max = max.max(x);
            }
        }
        let mut spans: Vec<T> = maxima.iter().zip(&minima).map(|(&max, &min)| max - min).collect();
        if let Some(column) = spans.iter().position(|span| !span.is_finite()) {
            let problem = format!("the numbers of column {column} lie too far apart: their distance is not finite");
            return Err(Error::Data { call: CALL, problem });
        }
        spans.iter_mut().filter(|span| span.is_zero()).for_each(|span| *span = T::one());
        Ok(Self { minima, spans, low: T::zero(), high: T::one() })
    }

    /// The same columns brought to the range from `low` to `high`.
    ///
    /// # Errors
    /// When `low` is not below `high`, or one of them is not finite.
    #[doc(alias = "feature_range")]
    pub fn range(self, low: T, high: T) -> Result<Self> {
        if low < high && (high - low).is_finite() {
            return Ok(Self { low, high, ..self });
        }
        let problem = format!("from {low} to {high} is not a range of finite numbers in ascending order");
        Err(Error::Option { call: "MinMax::range", problem })
    }

    /// The scaled numbers, in the shape of `x`.
    ///
    /// # Errors
    /// When there are other columns than in what was fitted, or a number is not finite.
    pub fn transform(&self, x: &Tensor<T>) -> Result<Tensor<T>> {
        const CALL: &str = "MinMax::transform";
        columns::refuse_other(CALL, x, self.minima.len())?;
        columns::refuse_not_finite(CALL, x)?;
        let width = self.high - self.low;
        Ok(columns::map(x, |x, column| (x - self.minima[column]) / self.spans[column] * width + self.low))
    }

    /// The numbers that [`transform`](Self::transform) made `x` of.
    ///
    /// # Errors
    /// When there are other columns than in what was fitted.
    #[doc(alias = "inverse_transform")]
    pub fn inverse(&self, x: &Tensor<T>) -> Result<Tensor<T>> {
        columns::refuse_other("MinMax::inverse", x, self.minima.len())?;
        let width = self.high - self.low;
        Ok(columns::map(x, |x, column| (x - self.low) / width * self.spans[column] + self.minima[column]))
    }

    /// The least number of each column.
    pub fn minima(&self) -> &[T] {
        &self.minima
    }

    /// How far each column reaches from its least to its greatest number, or 1 where it is constant.
    pub fn spans(&self) -> &[T] {
        &self.spans
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn as_in_the_documentation_of_scikit_learn() {
        // sklearn.preprocessing.MinMaxScaler, Examples
        let x = Tensor::from([[-1.0, 2.0], [-0.5, 6.0], [0.0, 10.0], [1.0, 18.0]]);
        let scaler = MinMax::fit(&x).unwrap();
        let scaled = Tensor::from([[0.0, 0.0], [0.25, 0.25], [0.5, 0.5], [1.0, 1.0]]);
        assert_eq!(scaler.transform(&x).unwrap(), scaled);
        assert_eq!(scaler.transform(&Tensor::from([[2.0, 2.0]])).unwrap(), Tensor::from([[1.5, 0.0]]));
        assert_eq!(scaler.inverse(&scaled).unwrap(), x);
        // by hand: 0.25 of the way from -2 to 2 is -1
        let wide = scaler.range(-2.0, 2.0).unwrap().transform(&x).unwrap();
        assert_eq!(wide, Tensor::from([[-2.0, -2.0], [-1.0, -1.0], [0.0, 0.0], [2.0, 2.0]]));
    }

    #[test]
    fn edges() {
        let constant = Tensor::from([0.1f32, 0.1, 0.1]);
        let scaler = MinMax::fit(&constant).unwrap();
        assert_eq!(scaler.transform(&constant).unwrap().to_vec(), [0.0; 3]);
        assert_eq!(scaler.clone().range(-1.0, 1.0).unwrap().transform(&constant).unwrap().to_vec(), [-1.0; 3]);
        let error = scaler.range(1.0, 1.0).unwrap_err().to_string();
        assert_eq!(error, "MinMax::range: from 1 to 1 is not a range of finite numbers in ascending order");
        assert!(MinMax::fit(&Tensor::from([f64::MIN, f64::MAX])).is_err());
        let error = MinMax::fit(&Tensor::from([[[1.0], [f32::INFINITY]]])).unwrap_err().to_string();
        assert!(error.contains("row 1 (of all but the last axis of shape [1, 2, 1]), column 0 is inf"), "{error}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn the_inverse_gives_back_what_was_scaled(x in prop::collection::vec(-1e6..1e6_f64, 1..40)) {
            let x = Tensor::from(x);
            let scaler = MinMax::fit(&x).unwrap().range(-1.0, 1.0).unwrap();
            let scaled = scaler.transform(&x).unwrap();
            prop_assert!(scaled.iter().all(|x| (-1.0..=1.0).contains(x)));
            for (x, back) in x.iter().zip(&scaler.inverse(&scaled).unwrap()) {
                prop_assert!((x - back).abs() <= 1e-9);
            }
        }
    }
}
