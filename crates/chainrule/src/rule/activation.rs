//! Activation functions of neural networks: the smooth ones.

use super::hyperbolic::SechSquared;
use super::special::{Gaussian, NormalCdf};
use crate::real::{Real, Rule};
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

/// The logistic function `y = 1/(1 + e⁻ˣ)`; slope y (1 - y), right also where y has rounded to 1
/// (sigmoid'(40) = 4.248354e-18).
#[derive(Clone, Copy, Debug)]
pub struct Sigmoid;
impl Rule for Sigmoid {
    const NAME: &'static str = "sigmoid";
    const PROBES: &'static [f64] = &[-9.0, 0.0, 2.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        let decay = decay(x);
        (if x > T::zero() { T::one() } else { decay }) / (T::one() + decay)
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, y: T) -> T {
        if T::PLAIN && y < T::literal(0.9) {
            y * (T::one() - y)
        } else {
            T::literal(0.25) * (T::literal(0.5) * x).apply(SechSquared)
        }
    }
}

/// `e^(-|x|)`, which never overflows. One exponential for both sides of 0: in a loop over many numbers both sides of a branch are
/// computed. At 0 it is the left side, `e^x`, and so must be what is made of it: its derivatives are taken too.
#[inline(always)]
fn decay<T: Real>(x: T) -> T {
    (if x > T::zero() { -x } else { x }).exp()
}

/// The sigmoid and its slope.
#[inline(always)]
fn sigmoid_with_slope<T: Real>(x: T) -> (T, T) {
    if !T::PLAIN {
        return (x.apply(Sigmoid), T::literal(0.25) * (T::literal(0.5) * x).apply(SechSquared));
    }
    let decay = decay(x);
    let whole = T::one() + decay;
    ((if x > T::zero() { T::one() } else { decay }) / whole, decay / (whole * whole))
}

/// `y = ln(x/(1 - x))`, the inverse of the [`Sigmoid`], for 0 < x < 1; slope 1/(x (1 - x)).
///
/// At 0 the value is -infinity, at 1 +infinity, and the slope +infinity at both; NaN outside. Exact near 1/2 too, where the
/// quotient is near 1 and its logarithm would lose its digits.
#[derive(Clone, Copy, Debug)]
pub struct Logit;
impl Rule for Logit {
    const NAME: &'static str = "logit";
    const PROBES: &'static [f64] = &[0.1, 0.4, 0.9];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        let rest = T::one() - x;
        if x > T::literal(0.3) && x < T::literal(0.7) { ((x - rest) / rest).ln_1p() } else { (x / rest).ln() }
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        (x * (T::one() - x)).recip()
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(0.0, f64::INFINITY), (1.0, f64::INFINITY)]
    }
}

/// `y = ln sigmoid(x) = -softplus(-x)`; slope sigmoid(-x).
#[derive(Clone, Copy, Debug)]
pub struct LogSigmoid;
impl Rule for LogSigmoid {
    const NAME: &'static str = "log_sigmoid";
    const PROBES: &'static [f64] = &[-9.0, 0.0, 2.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        -(-x).apply(Softplus)
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        (-x).apply(Sigmoid)
    }
}

/// `y = ln(1 + eˣ)`, never overflowing: softplus(89) = 89; slope sigmoid(x).
#[derive(Clone, Copy, Debug)]
pub struct Softplus;
impl Rule for Softplus {
    const NAME: &'static str = "softplus";
    const PROBES: &'static [f64] = &[-5.0, 0.0, 2.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        let above = decay(x).ln_1p();
        if x > T::zero() { x + above } else { above }
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        x.apply(Sigmoid)
    }
}

