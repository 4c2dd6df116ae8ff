//! The rules and operators on tensors alone: values computed without a tape, and nothing kept.

use super::contract::evaluate;
use super::elementwise::{After, Before, Map, Zip, Zip3};
use crate::array::strided::{Layout, walk};
use crate::array::{Element, Tensor};
use crate::number::{Dual, DualVector, Taylor};
use crate::real::{Real, Rule, Rule2, Rule3};
use crate::rule;
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, RemAssign, Sub, SubAssign};

/// What may stand beside a tensor in a function of two: another tensor, or a number.
pub trait TensorOperand<T: Element>: Sized {
    /// `rule(x, self)`
    #[track_caller]
    fn after<R: Rule2>(self, x: &Tensor<T>, rule: R) -> Tensor<T>;
    /// This operand as a tensor; a number has no axes.
    fn to_tensor(self) -> Tensor<T>;
}

impl<T: Element> TensorOperand<T> for &Tensor<T> {
    #[track_caller]
    fn after<R: Rule2>(self, x: &Tensor<T>, rule: R) -> Tensor<T> {
        evaluate(Zip(rule), [x, self])
    }
    fn to_tensor(self) -> Tensor<T> {
        self.clone()
    }
}

impl<T: Element> TensorOperand<T> for Tensor<T> {
    #[track_caller]
    fn after<R: Rule2>(self, x: &Tensor<T>, rule: R) -> Tensor<T> {
        evaluate(Zip(rule), [x, &self])
    }
    fn to_tensor(self) -> Tensor<T> {
        self
    }
}

impl<T: Element> TensorOperand<T> for T {
    fn after<R: Rule2>(self, x: &Tensor<T>, rule: R) -> Tensor<T> {
        evaluate(Before { rule, constant: self }, [x])
    }
    fn to_tensor(self) -> Tensor<T> {
        Tensor::scalar(self)
    }
}

macro_rules! tensor_methods {
    (
        one { $($method:ident $One:ident;)* }
        one_with { $(
            $with:ident($($parameter:ident: $Type:ty),*) $With:ident $(:: $new:ident)? ($($argument:expr),*),
                [$(($($sample:expr),*)),*];
        )* }
        two { $($method2:ident $Two:ident;)* }
        three { $($method3:ident $Three:ident;)* }
        operators $operators:tt
    ) => {
        /// Every rule, element by element.
        impl<T: Element> Tensor<T> {
            /// This tensor put through a rule of one argument, element by element.
            #[must_use]
            pub fn apply<R: Rule>(&self, rule: R) -> Self {
                evaluate(Map(rule), [self])
            }

            /// This tensor and another, or a number, put through a rule of two arguments, with broadcasting.
            ///
            /// # Panics
            /// When the shapes do not broadcast; so do the methods of such rules, and operators between tensors.
            #[must_use]
            #[track_caller]
            pub fn apply2<R: Rule2>(&self, other: impl TensorOperand<T>, rule: R) -> Self {
                other.after(self, rule)
            }

            /// This tensor and two others put through a rule of three arguments, with broadcasting.
            ///
            /// # Panics
            /// When the shapes do not broadcast.
            #[must_use]
            #[track_caller]
            pub fn apply3<R: Rule3>(
                &self,
                second: impl TensorOperand<T>,
                third: impl TensorOperand<T>,
                rule: R,
            ) -> Self {
                evaluate(Zip3(rule), [self, &second.to_tensor(), &third.to_tensor()])
            }

            $(
                #[doc = concat!("The rule [`", stringify!($One), "`](crate::rule::", stringify!($One),
                    "), element by element.")]
                #[must_use]
                pub fn $method(&self) -> Self {
                    self.apply($crate::rule::$One)
                }
            )*
            $(
                #[doc = concat!("The rule [`", stringify!($With), "`](crate::rule::", stringify!($With),
                    ") with parameters, element by element.")]
                #[must_use]
                #[track_caller]
                pub fn $with(&self $(, $parameter: $Type)*) -> Self {
                    self.apply($crate::rule::$With $(::$new)? ($($argument),*))
                }
            )*
            $(
                #[doc = concat!("The rule [`", stringify!($Two), "`](crate::rule::", stringify!($Two),
                    "), with broadcasting.")]
                #[must_use]
                #[track_caller]
                pub fn $method2(&self, other: impl TensorOperand<T>) -> Self {
                    self.apply2(other, $crate::rule::$Two)
                }
            )*
            $(
                #[doc = concat!("The rule [`", stringify!($Three), "`](crate::rule::", stringify!($Three),
                    "), with broadcasting.")]
                #[must_use]
                #[track_caller]
                pub fn $method3(&self, second: impl TensorOperand<T>, third: impl TensorOperand<T>) -> Self {
                    self.apply3(second, third, $crate::rule::$Three)
                }
            )*
        }
    };
}
for_each_rule!(tensor_methods);

