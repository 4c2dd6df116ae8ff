//! Functions with kinks and steps. What happens there is policy, not analysis: see `docs/conventions.md`.

use crate::real::{Real, Rule, Rule2};

/// `y = |x|`; slope sign(x), 0 at ±0.
#[derive(Clone, Copy, Debug)]
pub struct Abs;
impl Rule for Abs {
    const NAME: &'static str = "abs";
    const PROBES: &'static [f64] = &[-1.0, 2.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.abs()
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        x.apply(Sign)
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(0.0, 0.0), (-0.0, 0.0)]
    }
}

/// The sign of x: -1, 0 or 1, and 0 at both zeros; NaN for NaN. Slope 0 everywhere.
///
/// Rust's `signum`, which gives ±1 at ±0, is [`Signum`].
#[derive(Clone, Copy, Debug)]
pub struct Sign;
impl Rule for Sign {
    const NAME: &'static str = "sign";
    const PROBES: &'static [f64] = &[-1.5, 2.5];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        if x.is_zero() { T::zero() } else { x.signum() }
    }
    #[inline(always)]
    fn slope<T: Real>(self, _: T, _: T) -> T {
        T::zero()
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(0.0, 0.0)]
    }
}

/// Rust's `signum`: 1 for +0 and above, -1 for -0 and below, NaN for NaN. Slope 0 everywhere.
#[derive(Clone, Copy, Debug)]
pub struct Signum;
impl Rule for Signum {
    const NAME: &'static str = "signum";
    const PROBES: &'static [f64] = &[-1.5, 2.5];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.signum()
    }
    #[inline(always)]
    fn slope<T: Real>(self, _: T, _: T) -> T {
        T::zero()
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(0.0, 0.0)]
    }
}

/// The threshold function of the lectures: 1 for x ≥ 0, 0 for x < 0, NaN for NaN. Slope 0 everywhere.
#[derive(Clone, Copy, Debug)]
pub struct Step;
impl Rule for Step {
    const NAME: &'static str = "step";
    const PROBES: &'static [f64] = &[-1.5, 2.5];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        if x.is_nan() {
            x
        } else if x >= T::zero() {
            T::one()
        } else {
            T::zero()
        }
    }
    #[inline(always)]
    fn slope<T: Real>(self, _: T, _: T) -> T {
        T::zero()
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(0.0, 0.0)]
    }
}

/// The largest whole number not above x. Slope 0 everywhere.
#[derive(Clone, Copy, Debug)]
pub struct Floor;
impl Rule for Floor {
    const NAME: &'static str = "floor";
    const PROBES: &'static [f64] = &[-1.5, 2.5];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.floor()
    }
    #[inline(always)]
    fn slope<T: Real>(self, _: T, _: T) -> T {
        T::zero()
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(2.0, 0.0)]
    }
    fn is_kink(self, x: f64) -> bool {
        x.fract() == 0.0
    }
}

/// The smallest whole number not below x. Slope 0 everywhere.
#[derive(Clone, Copy, Debug)]
pub struct Ceil;
impl Rule for Ceil {
    const NAME: &'static str = "ceil";
    const PROBES: &'static [f64] = &[-1.5, 2.5];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.ceil()
    }
    #[inline(always)]
    fn slope<T: Real>(self, _: T, _: T) -> T {
        T::zero()
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(2.0, 0.0)]
    }
    fn is_kink(self, x: f64) -> bool {
        x.fract() == 0.0
    }
}

/// The nearest whole number, halves away from zero: round(2.5) = 3. Slope 0 everywhere.
#[derive(Clone, Copy, Debug)]
pub struct Round;
impl Rule for Round {
    const NAME: &'static str = "round";
    const PROBES: &'static [f64] = &[-1.2, 2.2];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.round()
    }
    #[inline(always)]
    fn slope<T: Real>(self, _: T, _: T) -> T {
        T::zero()
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(2.5, 0.0)]
    }
    fn is_kink(self, x: f64) -> bool {
        x.fract().abs() == 0.5
    }
}

/// x without its fraction, towards zero. Slope 0 everywhere.
#[derive(Clone, Copy, Debug)]
pub struct Trunc;
impl Rule for Trunc {
    const NAME: &'static str = "trunc";
    const PROBES: &'static [f64] = &[-1.5, 2.5];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.trunc()
    }
    #[inline(always)]
    fn slope<T: Real>(self, _: T, _: T) -> T {
        T::zero()
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(2.0, 0.0)]
    }
    fn is_kink(self, x: f64) -> bool {
        x.fract() == 0.0
    }
}

