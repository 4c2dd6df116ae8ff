//! Functions that are computed elsewhere, and bring their derivatives along: one node, whatever happens inside.

use super::nary::statement;
use crate::number::{Dual, DualVector, Over};
use crate::real::{Real, RuleOfMany};
use crate::tape::Var;

/// A number over another that can gather its derivatives by many operands at once: a [`Dual`], a [`DualVector`] or a [`Var`].
///
/// A [`Taylor`](crate::Taylor) series is none: its higher coefficients are made of derivatives of the partial derivatives, which numbers of
/// the kind beneath do not tell.
#[diagnostic::on_unimplemented(
    message = "one derivative of an opaque function is not all that `{Self}` carries",
    note = "plain floats carry none; a Taylor series carries higher ones: give a `RuleOfMany`, by `apply_many`"
)]
pub trait Carrier: Over + Copy {
    /// `value` with its derivative by each operand. Constants among the operands drop out.
    #[track_caller]
    fn gather(
        name: &'static str,
        value: Self::Base,
        operands: impl Iterator<Item = (Self, Self::Base)> + Clone,
    ) -> Self;
}

impl<T: Real> Carrier for Dual<T> {
    #[inline(always)]
    fn gather(_: &'static str, value: T, operands: impl Iterator<Item = (Self, T)> + Clone) -> Self {
        let epsilon = operands.fold(T::zero(), |sum, (x, slope)| sum + slope.chain(x.epsilon));
        Self::new(value, epsilon)
    }
}

impl<T: Real, const L: usize> Carrier for DualVector<T, L> {
    #[inline(always)]
    fn gather(_: &'static str, value: T, operands: impl Iterator<Item = (Self, T)> + Clone) -> Self {
        let mut sum = Self::constant(value);
        for (x, slope) in operands {
            for (total, epsilon) in sum.epsilons.iter_mut().zip(x.epsilons) {
                *total += slope.chain(epsilon);
            }
        }
        sum
    }
}

impl<T: Real> Carrier for Var<'_, T> {
    #[inline(always)]
    #[track_caller]
    fn gather(name: &'static str, value: T, operands: impl Iterator<Item = (Self, T)> + Clone) -> Self {
        statement(name, value, operands)
    }
}

/// A function of the numbers `x` that was computed elsewhere: its `value`, and its derivative by each of them. One node, which
/// tables of traced tapes call `name`.
///
/// Value and partial derivatives are numbers of the kind beneath. So over plain floats there is a first derivative, and a variable
/// over dual numbers asks for dual numbers, whose derivatives are the second ones: a derivative that was not given is never taken to
/// be 0. Where the gradient can be written for every kind of number, a [`RuleOfMany`] has all orders, and serves
/// [`Taylor`](crate::Taylor) series too, which this function refuses.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule::opaque;
///
/// // imagine a call into a simulation that knows its sensitivities
/// fn simulate(x: [f64; 2]) -> (f64, [f64; 2]) {
///     (x[0] * x[1] * x[1], [x[1] * x[1], 2.0 * x[0] * x[1]])
/// }
///
/// let gradient = grad(
///     |[x, y]| {
///         let (value, partials) = simulate([x.value(), y.value()]);
///         2.0 * opaque("simulate", &[x, y], value, &partials)
///     },
///     [3.0, 5.0],
/// );
/// assert_eq!(gradient, [50.0, 60.0]);
/// ```
///
/// # Panics
/// When there is not one partial derivative for each number.
#[inline]
#[track_caller]
pub fn opaque<N: Carrier>(name: &'static str, x: &[N], value: N::Base, partials: &[N::Base]) -> N {
    assert!(
        x.len() == partials.len(),
        "opaque: `{name}` is a function of {} numbers, but {} partial derivatives were given; give one for each, in their order",
        x.len(),
        partials.len()
    );
    N::gather(name, value, x.iter().copied().zip(partials.iter().copied()))
}

/// The numbers `x` put through a rule: one node, and derivatives of every order. [`RuleOfMany`] has an example.
#[inline]
#[must_use]
#[track_caller]
pub fn apply_many<T: Real>(rule: &impl RuleOfMany, x: &[T]) -> T {
    T::apply_many(x, rule)
}
