//! Examples and what a model should make of them.
use crate::error::{Error, Result};
use chainrule::{Element, Targets, Tensor};
use std::ops::Range;

/// Examples and their targets: row `i` of `y` says what a model should make of row `i` of `x`.
///
/// The first axis of both counts the examples. Targets are class labels, as for
/// [`softmax_cross_entropy`](Tensor::softmax_cross_entropy), or values.
///
/// ```
/// use chainrule::Tensor;
/// use chainrule_nn::data::Dataset;
/// # fn main() -> chainrule_nn::Result<()> {
/// let x = Tensor::<f32>::uniform([10, 2], -1.0, 1.0, 7);
/// let data = Dataset::new(x, Tensor::from([0, 1, 0, 1, 0, 1, 0, 1, 0, 1_usize]))?;
/// let [training, validation, test] = data.split([0.7, 0.2, 0.1], 42)?;
/// assert_eq!((training.len(), validation.len(), test.len()), (7, 2, 1));
/// for Dataset { x, .. } in training.batches(4) {
///     assert!(x.shape()[0] == 4 || x.shape()[0] == 3);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset<T = f32> {
    /// The examples, `[rows, ..]`.
    pub x: Tensor<T>,
    /// Their targets, as many rows.
    pub y: Targets<T>,
}

impl<T: Element> Dataset<T> {
    /// Examples with their targets: a tensor of `usize` holds classes, one of numbers values.
    ///
    /// # Errors
    /// When there are not as many rows of `x` as of `y`, or one of them is a single number and has no rows.
    pub fn new(x: Tensor<T>, y: impl Into<Targets<T>>) -> Result<Self> {
        let y = y.into();
        let problem = match (x.shape().first(), y.shape().first()) {
            (Some(examples), Some(targets)) if examples == targets => return Ok(Self { x, y }),
            (Some(examples), Some(targets)) => {
                format!("there are {examples} rows of examples and {targets} of targets; each example needs its target")
            }
            (None, _) => "the examples are a single number (shape []); their first axis must count them".into(),
            (_, None) => "the target is a single number (shape []); there must be one row for each example".into(),
        };
        Err(Error::Data { call: "Dataset::new", problem })
    }

    /// Examples and targets from arrays of `ndarray`: an array of `usize` holds classes, one of numbers values.
    ///
    /// ```
    /// use chainrule_nn::data::Dataset;
    /// use ndarray::array;
    /// let data = Dataset::from_arrays(array![[1.0, 2.0], [3.0, 4.0]], array![0_usize, 1])?;
    /// assert_eq!(data.len(), 2);
    /// # Ok::<(), chainrule_nn::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`new`](Self::new).
    #[cfg(feature = "ndarray")]
    pub fn from_arrays<Y: Clone, D: ndarray::Dimension, E: ndarray::Dimension>(
        x: ndarray::Array<T, D>,
        y: ndarray::Array<Y, E>,
    ) -> Result<Self>
    where
        Tensor<Y>: Into<Targets<T>>,
    {
        Self::new(x.into(), Tensor::from(y))
    }

    /// How many examples there are.
    pub fn len(&self) -> usize {
        self.x.shape().first().copied().unwrap_or(0)
    }

    /// Whether there are no examples.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The examples of a range; nothing is copied.
    ///
    /// # Panics
    /// When the range reaches beyond the last row.
    #[must_use]
    #[track_caller]
    pub fn rows(&self, range: Range<usize>) -> Self {
        Self { x: self.x.rows(range.clone()), y: self.y.rows(range) }
    }

    /// The examples that `rows` name, in that order; an example may occur many times.
    ///
    /// # Panics
    /// When there is no such row.
    #[must_use]
    #[track_caller]
    pub fn take(&self, rows: &[usize]) -> Self {
        let indices = Tensor::from_slice([rows.len()], rows);
        let y = match &self.y {
            Targets::Classes(classes) => Targets::Classes(classes.take(0, &indices)),
            Targets::Values(values) => Targets::Values(values.take(0, &indices)),
        };
        Self { x: self.x.take(0, &indices), y }
    }

