//! Recording: what happens on the tape when an operation runs.
//!
//! The functions for plain floats are always inlined, since a node costs less than a call. Over dual numbers and variables
//! the same code is left to the compiler's judgement: inlined through several levels it would grow without bound.

use super::{Place, nary};
use crate::real::{Real, Rule, Rule2, Rule3};
use crate::tape::{Index, Kept, Noted, Tape, Var, foreign_tape};
use std::panic::Location;

/// `rule(x)`: a function of one variable is folded into its handle.
#[inline(always)]
#[track_caller]
pub(super) fn one<T: Real, R: Rule>(x: Var<'_, T>, rule: R) -> Var<'_, T> {
    const { assert!(!R::PROBES.is_empty(), "a rule must name probes, or nothing could check it") };
    let value = x.handle.value.apply(rule);
    let Some(tape) = x.tape else { return Var::constant(value) };
    let slope = rule.slope(x.handle.value, value);
    let scale = slope * x.handle.scale;
    let (scale, place) = if scale.holds_nan() || x.handle.place.is_traced() {
        slow_fold(tape, || Noted::rule(rule, x.handle.value), value, 0, [x.operand(slope)], Location::caller())
    } else {
        (scale, x.handle.place.folded())
    };
    Var::new(tape, value, scale, place)
}

/// [`one`] over numbers that carry derivatives themselves.
#[inline]
#[track_caller]
pub(super) fn one_nested<T: Real, R: Rule>(x: Var<'_, T>, rule: R) -> Var<'_, T> {
    one(x, rule)
}

/// `rule(x, y)`: a node where two variables meet, a fold where one of them is a constant or both hang on the same node, as in
/// `x * x`.
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
            let partials = [by_x * x.handle.scale, by_y * y.handle.scale];
            let parents = [x.handle.place.index(), y.handle.place.index()];
            if parents[0] == parents[1] && !x.handle.place.is_traced() {
                let scale = partials[0] + partials[1];
                if !scale.holds_nan() {
                    return Var::new(tape, z, scale, x.handle.place.folded());
                }
            }
            let index = if x.handle.place.is_traced() { None } else { tape.record.try_pair(parents, partials) };
            let place = if let Some(index) = index {
                Place::new(index, Place::FOLDED)
            } else {
                let operands = [x.operand(by_x), y.operand(by_y)];
                slow_pair(tape, || Noted::rule2(rule, a, b), z, operands, Location::caller())
            };
            Var::new(tape, z, T::one(), place)
        }
        (Some(tape), None) => {
            let slope = rule.slope_first(a, b, z);
            let scale = slope * x.handle.scale;
            let (scale, place) = if scale.holds_nan() || x.handle.place.is_traced() {
                let operands = [x.operand(slope), y.operand(T::zero())];
                slow_fold(tape, || Noted::rule2(rule, a, b), z, 0, operands, Location::caller())
            } else {
                (scale, x.handle.place.folded())
            };
            Var::new(tape, z, scale, place)
        }
        (None, Some(tape)) => {
            let slope = rule.slope_second(a, b, z);
            let scale = slope * y.handle.scale;
            let (scale, place) = if scale.holds_nan() || y.handle.place.is_traced() {
                let operands = [x.operand(T::zero()), y.operand(slope)];
                slow_fold(tape, || Noted::rule2(rule, a, b), z, 1, operands, Location::caller())
            } else {
                (scale, y.handle.place.folded())
            };
            Var::new(tape, z, scale, place)
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

/// What is left of an operand once an operation was evaluated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operand<T> {
    pub(super) value: T,
    /// The derivative of the operation by the node; on a traced tape, where every variable is a node, by the operand.
    pub(super) slope: T,
    pub(super) scale: T,
    pub(super) node: Option<Index>,
}

impl<T: Real> Var<'_, T> {
    #[inline(always)]
    pub(super) fn operand(self, slope: T) -> Operand<T> {
        let node = self.tape.map(|_| self.handle.place.index());
        Operand { value: self.handle.value, slope, scale: self.handle.scale, node }
    }
}

// The slow paths: traced tapes, full chunks, and products of slope and scale that came out as NaN. An operation calls one of
// them at most, in one place, with scalars, and gets scalars back: several calls, or variables taken or returned, would keep
// the values of the hot path in memory.

/// A function of the one variable among `operands`.
#[cold]
#[inline(never)]
fn slow_fold<T: Real, const N: usize>(
    tape: &Tape<T>,
    noted: impl FnOnce() -> Noted,
    value: T,
    variable: usize,
    operands: [Operand<T>; N],
    place: &'static Location<'static>,
) -> (T, Place) {
    if tape.is_traced() {
        return (T::one(), Place::new(note(tape, noted, value, &operands, place), Place::TRACED));
    }
    let Operand { slope, scale, node, .. } = operands[variable];
    (slope.chain(scale), Place::new(node.expect("a fold has a variable"), Place::FOLDED))
}

/// A function of two variables.
#[cold]
#[inline(never)]
fn slow_pair<T: Real>(
    tape: &Tape<T>,
    noted: impl FnOnce() -> Noted,
    value: T,
    operands: [Operand<T>; 2],
    place: &'static Location<'static>,
) -> Place {
    if tape.is_traced() {
        return Place::new(note(tape, noted, value, &operands, place), Place::TRACED);
    }
    let parents = operands.map(|operand| operand.node.expect("a pair has two variables"));
    let index = tape.record.pair(parents, operands.map(|operand| operand.slope), operands.map(|operand| operand.scale));
    Place::new(index, Place::FOLDED)
}

/// A variable on a traced tape, or where a chunk is full.
#[cold]
#[inline(never)]
pub(super) fn slow_variable<T: Real>(tape: &Tape<T>, value: T, place: &'static Location<'static>) -> Place {
    let index = tape.record.leaf();
    let Some(trace) = &tape.trace else { return Place::new(index, 0) };
    trace.push(Noted::smooth("var"), value, [], place);
    Place::new(index, Place::TRACED)
}

/// Records a node with its name, operands and place: the way of every operation on a traced tape.
#[cold]
#[inline(never)]
pub(super) fn note<T: Real>(
    tape: &Tape<T>,
    noted: impl FnOnce() -> Noted,
    value: T,
    operands: &[Operand<T>],
    place: &'static Location<'static>,
) -> Index {
    let index = tape.record.statement(terms(operands), true);
    if let Some(trace) = &tape.trace {
        let kept = operands.iter().map(|operand| Kept { node: operand.node, value: operand.value });
        trace.push(noted(), value, kept, place);
    }
    index
}

/// The terms of a statement on these operands.
pub(super) fn terms<T: Real>(operands: &[Operand<T>]) -> impl Iterator<Item = (T, T, Index)> {
    operands.iter().filter_map(|operand| Some((operand.slope, T::one(), operand.node?)))
}
