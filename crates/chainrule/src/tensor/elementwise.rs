//! The rules over tensors: each elementwise rule, read as an operation, with broadcasting.

use super::broadcast::{Beneath, Side};
use super::contract::{Op, Sink};
use super::curve::{Curve, Slopes, Values};
use crate::array::pieces::each_piece;
use crate::array::strided::{Layout, walk};
use crate::array::{Element, Pool, Shape, Tensor};
use crate::real::{Real, Rule, Rule2, Rule3};
use chainrule_kernels::product::Onto;
use std::borrow::Cow;
use std::hint::select_unpredictable;

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
pub(super) fn flow<T: Real>(slope: T, upstream: T, knows_absence: bool) -> T {
    if T::PLAIN {
        // without a branch: adding -0 changes nothing, adding +0 turns -0 into +0
        let stays = knows_absence & upstream.is_nothing() & upstream.is_sign_negative();
        let seen = if knows_absence { T::zero() } else { -T::zero() };
        select_unpredictable(stays, upstream, slope.chain(upstream) + seen)
    } else if !knows_absence {
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

/// A rule of two arguments, one of which is a number that does not vary: `rule(x, constant)`
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before<R, T> {
    pub(crate) rule: R,
    pub(crate) constant: T,
}

/// `rule(constant, x)`
#[derive(Clone, Copy, Debug)]
pub(crate) struct After<R, T> {
    pub(crate) rule: R,
    pub(crate) constant: T,
}

impl<T: Element, R: Rule> Curve<T> for Map<R> {
    #[inline(always)]
    fn value(self, x: T::Lane) -> T::Lane {
        x.apply(self.0)
    }
    #[inline(always)]
    fn slope(self, x: T::Lane, y: T::Lane) -> T::Lane {
        self.0.slope(x, y)
    }
    fn is_kink(self, x: f64) -> bool {
        self.0.is_kink(x)
    }
}

impl<T: Element, R: Rule2> Curve<T> for Before<R, T> {
    #[inline(always)]
    fn value(self, x: T::Lane) -> T::Lane {
        x.combine(self.constant.lane(), self.rule)
    }
    #[inline(always)]
    fn slope(self, x: T::Lane, z: T::Lane) -> T::Lane {
        self.rule.slope_first(x, self.constant.lane(), z)
    }
    fn is_kink(self, x: f64) -> bool {
        self.rule.is_kink(x, plain(self.constant))
    }
}

impl<T: Element, R: Rule2> Curve<T> for After<R, T> {
    #[inline(always)]
    fn value(self, x: T::Lane) -> T::Lane {
        self.constant.lane().combine(x, self.rule)
    }
    #[inline(always)]
    fn slope(self, x: T::Lane, z: T::Lane) -> T::Lane {
        self.rule.slope_second(self.constant.lane(), x, z)
    }
    fn is_kink(self, x: f64) -> bool {
        self.rule.is_kink(plain(self.constant), x)
    }
}

/// The value of a number of any kind, without derivatives.
fn plain<T: Element>(x: T) -> f64 {
    x.to_f64().unwrap_or(f64::NAN)
}

/// The operation on one tensor that a rule is, with its name.
macro_rules! of_one_tensor {
    ($([$($g:tt)*] $Operation:ty, $Rule:ident, |$operation:ident| $rule:expr;)*) => { $(
        impl<T: Element, $($g)*> Op<T, 1> for $Operation {
            const NAME: &'static str = $Rule::NAME;

            fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
                let curve = *self;
                let mut y = pool.alike(x);
                let x = x.as_slice();
                each_piece(y.as_mut_slice(), |range, y| T::loops(Values { curve, x: &x[range], y }));
                y
            }

            fn pullback(&self, [x]: [&Tensor<T>; 1], y: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
                let (curve, absence) = (*self, into.knows_absence());
                // not by `map`, which is called and not inlined
                let (x, y, upstream) = (x.as_slice(), y.as_slice(), upstream.as_slice());
                into.accumulate(0, |sum, onto| {
                    each_piece(sum, |range, sum| {
                        let (x, y, upstream) = (&x[range.clone()], &y[range.clone()], &upstream[range]);
                        T::loops(Slopes { curve, absence, onto, x, y, upstream, sum });
                    });
                });
            }

            fn name(&self) -> Cow<'static, str> {
                let $operation = self;
                $rule.name()
            }

            fn kinks(&self, [x]: [&Tensor<T>; 1]) -> usize {
                x.iter().filter(|&&x| Curve::<T>::is_kink(*self, plain(x))).count()
            }
        }
    )* };
}
of_one_tensor! {
    [R: Rule] Map<R>, R, |map| map.0;
    [R: Rule2] Before<R, T>, R, |before| before.rule;
    [R: Rule2] After<R, T>, R, |after| after.rule;
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
        pool.filled(&shape, |z| lies.each(z, x.as_slice(), y.as_slice(), |x, y| x.apply2(y, rule)))
    }

    fn pullback(&self, [x, y]: [&Tensor<T>; 2], z: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let rule = self.0;
        let absence = into.knows_absence();
        let both = into.wants(0) && into.wants(1);
        let lies = Beneath::new(z.shape(), x.shape(), y.shape(), absence);
        let (x, y, z, upstream) = (x.as_slice(), y.as_slice(), z.as_slice(), upstream.as_slice());
        into.accumulate(0, |sum, onto| {
            if both {
                lies.pull(Side::X, sum, onto, [x, y, z, upstream], |[x, y, z]| rule.slopes(x, y, z).0);
            } else {
                lies.pull(Side::X, sum, onto, [x, y, z, upstream], |[x, y, z]| rule.slope_first(x, y, z));
            }
        });
        into.accumulate(1, |sum, onto| {
            if both {
                lies.pull(Side::Y, sum, onto, [x, y, z, upstream], |[x, y, z]| rule.slopes(x, y, z).1);
            } else {
                lies.pull(Side::Y, sum, onto, [x, y, z, upstream], |[x, y, z]| rule.slope_second(x, y, z));
            }
        });
    }

    fn name(&self) -> Cow<'static, str> {
        self.0.name()
    }

    fn kinks(&self, [x, y]: [&Tensor<T>; 2]) -> usize {
        let shape = common_shape(R::NAME, &[x.shape(), y.shape()]);
        let layouts = [x, y].map(|operand| Layout::broadcast(operand.shape(), &shape));
        let mut count = 0;
        walk(&shape, layouts.each_ref(), |run| {
            let places = (0..run.length).map(|i| (x.as_slice()[run.place(0, i)], y.as_slice()[run.place(1, i)]));
            count += places.filter(|&(x, y)| self.0.is_kink(plain(x), plain(y))).count();
        });
        count
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
                    let (y, z) = (second[run.place(2, i)].lane(), third[run.place(3, i)].lane());
                    result[run.at[0] + i] = T::from_lane(first[run.place(1, i)].lane().apply3(y, z, rule));
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
                        let arguments =
                            [x[run.place(1, i)].lane(), y[run.place(2, i)].lane(), z[run.place(3, i)].lane()];
                        let slopes = rule.slopes(arguments, value[at].lane());
                        sum[run.place(4, i)] += T::from_lane(flow(slopes[operand], upstream[at].lane(), absence));
                    }
                });
            });
        }
    }
}

/// The shape that operands broadcast to.
#[track_caller]
pub(crate) fn common_shape(operation: &str, shapes: &[&Shape]) -> Shape {
    let Some((&first, others)) = shapes.split_first() else { return Shape::default() };
    let mut whole = first.clone();
    for shape in others.iter().filter(|&&shape| shape != first) {
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
