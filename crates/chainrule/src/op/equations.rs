//! Shared by the operations of linear algebra: batches of square matrices, equations with them, and factors that are kept for the
//! pullback.

use crate::array::factor::Factors;
use crate::array::strided::{Layout, walk};
use crate::array::{Element, Pool, Shape, Tensor};
use chainrule_kernels::product::{Matrix, Onto};
use std::any::Any;
use std::sync::Arc;

/// The batches of square matrices, and the size of each.
#[track_caller]
pub(super) fn square(operation: &str, shape: &Shape) -> (Shape, usize) {
    match &shape[..] {
        [batches @ .., rows, columns] if rows == columns => (Shape::from(batches), *rows),
        _ => panic!(
            "{operation}: the matrix has shape {shape}; it must be square: the last two axes, rows and columns, must have the same \
             size, and axes before them are batches"
        ),
    }
}

/// The matrices one after the other; none where they have no elements.
pub(super) fn matrices<T>(elements: &[T], size: usize) -> impl Iterator<Item = &[T]> {
    elements.chunks_exact((size * size).max(1))
}

/// The same, to be written to.
pub(super) fn matrices_mut<T>(elements: &mut [T], size: usize) -> impl Iterator<Item = &mut [T]> {
    elements.chunks_exact_mut((size * size).max(1))
}

/// Equations `A X = B`: which matrix meets which right-hand side.
pub(super) struct Plan {
    /// The shape of the solutions.
    pub(super) result: Shape,
    /// The batch axes.
    batches: Shape,
    /// Which matrix and which right-hand side of the batches take part in each equation.
    left: Layout,
    right: Layout,
    /// The size of the square matrices.
    pub(super) size: usize,
    /// How many columns a right-hand side has.
    pub(super) columns: usize,
}

impl Plan {
    #[track_caller]
    pub(super) fn new(operation: &str, a: &Shape, b: &Shape) -> Self {
        let (left_batches, size) = square(operation, a);
        let (right_batches, rows, columns) = match &b[..] {
            [] => panic!(
                "{operation}: the right-hand side is a single number (shape []); it must be a vector of {size} elements, or have \
                 {size} rows"
            ),
            [rows] => (Shape::default(), *rows, None),
            [batches @ .., rows, columns] => (Shape::from(batches), *rows, Some(*columns)),
        };
        assert!(
            rows == size,
            "{operation}: the matrix has shape {a} and the right-hand side {b}; the {} of the right-hand side has size {rows}, and \
             must have that of the matrix, {size}",
            if columns.is_none() { "axis" } else { "last axis but one" }
        );
        let Some(batches) = left_batches.broadcast(&right_batches) else {
            panic!(
                "{operation}: the matrix has shape {a} and the right-hand side {b}; their batch axes {left_batches} and \
                 {right_batches} do not fit together: sizes must be equal, or one of them 1"
            )
        };
        let result = Shape::new(batches.iter().copied().chain([size]).chain(columns));
        let left = Layout::broadcast(&left_batches, &batches);
        let right = Layout::broadcast(&right_batches, &batches);
        Self { result, batches, left, right, size, columns: columns.unwrap_or(1) }
    }

    /// Shows each equation to `visit`: the number of the matrix, of the right-hand side, and of the solution.
    fn each(&self, mut visit: impl FnMut([usize; 3])) {
        // without elements there is nothing to solve
        if self.size * self.columns == 0 {
            return;
        }
        walk(&self.batches, [&self.left, &self.right, &Layout::dense(&self.batches)], |run| {
            for i in 0..run.length {
                visit([run.place(0, i), run.place(1, i), run.place(2, i)]);
            }
        });
    }

    /// The solutions: `solve` overwrites the right-hand side that it is given by the solution with matrix number so and so.
    pub(super) fn solved<T: Element>(
        &self,
        b: &Tensor<T>,
        pool: &Pool<T>,
        solve: impl Fn(usize, &mut [T]),
    ) -> Tensor<T> {
        let each = self.size * self.columns;
        pool.filled(&self.result, |x| {
            self.each(|[matrix, from, to]| {
                let x = &mut x[to * each..][..each];
                x.copy_from_slice(&b.as_slice()[from * each..][..each]);
                solve(matrix, x);
            });
        })
    }

    /// For an upstream gradient in the shape of the solutions: what `solve` makes of it, in the same shape.
    pub(super) fn solved_upstream<T: Element>(
        &self,
        upstream: &Tensor<T>,
        pool: &Pool<T>,
        solve: impl Fn(usize, &mut [T]),
    ) -> Tensor<T> {
        let each = self.size * self.columns;
        pool.filled(&self.result, |x| {
            x.copy_from_slice(upstream.as_slice());
            self.each(|[matrix, _, to]| solve(matrix, &mut x[to * each..][..each]));
        })
    }

