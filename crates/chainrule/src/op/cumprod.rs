//! Running products.

use super::along::Lanes;
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;

/// `y[k] = x[0] ... x[k]` along an axis. The gradient is `x̄[k] = y[k-1] r[k]` with `r[k] = ȳ[k] + x[k+1] r[k+1]`, the gradient by
/// the running product itself.
///
/// Nothing is divided, so zeros are exact, also in second order.
#[derive(Clone, Debug)]
pub struct CumulativeProduct(isize);

impl<T: Element> Op<T, 1> for CumulativeProduct {
    const NAME: &'static str = "cumprod";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let axis = x.shape().axis_of("cumprod", self.0);
        let lanes = Lanes::new(x.shape(), axis);
        pool.filled(x.shape(), |y| lanes.run(x.as_slice(), y, |before, x| before * x))
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], y: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let lanes = Lanes::new(x.shape(), x.shape().axis_of("cumprod", self.0));
        let (x, y, upstream, pool) = (x.as_slice(), y.as_slice(), upstream.as_slice(), into.pool());
        into.accumulate(0, |sum, onto| {
            let mut running = pool.scratch([lanes.inner]);
            let gradients = running.as_mut_slice();
            lanes.each_row_back(|at, k| {
                let (rows, upstream) = (sum[at..].iter_mut().zip(&mut *gradients), &upstream[at..]);
                for (i, ((sum, gradient), &upstream)) in rows.zip(upstream).enumerate() {
                    let later = if k + 1 == lanes.count { T::zero() } else { x[at + lanes.inner + i].chain(*gradient) };
                    *gradient = upstream + later;
                    let share = if k == 0 { *gradient } else { y[at - lanes.inner + i].chain(*gradient) };
                    *sum = if onto == Onto::Fresh { share } else { *sum + share };
                }
            });
            pool.give(running);
        });
    }
}

methods! {
    /// The running products along `axis`: element k is the product of the elements up to and with k.
    ///
    /// Its gradient is exact also where some elements are 0.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = TensorTape::new();
    /// let x = tape.var(Tensor::from([2.0, 0.0, 3.0]));
    /// assert_eq!(x.cumprod(0).value().to_vec(), [2.0, 0.0, 0.0]);
    /// assert_eq!(x.cumprod(0).sum().backward().of(x).to_vec(), [1.0, 8.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// When the axis does not exist.
    fn cumprod(x; axis: isize) => CumulativeProduct(axis);
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
        let mut x = draw.tensor(draw.shape());
        if draw.flag() {
            for element in x.as_mut_slice() {
                *element = if draw.below(5) == 0 { 0.0 } else { *element };
            }
        }
        Some(Case::new(CumulativeProduct(axis), [x], move |[x]| {
            let count = x.shape()[x.shape().axis(axis).unwrap()];
            plain::lanes(x, axis, count, |lane, k| lane[..=k].iter().product())
        }))
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn zeros_are_exact_and_gradients_are_added() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::from([[2.0, 0.0, 0.0, 4.0]]));
        assert_eq!(x.cumprod(1).sum().backward().of(x).to_vec(), [1.0, 2.0, 0.0, 0.0]);
        let twice = (x.cumprod(-1) + x.cumprod(-1) + x.cumprod(0)).sum().backward().of(x);
        assert_eq!(twice.to_vec(), [3.0, 5.0, 1.0, 1.0]);
    }

    #[test]
    fn zeros_are_exact_in_second_order() {
        // y = [x, xy, xyz] at [2, 0, 3], along y: the slopes 1 + y + yz, x + xz and xy change by 1 + z, 0 and x
        let tape = Tape::new();
        let x = tape.var(Tensor::from([(2.0, 0.0), (0.0, 1.0), (3.0, 0.0)].map(|(x, v)| Dual::new(x, v))));
        let curvature = x.cumprod(0).sum().backward().of(x).map(|slope| slope.epsilon);
        assert_eq!(curvature.to_vec(), [4.0, 0.0, 2.0]);
    }

    #[test]
    #[should_panic(expected = "cumprod: there is no axis 0 in a single number (shape [])")]
    fn a_missing_axis_is_named() {
        let _ = Tensor::scalar(2.0).cumprod(0);
    }
}
