//! Dual numbers with several derivatives: a value and its derivatives along several directions, carried forward together.

use super::Over;
use crate::real::{Real, Rule, Rule2, Rule3, RuleOfMany, gradient_at};
use smallvec::SmallVec;
use std::fmt;
use std::ops::Neg;

/// `value + Σ epsilons[i]·εᵢ` with every `εᵢ εⱼ = 0`: a value and its derivatives along `L` directions at once, its *lanes*.
///
/// One run of a formula gives `L` columns of a Jacobian, for one evaluation of each value and slope. Lane by lane it is a
/// [`Dual`](crate::Dual), to the bit: what is said there about comparisons, nesting and constants holds here too, and whether an
/// operand counts as a constant is asked in each lane. On a tape (`Tape<DualVector<f64, 4>>`) one recording gives `L` columns of a
/// Hessian.
///
/// ```
/// use chainrule::prelude::*;
/// let [x, y] = DualVector::variables([2.0, 3.0]);
/// let z = x * x * y + y * 2.0;
/// assert_eq!((z.value, z.epsilons), (18.0, [12.0, 6.0])); // 2xy, x² + 2
///
/// let tape = Tape::new();
/// let [x, y] = tape.vars(DualVector::variables([2.0, 3.0]));
/// let g = (x * x * y).backward();
/// assert_eq!(g.of(x).epsilons, [6.0, 4.0]); // 2y, 2x: the first row of the Hessian
/// assert_eq!(g.of(y).epsilons, [4.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct DualVector<T, const L: usize> {
    /// The value.
    pub value: T,
    /// The derivative of the value along each direction.
    pub epsilons: [T; L],
}

impl<T: Real, const L: usize> DualVector<T, L> {
    /// A number with this value and these derivatives.
    #[inline(always)]
    pub fn new(value: T, epsilons: [T; L]) -> Self {
        Self { value, epsilons }
    }

    /// A number that varies along no direction.
    #[inline(always)]
    pub fn constant(value: T) -> Self {
        Self::new(value, [T::zero(); L])
    }

    /// The number along which the derivatives of this lane are taken: its derivative is 1 there and 0 in the other lanes.
    ///
    /// # Panics
    /// When there is no such lane.
    #[inline]
    #[track_caller]
    pub fn variable(value: T, lane: usize) -> Self {
        assert!(lane < L, "DualVector::variable: there is no lane {lane}, lanes are counted from 0 and there are {L}");
        let mut epsilons = [T::zero(); L];
        epsilons[lane] = T::one();
        Self::new(value, epsilons)
    }

    /// As many variables as there are lanes, each with its own: a formula of them carries its whole gradient.
    #[inline]
    pub fn variables(values: [T; L]) -> [Self; L] {
        std::array::from_fn(|lane| Self::variable(values[lane], lane))
    }

    /// Whether the number varies along no direction.
    #[inline(always)]
    fn stands_still(&self) -> bool {
        self.epsilons.iter().all(|epsilon| epsilon.is_nothing())
    }

    /// `value`, which varies at the rate `slope` with this number.
    #[inline(always)]
    fn followed_by(mut self, value: T, slope: T) -> Self {
        self.value = value;
        if is_ordinary(slope) {
            self.epsilons.iter_mut().for_each(|epsilon| *epsilon = slope * *epsilon);
        } else {
            self.epsilons.iter_mut().for_each(|epsilon| *epsilon = slope.chain(*epsilon));
        }
        self
    }

    /// `rule(self, c)` for a constant `c`.
    #[inline(always)]
    pub(crate) fn before(self, c: T, rule: impl Rule2) -> Self {
        let z = self.value.combine(c, rule);
        self.followed_by(z, rule.slope_first(self.value, c, z))
    }

    /// `rule(c, self)` for a constant `c`.
    #[inline(always)]
    pub(crate) fn after(self, c: T, rule: impl Rule2) -> Self {
        let z = c.combine(self.value, rule);
        self.followed_by(z, rule.slope_second(c, self.value, z))
    }

    /// [`combine`](Real::combine) of two numbers, neither of which stands still in every lane.
    fn combine_lanes<R: Rule2>(mut self, other: Self, rule: R) -> Self {
        let (x, y) = (self.value, other.value);
        let z = x.combine(y, rule);
        let (by_first, by_second) = rule.slopes(x, y, z);
        for (first, second) in self.epsilons.iter_mut().zip(other.epsilons) {
            *first = match (first.is_nothing(), second.is_nothing()) {
                (_, true) => rule.slope_first(x, y, z).chain(*first),
                (true, false) => rule.slope_second(x, y, z).chain(second),
                (false, false) => by_first.chain(*first) + by_second.chain(second),
            };
        }
        self.value = z;
        self
    }
}

