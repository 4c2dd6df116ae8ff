//! Dual numbers: a value and its derivative along one direction, carried forward together.

use super::Over;
use crate::real::{Real, Rule, Rule2, Rule3, RuleOfMany, gradient_at};
use smallvec::SmallVec;
use std::fmt;
use std::ops::Neg;

/// `value + epsilon·ε` with `ε² = 0`: a value and its derivative along one direction.
///
/// Duals nest (`Dual<Dual<f64>>` gives second derivatives) and may stand on a tape (`Tape<Dual<f64>>` gives Hessian times
/// vector). They are compared by value alone. Plain numbers of the base type stand on both sides of every operator and are
/// constants; so they are in [`max`](Dual::max) and [`min`](Dual::min), where it matters at a tie.
///
/// ```
/// use chainrule::prelude::*;
/// let x = Dual::variable(2.0);
/// let y = x * x * x + x.sin();
/// assert_eq!(y.epsilon, 12.0 + 2f64.cos());
///
/// let x = Dual::variable(Dual::variable(2.0)); // both levels move along x
/// assert_eq!((x * x * x).epsilon.epsilon, 12.0); // 6 x
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Dual<T> {
    /// The value.
    pub value: T,
    /// The derivative of the value along the direction chosen.
    pub epsilon: T,
}

impl<T: Real> Dual<T> {
    /// A number with this value and this derivative.
    #[inline(always)]
    pub fn new(value: T, epsilon: T) -> Self {
        Self { value, epsilon }
    }

    /// A number that does not vary.
    #[inline(always)]
    pub fn constant(value: T) -> Self {
        Self::new(value, T::zero())
    }

    /// The number along which derivatives are taken: its own derivative is 1.
    #[inline(always)]
    pub fn variable(value: T) -> Self {
        Self::new(value, T::one())
    }

    /// The contribution of this operand of several: nothing where it does not vary, also where its slope does not exist, as
    /// that by the exponent of a negative base.
    #[inline(always)]
    fn varying(self, slope: T) -> T {
        if self.epsilon.is_nothing() { T::zero() } else { slope.chain(self.epsilon) }
    }

    /// `rule(self, c)` for a constant `c`.
    #[inline(always)]
    pub(crate) fn before(self, c: T, rule: impl Rule2) -> Self {
        let z = self.value.combine(c, rule);
        Self::new(z, moved(rule.slope_first(self.value, c, z), self.epsilon))
    }

    /// `rule(c, self)` for a constant `c`.
    #[inline(always)]
    pub(crate) fn after(self, c: T, rule: impl Rule2) -> Self {
        let z = c.combine(self.value, rule);
        Self::new(z, moved(rule.slope_second(c, self.value, z), self.epsilon))
    }
}

/// `slope * epsilon` as the chain rule multiplies. Of plain floats the usual product is tried first, by a branch that is hardly ever
/// taken: what [`Real::chain`] does without one is dearer here, where no loop is to be vectorised.
#[inline(always)]
fn moved<T: Real>(slope: T, epsilon: T) -> T {
    if !T::PLAIN {
        return slope.chain(epsilon);
    }
    let product = slope * epsilon;
    if product.holds_nan() { moved_with_care(slope, epsilon) } else { product }
}

#[cold]
#[inline(never)]
fn moved_with_care<T: Real>(slope: T, epsilon: T) -> T {
    slope.chain(epsilon)
}

impl<T: Real> Over for Dual<T> {
    type Base = T;
    #[inline(always)]
    fn primal(self) -> T {
        self.value
    }
}

impl<T: Real> Real for Dual<T> {
    const PLAIN: bool = false;
    const ORDER: usize = T::ORDER + 1;

    #[inline(always)]
    fn literal(value: f64) -> Self {
        Self::constant(T::literal(value))
    }

    #[inline(always)]
    fn is_nothing(self) -> bool {
        self.value.is_nothing() && self.epsilon.is_nothing()
    }

    #[inline(always)]
    fn holds_nan(self) -> bool {
        self.value.holds_nan() || self.epsilon.holds_nan()
    }

    #[inline]
    fn chain(self, upstream: Self) -> Self {
        let epsilon = self.value.chain(upstream.epsilon) + self.epsilon.chain(upstream.value);
        Self::new(self.value.chain(upstream.value), epsilon)
    }

    #[inline]
    fn apply<R: Rule>(self, rule: R) -> Self {
        let y = self.value.apply(rule);
        Self::new(y, moved(rule.slope(self.value, y), self.epsilon))
    }

    #[inline]
    fn apply2<R: Rule2>(self, other: Self, rule: R) -> Self {
        let z = self.value.apply2(other.value, rule);
        let (by_first, by_second) = rule.slopes(self.value, other.value, z);
        if T::PLAIN {
            // what the careful products below are there for shows as NaN here
            let epsilon = by_first * self.epsilon + by_second * other.epsilon;
            if !epsilon.holds_nan() {
                return Self::new(z, epsilon);
            }
        }
        Self::new(z, self.varying(by_first) + other.varying(by_second))
    }

    /// One that does not vary counts as a constant: `x.powf(two)` then has a slope for negative x, and `x.max(zero)` the
    /// slope of relu at 0.
    #[inline(always)]
    fn combine<R: Rule2>(self, other: Self, rule: R) -> Self {
        if other.epsilon.is_nothing() {
            self.before(other.value, rule)
        } else if self.epsilon.is_nothing() {
            other.after(self.value, rule)
        } else {
            self.apply2(other, rule)
        }
    }

    #[inline]
    fn apply3<R: Rule3>(self, second: Self, third: Self, rule: R) -> Self {
        let arguments = [self.value, second.value, third.value];
        let w = self.value.apply3(second.value, third.value, rule);
        let [a, b, c] = rule.slopes(arguments, w);
        Self::new(w, a.chain(self.epsilon) + b.chain(second.epsilon) + c.chain(third.epsilon))
    }

    #[track_caller]
    fn apply_many<R: RuleOfMany>(arguments: &[Self], rule: &R) -> Self {
        let values: SmallVec<[T; 8]> = arguments.iter().map(|x| x.value).collect();
        let y = T::apply_many(&values, rule);
        let slopes = arguments.iter().zip(gradient_at(rule, &values, y));
        Self::new(y, slopes.fold(T::zero(), |sum, (x, slope)| sum + x.varying(slope)))
    }

    fn erf(self) -> Self {
        self.apply(crate::rule::Erf)
    }
    fn erfc(self) -> Self {
        self.apply(crate::rule::Erfc)
    }
    fn lgamma(self) -> Self {
        self.apply(crate::rule::Lgamma)
    }
    fn polygamma(self, order: u32) -> Self {
        self.apply(crate::rule::Polygamma(order))
    }
}

number_tower!([T: Real] Dual<T>);

impl<T: Real> fmt::Display for Dual<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.value, f)?;
        f.write_str(" + ")?;
        fmt::Display::fmt(&self.epsilon, f)?;
        f.write_str("ε")
    }
}

impl<T: Real> Neg for Dual<T> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self::new(-self.value, -self.epsilon)
    }
}
