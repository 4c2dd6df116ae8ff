//! What the functions are put together from, for either float: bits, constants and coefficients.
//!
//! Coefficients minimise the greatest error (Remez' algorithm in fifty digits); the error that is left stands beside them.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// A float, and what the functions need to know of it.
pub trait Parts:
    Copy
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// 0
    const ZERO: Self;
    /// 1/4
    const QUARTER: Self;
    /// 1/2
    const HALF: Self;
    /// 1
    const ONE: Self;
    /// 2
    const TWO: Self;
    /// Infinity.
    const INFINITY: Self;
    /// Not a number.
    const NAN: Self;
    /// log₂ e
    const LOG2_E: Self;
    /// ln 2 as the sum of two floats; a whole number below 2¹¹ times the first is exact.
    const LN_2: [Self; 2];
    /// log₁₀ e as the sum of two floats, the first of half the digits.
    const LOG10_E: [Self; 2];
    /// log₁₀ 2 as the sum of two floats; a whole number below 2¹¹ times the first is exact.
    const LOG10_2: [Self; 2];
    /// log₂ e as the sum of two floats, the first of half the digits.
    const LOG2_E_PARTS: [Self; 2];
    /// Where eˣ is sure to be 0, and where eˣ/2 to be infinite.
    const EXP_RANGE: [Self; 2];
    /// Where eˣ - 1 is sure to be -1, and where to be infinite.
    const EXP_M1_RANGE: [Self; 2];
    /// Below it, numbers are equal to their eˣ - 1 and ln(1 + x).
    const TINY: Self;
    /// From here on tanh is sure to be 1.
    const LARGE_TANH: Self;
    /// Up to here tanh is computed as what it differs from its argument by.
    const NEAR_TANH: Self;
    /// Far above the point from which 1 + x is x.
    const VAST: Self;
    /// The least normal number.
    const LEAST_NORMAL: Self;
    /// A power of two that makes every number below [`LEAST_NORMAL`](Self::LEAST_NORMAL) normal.
    const LIFT: Self;
    /// The exponent of [`LIFT`](Self::LIFT).
    const LIFT_EXPONENT: Self;

    /// |x|
    #[must_use]
    fn size(self) -> Self;
    /// |x| with the sign of the other.
    #[must_use]
    fn signed_as(self, sign: Self) -> Self;
    /// The first half of the digits: its square is exact, and so is what is left.
    #[must_use]
    fn coarse(self) -> Self;
    /// The nearest whole number n, for |n| below 2¹⁰, and a float whose bits hold n for the two functions below.
    #[must_use]
    fn nearest(self) -> (Self, Self);
    /// `x 2ⁿ`, rounded once even where the result is denormal; overflows to infinity. For n as [`nearest`](Self::nearest)
    /// found it, within the exponents of floats and of their reciprocals.
    #[must_use]
    fn times_power(self, n: Self) -> Self;
    /// 2ⁿ⁻¹, for n as [`nearest`](Self::nearest) found it, where that is a normal float.
    #[must_use]
    fn half_power(n: Self) -> Self;
    /// m and e with `x = m 2ᵉ` and m between √½ and √2, and 2⁻ᵉ, which is arbitrary from [`VAST`](Self::VAST) on; for normal x.
    #[must_use]
    fn split(self) -> [Self; 3];

    /// `(eʳ - 1 - r)/r²` for |r| up to ln 2/2.
    #[must_use]
    fn exp_tail(r: Self) -> Self;
    /// `(2 artanh(√z) - 2√z)/z^(3/2)` for z up to (√2 - 1)⁴.
    #[must_use]
    fn artanh_tail(z: Self) -> Self;
    /// `(sinh(√z) - √z)/z^(3/2)` for z up to 1.
    #[must_use]
    fn sinh_tail(z: Self) -> Self;
    /// `erf(√z)/√z - 1` for z up to .69.
    #[must_use]
    fn erf_tail(z: Self) -> Self;
}

/// `c₀ + c₁ x + c₂ x² + ...`, even and odd powers apart: two short chains in place of a long one. A macro, since the compiler
/// does not unroll every loop before it looks for vectors.
macro_rules! polynomial {
    ($x:expr, [$($c:literal),* $(,)?]) => {{
        let x = $x;
        let square = x * x;
        polynomial!(even square $($c)*) + x * polynomial!(odd square $($c)*)
    }};
    (even $square:ident $c:literal $($d:literal)?) => { $c };
    (even $square:ident $c:literal $d:literal $($rest:literal)+) => { polynomial!(even $square $($rest)+) * $square + $c };
    (odd $square:ident $c:literal $d:literal $($e:literal)?) => { $d };
    (odd $square:ident $c:literal $d:literal $($rest:literal)+) => { polynomial!(odd $square $($rest)+) * $square + $d };
}
pub(super) use polynomial;

/// What both floats say in the same words.
macro_rules! common_parts {
    ($float:ident, $bits:ident, exponent: $shift:literal, fine: $fine:literal, root_of_half: $root:literal, whole: $whole:literal, bias: $bias:literal) => {
        const ZERO: Self = 0.0;
        const QUARTER: Self = 0.25;
        const HALF: Self = 0.5;
        const ONE: Self = 1.0;
        const TWO: Self = 2.0;
        const INFINITY: Self = $float::INFINITY;
        const LARGE_TANH: Self = 22.0;
        const NEAR_TANH: Self = 0.4;
        const NAN: Self = $float::NAN;
        const LOG2_E: Self = std::$float::consts::LOG2_E;
        const LEAST_NORMAL: Self = $float::MIN_POSITIVE;

        #[inline(always)]
        fn size(self) -> Self {
            self.abs()
        }

        #[inline(always)]
        fn signed_as(self, sign: Self) -> Self {
            self.copysign(sign)
        }

        #[inline(always)]
        fn coarse(self) -> Self {
            $float::from_bits(self.to_bits() & (<$bits>::MAX << $fine))
        }

        #[inline(always)]
        fn nearest(self) -> (Self, Self) {
            // Beside so large a number there is no room for a fraction. Twice the bias of exponents is added, so that the
            // low bits are n and never negative.
            const PLACE: $float = 1.5 * $whole + 2.0 * $bias;
            let placed = self + PLACE;
            (placed - PLACE, placed)
        }

        #[inline(always)]
        fn times_power(self, n: Self) -> Self {
            // in two steps, each of which is a normal power; only the second can round
            let n = n.to_bits();
            let first = n >> 1;
            self * $float::from_bits(first << $shift) * $float::from_bits(n.wrapping_sub(first) << $shift)
        }

        #[inline(always)]
        fn half_power(n: Self) -> Self {
            $float::from_bits(n.to_bits().wrapping_sub($float::MAX_EXP as $bits) << $shift)
        }

        #[inline(always)]
        fn split(self) -> [Self; 3] {
            const ONE: $bits = (1.0 as $float).to_bits();
            const FRACTION: $bits = (1 << $shift) - 1;
            // bits of √½ at the place of 1: the exponent's field then changes where the fraction passes √2
            let moved = self.to_bits().wrapping_add(ONE - $root);
            let biased = moved >> $shift;
            let e = $float::from_bits(biased | ($whole as $float).to_bits()) - ($whole + $bias);
            let m = $float::from_bits((moved & FRACTION) + $root);
            let inverse = $float::from_bits((2 * ($float::MAX_EXP - 1) as $bits).wrapping_sub(biased) << $shift);
            [m, e, inverse]
        }
    };
}
pub(super) use common_parts;
