//! Variances and standard deviations over axes.

use super::along::Along;
use crate::array::strided::{Layout, copy};
use crate::array::{Axes, AxisSet, Element, Pool, Reduction, Tensor};
use crate::tensor::{Op, Sink};

/// `y = Σ (x - m)² / (n - ddof)` over some axes, n elements each with mean m, in two passes; gradient `2 (x - m) / (n - ddof)`
/// times upstream.
///
/// Where `ddof` is n or more, the divisor is 0 as in `numpy`: NaN for equal elements or none, else infinity.
#[derive(Clone, Debug)]
pub struct Variance(Spread);

/// `s = √(Σ (x - m)² / (n - ddof))` over some axes, the root of the [`Variance`]; gradient `(x - m) / ((n - ddof) s)` times
/// upstream, and 0 where s = 0 (least norm): the deviation of constants has gradient 0.
#[derive(Clone, Debug)]
pub struct StandardDeviation(Spread);

/// Around which mean, and by how many the divisor is smaller than the number of elements.
#[derive(Clone, Debug)]
struct Spread {
    axes: AxisSet,
    ddof: usize,
}

impl Spread {
    fn new(axes: impl Axes, ddof: usize) -> Self {
        Self { axes: AxisSet::new(axes), ddof }
    }

    /// n - ddof, and at least 0.
    fn divisor<T: Element>(&self, reduction: &Reduction) -> T {
        T::literal(reduction.count.saturating_sub(self.ddof) as f64)
    }

    #[track_caller]
    fn variance<T: Element>(&self, operation: &str, x: &Tensor<T>, pool: &Pool<T>) -> Tensor<T> {
        let reduction = self.axes.reduce(operation, x.shape());
        let divisor: T = self.divisor(&reduction);
        let mean = mean(x, &reduction, pool);
        let along = Along::new(x.shape(), &reduction.kept);
        let variance = pool.filled(&reduction.result, |sums| {
            sums.fill(T::zero());
            along.sum(x.as_slice(), mean.as_slice(), sums, |x, mean| (x - mean) * (x - mean));
            for sum in sums {
                *sum /= divisor;
            }
        });
        pool.give(mean);
        variance
    }
}

/// The mean of the elements that become one, measured from the first of them: so equal elements have exactly their own mean, and
/// a deviation of exactly 0.
fn mean<T: Element>(x: &Tensor<T>, reduction: &Reduction, pool: &Pool<T>) -> Tensor<T> {
    let count = T::literal(reduction.count as f64);
    let first = pool.filled(&reduction.kept, |first| {
        if x.is_empty() {
            first.fill(T::zero());
        } else {
            copy(&reduction.kept, x.as_slice(), &Layout::dense(x.shape()), first);
        }
    });
    let mut mean = pool.full(&reduction.kept, T::zero());
    let (sums, starts) = (mean.as_mut_slice(), first.as_slice());
    Along::new(x.shape(), &reduction.kept).sum(x.as_slice(), starts, sums, |x, first| x - first);
    sums.iter_mut().zip(starts).for_each(|(sum, &first)| *sum = first + *sum / count);
    pool.give(first);
    mean
}

impl<T: Element> Op<T, 1> for Variance {
    const NAME: &'static str = "var";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        self.0.variance("var", x, pool)
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let reduction = self.0.axes.reduce("var", x.shape());
        let (two, divisor): (T, T) = (T::literal(2.0), self.0.divisor(&reduction));
        let pool = into.pool();
        into.accumulate(0, |sum, onto| {
            let mean = mean(x, &reduction, pool);
            let results = [mean.as_slice(), upstream.as_slice()];
            let along = Along::new(x.shape(), &reduction.kept);
            along.spread(x.as_slice(), results, (sum, onto), |x, [mean, upstream]| {
                (two * (x - mean) / divisor).chain(upstream)
            });
            pool.give(mean);
        });
    }
}

impl<T: Element> Op<T, 1> for StandardDeviation {
    const NAME: &'static str = "std";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let mut root = self.0.variance("std", x, pool);
        root.as_mut_slice().iter_mut().for_each(|root| *root = root.sqrt());
        root
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], s: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let reduction = self.0.axes.reduce("std", x.shape());
        let divisor: T = self.0.divisor(&reduction);
        let pool = into.pool();
        into.accumulate(0, |sum, onto| {
            let mean = mean(x, &reduction, pool);
            let results = [mean.as_slice(), s.as_slice(), upstream.as_slice()];
            let along = Along::new(x.shape(), &reduction.kept);
            along.spread(x.as_slice(), results, (sum, onto), |x, [mean, s, upstream]| {
                let slope = if s.is_zero() { T::zero() } else { (x - mean) / s / divisor };
                slope.chain(upstream)
            });
            pool.give(mean);
        });
    }
}

