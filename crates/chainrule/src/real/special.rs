//! Special functions of one real number, in `f64`. Single precision is computed in double precision and rounded.
//!
//! `erf`, `erfc` and `lgamma` come from the `libm` crate. No crate offers polygamma functions on the whole line, so
//! these, and digamma from the same pieces, are here: the recurrence carries a small argument to a large one, where the
//! asymptotic series is exact to rounding, and reflection brings negative arguments to positive ones. The errors named
//! below were measured against mpmath.

use std::f64::consts::PI;

/// The error function, 2/√π ∫₀ˣ exp(-t²) dt (DLMF 7.2.1), to 2e-16 relative. ±∞ gives ±1, NaN gives NaN.
pub(crate) fn erf(x: f64) -> f64 {
    libm::erf(x)
}

/// The complementary error function, 1 - erf(x) without cancellation (DLMF 7.2.2), to 3e-16 relative. Leaves the
/// normal floats at x = 26.5 and is 0 from 27.3 on; -∞ gives 2, +∞ gives 0, NaN gives NaN.
pub(crate) fn erfc(x: f64) -> f64 {
    libm::erfc(x)
}

/// ln |Γ(x)| (DLMF 5.2.1), to 3e-16 relative for x > 0, also close to its roots 1 and 2; for x < 0 to 1e-15 of the
/// larger of 1 and the value. +∞ at the poles 0, -1, -2, ... and at ±∞; NaN gives NaN.
pub(crate) fn lgamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// The positive root of digamma, as the sum of two floats.
const DIGAMMA_ROOT: (f64, f64) = (1.461_632_144_968_362_2, 9.549_995_429_965_697e-17);

/// Coefficients of the powers 1, 2, ... of digamma's Taylor series about its root: (-1)^(k+1) ζ(k+1, root)
/// (DLMF 25.11.12). At a distance of 1/8 the first one left out is 5e-17 of the sum.
#[rustfmt::skip]
const DIGAMMA_TAYLOR: [f64; 15] = [
    0.967_672_245_447_621_2, -0.442_763_168_983_592_1, 0.258_499_760_955_651, -0.163_942_705_442_406_52,
    0.107_824_050_691_262_37, -0.072_199_561_256_454_71, 0.048_804_288_164_143_11, -0.033_161_126_474_847_36,
    0.022_597_648_232_218_104, -0.015_424_765_904_948_96, 0.010_538_791_616_612_175, -0.007_204_534_386_356_869,
    0.004_926_781_395_729_853, -0.003_369_801_655_439_328, 0.002_305_126_326_734_928,
];

/// The coefficients of ψ(y) ~ ln y - 1/2y - Σ B(2k) / (2k y^2k), DLMF 5.11.2. From y = 10 on, the first one left out is
/// 5e-17.
const DIGAMMA_ASYMPTOTIC: [f64; 7] =
    [1.0 / 12.0, -1.0 / 120.0, 1.0 / 252.0, -1.0 / 240.0, 1.0 / 132.0, -691.0 / 32_760.0, 1.0 / 12.0];

/// ψ(x), the slope of ln Γ(x) (DLMF 5.2.2), for every real x: to 1e-14 relative for x > 0, also close
/// to the root 1.4616...; for x < 0, where a root lies between any two poles, to 4e-15 of the larger of 1 and the value.
///
/// At the poles: -∞ at +0, +∞ at -0, NaN at negative integers, where the sides differ. ψ(+∞) = +∞, ψ(-∞) is NaN.
pub(crate) fn digamma(x: f64) -> f64 {
    if x > 0.0 {
        return digamma_of_positive(x);
    }
    if x == 0.0 {
        return -1.0 / x;
    }
    // Reflection, DLMF 5.5.4. The difference is exact, so the poles keep their places and their steepness.
    let offset = x - x.round();
    if offset == 0.0 { f64::NAN } else { digamma_of_positive(1.0 - x) - PI / (PI * offset).tan() }
}

fn digamma_of_positive(x: f64) -> f64 {
    let from_root = (x - DIGAMMA_ROOT.0) - DIGAMMA_ROOT.1;
    if from_root.abs() < 0.125 {
        return from_root * DIGAMMA_TAYLOR.iter().rfold(0.0, |sum, c| sum * from_root + c);
    }
    let mut below = 0.0;
    let mut y = x;
    while y < 10.0 {
        below += 1.0 / y;
        y += 1.0;
    }
    let reciprocal = 1.0 / y;
    let square = reciprocal * reciprocal;
    let series = square * DIGAMMA_ASYMPTOTIC.iter().rfold(0.0, |sum, c| sum * square + c);
    y.ln() - 0.5 * reciprocal - series - below
}

