//! Sums over axes.

use crate::array::strided::{Layout, gather, scatter_add, sum};
use crate::array::{Axes, AxisSet, Element, Pool, Shape, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;

/// `y = Σ x` over some axes; the gradient is the upstream gradient, repeated along them. The sum of nothing is 0.
///
/// Stretches that lie together are summed pairwise, in an order that depends on the shape alone.
#[derive(Clone, Debug)]
pub struct Sum(AxisSet);

impl<T: Element> Op<T, 1> for Sum {
    const NAME: &'static str = "sum";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        if self.0.are_all() {
            return pool.full([], total(x));
        }
        if let Some((length, result)) = self.0.rows(x.shape()) {
            return of_rows(x, length, result, pool, |sum| sum);
        }
        let reduction = self.0.reduce("sum", x.shape());
        pool.filled(&reduction.result, |sum| {
            sum.fill(T::zero());
            let layout = Layout::broadcast(&reduction.kept, x.shape());
            T::loops(|| scatter_add(x.shape(), x.as_slice(), &layout, sum));
        })
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        if self.0.are_all() {
            return spread(upstream.as_slice()[0], into);
        }
        if let Some((length, _)) = self.0.rows(x.shape()) {
            return spread_over_rows(upstream, length, into, |gradient| gradient);
        }
        let layout = Layout::broadcast(&self.0.reduce("sum", x.shape()).kept, x.shape());
        into.accumulate(0, |sum, onto| gather(x.shape(), upstream.as_slice(), &layout, sum, onto));
    }
}

/// The sum of all elements.
pub(super) fn total<T: Element>(x: &Tensor<T>) -> T {
    let x = x.as_slice();
    // the sum of nothing is 0, and not what is absent
    T::zero() + T::loops(|| sum(x))
}

/// What is made of the sum of each row.
#[inline(always)]
pub(super) fn of_rows<T: Element>(
    x: &Tensor<T>,
    length: usize,
    result: Shape,
    pool: &Pool<T>,
    f: impl Fn(T) -> T,
) -> Tensor<T> {
    pool.filled(result, |results| {
        T::loops(|| {
            let rows = x.as_slice().chunks_exact(length);
            results.iter_mut().zip(rows).for_each(|(result, row)| *result = f(T::zero() + sum(row)));
        });
    })
}

/// The pullback of [`of_rows`]: the same gradient by every element of a row.
#[inline(always)]
pub(super) fn spread_over_rows<T: Element>(
    upstream: &Tensor<T>,
    length: usize,
    into: &mut Sink<'_, T>,
    f: impl Fn(T) -> T,
) {
    into.accumulate(0, |sum, onto| {
        T::loops(|| {
            for (row, &upstream) in sum.chunks_exact_mut(length).zip(upstream.as_slice()) {
                let gradient = f(upstream);
                match onto {
                    Onto::Fresh => row.fill(gradient),
                    Onto::Sum => row.iter_mut().for_each(|sum| *sum += gradient),
                }
            }
        });
    });
}

/// The same gradient by every element of the only operand.
pub(super) fn spread<T: Element>(gradient: T, into: &mut Sink<'_, T>) {
    into.accumulate(0, |sum, onto| match onto {
        Onto::Fresh => sum.fill(gradient),
        Onto::Sum => T::loops(|| sum.iter_mut().for_each(|sum| *sum += gradient)),
    });
}

methods! {
    /// The sum of all elements, a single number; 0 for none. Its gradient is 1 by each element.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = TensorTape::new();
    /// let x = tape.var(Tensor::from([[1.0, 2.0], [3.0, 4.0]]));
    /// let y = (x * x).sum();
    /// assert_eq!(y.item(), 30.0);
    /// assert_eq!(y.backward().of(x).to_vec(), [2.0, 4.0, 6.0, 8.0]);
    /// ```
    fn sum(x) => Sum(AxisSet::new(..));

    /// The sum over some axes: `1`, `[0, -1]`, `..`, or [`keepdims`](crate::keepdims) of these. Its gradient is the upstream
    /// gradient, repeated along them.
    ///
    /// # Panics
    /// When an axis does not exist, or is named twice.
    fn sum_along(x; axes: impl Axes) => Sum(AxisSet::new(axes));
}

#[cfg(test)]
use super::checking::{Case, Checks, each_index};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let shape = draw.shape();
        let x = draw.tensor(&shape);
        let axes = draw.axes(&shape);
        let keep = draw.flag();
        let set = if keep { AxisSet::new(crate::keepdims(&axes[..])) } else { AxisSet::new(&axes[..]) };
        let reduction = set.reduce("sum", &shape);
        Case::new(Sum(set), [x], move |[x]| {
            let mut sums = vec![0.0; reduction.result.elements()];
            let mut at = x.as_slice().iter();
            each_index(x.shape(), |index| {
                let kept = reduction.kept.iter().zip(index);
                let place = kept.fold(0, |place, (&size, &i)| place * size + if size == 1 { 0 } else { i });
                sums[place] += at.next().unwrap();
            });
            Tensor::new(&reduction.result, sums)
        })
    });
}