/// The fraction `y = x - trunc(x)`, with the sign of x; slope 1, at the jumps too.
#[derive(Clone, Copy, Debug)]
pub struct Fract;
impl Rule for Fract {
    const NAME: &'static str = "fract";
    const PROBES: &'static [f64] = &[-1.5, 2.25];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        x.fract()
    }
    #[inline(always)]
    fn slope<T: Real>(self, _: T, _: T) -> T {
        T::one()
    }
    fn is_kink(self, x: f64) -> bool {
        x.fract() == 0.0
    }
}

/// x held between two constants; NaN for NaN. Slope 1 strictly between them, 0 outside and at both ends.
#[derive(Clone, Copy, Debug)]
pub struct Clamp {
    low: f64,
    high: f64,
}
impl Clamp {
    /// Holds between `low` and `high`.
    ///
    /// # Panics
    /// When `low` is above `high`, or either is NaN.
    #[track_caller]
    pub fn new(low: f64, high: f64) -> Self {
        assert!(low <= high, "clamp: the lower bound {low} must not be above the upper bound {high}, and neither NaN");
        Self { low, high }
    }
}
impl Rule for Clamp {
    const NAME: &'static str = "clamp";
    const PROBES: &'static [f64] = &[-5.0, 0.25, 5.0];
    #[inline(always)]
    fn value<T: Real>(self, x: T) -> T {
        let (low, high) = (T::literal(self.low), T::literal(self.high));
        if x < low {
            low
        } else if x > high {
            high
        } else {
            x
        }
    }
    #[inline(always)]
    fn slope<T: Real>(self, x: T, _: T) -> T {
        let outside = x <= T::literal(self.low) || x >= T::literal(self.high);
        if outside { T::zero() } else { T::one() }
    }
    fn kinks(self) -> Vec<(f64, f64)> {
        vec![(self.low, 0.0), (self.high, 0.0)]
    }
    fn parameters(self) -> Vec<f64> {
        vec![self.low, self.high]
    }
}

/// The larger of two numbers; NaN if either is NaN (unlike `f64::max`, which drops it).
///
/// Slope 1 by the larger. Where they are equal, two variables share it, 1/2 each; against a constant it is 0
/// (least norm).
#[derive(Clone, Copy, Debug)]
pub struct Max;
impl Rule2 for Max {
    const NAME: &'static str = "max";
    const PROBES: &'static [(f64, f64)] = &[(2.0, -3.0), (-0.5, 0.25)];
    #[inline(always)]
    fn value<T: Real>(self, x: T, y: T) -> T {
        if x > y || x.is_nan() { x } else { y }
    }
    #[inline(always)]
    fn slopes<T: Real>(self, x: T, y: T, _: T) -> (T, T) {
        shared(x > y, x < y)
    }
    #[inline(always)]
    fn slope_first<T: Real>(self, x: T, y: T, _: T) -> T {
        if x > y { T::one() } else { T::zero() }
    }
    #[inline(always)]
    fn slope_second<T: Real>(self, x: T, y: T, _: T) -> T {
        if y > x { T::one() } else { T::zero() }
    }
    fn kinks(self) -> Vec<(f64, f64, f64, f64)> {
        vec![(1.5, 1.5, 0.5, 0.5)]
    }
    fn is_kink(self, x: f64, y: f64) -> bool {
        x == y
    }
}

/// The smaller of two numbers; NaN if either is NaN (unlike `f64::min`, which drops it).
///
/// Slope 1 by the smaller. Where they are equal, two variables share it, 1/2 each; against a constant it is 0
/// (least norm).
#[derive(Clone, Copy, Debug)]
pub struct Min;
impl Rule2 for Min {
    const NAME: &'static str = "min";
    const PROBES: &'static [(f64, f64)] = &[(2.0, -3.0), (-0.5, 0.25)];
    #[inline(always)]
    fn value<T: Real>(self, x: T, y: T) -> T {
        if x < y || x.is_nan() { x } else { y }
    }
    #[inline(always)]
    fn slopes<T: Real>(self, x: T, y: T, _: T) -> (T, T) {
        shared(x < y, x > y)
    }
    #[inline(always)]
    fn slope_first<T: Real>(self, x: T, y: T, _: T) -> T {
        if x < y { T::one() } else { T::zero() }
    }
    #[inline(always)]
    fn slope_second<T: Real>(self, x: T, y: T, _: T) -> T {
        if y < x { T::one() } else { T::zero() }
    }
    fn kinks(self) -> Vec<(f64, f64, f64, f64)> {
        vec![(1.5, 1.5, 0.5, 0.5)]
    }
    fn is_kink(self, x: f64, y: f64) -> bool {
        x == y
    }
}

/// Slope 1 to the winner; a tie is shared.
fn shared<T: Real>(first_wins: bool, second_wins: bool) -> (T, T) {
    match (first_wins, second_wins) {
        (true, _) => (T::one(), T::zero()),
        (_, true) => (T::zero(), T::one()),
        _ => (T::literal(0.5), T::literal(0.5)),
    }
}
