//! Determinants of matrices.

mod adjugate;

use super::equations::{matrices, matrices_mut, square};
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use adjugate::Eliminated;
use chainrule_kernels::product::Onto;

/// `y = det A`; the gradient is the matrix of cofactors, which is `det(A) A⁻ᵀ` where there is an inverse.
///
/// Cofactors exist without an inverse, and they are computed without one: the gradient is exact for singular matrices too, and so are
/// the derivatives of higher order. The elimination has complete pivoting, which costs more than what a library does for equations; the
/// determinant of a large matrix, which would overflow, is better taken as [`LogDeterminant`](super::LogDeterminant). The determinant of
/// an empty matrix is 1.
#[derive(Clone, Copy, Debug)]
pub struct Determinant;

impl<T: Element> Op<T, 1> for Determinant {
    const NAME: &'static str = "determinant";

    #[track_caller]
    fn forward(&mut self, [a]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let (batches, size) = square("determinant", a.shape());
        pool.filled(batches, |y| {
            y.fill(T::one());
            for (y, matrix) in y.iter_mut().zip(matrices(a.as_slice(), size)) {
                *y = Eliminated::new(matrix, size).determinant();
            }
        })
    }

    fn pullback(&self, [a]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let (_, size) = square("determinant", a.shape());
        into.accumulate(0, |sum, onto| {
            let each = matrices(a.as_slice(), size).zip(upstream.as_slice());
            for ((matrix, &upstream), sum) in each.zip(matrices_mut(sum, size)) {
                Eliminated::new(matrix, size).cofactors(|at, cofactor| {
                    let share = cofactor * upstream;
                    sum[at] = if onto == Onto::Fresh { share } else { sum[at] + share };
                });
            }
        });
    }
}

methods! {
    /// The determinant of a square matrix, or of each matrix of a batch: the last two axes are gone from the result. Feature `linalg`.
    /// [`log_determinant`](Self::log_determinant) does not overflow where this would, and is faster for large matrices.
    ///
    /// Its gradient is the matrix of cofactors, times upstream: `det(A) A⁻ᵀ`, but exact for singular matrices too.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = TensorTape::new();
    /// let a = tape.var(Tensor::from([[1.0, 2.0], [2.0, 4.0]]));
    /// let y = a.determinant();
    /// assert_eq!(y.item(), 0.0);
    /// assert_eq!(y.backward().of(a), Tensor::from([[4.0, -2.0], [-2.0, 1.0]]));
    /// ```
    ///
    /// # Panics
    /// When the matrix is not square.
    fn determinant(a) => Determinant;
}

#[cfg(test)]
use super::{
    checking::{Case, Checks},
    equations::plain,
};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let shape = plain::shape(draw);
        let mut a = draw.tensor(&shape);
        let size = shape[shape.len() - 1];
        // the rank 0, 1, ... or full: rows are multiples of one row, or zeros
        for matrix in matrices_mut(a.as_mut_slice(), size) {
            let (first, others) = matrix.split_at_mut(size);
            for row in others.chunks_exact_mut(size.max(1)) {
                match draw.below(6) {
                    0 => row.copy_from_slice(first),
                    1 => row.iter_mut().zip(first.iter()).for_each(|(x, y)| *x = -2.0 * y),
                    2 => row.fill(0.0),
                    _ => {}
                }
            }
        }
        Case::new(Determinant, [a], |[a]| {
            let (batches, size) = square("checks", a.shape());
            let matrix = |number: usize| &a.as_slice()[number * size * size..][..size * size];
            let each = (0..batches.elements()).map(|number| plain::determinant(matrix(number), size));
            Tensor::new(&batches, each.collect())
        })
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    #[should_panic(expected = "determinant: the matrix has shape []; it must be square")]
    fn a_number_has_no_determinant() {
        let _ = Tensor::scalar(2.0).determinant();
    }
}
