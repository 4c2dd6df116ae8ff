//! Powers and roots.

use crate::real::{Real, Rule, Rule2};

/// `y = √x` for x ≥ 0, NaN below; slope 1/(2y), +infinity at 0.
#[derive(Clone, Copy, Debug)]
pub struct Sqrt;
impl Rule for Sqrt {
    const NAME: &'static str = "sqrt";
    const PROBES: &'static [f64] = &[0.25, 2.0, 900.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.sqrt()
    }
    #[inline(always)]
    fn slope<T: Real>(self, _: T, y: T) -> T {
        T::literal(0.5) / y
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(0.0, f64::INFINITY)]
    }
}

/// `y = ∛x` on the whole line; slope 1/(3y²), +infinity at 0.
#[derive(Clone, Copy, Debug)]
pub struct Cbrt;
impl Rule for Cbrt {
    const NAME: &'static str = "cbrt";
    const PROBES: &'static [f64] = &[-8.0, 0.25, 2.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.cbrt()
    }
    #[inline(always)]
    fn slope<T: Real>(self, _: T, y: T) -> T {
        (T::literal(3.0) * y * y).recip()
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(0.0, f64::INFINITY)]
    }
}

/// `y = xⁿ` for a constant integer n; slope n xⁿ⁻¹, which at x = 0 is 0, 1, 0, 0 for n = 0, 1, 2, 3 and infinite for
/// negative n.
#[derive(Clone, Copy, Debug)]
pub struct Powi(
    /// n
    pub i32,
);
impl Rule for Powi {
    const NAME: &'static str = "powi";
    const PROBES: &'static [f64] = &[-1.5, 0.5, 2.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.powi(self.0)
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        match self.0 {
            0 => T::zero(),
            // whose neighbour below is no i32
            i32::MIN => T::literal(f64::from(i32::MIN)) * x.powi(i32::MIN) / x,
            n => T::literal(f64::from(n)) * x.powi(n - 1),
        }
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        match self.0 {
            1 => vec![(0.0, 1.0)],
            0.. => vec![(0.0, 0.0)],
            _ => Vec::new(),
        }
    }
    fn parameters(self) -> Vec<f64> {
        vec![f64::from(self.0)]
    }
}

/// `y = xᶜ` for a constant exponent c; slope c xᶜ⁻¹, and at x = 0 as for [`Powi`] where c is an integer. NaN for a
/// negative base with a fractional exponent.
#[derive(Clone, Copy, Debug)]
pub struct Powf(
    /// c
    pub f64,
);
impl Rule for Powf {
    const NAME: &'static str = "powf";
    const PROBES: &'static [f64] = &[0.5, 1.25, 3.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.powf(T::literal(self.0))
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        if self.0 == 0.0 { T::zero() } else { T::literal(self.0) * x.apply(Self(self.0 - 1.0)) }
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        match self.0 {
            1.0 => vec![(0.0, 1.0)],
            c if c == 0.0 || c > 1.0 => vec![(0.0, 0.0)],
            c if c > 0.0 => vec![(0.0, f64::INFINITY)],
            _ => Vec::new(),
        }
    }
    fn parameters(self) -> Vec<f64> {
        vec![self.0]
    }
}

/// `z = xʸ`, both varying.
///
/// Slopes y xʸ⁻¹ and xʸ ln x. At x = 0: by the base as for [`Powi`], and 0 for pow(0, 0); by the exponent the limit of
/// xʸ ln x, which is 0 for y > 0 and -infinity for y ≤ 0. A negative base has the slope by the base where y is an integer
/// ((-2)² gives -4); the slope by the exponent does not exist there and is NaN.
#[derive(Clone, Copy, Debug)]
pub struct Pow;
impl Rule2 for Pow {
    const NAME: &'static str = "pow";
    const PROBES: &'static [(f64, f64)] = &[(2.0, -3.0), (0.5, 0.25), (1.5, 2.0)];
    #[inline(always)]
    fn value<T: Real>(self, x: T, y: T) -> T {
        x.powf(y)
    }
    #[inline(always)]
    fn slopes<T: Real>(self, x: T, y: T, z: T) -> (T, T) {
        (self.slope_first(x, y, z), self.slope_second(x, y, z))
    }
    #[inline(always)]
    fn slope_first<T: Real>(self, x: T, y: T, _: T) -> T {
        if y.is_zero() && x.is_zero() { T::zero() } else { y * x.powf(y - T::one()) }
    }
    #[inline(always)]
    fn slope_second<T: Real>(self, x: T, y: T, z: T) -> T {
        if !x.is_zero() {
            z * x.ln()
        } else if y > T::zero() {
            T::zero()
        } else {
            T::neg_infinity()
        }
    }
    fn kinks(self) -> Vec<(f64, f64, f64, f64)> {
        vec![
            (0.0, 0.0, 0.0, f64::NEG_INFINITY),
            (0.0, 1.0, 1.0, 0.0),
            (0.0, 2.0, 0.0, 0.0),
            (-2.0, 2.0, -4.0, f64::NAN),
        ]
    }
}

/// `z = √(x² + y²)` without overflow; slopes x/z and y/z, and 0, 0 at the origin (least norm).
#[derive(Clone, Copy, Debug)]
pub struct Hypot;
impl Rule2 for Hypot {
    const NAME: &'static str = "hypot";
    const PROBES: &'static [(f64, f64)] = &[(2.0, -3.0), (-0.5, 0.25)];
    #[inline(always)]
    fn value<T: Real>(self, x: T, y: T) -> T {
        x.hypot(y)
    }
    #[inline(always)]
    fn slopes<T: Real>(self, x: T, y: T, _: T) -> (T, T) {
        (x.apply2(y, HypotSlope), y.apply2(x, HypotSlope))
    }
    fn kinks(self) -> Vec<(f64, f64, f64, f64)> {
        vec![(0.0, 0.0, 0.0, 0.0)]
    }
}

/// `z = x / √(x² + y²)`, the cosine of the angle at the origin: the slope of [`Hypot`], 0 at the origin.
///
/// A rule of its own because its slopes y²/h³ and -xy/h³, with h = √(x² + y²), would cancel if the quotient were
/// differentiated.
#[derive(Clone, Copy, Debug)]
pub struct HypotSlope;
impl Rule2 for HypotSlope {
    const NAME: &'static str = "hypot_slope";
    const PROBES: &'static [(f64, f64)] = &[(2.0, -3.0), (-0.5, 0.25)];
    #[inline(always)]
    fn value<T: Real>(self, x: T, y: T) -> T {
        if x.is_zero() && y.is_zero() { T::zero() } else { x / x.hypot(y) }
    }
    #[inline(always)]
    fn slopes<T: Real>(self, x: T, y: T, z: T) -> (T, T) {
        if x.is_zero() && y.is_zero() {
            return (T::zero(), T::zero());
        }
        let h = x.hypot(y);
        let sine = y.apply2(x, Self);
        (sine * sine / h, -z * sine / h)
    }
    fn kinks(self) -> Vec<(f64, f64, f64, f64)> {
        vec![(0.0, 0.0, 0.0, 0.0)]
    }
}