methods! {
    /// The variance of all elements, a single number: the mean of the squared distances from their mean. NaN for none.
    ///
    /// Its gradient is 2 (x - mean) / n by each of the n elements.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = TensorTape::new();
    /// let x = tape.var(Tensor::from([1.0, 2.0, 3.0, 6.0]));
    /// assert_eq!(x.var().item(), 3.5);
    /// assert_eq!(x.var().backward().of(x).to_vec(), [-1.0, -0.5, 0.0, 1.5]);
    /// ```
    fn var(x) => Variance(Spread::new(.., 0));

    /// The variance over some axes, with the divisor n - `ddof` for n elements: `ddof` 0 is the variance of the elements
    /// themselves, 1 the unbiased estimate from a sample. Where `ddof` is n or more the divisor is 0, and the result NaN for
    /// equal elements or none, else infinity.
    ///
    /// Its gradient is 2 (x - mean) / (n - `ddof`) times the upstream gradient.
    ///
    /// # Panics
    /// When an axis does not exist, or is named twice.
    fn var_along(x; axes: impl Axes, ddof: usize) => Variance(Spread::new(axes, ddof));

    /// The standard deviation of all elements, a single number: the root of [`var`](Self::var).
    ///
    /// Its gradient is (x - mean) / (n std) by each of the n elements, and 0 where all are equal.
    fn std(x) => StandardDeviation(Spread::new(.., 0));

    /// The standard deviation over some axes: the root of [`var_along`](Self::var_along).
    ///
    /// Its gradient is (x - mean) / ((n - `ddof`) std) times the upstream gradient, and 0 where all elements are equal.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::from([[1.0, 3.0], [5.0, 5.0]]);
    /// assert_eq!(x.std_along(1, 0), Tensor::from([1.0, 0.0]));
    /// assert_eq!(x.var_along(1, 1), Tensor::from([2.0, 0.0]));
    /// ```
    ///
    /// # Panics
    /// When an axis does not exist, or is named twice.
    fn std_along(x; axes: impl Axes, ddof: usize) => StandardDeviation(Spread::new(axes, ddof));
}

#[cfg(test)]
use super::{
    along::plain,
    checking::{Case, Checks, Draw},
};

/// A tensor, axes with elements along them, and a `ddof` below their number.
#[cfg(test)]
fn draw_spread(draw: &mut Draw) -> Option<(Tensor<f64>, Spread)> {
    let x = draw.tensor(draw.shape());
    let axes = plain::axes(draw, x.shape());
    let count = axes.reduce("plain", x.shape()).count;
    let ddof = if count < 2 { 0 } else { draw.below(2) };
    (count > 0).then_some((x, Spread { axes, ddof }))
}

#[cfg(test)]
fn plain_variance(x: &Tensor<f64>, spread: &Spread) -> Tensor<f64> {
    plain::reduce(x, &spread.axes, |group| {
        let mean = group.iter().sum::<f64>() / group.len() as f64;
        let squares: f64 = group.iter().map(|x| (x - mean).powi(2)).sum();
        squares / (group.len() - spread.ddof) as f64
    })
}

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let (x, spread) = draw_spread(draw)?;
        Some(Case::new(Variance(spread.clone()), [x], move |[x]| plain_variance(x, &spread)))
    });
    check.each(|draw| {
        let (x, spread) = draw_spread(draw)?;
        let naive = spread.clone();
        Some(Case::new(StandardDeviation(spread), [x], move |[x]| plain_variance(x, &naive).map(f64::sqrt)))
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn the_deviation_of_constants_has_gradient_0() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::from([[0.1; 3], [1.0, 2.0, 4.0]]));
        let std = x.std_along(1, 0);
        assert_eq!(std.value()[[0]], 0.0);
        let gradient = std.sum().backward().of(x);
        assert_eq!(gradient.rows(0..1).to_vec(), [0.0; 3]);
        assert!(gradient.rows(1..2).iter().all(|slope| slope.is_finite()));
        // also behind an infinite slope
        let x = tape.var(Tensor::from([2.0, 2.0]));
        assert_eq!(x.std().recip().backward().of(x).to_vec(), [0.0, 0.0]);
    }

    #[test]
    fn without_degrees_of_freedom_as_numpy() {
        // numpy: np.var([1., 2.], ddof=2) = inf, ddof=5 = inf; np.var([3.], ddof=1) = nan; np.var([]) = nan
        let x = Tensor::from([1.0, 2.0]);
        assert_eq!((x.var_along(0, 2).item(), x.std_along(0, 5).item()), (f64::INFINITY, f64::INFINITY));
        assert!(Tensor::from([3.0_f64]).var_along(0, 1).item().is_nan());
        assert!(Tensor::<f64>::zeros([0]).var().item().is_nan());
        assert_eq!(Tensor::<f64>::zeros([0, 3]).std_along(1, 0).shape(), [0]);
    }

    #[test]
    fn far_from_0_the_digits_stay() {
        let x = Tensor::from([1e9, 1e9 + 1.0, 1e9 + 2.0]);
        assert_eq!(x.var_along(.., 1).item(), 1.0);
        assert!(Tensor::from([1.0, f64::NAN]).var().item().is_nan());
    }

    #[test]
    #[should_panic(expected = "std: axis -1 of shape [2, 3] is named twice")]
    fn an_axis_named_twice_is_an_error() {
        let _ = Tensor::<f64>::zeros([2, 3]).std_along([1, -1], 0);
    }
}
