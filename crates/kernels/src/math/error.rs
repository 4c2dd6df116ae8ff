//! The error function and its complement.

use super::exponential::exp_times;
use super::parts::{Parts, polynomial};
use std::hint::select_unpredictable as select;

/// A float whose error functions are at hand. They differ in more than their coefficients: those of `f32` are short in `f64`.
pub trait Error: Parts {
    /// `2/√π ∫₀ˣ e^(-t²) dt`: ±1 at ±infinity, ±0 at ±0.
    #[must_use]
    fn erf(self) -> Self;
    /// `1 - erf x`, with all its digits far to the right: 2 at -infinity, 1 at ±0, 0 at infinity.
    #[must_use]
    fn erfc(self) -> Self;
}

/// `erf x` where |x| is small.
#[inline(always)]
fn small<F: Parts>(x: F) -> F {
    x + x * F::erf_tail(x * x)
}

impl Error for f32 {
    #[inline(always)]
    fn erf(self) -> f32 {
        let size = self.abs();
        let t = select(size > 4.0, 4.0, size);
        // ln erfc t + t, off by 4.2e-11/erfc t between .92 and 4
        #[rustfmt::skip]
        let exponent = polynomial!(t, [
            0.000_175_873, -0.129_520_82, -0.633_334_7, -0.108_293_93, 0.025_128_614, -0.004_174_638_7, 0.000_435_218,
            -2.116_183e-5,
        ]) - t;
        let large = 1.0 - exp_times(exponent, 0.0, 1.0);
        select(size < 0.925, small(self), large.copysign(self))
    }

    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "rounding to the nearest f32 is what is asked")]
    fn erfc(self) -> f32 {
        let t = f64::from(self.abs());
        let t = select(t > 10.2, 10.2, t);
        // (1 + 2 t) exp(t²) erfc t by (t - 3)/(t + 3), off by 2.3e-9; both quotients by one division
        let reciprocal = 1.0 / ((t + 3.0) * (1.0 + 2.0 * t));
        let q = (t - 3.0) * (1.0 + 2.0 * t) * reciprocal;
        #[rustfmt::skip]
        let bulge = polynomial!(q, [
            1.253_008_059_131_268, -0.135_621_139_303_513_6, -0.047_562_403_561_306_57, 0.129_646_410_115_610_84,
            -0.119_270_870_458_642_01, 0.068_295_899_617_004_45, -0.023_798_192_700_642_828, 0.002_566_303_002_321_369,
            0.002_002_746_218_429_848, -0.000_775_133_879_892_630_2, -0.000_266_996_758_427_220_7,
        ]);
        let right = bulge * ((t + 3.0) * reciprocal) * short_exp(-t * t);
        select(self < 0.0, 2.0 - right, right) as f32
    }
}

/// `eˣ` between -105 and 0, to 1e-10.
#[inline(always)]
fn short_exp(x: f64) -> f64 {
    let (n, power) = (x * f64::LOG2_E).nearest();
    let r = x - n * std::f64::consts::LN_2;
    #[rustfmt::skip]
    let tail = polynomial!(r, [
        0.500_000_007_796_111_3, 0.166_666_668_607_417_5, 0.041_666_269_745_652_43, 0.008_333_264_341_414_813,
        0.001_394_608_745_784_185_1, 0.000_199_183_941_942_116_48,
    ]);
    (2.0 + 2.0 * (r + r * r * tail)) * f64::half_power(power)
}

impl Error for f64 {
    #[inline(always)]
    fn erf(self) -> f64 {
        let size = self.abs();
        let large = 1.0 - right(select(size > 6.0, 6.0, size));
        select(size < 0.83, small(self), large.copysign(self))
    }

    #[inline(always)]
    fn erfc(self) -> f64 {
        let size = self.abs();
        let right = right(size);
        let outside = select(self < 0.0, 2.0 - right, right);
        select(size < 0.5, 1.0 - small(self), outside)
    }
}

/// `erfc t` for t ≥ .49.
#[inline(always)]
fn right(t: f64) -> f64 {
    let t = select(t > 28.0, 28.0, t);
    // (1 + 2 t) exp(t²) erfc t by (t - 3)/(t + 3), off by 5.3e-18
    #[rustfmt::skip]
    let bulge = polynomial!((t - 3.0) / (t + 3.0), [
        1.253_008_058_269_729_6, -0.135_621_106_124_581_3, -0.047_562_294_353_449_705, 0.129_645_158_702_779_48,
        -0.119_273_663_415_380_83, 0.068_308_027_343_224_58, -0.023_770_514_916_618_662, 0.002_529_391_829_883_655,
        0.001_888_690_328_603_523, -0.000_779_832_411_287_280_1, -0.000_105_159_521_239_968_75, 0.000_125_100_193_060_767_38,
        4.947_873_742_805_351e-6, -2.010_373_082_598_168_2e-5, -7.254_728_124_138_042e-7, 3.479_823_035_015_808_6e-6,
        3.421_983_062_647_267_3e-7, -6.269_412_360_971_289e-7, -1.192_843_401_186_049e-7, 1.091_057_363_905_340_8e-7,
        2.198_512_344_775_89e-8, -1.437_843_376_100_202_6e-8,
    ]);
    let whole = 1.0 + 2.0 * t;
    let factor = bulge / whole;
    // what was rounded off by 1 + 2 t, relative to it; .85 is near enough to 1/bulge
    let lost = ((2.0 * t - whole) + 1.0) * (0.85 * factor);
    // t² is not a float: its rounding error would be magnified by t² itself
    let high = t.coarse();
    exp_times(-high * high, (t - high) * -(t + high) - lost, factor)
}
