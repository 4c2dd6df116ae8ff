//! A tensor repeated beneath a larger shape.

use crate::array::strided::{Layout, copy, scatter_add};
use crate::array::{Element, Pool, Shape, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;

/// `y[.., i, ..] = x[.., 0, ..]` along axes where `x` has size 1 or which it lacks; `x̄` is the sum of `ȳ` along them.
#[derive(Clone, Debug)]
pub struct BroadcastTo(Shape);

impl BroadcastTo {
    /// How `x` lies beneath the result.
    #[track_caller]
    fn layout(&self, x: &Shape) -> Layout {
        let whole = &self.0;
        assert!(
            x.broadcast(whole).as_ref() == Some(whole),
            "broadcast_to: shape {x} does not broadcast to {whole}; aligned at the last axis, each size must be the same, or \
             1, or missing. `unsqueeze` adds an axis of size 1"
        );
        Layout::broadcast(x, whole)
    }
}

impl<T: Element> Op<T, 1> for BroadcastTo {
    const NAME: &'static str = "broadcast_to";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let layout = self.layout(x.shape());
        if x.shape() == &self.0 {
            return x.clone();
        }
        pool.filled(&self.0, |y| copy(&self.0, x.as_slice(), &layout, y))
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let nothing = into.nothing();
        if x.shape() == &self.0 {
            return into.add(0, |_| upstream.clone());
        }
        let layout = self.layout(x.shape());
        into.accumulate(0, |sum, onto| {
            if onto == Onto::Fresh {
                sum.fill(nothing);
            }
            T::loops(|| scatter_add(&self.0, upstream.as_slice(), &layout, sum));
        });
    }
}

methods! {
    /// This value repeated along axes where it has size 1, and along new ones in front, up to `shape`.
    ///
    /// Its gradient is the sum of the upstream gradient over the repetitions. Operators broadcast by themselves.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = TensorTape::new();
    /// let x = tape.var(Tensor::from([1.0, 2.0]));
    /// let y = x.broadcast_to([3, 2]);
    /// assert_eq!(y.value(), Tensor::from([[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]));
    /// assert_eq!(y.sum().backward().of(x).to_vec(), [3.0, 3.0]);
    /// ```
    ///
    /// # Panics
    /// When this value's shape does not broadcast to `shape`.
    fn broadcast_to(x; shape: impl Into<Shape>) => BroadcastTo(shape.into());
}

#[cfg(test)]
use super::checking::{Case, Checks, broadcast_at, from_index};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let whole = draw.shape();
        let own = draw.broadcastable(&whole);
        let x = draw.tensor(own);
        Case::new(BroadcastTo(whole.clone()), [x], move |[x]| from_index(&whole, |index| broadcast_at(x, index)))
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    /// `numpy.broadcast_to(ones((1, 0)), (3, 0))`, `numpy.broadcast_to(ones((2, 1)), (2, 0))`.
    #[test]
    fn sizes_of_zero() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::<f64>::ones([2, 1]));
        let y = x.broadcast_to([2, 0]);
        assert_eq!(y.shape(), [2, 0]);
        assert_eq!(y.sum().backward().of(x), Tensor::zeros([2, 1]));
        assert_eq!(Tensor::<f64>::ones([1, 0]).broadcast_to([3, 0]).shape(), [3, 0]);
    }

    #[test]
    #[should_panic(expected = "broadcast_to: shape [2, 3] does not broadcast to [2, 1]")]
    fn a_smaller_shape_is_refused() {
        let _ = Tensor::<f64>::zeros([2, 3]).broadcast_to([2, 1]);
    }
}