    /// Batches of `size` examples in the order in which they stand, the last one smaller where they do not go into them
    /// evenly; nothing is copied.
    ///
    /// # Panics
    /// When `size` is 0.
    #[track_caller]
    pub fn batches(&self, size: usize) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + use<'_, T> {
        assert!(size > 0, "batches: the size is 0, but a batch holds at least one example");
        let rows = self.len();
        (0..rows.div_ceil(size)).map(move |batch| self.rows(batch * size..rows.min((batch + 1) * size)))
    }

    /// The same examples with a 1 in the place of their class and 0 elsewhere as targets, `[rows, classes]`.
    ///
    /// # Errors
    /// When the targets are not classes, or one is not below `classes`.
    pub fn one_hot(&self, classes: usize) -> Result<Self> {
        let labels = self.labels("one_hot")?;
        if let Some(row) = labels.iter().position(|&label| label >= classes) {
            let problem = format!(
                "row {row} has class {}, which is not below the {classes} classes; classes count from 0",
                labels.as_slice()[row]
            );
            return Err(Error::Data { call: "one_hot", problem });
        }
        Ok(Self { x: self.x.clone(), y: Tensor::<T>::one_hot(labels, classes).into() })
    }

    /// The class of each example.
    pub(super) fn labels(&self, call: &'static str) -> Result<&Tensor<usize>> {
        self.y.classes().ok_or_else(|| Error::Data {
            call,
            problem: "the targets are values, but classes are needed: give them as a tensor of `usize`".into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn five() -> Dataset {
        let x = Tensor::from([[0.0, 0.5], [1.0, 1.5], [2.0, 2.5], [3.0, 3.5], [4.0, 4.5]]);
        Dataset::new(x, Tensor::from([0_usize, 1, 2, 0, 1])).unwrap()
    }

    #[test]
    fn each_example_needs_its_target() {
        let error = Dataset::new(Tensor::<f32>::zeros([3, 2]), Tensor::<usize>::from([0, 1])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "Dataset::new: there are 3 rows of examples and 2 of targets; each example needs its target"
        );
        assert!(Dataset::new(Tensor::<f32>::scalar(1.0), Tensor::<usize>::from([0])).is_err());
        assert!(Dataset::new(Tensor::<f64>::zeros([1]), Tensor::<f64>::scalar(1.0)).is_err());
    }

    #[test]
    fn batches_keep_the_order_and_the_last_is_smaller() {
        let data = five();
        let batches: Vec<_> = data.batches(2).collect();
        let labels = |data: &Dataset| data.y.classes().unwrap().to_vec();
        assert_eq!(batches.iter().map(labels).collect::<Vec<_>>(), [vec![0, 1], vec![2, 0], vec![1]]);
        assert_eq!(batches[2].x.to_vec(), [4.0, 4.5]);
        assert_eq!(data.batches(2).len(), 3);
        assert_eq!(data.rows(0..0).batches(2).len(), 0);
    }

    #[test]
    fn examples_are_taken_with_their_targets() {
        let data = five().take(&[4, 2, 4]);
        assert_eq!(data.x, Tensor::from([[4.0, 4.5], [2.0, 2.5], [4.0, 4.5]]));
        assert_eq!(data.y.classes().unwrap().to_vec(), [1, 2, 1]);
    }

    #[test]
    fn one_hot_targets_are_values() {
        let data = five().one_hot(3).unwrap();
        let rows = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]];
        assert_eq!(data.y.values().unwrap(), &Tensor::from(rows));
        assert!(data.one_hot(3).unwrap_err().to_string().contains("the targets are values"));
        assert_eq!(
            five().one_hot(2).unwrap_err().to_string(),
            "one_hot: row 2 has class 2, which is not below the 2 classes; classes count from 0"
        );
    }
}
