//! The diagonal of matrices, and matrices of a diagonal.

use crate::array::shape::{Shape, signed};
use crate::array::strided::{Layout, copy, gather, scatter_add};
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;
use std::borrow::Cow;

/// `y[i] = x[i, i + offset]` (from row `-offset` on where it is negative) in the last two axes; `x̄` holds `ȳ` on the same
/// diagonal and 0 elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Diagonal(isize);

/// `Y[i, i + offset] = x[i]` and 0 elsewhere, square; `x̄` is that diagonal of `Ȳ`.
#[derive(Clone, Copy, Debug)]
pub struct DiagonalMatrix(isize);

/// The shape of the diagonals of matrices, and how the matrices lie beneath it.
fn along(matrices: &Shape, offset: isize) -> (Shape, Layout) {
    let (batches, rows, columns) = (matrices.len() - 2, matrices[matrices.len() - 2], matrices[matrices.len() - 1]);
    let away = offset.unsigned_abs();
    let (length, start) = if offset < 0 {
        (rows.saturating_sub(away).min(columns), away.saturating_mul(columns))
    } else {
        (columns.saturating_sub(away).min(rows), away)
    };
    let shape = Shape::new(matrices[..batches].iter().copied().chain([length]));
    let mut steps = matrices.steps();
    steps.truncate(batches);
    steps.push(signed(columns) + 1);
    (shape, Layout { start, steps })
}

impl<T: Element> Op<T, 1> for Diagonal {
    const NAME: &'static str = "diagonal";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        assert!(
            x.rank() >= 2,
            "diagonal: shape {} has fewer than two axes; `diagonal_matrix` makes a matrix of a vector",
            x.shape()
        );
        let (shape, layout) = along(x.shape(), self.0);
        pool.filled(&shape, |y| copy(&shape, x.as_slice(), &layout, y))
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let nothing = into.nothing();
        let (shape, layout) = along(x.shape(), self.0);
        into.accumulate(0, |sum, onto| {
            if onto == Onto::Fresh {
                sum.fill(nothing);
            }
            scatter_add(&shape, upstream.as_slice(), &layout, sum);
        });
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(format!("diagonal({})", self.0))
    }
}

impl DiagonalMatrix {
    #[track_caller]
    fn matrices(self, x: &Shape) -> Shape {
        let Some((&length, batches)) = x.split_last() else {
            panic!("diagonal_matrix: a single number (shape []) is no diagonal; `reshape([1])` makes it a vector")
        };
        let size = length + self.0.unsigned_abs();
        Shape::new(batches.iter().copied().chain([size, size]))
    }
}

impl<T: Element> Op<T, 1> for DiagonalMatrix {
    const NAME: &'static str = "diagonal_matrix";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let result = self.matrices(x.shape());
        let (shape, layout) = along(&result, self.0);
        pool.filled(&result, |y| {
            y.fill(T::zero());
            scatter_add(&shape, x.as_slice(), &layout, y);
        })
    }

    fn pullback(&self, _: [&Tensor<T>; 1], y: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let (shape, layout) = along(y.shape(), self.0);
        into.accumulate(0, |sum, onto| gather(&shape, upstream.as_slice(), &layout, sum, onto));
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(format!("diagonal_matrix({})", self.0))
    }
}

methods! {
    /// The diagonal of a matrix, or of each matrix of a batch (the last two axes): the main one for offset 0, those above it
    /// for positive offsets, those below for negative ones. Far outside, there are no elements.
    ///
    /// Its gradient is the upstream gradient on the diagonal, and 0 elsewhere.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// assert_eq!(x.diagonal(0).to_vec(), [1.0, 5.0]);
    /// assert_eq!(x.diagonal(1).to_vec(), [2.0, 6.0]);
    /// ```
    ///
    /// # Panics
    /// When there are fewer than two axes.
    fn diagonal(x; offset: isize) => Diagonal(offset);

    /// The square matrix with this vector on a diagonal (see [`diagonal`](Self::diagonal)) and 0 elsewhere; of each vector
    /// along the last axis, where there are more.
    ///
    /// Its gradient is that diagonal of the upstream gradient.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::from([1.0, 2.0]);
    /// assert_eq!(x.diagonal_matrix(0), Tensor::from([[1.0, 0.0], [0.0, 2.0]]));
    /// ```
    ///
    /// # Panics
    /// When there is no axis.
    fn diagonal_matrix(x; offset: isize) => DiagonalMatrix(offset);
}

#[cfg(test)]
use super::checking::{Case, Checks, broadcast_at, from_index};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let shape = draw.shape();
        let [.., rows, columns] = shape[..] else { return None };
        let offset = signed(draw.below(9)) - 4;
        let x = draw.tensor(&shape);
        Some(Case::new(Diagonal(offset), [x], move |[x]| {
            let places: Vec<[usize; 2]> = (0..rows)
                .flat_map(|i| (0..columns).map(move |j| [i, j]))
                .filter(|&[i, j]| signed(j) - signed(i) == offset)
                .collect();
            let batches = &x.shape()[..x.rank() - 2];
            from_index(&Shape::new(batches.iter().copied().chain([places.len()])), |index| {
                let (&place, batch) = index.split_last().unwrap();
                broadcast_at(x, &[batch, &places[place]].concat())
            })
        }))
    });
    check.each(|draw| {
        let shape = Shape::from(&draw.shape()[..draw.shape().len().min(3)]);
        let &length = shape.last()?;
        let offset = signed(draw.below(7)) - 3;
        let x = draw.tensor(&shape);
        Some(Case::new(DiagonalMatrix(offset), [x], move |[x]| {
            let size = length + offset.unsigned_abs();
            let batches = &x.shape()[..x.rank() - 1];
            from_index(&Shape::new(batches.iter().copied().chain([size, size])), |index| {
                let (batch, place) = index.split_at(batches.len());
                if signed(place[1]) - signed(place[0]) != offset {
                    return 0.0;
                }
                broadcast_at(x, &[batch, &[place[0].min(place[1])]].concat())
            })
        }))
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    /// `numpy.diagonal(zeros((2, 3)), 3)` and further out: empty.
    #[test]
    fn far_outside_there_is_nothing() {
        let x = Tensor::<f64>::zeros([2, 3]);
        for offset in [3, -2, -9, isize::MAX, isize::MIN] {
            assert_eq!(x.diagonal(offset).shape(), [0]);
        }
    }

    #[test]
    #[should_panic(expected = "diagonal: shape [3] has fewer than two axes")]
    fn a_vector_has_no_diagonal() {
        let _ = Tensor::<f64>::zeros([3]).diagonal(0);
    }

    #[test]
    #[should_panic(expected = "diagonal_matrix: a single number")]
    fn a_number_is_no_diagonal() {
        let _ = Tensor::scalar(1.0).diagonal_matrix(0);
    }
}
