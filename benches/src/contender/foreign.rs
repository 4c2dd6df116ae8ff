//! `num_traits::Float` for numbers of crates that do not implement it.

use num_traits::{Float, Num, NumCast, One, ToPrimitive, Zero};
use std::cmp::Ordering;
use std::num::FpCategory;
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

/// What the programs ask of a number.
pub trait Number:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self>
{
    /// A number that does not vary.
    fn constant(value: f64) -> Self;

    /// Its value, without derivatives.
    fn value(&self) -> f64;

    /// `exp x`
    #[must_use]
    fn exp(self) -> Self;

    /// `ln x`
    #[must_use]
    fn ln(self) -> Self;

    /// `sin x`
    #[must_use]
    fn sin(self) -> Self;

    /// `tanh x`
    #[must_use]
    fn tanh(self) -> Self;
}

/// A number of a crate that stands where programs want a `Float`: every operation is handed on as it is. What no program uses is
/// refused.
#[derive(Clone, Copy, Debug)]
pub struct Foreign<N>(pub N);

#[cold]
fn refuse(function: &str) -> ! {
    panic!("{function}: no program uses it, so it is not handed on to the crate that is measured")
}

macro_rules! operators {
    ($($Operator:ident $operator:ident),*) => {$(
        impl<N: Number> $Operator for Foreign<N> {
            type Output = Self;

            #[inline(always)]
            fn $operator(self, other: Self) -> Self {
                Self($Operator::$operator(self.0, other.0))
            }
        }
    )*};
}
operators!(Add add, Sub sub, Mul mul, Div div);

impl<N: Number> Rem for Foreign<N> {
    type Output = Self;

    fn rem(self, _: Self) -> Self {
        refuse("rem")
    }
}

impl<N: Number> Neg for Foreign<N> {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl<N: Number> PartialEq for Foreign<N> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.0.value() == other.0.value()
    }
}

impl<N: Number> PartialOrd for Foreign<N> {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.0.value().partial_cmp(&other.0.value())
    }
}

impl<N: Number> Zero for Foreign<N> {
    #[inline(always)]
    fn zero() -> Self {
        Self(N::constant(0.0))
    }

    fn is_zero(&self) -> bool {
        self.0.value() == 0.0
    }
}

impl<N: Number> One for Foreign<N> {
    #[inline(always)]
    fn one() -> Self {
        Self(N::constant(1.0))
    }
}

impl<N: Number> Num for Foreign<N> {
    type FromStrRadixErr = <f64 as Num>::FromStrRadixErr;

    fn from_str_radix(text: &str, radix: u32) -> Result<Self, Self::FromStrRadixErr> {
        f64::from_str_radix(text, radix).map(|value| Self(N::constant(value)))
    }
}

impl<N: Number> ToPrimitive for Foreign<N> {
    fn to_i64(&self) -> Option<i64> {
        self.0.value().to_i64()
    }

    fn to_u64(&self) -> Option<u64> {
        self.0.value().to_u64()
    }

    fn to_f64(&self) -> Option<f64> {
        Some(self.0.value())
    }
}

impl<N: Number> NumCast for Foreign<N> {
    #[inline(always)]
    fn from<T: ToPrimitive>(value: T) -> Option<Self> {
        value.to_f64().map(|value| Self(N::constant(value)))
    }
}

macro_rules! float {
    (
        handed_on: $($function:ident)*;
        constants: $($constant:ident)*;
        tests: $($test:ident)*;
        refused_of_one: $($unary:ident)*;
        refused_of_two: $($binary:ident)*;
    ) => {
        impl<N: Number> Float for Foreign<N> {
            $(
                #[inline(always)]
                fn $function(self) -> Self {
                    Self(self.0.$function())
                }
            )*
            $(
                fn $constant() -> Self {
                    Self(N::constant(<f64 as Float>::$constant()))
                }
            )*
            $(
                fn $test(self) -> bool {
                    Float::$test(self.0.value())
                }
            )*
            $(
                fn $unary(self) -> Self {
                    refuse(stringify!($unary))
                }
            )*
            $(
                fn $binary(self, _: Self) -> Self {
                    refuse(stringify!($binary))
                }
            )*

            fn classify(self) -> FpCategory {
                self.0.value().classify()
            }

            fn powi(self, _: i32) -> Self {
                refuse("powi")
            }

            fn mul_add(self, _: Self, _: Self) -> Self {
                refuse("mul_add")
            }

            fn sin_cos(self) -> (Self, Self) {
                refuse("sin_cos")
            }

            fn integer_decode(self) -> (u64, i16, i8) {
                refuse("integer_decode")
            }
        }
    };
}

float! {
    handed_on: exp ln sin tanh;
    constants: nan infinity neg_infinity neg_zero min_value min_positive_value max_value epsilon;
    tests: is_nan is_infinite is_finite is_normal is_sign_positive is_sign_negative;
    refused_of_one:
        floor ceil round trunc fract abs signum recip sqrt exp2 log2 log10 cbrt cos tan asin acos atan exp_m1 ln_1p sinh cosh
        asinh acosh atanh;
    refused_of_two: powf log max min abs_sub hypot atan2;
}
