//! `f32`: constants and coefficients.

use super::parts::{Parts, common_parts, polynomial};

#[rustfmt::skip]
impl Parts for f32 {
    common_parts!(f32, u32, exponent: 23, fine: 12, root_of_half: 0x3f35_04f3, whole: 8_388_608.0, bias: 127.0);

    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    const LOG10_E: [f32; 2] = [0.434_204_1, 9.038_034e-5];
    const LOG10_2: [f32; 2] = [0.301_025_4, 4.605_039e-6];
    const LOG2_E_PARTS: [f32; 2] = [1.442_382_8, 3.122_284e-4];
    const EXP_RANGE: [f32; 2] = [-104.5, 90.0];
    const EXP_M1_RANGE: [f32; 2] = [-18.0, 89.0];
    const TINY: f32 = 1e-9;
    const VAST: f32 = 1e18;
    const LIFT: f32 = 16_777_216.0;
    const LIFT_EXPONENT: f32 = 24.0;

    /// Off by 4.8e-11 of eʳ.
    #[inline(always)]
    fn exp_tail(r: f32) -> f32 {
        polynomial!(r, [0.5, 0.166_666_67, 0.041_666_27, 0.008_333_264, 0.001_394_608_8, 0.000_199_183_94])
    }

    /// Off by 9.6e-12 of the logarithm.
    #[inline(always)]
    fn artanh_tail(z: f32) -> f32 {
        polynomial!(z, [0.666_666_7, 0.400_003_35, 0.285_372_8, 0.235_827_67])
    }

    /// Off by 2.8e-11 of the sine.
    #[inline(always)]
    fn sinh_tail(z: f32) -> f32 {
        polynomial!(z, [0.166_666_66, 0.008_333_351, 0.000_198_360_67, 2.817_439_5e-6])
    }

    /// Off by 4.7e-10, to √z = .93.
    #[inline(always)]
    fn erf_tail(z: f32) -> f32 {
        polynomial!(z, [
            0.128_379_17, -0.376_126_34, 0.112_836_91, -0.026_859_12, 0.005_200_261, -0.000_813_321_75, 8.327_494e-5,
        ])
    }
}
