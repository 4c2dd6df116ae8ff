//! The rules over tensors: each elementwise rule, read as an operation, with broadcasting.

use super::broadcast::Beneath;
use super::contract::{Op, Sink};
use crate::array::strided::{Layout, walk};
use crate::array::{Element, Pool, Shape, Tensor};
use crate::real::{Rule, Rule2, Rule3};
use chainrule_kernels::product::Onto;
use std::borrow::Cow;

/// What an operation writes as the gradient of an element that it did not take, as `where` does: negative zero. It is the
/// neutral element of addition, so it stays where nothing else arrives, and goes where something does.
///
/// An exact 0 that was computed would not do: NaN propagates also against 0, but must not leak from a branch not taken.
#[inline(always)]
pub(crate) fn absent<T: Element>() -> T {
    -T::zero()
}

/// `slope * upstream` as the chain rule multiplies element by element. Where the upstream gradient knows absence, what is
/// [`absent`] stays so, whatever the slope, and what is computed never looks absent.
#[inline(always)]
pub(super) fn flow<T: Element>(slope: T, upstream: T, knows_absence: bool) -> T {
    if !knows_absence {
        slope.chain(upstream)
    } else if upstream.is_nothing() && upstream.is_sign_negative() {
        upstream
    } else {
        slope.chain(upstream) + T::zero()
    }
}

/// `rule(x)` for every element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Map<R>(pub(crate) R);

impl<T: Element, R: Rule> Op<T, 1> for Map<R> {
    const NAME: &'static str = R::NAME;

    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let rule = self.0;
        pool.filled(x.shape(), |y| {
            let x = x.as_slice();
            T::loops(|| y.iter_mut().zip(x).for_each(|(y, &x)| *y = x.apply(rule)));
        })
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], y: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let (rule, absence) = (self.0, into.knows_absence());
        into.accumulate(0, |sum, onto| {
            let (x, y, upstream) = (x.as_slice(), y.as_slice(), upstream.as_slice());
            gather(sum, onto, x, y, upstream, |x, y, upstream| flow(rule.slope(x, y), upstream, absence));
        });
    }

    fn name(&self) -> Cow<'static, str> {
        self.0.name()
    }
}

/// A rule of two arguments, one of which is a number that does not vary.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before<R, T> {
    pub(crate) rule: R,
    pub(crate) constant: T,
}

/// `rule(x, constant)`
impl<T: Element, R: Rule2> Op<T, 1> for Before<R, T> {
    const NAME: &'static str = R::NAME;

    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let Self { rule, constant } = *self;
        pool.filled(x.shape(), |z| {
            let x = x.as_slice();
            T::loops(|| z.iter_mut().zip(x).for_each(|(z, &x)| *z = x.combine(constant, rule)));
        })
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], z: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let (Self { rule, constant }, absence) = (*self, into.knows_absence());
        into.accumulate(0, |sum, onto| {
            let (x, z, upstream) = (x.as_slice(), z.as_slice(), upstream.as_slice());
            gather(sum, onto, x, z, upstream, |x, z, upstream| {
                flow(rule.slope_first(x, constant, z), upstream, absence)
            });
        });
    }

    fn name(&self) -> Cow<'static, str> {
        self.rule.name()
    }
}

/// `rule(constant, x)`
#[derive(Clone, Copy, Debug)]
pub(crate) struct After<R, T> {
    pub(crate) rule: R,
    pub(crate) constant: T,
}

impl<T: Element, R: Rule2> Op<T, 1> for After<R, T> {
    const NAME: &'static str = R::NAME;

    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let Self { rule, constant } = *self;
        pool.filled(x.shape(), |z| {
            let x = x.as_slice();
            T::loops(|| z.iter_mut().zip(x).for_each(|(z, &x)| *z = constant.combine(x, rule)));
        })
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], z: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let (Self { rule, constant }, absence) = (*self, into.knows_absence());
        into.accumulate(0, |sum, onto| {
            let (x, z, upstream) = (x.as_slice(), z.as_slice(), upstream.as_slice());
            gather(sum, onto, x, z, upstream, |x, z, upstream| {
                flow(rule.slope_second(constant, x, z), upstream, absence)
            });
        });
    }

    fn name(&self) -> Cow<'static, str> {
        self.rule.name()
    }
}

/// `rule(x, y)`, where the two broadcast to one shape.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Zip<R>(pub(crate) R);

impl<T: Element, R: Rule2> Op<T, 2> for Zip<R> {
    const NAME: &'static str = R::NAME;

    #[track_caller]
    fn forward(&mut self, [x, y]: [&Tensor<T>; 2], pool: &Pool<T>) -> Tensor<T> {
        let rule = self.0;
        let shape = common_shape(R::NAME, &[x.shape(), y.shape()]);
        let lies = Beneath::new(&shape, x.shape(), y.shape(), false);
        pool.filled(&shape, |z| lies.each(z, x.as_slice(), y.as_slice(), |z, x, y| *z = x.apply2(y, rule)))
    }

