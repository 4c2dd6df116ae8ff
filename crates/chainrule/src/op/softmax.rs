//! Numbers along an axis, turned into shares of 1.

use super::rows::{Along, EachBlock, EachRow, Lines, greatest, larger, put, sum_of_pairs};
use crate::array::pieces::each_piece_of_rows;
use crate::array::strided::{Layout, sum, walk};
use crate::array::{Element, Pool, Shape, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;
use num_traits::Float;
use std::borrow::Cow;

/// `yᵢ = exp(xᵢ) / Σ exp(xⱼ)` along an axis, with a mask over the elements that take part; gradient
/// `x̄ᵢ = yᵢ (ȳᵢ - Σ yⱼ ȳⱼ)`.
///
/// The largest element is subtracted first, so that nothing overflows. Elements that are masked out are 0 and get the
/// gradient 0, whatever they are; so is everything where nothing takes part, or all that does is minus infinity.
#[derive(Clone, Debug)]
pub struct Softmax {
    axis: isize,
    mask: Option<Tensor<bool>>,
}

/// `y = x`, or `elsewhere` where the mask does not hold.
#[track_caller]
pub(super) fn select<T: Element>(
    operation: &str,
    x: &Tensor<T>,
    mask: Option<&Tensor<bool>>,
    elsewhere: T,
    y: &mut [T],
) {
    let shape = x.shape();
    y.copy_from_slice(x.as_slice());
    let Some(mask) = mask else { return };
    check_mask(operation, shape, mask.shape());
    let (lies, mask) = (Layout::broadcast(mask.shape(), shape), mask.as_slice());
    walk(shape, [&Layout::dense(shape), &lies], |run| {
        let [at, mask_at] = run.at;
        let y = &mut y[at..at + run.length];
        if run.steps[1] == 1 {
            let both = y.iter_mut().zip(&mask[mask_at..]);
            both.for_each(|(y, &take)| *y = if take { *y } else { elsewhere });
        } else {
            for (i, y) in y.iter_mut().enumerate() {
                *y = if mask[run.place(1, i)] { *y } else { elsewhere };
            }
        }
    });
}

#[track_caller]
fn check_mask(operation: &str, shape: &Shape, mask: &Shape) {
    assert!(
        shape.broadcast(mask).as_ref() == Some(shape),
        "{operation}: the operand has shape {shape} and the mask {mask}, which does not broadcast to it: aligned at the last \
         axis, sizes of the mask must be those of the operand, or 1"
    );
}

/// The softmax of a row, in place.
#[inline(always)]
fn row_in_place<T: Element>(row: &mut [T]) {
    let most = greatest(row);
    if most == T::neg_infinity() {
        return row.fill(T::zero());
    }
    for x in &mut *row {
        *x = T::from_lane((*x - most).lane().exp());
    }
    let total = sum(row);
    for x in row {
        *x /= total;
    }
}

/// The softmax along the first axis of a matrix with rows of this length, in place; `most` and `total` have room for a row.
#[inline(always)]
fn columns_in_place<T: Element>(block: &mut [T], most: &mut [T], total: &mut [T]) {
    let length = most.len();
    most.fill(T::neg_infinity());
    for row in block.chunks_exact(length) {
        most.iter_mut().zip(row).for_each(|(most, &x)| *most = larger(*most, x));
    }
    total.fill(T::zero());
    for row in block.chunks_exact_mut(length) {
        for ((x, &most), total) in row.iter_mut().zip(&*most).zip(&mut *total) {
            *x = if most == T::neg_infinity() { T::zero() } else { T::from_lane((*x - most).lane().exp()) };
            *total += *x;
        }
    }
    for row in block.chunks_exact_mut(length) {
        for ((x, &most), &total) in row.iter_mut().zip(&*most).zip(&*total) {
            *x = if most == T::neg_infinity() { *x } else { *x / total };
        }
    }
}

/// Softmax of rows and of columns.
struct Shares;

impl<T: Element> Along<T> for Shares {
    #[inline(always)]
    fn row(&self, row: &mut [T]) {
        row_in_place(row);
    }

    #[inline(always)]
    fn columns(&self, block: &mut [T], most: &mut [T], total: &mut [T]) {
        columns_in_place(block, most, total);
    }
}

impl Softmax {
    /// Whether these are shares of whole rows: along the last of `rank` axes, and without a mask.
    pub fn is_of_rows(&self, rank: usize) -> bool {
        let last = self.axis == -1 || usize::try_from(self.axis).is_ok_and(|axis| axis + 1 == rank);
        last && self.mask.is_none()
    }

    fn operation(&self) -> &'static str {
        if self.mask.is_some() { "masked_softmax" } else { "softmax" }
    }
}

