//! Solutions of linear equations.

use super::equations::{Kept, Plan};
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};

/// `X = A⁻¹ B`; gradients `B̄ = A⁻ᵀ X̄` and `Ā = -B̄ Xᵀ`, summed over batches that were repeated.
///
/// The matrix is factored once, and the gradients use its factors again. With a matrix that is singular, a pivot being exactly 0, the
/// solution and its gradients are NaN; close to one they are as large and as uncertain as the condition of the matrix says. An empty
/// matrix has the empty solution.
#[derive(Clone, Debug, Default)]
pub struct Solve {
    kept: Kept,
}

impl<T: Element> Op<T, 2> for Solve {
    const NAME: &'static str = "solve";

    #[track_caller]
    fn forward(&mut self, [a, b]: [&Tensor<T>; 2], pool: &Pool<T>) -> Tensor<T> {
        let plan = Plan::new("solve", a.shape(), b.shape());
        let factors = self.kept.factor(a, plan.size);
        plan.solved(b, pool, |matrix, x| factors[matrix].solve(x, plan.columns))
    }

    fn pullback(&self, [a, b]: [&Tensor<T>; 2], x: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let plan = Plan::new("solve", a.shape(), b.shape());
        let factors = self.kept.factors::<T>();
        let solve = |matrix: usize, x: &mut [T]| factors[matrix].solve_transposed(x, plan.columns);
        let by_right = plan.solved_upstream(upstream, into.pool(), solve);
        into.accumulate(1, |sum, onto| plan.add_right(&by_right, sum, onto));
        into.accumulate(0, |sum, onto| plan.add_left(&by_right, x, sum, onto));
        into.pool().give(by_right);
    }

    fn forget(&mut self, _: &Pool<T>) {
        self.kept.forget();
    }
}

methods! {
    /// The solution `X` of the equations `A X = B`, where this is the square matrix `A`. `B` is a vector, or a matrix whose columns are
    /// solved for each by itself. The last two axes are rows and columns, those before are batches, which broadcast; only a `B` with
    /// one axis is a vector. Feature `linalg`.
    ///
    /// Its gradients are `B̄ = A⁻ᵀ X̄` and `Ā = -B̄ Xᵀ`. With a singular matrix the solution and the gradients are NaN.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = TensorTape::new();
    /// let a = tape.var(Tensor::from([[2.0, 1.0], [0.0, 4.0]]));
    /// let b = tape.var(Tensor::from([4.0, 8.0]));
    /// let x = a.solve(b);
    /// assert_eq!(x.value().to_vec(), [1.0, 2.0]);
    /// let g = x.sum().backward();
    /// assert_eq!(g.of(b).to_vec(), [0.5, 0.125]);
    /// assert_eq!(g.of(a), Tensor::from([[-0.5, -1.0], [-0.125, -0.25]]));
    /// ```
    ///
    /// # Panics
    /// When the matrix is not square, the right-hand side has another number of rows, or the batches do not broadcast.
    fn solve(a, b) => Solve::default();
}

#[cfg(test)]
use super::{
    checking::{Case, Checks, Draw, broadcast_at, from_index},
    equations::plain,
};
#[cfg(test)]
use crate::array::Shape;

/// Operands of equations: a matrix of a random kind by `matrix`, and a right-hand side that may broadcast.
#[cfg(test)]
pub(super) fn operands(draw: &mut Draw, matrix: impl Fn(&mut Draw, &Shape) -> Tensor<f64>) -> [Tensor<f64>; 2] {
    let whole = plain::shape(draw);
    let (batches, size) = super::equations::square("checks", &whole);
    let (left, right) = (draw.broadcastable(&batches), draw.broadcastable(&batches));
    let a = matrix(draw, &Shape::new(left.iter().copied().chain([size, size])));
    let columns = draw.below(4);
    let b = if draw.below(3) == 0 { Shape::from([size]) } else { Shape::new(right.iter().copied().chain([size, columns])) };
    [a, draw.tensor(b)]
}

/// The solution, from a function that gives the elements of the inverse of a matrix.
#[cfg(test)]
pub(super) fn by_inverse(
    [a, b]: [&Tensor<f64>; 2],
    inverse_at: impl Fn(&[f64], usize, usize, usize) -> f64,
) -> Tensor<f64> {
    let plan = Plan::new("checks", a.shape(), b.shape());
    let (size, vector) = (plan.size, b.rank() == 1);
    from_index(&plan.result, |index| {
        let (batch, place) = index.split_at(index.len() - if vector { 1 } else { 2 });
        let element = |x: &Tensor<f64>, i: usize, j: usize| broadcast_at(x, &[batch, &[i, j]].concat());
        let matrix: Vec<f64> = (0..size * size).map(|at| element(a, at / size, at % size)).collect();
        let right = |k: usize| if vector { b.as_slice()[k] } else { element(b, k, place[1]) };
        (0..size).map(|k| inverse_at(&matrix, size, place[0], k) * right(k)).sum()
    })
}

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let operands = operands(draw, plain::regular);
        Case::new(Solve::default(), operands, |operands| by_inverse(operands, plain::inverse_at))
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    #[should_panic(expected = "solve: the matrix has shape [2, 3]; it must be square")]
    fn a_matrix_that_is_not_square() {
        let _ = Tensor::<f64>::zeros([2, 3]).solve(Tensor::zeros([2]));
    }

    #[test]
    #[should_panic(expected = "the axis of the right-hand side has size 3, and must have that of the matrix, 2")]
    fn a_vector_of_another_length() {
        let _ = Tensor::<f64>::eye(2).solve(Tensor::zeros([3]));
    }

    #[test]
    #[should_panic(expected = "the last axis but one of the right-hand side has size 3, and must have that of the matrix, 2")]
    fn a_matrix_with_other_rows() {
        let _ = Tensor::<f64>::eye(2).solve(Tensor::zeros([3, 2]));
    }

    #[test]
    #[should_panic(expected = "solve: the right-hand side is a single number (shape [])")]
    fn a_number_beside_a_matrix() {
        let _ = Tensor::<f64>::eye(2).solve(1.0);
    }

    #[test]
    #[should_panic(expected = "their batch axes [2] and [3] do not fit together")]
    fn batches_that_do_not_fit() {
        let _ = Tensor::<f64>::zeros([2, 4, 4]).solve(Tensor::zeros([3, 4, 1]));
    }
}
