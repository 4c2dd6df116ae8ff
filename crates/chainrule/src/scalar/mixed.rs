//! Plain floats beside numbers of two levels: a formula with literals runs unchanged on variables over dual numbers,
//! variables over variables, and nested dual numbers.

use crate::number::{Dual, DualVector, Taylor};
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
        mixed_levels!(on_a_tape $float, ['t, const K: usize] Taylor<$float, K>, Taylor::constant);
        mixed_levels!(beneath $float, ['t] Var<'t, $float>, Var::constant);
        mixed_levels!(beneath $float, [] Dual<$float>, Dual::constant);
        mixed_levels!(beneath $float, [const M: usize] DualVector<$float, M>, DualVector::constant);
        mixed_levels!(beneath $float, [const M: usize] Taylor<$float, M>, Taylor::constant);
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
    (beneath $float:ident, [$($g:tt)*] $N:ty, $constant:expr) => {
        mixed!([$($g)*] Dual<$N>, $float, $constant);
        mixed_levels!(lanes_over $float, [$($g)*] $N, $constant, DualVector Taylor);
    };
    (lanes_over $float:ident, $g:tt $N:ty, $constant:expr, $($Kind:ident)*) => {
        $( mixed_levels!(lanes $float, $g $N, $constant, $Kind); )*
    };
    (lanes $float:ident, [$($g:tt)+] $N:ty, $constant:expr, $Kind:ident) => {
        mixed!([$($g)+, const L: usize] $Kind<$N, L>, $float, $constant);
    };
    (lanes $float:ident, [] $N:ty, $constant:expr, $Kind:ident) => {
        mixed!([const L: usize] $Kind<$N, L>, $float, $constant);
    };
}
mixed_levels!(f32 f64);

constant_before! {
    ['t, T: Real] Var<'t, T>, Dual<Var<'t, T>>;
    ['t, T: Real, const L: usize] Var<'t, T>, DualVector<Var<'t, T>, L>;
    ['t, T: Real, const K: usize] Var<'t, T>, Taylor<Var<'t, T>, K>;
}