/// `y = x Φ(x)` with the normal distribution function Φ, exactly; slope Φ(x) + x φ(x), φ the normal density.
/// Source: Hendrycks and Gimpel, "Gaussian error linear units", 2016.
#[derive(Clone, Copy, Debug)]
pub struct Gelu;
impl Rule for Gelu {
    const NAME: &'static str = "gelu";
    const PROBES: &'static [f64] = &[-2.0, 0.5, 1.5];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.chain(x.apply(NormalCdf))
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        let density = T::literal(0.5 * FRAC_2_SQRT_PI * FRAC_1_SQRT_2) * x.apply(Gaussian(0.5));
        x.apply(NormalCdf) + x.chain(density)
    }
}

/// The tanh form of GELU, `y = x/2 (1 + tanh u) = x sigmoid(2u)` with `u = √(2/π) (x + 0.044715 x³)`; slope
/// sigmoid(2u) + x sigmoid'(2u) 2u'. Source: Hendrycks and Gimpel, 2016.
#[derive(Clone, Copy, Debug)]
pub struct GeluTanh;
impl GeluTanh {
    const CUBIC: f64 = 0.044_715;
    /// 2 √(2/π)
    const OUTER: f64 = 2.0 * FRAC_2_SQRT_PI * FRAC_1_SQRT_2;
}
impl Rule for GeluTanh {
    const NAME: &'static str = "gelu_tanh";
    const PROBES: &'static [f64] = &[-2.0, 0.5, 1.5];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        let inner = T::literal(Self::OUTER) * x * (T::one() + T::literal(Self::CUBIC) * x * x);
        x.chain(inner.apply(Sigmoid))
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        let square = x * x;
        let inner = T::literal(Self::OUTER) * x * (T::one() + T::literal(Self::CUBIC) * square);
        let inner_slope = T::literal(Self::OUTER) * (T::one() + T::literal(3.0 * Self::CUBIC) * square);
        let (sigmoid, curve) = sigmoid_with_slope(inner);
        sigmoid + (x * inner_slope).chain(curve)
    }
}

/// `y = x sigmoid(x)`, also called swish; slope s + x s (1 - s) with s = sigmoid(x).
#[derive(Clone, Copy, Debug)]
pub struct Silu;
impl Rule for Silu {
    const NAME: &'static str = "silu";
    const PROBES: &'static [f64] = &[-4.0, 0.0, 2.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.chain(x.apply(Sigmoid))
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        let (sigmoid, curve) = sigmoid_with_slope(x);
        sigmoid + x.chain(curve)
    }
}

/// `y = x tanh(softplus(x))`; slope tanh(p) + x sech²(p) sigmoid(x) with p = softplus(x).
/// Source: Misra, "Mish", 2019.
#[derive(Clone, Copy, Debug)]
pub struct Mish;
impl Rule for Mish {
    const NAME: &'static str = "mish";
    const PROBES: &'static [f64] = &[-4.0, 0.0, 2.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.chain(mish_factors(x).0)
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        let (height, secant) = mish_factors(x);
        height + x.chain(secant * secant * x.apply(Sigmoid))
    }
}

/// tanh and sech of softplus(x), from eˣ or e⁻ˣ alone: by way of softplus itself its rounding error would be magnified.
#[inline(always)]
fn mish_factors<T: Real>(x: T) -> (T, T) {
    let (one, two) = (T::one(), T::literal(2.0));
    let e = decay(x);
    if x > T::zero() {
        let rest = two * e * (one + e);
        (one - two * e * e / (one + rest), rest / (one + rest))
    } else {
        let rest = e * (e + two);
        (rest / (rest + two), two * (one + e) / (rest + two))
    }
}

/// `y = x/(1 + |x|)`; slope 1/(1 + |x|)².
#[derive(Clone, Copy, Debug)]
pub struct Softsign;
impl Rule for Softsign {
    const NAME: &'static str = "softsign";
    const PROBES: &'static [f64] = &[-4.0, 0.5, 2.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        if x.is_infinite() { x.signum() } else { x / (T::one() + x.abs()) }
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        let shrink = (T::one() + x.abs()).recip();
        shrink * shrink
    }
}
