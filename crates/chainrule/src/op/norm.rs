//! Norms over axes.

use super::along::Along;
use crate::array::{Axes, AxisSet, Element, Pool, Reduction, Tensor};
use crate::rule::Sign;
use crate::tensor::{Op, Sink};
use std::borrow::Cow;

/// `y = (Σ |x|ᵖ)^(1/p)` over some axes for p ≥ 1; for p = infinity the largest size. Gradient `sign(x) (|x|/y)ᵖ⁻¹` times
/// upstream, and 0 where y is 0 (least norm); for p = infinity the largest share it equally.
///
/// Elements are scaled by a power of two, so that nothing overflows or vanishes on the way. The norm of nothing is 0.
#[derive(Clone, Debug)]
pub struct Norm {
    p: f64,
    axes: AxisSet,
}

impl Norm {
    #[track_caller]
    fn new(p: f64, axes: impl Axes) -> Self {
        assert!(p >= 1.0, "norm: p must be at least 1, infinity included, and is {p}: below 1 it is no norm");
        Self { p, axes: AxisSet::new(axes) }
    }

    /// The largest size among the elements that become one.
    fn largest<T: Element>(&self, x: &Tensor<T>, reduction: &Reduction, pool: &Pool<T>) -> Tensor<T> {
        let mut largest = pool.full(&reduction.result, T::zero());
        let along = Along::new(x.shape(), &reduction.kept);
        along.choose(x.as_slice(), largest.as_mut_slice(), |best, x| {
            let size = x.abs();
            if size > best || size.is_nan() { size } else { best }
        });
        if self.p == f64::INFINITY {
            along.share_ties(x.as_slice(), largest.as_mut_slice(), pool, T::abs);
        }
        largest
    }
}

/// One over the power of two just below a size, without its derivative, as it cancels in the end: multiplying by it is exact,
/// so scaling costs no digit. 1 where there is nothing to be scaled.
#[inline(always)]
fn scale<T: Element>(size: T) -> T {
    const EXPONENT: u64 = 0x7ff0_0000_0000_0000;
    if size.is_zero() || !size.is_finite() {
        return T::one();
    }
    // one over a smaller number would overflow
    let size = if size < T::min_positive_value() { T::min_positive_value() } else { size };
    let power = size.to_f64().map_or(1.0, |size| f64::from_bits(size.to_bits() & EXPONENT));
    T::literal(power.recip())
}

/// `|x|ᵖ`
#[inline(always)]
fn size_power<T: Element>(x: T, p: f64) -> T {
    if p == 2.0 { x * x } else { x.abs().powf(T::literal(p)) }
}

