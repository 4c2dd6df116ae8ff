//! One of two values, as a mask says.

use crate::array::strided::{Layout, walk};
use crate::array::{Element, Pool, Shape, Tensor};
use crate::tape::{Operand, Var};
use crate::tensor::elementwise::{absent, common_shape};
use crate::tensor::{Op, Sink, TensorOperand, evaluate, record};
use chainrule_kernels::product::Onto;

/// `y = x` where the mask is true, else `other`; all three broadcast. Each gets the upstream gradient of the elements that it
/// gave, and exactly 0 elsewhere, even where the upstream gradient is infinite or NaN.
#[derive(Clone, Debug)]
pub struct Select {
    mask: Tensor<bool>,
}

/// `y` is a constant where the mask is true, else `x`; both broadcast. The gradient is the upstream gradient of the elements
/// that stayed, and exactly 0 elsewhere.
#[derive(Clone, Debug)]
pub struct MaskedFill {
    mask: Tensor<bool>,
    value: f64,
}

/// [`Select`] beside a constant of any kind of number.
#[derive(Clone, Debug)]
struct SelectOrConstant<T> {
    mask: Tensor<bool>,
    constant: T,
}

impl<T: Element> Op<T, 2> for Select {
    const NAME: &'static str = "where";

    #[track_caller]
    fn forward(&mut self, [x, other]: [&Tensor<T>; 2], pool: &Pool<T>) -> Tensor<T> {
        let shape = common_shape("where", &[x.shape(), self.mask.shape(), other.shape()]);
        let [dense, mask, first, second] =
            [&shape, self.mask.shape(), x.shape(), other.shape()].map(|own| Layout::broadcast(own, &shape));
        let (chosen, x, other) = (self.mask.as_slice(), x.as_slice(), other.as_slice());
        pool.filled(&shape, |y| {
            walk(&shape, [&dense, &mask, &first, &second], |run| {
                let y = &mut y[run.at[0]..][..run.length];
                if run.steps == [1; 4] {
                    let operands = x[run.at[2]..].iter().zip(&other[run.at[3]..]);
                    let each = y.iter_mut().zip(&chosen[run.at[1]..]).zip(operands);
                    each.for_each(|((y, &first), (&x, &other))| *y = if first { x } else { other });
                } else {
                    for (i, y) in y.iter_mut().enumerate() {
                        let first = chosen[run.place(1, i)];
                        *y = if first { x[run.place(2, i)] } else { other[run.place(3, i)] };
                    }
                }
            });
        })
    }

    fn pullback(&self, [x, other]: [&Tensor<T>; 2], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        into.mark_absence();
        into.accumulate(0, |sum, onto| send_back(x.shape(), &self.mask, true, upstream, sum, onto));
        into.accumulate(1, |sum, onto| send_back(other.shape(), &self.mask, false, upstream, sum, onto));
    }
}

impl<T: Element> Op<T, 1> for MaskedFill {
    const NAME: &'static str = "masked_fill";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let shape = common_shape("masked_fill", &[x.shape(), self.mask.shape()]);
        beside(&shape, x, &self.mask, false, T::literal(self.value), pool)
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        into.mark_absence();
        into.accumulate(0, |sum, onto| send_back(x.shape(), &self.mask, false, upstream, sum, onto));
    }
}

impl<T: Element> Op<T, 1> for SelectOrConstant<T> {
    const NAME: &'static str = "where";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let shape = common_shape("where", &[x.shape(), self.mask.shape()]);
        beside(&shape, x, &self.mask, true, self.constant, pool)
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        into.mark_absence();
        into.accumulate(0, |sum, onto| send_back(x.shape(), &self.mask, true, upstream, sum, onto));
    }
}

/// `x` where the mask is `chosen`, else the constant.
fn beside<T: Element>(
    shape: &Shape,
    x: &Tensor<T>,
    mask: &Tensor<bool>,
    chosen: bool,
    constant: T,
    pool: &Pool<T>,
) -> Tensor<T> {
    let [dense, beneath, own] = [shape, mask.shape(), x.shape()].map(|own| Layout::broadcast(own, shape));
    let (mask, x) = (mask.as_slice(), x.as_slice());
    pool.filled(shape, |y| {
        walk(shape, [&dense, &beneath, &own], |run| {
            let y = &mut y[run.at[0]..][..run.length];
            if run.steps == [1; 3] {
                let each = y.iter_mut().zip(&mask[run.at[1]..]).zip(&x[run.at[2]..]);
                each.for_each(|((y, &mask), &x)| *y = if mask == chosen { x } else { constant });
            } else {
                for (i, y) in y.iter_mut().enumerate() {
                    *y = if mask[run.place(1, i)] == chosen { x[run.place(2, i)] } else { constant };
                }
            }
        });
    })
}