macro_rules! operators {
    ($($Trait:ident $method:ident, $Assign:ident $assign:ident;)*) => { $(
        operators!(of_tensors $Trait $method, [Tensor<T>] [Tensor<T>]);
        operators!(of_tensors $Trait $method, [&Tensor<T>] [Tensor<T>]);
        operators!(of_tensors $Trait $method, [Tensor<T>] [&Tensor<T>]);
        operators!(of_tensors $Trait $method, [&Tensor<T>] [&Tensor<T>]);
        operators!(of_tensors $Trait $method, [Tensor<T>] [T]);
        operators!(of_tensors $Trait $method, [&Tensor<T>] [T]);
        operators!(number_first $Trait $method, [T: Element] Dual<T>);
        operators!(number_first $Trait $method, [T: Element, const L: usize] DualVector<T, L>);
        operators!(number_first $Trait $method, [T: Element, const K: usize] Taylor<T, K>);
        operators!(number_first $Trait $method, [] f32);
        operators!(number_first $Trait $method, [] f64);
        operators!(float $Trait $method, [] f32, Dual<f32>);
        operators!(float $Trait $method, [] f64, Dual<f64>);
        operators!(float $Trait $method, [const L: usize] f32, DualVector<f32, L>);
        operators!(float $Trait $method, [const L: usize] f64, DualVector<f64, L>);
        operators!(float $Trait $method, [const K: usize] f32, Taylor<f32, K>);
        operators!(float $Trait $method, [const K: usize] f64, Taylor<f64, K>);

        /// In place; the other tensor broadcasts to this one.
        impl<T: Element> $Assign<&Tensor<T>> for Tensor<T> {
            #[track_caller]
            fn $assign(&mut self, other: &Tensor<T>) {
                update(self, other, rule::$Trait);
            }
        }
        impl<T: Element> $Assign for Tensor<T> {
            #[track_caller]
            fn $assign(&mut self, other: Self) {
                update(self, &other, rule::$Trait);
            }
        }
        impl<T: Element> $Assign<T> for Tensor<T> {
            fn $assign(&mut self, number: T) {
                let elements = self.as_mut_slice();
                T::loops(|| elements.iter_mut().for_each(|x| *x = T::from_lane(x.lane().combine(number.lane(), rule::$Trait))));
            }
        }
    )* };
    (of_tensors $Trait:ident $method:ident, [$($Left:tt)*] [$($Right:tt)*]) => {
        impl<T: Element> $Trait<$($Right)*> for $($Left)* {
            type Output = Tensor<T>;
            #[track_caller]
            fn $method(self, other: $($Right)*) -> Tensor<T> {
                other.after(&self, rule::$Trait)
            }
        }
    };
    // a plain float beside a tensor of numbers that carry derivatives
    (float $Trait:ident $method:ident, [$($g:tt)*] $float:ty, $Number:ty) => {
        operators!(float_first $Trait $method, [$($g)*] $float, $Number, Tensor<$Number>);
        operators!(float_first $Trait $method, [$($g)*] $float, $Number, &Tensor<$Number>);
        operators!(float_last $Trait $method, [$($g)*] $float, $Number, Tensor<$Number>);
        operators!(float_last $Trait $method, [$($g)*] $float, $Number, &Tensor<$Number>);
    };
    (float_first $Trait:ident $method:ident, [$($g:tt)*] $float:ty, $Number:ty, $Tensor:ty) => {
        impl<$($g)*> $Trait<$Tensor> for $float {
            type Output = Tensor<$Number>;
            fn $method(self, x: $Tensor) -> Tensor<$Number> {
                $Trait::$method(<$Number>::constant(self), x)
            }
        }
    };
    (float_last $Trait:ident $method:ident, [$($g:tt)*] $float:ty, $Number:ty, $Tensor:ty) => {
        impl<$($g)*> $Trait<$float> for $Tensor {
            type Output = Tensor<$Number>;
            fn $method(self, number: $float) -> Tensor<$Number> {
                $Trait::$method(self, <$Number>::constant(number))
            }
        }
    };
    (number_first $Trait:ident $method:ident, [$($g:tt)*] $Number:ty) => {
        impl<$($g)*> $Trait<Tensor<$Number>> for $Number {
            type Output = Tensor<$Number>;
            fn $method(self, x: Tensor<$Number>) -> Tensor<$Number> {
                evaluate(After { rule: rule::$Trait, constant: self }, [&x])
            }
        }
        impl<$($g)*> $Trait<&Tensor<$Number>> for $Number {
            type Output = Tensor<$Number>;
            fn $method(self, x: &Tensor<$Number>) -> Tensor<$Number> {
                evaluate(After { rule: rule::$Trait, constant: self }, [x])
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

/// `x = rule(x, y)` in place.
#[track_caller]
fn update<T: Element, R: Rule2>(x: &mut Tensor<T>, y: &Tensor<T>, rule: R) {
    let shape = x.shape().clone();
    assert!(
        shape.broadcast(y.shape()).as_ref() == Some(&shape),
        "{} in place: shape {} does not broadcast to {shape}, the shape of the tensor that is written to",
        R::NAME,
        y.shape()
    );
    let (x, y_layout, y) = (x.as_mut_slice(), Layout::broadcast(y.shape(), &shape), y.as_slice());
    T::loops(|| {
        walk(&shape, [&Layout::dense(&shape), &y_layout], |run| {
            let [at, y_at] = run.at;
            let x = &mut x[at..at + run.length];
            if run.steps[1] == 1 {
                x.iter_mut().zip(&y[y_at..]).for_each(|(x, &y)| *x = T::from_lane(x.lane().apply2(y.lane(), rule)));
            } else {
                let each = x.iter_mut().enumerate();
                each.for_each(|(i, x)| *x = T::from_lane(x.lane().apply2(y[run.place(1, i)].lane(), rule)));
            }
        });
    });
}

impl<T: Element> Neg for Tensor<T> {
    type Output = Self;
    fn neg(self) -> Self {
        self.apply(rule::Neg)
    }
}
impl<T: Element> Neg for &Tensor<T> {
    type Output = Tensor<T>;
    fn neg(self) -> Tensor<T> {
        self.apply(rule::Neg)
    }
}

impl<T: Element> std::iter::Sum for Tensor<T> {
    #[track_caller]
    fn sum<I: Iterator<Item = Self>>(tensors: I) -> Self {
        let mut total: Option<Self> = None;
        for x in tensors {
            total = Some(match total {
                None => x,
                Some(total) => total + x,
            });
        }
        total.unwrap_or_else(|| Self::scalar(T::zero()))
    }
}