impl<T: Element> Op<T, 1> for Norm {
    const NAME: &'static str = "norm";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let p = self.p;
        let reduction = self.axes.reduce("norm", x.shape());
        let along = Along::new(x.shape(), &reduction.kept);
        if p == 1.0 {
            // partial sums are no larger than the whole
            let mut norm = pool.full(&reduction.result, T::zero());
            let zeros = pool.full(&reduction.result, T::zero());
            along.sum(x.as_slice(), zeros.as_slice(), norm.as_mut_slice(), |x, _| x.abs());
            pool.give(zeros);
            return norm;
        }
        let mut scales = self.largest(x, &reduction, pool);
        if p == f64::INFINITY {
            return scales;
        }
        scales.as_mut_slice().iter_mut().for_each(|size| *size = scale(*size));
        let mut norm = pool.full(&reduction.result, T::zero());
        let sums = norm.as_mut_slice();
        if p == 2.0 {
            along.sum(x.as_slice(), scales.as_slice(), sums, |x, scale| (x * scale) * (x * scale));
            sums.iter_mut().zip(&scales).for_each(|(sum, &scale)| *sum = sum.sqrt() / scale);
        } else {
            along.sum(x.as_slice(), scales.as_slice(), sums, |x, scale| size_power(x * scale, p));
            let root = T::literal(p.recip());
            sums.iter_mut().zip(&scales).for_each(|(sum, &scale)| *sum = sum.powf(root) / scale);
        }
        pool.give(scales);
        norm
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], y: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let kept = self.axes.reduce("norm", x.shape()).kept;
        let (pool, power) = (into.pool(), T::literal(self.p - 1.0));
        into.accumulate(0, |sum, onto| {
            let along = Along::new(x.shape(), &kept);
            let (x, y, upstream, to) = (x.as_slice(), y.as_slice(), upstream.as_slice(), (sum, onto));
            if self.p == 2.0 {
                along.spread(x, [y, upstream], to, |x, [y, upstream]| {
                    let slope = if y.is_zero() { T::zero() } else { x / y };
                    slope.chain(upstream)
                });
            } else if self.p == 1.0 {
                along.spread(x, [upstream], to, |x, [upstream]| x.apply(Sign).chain(upstream));
            } else if self.p == f64::INFINITY {
                let mut tied = pool.scratch([y.len()]);
                along.count_ties(x, y, tied.as_mut_slice(), |x, y| x.abs() == y);
                along.spread(x, [y, tied.as_slice(), upstream], to, |x, [y, tied, upstream]| {
                    let slope = if x.abs() == y { x.apply(Sign) / tied } else { T::zero() };
                    slope.chain(upstream)
                });
                pool.give(tied);
            } else {
                along.spread(x, [y, upstream], to, |x, [y, upstream]| {
                    let slope = if y.is_zero() { T::zero() } else { x.apply(Sign) * (x.abs() / y).powf(power) };
                    slope.chain(upstream)
                });
            }
        });
    }

    fn name(&self) -> Cow<'static, str> {
        format!("norm({})", self.p).into()
    }
}

methods! {
    /// The norm (Σ |x|ᵖ)^(1/p) of all elements, a single number, for p ≥ 1; for p = infinity the largest size. It does not
    /// overflow where the result does not, and is 0 for no elements.
    ///
    /// Its gradient is sign(x) (|x|/norm)ᵖ⁻¹, and 0 where the norm is 0; for p = infinity the largest share it equally.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = TensorTape::new();
    /// let x = tape.var(Tensor::from([3.0, 0.0, -4.0]));
    /// assert_eq!(x.norm(2.0).item(), 5.0);
    /// assert_eq!(x.norm(2.0).backward().of(x).to_vec(), [0.6, 0.0, -0.8]);
    /// assert_eq!(x.norm(f64::INFINITY).item(), 4.0);
    /// ```
    ///
    /// # Panics
    /// When p is below 1 or NaN: that is no norm.
    fn norm(x; p: impl Into<f64>) => Norm::new(p.into(), ..);

    /// The [`norm`](Self::norm) over some axes: `1`, `[0, -1]`, `..`, or [`keepdims`](crate::keepdims) of these.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::from([[3.0, 4.0], [0.0, 2.0]]);
    /// assert_eq!(x.norm_along(2, 1), Tensor::from([5.0, 2.0]));
    /// ```
    ///
    /// # Panics
    /// When p is below 1 or NaN, or when an axis does not exist or is named twice.
    fn norm_along(x; p: impl Into<f64>, axes: impl Axes) => Norm::new(p.into(), axes);
}

