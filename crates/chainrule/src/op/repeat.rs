//! Elements repeated along an axis.

use crate::array::shape::{Shape, signed};
use crate::array::strided::{Layout, copy, scatter_add};
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;
use std::borrow::Cow;

/// `y[count i + k] = x[i]` for `k` below `count`, along an axis; `x̄[i]` is the sum of these `ȳ`.
#[derive(Clone, Copy, Debug)]
pub struct Repeat {
    count: usize,
    axis: isize,
}

impl Repeat {
    /// The result as places, repetitions, and the elements of one place; and how `x` lies beneath these.
    #[track_caller]
    fn plan(self, x: &Shape) -> (Shape, Layout) {
        let axis = x.axis_of("repeat", self.axis);
        let inner: usize = x[axis + 1..].iter().product();
        let places = x[..=axis].iter().product();
        let steps = [signed(inner), 0, 1].into_iter().collect();
        (Shape::from([places, self.count, inner]), Layout { start: 0, steps })
    }
}

impl<T: Element> Op<T, 1> for Repeat {
    const NAME: &'static str = "repeat";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let (shape, layout) = self.plan(x.shape());
        let mut result = x.shape().clone();
        let axis = result.axis_of("repeat", self.axis);
        result.set(axis, result[axis] * self.count);
        pool.filled(result, |y| copy(&shape, x.as_slice(), &layout, y))
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let nothing = into.nothing();
        let (shape, layout) = self.plan(x.shape());
        into.accumulate(0, |sum, onto| {
            if onto == Onto::Fresh {
                sum.fill(nothing);
            }
            T::loops(|| scatter_add(&shape, upstream.as_slice(), &layout, sum));
        });
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(format!("repeat({}, {})", self.count, self.axis))
    }
}

methods! {
    /// Each place along an axis `count` times in a row: `[1, 2]` becomes `[1, 1, 2, 2]`. See [`tile`](Self::tile) for the
    /// whole again and again.
    ///
    /// Its gradient is the sum of the upstream gradient over the repetitions.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = TensorTape::new();
    /// let x = tape.var(Tensor::from([[1.0, 2.0]]));
    /// let y = x.repeat(2, 1);
    /// assert_eq!(y.value(), Tensor::from([[1.0, 1.0, 2.0, 2.0]]));
    /// assert_eq!(y.sum().backward().of(x).to_vec(), [2.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// When the axis does not exist.
    fn repeat(x; count: usize, axis: isize) => Repeat { count, axis };
}

#[cfg(test)]
use super::checking::{Case, Checks, broadcast_at, from_index};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let shape = draw.shape();
        let axis = draw.axis(&shape)?;
        let along = shape.axis(axis).unwrap();
        let count = draw.below(4);
        let x = draw.tensor(&shape);
        Some(Case::new(Repeat { count, axis }, [x], move |[x]| {
            let mut sizes = x.shape().to_vec();
            sizes[along] *= count;
            from_index(&Shape::from(sizes), |index| {
                let mut index = index.to_vec();
                index[along] /= count;
                broadcast_at(x, &index)
            })
        }))
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn no_repetition_leaves_nothing_and_a_gradient_of_zero() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::from([[1.0, 2.0]]));
        let y = x.repeat(0, -1);
        assert_eq!(y.shape(), [1, 0]);
        assert_eq!(y.sum().backward().of(x), Tensor::zeros([1, 2]));
    }

    #[test]
    #[should_panic(expected = "repeat: there is no axis 0 in a single number")]
    fn a_single_number_has_no_axis() {
        let _ = Tensor::scalar(1.0).repeat(2, 0);
    }
}
