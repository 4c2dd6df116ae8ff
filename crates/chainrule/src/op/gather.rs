//! Elements along an axis, chosen by an index for each of them.

use super::take::refuse_outside;
use crate::array::shape::Shape;
use crate::array::strided::{Layout, walk};
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;
use std::borrow::Cow;

/// `y[i, k, j] = x[i, indices[i, k, j], j]` along the middle axis; `x̄` gathers `ȳ` at the same places, as often as they were
/// taken. As `numpy.take_along_axis`: along the other axes, `x` and `indices` broadcast.
#[derive(Clone, Debug)]
pub struct Gather(Along);

/// Indices along an axis, as this operation and [`ScatterAdd`](super::ScatterAdd) keep them until the tape is cleared.
#[derive(Clone, Debug)]
pub(super) struct Along {
    pub(super) operation: &'static str,
    pub(super) axis: isize,
    pub(super) indices: Option<Tensor<usize>>,
}

/// Where the elements stand that indices name.
pub(super) struct Plan<'a> {
    /// The shape of what is taken or added.
    pub(super) shape: Shape,
    /// The tensor beneath this shape, with its place along the axis still open; and the step along the axis.
    base: Layout,
    step: usize,
    indices: &'a [usize],
    /// The indices beneath this shape.
    order: Layout,
}

impl Along {
    pub(super) fn new(operation: &'static str, axis: isize, indices: &Tensor<usize>) -> Self {
        Self { operation, axis, indices: Some(indices.clone()) }
    }

    pub(super) fn indices(&self) -> &Tensor<usize> {
        self.indices.as_ref().expect("indices are kept until the tape is cleared")
    }

    /// Refuses shapes that do not fit and indices that reach beyond the axis.
    #[track_caller]
    pub(super) fn check(&self, x: &Shape) {
        let (operation, indices) = (self.operation, self.indices());
        let axis = x.axis_of(operation, self.axis);
        let own = indices.shape();
        assert!(
            x.len() == own.len(),
            "{operation}: the operand has shape {x} and the indices {own}; they must have the same number of axes. `take` \
             takes whole slices by indices of any shape"
        );
        for (other, (&size, &count)) in x.iter().zip(own.iter()).enumerate() {
            assert!(
                other == axis || size == count || size == 1 || count == 1,
                "{operation}: the operand has shape {x} and the indices {own}, along axis {axis}; along axis {other} the \
                 sizes {size} and {count} must be equal, or one of them 1. `narrow` cuts an axis"
            );
        }
        refuse_outside(operation, x, axis, indices.as_slice());
    }

    /// The walk over the elements that are named; the operand was [checked](Self::check).
    #[track_caller]
    pub(super) fn plan(&self, x: &Shape) -> Plan<'_> {
        let axis = x.axis_of(self.operation, self.axis);
        let own = self.indices().shape();
        let size = |other: usize| if other == axis || x[other] == 1 { own[other] } else { x[other] };
        let shape = Shape::new((0..x.len()).map(size));
        let mut steps = x.steps();
        let step = steps[axis].unsigned_abs();
        for (other, step) in steps.iter_mut().enumerate() {
            if other == axis || x[other] == 1 {
                *step = 0;
            }
        }
        let order = Layout::broadcast(own, &shape);
        Plan { shape, base: Layout { start: 0, steps }, step, indices: self.indices().as_slice(), order }
    }
}

impl Plan<'_> {
    /// Shows to `visit`, for each element of the shape, its place beneath `beside` and the place that its index names.
    #[inline(always)]
    pub(super) fn each(&self, beside: &Layout, mut visit: impl FnMut(usize, usize)) {
        walk(&self.shape, [beside, &self.base, &self.order], |run| {
            for i in 0..run.length {
                visit(run.place(0, i), run.place(1, i) + self.indices[run.place(2, i)] * self.step);
            }
        });
    }
}

impl<T: Element> Op<T, 1> for Gather {
    const NAME: &'static str = "gather";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        self.0.check(x.shape());
        let plan = self.0.plan(x.shape());
        let x = x.as_slice();
        pool.filled(&plan.shape, |y| plan.each(&Layout::dense(&plan.shape), |at, place| y[at] = x[place]))
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let nothing = into.nothing();
        let plan = self.0.plan(x.shape());
        let upstream = upstream.as_slice();
        into.accumulate(0, |sum, onto| {
            if onto == Onto::Fresh {
                sum.fill(nothing);
            }
            plan.each(&Layout::dense(&plan.shape), |at, place| sum[place] += upstream[at]);
        });
    }

    fn forget(&mut self, pool: &Pool<T>) {
        // the user may write to them again without a copy
        if let Some(indices) = self.0.indices.take() {
            pool.give_indices(indices);
        }
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(format!("gather({})", self.0.axis))
    }
}

