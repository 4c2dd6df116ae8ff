//! Operators between variables and plain values, on either side.

use super::{Value, Var};
use crate::number::{Dual, DualVector, Taylor};
use crate::real::Real;
use crate::rule;
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

macro_rules! operators {
    ($($Trait:ident $method:ident),*) => { $(
        impl<V: Value> $Trait for Var<'_, V> {
            type Output = Self;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: Self) -> Self {
                V::apply2(self, other, rule::$Trait)
            }
        }
        /// With a constant on the right: a plain value, or a variable of an outer tape.
        impl<V: Value> $Trait<V> for Var<'_, V> {
            type Output = Self;
            #[inline(always)]
            #[track_caller]
            fn $method(self, constant: V) -> Self {
                V::apply2(self, V::beside(constant, self), rule::$Trait)
            }
        }
        /// With a variable of an outer tape on the left, a constant to the inner one.
        impl<'t, 'o, T: Real> $Trait<Var<'t, Var<'o, T>>> for Var<'o, T> {
            type Output = Var<'t, Var<'o, T>>;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: Var<'t, Var<'o, T>>) -> Self::Output {
                Value::apply2(Value::beside(self, other), other, rule::$Trait)
            }
        }
        operators!(number_first $Trait $method [T: Real] Dual<T>);
        operators!(number_first $Trait $method [T: Real, const L: usize] DualVector<T, L>);
        operators!(number_first $Trait $method [T: Real, const K: usize] Taylor<T, K>);
        operators!(from_the_left $Trait $method f32 f64);
    )* };
    (number_first $Trait:ident $method:ident [$($g:tt)*] $N:ty) => {
        /// With a number on the left, a constant to the tape of such numbers.
        impl<'t, $($g)*> $Trait<Var<'t, $N>> for $N {
            type Output = Var<'t, $N>;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: Var<'t, $N>) -> Self::Output {
                Value::apply2(Value::beside(self, other), other, rule::$Trait)
            }
        }
    };
    (from_the_left $Trait:ident $method:ident $($float:ident)*) => { $(
        impl<'t> $Trait<Var<'t, $float>> for $float {
            type Output = Var<'t, $float>;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: Var<'t, $float>) -> Var<'t, $float> {
                Value::apply2(Value::beside(self, other), other, rule::$Trait)
            }
        }
    )* };
}
operators!(Add add, Sub sub, Mul mul, Div div, Rem rem);

impl<V: Value> Neg for Var<'_, V> {
    type Output = Self;
    #[inline(always)]
    #[track_caller]
    fn neg(self) -> Self {
        V::apply(self, rule::Neg)
    }
}
