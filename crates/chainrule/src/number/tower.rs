//! The num-traits tower for a number over another number.
//!
//! Every method is a rule, a question to the value beneath, or a constant: one macro serves dual numbers and
//! variables, and nothing is left unimplemented.

use crate::real::Real;

/// A number over another number, which is a value and knows its derivative: a [`Dual`](crate::Dual), a
/// [`DualVector`](crate::DualVector), a [`Taylor`](crate::Taylor) series or a [`Var`](crate::Var).
pub trait Over: Sized {
    /// The number beneath.
    type Base: Real;
    /// The value without its derivative.
    fn primal(self) -> Self::Base;
}

/// Implements comparisons, assigning operators, operators on references, `Product` and all of num-traits for `$N`, which
/// must have the binary operators, `Neg`, `Copy`, `Sum` and [`Over`], and `Real` up to what stands here.
macro_rules! number_tower {
    ([$($g:tt)*] $N:ty) => {
        number_tower!(references [$($g)*] $N: Add add +);
        number_tower!(references [$($g)*] $N: Sub sub -);
        number_tower!(references [$($g)*] $N: Mul mul *);
        number_tower!(references [$($g)*] $N: Div div /);
        number_tower!(references [$($g)*] $N: Rem rem %);
        number_tower!(assign [$($g)*] $N: AddAssign add_assign +);
        number_tower!(assign [$($g)*] $N: SubAssign sub_assign -);
        number_tower!(assign [$($g)*] $N: MulAssign mul_assign *);
        number_tower!(assign [$($g)*] $N: DivAssign div_assign /);
        number_tower!(assign [$($g)*] $N: RemAssign rem_assign %);

        /// Compared by value alone: a branch must not see the derivative.
        impl<$($g)*> PartialEq for $N {
            #[inline(always)]
            fn eq(&self, other: &Self) -> bool {
                self.primal() == other.primal()
            }
        }
        impl<$($g)*> PartialEq<T> for $N {
            #[inline(always)]
            fn eq(&self, other: &T) -> bool {
                self.primal() == *other
            }
        }
        /// Compared by value alone: a branch must not see the derivative.
        impl<$($g)*> PartialOrd for $N {
            #[inline(always)]
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                self.primal().partial_cmp(&other.primal())
            }
        }
        impl<$($g)*> PartialOrd<T> for $N {
            #[inline(always)]
            fn partial_cmp(&self, other: &T) -> Option<std::cmp::Ordering> {
                self.primal().partial_cmp(other)
            }
        }
        impl<$($g)*> Default for $N {
            #[inline(always)]
            fn default() -> Self {
                Self::constant(T::zero())
            }
        }
        impl<'n, $($g)*> std::iter::Sum<&'n $N> for $N {
            #[track_caller]
            fn sum<I: Iterator<Item = &'n Self>>(numbers: I) -> Self {
                numbers.copied().sum()
            }
        }
        impl<$($g)*> std::iter::Product for $N {
            #[track_caller]
            fn product<I: Iterator<Item = Self>>(mut numbers: I) -> Self {
                let Some(first) = numbers.next() else { return Self::constant(T::one()) };
                numbers.fold(first, |product, x| product * x)
            }
        }
        impl<'n, $($g)*> std::iter::Product<&'n $N> for $N {
            #[track_caller]
            fn product<I: Iterator<Item = &'n Self>>(numbers: I) -> Self {
                numbers.copied().product()
            }
        }

        impl<$($g)*> num_traits::Zero for $N {
            #[inline(always)]
            fn zero() -> Self {
                Self::constant(T::zero())
            }
            #[inline(always)]
            fn is_zero(&self) -> bool {
                self.primal().is_zero()
            }
        }
        impl<$($g)*> num_traits::One for $N {
            #[inline(always)]
            fn one() -> Self {
                Self::constant(T::one())
            }
        }
        impl<$($g)*> num_traits::Num for $N {
            type FromStrRadixErr = T::FromStrRadixErr;
            fn from_str_radix(text: &str, radix: u32) -> Result<Self, Self::FromStrRadixErr> {
                T::from_str_radix(text, radix).map(Self::constant)
            }
        }
        impl<$($g)*> num_traits::ToPrimitive for $N {
            fn to_i64(&self) -> Option<i64> {
                self.primal().to_i64()
            }
            fn to_u64(&self) -> Option<u64> {
                self.primal().to_u64()
            }
            fn to_i128(&self) -> Option<i128> {
                self.primal().to_i128()
            }
            fn to_u128(&self) -> Option<u128> {
                self.primal().to_u128()
            }
            fn to_f32(&self) -> Option<f32> {
                self.primal().to_f32()
            }
            fn to_f64(&self) -> Option<f64> {
                self.primal().to_f64()
            }
        }
        impl<$($g)*> num_traits::NumCast for $N {
            #[inline(always)]
            fn from<P: num_traits::ToPrimitive>(number: P) -> Option<Self> {
                <T as num_traits::NumCast>::from(number).map(Self::constant)
            }
        }
        impl<$($g)*> num_traits::FromPrimitive for $N {
            fn from_i64(number: i64) -> Option<Self> {
                <T as num_traits::NumCast>::from(number).map(Self::constant)
            }
            fn from_u64(number: u64) -> Option<Self> {
                <T as num_traits::NumCast>::from(number).map(Self::constant)
            }
            fn from_i128(number: i128) -> Option<Self> {
                <T as num_traits::NumCast>::from(number).map(Self::constant)
            }
            fn from_u128(number: u128) -> Option<Self> {
                <T as num_traits::NumCast>::from(number).map(Self::constant)
            }
            fn from_f32(number: f32) -> Option<Self> {
                <T as num_traits::NumCast>::from(number).map(Self::constant)
            }
            fn from_f64(number: f64) -> Option<Self> {
                <T as num_traits::NumCast>::from(number).map(Self::constant)
            }
        }
        impl<$($g)*> num_traits::Bounded for $N {
            fn min_value() -> Self {
                Self::constant(<T as num_traits::Float>::min_value())
            }
            fn max_value() -> Self {
                Self::constant(<T as num_traits::Float>::max_value())
            }
        }
        impl<$($g)*> num_traits::Signed for $N {
            #[track_caller]
            fn abs(&self) -> Self {
                num_traits::Float::abs(*self)
            }
            #[track_caller]
            fn abs_sub(&self, other: &Self) -> Self {
                num_traits::Float::abs_sub(*self, *other)
            }
            #[track_caller]
            fn signum(&self) -> Self {
                num_traits::Float::signum(*self)
            }
            fn is_positive(&self) -> bool {
                self.primal().is_sign_positive()
            }
            fn is_negative(&self) -> bool {
                self.primal().is_sign_negative()
            }
        }
        impl<$($g)*> num_traits::Inv for $N {
            type Output = Self;
            #[track_caller]
            fn inv(self) -> Self {
                num_traits::Float::recip(self)
            }
        }
        impl<$($g)*> num_traits::MulAdd for $N {
            type Output = Self;
            #[track_caller]
            fn mul_add(self, a: Self, b: Self) -> Self {
                num_traits::Float::mul_add(self, a, b)
            }
        }
        impl<$($g)*> num_traits::MulAddAssign for $N {
            #[track_caller]
            fn mul_add_assign(&mut self, a: Self, b: Self) {
                *self = num_traits::Float::mul_add(*self, a, b);
            }
        }
        impl<$($g)*> num_traits::Pow<Self> for $N {
            type Output = Self;
            #[track_caller]
            fn pow(self, exponent: Self) -> Self {
                num_traits::Float::powf(self, exponent)
            }
        }
        impl<$($g)*> num_traits::Pow<i32> for $N {
            type Output = Self;
            #[track_caller]
            fn pow(self, exponent: i32) -> Self {
                num_traits::Float::powi(self, exponent)
            }
        }
        impl<$($g)*> num_traits::FloatConst for $N {
            number_tower!(constants num_traits::FloatConst: E FRAC_1_PI FRAC_1_SQRT_2 FRAC_2_PI FRAC_2_SQRT_PI FRAC_PI_2
                FRAC_PI_3 FRAC_PI_4 FRAC_PI_6 FRAC_PI_8 LN_10 LN_2 LOG10_E LOG2_E PI SQRT_2 TAU LOG10_2 LOG2_10);
        }
        impl<$($g)*> num_traits::Float for $N {
            number_tower!(constants num_traits::Float: nan infinity neg_infinity neg_zero min_value min_positive_value
                max_value epsilon);
            number_tower!(asks is_nan -> bool, is_infinite -> bool, is_finite -> bool, is_normal -> bool,
                is_subnormal -> bool, is_sign_positive -> bool, is_sign_negative -> bool,
                classify -> std::num::FpCategory, integer_decode -> (u64, i16, i8));
            number_tower!(unary floor Floor, ceil Ceil, round Round, trunc Trunc, fract Fract, abs Abs, signum Signum,
                recip Recip, sqrt Sqrt, cbrt Cbrt, exp Exp, exp2 Exp2, exp_m1 ExpM1, ln Ln, log2 Log2, log10 Log10,
                ln_1p Ln1p, sin Sin, cos Cos, tan Tan, asin Asin, acos Acos, atan Atan, sinh Sinh, cosh Cosh, tanh Tanh,
                asinh Asinh, acosh Acosh, atanh Atanh);
            number_tower!(binary powf Pow, max Max, min Min, hypot Hypot, atan2 Atan2);

            #[inline(always)]
            #[track_caller]
            fn powi(self, exponent: i32) -> Self {
                $crate::real::Real::apply(self, $crate::rule::Powi(exponent))
            }
            #[inline(always)]
            #[track_caller]
            fn mul_add(self, a: Self, b: Self) -> Self {
                $crate::real::Real::apply3(self, a, b, $crate::rule::MulAdd)
            }
            #[track_caller]
            fn log(self, base: Self) -> Self {
                num_traits::Float::ln(self) / num_traits::Float::ln(base)
            }
            #[track_caller]
            fn abs_sub(self, other: Self) -> Self {
                if self <= other { Self::constant(T::zero()) } else { self - other }
            }
            #[track_caller]
            fn sin_cos(self) -> (Self, Self) {
                (num_traits::Float::sin(self), num_traits::Float::cos(self))
            }
            #[track_caller]
            fn clamp(self, low: Self, high: Self) -> Self {
                assert!(low <= high, "clamp: the lower bound {low} must not be above the upper bound {high}, and neither NaN");
                num_traits::Float::min(num_traits::Float::max(self, low), high)
            }
            #[track_caller]
            fn to_degrees(self) -> Self {
                self * Self::constant(T::one().to_degrees())
            }
            #[track_caller]
            fn to_radians(self) -> Self {
                self * Self::constant(T::one().to_radians())
            }
            #[track_caller]
            fn copysign(self, sign: Self) -> Self {
                if self.is_sign_negative() == sign.is_sign_negative() { self } else { -self }
            }
        }
    };
    // for generic code that asks for `NumRef` or `RefNum`
    (references [$($g:tt)*] $N:ty: $Trait:ident $method:ident $operator:tt) => {
        impl<$($g)*> std::ops::$Trait<&$N> for $N {
            type Output = Self;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: &Self) -> Self {
                self $operator *other
            }
        }
        impl<$($g)*> std::ops::$Trait<$N> for &$N {
            type Output = $N;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: $N) -> $N {
                *self $operator other
            }
        }
        impl<$($g)*> std::ops::$Trait<&$N> for &$N {
            type Output = $N;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: &$N) -> $N {
                *self $operator *other
            }
        }
    };
    (assign [$($g:tt)*] $N:ty: $Trait:ident $method:ident $operator:tt) => {
        impl<$($g)*> std::ops::$Trait for $N {
            #[inline(always)]
            #[track_caller]
            fn $method(&mut self, other: Self) {
                *self = *self $operator other;
            }
        }
        impl<$($g)*> std::ops::$Trait<&$N> for $N {
            #[inline(always)]
            #[track_caller]
            fn $method(&mut self, other: &Self) {
                *self = *self $operator *other;
            }
        }
        impl<$($g)*> std::ops::$Trait<T> for $N {
            #[inline(always)]
            #[track_caller]
            fn $method(&mut self, other: T) {
                *self = *self $operator other;
            }
        }
    };
    (constants $Trait:path: $($method:ident)*) => { $(
        #[inline(always)]
        fn $method() -> Self {
            Self::constant(<T as $Trait>::$method())
        }
    )* };
    (asks $($method:ident -> $Answer:ty),*) => { $(
        #[inline(always)]
        fn $method(self) -> $Answer {
            self.primal().$method()
        }
    )* };
    (unary $($method:ident $Rule:ident),*) => { $(
        #[inline(always)]
        #[track_caller]
        fn $method(self) -> Self {
            $crate::real::Real::apply(self, $crate::rule::$Rule)
        }
    )* };
    (binary $($method:ident $Rule:ident),*) => { $(
        #[inline(always)]
        #[track_caller]
        fn $method(self, other: Self) -> Self {
            $crate::real::Real::combine(self, other, $crate::rule::$Rule)
        }
    )* };
}
