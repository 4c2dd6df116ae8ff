//! What every kind of number over another has beside the num-traits tower: the rules as methods, and operators with its own
//! kind and with constants.

use super::{Dual, DualVector, Taylor};
use crate::real::{Real, Rule2};

/// What may stand beside a number of the kind `N` in a function of two numbers: another one, or a constant of the kind beneath.
pub trait NumberOperand<N>: Copy {
    /// `rule(first, self)`
    #[must_use]
    #[track_caller]
    fn complete<R: Rule2>(self, first: N, rule: R) -> N;
    /// This operand as a number of that kind.
    #[must_use]
    fn to_number(self) -> N;
}

/// Implements the rules as methods, operators with `$N` and with constants on the right, `From<T>`, `Sum` and
/// [`NumberOperand`] for `$N`. It must have `Real`, `Neg`, and three functions of its own: `constant`, `before`, which is
/// `rule(self, c)` for a constant `c`, and `after`, which is `rule(c, self)`.
macro_rules! number_over {
    (
        one { $($method:ident $One:ident;)* }
        one_with { $(
            $with:ident($($parameter:ident: $Type:ty),*) $With:ident $(:: $new:ident)? ($($argument:expr),*),
                [$(($($sample:expr),*)),*];
        )* }
        two { $($method2:ident $Two:ident;)* }
        three { $($method3:ident $Three:ident;)* }
        operators $operators:tt
        for [$($g:tt)*] $N:ty
    ) => {
        /// Every rule as a method; they win over the methods of the same name of `Number` and `num_traits::Float`, so
        /// that a call is never ambiguous.
        impl<$($g)*> $N {
            $(
                #[doc = concat!("The rule [`", stringify!($One), "`](crate::rule::", stringify!($One), ").")]
                #[must_use]
                #[inline(always)]
                #[track_caller]
                pub fn $method(self) -> Self {
                    Real::apply(self, $crate::rule::$One)
                }
            )*
            $(
                #[doc = concat!("The rule [`", stringify!($With), "`](crate::rule::", stringify!($With),
                    ") with parameters; formula, slope and edges stand there.")]
                #[must_use]
                #[inline(always)]
                #[track_caller]
                pub fn $with(self $(, $parameter: $Type)*) -> Self {
                    Real::apply(self, $crate::rule::$With $(::$new)? ($($argument),*))
                }
            )*
            $(
                #[doc = concat!("The rule [`", stringify!($Two), "`](crate::rule::", stringify!($Two), ").")]
                #[must_use]
                #[inline(always)]
                #[track_caller]
                pub fn $method2(self, other: impl NumberOperand<Self>) -> Self {
                    other.complete(self, $crate::rule::$Two)
                }
            )*
            $(
                #[doc = concat!("The rule [`", stringify!($Three), "`](crate::rule::", stringify!($Three), ").")]
                #[must_use]
                #[inline(always)]
                #[track_caller]
                pub fn $method3(self, second: impl NumberOperand<Self>, third: impl NumberOperand<Self>) -> Self {
                    Real::apply3(self, second.to_number(), third.to_number(), $crate::rule::$Three)
                }
            )*
        }

        impl<$($g)*> NumberOperand<$N> for $N {
            #[inline(always)]
            #[track_caller]
            fn complete<R: Rule2>(self, first: Self, rule: R) -> Self {
                Real::apply2(first, self, rule)
            }
            fn to_number(self) -> Self {
                self
            }
        }
        impl<$($g)*> NumberOperand<$N> for T {
            #[inline(always)]
            #[track_caller]
            fn complete<R: Rule2>(self, first: $N, rule: R) -> $N {
                first.before(self, rule)
            }
            fn to_number(self) -> $N {
                <$N>::constant(self)
            }
        }

        number_over!(operator [$($g)*] $N: Add add);
        number_over!(operator [$($g)*] $N: Sub sub);
        number_over!(operator [$($g)*] $N: Mul mul);
        number_over!(operator [$($g)*] $N: Div div);
        number_over!(operator [$($g)*] $N: Rem rem);

        impl<$($g)*> From<T> for $N {
            #[inline(always)]
            fn from(value: T) -> Self {
                Self::constant(value)
            }
        }
        impl<$($g)*> std::iter::Sum for $N {
            #[track_caller]
            fn sum<I: Iterator<Item = Self>>(numbers: I) -> Self {
                numbers.fold(Self::constant(T::zero()), |sum, x| sum + x)
            }
        }
    };
    (operator [$($g:tt)*] $N:ty: $Trait:ident $method:ident) => {
        impl<$($g)*> std::ops::$Trait for $N {
            type Output = Self;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: Self) -> Self {
                Real::apply2(self, other, $crate::rule::$Trait)
            }
        }
        impl<$($g)*> std::ops::$Trait<T> for $N {
            type Output = Self;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: T) -> Self {
                self.before(other, $crate::rule::$Trait)
            }
        }
    };
}

macro_rules! every_kind {
    ($($rules:tt)*) => {
        number_over!($($rules)* for [T: Real] Dual<T>);
        number_over!($($rules)* for [T: Real, const L: usize] DualVector<T, L>);
        number_over!($($rules)* for [T: Real, const K: usize] Taylor<T, K>);
    };
}
for_each_rule!(every_kind);

/// Operators with a number of the kind beneath on the left, a constant to `$N`.
macro_rules! constant_before {
    ($([$($g:tt)*] $Base:ty, $N:ty;)*) => { $(
        constant_before!(operator [$($g)*] $Base, $N, Add add);
        constant_before!(operator [$($g)*] $Base, $N, Sub sub);
        constant_before!(operator [$($g)*] $Base, $N, Mul mul);
        constant_before!(operator [$($g)*] $Base, $N, Div div);
        constant_before!(operator [$($g)*] $Base, $N, Rem rem);
    )* };
    (operator [$($g:tt)*] $Base:ty, $N:ty, $Trait:ident $method:ident) => {
        impl<$($g)*> std::ops::$Trait<$N> for $Base {
            type Output = $N;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: $N) -> $N {
                other.after(self, $crate::rule::$Trait)
            }
        }
    };
}
constant_before! {
    [] f32, Dual<f32>;
    [] f64, Dual<f64>;
    [const L: usize] f32, DualVector<f32, L>;
    [const L: usize] f64, DualVector<f64, L>;
    [const K: usize] f32, Taylor<f32, K>;
    [const K: usize] f64, Taylor<f64, K>;
    [T: Real] Dual<T>, Dual<Dual<T>>;
    [T: Real, const L: usize] Dual<T>, DualVector<Dual<T>, L>;
    [T: Real, const K: usize] Dual<T>, Taylor<Dual<T>, K>;
    [T: Real, const L: usize] DualVector<T, L>, Dual<DualVector<T, L>>;
    [T: Real, const L: usize, const M: usize] DualVector<T, M>, DualVector<DualVector<T, M>, L>;
    [T: Real, const L: usize, const K: usize] DualVector<T, L>, Taylor<DualVector<T, L>, K>;
    [T: Real, const K: usize] Taylor<T, K>, Dual<Taylor<T, K>>;
    [T: Real, const L: usize, const K: usize] Taylor<T, K>, DualVector<Taylor<T, K>, L>;
    [T: Real, const K: usize, const J: usize] Taylor<T, J>, Taylor<Taylor<T, J>, K>;
}
