//! Whole slices along an axis, chosen by indices: rows of a table.

use crate::array::strided::put;
use crate::array::{Element, Pool, Shape, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;
use std::borrow::Cow;

/// `y[.., k, ..] = x[.., indices[k], ..]`, where `k` is an index of any number of axes; `x̄[.., j, ..]` is the sum of `ȳ` over
/// all `k` with `indices[k] = j`: a slice that was taken often gathers often. As `jax.numpy.take`.
#[derive(Clone, Debug)]
pub struct Take {
    operation: &'static str,
    axis: isize,
    /// The user's indices, until the tape is cleared.
    indices: Option<Tensor<usize>>,
}

/// Rows of the operand and of the result, and the elements of one slice in them.
#[derive(Clone, Copy)]
struct Rows<'a> {
    indices: &'a [usize],
    length: usize,
    slice: usize,
}

/// Refuses an index that is not below the size of the axis.
#[track_caller]
pub(super) fn refuse_outside(operation: &str, x: &Shape, axis: usize, indices: &[usize]) {
    let size = x[axis];
    if let Some(at) = indices.iter().position(|&index| index >= size) {
        panic!(
            "{operation}: index {} (number {at} of {}) reaches beyond axis {axis} of shape {x}, which has size {size}; \
             indices count from 0",
            indices[at],
            indices.len()
        );
    }
}

impl Take {
    fn new(operation: &'static str, axis: isize, indices: &Tensor<usize>) -> Self {
        Self { operation, axis, indices: Some(indices.clone()) }
    }

    fn indices(&self) -> &Tensor<usize> {
        self.indices.as_ref().expect("indices are kept until the tape is cleared")
    }

    #[track_caller]
    fn rows(&self, x: &Shape) -> Rows<'_> {
        let axis = x.axis_of(self.operation, self.axis);
        let slice = x[axis + 1..].iter().product();
        Rows { indices: self.indices().as_slice(), length: x[axis] * slice, slice }
    }
}

impl Rows<'_> {
    fn take<T: Copy>(self, x: &[T], y: &mut [T]) {
        let Self { indices, length, slice } = self;
        // rows without elements are no rows, but `chunks` asks for a length
        let rows = x.chunks_exact(length.max(1)).zip(y.chunks_exact_mut((indices.len() * slice).max(1)));
        for (x, y) in rows {
            if slice == 1 {
                y.iter_mut().zip(indices).for_each(|(y, &index)| *y = x[index]);
                continue;
            }
            for (y, &index) in y.chunks_exact_mut(slice).zip(indices) {
                y.copy_from_slice(&x[index * slice..][..slice]);
            }
        }
    }

    fn add<T: Element>(self, upstream: &[T], sum: &mut [T]) {
        let Self { indices, length, slice } = self;
        let rows = sum.chunks_exact_mut(length.max(1)).zip(upstream.chunks_exact((indices.len() * slice).max(1)));
        for (sum, upstream) in rows {
            if slice == 1 {
                upstream.iter().zip(indices).for_each(|(&upstream, &index)| sum[index] += upstream);
                continue;
            }
            for (upstream, &index) in upstream.chunks_exact(slice).zip(indices) {
                put(upstream, &mut sum[index * slice..][..slice], Onto::Sum);
            }
        }
    }
}

impl<T: Element> Op<T, 1> for Take {
    const NAME: &'static str = "take";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let rows = self.rows(x.shape());
        let axis = x.shape().axis_of(self.operation, self.axis);
        refuse_outside(self.operation, x.shape(), axis, rows.indices);
        let (before, behind) = (&x.shape()[..axis], &x.shape()[axis + 1..]);
        let result = Shape::new(before.iter().chain(self.indices().shape().iter()).chain(behind).copied());
        pool.filled(result, |y| T::loops(|| rows.take(x.as_slice(), y)))
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let nothing = into.nothing();
        let rows = self.rows(x.shape());
        into.accumulate(0, |sum, onto| {
            if onto == Onto::Fresh {
                sum.fill(nothing);
            }
            T::loops(|| rows.add(upstream.as_slice(), sum));
        });
    }

    fn forget(&mut self, pool: &Pool<T>) {
        // the user may write to them again without a copy
        if let Some(indices) = self.indices.take() {
            pool.give_indices(indices);
        }
    }

    fn name(&self) -> Cow<'static, str> {
        if self.operation == "take" {
            Cow::Owned(format!("take({})", self.axis))
        } else {
            Cow::Borrowed(self.operation)
        }
    }
}

