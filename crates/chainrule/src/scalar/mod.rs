//! Numbers on a tape.
//!
//! A handle knows its value and how it hangs on one node, `d handle = scale · d node`. So a function of one variable, and
//! an operation with a constant, record nothing: they change `value` and `scale`. Only where two variables meet is a node
//! written: two partials and two parents, once.

mod adjoint;
mod lanes;
mod mixed;
mod nary;
mod operation;
mod position;
mod preaccumulate;
mod record;
mod tangents;

pub use lanes::LaneGradients;
pub use nary::{Nary, dot, log_sum_exp, norm, norm_p, sum};
pub use preaccumulate::preaccumulate;
pub use tangents::LaneTangents;

use crate::number::Over;
use crate::real::{Real, Rule, Rule2, Rule3};
use crate::rule;
use crate::tape::{Index, Node, Tape, Value, Var};
use record::Scalars;
use std::fmt;
use std::panic::Location;

/// What a variable of a tape of numbers holds beside its tape.
#[derive(Clone, Copy)]
pub struct Handle<T> {
    value: T,
    /// The derivative of the value by the node at `place`.
    scale: T,
    place: Place,
}

/// A node's index and two flags in one word: measured to be cheaper than an index and two bools.
#[derive(Clone, Copy)]
struct Place(u64);

impl Place {
    /// The value is not the node itself, but a function of it.
    const FOLDED: u64 = 1 << 32;
    /// The tape is traced: every operation is to be a node.
    const TRACED: u64 = 1 << 33;

    #[inline(always)]
    fn new(index: Index, flags: u64) -> Self {
        Self(u64::from(index) | flags)
    }

    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "the lower half is the index")]
    fn index(self) -> Index {
        self.0 as Index
    }

    /// The place of a function of what stands here.
    #[inline(always)]
    fn folded(self) -> Self {
        Self::new(self.index(), Self::FOLDED)
    }

    #[inline(always)]
    fn is_folded(self) -> bool {
        self.0 & Self::FOLDED != 0
    }

    #[inline(always)]
    fn is_traced(self) -> bool {
        self.0 & Self::TRACED != 0
    }
}

impl<'t, T: Real> Var<'t, T> {
    #[inline(always)]
    fn new(tape: &'t Tape<T>, value: T, scale: T, place: Place) -> Self {
        Self { tape: Some(tape), handle: Handle { value, scale, place } }
    }

    /// A node whose gradient can be asked for.
    #[inline(always)]
    fn kept(tape: &'t Tape<T>, value: T, index: Index) -> Self {
        Self::new(tape, value, T::one(), Place::new(index, 0))
    }

    /// `value`, which varies with the node at `index` at the rate `scale`.
    #[inline(always)]
    fn hanging(tape: &'t Tape<T>, value: T, scale: T, index: Index) -> Self {
        Self::new(tape, value, scale, Place::new(index, Place::FOLDED))
    }

    /// A node of a traced tape.
    #[inline(always)]
    fn traced(tape: &'t Tape<T>, value: T, index: Index) -> Self {
        Self::new(tape, value, T::one(), Place::new(index, Place::TRACED))
    }

    /// A constant: it belongs to no tape, and no gradient flows into it.
    #[inline(always)]
    pub fn constant(value: T) -> Self {
        Self { tape: None, handle: Handle { value, scale: T::zero(), place: Place(0) } }
    }
}

impl<T: Real> Over for Var<'_, T> {
    type Base = T;
    #[inline(always)]
    fn primal(self) -> T {
        self.handle.value
    }
}

impl<T: Real> Real for Var<'_, T> {
    const PLAIN: bool = false;

    #[inline(always)]
    fn literal(value: f64) -> Self {
        Self::constant(T::literal(value))
    }
    #[inline(always)]
    fn is_nothing(self) -> bool {
        self.is_constant() && self.handle.value.is_nothing()
    }
    #[inline(always)]
    fn holds_nan(self) -> bool {
        self.handle.value.holds_nan()
    }
    #[inline(always)]
    #[track_caller]
    fn chain(self, upstream: Self) -> Self {
        Value::apply2(self, upstream, Chain)
    }
    #[inline(always)]
    #[track_caller]
    fn apply<R: Rule>(self, rule: R) -> Self {
        Value::apply(self, rule)
    }
    #[inline(always)]
    #[track_caller]
    fn apply2<R: Rule2>(self, other: Self, rule: R) -> Self {
        Value::apply2(self, other, rule)
    }
    #[inline(always)]
    #[track_caller]
    fn apply3<R: Rule3>(self, second: Self, third: Self, rule: R) -> Self {
        Value::apply3([self, second, third], rule)
    }
    #[track_caller]
    fn erf(self) -> Self {
        Value::apply(self, rule::Erf)
    }
    #[track_caller]
    fn erfc(self) -> Self {
        Value::apply(self, rule::Erfc)
    }
    #[track_caller]
    fn lgamma(self) -> Self {
        Value::apply(self, rule::Lgamma)
    }
    #[track_caller]
    fn polygamma(self, order: u32) -> Self {
        Value::apply(self, rule::Polygamma(order))
    }
}

