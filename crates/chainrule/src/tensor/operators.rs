//! Operators between variables of tensors and what may stand beside them.

use crate::array::{Element, Tensor};
use crate::number::{Dual, DualVector, Taylor};
use crate::rule;
use crate::tape::{Operand, Value, Var};
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Rem, RemAssign, Sub, SubAssign};

macro_rules! operators {
    ($($Trait:ident $method:ident, $Assign:ident $assign:ident;)*) => { $(
        operators!(right [T: Element] T, Tensor<T>, $Trait $method);
        operators!(right [T: Element] &Tensor<T>, Tensor<T>, $Trait $method);
        operators!(left [T: Element] Tensor<T>, Tensor<T>, $Trait $method);
        operators!(left [T: Element] &Tensor<T>, Tensor<T>, $Trait $method);
        operators!(left [] f32, Tensor<f32>, $Trait $method);
        operators!(left [] f64, Tensor<f64>, $Trait $method);
        operators!(moving [T: Element] [] Dual, , $Trait $method);
        operators!(moving [T: Element, const L: usize] [const L: usize] DualVector, L, $Trait $method);
        operators!(moving [T: Element, const K: usize] [const K: usize] Taylor, K, $Trait $method);

        impl<'t, T: Element, X> $Assign<X> for Var<'t, Tensor<T>>
        where
            Self: $Trait<X, Output = Self>,
        {
            #[track_caller]
            fn $assign(&mut self, other: X) {
                *self = $Trait::$method(*self, other);
            }
        }
    )* };
    // numbers that carry derivatives, on the left, and plain floats beside tensors of them
    (moving [$($g:tt)*] $of_float:tt $N:ident, $($length:ident)?, $Trait:ident $method:ident) => {
        operators!(left [$($g)*] $N<T $(, $length)?>, Tensor<$N<T $(, $length)?>>, $Trait $method);
        operators!(right $of_float f32, Tensor<$N<f32 $(, $length)?>>, $Trait $method);
        operators!(right $of_float f64, Tensor<$N<f64 $(, $length)?>>, $Trait $method);
        operators!(left $of_float f32, Tensor<$N<f32 $(, $length)?>>, $Trait $method);
        operators!(left $of_float f64, Tensor<$N<f64 $(, $length)?>>, $Trait $method);
    };
    (right [$($g:tt)*] $Right:ty, $V:ty, $Trait:ident $method:ident) => {
        impl<'t, $($g)*> $Trait<$Right> for Var<'t, $V> {
            type Output = Self;
            #[track_caller]
            fn $method(self, other: $Right) -> Self {
                Value::apply2(self, other.beside(self), rule::$Trait)
            }
        }
    };
    (left [$($g:tt)*] $Left:ty, $V:ty, $Trait:ident $method:ident) => {
        impl<'t, $($g)*> $Trait<Var<'t, $V>> for $Left {
            type Output = Var<'t, $V>;
            #[track_caller]
            fn $method(self, other: Var<'t, $V>) -> Self::Output {
                Value::apply2(Operand::beside(self, other), other, rule::$Trait)
            }
        }
    };
}
operators! {
    Add add, AddAssign add_assign;
    Sub sub, SubAssign sub_assign;
    Mul mul, MulAssign mul_assign;
    Div div, DivAssign div_assign;
    Rem rem, RemAssign rem_assign;
}

macro_rules! floats_beside {
    ($([$($g:tt)*] $float:ident, $N:ty, $constant:expr;)*) => { $(
        impl<'t, $($g)*> Operand<'t, Tensor<$N>> for $float {
            fn beside(self, _: Var<'t, Tensor<$N>>) -> Var<'t, Tensor<$N>> {
                Var::literal($constant(self))
            }
        }
    )* };
}
floats_beside! {
    [] f32, Dual<f32>, Dual::constant;
    [] f64, Dual<f64>, Dual::constant;
    [const L: usize] f32, DualVector<f32, L>, DualVector::constant;
    [const L: usize] f64, DualVector<f64, L>, DualVector::constant;
    [const K: usize] f32, Taylor<f32, K>, Taylor::constant;
    [const K: usize] f64, Taylor<f64, K>, Taylor::constant;
}

impl<T: Element> std::iter::Sum for Var<'_, Tensor<T>> {
    #[track_caller]
    fn sum<I: Iterator<Item = Self>>(tensors: I) -> Self {
        let mut total = None;
        for x in tensors {
            total = Some(match total {
                None => x,
                Some(total) => total + x,
            });
        }
        total.unwrap_or_else(|| Var::literal(T::zero()))
    }
}