impl<T: Element> Op<T, 1> for Softmax {
    const NAME: &'static str = "softmax";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let lines = Lines::new(self.operation(), x.shape(), self.axis);
        let mut result = pool.scratch(x.shape());
        let y = result.as_mut_slice();
        select(self.operation(), x, self.mask.as_ref(), T::neg_infinity(), y);
        if lines.is_last() {
            let length = lines.block();
            each_piece_of_rows(y, length, length, |_, y| T::loops(EachRow { along: Shares, y, length }));
        } else if !y.is_empty() {
            let mut rows = pool.scratch([2, lines.inner]);
            let (most, total) = rows.as_mut_slice().split_at_mut(lines.inner);
            T::loops(EachBlock { along: Shares, y, block: lines.block(), most, total });
            pool.give(rows);
        }
        result
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], y: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let lines = Lines::new(self.operation(), x.shape(), self.axis);
        let (block, pool) = (lines.block(), into.pool());
        // what is masked out has no part, whatever the upstream gradient says there
        let masked = self.mask.is_some();
        let share = |y: T, upstream: T| if masked && y.is_nothing() { T::zero() } else { y.chain(upstream) };
        into.accumulate(0, |sum, onto| {
            let blocks = y.as_slice().chunks_exact(block).zip(upstream.as_slice().chunks_exact(block));
            if lines.is_last() {
                return each_piece_of_rows(sum, block, block, |rows, sum| {
                    let rows = sum.chunks_exact_mut(block).zip(blocks.clone().skip(rows.start));
                    T::loops(|| rows.for_each(|(sum, (y, upstream))| pull_row(sum, onto, [y, upstream], share)));
                });
            }
            let blocks = sum.chunks_exact_mut(block).zip(blocks);
            let mut means = pool.scratch([lines.inner]);
            let mean = means.as_mut_slice();
            T::loops(|| blocks.for_each(|(sum, (y, upstream))| pull_columns(sum, onto, [y, upstream], mean, share)));
            pool.give(means);
        });
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(format!("{}({})", self.operation(), self.axis))
    }
}

/// The pullback of [`row_in_place`].
#[inline(always)]
fn pull_row<T: Element>(sum: &mut [T], onto: Onto, [y, upstream]: [&[T]; 2], share: impl Fn(T, T) -> T) {
    let mean = sum_of_pairs(y, upstream, &share);
    for ((sum, &y), &upstream) in sum.iter_mut().zip(y).zip(upstream) {
        put(sum, onto, share(y, upstream - mean));
    }
}

/// The pullback of [`columns_in_place`]; `mean` has room for a row.
#[inline(always)]
fn pull_columns<T: Element>(
    sum: &mut [T],
    onto: Onto,
    [y, upstream]: [&[T]; 2],
    mean: &mut [T],
    share: impl Fn(T, T) -> T,
) {
    let length = mean.len().max(1);
    mean.fill(T::zero());
    for (y, upstream) in y.chunks_exact(length).zip(upstream.chunks_exact(length)) {
        for ((mean, &y), &upstream) in mean.iter_mut().zip(y).zip(upstream) {
            *mean += share(y, upstream);
        }
    }
    let rows = y.chunks_exact(length).zip(upstream.chunks_exact(length));
    for (sum, (y, upstream)) in sum.chunks_exact_mut(length).zip(rows) {
        for (((sum, &y), &upstream), &mean) in sum.iter_mut().zip(y).zip(upstream).zip(&*mean) {
            put(sum, onto, share(y, upstream - mean));
        }
    }
}

methods! {
    /// Shares of 1 along an axis: `exp(xᵢ) / Σ exp(xⱼ)`, without overflow. Where all elements are minus infinity, all shares
    /// are 0.
    ///
    /// Its gradient is `yᵢ (ȳᵢ - Σ yⱼ ȳⱼ)`.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::from([[1000.0, 1000.0], [0.0, 3f64.ln()]]);
    /// let y = x.softmax(-1);
    /// assert_eq!(y.rows(0..1).to_vec(), [0.5, 0.5]);
    /// assert!((y.at(&[1, 1]) - 0.75).abs() < 1e-15);
    /// ```
    ///
    /// # Panics
    /// When the axis does not exist.
    fn softmax(x; axis: isize) => Softmax { axis, mask: None };

    /// Shares of 1 along an axis among the elements where the mask holds; it broadcasts to this value. All others are 0, and
    /// so is everything where the mask holds nowhere along the axis.
    ///
    /// Its gradient is that of [`softmax`](Self::softmax) where the mask holds, and 0 elsewhere.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::from([[1.0, 1.0, f64::NAN], [1.0, 2.0, 3.0]]);
    /// let mask = Tensor::from([[true, true, false], [false, false, false]]);
    /// assert_eq!(x.masked_softmax(&mask, -1).to_vec(), [0.5, 0.5, 0.0, 0.0, 0.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// When the axis does not exist, or the mask does not broadcast to this value.
    fn masked_softmax(x; mask: &Tensor<bool>, axis: isize) => Softmax { axis, mask: Some(mask.clone()) };
}

