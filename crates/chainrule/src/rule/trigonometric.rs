//! Sines and their inverses.

use super::power::HypotSlope;
use crate::real::{Real, Rule, Rule2};

/// `y = sin x`, x in radians; slope cos x.
#[derive(Clone, Copy, Debug)]
pub struct Sin;
impl Rule for Sin {
    const NAME: &'static str = "sin";
    const PROBES: &'static [f64] = &[-2.0, 0.0, 1.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.sin()
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        x.cos()
    }
}

/// `y = cos x`, x in radians; slope -sin x.
#[derive(Clone, Copy, Debug)]
pub struct Cos;
impl Rule for Cos {
    const NAME: &'static str = "cos";
    const PROBES: &'static [f64] = &[-2.0, 0.5, 1.5];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.cos()
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        -x.sin()
    }
}

/// `y = tan x`, x in radians; slope 1 + y².
#[derive(Clone, Copy, Debug)]
pub struct Tan;
impl Rule for Tan {
    const NAME: &'static str = "tan";
    const PROBES: &'static [f64] = &[-1.0, 0.0, 0.7];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.tan()
    }
    #[inline(always)]
    fn slope<T: Real>(self, _: T, y: T) -> T {
        T::one() + y * y
    }
}

/// `y = arcsin x` for |x| ≤ 1, NaN outside; slope 1/√(1 - x²), +infinity at ±1.
#[derive(Clone, Copy, Debug)]
pub struct Asin;
impl Rule for Asin {
    const NAME: &'static str = "asin";
    const PROBES: &'static [f64] = &[-0.7, 0.0, 0.3];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.asin()
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        one_minus_square(x).sqrt().recip()
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(-1.0, f64::INFINITY), (1.0, f64::INFINITY)]
    }
}

/// `y = arccos x` for |x| ≤ 1, NaN outside; slope -1/√(1 - x²), -infinity at ±1.
#[derive(Clone, Copy, Debug)]
pub struct Acos;
impl Rule for Acos {
    const NAME: &'static str = "acos";
    const PROBES: &'static [f64] = &[-0.7, 0.0, 0.3];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.acos()
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        -one_minus_square(x).sqrt().recip()
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(-1.0, f64::NEG_INFINITY), (1.0, f64::NEG_INFINITY)]
    }
}

/// `y = arctan x`; slope 1/(1 + x²).
#[derive(Clone, Copy, Debug)]
pub struct Atan;
impl Rule for Atan {
    const NAME: &'static str = "atan";
    const PROBES: &'static [f64] = &[-2.0, 0.0, 1.5];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.atan()
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        // not 1/(1 + x²), whose derivative underflows long before it should
        let cosine = x.hypot(T::one()).recip();
        cosine * cosine
    }
}

/// `z = atan2(y, x)`, the angle of the point (x, y), y being the **first** argument as in Rust's `y.atan2(x)`.
///
/// With r² = x² + y² the slopes are x/r² by y and -y/r² by x; at the origin both are 0 (the value is std's).
#[derive(Clone, Copy, Debug)]
pub struct Atan2;
impl Rule2 for Atan2 {
    const NAME: &'static str = "atan2";
    const PROBES: &'static [(f64, f64)] = &[(2.0, -3.0), (-0.5, 0.25)];
    #[inline(always)]
    fn value<T: Real>(self, y: T, x: T) -> T {
        y.atan2(x)
    }
    #[inline(always)]
    fn slopes<T: Real>(self, y: T, x: T, _: T) -> (T, T) {
        (x.apply2(y, Atan2Slope), -y.apply2(x, Atan2Slope))
    }
    fn kinks(self) -> Vec<(f64, f64, f64, f64)> {
        vec![(0.0, 0.0, 0.0, 0.0)]
    }
}

