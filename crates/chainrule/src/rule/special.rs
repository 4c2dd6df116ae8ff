//! Special functions. Their values come from the `libm` crate and from `real::special`.

use crate::real::{Real, Rule};
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

/// The error function `y = 2/√π ∫₀ˣ e^(-t²) dt`; slope 2/√π e^(-x²).
#[derive(Clone, Copy, Debug)]
pub struct Erf;
impl Rule for Erf {
    const NAME: &'static str = "erf";
    const PROBES: &'static [f64] = &[-1.5, 0.0, 0.7];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.erf()
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        T::literal(FRAC_2_SQRT_PI) * x.apply(Gaussian(1.0))
    }
}

/// The complementary error function `y = 1 - erf x`, exact far to the right; slope -2/√π e^(-x²).
#[derive(Clone, Copy, Debug)]
pub struct Erfc;
impl Rule for Erfc {
    const NAME: &'static str = "erfc";
    const PROBES: &'static [f64] = &[-1.5, 0.0, 0.7];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.erfc()
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        T::literal(-FRAC_2_SQRT_PI) * x.apply(Gaussian(1.0))
    }
}

/// The bell curve `y = e^(-c x²)` for a constant c; slope -2 c x y.
///
/// Full precision out to where it underflows if c is a power of two: the rounding error of x² is made good.
#[derive(Clone, Copy, Debug)]
pub struct Gaussian(
    /// c
    pub f64,
);
impl Rule for Gaussian {
    const NAME: &'static str = "gaussian";
    const PROBES: &'static [f64] = &[-1.5, 0.3, 1.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        let c = T::literal(self.0);
        let square = x * x;
        let rough = (-c.chain(square)).exp();
        if square.is_finite() { rough * (T::one() - c * x.mul_add(x, -square)) } else { rough }
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, y: T) -> T {
        T::literal(-2.0 * self.0) * x.chain(y)
    }
    fn parameters(self) -> Vec<f64> {
        vec![self.0]
    }
}

/// The standard normal distribution function `Φ(x) = erfc(-x/√2)/2`; slope the normal density e^(-x²/2)/√(2π).
#[derive(Clone, Copy, Debug)]
pub struct NormalCdf;
impl Rule for NormalCdf {
    const NAME: &'static str = "normal_cdf";
    const PROBES: &'static [f64] = &[-1.5, 0.0, 0.7];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        /// 1/√2 less the nearest `f64` to it
        const REST: f64 = -4.833_646_656_726_457e-17;
        let half = T::literal(0.5);
        let factor = T::literal(FRAC_1_SQRT_2);
        let scaled = x * factor;
        let rough = half * (-scaled).erfc();
        if !scaled.is_finite() {
            return rough;
        }
        // Far out, erfc magnifies the rounding error of x/√2 a thousandfold: follow its slope by that error.
        let rest = T::literal((FRAC_1_SQRT_2 - factor.to_f64().unwrap_or(FRAC_1_SQRT_2)) + REST);
        let error = x.mul_add(factor, -scaled) + x * rest;
        rough + half * T::literal(FRAC_2_SQRT_PI) * scaled.apply(Gaussian(1.0)) * error
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        T::literal(0.5 * FRAC_2_SQRT_PI * FRAC_1_SQRT_2) * x.apply(Gaussian(0.5))
    }
}

/// `y = ln |Γ(x)|`; slope ψ(x), the [`Digamma`] function. +infinity at 0 and at the negative whole numbers.
#[derive(Clone, Copy, Debug)]
pub struct Lgamma;
impl Rule for Lgamma {
    const NAME: &'static str = "lgamma";
    const PROBES: &'static [f64] = &[-1.3, 0.3, 4.5];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.lgamma()
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        x.polygamma(0)
    }
}

/// `y = ψ(x) = Γ'(x)/Γ(x)`; slope ψ'(x). -infinity at +0, NaN at the negative whole numbers.
#[derive(Clone, Copy, Debug)]
pub struct Digamma;
impl Rule for Digamma {
    const NAME: &'static str = "digamma";
    const PROBES: &'static [f64] = &[-1.3, 0.3, 4.5];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.polygamma(0)
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        x.polygamma(1)
    }
}

/// `y = ψ⁽ⁿ⁾(x)`, the derivative of order n of the [`Digamma`] function; slope ψ⁽ⁿ⁺¹⁾(x).
#[derive(Clone, Copy, Debug)]
pub struct Polygamma(
    /// n
    pub u32,
);
impl Rule for Polygamma {
    const NAME: &'static str = "polygamma";
    const PROBES: &'static [f64] = &[-1.3, 0.7, 4.5];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.polygamma(self.0)
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        let next =
            self.0.checked_add(1).expect("polygamma: the derivative of the highest order there is was asked for");
        x.polygamma(next)
    }
    fn parameters(self) -> Vec<f64> {
        vec![f64::from(self.0)]
    }
}
