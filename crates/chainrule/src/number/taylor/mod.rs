//! Truncated power series: a value and its Taylor coefficients along a direction, carried forward together.

mod direct;
mod series;

use super::Over;
use crate::real::{Real, Rule, Rule2, Rule3};
use std::fmt;
use std::ops::Neg;

/// `c₀ + c₁ t + ... + c_{K-1} t^{K-1}`, what is left of a power series after its first `K` terms.
///
/// A formula of `x + t` carries the Taylor coefficients of the formula at `x`, all orders below `K` in one run; a formula of several
/// numbers, each moving at its own pace, those along a direction. The derivative of order `k` is `k!` times the coefficient.
///
/// ```
/// use chainrule::prelude::*;
/// let t = Taylor::<f64, 4>::variable(0.0);
/// assert_eq!((1.0 / (1.0 - t)).coefficients(), [1.0; 4]);
/// assert_eq!(t.exp().derivative(3), 1.0);
///
/// // along the direction (3, 4): f(1 + 3t, 2 + 4t)
/// let (x, y) = (Taylor::<f64, 3>::along(1.0, 3.0), Taylor::along(2.0, 4.0));
/// assert_eq!((x * y).coefficients(), [2.0, 10.0, 12.0]);
/// ```
///
/// Series nest (`Taylor<Dual<f64>, 3>`) and may stand on a tape: `Tape<Taylor<f64, 3>>` gives the Taylor coefficients of a gradient.
/// They are compared by value alone, the first coefficient, so a branch sees no derivative. At a kink the first derivative is the slope
/// promised there, and the higher ones are those of that slope. Plain numbers beneath are constants, and so is a series all of whose
/// higher coefficients are nothing; 0 times infinity contributes 0, all as for [`Dual`](crate::Dual).
///
/// # How it works, and what it costs
/// Sums, products and quotients are those of power series. For any other rule, y = f(x) solves y′ = s x′ with the rule's slope s,
/// which is evaluated on series in its turn: to one term less, so that this comes to an end, and coefficient by coefficient where the
/// slope is taken from y. A product costs about K² operations, a rule between K² and a few times K³. A rule of one's own
/// whose slope applies the rule itself, or one that leads back to it, several times over, multiplies its cost with every term. Numbers that
/// are nested K - 1 deep give the same derivatives for 2ᴷ.
///
/// Source: Griewank and Walther, "Evaluating Derivatives", 2nd edition, 2008, chapter 13.
#[derive(Clone, Copy)]
pub struct Taylor<T, const K: usize> {
    coefficients: [T; K],
    /// How many coefficients are known. Below `K` only while a rule is evaluated; what stands behind them is 0 and means nothing.
    terms: usize,
}

impl<T: Real, const K: usize> Taylor<T, K> {
    /// The series with these coefficients, that of t⁰ first.
    #[inline]
    pub fn new(coefficients: [T; K]) -> Self {
        const { assert!(K > 0, "a Taylor series has at least one term, its value") };
        Self { coefficients, terms: K }
    }

    /// A number that does not vary.
    #[inline]
    pub fn constant(value: T) -> Self {
        let mut series = Self::new([T::zero(); K]);
        series.coefficients[0] = value;
        series
    }

    /// `value + t`.
    #[inline]
    pub fn variable(value: T) -> Self {
        Self::along(value, T::one())
    }

    /// `value + direction t`.
    #[inline]
    pub fn along(value: T, direction: T) -> Self {
        let mut series = Self::constant(value);
        if K > 1 {
            series.coefficients[1] = direction;
        }
        series
    }

    /// The coefficient of `tᵏ`.
    ///
    /// # Panics
    /// When `k` is not below `K`: it was not computed.
    #[inline]
    #[track_caller]
    pub fn coefficient(&self, k: usize) -> T {
        assert!(
            k < K,
            "there is no coefficient of order {k}: Taylor<_, {K}> holds orders below {K}, ask for more terms"
        );
        self.coefficients[k]
    }

    /// All coefficients, that of t⁰ first.
    #[inline]
    pub fn coefficients(&self) -> [T; K] {
        self.coefficients
    }

    /// The derivative of order `k` by t at 0: `k!` times the coefficient.
    ///
    /// # Panics
    /// When `k` is not below `K`: it was not computed.
    #[track_caller]
    pub fn derivative(&self, k: usize) -> T {
        let coefficient = self.coefficient(k);
        (2..=k).fold(coefficient, |product, j| product * count(j))
    }

    /// `rule(self, c)` for a constant `c`.
    #[track_caller]
    pub(crate) fn before(self, c: T, rule: impl Rule2) -> Self {
        let second = Self::constant(c);
        direct::two(self, second, rule).unwrap_or_else(|| {
            let z = self.value().combine(c, rule);
            Self::integrate(z, [self], |[x], z| [rule.slope_first(x, second, z)])
        })
    }