/// Adds the upstream gradient where the mask is `chosen` to that by an operand of shape `own`.
fn send_back<T: Element>(
    own: &Shape,
    mask: &Tensor<bool>,
    chosen: bool,
    upstream: &Tensor<T>,
    sum: &mut [T],
    onto: Onto,
) {
    let shape = upstream.shape();
    if onto == Onto::Fresh {
        sum.fill(absent());
    }
    let [dense, beneath, target] = [shape, mask.shape(), own].map(|own| Layout::broadcast(own, shape));
    let (mask, upstream) = (mask.as_slice(), upstream.as_slice());
    walk(shape, [&dense, &beneath, &target], |run| {
        let upstream = &upstream[run.at[0]..][..run.length];
        if run.steps == [1; 3] {
            let each = sum[run.at[2]..].iter_mut().zip(&mask[run.at[1]..]).zip(upstream);
            each.for_each(|((sum, &mask), &upstream)| *sum += if mask == chosen { upstream } else { absent() });
        } else {
            for (i, &upstream) in upstream.iter().enumerate() {
                if mask[run.place(1, i)] == chosen {
                    sum[run.place(2, i)] += upstream;
                }
            }
        }
    });
}

methods! {
    /// `value` where the mask is true, else this value; both broadcast.
    ///
    /// Its gradient is the upstream gradient of the elements that stayed, and exactly 0 elsewhere, even where the upstream
    /// gradient is infinite or NaN.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::from([1.0, -2.0, 3.0]);
    /// assert_eq!(x.masked_fill(&x.less(0.0), 9.0).to_vec(), [1.0, 9.0, 3.0]);
    /// ```
    ///
    /// # Panics
    /// When the shapes do not broadcast.
    fn masked_fill(x; mask: &Tensor<bool>, value: impl Into<f64>) => MaskedFill { mask: mask.clone(), value: value.into() };
}

impl<T: Element> Tensor<T> {
    /// This value where the mask is true, else `other`; all three broadcast, and `other` may be a number.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::from([1.0, -2.0, 3.0]);
    /// assert_eq!(x.where_(&x.greater(0.0), 0.0).to_vec(), [1.0, 0.0, 3.0]);
    /// ```
    ///
    /// # Panics
    /// When the shapes do not broadcast.
    #[must_use]
    #[track_caller]
    pub fn where_(&self, mask: &Tensor<bool>, other: impl TensorOperand<T>) -> Self {
        evaluate(Select { mask: mask.clone() }, [self, &other.to_tensor()])
    }
}

impl<'t, T: Element> Var<'t, Tensor<T>> {
    /// This value where the mask is true, else `other`; all three broadcast, and `other` may be a constant.
    ///
    /// Each gets the upstream gradient of the elements that it gave, and exactly 0 elsewhere, even where the upstream gradient
    /// is infinite or NaN.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = TensorTape::new();
    /// let x = tape.var(Tensor::from([0.0, -2.0, 3.0]));
    /// let y = (x * 10.0).where_(&x.value().greater(0.0), x);
    /// assert_eq!(y.value().to_vec(), [0.0, -2.0, 30.0]);
    /// assert_eq!(y.sum().backward().of(x).to_vec(), [1.0, 1.0, 10.0]);
    /// ```
    ///
    /// # Panics
    /// When the shapes do not broadcast.
    #[must_use]
    #[track_caller]
    pub fn where_(self, mask: &Tensor<bool>, other: impl Operand<'t, Tensor<T>>) -> Self {
        let (mask, other) = (mask.clone(), other.beside(self));
        match other.as_literal() {
            Some(constant) => record(SelectOrConstant { mask, constant }, [self]),
            None => record(Select { mask }, [self, other]),
        }
    }
}

#[cfg(test)]
use super::checking::{Case, Checks, Draw, broadcast_at, from_index};

