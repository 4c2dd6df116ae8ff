//! The four operations and their kin: the gates of the lectures' circuits.

use crate::real::{Real, Rule, Rule2, Rule3};

/// `z = x + y`; slopes 1 and 1: the gate that hands its upstream gradient to both operands.
#[derive(Clone, Copy, Debug)]
pub struct Add;
impl Rule2 for Add {
    const NAME: &'static str = "add";
    const PROBES: &'static [(f64, f64)] = &[(2.0, -3.0), (-0.5, 0.25)];
    #[inline(always)]
    fn value<T: Real>(self, x: T, y: T) -> T {
        x + y
    }
    #[inline(always)]
    fn slopes<T: Real>(self, _: T, _: T, _: T) -> (T, T) {
        (T::one(), T::one())
    }
}

/// `z = x - y`; slopes 1 and -1.
#[derive(Clone, Copy, Debug)]
pub struct Sub;
impl Rule2 for Sub {
    const NAME: &'static str = "sub";
    const PROBES: &'static [(f64, f64)] = &[(2.0, -3.0), (-0.5, 0.25)];
    #[inline(always)]
    fn value<T: Real>(self, x: T, y: T) -> T {
        x - y
    }
    #[inline(always)]
    fn slopes<T: Real>(self, _: T, _: T, _: T) -> (T, T) {
        (T::one(), -T::one())
    }
}

/// `z = x y`; slopes y and x: the gate that swaps its operands.
#[derive(Clone, Copy, Debug)]
pub struct Mul;
impl Rule2 for Mul {
    const NAME: &'static str = "mul";
    const PROBES: &'static [(f64, f64)] = &[(2.0, -3.0), (-0.5, 0.25)];
    #[inline(always)]
    fn value<T: Real>(self, x: T, y: T) -> T {
        x * y
    }
    #[inline(always)]
    fn slopes<T: Real>(self, x: T, y: T, _: T) -> (T, T) {
        (y, x)
    }
}

/// `z = x / y`; slopes 1/y and -x/y² = -z/y. At y = 0 both are infinite (or NaN for 0/0), as IEEE division gives them.
#[derive(Clone, Copy, Debug)]
pub struct Div;
impl Rule2 for Div {
    const NAME: &'static str = "div";
    const PROBES: &'static [(f64, f64)] = &[(2.0, -3.0), (-0.5, 0.25)];
    #[inline(always)]
    fn value<T: Real>(self, x: T, y: T) -> T {
        x / y
    }
    #[inline(always)]
    fn slopes<T: Real>(self, _: T, y: T, z: T) -> (T, T) {
        (y.recip(), -z / y)
    }
    #[inline(always)]
    fn slope_first<T: Real>(self, _: T, y: T, _: T) -> T {
        y.recip()
    }
}

/// `z = x % y`, the remainder with the sign of x, as Rust's `%`; slopes 1 and -trunc(x/y), the quotient being flat.
/// At y = 0: NaN.
#[derive(Clone, Copy, Debug)]
pub struct Rem;
impl Rule2 for Rem {
    const NAME: &'static str = "rem";
    const PROBES: &'static [(f64, f64)] = &[(7.25, 2.0), (-7.25, 2.0), (5.5, -1.5)];
    #[inline(always)]
    fn value<T: Real>(self, x: T, y: T) -> T {
        x % y
    }
    #[inline(always)]
    fn slopes<T: Real>(self, x: T, y: T, z: T) -> (T, T) {
        // not trunc(x/y): where the quotient rounds up to a whole number that would be one too many
        (T::one(), -((x - z) / y).round())
    }
}

/// `w = x a + b`, rounded once; slopes a, x and 1.
#[derive(Clone, Copy, Debug)]
pub struct MulAdd;
impl Rule3 for MulAdd {
    const NAME: &'static str = "mul_add";
    const PROBES: &'static [[f64; 3]] = &[[2.0, -3.0, 0.5], [-0.5, 0.25, 4.0]];
    #[inline(always)]
    fn value<T: Real>(self, [x, a, b]: [T; 3]) -> T {
        x.mul_add(a, b)
    }
    #[inline(always)]
    fn slopes<T: Real>(self, [x, a, _]: [T; 3], _: T) -> [T; 3] {
        [a, x, T::one()]
    }
}

/// `y = -x`; slope -1.
#[derive(Clone, Copy, Debug)]
pub struct Neg;
impl Rule for Neg {
    const NAME: &'static str = "neg";
    const PROBES: &'static [f64] = &[-1.0, 2.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        -x
    }
    #[inline(always)]
    fn slope<T: Real>(self, _: T, _: T) -> T {
        -T::one()
    }
}

/// `y = 1/x`; slope -1/x² = -y². At ±0: value ±infinity, slope -infinity.
#[derive(Clone, Copy, Debug)]
pub struct Recip;
impl Rule for Recip {
    const NAME: &'static str = "recip";
    const PROBES: &'static [f64] = &[-1.0, 0.5, 2.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.recip()
    }
    #[inline(always)]
    fn slope<T: Real>(self, _: T, y: T) -> T {
        -y * y
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(0.0, f64::NEG_INFINITY)]
    }
}
