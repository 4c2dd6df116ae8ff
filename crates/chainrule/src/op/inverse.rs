//! Inverses of matrices.

use super::equations::{Kept, matrices, matrices_mut, square};
use crate::array::factor::identity;
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::{Matrix, Onto};

/// `Y = A⁻¹`; gradient `Ā = -Yᵀ Ȳ Yᵀ`. The inverse of a singular matrix, a pivot being exactly 0, is NaN, and so is its gradient; that of
/// an empty matrix is empty. For equations, [`Solve`](super::Solve) is cheaper and more accurate.
#[derive(Clone, Copy, Debug)]
pub struct Inverse;

impl<T: Element> Op<T, 1> for Inverse {
    const NAME: &'static str = "inverse";

    #[track_caller]
    fn forward(&mut self, [a]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let (_, size) = square("inverse", a.shape());
        let mut kept = Kept::default();
        let factors = kept.factor(a, size);
        pool.filled(a.shape(), |y| {
            for (factors, y) in factors.iter().zip(matrices_mut(y, size)) {
                identity(y, size);
                factors.solve(y, size);
            }
        })
    }

    fn pullback(&self, [a]: [&Tensor<T>; 1], y: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let (_, size) = square("inverse", a.shape());
        into.accumulate(0, |sum, onto| {
            let mut half = vec![T::zero(); size * size];
            let each = matrices(y.as_slice(), size).zip(matrices(upstream.as_slice(), size));
            for ((y, upstream), sum) in each.zip(matrices_mut(sum, size)) {
                let y = Matrix::rows(y, size, size).transposed();
                T::product(y, Matrix::rows(upstream, size, size), &mut half, size, Onto::Fresh);
                for x in &mut half {
                    *x = -*x;
                }
                T::product(Matrix::rows(&half, size, size), y, sum, size, onto);
            }
        });
    }
}

methods! {
    /// The inverse of a square matrix, or of each matrix of a batch (the last two axes). Feature `linalg`. To solve equations,
    /// [`solve`](Self::solve) is cheaper and more accurate.
    ///
    /// `Y = A⁻¹` has the gradient `Ā = -Yᵀ Ȳ Yᵀ`. The inverse of a singular matrix is NaN, and so is its gradient.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let a = Tensor::from([[2.0, 0.0], [1.0, 4.0]]);
    /// assert_eq!(a.inverse(), Tensor::from([[0.5, 0.0], [-0.125, 0.25]]));
    /// ```
    ///
    /// # Panics
    /// When the matrix is not square.
    fn inverse(a) => Inverse;
}

#[cfg(test)]
use super::{
    checking::{Case, Checks, from_index},
    equations::plain,
};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let shape = plain::shape(draw);
        let a = plain::regular(draw, &shape);
        Case::new(Inverse, [a], |[a]| {
            let (batches, size) = square("checks", a.shape());
            let steps = batches.steps();
            from_index(a.shape(), |index| {
                let (batch, place) = index.split_at(batches.len());
                let number: usize = batch.iter().zip(&steps).map(|(&i, step)| i * step.unsigned_abs()).sum();
                plain::inverse_at(&a.as_slice()[number * size * size..][..size * size], size, place[0], place[1])
            })
        })
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    #[should_panic(expected = "inverse: the matrix has shape [3]; it must be square")]
    fn a_vector_has_no_inverse() {
        let _ = Tensor::<f64>::zeros([3]).inverse();
    }
}