#[cfg(test)]
use super::checking::{Case, Checks, Draw, from_index};

/// A random mask that broadcasts to a shape.
#[cfg(test)]
pub(super) fn random_mask(draw: &mut Draw, shape: &Shape) -> Tensor<bool> {
    let shape = draw.broadcastable(shape);
    let elements = (0..shape.elements()).map(|_| draw.below(3) > 0).collect();
    Tensor::new(shape, elements)
}

/// A mask as numbers 0 and 1, read where it broadcasts.
#[cfg(test)]
pub(super) fn takes_part(mask: Option<&Tensor<bool>>, index: &[usize]) -> bool {
    mask.is_none_or(|mask| super::checking::broadcast_at(&mask.map(|take| f64::from(u8::from(take))), index) == 1.0)
}

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    for masked in [false, true] {
        check.each(move |draw| {
            let shape = draw.shape();
            let axis = draw.axis(&shape)?;
            let mask = masked.then(|| random_mask(draw, &shape));
            let x = draw.tensor(&shape);
            Some(Case::new(Softmax { axis, mask: mask.clone() }, [x], move |[x]| {
                let axis = shape.axis(axis).unwrap();
                from_index(&shape, |index| {
                    if !takes_part(mask.as_ref(), index) {
                        return 0.0;
                    }
                    let mut total = 0.0;
                    for i in 0..shape[axis] {
                        let mut other = index.to_vec();
                        other[axis] = i;
                        if takes_part(mask.as_ref(), &other) {
                            total += x.at(&other).exp();
                        }
                    }
                    x.at(index).exp() / total
                })
            }))
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    const NONE: f64 = f64::NEG_INFINITY;

    /// Value and gradient, where the upstream gradient counts up from 1.
    fn both(x: &Tensor<f64>, f: impl for<'t> Fn(Var<'t, Tensor<f64>>) -> Var<'t, Tensor<f64>>) -> [Vec<f64>; 2] {
        let tape = TensorTape::new();
        let x = tape.var(x.clone());
        let y = f(x);
        let mut count = 0.0;
        let seed = y.value().map(|_| {
            count += 1.0;
            count
        });
        [y.value().to_vec(), y.backward_seeded(seed).of(x).to_vec()]
    }

    #[test]
    fn nothing_overflows() {
        let [y, slope] = both(&Tensor::from([1000.0, 1000.0, -1000.0]), |x| x.softmax(0));
        assert_eq!(y, [0.5, 0.5, 0.0]);
        assert_eq!(slope, [-0.25, 0.25, 0.0]);
    }

    #[test]
    fn of_minus_infinity_alone_is_zero_with_gradient_zero() {
        for axis in [0, 1] {
            let x = Tensor::from([[NONE, NONE], [NONE, NONE]]);
            assert_eq!(both(&x, |x| x.softmax(axis)), [[0.0; 4], [0.0; 4]]);
        }
        let [y, slope] = both(&Tensor::from([NONE, 2.0]), |x| x.softmax(0));
        assert_eq!([y, slope], [[0.0, 1.0], [0.0, 0.0]]);
    }

    #[test]
    fn what_is_masked_out_does_not_matter() {
        for odd in [f64::NAN, f64::INFINITY, NONE, 1e300] {
            let mask = Tensor::from([true, false, true]);
            for axis in [-1, 0] {
                let x = Tensor::from([1.0, odd, 1.0]).reshape(if axis == 0 { [3, 1] } else { [1, 3] });
                let mask = if axis == 0 { Tensor::new([3, 1], mask.to_vec()) } else { mask.clone() };
                let [y, slope] = both(&x, |x| x.masked_softmax(&mask, axis));
                assert_eq!([y, slope], [[0.5, 0.0, 0.5], [-0.5, 0.0, 0.5]]);
            }
        }
    }

    #[test]
    fn nan_spreads_along_its_axis_alone() {
        let x = Tensor::from([[0.0, f64::NAN], [0.0, 0.0]]);
        let nan = |axis| both(&x, |x| x.softmax(axis))[0].iter().map(|y| y.is_nan()).collect::<Vec<_>>();
        assert_eq!(nan(1), [true, true, false, false]);
        assert_eq!(nan(0), [false, true, false, true]);
    }

    #[test]
    fn of_an_empty_axis_is_empty() {
        assert_eq!(both(&Tensor::zeros([2, 0]), |x| x.softmax(1)), [[0.0; 0]; 2]);
        assert_eq!(both(&Tensor::zeros([2, 0]), |x| x.softmax(0)), [[0.0; 0]; 2]);
    }

    #[test]
    #[should_panic(expected = "masked_softmax: the operand has shape [3] and the mask [2, 3]")]
    fn a_mask_must_fit() {
        let _ = Tensor::from([1.0, 2.0, 3.0]).masked_softmax(&Tensor::full([2, 3], true), 0);
    }
}
