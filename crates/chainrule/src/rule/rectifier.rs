//! Activation functions with kinks: the rectifiers and the straight-line sigmoids.
//!
//! At a kink the slope is the one of least size between the two sides, as `docs/conventions.md` says.

use crate::real::{Real, Rule};

/// The rectifier `y = max(x, 0)`, NaN for NaN; slope 1 above 0, else 0.
#[derive(Clone, Copy, Debug)]
pub struct Relu;
impl Rule for Relu {
    const NAME: &'static str = "relu";
    const PROBES: &'static [f64] = &[-1.0, 2.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        if x <= T::zero() { T::zero() } else { x }
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        if x <= T::zero() { T::zero() } else { T::one() }
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(0.0, 0.0)]
    }
}

/// `y = min(max(x, 0), 6)`, NaN for NaN; slope 1 strictly between 0 and 6, else 0.
#[derive(Clone, Copy, Debug)]
pub struct Relu6;
impl Rule for Relu6 {
    const NAME: &'static str = "relu6";
    const PROBES: &'static [f64] = &[-1.0, 2.0, 7.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        let six = T::literal(6.0);
        if x <= T::zero() {
            T::zero()
        } else if x >= six {
            six
        } else {
            x
        }
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        if x <= T::zero() || x >= T::literal(6.0) { T::zero() } else { T::one() }
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(0.0, 0.0), (6.0, 0.0)]
    }
}

/// `y = x` above 0 and `a x` below, for a constant a (.1 in the lectures); slope 1 above 0, else a.
#[derive(Clone, Copy, Debug)]
pub struct LeakyRelu(
    /// a, the slope below 0
    pub f64,
);
impl Rule for LeakyRelu {
    const NAME: &'static str = "leaky_relu";
    const PROBES: &'static [f64] = &[-1.0, 2.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        if x > T::zero() { x } else { T::literal(self.0) * x }
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        if x > T::zero() { T::one() } else { T::literal(self.0) }
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(0.0, self.0)]
    }
    fn parameters(self) -> Vec<f64> {
        vec![self.0]
    }
}

/// `y = x` above 0 and `a (eˣ - 1)` below, for a constant a; slope 1 above 0, a eˣ below, and min(1, a) at 0.
/// Source: Clevert, Unterthiner and Hochreiter, "Exponential linear units", 2015.
#[derive(Clone, Copy, Debug)]
pub struct Elu(
    /// a
    pub f64,
);
impl Rule for Elu {
    const NAME: &'static str = "elu";
    const PROBES: &'static [f64] = &[-1.0, 2.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        if x > T::zero() { x } else { T::literal(self.0) * x.exp_m1() }
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        if x > T::zero() {
            T::one()
        } else if x.is_zero() {
            T::literal(self.0.min(1.0))
        } else {
            T::literal(self.0) * x.exp()
        }
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(0.0, self.0.min(1.0))]
    }
    fn parameters(self) -> Vec<f64> {
        vec![self.0]
    }
}

/// The self-normalising rectifier: `y = s x` above 0 and `s a (eˣ - 1)` below, with s = 1.0507 and a = 1.6733.
///
/// Slope s above 0, s a eˣ below, and s at 0.
/// Source: Klambauer et al., "Self-normalizing neural networks", 2017.
#[derive(Clone, Copy, Debug)]
pub struct Selu;
impl Selu {
    const SCALE: f64 = 1.050_700_987_355_480_5;
    const ALPHA: f64 = 1.673_263_242_354_377_2;
}
impl Rule for Selu {
    const NAME: &'static str = "selu";
    const PROBES: &'static [f64] = &[-1.0, 2.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        T::literal(Self::SCALE) * x.apply(Elu(Self::ALPHA))
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, y: T) -> T {
        T::literal(Self::SCALE) * Elu(Self::ALPHA).slope(x, y)
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(0.0, Self::SCALE)]
    }
}

/// The straight-line sigmoid `y = min(max(x + 3, 0), 6)/6`; slope 1/6 strictly between -3 and 3, else 0.
#[derive(Clone, Copy, Debug)]
pub struct HardSigmoid;
impl Rule for HardSigmoid {
    const NAME: &'static str = "hard_sigmoid";
    const PROBES: &'static [f64] = &[-4.0, 0.5, 5.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        (x + T::literal(3.0)).apply(Relu6) / T::literal(6.0)
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        if x.abs() >= T::literal(3.0) { T::zero() } else { T::literal(6.0).recip() }
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(-3.0, 0.0), (3.0, 0.0)]
    }
}

/// The piecewise-linear sigmoid of the HCMUS lecture: 0 up to -1/2, x + 1/2 between, 1 from 1/2; slope 1 strictly
/// between -1/2 and 1/2, else 0.
#[derive(Clone, Copy, Debug)]
pub struct PiecewiseSigmoid;
impl Rule for PiecewiseSigmoid {
    const NAME: &'static str = "piecewise_sigmoid";
    const PROBES: &'static [f64] = &[-4.0, 0.25, 5.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        let half = T::literal(0.5);
        if x <= -half {
            T::zero()
        } else if x >= half {
            T::one()
        } else {
            x + half
        }
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        if x.abs() >= T::literal(0.5) { T::zero() } else { T::one() }
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(-0.5, 0.0), (0.5, 0.0)]
    }
}

/// `y = x hard_sigmoid(x)`; slope 0 up to -3, (2x + 3)/6 between, 1 from 3.
/// Source: Howard et al., "Searching for `MobileNetV3`", 2019.
#[derive(Clone, Copy, Debug)]
pub struct HardSwish;
impl Rule for HardSwish {
    const NAME: &'static str = "hard_swish";
    const PROBES: &'static [f64] = &[-4.0, 0.5, 5.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.chain(x.apply(HardSigmoid))
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        let three = T::literal(3.0);
        if x <= -three {
            T::zero()
        } else if x >= three {
            T::one()
        } else {
            (x + x + three) / T::literal(6.0)
        }
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(-3.0, 0.0), (3.0, 1.0)]
    }
}
