//! Floats as loops over tensors see them: their elementary functions are polynomials, which compute many at once.

use super::{Real, Rule, Rule2, Rule3, RuleOfMany};
use chainrule_kernels::math::{self, Error, Parts};
use num_traits::{Float, FloatConst, FromPrimitive, Num, NumCast, One, ToPrimitive, Zero};
use std::cmp::Ordering;
use std::fmt::{Debug, Display, Formatter, Result as Written};
use std::hint::select_unpredictable;
use std::num::FpCategory;
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, RemAssign, Sub, SubAssign};

/// A float within a loop over elements. Rules read it as any other number, so none is written twice; what the C library would
/// compute one at a time is a polynomial here ([decision 21](../../../../docs/decisions/0021-elementary-functions-as-polynomials.md)),
/// wherever [`math`] has one.
#[derive(Clone, Copy, Default)]
pub struct Lane<F>(
    /// The float.
    pub F,
);

/// A float that can be a [`Lane`].
pub trait Plain: Real + Parts + Error {}
impl Plain for f32 {}
impl Plain for f64 {}

macro_rules! operators {
    ($($Trait:ident $method:ident, $Assign:ident $assign:ident;)*) => { $(
        impl<F: $Trait<Output = F>> $Trait for Lane<F> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self($Trait::$method(self.0, other.0))
            }
        }
        impl<F: $Assign> $Assign for Lane<F> {
            #[inline(always)]
            fn $assign(&mut self, other: Self) {
                self.0.$assign(other.0);
            }
        }
    )* };
}
operators! {
    Add add, AddAssign add_assign;
    Sub sub, SubAssign sub_assign;
    Mul mul, MulAssign mul_assign;
    Div div, DivAssign div_assign;
    Rem rem, RemAssign rem_assign;
}

impl<F: Neg<Output = F>> Neg for Lane<F> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl<F: PartialEq> PartialEq for Lane<F> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

/// Every comparison by itself: by way of an `Ordering` they would be branches.
impl<F: PartialOrd> PartialOrd for Lane<F> {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.0.partial_cmp(&other.0)
    }
    #[inline(always)]
    fn lt(&self, other: &Self) -> bool {
        self.0 < other.0
    }
    #[inline(always)]
    fn le(&self, other: &Self) -> bool {
        self.0 <= other.0
    }
    #[inline(always)]
    fn gt(&self, other: &Self) -> bool {
        self.0 > other.0
    }
    #[inline(always)]
    fn ge(&self, other: &Self) -> bool {
        self.0 >= other.0
    }
}

impl<F: Debug> Debug for Lane<F> {
    fn fmt(&self, to: &mut Formatter<'_>) -> Written {
        self.0.fmt(to)
    }
}

impl<F: Display> Display for Lane<F> {
    fn fmt(&self, to: &mut Formatter<'_>) -> Written {
        self.0.fmt(to)
    }
}

impl<F: Plain> Zero for Lane<F> {
    #[inline(always)]
    fn zero() -> Self {
        Self(F::zero())
    }
    #[inline(always)]
    fn is_zero(&self) -> bool {
        self.0.is_zero()
    }
}

impl<F: Plain> One for Lane<F> {
    #[inline(always)]
    fn one() -> Self {
        Self(F::one())
    }
}

impl<F: Plain> Num for Lane<F> {
    type FromStrRadixErr = F::FromStrRadixErr;
    fn from_str_radix(text: &str, radix: u32) -> Result<Self, Self::FromStrRadixErr> {
        F::from_str_radix(text, radix).map(Self)
    }
}

impl<F: Plain> ToPrimitive for Lane<F> {
    fn to_i64(&self) -> Option<i64> {
        self.0.to_i64()
    }
    fn to_u64(&self) -> Option<u64> {
        self.0.to_u64()
    }
    #[inline(always)]
    fn to_f64(&self) -> Option<f64> {
        self.0.to_f64()
    }
}

impl<F: Plain> NumCast for Lane<F> {
    #[inline(always)]
    fn from<N: ToPrimitive>(number: N) -> Option<Self> {
        <F as NumCast>::from(number).map(Self)
    }
}

impl<F: Plain> FromPrimitive for Lane<F> {
    fn from_i64(number: i64) -> Option<Self> {
        <F as NumCast>::from(number).map(Self)
    }
    fn from_u64(number: u64) -> Option<Self> {
        <F as NumCast>::from(number).map(Self)
    }
}