/// A mask that broadcasts to `shape`.
#[cfg(test)]
fn draw_mask(draw: &mut Draw, shape: &Shape) -> Tensor<bool> {
    let own = draw.broadcastable(shape);
    let elements = (0..own.elements()).map(|_| draw.flag()).collect();
    Tensor::new(own, elements)
}

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    fn holds(mask: &Tensor<bool>, index: &[usize]) -> bool {
        broadcast_at(&mask.map(f64::from), index) == 1.0
    }
    check.each(|draw| {
        let shape = draw.shape();
        let mask = draw_mask(draw, &shape);
        let (x, other) = (draw.broadcastable(&shape), draw.broadcastable(&shape));
        let (x, other) = (draw.tensor(x), draw.tensor(other));
        Case::new(Select { mask: mask.clone() }, [x, other], move |[x, other]| {
            let shape = common_shape("plain", &[x.shape(), mask.shape(), other.shape()]);
            from_index(&shape, |at| if holds(&mask, at) { broadcast_at(x, at) } else { broadcast_at(other, at) })
        })
    });
    check.each(|draw| {
        let shape = draw.shape();
        let mask = draw_mask(draw, &shape);
        let x = draw.broadcastable(&shape);
        let x = draw.tensor(x);
        Case::new(MaskedFill { mask: mask.clone(), value: -7.0 }, [x], move |[x]| {
            let shape = common_shape("plain", &[x.shape(), mask.shape()]);
            from_index(&shape, |at| if holds(&mask, at) { -7.0 } else { broadcast_at(x, at) })
        })
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    const INF: f64 = f64::INFINITY;

    #[test]
    fn the_branch_not_taken_gets_exactly_0() {
        let tape = TensorTape::new();
        let (x, y) = (tape.var(Tensor::from([1.0, 2.0, 3.0])), tape.var(Tensor::from([4.0, 5.0, 6.0])));
        let mask = Tensor::from([true, false, true]);
        let g = x.where_(&mask, y).backward_seeded(Tensor::from([INF, f64::NAN, -INF]));
        assert_eq!(g.of(x).to_vec(), [INF, 0.0, -INF]);
        assert_eq!((g.of(y)[[0]], g.of(y)[[2]]), (0.0, 0.0));
        let g = x.masked_fill(&mask, 0).backward_seeded(Tensor::from([f64::NAN, 2.0, INF]));
        assert_eq!(g.of(x).to_vec(), [0.0, 2.0, 0.0]);
    }

    #[test]
    fn an_infinite_slope_behind_it_does_not_leak() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::from([0.0, 4.0]));
        let y = x.sqrt().where_(&x.value().greater(0.0), x);
        assert_eq!(y.sum().backward().of(x).to_vec(), [1.0, 0.25]);
    }

    /// The row of the conventions.
    #[test]
    fn a_slope_of_nan_behind_it_does_not_leak() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::from([-1.0, -4.0]));
        let y = x.sqrt().where_(&x.value().greater(0.0), x);
        assert_eq!(y.sum().backward().of(x).to_vec(), [1.0, 1.0]);
    }

    #[test]
    fn constants_and_broadcasting() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::from([[1.0], [2.0]]));
        let mask = Tensor::from([true, false, true]);
        let y = x.where_(&mask, -1.5);
        assert_eq!(y.value(), Tensor::from([[1.0, -1.5, 1.0], [2.0, -1.5, 2.0]]));
        assert_eq!(y.sum().backward().of(x).to_vec(), [2.0, 2.0]);
        let y = x.where_(&mask, Tensor::from([7.0, 8.0, 9.0]));
        assert_eq!(y.value(), Tensor::from([[1.0, 8.0, 1.0], [2.0, 8.0, 2.0]]));
        assert_eq!(y.value(), x.value().where_(&mask, Tensor::from([7.0, 8.0, 9.0])));
        assert_eq!(Tensor::from([1.0_f32]).where_(&Tensor::from([false]), 2.5).to_vec(), [2.5]);
        let moved = tape.var(Tensor::scalar(3.0)).where_(&mask, 0.0);
        assert_eq!(moved.value().to_vec(), [3.0, 0.0, 3.0]);
    }

    #[test]
    #[should_panic(expected = "where: the shapes [2] and [3] and [] do not fit together")]
    fn shapes_that_do_not_broadcast_are_an_error() {
        let _ = Tensor::from([1.0, 2.0]).where_(&Tensor::from([true, false, true]), 0.0);
    }
}
