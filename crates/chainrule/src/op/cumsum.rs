//! Running sums.

use super::along::Lanes;
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;

/// `y[k] = x[0] + ... + x[k]` along an axis; the gradient is the sum of the upstream gradient from there on to the end.
#[derive(Clone, Debug)]
pub struct CumulativeSum(isize);

impl<T: Element> Op<T, 1> for CumulativeSum {
    const NAME: &'static str = "cumsum";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let axis = x.shape().axis_of("cumsum", self.0);
        let lanes = Lanes::new(x.shape(), axis);
        pool.filled(x.shape(), |y| lanes.run(x.as_slice(), y, |before, x| before + x))
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let lanes = Lanes::new(x.shape(), x.shape().axis_of("cumsum", self.0));
        let (pool, upstream) = (into.pool(), upstream.as_slice());
        into.accumulate(0, |sum, onto| {
            let mut running = pool.scratch([lanes.inner]);
            let total = running.as_mut_slice();
            lanes.each_row_back(|at, k| {
                if k + 1 == lanes.count {
                    total.fill(T::zero());
                }
                for ((sum, total), &upstream) in sum[at..].iter_mut().zip(&mut *total).zip(&upstream[at..]) {
                    *total += upstream;
                    *sum = if onto == Onto::Fresh { *total } else { *sum + *total };
                }
            });
            pool.give(running);
        });
    }
}

methods! {
    /// The running sums along `axis`: element k is the sum of the elements up to and with k.
    ///
    /// Its gradient is the sum of the upstream gradient from each element on to the end.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = TensorTape::new();
    /// let x = tape.var(Tensor::from([1.0, 2.0, 3.0]));
    /// assert_eq!(x.cumsum(0).value().to_vec(), [1.0, 3.0, 6.0]);
    /// assert_eq!(x.cumsum(0).sum().backward().of(x).to_vec(), [3.0, 2.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// When the axis does not exist.
    fn cumsum(x; axis: isize) => CumulativeSum(axis);
}

#[cfg(test)]
use super::{
    along::plain,
    checking::{Case, Checks},
};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let axis = draw.axis(&draw.shape())?;
        let x = draw.tensor(draw.shape());
        Some(Case::new(CumulativeSum(axis), [x], move |[x]| {
            let count = x.shape()[x.shape().axis(axis).unwrap()];
            plain::lanes(x, axis, count, |lane, k| lane[..=k].iter().sum())
        }))
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn gradients_are_added_to_those_that_arrived() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::from([[1.0, 2.0], [3.0, 4.0]]));
        let gradient = (x.cumsum(0) + x.cumsum(1)).sum().backward().of(x);
        assert_eq!(gradient.to_vec(), [4.0, 3.0, 3.0, 2.0]);
        assert!(Tensor::from([f64::NAN, 1.0]).cumsum(0)[[1]].is_nan());
    }

    #[test]
    #[should_panic(expected = "cumsum: there is no axis 1 in shape [3]; axes go from 0 to 0, or from -1 to -1")]
    fn a_missing_axis_is_named() {
        let _ = Tensor::from([1.0, 2.0, 3.0]).cumsum(1);
    }
}