number_tower!(['t, T: Real] Var<'t, T>);

/// The product of the chain rule where it is itself differentiated: [`Real::chain`] as a rule.
#[derive(Clone, Copy, Debug)]
struct Chain;
impl Rule2 for Chain {
    const NAME: &'static str = "chain";
    const PROBES: &'static [(f64, f64)] = &[(2.0, -3.0)];
    fn value<T: Real>(self, local: T, upstream: T) -> T {
        local.chain(upstream)
    }
    fn slopes<T: Real>(self, local: T, upstream: T, _: T) -> (T, T) {
        (upstream, local)
    }
}

impl<T: Real> fmt::Display for Var<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.handle.value, f)
    }
}

impl<T: Real> fmt::Debug for Var<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_constant() { "Constant" } else { "Var" };
        write!(f, "{kind}({:?})", self.handle.value)
    }
}

impl<T: Real> Value for T {
    type Handle = Handle<T>;
    type Record = Scalars<T>;
    type Adjoint = T;
    type CarefulAdjoint = adjoint::Careful<T>;
    const TELLS_DISCONNECTED: bool = false;

    #[inline(always)]
    #[track_caller]
    fn variable(tape: &Tape<T>, value: T) -> Var<'_, T> {
        let index = if tape.is_traced() { None } else { tape.record.try_leaf() };
        let place = match index {
            Some(index) => Place::new(index, 0),
            None => operation::slow_variable(tape, value, Location::caller()),
        };
        Var::new(tape, value, T::one(), place)
    }

    #[inline(always)]
    fn constant(_: &Tape<T>, value: T) -> Var<'_, T> {
        Var::constant(value)
    }

    #[inline(always)]
    fn beside(constant: T, _: Var<'_, T>) -> Var<'_, T> {
        Var::constant(constant)
    }

    #[inline(always)]
    fn value(x: Var<'_, T>) -> T {
        x.handle.value
    }

    #[inline(always)]
    #[track_caller]
    fn apply<R: Rule>(x: Var<'_, T>, rule: R) -> Var<'_, T> {
        if T::PLAIN { operation::one(x, rule) } else { operation::one_nested(x, rule) }
    }

    #[inline(always)]
    #[track_caller]
    fn apply2<'t, R: Rule2>(x: Var<'t, T>, y: Var<'t, T>, rule: R) -> Var<'t, T> {
        if T::PLAIN { operation::two(x, y, rule) } else { operation::two_nested(x, y, rule) }
    }

    #[inline(always)]
    #[track_caller]
    fn apply3<R: Rule3>(arguments: [Var<'_, T>; 3], rule: R) -> Var<'_, T> {
        operation::three(arguments, rule)
    }

    #[track_caller]
    fn keep(x: Var<'_, T>) -> Var<'_, T> {
        match x.tape {
            Some(tape) if x.handle.place.is_folded() => {
                let index =
                    tape.record.statement([(T::one(), x.handle.scale, x.handle.place.index())].into_iter(), true);
                Var::kept(tape, x.handle.value, index)
            }
            _ => x,
        }
    }

    fn node(x: Var<'_, T>) -> Node {
        match x.tape {
            None => Node::Constant,
            Some(_) if x.handle.place.is_folded() => Node::Folded,
            Some(_) => Node::At(x.handle.place.index()),
        }
    }

    #[inline(always)]
    fn top(y: Var<'_, T>) -> Option<Index> {
        y.tape.map(|_| y.handle.place.index())
    }

    fn one(_: Var<'_, T>) -> Result<T, String> {
        Ok(<T as num_traits::One>::one())
    }

    fn zero(&self) -> Self {
        <T as num_traits::Zero>::zero()
    }

    fn locals(tape: &Tape<T>, at: Index) -> Vec<T> {
        tape.record.terms(at).into_iter().map(|(partial, _)| partial).collect()
    }

    fn contribution(local: &T, upstream: &T) -> T {
        local.chain(*upstream)
    }
}
