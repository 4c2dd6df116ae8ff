//! Exponentials and logarithms.

use crate::real::{Real, Rule, Rule2};
use std::f64::consts::{LN_2, LN_10};

/// `y = eˣ`; slope eˣ = y.
#[derive(Clone, Copy, Debug)]
pub struct Exp;
impl Rule for Exp {
    const NAME: &'static str = "exp";
    const PROBES: &'static [f64] = &[-2.0, 0.0, 1.5];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.exp()
    }
    #[inline(always)]
    fn slope<T: Real>(self, _: T, y: T) -> T {
        y
    }
}

/// `y = 2ˣ`; slope y ln 2.
#[derive(Clone, Copy, Debug)]
pub struct Exp2;
impl Rule for Exp2 {
    const NAME: &'static str = "exp2";
    const PROBES: &'static [f64] = &[-2.0, 0.0, 1.5];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.exp2()
    }
    #[inline(always)]
    fn slope<T: Real>(self, _: T, y: T) -> T {
        y * T::literal(LN_2)
    }
}

/// `y = eˣ - 1`, exact near 0; slope eˣ.
#[derive(Clone, Copy, Debug)]
pub struct ExpM1;
impl Rule for ExpM1 {
    const NAME: &'static str = "exp_m1";
    const PROBES: &'static [f64] = &[-2.0, 0.0, 1.5];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.exp_m1()
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, y: T) -> T {
        // y + 1 costs nothing, but has lost its digits where y is near -1
        if y > T::literal(-0.5) { y + T::one() } else { x.exp() }
    }
}

/// `y = ln x` for x > 0; slope 1/x. At +0: value -infinity, slope +infinity; NaN below.
#[derive(Clone, Copy, Debug)]
pub struct Ln;
impl Rule for Ln {
    const NAME: &'static str = "ln";
    const PROBES: &'static [f64] = &[0.1, 1.0, 7.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.ln()
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        x.recip()
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(0.0, f64::INFINITY)]
    }
}

/// `y = log₂ x` for x > 0; slope 1/(x ln 2). At +0: value -infinity, slope +infinity; NaN below.
#[derive(Clone, Copy, Debug)]
pub struct Log2;
impl Rule for Log2 {
    const NAME: &'static str = "log2";
    const PROBES: &'static [f64] = &[0.1, 1.0, 7.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.log2()
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        (x * T::literal(LN_2)).recip()
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(0.0, f64::INFINITY)]
    }
}

/// `y = log₁₀ x` for x > 0; slope 1/(x ln 10). At +0: value -infinity, slope +infinity; NaN below.
#[derive(Clone, Copy, Debug)]
pub struct Log10;
impl Rule for Log10 {
    const NAME: &'static str = "log10";
    const PROBES: &'static [f64] = &[0.1, 1.0, 7.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.log10()
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        (x * T::literal(LN_10)).recip()
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(0.0, f64::INFINITY)]
    }
}

/// `y = ln(1 + x)` for x > -1, exact near 0; slope 1/(1 + x). At -1: value -infinity, slope +infinity; NaN below.
#[derive(Clone, Copy, Debug)]
pub struct Ln1p;
impl Rule for Ln1p {
    const NAME: &'static str = "ln_1p";
    const PROBES: &'static [f64] = &[-0.5, 0.0, 7.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.ln_1p()
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        (x + T::one()).recip()
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(-1.0, f64::INFINITY)]
    }
}

/// `z = x ln y`, and 0 for x = 0 whatever y ≥ 0 is.
///
/// Slopes ln y and x/y, the latter 0 when x = 0.
#[derive(Clone, Copy, Debug)]
pub struct Xlogy;
impl Rule2 for Xlogy {
    const NAME: &'static str = "xlogy";
    const PROBES: &'static [(f64, f64)] = &[(2.0, 3.0), (-0.5, 0.25)];
    #[inline(always)]
    fn value<T: Real>(self, x: T, y: T) -> T {
        if x.is_zero() && !y.is_nan() { T::zero() } else { x * y.ln() }
    }
    #[inline(always)]
    fn slopes<T: Real>(self, x: T, y: T, _: T) -> (T, T) {
        // x/y is 0 at x = 0 by itself (and keeps its own slope 1/y), except where y is 0 too
        let by_second = if x.is_zero() && y.is_zero() { T::zero() } else { x / y };
        (y.ln(), by_second)
    }
    fn kinks(self) -> Vec<(f64, f64, f64, f64)> {
        vec![(0.0, 0.0, f64::NEG_INFINITY, 0.0)]
    }
}

/// `y = -x ln x` for x > 0, the entropy of a probability; 0 at 0, -infinity below.
///
/// Slope -(ln x + 1), +infinity at 0.
#[derive(Clone, Copy, Debug)]
pub struct Entropy;
impl Rule for Entropy {
    const NAME: &'static str = "entropy";
    const PROBES: &'static [f64] = &[0.1, 1.0, 7.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        if x < T::zero() { T::neg_infinity() } else { -x.apply2(x, Xlogy) }
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        -(x.ln() + T::one())
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(0.0, f64::INFINITY)]
    }
}
