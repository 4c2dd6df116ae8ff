//! Axes in another order.

use crate::array::shape::Shape;
use crate::array::strided::{Layout, gather};
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;
use smallvec::SmallVec;

/// `y[i₀, i₁, ...]` is `x` with its axes in another order; the gradient goes back by the inverse order.
#[derive(Clone, Debug)]
pub struct Permute(Order);

#[derive(Clone, Debug)]
enum Order {
    /// Axis `i` of the result is this axis of the operand.
    Axes(SmallVec<[isize; 6]>),
    /// The last two axes change places.
    LastTwo,
}

impl Order {
    /// The axes counted from the front, each once.
    #[track_caller]
    fn resolve(&self, x: &Shape) -> SmallVec<[usize; 6]> {
        let rank = x.len();
        match self {
            Self::LastTwo => {
                assert!(rank >= 2, "transpose: shape {x} has fewer than two axes; use `permute`, or `reshape` it first");
                let mut order: SmallVec<[usize; 6]> = (0..rank).collect();
                order.swap(rank - 2, rank - 1);
                order
            }
            Self::Axes(axes) => {
                let mut seen: SmallVec<[bool; 6]> = SmallVec::from_elem(false, rank);
                let mut order = SmallVec::new();
                for &axis in axes {
                    let axis = x.axis_of("permute", axis);
                    seen[axis] = true;
                    order.push(axis);
                }
                assert!(
                    order.len() == rank && seen.iter().all(|&seen| seen),
                    "permute: {axes:?} must name each of the {rank} axes of shape {x} once"
                );
                order
            }
        }
    }
}

/// The permuted shape, and how the operand lies beneath it.
fn beneath(x: &Shape, order: &[usize]) -> (Shape, Layout) {
    let steps = x.steps();
    let shape = Shape::new(order.iter().map(|&axis| x[axis]));
    (shape, Layout { start: 0, steps: order.iter().map(|&axis| steps[axis]).collect() })
}

impl<T: Element> Op<T, 1> for Permute {
    const NAME: &'static str = "permute";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let (shape, layout) = beneath(x.shape(), &self.0.resolve(x.shape()));
        pool.filled(&shape, |y| gather(&shape, x.as_slice(), &layout, y, Onto::Fresh))
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], y: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let order = self.0.resolve(x.shape());
        let mut inverse: SmallVec<[usize; 6]> = SmallVec::from_elem(0, order.len());
        for (place, &axis) in order.iter().enumerate() {
            inverse[axis] = place;
        }
        let (shape, layout) = beneath(y.shape(), &inverse);
        into.accumulate(0, |sum, onto| gather(&shape, upstream.as_slice(), &layout, sum, onto));
    }
}

methods! {
    /// The axes in another order: axis `i` of the result is axis `order[i]` of this value.
    ///
    /// Its gradient is the upstream gradient with the axes put back.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::<f64>::zeros([2, 3, 4]);
    /// assert_eq!(x.permute([2, 0, 1]).shape(), [4, 2, 3]);
    /// ```
    ///
    /// # Panics
    /// Unless `order` names each axis once.
    fn permute(x; order: impl AsRef<[isize]>) =>
        Permute(Order::Axes(order.as_ref().iter().copied().collect()));

    /// The last two axes exchanged: the transpose of a matrix, or of each matrix of a batch.
    ///
    /// # Panics
    /// When there are fewer than two axes.
    fn transpose(x) => Permute(Order::LastTwo);
}

#[cfg(test)]
use super::checking::{Case, Checks, from_index};
#[cfg(test)]
use crate::array::shape::signed;

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let shape = draw.shape();
        let x = draw.tensor(&shape);
        let order = draw.permutation(shape.len());
        let axes = order.iter().map(|&axis| signed(axis) - if draw.flag() { signed(shape.len()) } else { 0 });
        let op = Permute(Order::Axes(axes.collect()));
        Case::new(op, [x], move |[x]| {
            let permuted = Shape::new(order.iter().map(|&axis| x.shape()[axis]));
            from_index(&permuted, |index| {
                let mut own = vec![0; index.len()];
                for (place, &axis) in order.iter().enumerate() {
                    own[axis] = index[place];
                }
                super::checking::broadcast_at(x, &own)
            })
        })
    });
}
