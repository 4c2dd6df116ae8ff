//! Logarithms: `ln x = e ln 2 + ln m` with m between √½ and √2, and `ln m = 2 artanh((m - 1)/(m + 1))`.

use super::parts::Parts;
use std::hint::select_unpredictable as select;

/// `ln(1 + f)` for f between √½ - 1 and √2 - 1, as `f - [f²/2 - s]`: the term f²/2 and s.
#[inline(always)]
fn terms<F: Parts>(f: F) -> [F; 2] {
    let half_square = F::HALF * f * f;
    let ratio = f / (F::TWO + f);
    let z = ratio * ratio;
    [half_square, ratio * (half_square + z * F::artanh_tail(z))]
}

/// x = m 2ᵉ for x > 0, denormals as well: m - 1 and e.
#[inline(always)]
fn fraction<F: Parts>(x: F) -> [F; 2] {
    let denormal = x < F::LEAST_NORMAL;
    let [m, e, _] = select(denormal, x * F::LIFT, x).split();
    [m - F::ONE, select(denormal, e - F::LIFT_EXPONENT, e)]
}

/// A logarithm computed for positive numbers, and what it is elsewhere: -infinity at ±0, infinity at infinity, NaN below 0.
#[inline(always)]
fn on_whole_line<F: Parts>(x: F, logarithm: F) -> F {
    let y = select(x < F::INFINITY, logarithm, x);
    let y = select(x == F::ZERO, -F::INFINITY, y);
    select(x < F::ZERO, F::NAN, y)
}

/// `ln x`: -infinity at ±0, +0 at 1, NaN below 0.
#[inline(always)]
pub fn ln<F: Parts>(x: F) -> F {
    let [f, e] = fraction(x);
    on_whole_line(x, sum(f, e, F::LN_2[1] * e))
}

/// `e ln 2 + ln(1 + f)`, where `e ln 2`'s small part, with anything else that is small, is `rest`.
#[inline(always)]
fn sum<F: Parts>(f: F, e: F, rest: F) -> F {
    let [half_square, s] = terms(f);
    e * F::LN_2[0] - ((half_square - (s + rest)) - f)
}

/// `ln(1 + x)`: x itself where that is tiny, ±0 at ±0, -infinity at -1, NaN below.
#[inline(always)]
pub fn ln_1p<F: Parts>(x: F) -> F {
    let whole = F::ONE + x;
    let [m, e, inverse] = whole.split();
    // what was rounded off by 1 + x, exactly
    let back = whole - F::ONE;
    let lost = (F::ONE - (whole - back)) + (x - back);
    let correction = select(whole < F::VAST, lost * inverse, F::ZERO);
    let y = on_whole_line(whole, sum((m - F::ONE) + correction, e, F::LN_2[1] * e));
    select(x.size() < F::TINY, x, y)
}

/// ln(1 + f) times a constant, in two parts whose sum it is: the first so coarse that adding e to it loses nothing that matters.
#[inline(always)]
fn scaled<F: Parts>(f: F, [factor, factor_rest]: [F; 2]) -> [F; 2] {
    let [half_square, s] = terms(f);
    let high = (f - half_square).coarse();
    let low = ((f - high) - half_square) + s;
    [high * factor, low * factor + (low + high) * factor_rest]
}

/// `log₂ x`: -infinity at ±0, exact for powers of two, NaN below 0.
#[inline(always)]
pub fn log2<F: Parts>(x: F) -> F {
    let [f, e] = fraction(x);
    let [high, low] = scaled(f, F::LOG2_E_PARTS);
    // the larger first; what is lost is kept
    let total = e + high;
    let lost = (e - total) + high;
    on_whole_line(x, total + (low + lost))
}

/// `log₁₀ x`: -infinity at ±0, +0 at 1, NaN below 0.
#[inline(always)]
pub fn log10<F: Parts>(x: F) -> F {
    let [f, e] = fraction(x);
    let [high, low] = scaled(f, F::LOG10_E);
    let whole = e * F::LOG10_2[0];
    let total = whole + high;
    let lost = (whole - total) + high;
    on_whole_line(x, total + (low + (lost + e * F::LOG10_2[1])))
}
