//! Matrix products.

use crate::array::shape::Shape;
use crate::array::strided::{Layout, walk};
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::{Matrix, Onto};

/// `Y = A B`; gradients `Ā = Ȳ Bᵀ` and `B̄ = Aᵀ Ȳ`, summed over batches that were repeated.
///
/// The last two axes are rows and columns, those before are batches and broadcast. A vector on the left is a row, on the
/// right a column, and its axis is gone from the result: the convention of `numpy.matmul`.
#[derive(Clone, Copy, Debug)]
pub struct MatMul;

/// How two operands are multiplied: a batch of products of matrices.
struct Plan {
    /// The shape of the result.
    result: Shape,
    /// The batch axes.
    batches: Shape,
    /// Which matrix of each operand takes part in each product.
    left: Layout,
    right: Layout,
    rows: usize,
    inner: usize,
    columns: usize,
}

impl Plan {
    #[track_caller]
    fn new(a: &Shape, b: &Shape) -> Self {
        let (Some(&a_last), Some(&b_last)) = (a.last(), b.last()) else {
            panic!("matmul: the operands have shapes {a} and {b}; a single number has no rows or columns, multiply with `*`")
        };
        let (left_batches, rows) = if a.len() == 1 { (&a[..0], 1) } else { (&a[..a.len() - 2], a[a.len() - 2]) };
        let (right_batches, inner, columns) =
            if b.len() == 1 { (&b[..0], b_last, 1) } else { (&b[..b.len() - 2], b[b.len() - 2], b_last) };
        assert!(
            a_last == inner,
            "matmul: the operands have shapes {a} and {b}; the last axis of the first has size {a_last}, the {} of the \
             second {inner}, and they must be equal. `transpose()` exchanges the last two axes",
            if b.len() == 1 { "axis" } else { "last but one" }
        );
        let (left_batches, right_batches) = (Shape::from(left_batches), Shape::from(right_batches));
        let Some(batches) = left_batches.broadcast(&right_batches) else {
            panic!(
                "matmul: the operands have shapes {a} and {b}; their batch axes {left_batches} and {right_batches} do not \
                 fit together: sizes must be equal, or one of them 1"
            )
        };
        let mut result = batches.clone();
        if a.len() > 1 {
            result.push(rows);
        }
        if b.len() > 1 {
            result.push(columns);
        }
        let left = Layout::broadcast(&left_batches, &batches);
        let right = Layout::broadcast(&right_batches, &batches);
        Self { result, batches, left, right, rows, inner, columns }
    }

    /// Whether the right operand is one matrix for all batches, and the left one has its own for each: then the batches
    /// are only more rows.
    fn is_flat(&self) -> bool {
        let dense = Layout::dense(&self.batches);
        self.batches.iter().zip(&self.right.steps).all(|(&size, &step)| size == 1 || step == 0)
            && self.batches.iter().enumerate().all(|(axis, &size)| size == 1 || self.left.steps[axis] == dense.steps[axis])
    }

    /// Shows the places of the three matrices of each product to `visit`, in order: left, right, result.
    fn each(&self, mut visit: impl FnMut([usize; 3])) {
        let (left, right, result) = (self.rows * self.inner, self.inner * self.columns, self.rows * self.columns);
        walk(&self.batches, [&self.left, &self.right, &Layout::dense(&self.batches)], |run| {
            for i in 0..run.length {
                visit([run.place(0, i) * left, run.place(1, i) * right, run.place(2, i) * result]);
            }
        });
    }

    /// The same product with all batches as rows of one.
    fn flattened(mut self) -> Self {
        if !self.batches.is_empty() && self.is_flat() {
            self.rows *= self.batches.elements();
            self.batches = Shape::default();
            self.left = Layout::dense(&self.batches);
            self.right = Layout::dense(&self.batches);
        }
        self
    }
}

impl<T: Element> Op<T, 2> for MatMul {
    const NAME: &'static str = "matmul";

    #[track_caller]
    fn forward(&mut self, [a, b]: [&Tensor<T>; 2], pool: &Pool<T>) -> Tensor<T> {
        let plan = Plan::new(a.shape(), b.shape()).flattened();
        let Plan { rows, inner, columns, .. } = plan;
        pool.filled(&plan.result, |y| {
            plan.each(|[a_at, b_at, y_at]| {
                let a = Matrix::rows(&a.as_slice()[a_at..], rows, inner);
                let b = Matrix::rows(&b.as_slice()[b_at..], inner, columns);
                T::product(a, b, &mut y[y_at..], columns, Onto::Fresh);
            });
        })
    }

