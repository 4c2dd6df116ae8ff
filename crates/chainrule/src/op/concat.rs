//! Tensors put together: along an axis that they have, or along a new one.

use crate::array::strided::put;
use crate::array::{Element, Pool, Shape, Tensor};
use crate::tape::Var;
use crate::tensor::{OpOfMany, Sink};
use smallvec::SmallVec;
use std::borrow::{Borrow, Cow};

/// `y = [x₀ | x₁ | ...]` along an axis; each operand's gradient is its part of the upstream gradient.
#[derive(Clone, Copy, Debug)]
pub struct Concat {
    operation: &'static str,
    axis: isize,
    /// Whether the axis is a new one, of size 1 in each operand.
    new: bool,
}

/// How the operands lie in the result: in each row of it, one piece of each.
struct Plan {
    result: Shape,
    /// The elements of a row of the result.
    row: usize,
    /// The elements that one place along the axis holds.
    inner: usize,
    axis: usize,
}

impl Concat {
    #[track_caller]
    fn plan<T>(self, operands: &[&Tensor<T>]) -> Plan {
        let Self { operation, axis, new } = self;
        let Some((first, others)) = operands.split_first() else {
            panic!("{operation}: there are no tensors, and so there is no shape; give at least one")
        };
        let mut result = first.shape().clone();
        if new {
            result.push(1);
        }
        let axis = result.axis_of(operation, axis);
        if new {
            result = first.shape().clone();
            result.insert(axis, operands.len());
        }
        for (number, other) in others.iter().enumerate() {
            self.compare(number + 1, first.shape(), other.shape(), axis);
            if !new {
                result.set(axis, result[axis] + other.shape()[axis]);
            }
        }
        let inner = result[axis + 1..].iter().product();
        Plan { row: result[axis] * inner, result, inner, axis }
    }

    /// Refuses operand `number` when its shape does not fit beside that of the first.
    #[track_caller]
    fn compare(self, number: usize, first: &Shape, other: &Shape, axis: usize) {
        let Self { operation, new, .. } = self;
        assert!(
            first.len() == other.len(),
            "{operation}: tensor 0 has shape {first} and tensor {number} has shape {other}; they must have the same number \
             of axes. `unsqueeze` adds one of size 1"
        );
        for (place, (size, other_size)) in first.iter().zip(other.iter()).enumerate() {
            assert!(
                size == other_size || (place == axis && !new),
                "{operation}: tensor 0 has shape {first} and tensor {number} has shape {other}, which differ along axis \
                 {place}{}",
                if new {
                    "; all shapes must be the same"
                } else {
                    "; only the axis that they are joined along may differ"
                }
            );
        }
    }

    fn piece<T>(self, plan: &Plan, x: &Tensor<T>) -> usize {
        if self.new { plan.inner } else { x.shape()[plan.axis] * plan.inner }
    }
}

impl<T: Element> OpOfMany<T> for Concat {
    const NAME: &'static str = "concat";

    #[track_caller]
    fn forward(&mut self, operands: &[&Tensor<T>], pool: &Pool<T>) -> Tensor<T> {
        let plan = self.plan(operands);
        pool.filled(&plan.result, |y| {
            let mut start = 0;
            for x in operands {
                let piece = self.piece(&plan, x);
                // rows without elements are no rows, but `chunks` asks for a length
                let rows = y.chunks_exact_mut(plan.row.max(1));
                for (row, x) in rows.zip(x.as_slice().chunks_exact(piece.max(1))) {
                    row[start..start + piece].copy_from_slice(x);
                }
                start += piece;
            }
        })
    }

    fn pullback(&self, operands: &[&Tensor<T>], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let plan = self.plan(operands);
        let mut start = 0;
        for (operand, x) in operands.iter().enumerate() {
            let piece = self.piece(&plan, x);
            into.accumulate(operand, |sum, onto| {
                let rows = upstream.as_slice().chunks_exact(plan.row.max(1));
                for (row, sum) in rows.zip(sum.chunks_exact_mut(piece.max(1))) {
                    put(&row[start..start + piece], sum, onto);
                }
            });
            start += piece;
        }
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(format!("{}({})", self.operation, self.axis))
    }
}