    /// Adds the gradients of all solutions to those of the right-hand sides that they came from.
    pub(super) fn add_right<T: Element>(&self, gradients: &Tensor<T>, sum: &mut [T], onto: Onto) {
        if onto == Onto::Fresh {
            sum.fill(T::zero());
        }
        let each = self.size * self.columns;
        self.each(|[_, to, from]| {
            let gradient = &gradients.as_slice()[from * each..][..each];
            sum[to * each..][..each].iter_mut().zip(gradient).for_each(|(sum, &x)| *sum += x);
        });
    }

    /// Adds `-G Xᵀ` to the gradient of each matrix, where `G` are the gradients of the right-hand sides and `X` the solutions.
    pub(super) fn add_left<T: Element>(&self, gradients: &Tensor<T>, solutions: &Tensor<T>, sum: &mut [T], onto: Onto) {
        if onto == Onto::Fresh {
            sum.fill(T::zero());
        }
        let Self { size, columns, .. } = *self;
        let negative: Vec<T> = gradients.as_slice().iter().map(|&x| -x).collect();
        self.each(|[to, _, from]| {
            let gradient = Matrix::rows(&negative[from * size * columns..], size, columns);
            let solution = Matrix::rows(&solutions.as_slice()[from * size * columns..], size, columns);
            T::product(gradient, solution.transposed(), &mut sum[to * size * size..], size, Onto::Sum);
        });
    }
}

/// The factors of a batch of matrices, kept from the forward pass for the pullback, whatever their elements are.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept(Option<Arc<dyn Any + Send + Sync>>);

impl Kept {
    /// Factors every matrix, keeps the factors and lends them.
    pub(super) fn factor<T: Element>(&mut self, a: &Tensor<T>, size: usize) -> &[Factors<T>] {
        let factors: Vec<_> = matrices(a.as_slice(), size).map(|matrix| Factors::new(matrix, size)).collect();
        self.0 = Some(Arc::new(factors));
        self.factors()
    }

    /// What was kept.
    pub(super) fn factors<T: Element>(&self) -> &[Factors<T>] {
        let kept = self.0.as_deref().and_then(|kept| kept.downcast_ref::<Vec<Factors<T>>>());
        kept.expect("the forward pass keeps its factors")
    }

    pub(super) fn forget(&mut self) {
        self.0 = None;
    }
}

#[cfg(test)]
pub(super) mod plain {
    //! What the operations are checked against: Leibniz's formula, row by row.

    use super::super::checking::Draw;
    use crate::array::{Shape, Tensor};

    /// A shape of square matrices: at most two batch axes, sizes 0 to 4.
    pub(in super::super) fn shape(draw: &mut Draw) -> Shape {
        let size = draw.below(5);
        let batches = draw.shape();
        Shape::new(batches.iter().copied().take(2).chain([size, size]))
    }

    /// Random matrices far from singular ones: the diagonal prevails.
    pub(in super::super) fn regular(draw: &mut Draw, shape: &Shape) -> Tensor<f64> {
        let mut a = draw.tensor(shape);
        let size = shape[shape.len() - 1];
        for matrix in super::matrices_mut(a.as_mut_slice(), size) {
            (0..size).for_each(|i| matrix[i * size + i] += if i.is_multiple_of(2) { 6.0 } else { -6.0 });
            if size > 1 && draw.flag() {
                // the largest elements beside the diagonal
                (0..size).for_each(|j| matrix.swap(j, size + j));
            }
        }
        a
    }

    /// The matrix without one row and one column.
    pub(in super::super) fn minor(a: &[f64], size: usize, row: usize, column: usize) -> Vec<f64> {
        let kept = |at: &usize| at / size != row && at % size != column;
        (0..size * size).filter(kept).map(|at| a[at]).collect()
    }

    /// The determinant, expanded along the first row.
    pub(in super::super) fn determinant(a: &[f64], size: usize) -> f64 {
        let term = |j: usize| {
            let sign = if j.is_multiple_of(2) { 1.0 } else { -1.0 };
            sign * a[j] * determinant(&minor(a, size, 0, j), size - 1)
        };
        if size == 0 { 1.0 } else { (0..size).map(term).sum() }
    }

    /// Element (i, j) of the inverse, by Cramer's rule.
    pub(in super::super) fn inverse_at(a: &[f64], size: usize, i: usize, j: usize) -> f64 {
        let sign = if (i + j).is_multiple_of(2) { 1.0 } else { -1.0 };
        sign * determinant(&minor(a, size, j, i), size - 1) / determinant(a, size)
    }
}
