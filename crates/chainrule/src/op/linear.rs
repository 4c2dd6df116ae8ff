//! A layer's affine map.

use super::moments::BLOCK;
use crate::array::pieces::rows_of_a_piece;
use crate::array::shape::Shape;
use crate::array::strided::sum;
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::{Matrix, Onto};
use chainrule_kernels::threads::each_chunk;
use std::ops::Range;

/// `Y = X W + b`: `x` of shape `[.., in]`, `w` of `[in, out]`, `b` of `[out]`; every axis of `x` but the last counts rows.
///
/// Gradients `X̄ = Ȳ Wᵀ`, `W̄ = Xᵀ Ȳ`, and `b̄` the sum of the rows of `Ȳ`. The product is written over rows that already hold
/// `b`, so that nothing lies between the two.
#[derive(Clone, Copy, Debug)]
pub struct Linear;

/// How many rows are mapped, and the sizes of each before and after.
#[derive(Clone, Copy)]
struct Plan {
    rows: usize,
    inner: usize,
    columns: usize,
}

impl Plan {
    #[track_caller]
    fn new(x: &Shape, w: &Shape, b: &Shape) -> Self {
        let Some((&inner, leading)) = x.split_last() else {
            panic!("linear: the operand has shape []; a single number has no last axis to map: `unsqueeze` it")
        };
        let &[w_rows, columns] = &w[..] else {
            panic!(
                "linear: the weights have shape {w}; they must be a matrix, of shape [{inner}, out] for an operand of {x}"
            )
        };
        assert!(
            inner == w_rows,
            "linear: the operand has shape {x} and the weights {w}; the last axis of the operand has size {inner}, the first \
             of the weights {w_rows}, and they must be equal. Weights lie as [in, out]; `transpose()` exchanges the axes"
        );
        assert!(
            *b == [columns],
            "linear: the weights have shape {w} and the bias {b}; the bias needs one number for each of the {columns} columns \
             of the weights: shape [{columns}]"
        );
        Self { rows: leading.iter().product(), inner, columns }
    }
}

impl<T: Element> Op<T, 3> for Linear {
    const NAME: &'static str = "linear";

    #[track_caller]
    fn forward(&mut self, [x, w, b]: [&Tensor<T>; 3], pool: &Pool<T>) -> Tensor<T> {
        let Plan { rows, inner, columns } = Plan::new(x.shape(), w.shape(), b.shape());
        let mut shape = x.shape().clone();
        shape.set(shape.len() - 1, columns);
        pool.filled(shape, |y| {
            if columns == 0 {
                return;
            }
            let b = b.as_slice();
            each_chunk(y, rows_of_a_piece(columns) * columns, |_, y| match b {
                // each copy is a call
                &[b] => y.fill(b),
                b => y.chunks_exact_mut(columns).for_each(|row| row.copy_from_slice(b)),
            });
            let (x, w) = (Matrix::rows(x.as_slice(), rows, inner), Matrix::rows(w.as_slice(), inner, columns));
            T::product(x, w, y, columns, Onto::Sum);
        })
    }

    fn pullback(&self, [x, w, b]: [&Tensor<T>; 3], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let Plan { rows, inner, columns } = Plan::new(x.shape(), w.shape(), b.shape());
        let upstream = Matrix::rows(upstream.as_slice(), rows, columns);
        into.accumulate(0, |sum, onto| {
            let w = Matrix::rows(w.as_slice(), inner, columns);
            T::product(upstream, w.transposed(), sum, inner, onto);
        });
        into.accumulate(1, |sum, onto| {
            let x = Matrix::rows(x.as_slice(), rows, inner);
            T::product(x.transposed(), upstream, sum, columns, onto);
        });
        into.accumulate(2, |sum, onto| add_rows(upstream.data, sum, onto));
    }
}

/// The sum of the rows.
pub(super) fn add_rows<T: Element>(rows: &[T], total: &mut [T], onto: Onto) {
    if onto == Onto::Fresh {
        total.fill(T::zero());
    }
    match total {
        [] => {}
        [total] => *total += T::loops(|| sum(rows)),
        // a single row, which need not be summed by tiles
        _ if rows.len() == total.len() => total.iter_mut().zip(rows).for_each(|(total, &x)| *total += T::zero() + x),
        _ => {
            let columns = total.len();
            // a thread gets several tiles where they are small
            let tiles = rows_of_a_piece(rows.len() / columns * TILE);
            each_chunk(total, tiles * TILE, |piece, total| {
                for (tile, total) in total.chunks_mut(TILE).enumerate() {
                    let start = (piece * tiles + tile) * TILE;
                    let sums = sum_by_halves(rows, columns, start..start + total.len());
                    total.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum);
                }
            });
        }
    }
}

/// How many columns are summed at a time.
const TILE: usize = 64;

