//! Plain floats beside numbers of two levels: a formula with literals runs unchanged on variables over dual numbers,
//! variables over variables, and nested dual numbers.

use crate::number::{Dual, DualVector};
use crate::real::Real;
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
        mixed_levels!(on_a_tape $float, ['t, 'o] Var<'o, $float>, Var::constant);
        mixed_levels!(on_a_tape $float, ['t] Dual<$float>, Dual::constant);
        mixed_levels!(on_a_tape $float, ['t, const L: usize] DualVector<$float, L>, DualVector::constant);
        mixed!(['t] Dual<Var<'t, $float>>, $float, Var::constant);
        mixed!(['t, const L: usize] DualVector<Var<'t, $float>, L>, $float, Var::constant);
        mixed!([] Dual<Dual<$float>>, $float, Dual::constant);
        mixed!([const L: usize] Dual<DualVector<$float, L>>, $float, DualVector::constant);
        mixed!([const L: usize] DualVector<Dual<$float>, L>, $float, Dual::constant);
        mixed!([const L: usize, const M: usize] DualVector<DualVector<$float, M>, L>, $float, DualVector::constant);
    )* };
    (on_a_tape $float:ident, [$($g:tt)*] $N:ty, $constant:expr) => {
        mixed!([$($g)*] Var<'t, $N>, $float, $constant);
        impl<$($g)*> Operand<'t, $N> for $float {
            #[inline(always)]
            fn beside(self, _: Var<'t, $N>) -> Var<'t, $N> {
                Var::from(self)
            }
        }
    };
}
mixed_levels!(f32 f64);

constant_before! {
    ['t, T: Real] Var<'t, T>, Dual<Var<'t, T>>;
    ['t, T: Real, const L: usize] Var<'t, T>, DualVector<Var<'t, T>, L>;
}
