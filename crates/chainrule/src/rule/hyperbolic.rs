//! Hyperbolic functions and their inverses.

use super::trigonometric::one_minus_square;
use crate::real::{Real, Rule};

/// `y = sinh x`; slope cosh x.
#[derive(Clone, Copy, Debug)]
pub struct Sinh;
impl Rule for Sinh {
    const NAME: &'static str = "sinh";
    const PROBES: &'static [f64] = &[-2.0, 0.0, 1.5];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.sinh()
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        x.cosh()
    }
}

/// `y = cosh x`; slope sinh x.
#[derive(Clone, Copy, Debug)]
pub struct Cosh;
impl Rule for Cosh {
    const NAME: &'static str = "cosh";
    const PROBES: &'static [f64] = &[-2.0, 0.5, 1.5];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.cosh()
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        x.sinh()
    }
}

/// `y = tanh x`; slope 1 - y² = sech² x, right also where y has rounded to 1 (tanh'(20) = 1.7e-17).
#[derive(Clone, Copy, Debug)]
pub struct Tanh;
impl Rule for Tanh {
    const NAME: &'static str = "tanh";
    const PROBES: &'static [f64] = &[-3.0, 0.0, 2.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.tanh()
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, y: T) -> T {
        if T::PLAIN && y.abs() < T::literal(0.9) { (T::one() - y) * (T::one() + y) } else { x.apply(SechSquared) }
    }
}

/// `y = 1/cosh² x`, the slope of tanh and (scaled) of the sigmoid; slope -2 y tanh x.
///
/// Keeps full precision until it underflows at |x| = 372.
#[derive(Clone, Copy, Debug)]
pub struct SechSquared;
impl Rule for SechSquared {
    const NAME: &'static str = "sech_squared";
    const PROBES: &'static [f64] = &[-3.0, 0.5, 2.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        let decay = (T::literal(-2.0) * x.abs()).exp();
        let total = T::one() + decay;
        T::literal(4.0) * decay / (total * total)
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, y: T) -> T {
        T::literal(-2.0) * x.tanh() * y
    }
}

/// `y = arsinh x`; slope 1/√(1 + x²).
#[derive(Clone, Copy, Debug)]
pub struct Asinh;
impl Rule for Asinh {
    const NAME: &'static str = "asinh";
    const PROBES: &'static [f64] = &[-2.0, 0.0, 1.5];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.asinh()
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        x.hypot(T::one()).recip()
    }
}

/// `y = arcosh x` for x ≥ 1, NaN below; slope 1/√(x² - 1), +infinity at 1.
#[derive(Clone, Copy, Debug)]
pub struct Acosh;
impl Rule for Acosh {
    const NAME: &'static str = "acosh";
    const PROBES: &'static [f64] = &[1.5, 4.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        let above = x - T::one();
        if x < T::literal(2.0) {
            // std's formula loses digits near 1
            (above + (above * (above + T::literal(2.0))).sqrt()).ln_1p()
        } else if x > T::literal(1e9) {
            // where x² - 1 is x², and might overflow
            x.ln() + T::LN_2()
        } else {
            x.acosh()
        }
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        ((x - T::one()).sqrt() * (x + T::one()).sqrt()).recip()
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(1.0, f64::INFINITY)]
    }
}

/// `y = artanh x` for |x| < 1; slope 1/(1 - x²). At ±1: value ±infinity, slope +infinity; NaN outside.
#[derive(Clone, Copy, Debug)]
pub struct Atanh;
impl Rule for Atanh {
    const NAME: &'static str = "atanh";
    const PROBES: &'static [f64] = &[-0.7, 0.0, 0.3];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.atanh()
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        one_minus_square(x).recip()
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(-1.0, f64::INFINITY), (1.0, f64::INFINITY)]
    }
}
