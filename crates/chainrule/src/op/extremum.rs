//! The greatest and the least over axes, and where they stand.

use super::along::{Along, Lanes};
use crate::array::shape::Shape;
use crate::array::{Axes, AxisSet, Element, Pool, Reduction, Tensor};
use crate::tape::Var;
use crate::tensor::{Op, Sink};

/// `y = max x` over some axes; the gradient goes to the greatest elements, which share it equally, and the others get exactly 0.
///
/// NaN if any element is (then the NaNs share the gradient). The greatest along an axis without elements is an error.
#[derive(Clone, Debug)]
pub struct AMax(AxisSet);

/// `y = min x` over some axes; the gradient goes to the least elements, which share it equally, and the others get exactly 0.
///
/// NaN if any element is (then the NaNs share the gradient). The least along an axis without elements is an error.
#[derive(Clone, Debug)]
pub struct AMin(AxisSet);

/// What becomes of the shape, where no axis that is reduced may be empty.
#[track_caller]
fn reduction(operation: &str, axes: &AxisSet, x: &Shape) -> Reduction {
    let reduction = axes.reduce(operation, x);
    assert!(
        reduction.count > 0,
        "{operation}: the operand has shape {x}, and no elements along the axes that are reduced, of which to choose one; \
         leave such operands out, or `concat` a value that they shall have"
    );
    reduction
}

/// The extreme elements, where `wins` compares a challenger with the best so far.
fn extreme<T: Element>(
    x: &Tensor<T>,
    reduction: &Reduction,
    pool: &Pool<T>,
    start: T,
    wins: impl Fn(T, T) -> bool,
) -> Tensor<T> {
    pool.filled(&reduction.result, |y| {
        y.fill(start);
        let along = Along::new(x.shape(), &reduction.kept);
        along.choose(x.as_slice(), y, |best, x| if wins(x, best) || x.is_nan() { x } else { best });
        along.share_ties(x.as_slice(), y, pool, |x| x);
    })
}

/// Whether an element is the extreme one, or one of them.
#[inline(always)]
fn is_extreme<T: Element>(x: T, y: T) -> bool {
    x == y || (x.is_nan() && y.is_nan())
}

/// The gradient, shared by those that are tied.
fn pull_back<T: Element>(axes: &AxisSet, x: &Tensor<T>, y: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
    let kept = axes.reduce("", x.shape()).kept;
    let pool = into.pool();
    into.accumulate(0, |sum, onto| {
        let along = Along::new(x.shape(), &kept);
        let (x, y) = (x.as_slice(), y.as_slice());
        let mut tied = pool.scratch([y.len()]);
        along.count_ties(x, y, tied.as_mut_slice(), is_extreme);
        along.spread(x, [y, tied.as_slice(), upstream.as_slice()], (sum, onto), |x, [y, tied, upstream]| {
            if is_extreme(x, y) { upstream / tied } else { T::zero() }
        });
        pool.give(tied);
    });
}

impl<T: Element> Op<T, 1> for AMax {
    const NAME: &'static str = "amax";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let reduction = reduction("amax", &self.0, x.shape());
        extreme(x, &reduction, pool, T::neg_infinity(), |x, best| x > best)
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], y: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        pull_back(&self.0, x, y, upstream, into);
    }
}

impl<T: Element> Op<T, 1> for AMin {
    const NAME: &'static str = "amin";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let reduction = reduction("amin", &self.0, x.shape());
        extreme(x, &reduction, pool, T::infinity(), |x, best| x < best)
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], y: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        pull_back(&self.0, x, y, upstream, into);
    }
}

