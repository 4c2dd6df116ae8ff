//! Inner products of vectors.

use super::rows::sum_of_pairs;
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;

/// `y = Σ aᵢ bᵢ`, of two vectors a single number; gradients `ȳ b` and `ȳ a`. The product of vectors without elements is 0.
#[derive(Clone, Copy, Debug)]
pub struct Dot;

impl<T: Element> Op<T, 2> for Dot {
    const NAME: &'static str = "dot";

    #[track_caller]
    fn forward(&mut self, [a, b]: [&Tensor<T>; 2], pool: &Pool<T>) -> Tensor<T> {
        let (left, right) = (a.shape(), b.shape());
        assert!(
            left.len() == 1 && right.len() == 1,
            "dot: the operands have shapes {left} and {right}, and both must be vectors; for matrices use `matmul`"
        );
        assert!(
            left == right,
            "dot: the operands have shapes {left} and {right}; they have {} and {} elements, and must have equally many",
            left[0],
            right[0]
        );
        pool.filled([], |y| y[0] = T::loops(|| sum_of_pairs(a.as_slice(), b.as_slice(), |a, b| a * b)))
    }

    fn pullback(&self, [a, b]: [&Tensor<T>; 2], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let upstream = upstream.as_slice()[0];
        for (operand, other) in [(0, b), (1, a)] {
            into.accumulate(operand, |sum, onto| {
                let both = sum.iter_mut().zip(other.as_slice());
                T::loops(|| match onto {
                    Onto::Fresh => both.for_each(|(sum, &x)| *sum = upstream * x),
                    Onto::Sum => both.for_each(|(sum, &x)| *sum += upstream * x),
                });
            });
        }
    }
}

methods! {
    /// The inner product of two vectors, a single number: `Σ aᵢ bᵢ`. Its gradient by each is the other, times the upstream
    /// gradient.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let (a, b) = (Tensor::from([1.0, 2.0]), Tensor::from([3.0, 4.0]));
    /// assert_eq!(a.dot(&b).item(), 11.0);
    /// ```
    ///
    /// # Panics
    /// When an operand is no vector, or their lengths differ.
    fn dot(a, b) => Dot;
}

#[cfg(test)]
use super::checking::{Case, Checks};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let length = draw.shape().elements();
        let (a, b) = (draw.tensor([length]), draw.tensor([length]));
        Case::new(Dot, [a, b], |[a, b]| {
            let mut sum = 0.0;
            for i in 0..a.len() {
                sum += a.as_slice()[i] * b.as_slice()[i];
            }
            Tensor::scalar(sum)
        })
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn a_long_product_keeps_its_digits() {
        let ones = Tensor::<f32>::ones([(1 << 24) + 1024]);
        // a running sum stops at 2^24
        assert_eq!(ones.dot(&ones).item(), 16_778_240.0);
    }

    #[test]
    #[should_panic(expected = "dot: the operands have shapes [2] and [3]")]
    fn lengths_must_agree() {
        let _ = Tensor::from([1.0, 2.0]).dot(Tensor::from([1.0, 2.0, 3.0]));
    }

    #[test]
    #[should_panic(expected = "both must be vectors")]
    fn matrices_are_refused() {
        let _ = Tensor::from([[1.0, 2.0]]).dot(Tensor::from([[1.0, 2.0]]));
    }
}
