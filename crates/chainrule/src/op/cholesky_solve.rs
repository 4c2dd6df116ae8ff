//! Solutions of linear equations with a Cholesky factor.

use super::equations::{Plan, matrices, matrices_mut};
use crate::array::substitution::Triangular;
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::{Matrix, Onto};

/// `X = A⁻¹ B` where `A = L Lᵀ` is given by its lower triangular factor `L`, of which nothing above the diagonal is read.
///
/// Gradients `B̄ = A⁻¹ X̄`, and `L̄` is the lower triangle of `(Ā + Āᵀ) L` with `Ā = -B̄ Xᵀ`. With a 0 on the diagonal of `L` the solution is
/// infinite or NaN; an empty factor has the empty solution.
#[derive(Clone, Copy, Debug)]
pub struct CholeskySolve;

/// Solves with factor number so and so.
fn solver<T: Element>(l: &Tensor<T>, plan: &Plan) -> impl Fn(usize, &mut [T]) {
    let (size, columns) = (plan.size, plan.columns);
    move |number, x| {
        let lower = Triangular::lower(&l.as_slice()[number * size * size..][..size * size], size);
        lower.solve(x, columns);
        lower.transposed().solve(x, columns);
    }
}

impl<T: Element> Op<T, 2> for CholeskySolve {
    const NAME: &'static str = "cholesky_solve";

    #[track_caller]
    fn forward(&mut self, [l, b]: [&Tensor<T>; 2], pool: &Pool<T>) -> Tensor<T> {
        let plan = Plan::new("cholesky_solve", l.shape(), b.shape());
        plan.solved(b, pool, solver(l, &plan))
    }

    fn pullback(&self, [l, b]: [&Tensor<T>; 2], x: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let plan = Plan::new("cholesky_solve", l.shape(), b.shape());
        let size = plan.size;
        let pool = into.pool();
        let by_right = plan.solved_upstream(upstream, pool, solver(l, &plan));
        into.accumulate(1, |sum, onto| plan.add_right(&by_right, sum, onto));
        into.accumulate(0, |sum, onto| {
            // the gradient by A, which is linear in that by L
            let mut by_matrix = pool.scratch(l.shape());
            plan.add_left(&by_right, x, by_matrix.as_mut_slice(), Onto::Fresh);
            let mut product = vec![T::zero(); size * size];
            let each = matrices(by_matrix.as_slice(), size).zip(matrices(l.as_slice(), size));
            for ((by_matrix, l), sum) in each.zip(matrices_mut(sum, size)) {
                // what stands above the diagonal of L is no part of it
                let lower = lower_triangle(l, size);
                let lower = Matrix::rows(&lower, size, size);
                let by_matrix = Matrix::rows(by_matrix, size, size);
                T::product(by_matrix, lower, &mut product, size, Onto::Fresh);
                T::product(by_matrix.transposed(), lower, &mut product, size, Onto::Sum);
                for (at, (sum, &share)) in sum.iter_mut().zip(&product).enumerate() {
                    let share = if at % size <= at / size { share } else { T::zero() };
                    *sum = if onto == Onto::Fresh { share } else { *sum + share };
                }
            }
            pool.give(by_matrix);
        });
        pool.give(by_right);
    }
}

fn lower_triangle<T: Element>(matrix: &[T], size: usize) -> Vec<T> {
    matrix.iter().enumerate().map(|(at, &x)| if at % size <= at / size { x } else { T::zero() }).collect()
}

methods! {
    /// The solution `X` of the equations `A X = B`, where this is the lower triangular Cholesky factor `L` of the matrix `A = L Lᵀ`; nothing
    /// above its diagonal is read. `B` is a vector or a matrix, with batches as in [`solve`](Self::solve). Feature `linalg`.
    ///
    /// Its gradients are `B̄ = A⁻¹ X̄`, and the lower triangle of `(Ā + Āᵀ) L` with `Ā = -B̄ Xᵀ` by the factor.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let l = Tensor::from([[4.0, 2.0], [2.0, 10.0]]).cholesky();
    /// assert_eq!(l.cholesky_solve(Tensor::from([8.0, 22.0])).to_vec(), [1.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// When the factor is not square, the right-hand side has another number of rows, or the batches do not broadcast.
    fn cholesky_solve(l, b) => CholeskySolve;
}

#[cfg(test)]
use super::{
    checking::{Case, Checks, Draw},
    equations::plain,
    solve::{by_inverse, operands},
};

/// A random factor with a diagonal between 1 and 3, and anything above it.
#[cfg(test)]
fn factor(draw: &mut Draw, shape: &crate::array::Shape) -> Tensor<f64> {
    let mut l = draw.tensor_between(-1.0, 1.0, shape);
    let size = shape[shape.len() - 1];
    for matrix in matrices_mut(l.as_mut_slice(), size) {
        (0..size).for_each(|i| matrix[i * size + i] += 2.0);
    }
    l
}

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let operands = operands(draw, factor);
        Case::new(CholeskySolve, operands, |operands| {
            by_inverse(operands, |l, size, i, j| {
                let lower = lower_triangle(l, size);
                let element = |at: usize| {
                    (0..size).map(|k| lower[at / size * size + k] * lower[at % size * size + k]).sum()
                };
                let a: Vec<f64> = (0..size * size).map(element).collect();
                plain::inverse_at(&a, size, i, j)
            })
        })
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    #[should_panic(expected = "cholesky_solve: the matrix has shape [2, 3]; it must be square")]
    fn a_factor_that_is_not_square() {
        let _ = Tensor::<f64>::zeros([2, 3]).cholesky_solve(Tensor::zeros([2]));
    }
}