#[cfg(test)]
use super::{
    along::plain,
    checking::{Case, Checks},
};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let x = plain::apart(draw, &draw.shape());
        let axes = plain::axes(draw, x.shape());
        let p = [1.0, 2.0, 3.0, 1.5, f64::INFINITY][draw.below(5)];
        Case::new(Norm { p, axes: axes.clone() }, [x], move |[x]| {
            plain::reduce(x, &axes, |group| {
                if p == f64::INFINITY {
                    return group.iter().fold(0.0, |largest: f64, x| largest.max(x.abs()));
                }
                group.iter().map(|x| x.abs().powf(p)).sum::<f64>().powf(p.recip())
            })
        })
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    const ORDERS: [f64; 5] = [1.0, 2.0, 3.0, 1.5, f64::INFINITY];

    #[test]
    fn the_gradient_at_the_origin_is_0() {
        let tape = TensorTape::new();
        for p in ORDERS {
            let x = tape.var(Tensor::<f64>::zeros([3]));
            assert_eq!(x.norm(p).item(), 0.0);
            assert_eq!(x.norm(p).backward().of(x).to_vec(), [0.0; 3]);
            assert_eq!(x.norm(p).sqrt().backward().of(x).to_vec(), [0.0; 3]);
            assert_eq!(Tensor::<f64>::zeros([2, 0]).norm_along(p, 1).to_vec(), [0.0, 0.0]);
            let moved = Tensor::from([Dual::new(0.0, 1.0), Dual::new(0.0, -2.0)]);
            assert_eq!(moved.norm(p).item().epsilon, 0.0);
        }
        // torch: see norms_at_the_origin in tests/programs/reductions.py
        let x = tape.var(Tensor::from([3.0, 0.0, -4.0]));
        assert_eq!(x.norm(1).backward().of(x).to_vec(), [1.0, 0.0, -1.0]);
    }

    #[test]
    fn nothing_overflows_or_vanishes() {
        for p in ORDERS {
            for size in [1e300, 1e-300, f64::MAX / 8.0, 5e-324, 1e-310] {
                let x = Tensor::from([3.0 * size, 0.0, -4.0 * size]);
                // the smallest numbers have no more digits than their steps allow
                let expected = Tensor::from([3.0, 0.0, -4.0]).norm(p).item() * size;
                let norm = x.norm(p).item();
                assert!((norm - expected).abs() <= 1e-14 * expected + 5e-324, "{p} {size}: {norm} and not {expected}");
            }
            for size in [1e37_f32, 1e-37, 1e-44] {
                let x = Tensor::from([3.0 * size, 0.0, -4.0 * size]);
                let expected = Tensor::from([3.0_f32, 0.0, -4.0]).norm(p).item() * size;
                assert!((x.norm(p).item() - expected).abs() <= 1e-6 * expected + 3e-45, "{p} {size}");
            }
        }
        let tape = TensorTape::new();
        let x = tape.var(Tensor::from([3e200, -4e200]));
        let gradient = x.norm(2).backward().of(x);
        assert!((gradient[[0]] - 0.6).abs() < 1e-15 && (gradient[[1]] + 0.8).abs() < 1e-15, "{gradient:?}");
    }

    #[test]
    fn infinity_and_nan() {
        for p in ORDERS {
            assert_eq!(Tensor::from([1.0, f64::NEG_INFINITY]).norm(p).item(), f64::INFINITY);
            assert!(Tensor::from([f64::NAN, 1.0]).norm(p).item().is_nan());
            assert!(Tensor::from([1.0, f64::NAN, f64::INFINITY]).norm(p).item().is_nan());
        }
    }

    #[test]
    fn the_largest_share() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::from([2.0, -2.0, 1.0]));
        assert_eq!(x.norm(f64::INFINITY).backward().of(x).to_vec(), [0.5, -0.5, 0.0]);
        let moved = Tensor::from([Dual::new(2.0, 1.0), Dual::new(-2.0, -5.0)]);
        assert_eq!(moved.norm(f64::INFINITY).item().epsilon, 3.0);
    }

    #[test]
    fn as_the_norm_of_numbers() {
        let x = [0.3, -1.7, 2.5, 0.0];
        for p in ORDERS {
            let (tape, numbers) = (TensorTape::new(), ScalarTape::new());
            let (whole, each) = (tape.var(Tensor::from(x)), numbers.vars(x));
            let (y, z) = (whole.norm(p), norm_p(&each, p));
            assert!((y.item() - z.value()).abs() < 1e-15);
            let pairs = (y.backward().of(whole).to_vec(), z.backward().of_all(each));
            assert!(pairs.0.iter().zip(pairs.1).all(|(a, b)| (a - b).abs() < 1e-15), "{p}: {pairs:?}");
        }
    }

    #[test]
    #[should_panic(expected = "norm: p must be at least 1, infinity included, and is 0.5")]
    fn half_a_norm_is_none() {
        let _ = Tensor::from([1.0]).norm(0.5);
    }
}