/// The derivative of order `order` of digamma, (-1)^(n+1) n! Σ 1/(x + k)^(n+1) over k = 0, 1, ... (DLMF 25.11.12), for
/// every real x: to 3e-15 relative for orders up to 100, and to 1e-12 for orders up to 1000. An even order has a root
/// between any two poles; there the error is relative to ψ(n, 1/2). The work grows with the order. Order 0 is digamma.
///
/// At the poles 0, -1, -2, ... an odd order gives +∞, the limit from both sides. An even order gives -∞ at +0, +∞ at
/// -0, and NaN at negative integers, where the sides differ. The limit at +∞ is 0; -∞ gives NaN.
pub(crate) fn polygamma(order: u32, x: f64) -> f64 {
    if order == 0 {
        return digamma(x);
    }
    let sign = if order % 2 == 1 { 1.0 } else { -1.0 };
    if x > 0.0 {
        return sign * polygamma_size(order, x);
    }
    if x == f64::NEG_INFINITY {
        return f64::NAN;
    }
    let offset = x - x.round();
    if offset == 0.0 {
        let pole = if x == 0.0 { 1.0 / x } else { f64::NAN };
        return if order % 2 == 1 { f64::INFINITY } else { -pole };
    }
    // Reflection, DLMF 5.15.6: ψ(n, x) - (-1)^n ψ(n, 1 - x) has period 1, so it may be taken at the offset from the
    // nearest pole, and there the recurrence, DLMF 5.15.5, splits off the pole itself.
    let pole = factorial_over_power(order, offset.abs()) * f64::from(order) / offset.abs();
    let pole = if offset < 0.0 { sign * pole } else { pole };
    if pole.is_infinite() {
        return sign * pole;
    }
    sign * (pole + polygamma_size(order, 1.0 + offset)) + polygamma_size(order, 1.0 - offset)
        - polygamma_size(order, 1.0 - x)
}

/// n! ζ(n + 1, x) for x > 0.
fn polygamma_size(order: u32, x: f64) -> f64 {
    // B(2k) / (2k)!
    #[rustfmt::skip]
    const TERMS: [f64; 12] = [
        0.083_333_333_333_333_33, -0.001_388_888_888_888_889, 3.306_878_306_878_307e-5, -8.267_195_767_195_768e-7,
        2.087_675_698_786_81e-8, -5.284_190_138_687_493e-10, 1.338_253_653_068_467_9e-11, -3.389_680_296_322_582_7e-13,
        8.586_062_056_277_845e-15, -2.174_868_698_558_062e-16, 5.509_002_828_360_229_5e-18,
        -1.395_446_468_581_252_2e-19,
    ];
    if x == f64::INFINITY {
        return 0.0;
    }
    let n = f64::from(order);
    let exponent = i32::try_from(order).unwrap_or(i32::MAX);
    // Everything is taken relative to (n-1)!/x^n, so that nothing overflows but the result.
    let below = (n + 10.0 - x).ceil().max(0.0);
    let y = x + below;
    // Euler-Maclaurin for the terms from y on (DLMF 25.11.7): the k-th correction to
    // (n-1)!/y^n is n (n+1) ... (n+2k-1) B(2k) / ((2k)! y^2k).
    let mut series = 1.0 + n / (2.0 * y);
    let mut rising = n / y * ((n + 1.0) / y);
    for (k, term) in (1_u32..).zip(TERMS) {
        series += rising * term;
        let next = n + 2.0 * f64::from(k);
        rising *= next / y * ((next + 1.0) / y);
    }
    let mut sum = (x / y).powi(exponent) * series;
    let mut k = below;
    while k > 0.0 {
        k -= 1.0;
        sum += (x / (x + k)).powi(exponent) * (n / (x + k));
    }
    factorial_over_power(order, x) * sum
}

/// (n-1)! / x^n for n >= 1 and x > 0.
fn factorial_over_power(order: u32, x: f64) -> f64 {
    if order > 170 {
        // The product below could leave the range of floats on its way to a result within it.
        return (libm::lgamma(f64::from(order)) - f64::from(order) * x.ln()).exp();
    }
    (1..order).fold(1.0 / x, |product, j| product * (f64::from(j) / x))
}

#[cfg(test)]
mod tests {
    use super::{digamma, erf, erfc, lgamma, polygamma};

    const INF: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;
    type Case = (&'static str, fn(f64) -> f64, &'static [(f64, f64)]);

    #[track_caller]
    fn assert_close(function: &str, x: f64, value: f64, expected: f64) {
        let right = value == expected || (value - expected).abs() <= 2e-15 * expected.abs();
        assert!(right, "{function}({x:e}) is {value:e}, should be {expected:e}");
    }

    /// Equal as bits, any NaN equal to any other.
    #[track_caller]
    fn assert_exact(function: &str, x: f64, value: f64, expected: f64) {
        let right = value.to_bits() == expected.to_bits() || (value.is_nan() && expected.is_nan());
        assert!(right, "{function}({x:e}) is {value:e}, should be {expected:e}");
    }