/// `z = x / (x² + y²)`, the slope of [`Atan2`], 0 at the origin.
///
/// A rule of its own because its slopes (y - x)(y + x)/r⁴ and -2xy/r⁴, with r² = x² + y², would cancel and overflow if the
/// quotient were differentiated.
#[derive(Clone, Copy, Debug)]
pub struct Atan2Slope;
impl Rule2 for Atan2Slope {
    const NAME: &'static str = "atan2_slope";
    const PROBES: &'static [(f64, f64)] = &[(2.0, -3.0), (-0.5, 0.25)];
    #[inline(always)]
    fn value<T: Real>(self, x: T, y: T) -> T {
        let radius = x.hypot(y);
        if radius.is_zero() { T::zero() } else { x / radius / radius }
    }
    #[inline(always)]
    fn slopes<T: Real>(self, x: T, y: T, z: T) -> (T, T) {
        let radius = x.hypot(y);
        if radius.is_zero() {
            return (T::zero(), T::zero());
        }
        // the product is exact where x and y are nearly equal, the difference differentiates well where one is small
        let by_x = if T::PLAIN {
            (y - x) / radius * ((y + x) / radius) / radius / radius
        } else {
            let (cosine, sine) = (x.apply2(y, HypotSlope), y.apply2(x, HypotSlope));
            (sine * sine - cosine * cosine) / radius / radius
        };
        (by_x, T::literal(-2.0) * z * (y / radius) / radius)
    }
    fn kinks(self) -> Vec<(f64, f64, f64, f64)> {
        vec![(0.0, 0.0, 0.0, 0.0)]
    }
}

/// `y = sin(πx)/(πx)`, the normalised cardinal sine, 1 at 0 and 0 at every other integer.
///
/// Slope (cos πx - y)/x. The derivatives of order 1 to 4 at 0 are 0, -π²/3, 0, π⁴/5.
#[derive(Clone, Copy, Debug)]
pub struct Sinc;
impl Rule for Sinc {
    const NAME: &'static str = "sinc";
    const PROBES: &'static [f64] = &[-2.25, 0.2, 0.7, 1.6];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        if x.is_zero() {
            T::one()
        } else if x.is_infinite() {
            T::zero()
        } else {
            sin_pi(x) / (T::PI() * x)
        }
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, y: T) -> T {
        if x.is_infinite() {
            T::zero()
        } else if x.abs() < T::literal(0.75) {
            sinc_slope_series(x)
        } else {
            (cos_pi(x) - y) / x
        }
    }
}

/// The slope of sinc as a power series in (πx)², since its closed form cancels near 0:
/// -π²x/3 (1 - u/(2·5) (1 - u/(4·7) (1 - u/(6·9) (...)))) with u = (πx)². Sixteen factors leave an error far under one
/// part in 10¹⁶ for |x| < 3/4, in the first four derivatives too.
fn sinc_slope_series<T: Real>(x: T) -> T {
    const TERMS: u32 = 16;
    let square = T::PI() * T::PI() * x * x;
    let mut sum = T::one();
    for k in (1..=TERMS).rev() {
        let divisor = f64::from(2 * k * (2 * k + 3));
        sum = T::one() - square / T::literal(divisor) * sum;
    }
    -T::PI() * T::PI() * x / T::literal(3.0) * sum
}

/// The whole number nearest to x/2, doubled, and what is left of x: reducing by whole turns is exact.
fn within_a_turn<T: Real>(x: T) -> T {
    let two = T::literal(2.0);
    x - (x / two).round() * two
}

/// sin(πx): x is reduced before it is multiplied by π, so that whole numbers give 0 and large x lose nothing.
fn sin_pi<T: Real>(x: T) -> T {
    let turn = within_a_turn(x);
    let half = T::literal(0.5);
    let folded = if turn > half {
        T::one() - turn
    } else if turn < -half {
        -T::one() - turn
    } else {
        turn
    };
    (T::PI() * folded).sin()
}

/// cos(πx), reduced as [`sin_pi`].
fn cos_pi<T: Real>(x: T) -> T {
    let turn = within_a_turn(x).abs();
    if turn > T::literal(0.75) {
        -(T::PI() * (T::one() - turn)).cos()
    } else if turn > T::literal(0.25) {
        (T::PI() * (T::literal(0.5) - turn)).sin()
    } else {
        (T::PI() * turn).cos()
    }
}

/// 1 - x², rounded once; near |x| = 1 the plain difference would lose its digits.
pub(super) fn one_minus_square<T: Real>(x: T) -> T {
    (-x).mul_add(x, T::one())
}
