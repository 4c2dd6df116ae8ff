//! Cholesky factors of matrices.

use super::equations::{matrices, matrices_mut, square};
use crate::array::factor::not_a_number;
use crate::array::substitution::Triangular;
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::{Matrix, Onto};

/// The lower triangular `L` with a positive diagonal and `L Lᵀ = (A + Aᵀ)/2`, which is `A` itself where it is symmetric.
///
/// Gradient `Ā = (S + Sᵀ)/2` with `S = L⁻ᵀ Φ(Lᵀ L̄) L⁻¹`, where `Φ` takes the lower triangle and halves its diagonal (Murray,
/// "Differentiation of the Cholesky decomposition", arXiv:1602.07527). It is symmetric, and the gradient by each element
/// by itself, since both elements of a pair are read. That of a matrix that is not positive definite is NaN in the lower triangle, and
/// so is its gradient; that of an empty matrix is empty.
#[derive(Clone, Copy, Debug)]
pub struct Cholesky;

impl<T: Element> Op<T, 1> for Cholesky {
    const NAME: &'static str = "cholesky";

    #[track_caller]
    fn forward(&mut self, [a]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let (_, size) = square("cholesky", a.shape());
        pool.filled(a.shape(), |l| {
            for (a, l) in matrices(a.as_slice(), size).zip(matrices_mut(l, size)) {
                add_symmetric(a, l, size, Onto::Fresh);
                if !T::cholesky(l, size) {
                    l.fill(not_a_number(a));
                }
                for (i, row) in l.chunks_exact_mut(size).enumerate() {
                    row[i + 1..].fill(T::zero());
                }
            }
        })
    }

    fn pullback(&self, [a]: [&Tensor<T>; 1], l: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let (_, size) = square("cholesky", a.shape());
        into.accumulate(0, |sum, onto| {
            let mut s = vec![T::zero(); size * size];
            let each = matrices(l.as_slice(), size).zip(matrices(upstream.as_slice(), size));
            for ((l, upstream), sum) in each.zip(matrices_mut(sum, size)) {
                let rows = Matrix::rows(l, size, size);
                T::product(rows.transposed(), Matrix::rows(upstream, size, size), &mut s, size, Onto::Fresh);
                for (i, row) in s.chunks_exact_mut(size).enumerate() {
                    row[i] *= T::literal(0.5);
                    row[i + 1..].fill(T::zero());
                }
                let backwards = Triangular::lower(l, size).transposed();
                backwards.solve(&mut s, size);
                transpose(&mut s, size);
                backwards.solve(&mut s, size);
                add_symmetric(&s, sum, size, onto);
            }
        });
    }
}

/// `sum = (x + xᵀ)/2`, or added to it.
fn add_symmetric<T: Element>(x: &[T], sum: &mut [T], size: usize, onto: Onto) {
    for (at, sum) in sum.iter_mut().enumerate() {
        let mean = (x[at] + x[at % size * size + at / size]) * T::literal(0.5);
        *sum = if onto == Onto::Fresh { mean } else { *sum + mean };
    }
}

fn transpose<T>(x: &mut [T], size: usize) {
    for i in 0..size {
        for j in 0..i {
            x.swap(i * size + j, j * size + i);
        }
    }
}

methods! {
    /// The Cholesky factor of a symmetric, positive definite matrix `A`, or of each matrix of a batch (the last two axes): the lower
    /// triangular `L` with a positive diagonal and `L Lᵀ = A`. Of a matrix that is not symmetric it is that of `(A + Aᵀ)/2`. Feature `linalg`.
    ///
    /// Its gradient is symmetric: `(S + Sᵀ)/2` with `S = L⁻ᵀ Φ(Lᵀ L̄) L⁻¹`, where `Φ` takes the lower triangle and halves its diagonal
    /// (Murray, 2016). That of a matrix that is not positive definite is NaN, and so is its gradient.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let a = Tensor::from([[4.0, 2.0], [2.0, 10.0]]);
    /// assert_eq!(a.cholesky(), Tensor::from([[2.0, 0.0], [1.0, 3.0]]));
    /// ```
    ///
    /// # Panics
    /// When the matrix is not square.
    fn cholesky(a) => Cholesky;
}

#[cfg(test)]
use super::{
    checking::{Case, Checks, Draw},
    equations::plain,
};

/// Random positive definite matrices, `M Mᵀ + 1`.
#[cfg(test)]
pub(super) fn definite(draw: &mut Draw, shape: &crate::array::Shape) -> Tensor<f64> {
    let m = draw.tensor(shape);
    m.matmul(m.transpose()) + Tensor::eye(shape[shape.len() - 1])
}

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let shape = plain::shape(draw);
        let mut a = definite(draw, &shape);
        if draw.flag() {
            // what is not symmetric cancels
            let skew = draw.tensor_between(-0.1, 0.1, &shape);
            a = a + &skew - skew.transpose();
        }
        Case::new(Cholesky, [a], |[a]| {
            let (_, size) = square("checks", a.shape());
            let mut lower = Tensor::zeros(a.shape());
            for (a, l) in matrices(a.as_slice(), size).zip(matrices_mut(lower.as_mut_slice(), size)) {
                for i in 0..size {
                    for j in 0..=i {
                        let known: f64 = (0..j).map(|k| l[i * size + k] * l[j * size + k]).sum();
                        let rest = 0.5 * (a[i * size + j] + a[j * size + i]) - known;
                        l[i * size + j] = if i == j { rest.sqrt() } else { rest / l[j * size + j] };
                    }
                }
            }
            lower
        })
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    #[should_panic(expected = "cholesky: the matrix has shape [1, 2]; it must be square")]
    fn a_matrix_that_is_not_square() {
        let _ = Tensor::<f64>::zeros([1, 2]).cholesky();
    }
}
