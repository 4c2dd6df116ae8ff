//! Exponentials: `eˣ = 2ⁿ eʳ` with n the whole number nearest to x log₂ e, and a polynomial for eʳ.

use super::parts::Parts;
use std::hint::select_unpredictable as select;

/// `x = n ln 2 + r` with |r| up to ln 2/2: r, what is missing of r, and n as [`Parts::times_power`] wants it.
#[inline(always)]
fn reduced<F: Parts>(x: F) -> [F; 3] {
    let (n, power) = (x * F::LOG2_E).nearest();
    let rough = x - n * F::LN_2[0];
    let rest = n * F::LN_2[1];
    let r = rough - rest;
    [r, (rough - r) - rest, power]
}

/// x, brought within the two bounds; NaN stays.
#[inline(always)]
fn within<F: Parts>(x: F, least: F, most: F) -> F {
    let x = select(x < least, least, x);
    select(x > most, most, x)
}

/// `factor e^(x + rest)` for a small rest, which may be 0; for a factor between 1/4 and 2.
#[inline(always)]
pub(super) fn exp_times<F: Parts>(x: F, rest: F, factor: F) -> F {
    let [r, _, power] = reduced(within(x, F::EXP_RANGE[0], F::EXP_RANGE[1]));
    let r = r + rest;
    // not the factor times 1 + ..., which would round once more
    (factor + factor * (r + r * r * F::exp_tail(r))).times_power(power)
}

/// `eˣ`: 0 at -infinity, 1 at ±0.
#[inline(always)]
pub fn exp<F: Parts>(x: F) -> F {
    let [r, _, power] = reduced(within(x, F::EXP_RANGE[0], F::EXP_RANGE[1]));
    (F::ONE + (r + r * r * F::exp_tail(r))).times_power(power)
}

/// `2ˣ`, exact for whole numbers.
#[inline(always)]
pub fn exp2<F: Parts>(x: F) -> F {
    let x = within(x, F::EXP_RANGE[0] * F::LOG2_E, F::EXP_RANGE[1] * F::LOG2_E);
    let (n, power) = x.nearest();
    let part = x - n;
    // ln 2 in two parts, as the first alone is not the nearest float
    let r = part * F::LN_2[0] + part * F::LN_2[1];
    (F::ONE + (r + r * r * F::exp_tail(r))).times_power(power)
}

/// `eˣ - 1`: x itself where that is tiny, ±0 at ±0, -1 at -infinity.
#[inline(always)]
pub fn exp_m1<F: Parts>(x: F) -> F {
    select(x.size() < F::TINY, x, exp_m1_beyond_tiny(x))
}

/// `eˣ - 1` but for denormals and negative zero.
#[inline(always)]
pub(super) fn exp_m1_beyond_tiny<F: Parts>(x: F) -> F {
    let [r, missing, power] = reduced(within(x, F::EXP_M1_RANGE[0], F::EXP_M1_RANGE[1]));
    let grown = r + (r * r * F::exp_tail(r) + missing);
    // 2ⁿ⁻¹, as 2ⁿ may be too large
    let half = F::half_power(power);
    F::TWO * (half * grown + (half - F::HALF))
}
