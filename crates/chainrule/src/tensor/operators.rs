//! Operators between variables of tensors and what may stand beside them.

use crate::array::{Element, Tensor};
use crate::number::Dual;
use crate::rule;
use crate::tape::{Operand, Value, Var};
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Rem, RemAssign, Sub, SubAssign};

macro_rules! operators {
    ($($Trait:ident $method:ident, $Assign:ident $assign:ident;)*) => { $(
        operators!(right [T: Element] T, Tensor<T>, $Trait $method);
        operators!(right [T: Element] &Tensor<T>, Tensor<T>, $Trait $method);
        operators!(left [T: Element] Tensor<T>, Tensor<T>, $Trait $method);
        operators!(left [T: Element] &Tensor<T>, Tensor<T>, $Trait $method);
        operators!(left [T: Element] Dual<T>, Tensor<Dual<T>>, $Trait $method);
        operators!(left [] f32, Tensor<f32>, $Trait $method);
        operators!(left [] f64, Tensor<f64>, $Trait $method);
        operators!(right [] f32, Tensor<Dual<f32>>, $Trait $method);
        operators!(right [] f64, Tensor<Dual<f64>>, $Trait $method);
        operators!(left [] f32, Tensor<Dual<f32>>, $Trait $method);
        operators!(left [] f64, Tensor<Dual<f64>>, $Trait $method);

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

macro_rules! floats_beside_duals {
    ($($float:ident)*) => { $(
        impl<'t> Operand<'t, Tensor<Dual<$float>>> for $float {
            fn beside(self, _: Var<'t, Tensor<Dual<$float>>>) -> Var<'t, Tensor<Dual<$float>>> {
                Var::literal(Dual::constant(self))
            }
        }
    )* };
}
floats_beside_duals!(f32 f64);

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
