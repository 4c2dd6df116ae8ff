//! The contract between numbers and rules: what a rule is written on ([`Real`]) and what a rule is ([`Rule`],
//! [`Rule2`], [`Rule3`], [`RuleOfMany`]).

mod contract;
mod float;
mod lane;
pub(crate) mod special;

pub(crate) use contract::gradient_at;
pub use contract::{Rule, Rule2, Rule3, RuleOfMany};
pub use lane::Lane;

use num_traits::{Float, FloatConst, NumAssign};
use std::fmt::{Debug, Display};

/// A real number that a derivative can flow through: `f32`, `f64`; a [`Dual`](crate::Dual), a [`DualVector`](crate::DualVector), a
/// [`Taylor`](crate::Taylor) series or a [`Var`](crate::Var) over one of them (then a derivative can be differentiated again).
///
/// Rules are written on this trait. All of `num_traits::Float` is there (`exp`, `sqrt`, `mul_add`, `is_nan`, ...);
/// comparisons look at the value alone, never at derivatives, so a branch takes the same way for every kind of number.
///
/// Formulas of users ask for [`Number`](crate::Number) or for `num_traits::Float` instead: this trait is for those who
/// write rules.
pub trait Real: Float + FloatConst + NumAssign + Default + Debug + Display {
    /// Whether this is a plain float, which carries no derivative. A rule may then take a short way that gives the
    /// right number but would give a poor derivative of it.
    const PLAIN: bool;

    /// The highest order of derivative that is carried along: 0 for the plain float; one more than the number beneath for a `Dual`,
    /// a `DualVector` and a variable; `K - 1` more for a `Taylor<_, K>`.
    const ORDER: usize;

    /// The constant `value`; for `f32` rounded to nearest.
    fn literal(value: f64) -> Self;

    /// Zero in every order of derivative. (A dual number or a variable whose *value* is zero may still have a
    /// derivative, so it is not nothing.)
    fn is_nothing(self) -> bool;

    /// Whether a NaN stands anywhere in this number, its derivatives included.
    fn holds_nan(self) -> bool;

    /// `local * upstream` as the chain rule multiplies: 0 times infinity contributes 0, so that a branch that was
    /// masked out contributes nothing; NaN propagates, also against 0.
    #[must_use]
    fn chain(self, upstream: Self) -> Self;

    /// This number put through a rule of one argument.
    #[must_use]
    #[track_caller]
    fn apply<R: Rule>(self, rule: R) -> Self;

    /// This number and another put through a rule of two arguments.
    #[must_use]
    #[track_caller]
    fn apply2<R: Rule2>(self, other: Self, rule: R) -> Self;

    /// [`apply2`](Self::apply2), where an operand that does not vary counts as a constant: what generic code means, which
    /// makes its constants as numbers of its own kind.
    #[must_use]
    #[inline(always)]
    #[track_caller]
    fn combine<R: Rule2>(self, other: Self, rule: R) -> Self {
        self.apply2(other, rule)
    }

    /// This number and two others put through a rule of three arguments.
    #[must_use]
    #[track_caller]
    fn apply3<R: Rule3>(self, second: Self, third: Self, rule: R) -> Self;

    /// Any number of numbers put through a rule: what [`apply_many`](crate::apply_many) does.
    #[must_use]
    #[track_caller]
    fn apply_many<R: RuleOfMany>(arguments: &[Self], rule: &R) -> Self;

    /// The error function; see [`Erf`](crate::rule::Erf).
    #[must_use]
    fn erf(self) -> Self;

    /// The complementary error function; see [`Erfc`](crate::rule::Erfc).
    #[must_use]
    fn erfc(self) -> Self;

    /// ln |Γ(x)|; see [`Lgamma`](crate::rule::Lgamma).
    #[must_use]
    fn lgamma(self) -> Self;

    /// The derivative of order `order + 1` of ln Γ(x): order 0 is the digamma function; see
    /// [`Polygamma`](crate::rule::Polygamma).
    #[must_use]
    fn polygamma(self, order: u32) -> Self;
}