const fn joined(axis: isize) -> Concat {
    Concat { operation: "concat", axis, new: false }
}

const fn stacked(axis: isize) -> Concat {
    Concat { operation: "stack", axis, new: true }
}

#[track_caller]
fn evaluate<T: Element, X: Borrow<Tensor<T>>>(mut op: Concat, tensors: &[X]) -> Tensor<T> {
    let tensors: SmallVec<[&Tensor<T>; 8]> = tensors.iter().map(Borrow::borrow).collect();
    op.forward(&tensors, &Pool::default())
}

#[track_caller]
fn record<'t, T: Element>(op: Concat, values: &[Var<'t, Tensor<T>>]) -> Var<'t, Tensor<T>> {
    match values.iter().find_map(|value| value.tape()) {
        Some(tape) => tape.record_many(op, values),
        None => panic!(
            "{}: there are no values, or plain numbers alone, which have no tape; put one on a tape with \
             `tape.constant(...)`",
            op.operation
        ),
    }
}

impl<T: Element> Tensor<T> {
    /// Tensors one after another along an axis that they have: `Tensor::concat(&[&a, &b], 0)`. Their other sizes must agree.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let (a, b) = (Tensor::from([[1.0], [2.0]]), Tensor::from([[3.0, 4.0], [5.0, 6.0]]));
    /// assert_eq!(Tensor::concat(&[&a, &b], 1), Tensor::from([[1.0, 3.0, 4.0], [2.0, 5.0, 6.0]]));
    /// ```
    ///
    /// # Panics
    /// When there are no tensors, the axis does not exist, or the sizes along another axis differ.
    #[must_use]
    #[track_caller]
    pub fn concat<X: Borrow<Self>>(tensors: &[X], axis: isize) -> Self {
        evaluate(joined(axis), tensors)
    }

    /// Tensors of one shape along a new axis, which becomes axis number `axis` of the result.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let (a, b) = (Tensor::from([1.0, 2.0]), Tensor::from([3.0, 4.0]));
    /// assert_eq!(Tensor::stack(&[&a, &b], 1), Tensor::from([[1.0, 3.0], [2.0, 4.0]]));
    /// ```
    ///
    /// # Panics
    /// When there are no tensors, the result would have no such axis, or the shapes differ.
    #[must_use]
    #[track_caller]
    pub fn stack<X: Borrow<Self>>(tensors: &[X], axis: isize) -> Self {
        evaluate(stacked(axis), tensors)
    }
}

impl<T: Element> Var<'_, Tensor<T>> {
    /// Values one after another along an axis that they have. Their other sizes must agree.
    ///
    /// Each gets its part of the upstream gradient.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = TensorTape::new();
    /// let (a, b) = (tape.var(Tensor::from([1.0])), tape.var(Tensor::from([2.0, 3.0])));
    /// let y = Var::concat(&[a, b], 0).powi(2).sum();
    /// assert_eq!(y.backward().of(b).to_vec(), [4.0, 6.0]);
    /// ```
    ///
    /// # Panics
    /// When there are no values, the axis does not exist, the sizes along another axis differ, or the values stand on
    /// different tapes.
    #[must_use]
    #[track_caller]
    pub fn concat(values: &[Self], axis: isize) -> Self {
        record(joined(axis), values)
    }

    /// Values of one shape along a new axis, which becomes axis number `axis` of the result.
    ///
    /// Each gets its part of the upstream gradient.
    ///
    /// # Panics
    /// When there are no values, the result would have no such axis, the shapes differ, or the values stand on different
    /// tapes.
    #[must_use]
    #[track_caller]
    pub fn stack(values: &[Self], axis: isize) -> Self {
        record(stacked(axis), values)
    }
}

