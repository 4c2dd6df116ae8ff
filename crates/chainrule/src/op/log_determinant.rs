//! Logarithms of determinants.

use super::equations::{Kept, matrices_mut, square};
use crate::array::factor::{Factors, identity};
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;

/// `y = ln |det A|`; gradient `A⁻ᵀ ȳ`. Neither overflows where the determinant would. Of a singular matrix, a pivot being exactly 0, the
/// value is -infinity and the gradient NaN; of an empty matrix the value is 0.
#[derive(Clone, Debug, Default)]
pub struct LogDeterminant {
    kept: Kept,
}

impl<T: Element> Op<T, 1> for LogDeterminant {
    const NAME: &'static str = "log_determinant";

    #[track_caller]
    fn forward(&mut self, [a]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let (batches, size) = square("log_determinant", a.shape());
        let factors = self.kept.factor(a, size);
        pool.filled(batches, |y| {
            // an empty matrix has no elements that it could be counted by
            y.fill(T::zero());
            y.iter_mut().zip(factors).for_each(|(y, factors)| *y = factors.log_determinant());
        })
    }

    fn pullback(&self, [a]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let (_, size) = square("log_determinant", a.shape());
        into.accumulate(0, |sum, onto| {
            let mut slope = vec![T::zero(); size * size];
            let each = self.kept.factors::<T>().iter().zip(upstream.as_slice());
            for ((factors, &upstream), sum) in each.zip(matrices_mut(sum, size)) {
                identity(&mut slope, size);
                factors.solve_transposed(&mut slope, size);
                for (sum, &slope) in sum.iter_mut().zip(&slope) {
                    *sum = if onto == Onto::Fresh { slope * upstream } else { *sum + slope * upstream };
                }
            }
        });
    }

    fn forget(&mut self, _: &Pool<T>) {
        self.kept.forget();
    }
}

impl<T: Element> Tensor<T> {
    /// The sign of the determinant of a square matrix, or of each matrix of a batch: 1, -1, or 0 of a singular matrix; 1 of an empty one.
    /// With [`log_determinant`](Self::log_determinant) it says what the determinant is, also where that overflows. It does not vary, and so
    /// exists on tensors only. Feature `linalg`.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// assert_eq!(Tensor::from([[0.0, 2.0], [3.0, 0.0]]).determinant_sign().item(), -1.0);
    /// ```
    ///
    /// # Panics
    /// When the matrix is not square.
    #[must_use]
    #[track_caller]
    pub fn determinant_sign(&self) -> Self {
        let (batches, size) = square("determinant_sign", self.shape());
        let mut signs = vec![T::one(); batches.elements()];
        for (sign, matrix) in signs.iter_mut().zip(super::equations::matrices(self.as_slice(), size)) {
            *sign = Factors::new(matrix, size).sign();
        }
        Self::new(batches, signs)
    }
}

methods! {
    /// The logarithm of the magnitude of the determinant, `ln |det A|`, of a square matrix, or of each matrix of a batch: the last two axes
    /// are gone from the result. It does not overflow where the determinant would. Feature `linalg`.
    ///
    /// Its gradient is `A⁻ᵀ`, times upstream. Of a singular matrix the value is -infinity and the gradient NaN.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = TensorTape::new();
    /// let a = tape.var(Tensor::from([[2.0, 0.0], [1.0, -4.0]]));
    /// let y = a.log_determinant();
    /// assert!((y.item() - 8f64.ln()).abs() < 1e-15);
    /// assert_eq!(y.backward().of(a), Tensor::from([[0.5, 0.125], [0.0, -0.25]]));
    /// ```
    ///
    /// # Panics
    /// When the matrix is not square.
    fn log_determinant(a) => LogDeterminant::default();
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
        let a = plain::regular(draw, &shape);
        Case::new(LogDeterminant::default(), [a], |[a]| {
            let (batches, size) = square("checks", a.shape());
            let logarithm = |number: usize| {
                plain::determinant(&a.as_slice()[number * size * size..][..size * size], size).abs().ln()
            };
            Tensor::new(&batches, (0..batches.elements()).map(logarithm).collect())
        })
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    #[should_panic(expected = "log_determinant: the matrix has shape [2, 3]; it must be square")]
    fn a_matrix_that_is_not_square() {
        let _ = Tensor::<f64>::zeros([2, 3]).log_determinant();
    }
}
