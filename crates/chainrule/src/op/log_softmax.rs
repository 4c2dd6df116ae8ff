//! The logarithm of shares of 1.

use super::rows::{Along, EachBlock, EachRow, Lines, greatest, larger, put, sum_of};
use super::softmax::select;
use crate::array::pieces::each_piece_of_rows;
use crate::array::strided::sum;
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;
use chainrule_kernels::vector::Work;
use num_traits::Float;
use std::borrow::Cow;

/// `yᵢ = xᵢ - ln Σ exp(xⱼ)` along an axis, with a mask over the elements that take part; gradient
/// `x̄ᵢ = ȳᵢ - exp(yᵢ) Σ ȳⱼ`.
///
/// The largest element is subtracted first, so that nothing overflows. Elements that are masked out are minus infinity, and
/// nothing flows back through them; so is everything where nothing takes part, or all that does is minus infinity.
#[derive(Clone, Debug)]
pub struct LogSoftmax {
    axis: isize,
    mask: Option<Tensor<bool>>,
}

/// The logarithm of the softmax of a row, in place.
#[inline(always)]
fn row_in_place<T: Element>(row: &mut [T]) {
    let most = greatest(row);
    if most == T::neg_infinity() {
        return row.fill(most);
    }
    let total = sum_of(row, |x| T::from_lane((x - most).lane().exp())).ln();
    for x in row {
        *x = (*x - most) - total;
    }
}

/// The same along the first axis of a matrix; `most` and `total` have room for a row.
#[inline(always)]
fn columns_in_place<T: Element>(block: &mut [T], most: &mut [T], total: &mut [T]) {
    let length = most.len();
    most.fill(T::neg_infinity());
    for row in block.chunks_exact(length) {
        most.iter_mut().zip(row).for_each(|(most, &x)| *most = larger(*most, x));
    }
    total.fill(T::zero());
    for row in block.chunks_exact(length) {
        for ((&x, &most), total) in row.iter().zip(&*most).zip(&mut *total) {
            *total += T::from_lane((x - most).lane().exp());
        }
    }
    for total in &mut *total {
        *total = T::from_lane(total.lane().ln());
    }
    for row in block.chunks_exact_mut(length) {
        for ((x, &most), &total) in row.iter_mut().zip(&*most).zip(&*total) {
            *x = if most == T::neg_infinity() { T::neg_infinity() } else { (*x - most) - total };
        }
    }
}

/// Log-softmax of rows and of columns.
struct Logarithms;

impl<T: Element> Along<T> for Logarithms {
    #[inline(always)]
    fn row(&self, row: &mut [T]) {
        row_in_place(row);
    }

    #[inline(always)]
    fn columns(&self, block: &mut [T], most: &mut [T], total: &mut [T]) {
        columns_in_place(block, most, total);
    }
}

/// [`pull_row`] for every row.
struct Pull<'a, T> {
    sum: &'a mut [T],
    onto: Onto,
    y: &'a [T],
    upstream: &'a [T],
    length: usize,
}

impl<T: Element> Work for Pull<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let rows = self.y.chunks_exact(self.length).zip(self.upstream.chunks_exact(self.length));
        for (sum, (y, upstream)) in self.sum.chunks_exact_mut(self.length).zip(rows) {
            pull_row(sum, self.onto, y, upstream);
        }
    }
}

impl LogSoftmax {
    fn operation(&self) -> &'static str {
        if self.mask.is_some() { "masked_log_softmax" } else { "log_softmax" }
    }
}