/// Whether [`chain`](Real::chain) with this slope is the plain product, whatever stands on the other side: then a loop over lanes
/// is one that compilers turn into vector instructions.
#[inline(always)]
fn is_ordinary<T: Real>(slope: T) -> bool {
    T::PLAIN && slope.is_finite() && !slope.is_zero()
}

/// The contribution of one of several operands in one lane: nothing where it does not vary, also where its slope does not exist.
#[inline(always)]
fn varying<T: Real>(epsilon: T, product: impl Fn(T) -> T) -> T {
    if epsilon.is_nothing() { T::zero() } else { product(epsilon) }
}

impl<T: Real, const L: usize> Over for DualVector<T, L> {
    type Base = T;
    #[inline(always)]
    fn primal(self) -> T {
        self.value
    }
}

impl<T: Real, const L: usize> Real for DualVector<T, L> {
    const PLAIN: bool = false;
    const ORDER: usize = T::ORDER + 1;

    #[inline(always)]
    fn literal(value: f64) -> Self {
        Self::constant(T::literal(value))
    }

    #[inline(always)]
    fn is_nothing(self) -> bool {
        self.value.is_nothing() && self.stands_still()
    }

    #[inline(always)]
    fn holds_nan(self) -> bool {
        self.value.holds_nan() || self.epsilons.iter().any(|epsilon| epsilon.holds_nan())
    }

    #[inline]
    fn chain(mut self, upstream: Self) -> Self {
        for (epsilon, upstream_epsilon) in self.epsilons.iter_mut().zip(upstream.epsilons) {
            *epsilon = self.value.chain(upstream_epsilon) + epsilon.chain(upstream.value);
        }
        self.value = self.value.chain(upstream.value);
        self
    }

    #[inline]
    #[track_caller]
    fn apply<R: Rule>(self, rule: R) -> Self {
        let y = self.value.apply(rule);
        self.followed_by(y, rule.slope(self.value, y))
    }

    #[inline]
    #[track_caller]
    fn apply2<R: Rule2>(mut self, other: Self, rule: R) -> Self {
        let z = self.value.apply2(other.value, rule);
        let (by_first, by_second) = rule.slopes(self.value, other.value, z);
        let lanes = self.epsilons.iter_mut().zip(other.epsilons);
        if is_ordinary(by_first) && is_ordinary(by_second) {
            lanes.for_each(|(x, y)| *x = by_first * *x + by_second * y);
        } else {
            lanes.for_each(|(x, y)| *x = varying(*x, |x| by_first.chain(x)) + varying(y, |y| by_second.chain(y)));
        }
        self.value = z;
        self
    }

    /// As for [`Dual`](crate::Dual), in each lane: one that does not vary counts as a constant.
    #[inline(always)]
    #[track_caller]
    fn combine<R: Rule2>(self, other: Self, rule: R) -> Self {
        if other.stands_still() {
            self.before(other.value, rule)
        } else if self.stands_still() {
            other.after(self.value, rule)
        } else {
            self.combine_lanes(other, rule)
        }
    }

    #[inline]
    #[track_caller]
    fn apply3<R: Rule3>(mut self, second: Self, third: Self, rule: R) -> Self {
        let w = self.value.apply3(second.value, third.value, rule);
        let [a, b, c] = rule.slopes([self.value, second.value, third.value], w);
        let others = second.epsilons.into_iter().zip(third.epsilons);
        for (epsilon, (second, third)) in self.epsilons.iter_mut().zip(others) {
            *epsilon = a.chain(*epsilon) + b.chain(second) + c.chain(third);
        }
        self.value = w;
        self
    }

    #[track_caller]
    fn apply_many<R: RuleOfMany>(arguments: &[Self], rule: &R) -> Self {
        let values: SmallVec<[T; 8]> = arguments.iter().map(|x| x.value).collect();
        let mut y = Self::constant(T::apply_many(&values, rule));
        for (x, slope) in arguments.iter().zip(gradient_at(rule, &values, y.value)) {
            for (total, epsilon) in y.epsilons.iter_mut().zip(x.epsilons) {
                *total += varying(epsilon, |epsilon| slope.chain(epsilon));
            }
        }
        y
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

number_tower!([T: Real, const L: usize] DualVector<T, L>);

impl<T: Real, const L: usize> Neg for DualVector<T, L> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self::new(-self.value, self.epsilons.map(|epsilon| -epsilon))
    }
}

/// The value and the list of derivatives: `18 + [12, 6]ε`.
impl<T: Real, const L: usize> fmt::Display for DualVector<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.value, f)?;
        f.write_str(" + [")?;
        for (lane, epsilon) in self.epsilons.iter().enumerate() {
            f.write_str(if lane == 0 { "" } else { ", " })?;
            fmt::Display::fmt(epsilon, f)?;
        }
        f.write_str("]ε")
    }
}
