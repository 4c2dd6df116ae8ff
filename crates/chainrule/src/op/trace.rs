//! Traces of matrices.

use crate::array::strided::{Layout, runs};
use crate::array::{Element, Pool, Shape, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;

/// `y = Σᵢ xᵢᵢ` over the last two axes, which need not have the same size; axes before them are batches. The gradient is the
/// upstream gradient on the diagonal, and 0 beside it. The trace of an empty matrix is 0.
#[derive(Clone, Copy, Debug)]
pub struct Trace;

/// The batches of `x`, and how its diagonals lie beneath them and the length of a diagonal.
#[track_caller]
fn diagonals(x: &Shape) -> (Shape, Shape, Layout) {
    let [batches @ .., rows, columns] = &x[..] else {
        panic!("trace: the operand has shape {x}; a trace needs two axes, rows and columns: `reshape` it")
    };
    let steps = x.steps();
    let down = steps[x.len() - 2] + steps[x.len() - 1];
    let beneath = Layout { start: 0, steps: steps[..batches.len()].iter().copied().chain([down]).collect() };
    let whole = Shape::new(batches.iter().copied().chain([*rows.min(columns)]));
    (Shape::from(batches), whole, beneath)
}

/// How one number for each batch lies beneath the diagonals.
fn one_each(batches: &Shape) -> Layout {
    Layout { start: 0, steps: batches.steps().into_iter().chain([0]).collect() }
}

impl<T: Element> Op<T, 1> for Trace {
    const NAME: &'static str = "trace";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let (batches, whole, diagonal) = diagonals(x.shape());
        pool.filled(&batches, |y| {
            y.fill(T::zero());
            for run in runs(&whole, [&diagonal, &one_each(&batches)]) {
                for i in 0..run.length {
                    y[run.place(1, i)] += x.as_slice()[run.place(0, i)];
                }
            }
        })
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let (batches, whole, diagonal) = diagonals(x.shape());
        into.accumulate(0, |sum, onto| {
            if onto == Onto::Fresh {
                sum.fill(T::zero());
            }
            for run in runs(&whole, [&diagonal, &one_each(&batches)]) {
                for i in 0..run.length {
                    sum[run.place(0, i)] += upstream.as_slice()[run.place(1, i)];
                }
            }
        });
    }
}

methods! {
    /// The sum of the diagonal of a matrix, or of each matrix of a batch: the last two axes are gone from the result.
    ///
    /// Its gradient is the upstream gradient on the diagonal, and 0 beside it.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// assert_eq!(Tensor::from([[1.0, 2.0], [3.0, 4.0]]).trace().item(), 5.0);
    /// ```
    ///
    /// # Panics
    /// When there are fewer than two axes.
    fn trace(x) => Trace;
}

#[cfg(test)]
use super::checking::{Case, Checks, broadcast_at, from_index};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let shape = draw.shape();
        if shape.len() < 2 {
            return None;
        }
        let x = draw.tensor(&shape);
        Some(Case::new(Trace, [x], |[x]| {
            let (batches, last) = x.shape().split_at(x.rank() - 2);
            from_index(&Shape::from(batches), |batch| {
                let element = |i| broadcast_at(x, &[batch, &[i, i]].concat());
                (0..last[0].min(last[1])).map(element).sum()
            })
        }))
    });
}
