//! Outer products of vectors.

use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Matrix;

/// `Y[i, j] = aᵢ bⱼ`; gradients `ā = Ȳ b` and `b̄ = Ȳᵀ a`.
#[derive(Clone, Copy, Debug)]
pub struct Outer;

impl<T: Element> Op<T, 2> for Outer {
    const NAME: &'static str = "outer";

    #[track_caller]
    fn forward(&mut self, [a, b]: [&Tensor<T>; 2], pool: &Pool<T>) -> Tensor<T> {
        assert!(
            a.rank() == 1 && b.rank() == 1,
            "outer: the operands have shapes {} and {}, and both must be vectors; `flatten()` makes one of any tensor",
            a.shape(),
            b.shape()
        );
        pool.filled([a.len(), b.len()], |y| {
            let (a, b) = (a.as_slice(), b.as_slice());
            T::loops(|| {
                for (row, &a) in y.chunks_exact_mut(b.len().max(1)).zip(a) {
                    row.iter_mut().zip(b).for_each(|(y, &b)| *y = a * b);
                }
            });
        })
    }

    fn pullback(&self, [a, b]: [&Tensor<T>; 2], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let upstream = Matrix::rows(upstream.as_slice(), a.len(), b.len());
        into.accumulate(0, |sum, onto| T::product(upstream, Matrix::rows(b.as_slice(), b.len(), 1), sum, 1, onto));
        into.accumulate(1, |sum, onto| {
            T::product(Matrix::rows(a.as_slice(), 1, a.len()), upstream, sum, b.len(), onto);
        });
    }
}

methods! {
    /// The outer product of two vectors, a matrix: element `[i, j]` is `aᵢ bⱼ`. Its gradients are `Ȳ b` and `Ȳᵀ a`.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let (a, b) = (Tensor::from([1.0, 2.0]), Tensor::from([3.0, 4.0, 5.0]));
    /// assert_eq!(a.outer(&b), Tensor::from([[3.0, 4.0, 5.0], [6.0, 8.0, 10.0]]));
    /// ```
    ///
    /// # Panics
    /// When an operand is no vector.
    fn outer(a, b) => Outer;
}

#[cfg(test)]
use super::checking::{Case, Checks, from_index};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let (rows, columns) = (draw.below(6), draw.below(6));
        let (a, b) = (draw.tensor([rows]), draw.tensor([columns]));
        Case::new(Outer, [a, b], move |[a, b]| {
            from_index(&[rows, columns].into(), |index| a.as_slice()[index[0]] * b.as_slice()[index[1]])
        })
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    #[should_panic(expected = "outer: the operands have shapes [1, 2] and [2], and both must be vectors")]
    fn matrices_are_refused() {
        let _ = Tensor::from([[1.0, 2.0]]).outer(Tensor::from([1.0, 2.0]));
    }
}