impl<T: Element> Op<T, 1> for LogSoftmax {
    const NAME: &'static str = "log_softmax";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let lines = Lines::new(self.operation(), x.shape(), self.axis);
        let mut y = pool.scratch(x.shape());
        select(self.operation(), x, self.mask.as_ref(), T::neg_infinity(), y.as_mut_slice());
        let elements = y.as_mut_slice();
        if lines.is_last() {
            let length = lines.block();
            each_piece_of_rows(elements, length, length, |_, y| T::loops(EachRow { along: Logarithms, y, length }));
        } else if !elements.is_empty() {
            let mut rows = pool.scratch([2, lines.inner]);
            let (most, total) = rows.as_mut_slice().split_at_mut(lines.inner);
            T::loops(EachBlock { along: Logarithms, y: elements, block: lines.block(), most, total });
            pool.give(rows);
        }
        if self.mask.is_none() || T::PLAIN {
            return y;
        }
        // minus infinity less the sum is still minus infinity, but what was masked out must not vary with the sum either
        let constant =
            pool.filled(x.shape(), |z| select(self.operation(), &y, self.mask.as_ref(), T::neg_infinity(), z));
        pool.give(y);
        constant
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], y: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let lines = Lines::new(self.operation(), x.shape(), self.axis);
        let pool = into.pool();
        into.accumulate(0, |sum, onto| {
            if self.mask.is_none() {
                return pull(lines, sum, onto, y.as_slice(), upstream.as_slice(), pool);
            }
            let taken = pool.filled(x.shape(), |taken| {
                select(self.operation(), upstream, self.mask.as_ref(), T::zero(), taken);
            });
            pull(lines, sum, onto, y.as_slice(), taken.as_slice(), pool);
            pool.give(taken);
        });
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(format!("{}({})", self.operation(), self.axis))
    }
}

fn pull<T: Element>(lines: Lines, sum: &mut [T], onto: Onto, y: &[T], upstream: &[T], pool: &Pool<T>) {
    let block = lines.block();
    if lines.is_last() {
        return each_piece_of_rows(sum, block, block, |rows, sum| {
            let first = rows.start * block;
            T::loops(Pull { sum, onto, y: &y[first..], upstream: &upstream[first..], length: block });
        });
    }
    let blocks = y.chunks_exact(block).zip(upstream.chunks_exact(block));
    let blocks = sum.chunks_exact_mut(block).zip(blocks);
    let mut rows = pool.scratch([2, lines.inner]);
    let (most, total) = rows.as_mut_slice().split_at_mut(lines.inner);
    T::loops(|| blocks.for_each(|(sum, (y, upstream))| pull_columns(sum, onto, y, upstream, most, total)));
    pool.give(rows);
}

#[inline(always)]
fn pull_row<T: Element>(gradient: &mut [T], onto: Onto, y: &[T], upstream: &[T]) {
    let nothing = T::neg_infinity();
    // most rows are told apart by their first element
    if y[0] == nothing && y.iter().all(|&y| y == nothing) {
        return gradient.iter_mut().for_each(|gradient| put(gradient, onto, T::zero()));
    }
    let total = sum(upstream);
    for ((gradient, &y), &upstream) in gradient.iter_mut().zip(y).zip(upstream) {
        put(gradient, onto, upstream - T::from_lane(y.lane().exp()).chain(total));
    }
}

/// The pullback of [`columns_in_place`]; `most` and `total` have room for a row.
#[inline(always)]
fn pull_columns<T: Element>(sum: &mut [T], onto: Onto, y: &[T], upstream: &[T], most: &mut [T], total: &mut [T]) {
    let length = most.len().max(1);
    most.fill(T::neg_infinity());
    total.fill(T::zero());
    for (y, upstream) in y.chunks_exact(length).zip(upstream.chunks_exact(length)) {
        for (((most, total), &y), &upstream) in most.iter_mut().zip(&mut *total).zip(y).zip(upstream) {
            *most = larger(*most, y);
            *total += upstream;
        }
    }
    let rows = y.chunks_exact(length).zip(upstream.chunks_exact(length));
    for (sum, (y, upstream)) in sum.chunks_exact_mut(length).zip(rows) {
        let columns = sum.iter_mut().zip(y).zip(upstream).zip(most.iter().zip(&*total));
        for (((sum, &y), &upstream), (&most, &total)) in columns {
            let alive = most != T::neg_infinity();
            put(sum, onto, if alive { upstream - T::from_lane(y.lane().exp()).chain(total) } else { T::zero() });
        }
    }
}