methods! {
    /// The slices along an axis that `indices` name, one after another: the axis is replaced by the axes of `indices`. An
    /// index may occur many times.
    ///
    /// Its gradient adds the upstream gradient to the slices that were taken, once for each time; the others get 0.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = TensorTape::new();
    /// let x = tape.var(Tensor::from([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]));
    /// let y = x.take(0, &Tensor::<usize>::from([2, 0, 2]));
    /// assert_eq!(y.value(), Tensor::from([[5.0, 6.0], [1.0, 2.0], [5.0, 6.0]]));
    /// assert_eq!(y.sum().backward().of(x), Tensor::from([[1.0, 1.0], [0.0, 0.0], [2.0, 2.0]]));
    /// ```
    ///
    /// # Panics
    /// When the axis does not exist, or an index is not below its size.
    fn take(x; axis: isize, indices: &Tensor<usize>) => Take::new("take", axis, indices);

    /// This value as a table of vectors, one in each row, looked up by `indices`: `take` along the first axis.
    ///
    /// Its gradient adds the upstream gradient to the rows that were looked up, once for each time.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let table = Tensor::<f64>::eye(4);
    /// assert_eq!(table.embedding(&Tensor::<usize>::from([[0, 3, 1], [2, 2, 0]])).shape(), [2, 3, 4]);
    /// ```
    ///
    /// # Panics
    /// When there is no axis, or an index is not below the number of rows.
    fn embedding(x; indices: &Tensor<usize>) => Take::new("embedding", 0, indices);
}

macro_rules! of_masks_and_indices {
    ($($element:ident)*) => { $(
        impl Tensor<$element> {
            /// Whole slices along `axis`, as [`take`](Tensor::take) on tensors of numbers: labels that move with their rows.
            ///
            /// # Panics
            /// When the axis does not exist, or an index reaches beyond it.
            #[must_use]
            #[track_caller]
            pub fn take(&self, axis: isize, indices: &Tensor<usize>) -> Self {
                let op = Take::new("take", axis, indices);
                let axis = self.shape().axis_of("take", axis);
                refuse_outside("take", self.shape(), axis, indices.as_slice());
                let (before, after) = (&self.shape()[..axis], &self.shape()[axis + 1..]);
                let shape = Shape::new(before.iter().chain(indices.shape().iter()).chain(after).copied());
                Pool::default().filled(shape, |y| op.rows(self.shape()).take(self.as_slice(), y))
            }
        }
    )* };
}
of_masks_and_indices!(bool usize);

#[cfg(test)]
use super::checking::{Case, Checks, broadcast_at, from_index};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let shape = Shape::from(&draw.shape()[..draw.shape().len().min(3)]);
        let axis = draw.axis(&shape)?;
        let along = shape.axis(axis).unwrap();
        let sizes: Vec<usize> = (0..draw.below(3)).map(|_| draw.below(4)).collect();
        // of nothing, nothing can be taken
        let sizes = if shape[along] == 0 { vec![2, 0] } else { sizes };
        let indices = draw.indices(sizes, shape[along].max(1));
        let x = draw.tensor(&shape);
        Some(Case::new(Take::new("take", axis, &indices), [x], move |[x]| {
            let (before, behind) = (&x.shape()[..along], &x.shape()[along + 1..]);
            from_index(&Shape::from([before, indices.shape(), behind].concat()), |index| {
                let (first, rest) = index.split_at(along);
                let (place, last) = rest.split_at(indices.rank());
                broadcast_at(x, &[first, &[indices.at(place)], last].concat())
            })
        }))
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn one_index_without_axes_drops_the_axis() {
        let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
        assert_eq!(x.take(-1, &Tensor::<usize>::scalar(1)).to_vec(), [2.0, 4.0]);
    }

    #[test]
    fn a_cleared_tape_lets_go_of_the_indices() {
        let mut tape = TensorTape::new();
        let mut indices = Tensor::<usize>::from([0, 1]);
        for turn in 0..3 {
            let x = tape.var(Tensor::from([1.0, 2.0, 3.0]));
            assert_eq!(x.take(0, &indices).value().to_vec()[0], f64::from(turn) + 1.0);
            tape.clear();
            assert!(indices.is_unique());
            indices.as_mut_slice()[0] += 1;
        }
    }

    #[test]
    #[should_panic(expected = "take: index 7 (number 1 of 2) reaches beyond axis 1 of shape [2, 3], which has size 3")]
    fn an_index_beyond_the_axis_is_refused() {
        let _ = Tensor::<f64>::zeros([2, 3]).take(1, &Tensor::<usize>::from([0, 7]));
    }

    #[test]
    #[should_panic(
        expected = "embedding: index 4 (number 0 of 1) reaches beyond axis 0 of shape [4, 2], which has size 4"
    )]
    fn a_row_beyond_the_table_is_refused() {
        let _ = Tensor::<f64>::zeros([4, 2]).embedding(&Tensor::<usize>::from([4]));
    }

    #[test]
    fn labels_move_with_their_rows() {
        let labels = Tensor::from([7_usize, 8, 9]);
        assert_eq!(labels.take(0, &Tensor::from([2, 0, 2])).to_vec(), [9, 7, 9]);
        let mask = Tensor::from([[true, false], [false, false]]);
        assert_eq!(mask.take(1, &Tensor::from([1_usize, 0, 0])), Tensor::from([[false, true, true], [false; 3]]));
    }
}
