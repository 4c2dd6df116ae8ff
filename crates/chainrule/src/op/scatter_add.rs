//! Elements added at places that indices name.

use super::gather::Along;
use crate::array::strided::Layout;
use crate::array::{Element, Pool, Tensor};
use crate::tape::{Operand, Var};
use crate::tensor::{Op, Sink, TensorOperand};
use chainrule_kernels::product::Onto;
use std::borrow::Cow;

/// `y = x`, and `y[i, indices[i, k, j], j] += source[i, k, j]` along the middle axis, the adjoint of
/// [`Gather`](super::Gather); `x̄ = ȳ`, and the gradient of the source is `ȳ` gathered at the same places.
///
/// An index that occurs twice adds twice, in the order of the source.
#[derive(Clone, Debug)]
pub struct ScatterAdd(Along);

impl<T: Element> Op<T, 2> for ScatterAdd {
    const NAME: &'static str = "scatter_add";

    #[track_caller]
    fn forward(&mut self, [x, source]: [&Tensor<T>; 2], pool: &Pool<T>) -> Tensor<T> {
        self.0.check(x.shape());
        let plan = self.0.plan(x.shape());
        assert!(
            source.shape().broadcast(&plan.shape).as_ref() == Some(&plan.shape),
            "scatter_add: the operand has shape {}, the indices {} and the source {}, along axis {}; the source must have \
             shape {}, as what `gather` would take, or broadcast to it",
            x.shape(),
            self.0.indices().shape(),
            source.shape(),
            self.0.axis,
            plan.shape
        );
        let layout = Layout::broadcast(source.shape(), &plan.shape);
        let source = source.as_slice();
        pool.filled(x.shape(), |y| {
            y.copy_from_slice(x.as_slice());
            plan.each(&layout, |at, place| y[place] += source[at]);
        })
    }

    fn pullback(&self, [x, source]: [&Tensor<T>; 2], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let nothing = into.nothing();
        into.add(0, |_| upstream.clone());
        let plan = self.0.plan(x.shape());
        let layout = Layout::broadcast(source.shape(), &plan.shape);
        let upstream = upstream.as_slice();
        into.accumulate(1, |sum, onto| {
            if onto == Onto::Fresh {
                sum.fill(nothing);
            }
            plan.each(&layout, |at, place| sum[at] += upstream[place]);
        });
    }

    fn forget(&mut self, pool: &Pool<T>) {
        // the user may write to them again without a copy
        if let Some(indices) = self.0.indices.take() {
            pool.give_indices(indices);
        }
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(format!("scatter_add({})", self.0.axis))
    }
}

fn along(axis: isize, indices: &Tensor<usize>) -> ScatterAdd {
    ScatterAdd(Along::new("scatter_add", axis, indices))
}

// by hand, since the source comes behind the indices
impl<T: Element> Tensor<T> {
    /// This tensor with `source` added at the places that `indices` name along an axis:
    /// `y[i, indices[i, j]] += source[i, j]` for axis 1 of a matrix. `source` has the shape of what [`gather`](Self::gather)
    /// would take, or broadcasts to it; an index that occurs twice adds twice.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// // how often each number occurs
    /// let counts = Tensor::zeros([4]).scatter_add(0, &Tensor::<usize>::from([1, 3, 1]), 1.0);
    /// assert_eq!(counts.to_vec(), [0.0, 2.0, 0.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// When the axis does not exist, the shapes do not fit, or an index is not below the size of the axis.
    #[must_use]
    #[track_caller]
    pub fn scatter_add(&self, axis: isize, indices: &Tensor<usize>, source: impl TensorOperand<T>) -> Self {
        crate::tensor::evaluate(along(axis, indices), [self, &source.to_tensor()])
    }
}

impl<'t, T: Element> Var<'t, Tensor<T>> {
    /// This value with `source` added at the places that `indices` name along an axis:
    /// `y[i, indices[i, j]] += source[i, j]` for axis 1 of a matrix. `source` has the shape of what [`gather`](Self::gather)
    /// would take, or broadcasts to it; an index that occurs twice adds twice.
    ///
    /// The gradient by this value is the upstream gradient, that by the source is the upstream gradient gathered at the
    /// same places.
    ///
    /// # Panics
    /// When the axis does not exist, the shapes do not fit, or an index is not below the size of the axis.
    #[must_use]
    #[track_caller]
    pub fn scatter_add(self, axis: isize, indices: &Tensor<usize>, source: impl Operand<'t, Tensor<T>>) -> Self {
        crate::tensor::record(along(axis, indices), [self, source.beside(self)])
    }
}

#[cfg(test)]
use super::checking::{Case, Checks, broadcast_at, each_index};
#[cfg(test)]
use super::gather::{drawn, named, taken};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let (shape, axis, indices) = drawn(draw)?;
        let axis_from_front = shape.axis(axis)?;
        let whole = taken(&shape, axis_from_front, &indices);
        let own = draw.broadcastable(&whole);
        let (x, source) = (draw.tensor(&shape), draw.tensor(own));
        Some(Case::new(along(axis, &indices), [x, source], move |[x, source]| {
            let mut sums = x.to_vec();
            each_index(&whole, |index| {
                let mut own = index.to_vec();
                own[axis_from_front] = named(&indices, index);
                let both = x.shape().iter().zip(&own);
                let place = both.fold(0, |place, (&size, &i)| place * size + if size == 1 { 0 } else { i });
                sums[place] += broadcast_at(source, index);
            });
            Tensor::new(x.shape(), sums)
        }))
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    /// `PyTorch`: `zeros(3).scatter_add(0, [0, 0, 2], [1., 2., 3.])` and its gradients with upstream `[10, 20, 30]`.
    #[test]
    fn both_operands_get_a_gradient() {
        let tape = TensorTape::new();
        let (x, source) = (tape.var(Tensor::zeros([3])), tape.var(Tensor::from([1.0, 2.0, 3.0])));
        let y = x.scatter_add(0, &Tensor::<usize>::from([0, 0, 2]), source);
        assert_eq!(y.value().to_vec(), [3.0, 0.0, 3.0]);
        let g = y.backward_seeded(Tensor::from([10.0, 20.0, 30.0]));
        assert_eq!(g.of(x).to_vec(), [10.0, 20.0, 30.0]);
        assert_eq!(g.of(source).to_vec(), [10.0, 10.0, 30.0]);
    }

    #[test]
    fn a_value_scattered_onto_itself() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::from([1.0, 2.0]));
        let y = x.scatter_add(0, &Tensor::<usize>::from([1, 1]), x) * Tensor::from([3.0, 5.0]);
        assert_eq!(y.value().to_vec(), [3.0, 25.0]);
        assert_eq!(y.sum().backward().of(x).to_vec(), [8.0, 10.0]);
    }

    #[test]
    #[should_panic(expected = "the source must have shape [2, 1], as what `gather` would take")]
    fn a_source_of_another_shape_is_refused() {
        let x = Tensor::<f64>::zeros([2, 3]);
        let _ = x.scatter_add(1, &Tensor::<usize>::from([[0], [2]]), Tensor::zeros([2, 2]));
    }

    #[test]
    #[should_panic(
        expected = "scatter_add: index 3 (number 0 of 1) reaches beyond axis 0 of shape [3], which has size 3"
    )]
    fn an_index_beyond_the_axis_is_refused() {
        let _ = Tensor::<f64>::zeros([3]).scatter_add(0, &Tensor::<usize>::from([3]), 1.0);
    }
}