#[cfg(test)]
use super::checking::{Case, Checks, broadcast_at, from_index};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let shape = draw.shape();
        let axis = draw.axis(&shape)?;
        let along = shape.axis(axis).unwrap();
        let mut operands = Vec::new();
        for _ in 0..=draw.below(4) {
            let mut sizes = shape.to_vec();
            sizes[along] = draw.below(4);
            operands.push(draw.tensor(sizes));
        }
        Some(Case::many(joined(axis), operands, move |operands| {
            let mut sizes = operands[0].shape().to_vec();
            sizes[along] = operands.iter().map(|x| x.shape()[along]).sum();
            from_index(&Shape::from(sizes), |index| {
                let (mut index, mut operand) = (index.to_vec(), 0);
                while index[along] >= operands[operand].shape()[along] {
                    index[along] -= operands[operand].shape()[along];
                    operand += 1;
                }
                broadcast_at(&operands[operand], &index)
            })
        }))
    });
    check.each(|draw| {
        let shape = draw.shape();
        let axis = draw.below(shape.len() + 1);
        let operands: Vec<_> = (0..=draw.below(4)).map(|_| draw.tensor(&shape)).collect();
        let written = axis.cast_signed() - if draw.flag() { shape.len().cast_signed() + 1 } else { 0 };
        Case::many(stacked(written), operands, move |operands| {
            let mut sizes = operands[0].shape().to_vec();
            sizes.insert(axis, operands.len());
            from_index(&Shape::from(sizes), |index| {
                let mut index = index.to_vec();
                let operand = index.remove(axis);
                broadcast_at(&operands[operand], &index)
            })
        })
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn a_value_that_occurs_twice_gathers_both_parts() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::from([1.0, 2.0]));
        let y = Var::concat(&[x, x * 3.0, x], 0) * Tensor::from([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(y.sum().backward().of(x).to_vec(), [15.0, 20.0]);
        let rows = Var::stack(&[x, x], 0) * Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
        assert_eq!(rows.sum().backward().of(x).to_vec(), [4.0, 6.0]);
    }

    #[test]
    fn plain_numbers_are_stacked_beside_variables() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::scalar(2.0));
        let y = Var::stack(&[Var::literal(1.0), x], 0);
        assert_eq!(y.value().to_vec(), [1.0, 2.0]);
        assert_eq!(y.sum().backward().of(x).item(), 1.0);
    }

    #[test]
    fn owned_and_borrowed_tensors() {
        let x = Tensor::from([1.0, 2.0]);
        assert_eq!(Tensor::concat(&x.split(2, 0), 0), x);
        assert_eq!(Tensor::stack(&[&x, &x], -1), Tensor::from([[1.0, 1.0], [2.0, 2.0]]));
    }

    #[test]
    #[should_panic(
        expected = "concat: tensor 0 has shape [2, 3] and tensor 1 has shape [4, 5], which differ along axis 1"
    )]
    fn sizes_that_differ_elsewhere_are_refused() {
        let _ = Tensor::concat(&[Tensor::<f64>::zeros([2, 3]), Tensor::zeros([4, 5])], 0);
    }

    #[test]
    #[should_panic(
        expected = "concat: tensor 0 has shape [2] and tensor 2 has shape [2, 1]; they must have the same number"
    )]
    fn another_number_of_axes_is_refused() {
        let (vector, matrix) = (Tensor::<f64>::zeros([2]), Tensor::zeros([2, 1]));
        let _ = Tensor::concat(&[&vector, &vector, &matrix], 0);
    }

    #[test]
    #[should_panic(expected = "stack: tensor 0 has shape [2] and tensor 1 has shape [3], which differ along axis 0")]
    fn stacks_of_different_shapes_are_refused() {
        let _ = Tensor::stack(&[Tensor::<f64>::zeros([2]), Tensor::zeros([3])], 1);
    }

    #[test]
    #[should_panic(expected = "concat: there are no tensors")]
    fn nothing_is_refused() {
        let _ = Tensor::<f64>::concat::<Tensor<f64>>(&[], 0);
    }

    #[test]
    #[should_panic(expected = "stack: there are no values, or plain numbers alone")]
    fn no_variables_are_refused() {
        let _ = Var::<'_, Tensor<f64>>::stack(&[], 0);
    }
}
