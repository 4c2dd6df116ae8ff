//! Logarithms of sums of exponentials over axes.

use super::along::Along;
use crate::array::{Axes, AxisSet, Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use num_traits::Float;

/// `y = ln Σ exp x` over some axes, computed as `m + ln Σ exp (x - m)` with the greatest element m, so that nothing overflows.
/// Gradient `exp (x - y)`, the softmax, times upstream.
///
/// Of nothing, and where all x are -infinity, y is -infinity and the gradient 0. With +infinity among the elements y is
/// +infinity; the finite ones have gradient 0, the infinite ones NaN. NaN propagates.
#[derive(Clone, Debug)]
pub struct LogSumExp(AxisSet);

/// What is subtracted before the exponential: the greatest element without its derivative, as it cancels in the end; nothing
/// where it is infinite or NaN, which then is the result.
#[inline(always)]
fn shift<T: Element>(greatest: T) -> T {
    if greatest.is_finite() { greatest.to_f64().map_or(greatest, T::literal) } else { T::zero() }
}

impl<T: Element> Op<T, 1> for LogSumExp {
    const NAME: &'static str = "log_sum_exp";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let reduction = self.0.reduce("log_sum_exp", x.shape());
        let along = Along::new(x.shape(), &reduction.kept);
        let mut shifts = pool.full(&reduction.result, T::neg_infinity());
        along.choose(x.as_slice(), shifts.as_mut_slice(), |best, x| if x > best || x.is_nan() { x } else { best });
        shifts.as_mut_slice().iter_mut().for_each(|greatest| *greatest = shift(*greatest));
        let mut y = pool.full(&reduction.result, T::zero());
        let sums = y.as_mut_slice();
        along.sum(x.as_slice(), shifts.as_slice(), sums, |x, shift| T::from_lane((x - shift).lane().exp()));
        sums.iter_mut().zip(&shifts).for_each(|(sum, &shift)| *sum = shift + sum.ln());
        pool.give(shifts);
        y
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], y: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let kept = self.0.reduce("log_sum_exp", x.shape()).kept;
        into.accumulate(0, |sum, onto| {
            let along = Along::new(x.shape(), &kept);
            along.spread(x.as_slice(), [y.as_slice(), upstream.as_slice()], (sum, onto), |x, [y, upstream]| {
                let slope = if y == T::neg_infinity() { T::zero() } else { T::from_lane((x - y).lane().exp()) };
                slope.chain(upstream)
            });
        });
    }
}

methods! {
    /// ln Σ exp x over all elements, a single number, never overflowing; -infinity for none.
    ///
    /// Its gradient is exp(x - y), the softmax; where every element is -infinity it is 0.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = TensorTape::new();
    /// let x = tape.var(Tensor::from([1000.0, 1000.0]));
    /// assert_eq!(x.log_sum_exp().item(), 1000.6931471805599);
    /// assert!(x.log_sum_exp().backward().of(x).iter().all(|slope: &f64| (slope - 0.5).abs() < 1e-12));
    /// ```
    fn log_sum_exp(x) => LogSumExp(AxisSet::new(..));

    /// ln Σ exp x over some axes: `1`, `[0, -1]`, `..`, or [`keepdims`](crate::keepdims) of these; -infinity along axes
    /// without elements.
    ///
    /// Its gradient is exp(x - y), the softmax, times upstream; where every element is -infinity it is 0.
    ///
    /// # Panics
    /// When an axis does not exist, or is named twice.
    fn log_sum_exp_along(x; axes: impl Axes) => LogSumExp(AxisSet::new(axes));
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
        Case::new(LogSumExp(axes.clone()), [x], move |[x]| {
            plain::reduce(x, &axes, |group| group.iter().map(|x| x.exp()).sum::<f64>().ln())
        })
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    const INF: f64 = f64::INFINITY;

    fn value_and_gradient<const N: usize>(x: [f64; N]) -> (f64, Vec<f64>) {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::from(x));
        let y = x.log_sum_exp();
        (y.item(), y.backward().of(x).to_vec())
    }

    #[test]
    fn far_out_it_stays_finite() {
        assert_eq!(value_and_gradient([1000.0, 1000.0]).0, 1_000.693_147_180_559_9);
        let (y, gradient) = value_and_gradient([-1e5, -2e5]);
        assert_eq!((y, gradient), (-1e5, vec![1.0, 0.0]));
        assert_eq!(Tensor::from([200.0_f32, 200.0]).log_sum_exp().item(), 200.69315);
    }

    #[test]
    fn infinities() {
        assert_eq!(value_and_gradient([-INF, -INF]), (-INF, vec![0.0, 0.0]));
        assert_eq!(value_and_gradient([0.0, -INF]), (0.0, vec![1.0, 0.0]));
        let (y, gradient) = value_and_gradient([1.0, INF]);
        assert_eq!((y, gradient[0]), (INF, 0.0));
        assert!(gradient[1].is_nan());
        assert!(value_and_gradient([f64::NAN, INF]).0.is_nan());
        assert_eq!(Tensor::<f64>::zeros([2, 0]).log_sum_exp_along(1).to_vec(), [-INF, -INF]);
    }

    #[test]
    fn minus_infinity_has_gradient_0_in_forward_mode() {
        let x = Tensor::from([Dual::new(-INF, 1.0), Dual::new(-INF, 2.0)]);
        let y = x.log_sum_exp().item();
        assert_eq!((y.value, y.epsilon), (-INF, 0.0));
        let x = Tensor::from([Dual::new(-INF, 1.0), Dual::new(3.0, 2.0)]);
        let y = x.log_sum_exp().item();
        assert_eq!((y.value, y.epsilon), (3.0, 2.0));
    }

    #[test]
    #[should_panic(expected = "log_sum_exp: there is no axis -3 in shape [2, 3]")]
    fn a_missing_axis_is_named() {
        let _ = Tensor::<f64>::zeros([2, 3]).log_sum_exp_along(keepdims(-3));
    }
}
