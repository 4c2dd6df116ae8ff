//! Hyperbolic functions, and the logistic function.

use super::exponential::{exp, exp_m1_beyond_tiny, exp_times};
use super::parts::Parts;
use std::hint::select_unpredictable as select;

/// `tanh x`: ±1 at ±infinity, ±0 at ±0.
#[inline(always)]
pub fn tanh<F: Parts>(x: F) -> F {
    // e^(2|x|) - 1 = g gives tanh |x| = g/(g + 2), which is 1 long before |x| = 22
    let size = x.size();
    let size = select(size > F::LARGE_TANH, F::LARGE_TANH, size);
    let twice = size + size;
    let growth = exp_m1_beyond_tiny(twice);
    // near 0, where three roundings would be too many, the same is |x| + (g - 2|x| - |x| g)/(g + 2)
    let near = size < F::NEAR_TANH;
    let start = select(near, size, F::ZERO);
    let above = select(near, (growth - twice) - size * growth, growth);
    (start + above / (growth + F::TWO)).signed_as(x)
}

/// `sinh x`: ±infinity at ±infinity, ±0 at ±0.
#[inline(always)]
pub fn sinh<F: Parts>(x: F) -> F {
    let (size, square) = (x.size(), x * x);
    let half = half_exp(size);
    let large = half - F::QUARTER / half;
    let small = size + size * (square * F::sinh_tail(square));
    select(size < F::ONE, small, large).signed_as(x)
}

/// `cosh x`: infinity at ±infinity, 1 at ±0.
#[inline(always)]
pub fn cosh<F: Parts>(x: F) -> F {
    let half = half_exp(x.size());
    half + F::QUARTER / half
}

/// `eˣ/2` for x ≥ 0, finite for a little longer than eˣ.
#[inline(always)]
fn half_exp<F: Parts>(x: F) -> F {
    exp_times(x, F::ZERO, F::HALF)
}

/// `1/(1 + e⁻ˣ)`, the logistic function: 0 at -infinity, 1/2 at ±0, 1 at infinity. Small values keep their digits.
#[inline(always)]
pub fn sigmoid<F: Parts>(x: F) -> F {
    let decay = exp(-x.size());
    let whole = F::ONE + decay;
    let quotient = select(x < F::ZERO, decay, F::ONE) / whole;
    // what was rounded off by 1 + decay; 1 - decay/2 is near enough to 1/whole
    let lost = (F::ONE - whole) + decay;
    quotient - quotient * (lost * (F::ONE - F::HALF * decay))
}
