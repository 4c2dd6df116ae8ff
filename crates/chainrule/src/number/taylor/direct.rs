//! Rules for which there is a shorter way than the slope of a slope of a slope.
//!
//! Arithmetic is that of power series. The others are functions whose slopes lead back to themselves by several ways, so that the cost
//! would multiply with every term: here all that belongs together is computed together, in K² operations.

use super::Taylor;
use super::series::convolution;
use crate::real::{Real, Rule, Rule2};
use crate::rule;
use std::any::TypeId;

fn is<R: 'static, Known: 'static>() -> bool {
    TypeId::of::<R>() == TypeId::of::<Known>()
}

/// A rule of one number that varies.
#[track_caller]
pub(super) fn one<T: Real, const K: usize, R: Rule>(x: Taylor<T, K>, _: R) -> Option<Taylor<T, K>> {
    if is::<R, rule::Neg>() {
        Some(-x)
    } else if is::<R, rule::Recip>() {
        Some(Taylor::constant(T::one()).quotient(x))
    } else if is::<R, rule::Sin>() {
        Some(circle(x)[0])
    } else if is::<R, rule::Cos>() {
        Some(circle(x)[1])
    } else if is::<R, rule::Sinh>() {
        Some(hyperbola(x)[0])
    } else if is::<R, rule::Cosh>() {
        Some(hyperbola(x)[1])
    } else if is::<R, rule::Tanh>() {
        Some(curve(x)[0])
    } else if is::<R, rule::SechSquared>() {
        Some(curve(x)[1])
    } else {
        None
    }
}

// Functions of their own, so that they are compiled once and not for every rule.

/// sin x and cos x.
#[track_caller]
fn circle<T: Real, const K: usize>(x: Taylor<T, K>) -> [Taylor<T, K>; 2] {
    let at = x.value();
    pair(x, [at.sin(), at.cos()], |[sin, cos], k| [cos.coefficients[k], -sin.coefficients[k]])
}

/// sinh x and cosh x.
#[track_caller]
fn hyperbola<T: Real, const K: usize>(x: Taylor<T, K>) -> [Taylor<T, K>; 2] {
    let at = x.value();
    pair(x, [at.sinh(), at.cosh()], |[sinh, cosh], k| [cosh.coefficients[k], sinh.coefficients[k]])
}

/// tanh x and its slope s, whose own slope is -2 s tanh x.
#[track_caller]
fn curve<T: Real, const K: usize>(x: Taylor<T, K>) -> [Taylor<T, K>; 2] {
    let at = x.value();
    pair(x, [at.tanh(), at.apply(rule::SechSquared)], |[tanh, slope], k| {
        let product = convolution(&tanh.coefficients, &slope.coefficients, k);
        [slope.coefficients[k], T::literal(-2.0) * product]
    })
}

/// Two functions of x, given by their values, whose slopes are made of the two: `slopes` gives their coefficients of order k from the
/// two functions up to order k.
#[track_caller]
fn pair<T: Real, const K: usize>(
    x: Taylor<T, K>,
    values: [T; 2],
    slopes: impl Fn(&[Taylor<T, K>; 2], usize) -> [T; 2],
) -> [Taylor<T, K>; 2] {
    let derivative = x.differentiated();
    let mut functions = values.map(|value| Taylor::constant(value).truncated(x.terms));
    let mut known = [[T::zero(); K]; 2];
    for k in 0..derivative.terms {
        let next = slopes(&functions, k);
        for i in 0..2 {
            known[i][k] = next[i];
            functions[i].set_from_rate(k, convolution(&known[i], &derivative.coefficients, k));
        }
    }
    functions
}