    fn pullback(&self, [x, y]: [&Tensor<T>; 2], z: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let rule = self.0;
        let absence = into.knows_absence();
        let both = into.wants(0) && into.wants(1);
        let lies = Beneath::new(z.shape(), x.shape(), y.shape(), absence);
        let (x, y, z, upstream) = (x.as_slice(), y.as_slice(), z.as_slice(), upstream.as_slice());
        into.accumulate(0, |sum, onto| {
            if both {
                lies.pull(&lies.x, sum, onto, [x, y, z, upstream], |[x, y, z]| rule.slopes(x, y, z).0);
            } else {
                lies.pull(&lies.x, sum, onto, [x, y, z, upstream], |[x, y, z]| rule.slope_first(x, y, z));
            }
        });
        into.accumulate(1, |sum, onto| {
            if both {
                lies.pull(&lies.y, sum, onto, [x, y, z, upstream], |[x, y, z]| rule.slopes(x, y, z).1);
            } else {
                lies.pull(&lies.y, sum, onto, [x, y, z, upstream], |[x, y, z]| rule.slope_second(x, y, z));
            }
        });
    }

    fn name(&self) -> Cow<'static, str> {
        self.0.name()
    }
}

/// `rule(x, y, z)`, where the three broadcast to one shape.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Zip3<R>(pub(crate) R);

impl<T: Element, R: Rule3> Op<T, 3> for Zip3<R> {
    const NAME: &'static str = R::NAME;

    #[track_caller]
    fn forward(&mut self, operands: [&Tensor<T>; 3], pool: &Pool<T>) -> Tensor<T> {
        let rule = self.0;
        let shape = common_shape(R::NAME, &operands.map(Tensor::shape));
        let [x, y, z] = operands.map(|operand| Layout::broadcast(operand.shape(), &shape));
        let [first, second, third] = operands.map(Tensor::as_slice);
        pool.filled(&shape, |result| {
            walk(&shape, [&Layout::dense(&shape), &x, &y, &z], |run| {
                for i in 0..run.length {
                    let (y, z) = (second[run.place(2, i)], third[run.place(3, i)]);
                    result[run.at[0] + i] = first[run.place(1, i)].apply3(y, z, rule);
                }
            });
        })
    }

    fn pullback(&self, operands: [&Tensor<T>; 3], value: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let (rule, absence, nothing) = (self.0, into.knows_absence(), into.nothing());
        let shape = value.shape();
        let layouts = operands.map(|operand| Layout::broadcast(operand.shape(), shape));
        let [x, y, z] = operands.map(Tensor::as_slice);
        let (value, upstream) = (value.as_slice(), upstream.as_slice());
        for (operand, target) in layouts.iter().enumerate() {
            into.accumulate(operand, |sum, onto| {
                if onto == Onto::Fresh {
                    sum.fill(nothing);
                }
                walk(shape, [&Layout::dense(shape), &layouts[0], &layouts[1], &layouts[2], target], |run| {
                    for i in 0..run.length {
                        let at = run.at[0] + i;
                        let arguments = [x[run.place(1, i)], y[run.place(2, i)], z[run.place(3, i)]];
                        let slopes = rule.slopes(arguments, value[at]);
                        sum[run.place(4, i)] += flow(slopes[operand], upstream[at], absence);
                    }
                });
            });
        }
    }
}

/// The shape that operands broadcast to.
#[track_caller]
pub(crate) fn common_shape(operation: &str, shapes: &[&Shape]) -> Shape {
    let mut whole = Shape::default();
    for shape in shapes {
        match whole.broadcast(shape) {
            Some(wider) => whole = wider,
            None => shapes_do_not_broadcast(operation, shapes),
        }
    }
    whole
}

#[cold]
#[inline(never)]
#[track_caller]
fn shapes_do_not_broadcast(operation: &str, shapes: &[&Shape]) -> ! {
    let rank = shapes.iter().map(|shape| shape.len()).max().unwrap_or(0);
    let size = |shape: &Shape, axis: usize| (axis + shape.len()).checked_sub(rank).map_or(1, |axis| shape[axis]);
    // the last axis at which two sizes are neither equal nor 1
    let clash = (0..rank).rev().find_map(|axis| {
        let mut sizes = shapes.iter().map(|shape| size(shape, axis)).filter(|&size| size != 1);
        let first = sizes.next()?;
        sizes.find(|&other| other != first).map(|other| (axis, first, other))
    });
    let (axis, a, b) = clash.expect("shapes that do not broadcast differ somewhere");
    let shapes: Vec<String> = shapes.iter().map(ToString::to_string).collect();
    panic!(
        "{operation}: the shapes {} do not fit together: at axis -{}, counted from the back, the sizes are {a} and {b}. \
         Sizes must be equal there, or one of them 1; insert an axis with `unsqueeze`, or move axes with `permute`",
        shapes.join(" and "),
        rank - axis
    );
}

/// `sum = f(x, y, upstream)`, or added, element by element.
#[inline(always)]
fn gather<T: Element>(sum: &mut [T], onto: Onto, x: &[T], y: &[T], upstream: &[T], f: impl Fn(T, T, T) -> T) {
    T::loops(|| {
        let each = sum.iter_mut().zip(x).zip(y).zip(upstream);
        if onto == Onto::Fresh {
            each.for_each(|(((sum, &x), &y), &upstream)| *sum = f(x, y, upstream));
        } else {
            each.for_each(|(((sum, &x), &y), &upstream)| *sum += f(x, y, upstream));
        }
    });
}
