//! Recording: what happens on the tape when an operation runs.
//!
//! The functions for plain floats are always inlined, since a node costs less than a call. Over dual numbers and variables
//! the same code is left to the compiler's judgement: inlined through several levels it would grow without bound.

use super::nary;
use crate::real::{Real, Rule, Rule2, Rule3};
use crate::tape::{Index, Kept, Tape, Trace, Var, foreign_tape};
use std::borrow::Cow;
use std::panic::Location;

/// `rule(x)`: a function of one variable is folded into its handle.
#[inline(always)]
#[track_caller]
pub(super) fn one<T: Real, R: Rule>(x: Var<'_, T>, rule: R) -> Var<'_, T> {
    const { assert!(!R::PROBES.is_empty(), "a rule must name probes, or nothing could check it") };
    let value = x.handle.value.apply(rule);
    let Some(tape) = x.tape else { return Var::constant(value) };
    let slope = rule.slope(x.handle.value, value);
    if x.handle.place.is_traced() {
        let index = note(tape, || rule.name(), value, &[x.operand(slope)], Location::caller());
        return Var::traced(tape, value, index);
    }
    x.folded(tape, value, slope)
}

/// [`one`] over numbers that carry derivatives themselves.
#[inline]
#[track_caller]
pub(super) fn one_nested<T: Real, R: Rule>(x: Var<'_, T>, rule: R) -> Var<'_, T> {
    one(x, rule)
}

/// `rule(x, y)`: a node where two variables meet, a fold where one of them is a constant.
#[inline(always)]
#[track_caller]
pub(super) fn two<'t, T: Real, R: Rule2>(x: Var<'t, T>, y: Var<'t, T>, rule: R) -> Var<'t, T> {
    const { assert!(!R::PROBES.is_empty(), "a rule must name probes, or nothing could check it") };
    let (a, b) = (x.handle.value, y.handle.value);
    let z = a.apply2(b, rule);
    match (x.tape, y.tape) {
        (Some(tape), Some(other)) => {
            if !std::ptr::eq(tape, other) {
                foreign_tape(R::NAME);
            }
            let (by_x, by_y) = rule.slopes(a, b, z);
            if x.handle.place.is_traced() {
                let operands = [x.operand(by_x), y.operand(by_y)];
                let index = note(tape, || rule.name(), z, &operands, Location::caller());
                return Var::traced(tape, z, index);
            }
            let (p, q) = (by_x * x.handle.scale, by_y * y.handle.scale);
            let parents = [x.handle.place.index(), y.handle.place.index()];
            let index = if either_nan(p, q) {
                tape.record.doubtful_pair(parents, [by_x, by_y], [x.handle.scale, y.handle.scale])
            } else {
                tape.record.pair(parents, [p, q])
            };
            Var::hanging(tape, z, T::one(), index)
        }
        (Some(tape), None) => {
            let slope = rule.slope_first(a, b, z);
            if x.handle.place.is_traced() {
                let operands = [x.operand(slope), y.operand(T::zero())];
                let index = note(tape, || rule.name(), z, &operands, Location::caller());
                return Var::traced(tape, z, index);
            }
            x.folded(tape, z, slope)
        }
        (None, Some(tape)) => {
            let slope = rule.slope_second(a, b, z);
            if y.handle.place.is_traced() {
                let operands = [x.operand(T::zero()), y.operand(slope)];
                let index = note(tape, || rule.name(), z, &operands, Location::caller());
                return Var::traced(tape, z, index);
            }
            y.folded(tape, z, slope)
        }
        (None, None) => Var::constant(z),
    }
}

/// [`two`] over numbers that carry derivatives themselves.
#[inline]
#[track_caller]
pub(super) fn two_nested<'t, T: Real, R: Rule2>(x: Var<'t, T>, y: Var<'t, T>, rule: R) -> Var<'t, T> {
    two(x, y, rule)
}

/// `rule(x, y, z)`: one statement.
#[inline]
#[track_caller]
pub(super) fn three<T: Real, R: Rule3>(arguments: [Var<'_, T>; 3], rule: R) -> Var<'_, T> {
    const { assert!(!R::PROBES.is_empty(), "a rule must name probes, or nothing could check it") };
    let values = arguments.map(|x| x.handle.value);
    let w = values[0].apply3(values[1], values[2], rule);
    let slopes = rule.slopes(values, w);
    nary::statement(R::NAME, w, (0..3).map(|i| (arguments[i], slopes[i])))
}

impl<'t, T: Real> Var<'t, T> {
    /// A function of this variable alone: nothing is recorded.
    #[inline(always)]
    fn folded(self, tape: &'t Tape<T>, value: T, slope: T) -> Self {
        Self::hanging(tape, value, scaled(slope, self.handle.scale), self.handle.place.index())
    }
}

/// `slope * scale`, where 0 times infinity is 0. The product is right unless it is NaN, which the hot path hopes not.
#[inline(always)]
fn scaled<T: Real>(slope: T, scale: T) -> T {
    let product = slope * scale;
    if product.holds_nan() { carefully_scaled(slope, scale) } else { product }
}

#[cold]
#[inline(never)]
fn carefully_scaled<T: Real>(slope: T, scale: T) -> T {
    slope.chain(scale)
}

/// Whether one of two numbers holds a NaN: of plain floats their sum tells, in one comparison.
#[inline(always)]
fn either_nan<T: Real>(p: T, q: T) -> bool {
    if T::PLAIN { (p + q).holds_nan() } else { p.holds_nan() || q.holds_nan() }
}

/// What is left of an operand once an operation was evaluated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operand<T> {
    pub(super) value: T,
    /// The derivative of the operation by the node; on a traced tape, where every variable is a node, by the operand.
    pub(super) slope: T,
    pub(super) node: Option<Index>,
}

impl<T: Real> Var<'_, T> {
    #[inline(always)]
    pub(super) fn operand(self, slope: T) -> Operand<T> {
        Operand { value: self.handle.value, slope, node: self.tape.map(|_| self.handle.place.index()) }
    }
}

/// Records a node with its name, operands and place: the way of every operation on a traced tape.
///
/// It takes scalars and returns an index: a cold path that took or returned variables would keep those of the hot path in
/// memory.
#[cold]
#[inline(never)]
pub(super) fn note<T: Real>(
    tape: &Tape<T>,
    operation: impl FnOnce() -> Cow<'static, str>,
    value: T,
    operands: &[Operand<T>],
    place: &'static Location<'static>,
) -> Index {
    let index = tape.record.statement(terms(operands), true);
    if let Some(trace) = &tape.trace {
        let kept = operands.iter().map(|operand| Kept { node: operand.node, value: operand.value });
        trace.push(operation(), value, kept, place);
    }
    index
}

/// The terms of a statement on these operands.
pub(super) fn terms<T: Real>(operands: &[Operand<T>]) -> impl Iterator<Item = (T, T, Index)> {
    operands.iter().filter_map(|operand| Some((operand.slope, T::one(), operand.node?)))
}

#[cold]
#[inline(never)]
pub(super) fn note_variable<T>(trace: &Trace<T>, value: T, place: &'static Location<'static>) {
    trace.push(Cow::Borrowed("var"), value, [], place);
}