/// A rule of two numbers.
#[track_caller]
pub(super) fn two<T: Real, const K: usize, R: Rule2>(x: Taylor<T, K>, y: Taylor<T, K>, _: R) -> Option<Taylor<T, K>> {
    if is::<R, rule::Add>() {
        Some(x.sum_with(y))
    } else if is::<R, rule::Sub>() {
        Some(x.sum_with(-y))
    } else if is::<R, rule::Mul>() {
        Some(x.product(y))
    } else if is::<R, rule::Div>() {
        Some(x.quotient(y))
    } else if is::<R, rule::Hypot>() {
        Some(Polar::new(x, y).radius)
    } else if is::<R, rule::HypotSlope>() {
        Some(Polar::new(x, y).cosine)
    } else if is::<R, rule::Atan2>() {
        // the ordinate comes first
        Some(Polar::new(y, x).angle(x.value().atan2(y.value())))
    } else if is::<R, rule::Atan2Slope>() {
        let Polar { radius, cosine, .. } = Polar::new(x, y);
        let value = x.value().apply2(y.value(), rule::Atan2Slope);
        Some(if radius.value().is_zero() { cosine } else { cosine.quotient(radius) }.with_value(value))
    } else {
        None
    }
}

/// A moving point of the plane, seen from the origin.
struct Polar<T, const K: usize> {
    radius: Taylor<T, K>,
    cosine: Taylor<T, K>,
    turning: Taylor<T, K>,
}

impl<T: Real, const K: usize> Polar<T, K> {
    /// From r′ = cos x′ + sin y′, r θ′ = cos y′ - sin x′, cos′ = -sin θ′ and sin′ = cos θ′, in which no terms cancel that would not cancel
    /// in the result. At the origin all slopes are 0, as `Hypot` and `Atan2` promise.
    #[track_caller]
    fn new(x: Taylor<T, K>, y: Taylor<T, K>) -> Self {
        let [x, y] = Taylor::of_equal_length([x, y]);
        let (at_x, at_y) = (x.value(), y.value());
        let values = [at_x.hypot(at_y), at_x.apply2(at_y, rule::HypotSlope), at_y.apply2(at_x, rule::HypotSlope)];
        let [mut radius, mut cosine, mut sine] = values.map(|value| Taylor::constant(value).truncated(x.terms));
        let mut turning = Taylor::constant(T::zero()).truncated(x.terms - 1);
        if values[0].is_zero() {
            return Self { radius, cosine, turning };
        }
        // what does not vary contributes nothing, also against NaN
        let along = |slope: &Taylor<T, K>, of: &Taylor<T, K>, derivative: &Taylor<T, K>, k| {
            if of.stands_still() { T::zero() } else { convolution(&slope.coefficients, derivative.known(), k) }
        };
        let (dx, dy) = (x.differentiated(), y.differentiated());
        let reciprocal = values[0].recip();
        for k in 0..turning.terms {
            let moving = along(&cosine, &y, &dy, k) - along(&sine, &x, &dx, k);
            let carried =
                if k == 0 { T::zero() } else { convolution(&turning.coefficients, &radius.coefficients[1..], k - 1) };
            turning.coefficients[k] = reciprocal.chain(moving - carried);
            radius.set_from_rate(k, along(&cosine, &x, &dx, k) + along(&sine, &y, &dy, k));
            let (toward, away) = (
                convolution(&sine.coefficients, &turning.coefficients, k),
                convolution(&cosine.coefficients, &turning.coefficients, k),
            );
            cosine.set_from_rate(k, -toward);
            sine.set_from_rate(k, away);
        }
        Self { radius, cosine, turning }
    }

    /// The angle, of which the value is given.
    #[track_caller]
    fn angle(self, value: T) -> Taylor<T, K> {
        let mut angle = Taylor::constant(value).truncated(self.radius.terms);
        for k in 0..self.turning.terms {
            angle.set_from_rate(k, self.turning.coefficients[k]);
        }
        angle
    }
}

/// `xʸ` where both vary and x is not 0: y = eᵘ with u = y ln x. A negative base has no slope by the exponent.
#[track_caller]
pub(super) fn power<T: Real, const K: usize, R: Rule2>(
    x: Taylor<T, K>,
    y: Taylor<T, K>,
    rule: R,
) -> Option<Taylor<T, K>> {
    if !is::<R, rule::Pow>() || x.value().is_zero() || x.stands_still() || y.stands_still() {
        return None;
    }
    let value = x.value().apply2(y.value(), rule);
    if x.value() < T::zero() {
        return Some(x.map(|_| T::nan()).with_value(value));
    }
    let exponent = y.product(x.apply(rule::Ln));
    Some(Taylor::integrate(value, [exponent], |_, z| [z]))
}