/// The sums of at most [`TILE`] columns. Each half of the rows is summed by itself down to a block: in one long sum, the digits of
/// small numbers would be lost.
fn sum_by_halves<T: Element>(rows: &[T], columns: usize, tile: Range<usize>) -> [T; TILE] {
    let count = rows.len() / columns;
    let mut sums = [T::zero(); TILE];
    if count <= BLOCK {
        T::loops(|| {
            for row in rows.chunks_exact(columns) {
                sums.iter_mut().zip(&row[tile.clone()]).for_each(|(sum, &x)| *sum += x);
            }
        });
        return sums;
    }
    let (first, second) = rows.split_at(count / 2 * columns);
    let halves = sum_by_halves(first, columns, tile.clone()).into_iter().zip(sum_by_halves(second, columns, tile));
    sums.iter_mut().zip(halves).for_each(|(sum, (first, second))| *sum = first + second);
    sums
}

methods! {
    /// The affine map of a layer, `x W + b`: the last axis, of size `in`, is mapped by weights of shape `[in, out]`, and a bias of
    /// shape `[out]` is added. All other axes count rows.
    ///
    /// Its gradients are `Ȳ Wᵀ` by this value, `Xᵀ Ȳ` by the weights, and the sum of the rows of `Ȳ` by the bias.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = TensorTape::new();
    /// let x = tape.constant(Tensor::from([[1.0, 2.0], [3.0, 4.0]]));
    /// let w = tape.var(Tensor::from([[10.0], [1.0]]));
    /// let b = tape.var(Tensor::from([0.5]));
    /// let y = x.linear(w, b);
    /// assert_eq!(y.value(), Tensor::from([[12.5], [34.5]]));
    /// let g = y.sum().backward();
    /// assert_eq!(g.of(w).to_vec(), [4.0, 6.0]);
    /// assert_eq!(g.of(b).to_vec(), [2.0]);
    /// ```
    ///
    /// # Panics
    /// When this value has no axes, the weights are no matrix, or the sizes differ.
    fn linear(x, w, b) => Linear;
}

#[cfg(test)]
use super::checking::{Case, Checks, Draw};

/// Random operands that fit each other; none for a single number.
#[cfg(test)]
pub(super) fn random(draw: &mut Draw) -> Option<[Tensor<f64>; 3]> {
    let shape = draw.shape();
    let shape = Shape::from(&shape[..shape.len().min(3)]);
    let inner = *shape.last()?;
    let columns = draw.below(5);
    Some([draw.tensor(&shape), draw.tensor([inner, columns]), draw.tensor([columns])])
}

/// The map by plain loops.
#[cfg(test)]
pub(super) fn naive([x, w, b]: [&Tensor<f64>; 3]) -> Tensor<f64> {
    let (mut shape, inner, columns) = (x.shape().to_vec(), w.shape()[0], b.len());
    *shape.last_mut().unwrap() = columns;
    let (x, w, b) = (x.as_slice(), w.as_slice(), b.as_slice());
    let mut y = Vec::new();
    for row in 0..shape[..shape.len() - 1].iter().product() {
        for column in 0..columns {
            let mut sum = b[column];
            for k in 0..inner {
                sum += x[row * inner + k] * w[k * columns + column];
            }
            y.push(sum);
        }
    }
    Tensor::new(shape, y)
}

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| Some(Case::new(Linear, random(draw)?, naive)));
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn without_inputs_the_bias_is_left() {
        let (x, w) = (Tensor::<f64>::zeros([2, 0]), Tensor::zeros([0, 3]));
        assert_eq!(x.linear(&w, Tensor::from([1.0, 2.0, 3.0])).to_vec(), [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]);
    }

    /// As many rows as a convolution of 32 images of 224 by 224 pixels has. The sums of f64 serve as the exact ones.
    #[test]
    fn the_sum_of_many_rows_keeps_its_digits() {
        for columns in [2, 3, 70] {
            let rows = 1_600_000 * 2 / columns;
            let x = Tensor::<f32>::uniform([rows, columns], 0.0, 1.0, 1);
            let mut sums = vec![0.0_f32; columns];
            super::add_rows(x.as_slice(), &mut sums, super::Onto::Fresh);
            for (column, sum) in sums.into_iter().enumerate() {
                let exact: f64 = x.iter().skip(column).step_by(columns).map(|&x| f64::from(x)).sum();
                assert!((f64::from(sum) - exact).abs() < 1e-6 * exact, "column {column} of {columns}: {sum}, not {exact}");
            }
        }
    }

    #[test]
    fn products_keep_ieee() {
        let (x, w) = (Tensor::from([0.0, 1.0]), Tensor::from([[f64::INFINITY], [1.0]]));
        assert!(x.linear(&w, Tensor::from([0.0])).item().is_nan());
    }

    #[test]
    #[should_panic(
        expected = "linear: the operand has shape [2, 3] and the weights [2, 3]; the last axis of the operand has \
                               size 3, the first of the weights 2"
    )]
    fn the_inner_sizes_must_agree() {
        let _ = Tensor::<f64>::zeros([2, 3]).linear(Tensor::zeros([2, 3]), Tensor::zeros([3]));
    }

    #[test]
    #[should_panic(expected = "the weights have shape [3, 2] and the bias [1, 2]")]
    fn the_bias_must_fit() {
        let _ = Tensor::<f64>::zeros([2, 3]).linear(Tensor::zeros([3, 2]), Tensor::zeros([1, 2]));
    }
}