methods! {
    /// Along an axis, the element that each index names: `y[i, j] = x[i, indices[i, j]]` for axis 1 of a matrix. `indices`
    /// has as many axes; along the others its sizes are the same, or 1 in one of the two, which is then repeated.
    ///
    /// Its gradient adds the upstream gradient to the elements that were taken, once for each time; the others get 0.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = TensorTape::new();
    /// let x = tape.var(Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]));
    /// let y = x.gather(1, &Tensor::<usize>::from([[2], [0]]));
    /// assert_eq!(y.value(), Tensor::from([[3.0], [4.0]]));
    /// assert_eq!(y.sum().backward().of(x), Tensor::from([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]));
    /// ```
    ///
    /// # Panics
    /// When the axis does not exist, the shapes do not fit, or an index is not below the size of the axis.
    fn gather(x; axis: isize, indices: &Tensor<usize>) => Gather(Along::new("gather", axis, indices));
}

#[cfg(test)]
use super::checking::{Case, Checks, Draw, broadcast_at, from_index};

/// A random shape, axis and indices along it, with axes of size 1 on either side.
#[cfg(test)]
pub(super) fn drawn(draw: &mut Draw) -> Option<(Shape, isize, Tensor<usize>)> {
    let whole = Shape::from(&draw.shape()[..draw.shape().len().min(4)]);
    let axis = draw.axis(&whole)?;
    let along = whole.axis(axis).unwrap();
    let mut sizes = whole.to_vec();
    let mut count = sizes.clone();
    for other in 0..whole.len() {
        match draw.below(5) {
            0 => sizes[other] = 1,
            1 => count[other] = 1,
            _ => {}
        }
    }
    count[along] = draw.below(4);
    if sizes[along] == 0 {
        // of nothing, nothing can be taken
        count[along] = 0;
    }
    let indices = draw.indices(count, sizes[along].max(1));
    Some((Shape::from(sizes), axis, indices))
}

/// The index that stands for the element at `index`.
#[cfg(test)]
pub(super) fn named(indices: &Tensor<usize>, index: &[usize]) -> usize {
    let own: Vec<usize> = indices.shape().iter().zip(index).map(|(&size, &i)| if size == 1 { 0 } else { i }).collect();
    indices.at(&own)
}

/// The shape of what is taken.
#[cfg(test)]
pub(super) fn taken(x: &Shape, along: usize, indices: &Tensor<usize>) -> Shape {
    let both = x.iter().zip(indices.shape().iter()).enumerate();
    Shape::new(both.map(|(axis, (&size, &count))| if axis == along || size == 1 { count } else { size }))
}

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let (shape, axis, indices) = drawn(draw)?;
        let along = shape.axis(axis)?;
        let x = draw.tensor(&shape);
        Some(Case::new(Gather(Along::new("gather", axis, &indices)), [x], move |[x]| {
            from_index(&taken(x.shape(), along, &indices), |index| {
                let mut own = index.to_vec();
                own[along] = named(&indices, index);
                broadcast_at(x, &own)
            })
        }))
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    /// `numpy.take_along_axis(x, [[1, 1, 0]], 0)`: the indices of one row for an axis of two.
    #[test]
    fn indices_broadcast_along_the_other_axes() {
        let x = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        assert_eq!(x.gather(0, &Tensor::<usize>::from([[1, 1, 0]])), Tensor::from([[4.0, 5.0, 3.0]]));
        assert_eq!(x.gather(1, &Tensor::<usize>::from([[2, 2]])), Tensor::from([[3.0, 3.0], [6.0, 6.0]]));
    }

    #[test]
    #[should_panic(
        expected = "gather: index 3 (number 1 of 2) reaches beyond axis 1 of shape [2, 3], which has size 3"
    )]
    fn an_index_beyond_the_axis_is_refused() {
        let _ = Tensor::<f64>::zeros([2, 3]).gather(1, &Tensor::<usize>::from([[0], [3]]));
    }

    #[test]
    #[should_panic(expected = "along axis 0 the sizes 3 and 2 must be equal, or one of them 1")]
    fn other_sizes_must_fit() {
        let _ = Tensor::<f64>::zeros([3, 3]).gather(1, &Tensor::<usize>::from([[0], [0]]));
    }

    #[test]
    #[should_panic(
        expected = "gather: the operand has shape [2, 3] and the indices [2]; they must have the same number of"
    )]
    fn axes_must_match() {
        let _ = Tensor::<f64>::zeros([2, 3]).gather(1, &Tensor::<usize>::from([0, 0]));
    }
}