/// Methods that the float beneath answers: constants, questions, and functions of one and of two.
macro_rules! beneath {
    (constants $Trait:ident: $($constant:ident)*) => { $(
        #[inline(always)]
        fn $constant() -> Self {
            Self(<F as $Trait>::$constant())
        }
    )* };
    (asks $($question:ident -> $Answer:ty),*) => { $(
        #[inline(always)]
        fn $question(self) -> $Answer {
            Float::$question(self.0)
        }
    )* };
    (unary $($function:ident)*) => { $(
        #[inline(always)]
        fn $function(self) -> Self {
            Self(Float::$function(self.0))
        }
    )* };
    (binary $($function:ident)*) => { $(
        #[inline(always)]
        fn $function(self, other: Self) -> Self {
            Self(Float::$function(self.0, other.0))
        }
    )* };
    (polynomials $($function:ident)*) => { $(
        #[inline(always)]
        fn $function(self) -> Self {
            Self(math::$function(self.0))
        }
    )* };
}

impl<F: Plain> FloatConst for Lane<F> {
    beneath!(constants FloatConst: E FRAC_1_PI FRAC_1_SQRT_2 FRAC_2_PI FRAC_2_SQRT_PI FRAC_PI_2 FRAC_PI_3 FRAC_PI_4 FRAC_PI_6
        FRAC_PI_8 LN_10 LN_2 LOG10_E LOG2_E PI SQRT_2 TAU LOG10_2 LOG2_10);
}

impl<F: Plain> Float for Lane<F> {
    beneath!(constants Float: nan infinity neg_infinity neg_zero min_value min_positive_value max_value epsilon);
    beneath!(asks is_nan -> bool, is_infinite -> bool, is_finite -> bool, is_normal -> bool, is_subnormal -> bool,
        is_sign_positive -> bool, is_sign_negative -> bool, classify -> FpCategory, integer_decode -> (u64, i16, i8));
    beneath!(unary floor ceil round trunc fract abs signum recip sqrt cbrt sin cos tan asin acos atan asinh acosh atanh
        to_degrees to_radians);
    beneath!(binary powf log max min abs_sub hypot atan2 copysign);
    beneath!(polynomials exp exp2 exp_m1 ln log2 log10 ln_1p sinh cosh tanh);

    #[inline(always)]
    fn mul_add(self, a: Self, b: Self) -> Self {
        Self(Float::mul_add(self.0, a.0, b.0))
    }

    #[inline(always)]
    fn powi(self, exponent: i32) -> Self {
        Self(Float::powi(self.0, exponent))
    }

    #[inline(always)]
    fn sin_cos(self) -> (Self, Self) {
        let (sin, cos) = Float::sin_cos(self.0);
        (Self(sin), Self(cos))
    }
}

impl<F: Plain> Real for Lane<F> {
    const PLAIN: bool = true;
    const ORDER: usize = 0;

    #[inline(always)]
    fn literal(value: f64) -> Self {
        Self(F::literal(value))
    }

    #[inline(always)]
    fn is_nothing(self) -> bool {
        self.0.is_nothing()
    }

    #[inline(always)]
    fn holds_nan(self) -> bool {
        self.0.holds_nan()
    }

    #[inline(always)]
    fn chain(self, upstream: Self) -> Self {
        let product = self.0 * upstream.0;
        // A NaN that neither factor brought along is 0 times infinity. All three are looked at, as a branch would be dearer.
        let masked = Float::is_nan(product) & !(Float::is_nan(self.0) | Float::is_nan(upstream.0));
        Self(select_unpredictable(masked, F::zero(), product))
    }

    #[inline(always)]
    fn apply<R: Rule>(self, rule: R) -> Self {
        rule.value(self)
    }

    #[inline(always)]
    fn apply2<R: Rule2>(self, other: Self, rule: R) -> Self {
        rule.value(self, other)
    }

    #[inline(always)]
    fn apply3<R: Rule3>(self, second: Self, third: Self, rule: R) -> Self {
        rule.value([self, second, third])
    }

    fn apply_many<R: RuleOfMany>(arguments: &[Self], rule: &R) -> Self {
        rule.value(arguments)
    }

    #[inline(always)]
    fn erf(self) -> Self {
        Self(Error::erf(self.0))
    }

    #[inline(always)]
    fn erfc(self) -> Self {
        Self(Error::erfc(self.0))
    }

    fn lgamma(self) -> Self {
        Self(self.0.lgamma())
    }

    fn polygamma(self, order: u32) -> Self {
        Self(self.0.polygamma(order))
    }
}