methods! {
    /// The greatest of all elements, a single number; NaN if any is NaN. (The greater of two tensors, element by element, is
    /// `max`.)
    ///
    /// Its gradient goes to the greatest element; several that are equal share it equally.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = TensorTape::new();
    /// let x = tape.var(Tensor::from([1.0, 3.0, 3.0]));
    /// assert_eq!(x.amax().backward().of(x).to_vec(), [0.0, 0.5, 0.5]);
    /// ```
    ///
    /// # Panics
    /// When there are no elements.
    fn amax(x) => AMax(AxisSet::new(..));

    /// The greatest over some axes: `1`, `[0, -1]`, `..`, or [`keepdims`](crate::keepdims) of these; NaN where any is NaN.
    ///
    /// Its gradient goes to the greatest element; several that are equal share it equally.
    ///
    /// # Panics
    /// When an axis does not exist or is named twice, or there are no elements along the axes.
    fn amax_along(x; axes: impl Axes) => AMax(AxisSet::new(axes));

    /// The least of all elements, a single number; NaN if any is NaN. (The lesser of two tensors, element by element, is
    /// `min`.)
    ///
    /// Its gradient goes to the least element; several that are equal share it equally.
    ///
    /// # Panics
    /// When there are no elements.
    fn amin(x) => AMin(AxisSet::new(..));

    /// The least over some axes: `1`, `[0, -1]`, `..`, or [`keepdims`](crate::keepdims) of these; NaN where any is NaN.
    ///
    /// Its gradient goes to the least element; several that are equal share it equally.
    ///
    /// # Panics
    /// When an axis does not exist or is named twice, or there are no elements along the axes.
    fn amin_along(x; axes: impl Axes) => AMin(AxisSet::new(axes));
}

/// The place along `axis` of the first element that no later one beats; of the first NaN, if there is one.
#[track_caller]
fn place_of<T: Element>(operation: &str, x: &Tensor<T>, axis: isize, wins: impl Fn(T, T) -> bool) -> Tensor<usize> {
    let axis = x.shape().axis_of(operation, axis);
    let lanes = Lanes::new(x.shape(), axis);
    assert!(
        lanes.count > 0,
        "{operation}: the operand has shape {}, and no elements along axis {axis}, of which to choose one",
        x.shape()
    );
    let mut left = x.shape().clone();
    left.remove(axis);
    let mut places = vec![0; left.elements()];
    let x = x.as_slice();
    lanes.each(|start, lane| {
        let mut best = x[start];
        let rivals = x[start..].iter().step_by(lanes.inner).take(lanes.count).enumerate();
        for (k, &rival) in rivals.skip(1) {
            if !best.is_nan() && (wins(rival, best) || rival.is_nan()) {
                (best, places[lane]) = (rival, k);
            }
        }
    });
    Tensor::new(left, places)
}

macro_rules! places {
    ($($method:ident $sign:tt $words:literal;)*) => {
        impl<T: Element> Tensor<T> { $(
            #[doc = concat!("Where along `axis` the ", $words, " element stands: the first of several that are equal, and the \
                first NaN if there is one.")]
            ///
            /// # Panics
            /// When the axis does not exist, or has no elements.
            #[must_use]
            #[track_caller]
            pub fn $method(&self, axis: isize) -> Tensor<usize> {
                place_of(stringify!($method), self, axis, |rival, best| rival $sign best)
            }
        )* }

        impl<T: Element> Var<'_, Tensor<T>> { $(
            #[doc = concat!("Where along `axis` the ", $words, " element stands: the first of several that are equal, and the \
                first NaN if there is one. No gradient flows through it.")]
            ///
            /// # Panics
            /// When the axis does not exist, or has no elements.
            #[must_use]
            #[track_caller]
            pub fn $method(self, axis: isize) -> Tensor<usize> {
                self.value().$method(axis)
            }
        )* }
    };
}
places! {
    argmax > "greatest";
    argmin < "least";
}

#[cfg(test)]
use super::{
    along::plain,
    checking::{Case, Checks, Draw},
};

