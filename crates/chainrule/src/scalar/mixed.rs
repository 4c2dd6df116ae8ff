//! Plain floats beside numbers of two levels: a formula with literals runs unchanged on variables over dual numbers,
//! variables over variables, and nested dual numbers.

use crate::number::Dual;
use crate::real::Real;
use crate::rule;
use crate::tape::{Operand, Var};
use std::cmp::Ordering;
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Rem, RemAssign, Sub, SubAssign};

/// Operators, comparisons and conversions between `$N` and `$float`; `$constant` makes the number beneath `$N` of a float.
macro_rules! mixed {
    ([$($g:tt)*] $N:ty, $float:ty, $constant:expr) => {
        mixed!(operator [$($g)*] $N, $float, $constant, Add add, AddAssign add_assign);
        mixed!(operator [$($g)*] $N, $float, $constant, Sub sub, SubAssign sub_assign);
        mixed!(operator [$($g)*] $N, $float, $constant, Mul mul, MulAssign mul_assign);
        mixed!(operator [$($g)*] $N, $float, $constant, Div div, DivAssign div_assign);
        mixed!(operator [$($g)*] $N, $float, $constant, Rem rem, RemAssign rem_assign);

        impl<$($g)*> From<$float> for $N {
            #[inline(always)]
            fn from(value: $float) -> Self {
                Self::from($constant(value))
            }
        }
        impl<$($g)*> PartialEq<$float> for $N {
            #[inline(always)]
            fn eq(&self, other: &$float) -> bool {
                *self == $constant(*other)
            }
        }
        impl<$($g)*> PartialOrd<$float> for $N {
            #[inline(always)]
            fn partial_cmp(&self, other: &$float) -> Option<Ordering> {
                self.partial_cmp(&$constant(*other))
            }
        }
    };
    (operator [$($g:tt)*] $N:ty, $float:ty, $constant:expr, $Trait:ident $method:ident, $Assign:ident $assign:ident) => {
        impl<$($g)*> $Trait<$float> for $N {
            type Output = Self;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: $float) -> Self {
                $Trait::$method(self, $constant(other))
            }
        }
        impl<$($g)*> $Trait<$N> for $float {
            type Output = $N;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: $N) -> $N {
                $Trait::$method($constant(self), other)
            }
        }
        impl<$($g)*> $Assign<$float> for $N {
            #[inline(always)]
            #[track_caller]
            fn $assign(&mut self, other: $float) {
                $Assign::$assign(self, $constant(other));
            }
        }
    };
}

macro_rules! mixed_levels {
    ($($float:ident)*) => { $(
        mixed!(['t] Var<'t, Dual<$float>>, $float, Dual::constant);
        mixed!(['t, 'o] Var<'t, Var<'o, $float>>, $float, Var::constant);
        impl<'t> Operand<'t, Dual<$float>> for $float {
            #[inline(always)]
            fn beside(self, _: Var<'t, Dual<$float>>) -> Var<'t, Dual<$float>> {
                Var::from(self)
            }
        }
        impl<'t, 'o> Operand<'t, Var<'o, $float>> for $float {
            #[inline(always)]
            fn beside(self, _: Var<'t, Var<'o, $float>>) -> Var<'t, Var<'o, $float>> {
                Var::from(self)
            }
        }
        mixed!([] Dual<Dual<$float>>, $float, Dual::constant);
        mixed!(['t] Dual<Var<'t, $float>>, $float, Var::constant);
    )* };
}
mixed_levels!(f32 f64);

/// A variable left of a dual number over such variables is a constant to the dual number.
macro_rules! variable_before_dual {
    ($($Trait:ident $method:ident),*) => { $(
        impl<'t, T: Real> $Trait<Dual<Var<'t, T>>> for Var<'t, T> {
            type Output = Dual<Var<'t, T>>;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: Dual<Var<'t, T>>) -> Self::Output {
                other.after(self, rule::$Trait)
            }
        }
    )* };
}
variable_before_dual!(Add add, Sub sub, Mul mul, Div div, Rem rem);