    /// `rule(c, self)` for a constant `c`.
    #[track_caller]
    pub(crate) fn after(self, c: T, rule: impl Rule2) -> Self {
        let first = Self::constant(c);
        direct::two(first, self, rule).unwrap_or_else(|| {
            let z = c.combine(self.value(), rule);
            Self::integrate(z, [self], |[y], z| [rule.slope_second(first, y, z)])
        })
    }
}

/// A small count as a number.
fn count<T: Real>(n: usize) -> T {
    T::literal(n as f64)
}

impl<T: Real, const K: usize> Over for Taylor<T, K> {
    type Base = T;
    #[inline(always)]
    fn primal(self) -> T {
        self.value()
    }
}

impl<T: Real, const K: usize> Real for Taylor<T, K> {
    const PLAIN: bool = false;

    #[inline]
    fn literal(value: f64) -> Self {
        Self::constant(T::literal(value))
    }

    #[inline]
    fn is_nothing(self) -> bool {
        self.known().iter().all(|c| c.is_nothing())
    }

    #[inline]
    fn holds_nan(self) -> bool {
        self.known().iter().any(|c| c.holds_nan())
    }

    #[track_caller]
    fn chain(self, upstream: Self) -> Self {
        self.chained(upstream)
    }

    #[track_caller]
    fn apply<R: Rule>(self, rule: R) -> Self {
        let y = self.value().apply(rule);
        if self.terms == 1 {
            return self.with_value(y);
        }
        if self.stands_still() {
            // in one place all orders have the slope at that place, and NaN propagates also against 0
            let slope = rule.slope(self.value(), y);
            let rest = if slope.holds_nan() { slope.chain(T::zero()) } else { T::zero() };
            return self.map(|_| rest).with_value(y);
        }
        direct::one(self, rule).unwrap_or_else(|| Self::integrate(y, [self], |[x], y| [rule.slope(x, y)]))
    }

    #[track_caller]
    fn apply2<R: Rule2>(self, other: Self, rule: R) -> Self {
        let [x, y] = Self::of_equal_length([self, other]);
        if let Some(z) = direct::two(x, y, rule).or_else(|| direct::power(x, y, rule)) {
            return z;
        }
        let z = x.value().apply2(y.value(), rule);
        match (x.stands_still(), y.stands_still()) {
            (false, false) => Self::integrate(z, [x, y], |[x, y], z| rule.slopes(x, y, z).into()),
            // the slope by what does not vary need not exist
            (false, true) => Self::integrate(z, [x], |[x], z| [rule.slopes(x, y, z).0]),
            (true, false) => Self::integrate(z, [y], |[y], z| [rule.slopes(x, y, z).1]),
            (true, true) => x.with_value(z),
        }
    }

    /// As for [`Dual`](crate::Dual): one that does not vary counts as a constant.
    #[track_caller]
    fn combine<R: Rule2>(self, other: Self, rule: R) -> Self {
        let [x, y] = Self::of_equal_length([self, other]);
        if y.stands_still() {
            x.before(y.value(), rule)
        } else if x.stands_still() {
            y.after(x.value(), rule)
        } else {
            x.apply2(y, rule)
        }
    }

    #[track_caller]
    fn apply3<R: Rule3>(self, second: Self, third: Self, rule: R) -> Self {
        let arguments = Self::of_equal_length([self, second, third]);
        let w = self.value().apply3(second.value(), third.value(), rule);
        Self::integrate(w, arguments, |arguments, w| rule.slopes(arguments, w))
    }

    #[track_caller]
    fn erf(self) -> Self {
        self.apply(crate::rule::Erf)
    }
    #[track_caller]
    fn erfc(self) -> Self {
        self.apply(crate::rule::Erfc)
    }
    #[track_caller]
    fn lgamma(self) -> Self {
        self.apply(crate::rule::Lgamma)
    }
    #[track_caller]
    fn polygamma(self, order: u32) -> Self {
        self.apply(crate::rule::Polygamma(order))
    }
}

number_tower!([T: Real, const K: usize] Taylor<T, K>);

impl<T: Real, const K: usize> Neg for Taylor<T, K> {
    type Output = Self;
    #[inline]
    #[track_caller]
    fn neg(self) -> Self {
        self.map(|c| -c)
    }
}

impl<T: Real, const K: usize> fmt::Debug for Taylor<T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Taylor").field(&self.known()).finish()
    }
}

/// The coefficients in order: `[1, 2, 3]`.
impl<T: Real, const K: usize> fmt::Display for Taylor<T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (k, coefficient) in self.known().iter().enumerate() {
            f.write_str(if k == 0 { "" } else { ", " })?;
            fmt::Display::fmt(coefficient, f)?;
        }
        f.write_str("]")
    }
}