#[cfg(test)]
fn draw_choice(draw: &mut Draw) -> Option<(Tensor<f64>, AxisSet)> {
    let x = plain::apart(draw, &draw.shape());
    let axes = plain::axes(draw, x.shape());
    let count = axes.reduce("plain", x.shape()).count;
    (count > 0).then_some((x, axes))
}

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let (x, axes) = draw_choice(draw)?;
        Some(Case::new(AMax(axes.clone()), [x], move |[x]| {
            plain::reduce(x, &axes, |group| group.iter().copied().fold(f64::MIN, f64::max))
        }))
    });
    check.each(|draw| {
        let (x, axes) = draw_choice(draw)?;
        Some(Case::new(AMin(axes.clone()), [x], move |[x]| {
            plain::reduce(x, &axes, |group| group.iter().copied().fold(f64::MAX, f64::min))
        }))
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn ties_share_equally() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::from([[1.0, 3.0, 3.0, 3.0], [-2.0, -2.0, 5.0, 0.0]]));
        let third = 1.0 / 3.0;
        let greatest = x.amax_along(1).sum().backward().of(x);
        assert_eq!(greatest, Tensor::from([[0.0, third, third, third], [0.0, 0.0, 1.0, 0.0]]));
        let least = x.amin_along(1).sum().backward().of(x);
        assert_eq!(least, Tensor::from([[1.0, 0.0, 0.0, 0.0], [0.5, 0.5, 0.0, 0.0]]));
        let columns = x.amax_along(0).sum().backward().of(x);
        assert_eq!(columns, Tensor::from([[1.0, 1.0, 0.0, 1.0], [0.0, 0.0, 1.0, 0.0]]));
    }

    #[test]
    fn ties_share_equally_in_forward_mode() {
        let x = Tensor::from([(3.0, 1.0), (3.0, 4.0), (-1.0, 7.0), (3.0, 1.0)].map(|(x, v)| Dual::new(x, v)));
        let y = x.amax().item();
        assert_eq!((y.value, y.epsilon), (3.0, 2.0));
        let y = x.amin_along(keepdims(0)).item();
        assert_eq!((y.value, y.epsilon), (-1.0, 7.0));
    }

    #[test]
    fn nan_is_not_dropped() {
        let nan = f64::NAN;
        for at in 0..20 {
            let mut x = Tensor::<f64>::ones([20]);
            x.as_mut_slice()[at] = nan;
            assert!(x.amax().item().is_nan() && x.amin().item().is_nan());
            assert_eq!((x.argmax(0).item(), x.argmin(0).item()), (at, at));
        }
        let tape = TensorTape::new();
        let x = tape.var(Tensor::from([1.0, nan, 2.0, nan]));
        assert_eq!(x.amax().backward().of(x).to_vec(), [0.0, 0.5, 0.0, 0.5]);
    }

    #[test]
    fn those_that_lose_stop_an_infinite_upstream() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::from([-1.0, 0.0, -3.0]));
        assert_eq!(x.amax().sqrt().backward().of(x).to_vec(), [0.0, f64::INFINITY, 0.0]);
        let x = tape.var(Tensor::from([f64::NEG_INFINITY, f64::NEG_INFINITY]));
        assert_eq!(x.amax().item(), f64::NEG_INFINITY);
        assert_eq!(x.amax().backward().of(x).to_vec(), [0.5, 0.5]);
    }

    #[test]
    fn places_are_those_of_the_first() {
        // jax: see places_of_extremes in tests/programs/reductions.py
        let x = Tensor::from([[2.0, 7.0, -1.0, 7.0], [0.5, 3.0, -1.0, -4.0], [2.0, 1.0, -1.5, 7.0]]);
        assert_eq!((x.argmax(0).to_vec(), x.argmax(-1).to_vec()), (vec![0, 0, 0, 0], vec![1, 1, 3]));
        assert_eq!((x.argmin(0).to_vec(), x.argmin(1).to_vec()), (vec![1, 2, 2, 1], vec![2, 3, 2]));
        let tape = TensorTape::new();
        assert_eq!(tape.var(x).argmax(1).to_vec(), [1, 1, 3]);
        assert_eq!(Tensor::<f64>::zeros([0, 2]).argmax(1).shape(), [0]);
    }

    #[test]
    #[should_panic(expected = "amax: the operand has shape [2, 0], and no elements along the axes that are reduced")]
    fn the_greatest_of_an_empty_axis_is_an_error() {
        let _ = Tensor::<f64>::zeros([2, 0]).amax_along(1);
    }

    #[test]
    #[should_panic(expected = "argmin: the operand has shape [0, 3], and no elements along axis 0")]
    fn the_place_of_the_least_of_an_empty_axis_is_an_error() {
        let _ = Tensor::<f64>::zeros([0, 3]).argmin(0);
    }
}