    #[test]
    fn values_match_mpmath() {
        #[rustfmt::skip]
        let cases: [Case; 4] = [
            ("erf", erf, &[(0.5, 0.520_499_877_813_046_5), (-2.0, -0.995_322_265_018_952_7)]),
            ("erfc", erfc, &[
                (-1.0, 1.842_700_792_949_714_8), (5.0, 1.537_459_794_428_035e-12), (26.0, 5.663_192_408_856_143e-296),
            ]),
            ("lgamma", lgamma, &[
                (0.25, 1.288_022_524_698_077_4), (0.999_023_437_5, 5.644_719_118_551_234e-4),
                (2.000_976_562_5, 4.131_827_930_642_542_4e-4), (171.0, 706.573_062_245_787_4),
                (-0.5, 1.265_512_123_484_645_4), (-2.5, -0.056_243_716_497_674_054), (-20.25, -41.600_961_915_340_53),
            ]),
            ("digamma", digamma, &[
                (1.0, -0.577_215_664_901_532_9), (0.25, -4.227_453_533_376_265_5), (1.4375, -0.023_613_544_005_297_898),
                (1.461_632_144_968_362_2, -9.241_265_521_729_427e-17), (1.5, 0.036_489_973_978_576_52),
                (7.5, 1.946_757_484_246_086_9), (1e10, 23.025_850_929_890_456), (-0.25, 2.914_139_120_213_527_6),
                (-1.5, 0.703_156_640_645_243_2), (-20.000_244_140_625, 4_099.019_732_708_617),
                (-1000.25, 10.050_097_693_066_705),
            ]),
        ];
        for (name, function, points) in cases {
            for &(x, y) in points {
                assert_close(name, x, function(x), y);
            }
        }
    }

    #[test]
    fn polygamma_matches_mpmath() {
        #[rustfmt::skip]
        let known = [
            (1, 0.5, 4.934_802_200_544_679), (1, 20.0, 0.051_270_822_935_203_12), (1, -0.75, 18.975_106_932_284_888),
            (1, -2.25, 19.379_410_511_869_14), (2, 0.5, -16.828_796_644_234_32), (2, 20.0, -0.002_628_122_402_314_654_8),
            (2, -0.75, -124.586_999_196_796_19), (2, -2.25, 123.896_949_774_060_16), (3, 0.5, 97.409_091_034_002_44),
            (3, 20.0, 2.693_742_213_396_389e-4), (3, -0.75, 1_557.745_106_972_151_5), (3, -2.25, 1_558.455_023_188_714_4),
            (7, 0.5, 1_290_440.218_185_598), (7, 20.0, 6.674_755_818_176_071e-7), (7, -2.25, 330_352_695.391_277_8),
            (50, 0.5, -6.848_644_940_502_395e79), (50, 20.0, -0.014_745_157_490_906_25),
        ];
        for (order, x, y) in known {
            assert_close(&format!("polygamma {order}"), x, polygamma(order, x), y);
        }
        // Beyond order 170 the factorial itself is no float any more, and 13 digits remain.
        assert!((polygamma(300, 12.0) / -4.490_016_980_677_5e289 - 1.0).abs() < 5e-13);
        assert_exact("polygamma 0", 0.25, polygamma(0, 0.25), digamma(0.25));
    }

    #[test]
    fn poles_infinities_and_nan() {
        #[rustfmt::skip]
        let cases: [Case; 6] = [
            ("erf", erf, &[(INF, 1.0), (-INF, -1.0), (-0.0, -0.0)]),
            ("erfc", erfc, &[(INF, 0.0), (-INF, 2.0), (0.0, 1.0)]),
            ("lgamma", lgamma, &[(INF, INF), (-INF, INF), (0.0, INF), (-0.0, INF), (-3.0, INF), (1.0, 0.0), (2.0, 0.0)]),
            ("digamma", digamma, &[(INF, INF), (-INF, NAN), (0.0, -INF), (-0.0, INF), (-3.0, NAN), (-1e300, NAN)]),
            ("trigamma", |x| polygamma(1, x), &[(INF, 0.0), (-INF, NAN), (0.0, INF), (-0.0, INF), (-3.0, INF), (1e-320, INF)]),
            ("tetragamma", |x| polygamma(2, x), &[(INF, -0.0), (-INF, NAN), (0.0, -INF), (-0.0, INF), (-3.0, NAN)]),
        ];
        for (name, function, points) in cases {
            for &(x, y) in points {
                assert_exact(name, x, function(x), y);
            }
            assert_exact(name, NAN, function(NAN), NAN);
        }
        // Where the pole leaves the range of floats, so does the sum, with its sign.
        for (order, x, y) in [(200, -0.25, INF), (201, -0.25, INF), (200, -0.75, -INF)] {
            assert_exact("polygamma", x, polygamma(order, x), y);
        }
    }
}
