//! Means over axes.

use super::along::Along;
use super::sum::{of_rows, spread, spread_over_rows, total};
use crate::array::strided::{Layout, scatter_add};
use crate::array::{Axes, AxisSet, Element, Pool, Tensor};
use crate::tensor::{Op, Sink};

/// `y = Σ x / n` over some axes, n elements each; the gradient is the upstream gradient divided by n, repeated along them.
///
/// The mean of nothing is NaN, as in `numpy`.
#[derive(Clone, Debug)]
pub struct Mean(AxisSet);

impl<T: Element> Op<T, 1> for Mean {
    const NAME: &'static str = "mean";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        if self.0.are_all() {
            return pool.full([], total(x) / T::literal(x.len() as f64));
        }
        if let Some((length, result)) = self.0.rows(x.shape()) {
            let count = T::literal(length as f64);
            return of_rows(x, length, result, pool, |sum| sum / count);
        }
        let reduction = self.0.reduce("mean", x.shape());
        let count = T::literal(reduction.count as f64);
        pool.filled(&reduction.result, |mean| {
            mean.fill(T::zero());
            let layout = Layout::broadcast(&reduction.kept, x.shape());
            T::loops(|| scatter_add(x.shape(), x.as_slice(), &layout, mean));
            T::loops(|| mean.iter_mut().for_each(|mean| *mean /= count));
        })
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        if self.0.are_all() {
            return spread(upstream.as_slice()[0] / T::literal(x.len() as f64), into);
        }
        if let Some((length, _)) = self.0.rows(x.shape()) {
            let count = T::literal(length as f64);
            return spread_over_rows(upstream, length, into, |gradient| gradient / count);
        }
        let reduction = self.0.reduce("mean", x.shape());
        let count = T::literal(reduction.count as f64);
        into.accumulate(0, |sum, onto| {
            let along = Along::new(x.shape(), &reduction.kept);
            along.spread(x.as_slice(), [upstream.as_slice()], (sum, onto), |_, [upstream]| upstream / count);
        });
    }
}

methods! {
    /// The mean of all elements, a single number; NaN for none. Its gradient is 1/n by each of the n elements.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = TensorTape::new();
    /// let x = tape.var(Tensor::from([[1.0, 2.0], [3.0, 4.0]]));
    /// assert_eq!(x.mean().item(), 2.5);
    /// assert_eq!(x.mean().backward().of(x).to_vec(), [0.25; 4]);
    /// ```
    fn mean(x) => Mean(AxisSet::new(..));

    /// The mean over some axes: `1`, `[0, -1]`, `..`, or [`keepdims`](crate::keepdims) of these; NaN along axes without
    /// elements. Its gradient is the upstream gradient divided by the number of elements, repeated along them.
    ///
    /// # Panics
    /// When an axis does not exist, or is named twice.
    fn mean_along(x; axes: impl Axes) => Mean(AxisSet::new(axes));
}

#[cfg(test)]
use super::{
    along::plain,
    checking::{Case, Checks},
};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let x = draw.tensor(draw.shape());
        let axes = plain::axes(draw, x.shape());
        Case::new(Mean(axes.clone()), [x], move |[x]| {
            plain::reduce(x, &axes, |group| group.iter().sum::<f64>() / group.len() as f64)
        })
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn the_mean_of_nothing_is_nan() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::<f64>::zeros([2, 0]));
        assert!(x.mean().item().is_nan());
        assert!(x.mean_along(1).value().iter().all(|mean| mean.is_nan()));
        assert_eq!(x.mean_along(0).shape(), [0]);
        assert_eq!(x.mean().backward().of(x).shape(), [2, 0]);
    }

    #[test]
    fn long_means_of_f32_keep_their_digits() {
        let x = Tensor::<f32>::full([3_000_000], 0.1);
        assert!((x.mean().item() - 0.1).abs() < 1e-7);
    }

    #[test]
    #[should_panic(expected = "mean: there is no axis 2 in shape [2, 3]")]
    fn a_missing_axis_is_named() {
        let _ = Tensor::<f64>::zeros([2, 3]).mean_along(2);
    }
}