methods! {
    /// The logarithm of [`softmax`](Self::softmax) along an axis, without overflow or underflow: `xᵢ - ln Σ exp(xⱼ)`. Where
    /// all elements are minus infinity, so is the result.
    ///
    /// Its gradient is `ȳᵢ - exp(yᵢ) Σ ȳⱼ`.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let y = Tensor::from([1000.0, 0.0]).log_softmax(0);
    /// assert_eq!(y.to_vec(), [0.0, -1000.0]);
    /// ```
    ///
    /// # Panics
    /// When the axis does not exist.
    fn log_softmax(x; axis: isize) => LogSoftmax { axis, mask: None };

    /// The logarithm of [`masked_softmax`](Self::masked_softmax): minus infinity where the mask does not hold, and everywhere
    /// along an axis where it holds nowhere.
    ///
    /// Its gradient is that of [`log_softmax`](Self::log_softmax) among the elements where the mask holds; through the others
    /// nothing flows.
    ///
    /// # Panics
    /// When the axis does not exist, or the mask does not broadcast to this value.
    fn masked_log_softmax(x; mask: &Tensor<bool>, axis: isize) => LogSoftmax { axis, mask: Some(mask.clone()) };
}

#[cfg(test)]
use super::checking::{Case, Checks, from_index};
#[cfg(test)]
use super::softmax::{random_mask, takes_part};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    for masked in [false, true] {
        check.each(move |draw| {
            let shape = draw.shape();
            let axis = draw.axis(&shape)?;
            let mask = masked.then(|| random_mask(draw, &shape));
            let x = draw.tensor(&shape);
            Some(Case::new(LogSoftmax { axis, mask: mask.clone() }, [x], move |[x]| {
                let axis = shape.axis(axis).unwrap();
                from_index(&shape, |index| {
                    if !takes_part(mask.as_ref(), index) {
                        return f64::NEG_INFINITY;
                    }
                    let mut total = 0.0;
                    for i in 0..shape[axis] {
                        let mut other = index.to_vec();
                        other[axis] = i;
                        if takes_part(mask.as_ref(), &other) {
                            total += x.at(&other).exp();
                        }
                    }
                    (x.at(index).exp() / total).ln()
                })
            }))
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    const NONE: f64 = f64::NEG_INFINITY;

    /// Value and gradient, where the upstream gradient is 1, 2, 3, ...
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
    fn nothing_overflows_or_underflows() {
        let [y, slope] = both(&Tensor::from([1000.0, -1000.0]), |x| x.log_softmax(0));
        assert_eq!(y, [0.0, -2000.0]);
        assert_eq!(slope, [1.0 - 3.0, 2.0]);
    }

    #[test]
    fn of_minus_infinity_alone_is_that_with_gradient_zero() {
        for axis in [0, 1] {
            let x = Tensor::from([[NONE, NONE], [NONE, NONE]]);
            assert_eq!(both(&x, |x| x.log_softmax(axis)), [[NONE; 4], [0.0; 4]]);
            let (mask, x) = (Tensor::full([2, 2], false), Tensor::from([[1.0, f64::NAN], [3.0, 4.0]]));
            assert_eq!(both(&x, |x| x.masked_log_softmax(&mask, axis)), [[NONE; 4], [0.0; 4]]);
        }
    }

    #[test]
    fn what_is_masked_out_does_not_matter() {
        let mask = Tensor::from([true, false, true]);
        for odd in [f64::NAN, f64::INFINITY, NONE] {
            let [y, slope] = both(&Tensor::from([0.0, odd, 0.0]), |x| x.masked_log_softmax(&mask, 0));
            assert_eq!(y, [-2f64.ln(), NONE, -2f64.ln()]);
            // the upstream gradient of the one that was masked out, 2, takes no part either
            assert!(
                slope.iter().zip([-1.0, 0.0, 1.0]).all(|(slope, right)| (slope - right).abs() < 1e-14),
                "{slope:?}"
            );
        }
    }

    #[test]
    fn nan_spreads_along_its_axis_alone() {
        let x = Tensor::from([[0.0, f64::NAN], [0.0, 0.0]]);
        let nan = |axis| both(&x, |x| x.log_softmax(axis))[0].iter().map(|y| y.is_nan()).collect::<Vec<_>>();
        assert_eq!(nan(1), [true, true, false, false]);
        assert_eq!(nan(0), [false, true, false, true]);
    }

    #[test]
    fn of_an_empty_axis_is_empty() {
        assert_eq!(both(&Tensor::zeros([0, 2]), |x| x.log_softmax(0)), [[0.0; 0]; 2]);
    }
}