    fn pullback(&self, [a, b]: [&Tensor<T>; 2], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let plan = Plan::new(a.shape(), b.shape()).flattened();
        let Plan { rows, inner, columns, .. } = plan;
        let (a, b, upstream) = (a.as_slice(), b.as_slice(), upstream.as_slice());
        // a matrix that takes part in several products gathers several gradients
        let prepare = |sum: &mut [T], onto: Onto| {
            if onto == Onto::Fresh && !plan.batches.is_empty() {
                sum.fill(T::zero());
                return Onto::Sum;
            }
            onto
        };
        into.accumulate(0, |sum, onto| {
            let onto = prepare(sum, onto);
            plan.each(|[a_at, b_at, y_at]| {
                let upstream = Matrix::rows(&upstream[y_at..], rows, columns);
                let b = Matrix::rows(&b[b_at..], inner, columns);
                T::product(upstream, b.transposed(), &mut sum[a_at..], inner, onto);
            });
        });
        into.accumulate(1, |sum, onto| {
            let onto = prepare(sum, onto);
            plan.each(|[a_at, b_at, y_at]| {
                let upstream = Matrix::rows(&upstream[y_at..], rows, columns);
                let a = Matrix::rows(&a[a_at..], rows, inner);
                T::product(a.transposed(), upstream, &mut sum[b_at..], columns, onto);
            });
        });
    }
}

methods! {
    /// The product of matrices: the last two axes are rows and columns, axes before them are batches, which broadcast. A
    /// vector on the left is a row, on the right a column, and its axis is gone from the result.
    ///
    /// `Y = A B` has gradients `Ā = Ȳ Bᵀ` and `B̄ = Aᵀ Ȳ`.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = TensorTape::new();
    /// let x = tape.var(Tensor::from([[1.0, 2.0]]));
    /// let w = tape.var(Tensor::from([[3.0, 4.0], [5.0, 6.0]]));
    /// let g = x.matmul(w).sum().backward();
    /// assert_eq!(g.of(x).to_vec(), [7.0, 11.0]);
    /// assert_eq!(g.of(w).to_vec(), [1.0, 1.0, 2.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// When an operand has no axes, the inner sizes differ, or the batches do not broadcast.
    fn matmul(a, b) => MatMul;
}

#[cfg(test)]
use super::checking::{Case, Checks, each_index};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let (rows, inner, columns) = (draw.below(5), draw.below(5), draw.below(5));
        let batches = Shape::from(&draw.shape()[..draw.shape().len().min(2)]);
        let matrix = |batches: Shape, last: [usize; 2]| Shape::new(batches.iter().copied().chain(last));
        let (left, right) = (draw.broadcastable(&batches), draw.broadcastable(&batches));
        let (a, b) = match draw.below(5) {
            0 => (Shape::from([inner]), matrix(right, [inner, columns])),
            1 => (matrix(left, [rows, inner]), Shape::from([inner])),
            2 => (Shape::from([inner]), Shape::from([inner])),
            _ => (matrix(left, [rows, inner]), matrix(right, [inner, columns])),
        };
        let (a, b) = (draw.tensor(a), draw.tensor(b));
        Case::new(MatMul, [a, b], |[a, b]| {
            let plan = Plan::new(a.shape(), b.shape());
            let whole = Shape::new(plan.batches.iter().copied().chain([plan.rows, plan.columns]));
            let mut elements = Vec::new();
            each_index(&whole, |index| {
                let (batch, place) = index.split_at(index.len() - 2);
                let at = |x: &Tensor<f64>, vector: bool, i: usize, j: usize, k: usize| {
                    if vector {
                        return x.as_slice()[k];
                    }
                    let index: Vec<usize> = batch.iter().copied().chain([i, j]).collect();
                    // rows and columns of size 1 are no broadcasts, but index 0 is all that they have
                    super::checking::broadcast_at(x, &index)
                };
                let term = |k| {
                    at(a, a.rank() == 1, place[0], k, k) * at(b, b.rank() == 1, k, place[1], k)
                };
                elements.push((0..plan.inner).map(term).sum());
            });
            Tensor::new(&plan.result, elements)
        })
    });
}
