//! The kinds of number that formulas run on, and what a formula may ask of them.

#[macro_use]
mod tower;
mod dual;
mod dual_vector;
#[macro_use]
mod over;
mod taylor;

pub use dual::Dual;
pub use dual_vector::DualVector;
pub use over::NumberOperand;
pub use taylor::Taylor;
pub(crate) use tower::Over;

use crate::real::{Real, Rule, Rule2, Rule3};
use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, RemAssign, Sub, SubAssign};

/// The operators that every [`Number`] has, between numbers of its own kind.
pub trait Operators:
    Sized
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Rem<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + RemAssign
{
}
impl<N> Operators for N where
    N: Add<Output = N>
        + Sub<Output = N>
        + Mul<Output = N>
        + Div<Output = N>
        + Rem<Output = N>
        + Neg<Output = N>
        + AddAssign
        + SubAssign
        + MulAssign
        + DivAssign
        + RemAssign
{
}

macro_rules! number_trait {
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
        /// What a formula asks for: written once, it runs on floats, dual numbers and variables.
        ///
        /// All rules of [`crate::rule`] are methods; constants come from [`Number::literal`]. Formulas that branch on a
        /// value, or that must also serve code without this library, ask for `num_traits::Float` instead.
        ///
        /// ```
        /// use chainrule::prelude::*;
        ///
        /// fn rosenbrock<N: Number>(x: N, y: N) -> N {
        ///     (N::literal(1.0) - x).powi(2) + N::literal(100.0) * (y - x * x).powi(2)
        /// }
        ///
        /// assert_eq!(rosenbrock(1.0, 2.0), 100.0); // floats
        /// assert_eq!(rosenbrock(Dual::variable(1.0), Dual::constant(2.0)).epsilon, -400.0); // forward
        /// let tape = ScalarTape::new();
        /// let (x, y) = (tape.var(1.0), tape.var(2.0));
        /// let g = rosenbrock(x, y).backward(); // reverse
        /// assert_eq!((g.of(x), g.of(y)), (-400.0, 200.0));
        /// ```
        pub trait Number: Copy + Debug + Operators {
            /// The constant `value`.
            fn literal(value: f64) -> Self;

            /// This number put through a rule of one argument.
            #[must_use]
            #[track_caller]
            fn apply<R: Rule>(self, rule: R) -> Self;

            /// This number and another put through a rule of two arguments. One that does not vary, such as a literal, counts
            /// as a constant.
            #[must_use]
            #[track_caller]
            fn apply2<R: Rule2>(self, other: Self, rule: R) -> Self;

            /// This number and two others put through a rule of three arguments.
            #[must_use]
            #[track_caller]
            fn apply3<R: Rule3>(self, second: Self, third: Self, rule: R) -> Self;

            $(
                #[doc = concat!("The rule [`", stringify!($One), "`](crate::rule::", stringify!($One),
                    "), where formula, slope and edges stand.")]
                #[must_use]
                #[track_caller]
                fn $method(self) -> Self {
                    self.apply($crate::rule::$One)
                }
            )*
            $(
                #[doc = concat!("The rule [`", stringify!($With), "`](crate::rule::", stringify!($With),
                    ") with parameters; formula, slope and edges stand there.")]
                #[must_use]
                #[track_caller]
                fn $with(self $(, $parameter: $Type)*) -> Self {
                    self.apply($crate::rule::$With $(::$new)? ($($argument),*))
                }
            )*
            $(
                #[doc = concat!("The rule [`", stringify!($Two), "`](crate::rule::", stringify!($Two),
                    "), where formula, slopes and edges stand.")]
                #[must_use]
                #[track_caller]
                fn $method2(self, other: Self) -> Self {
                    self.apply2(other, $crate::rule::$Two)
                }
            )*
            $(
                #[doc = concat!("The rule [`", stringify!($Three), "`](crate::rule::", stringify!($Three),
                    "), where formula, slopes and edges stand.")]
                #[must_use]
                #[track_caller]
                fn $method3(self, second: Self, third: Self) -> Self {
                    self.apply3(second, third, $crate::rule::$Three)
                }
            )*
        }
    };
}
for_each_rule!(number_trait);

impl<T: Real> Number for T {
    #[inline(always)]
    fn literal(value: f64) -> Self {
        Real::literal(value)
    }
    #[inline(always)]
    fn apply<R: Rule>(self, rule: R) -> Self {
        Real::apply(self, rule)
    }
    #[inline(always)]
    fn apply2<R: Rule2>(self, other: Self, rule: R) -> Self {
        Real::combine(self, other, rule)
    }
    #[inline(always)]
    fn apply3<R: Rule3>(self, second: Self, third: Self, rule: R) -> Self {
        Real::apply3(self, second, third, rule)
    }
}

/// `a` where the condition holds, else `b`; the value not chosen contributes nothing at all, whatever its slope.
///
/// For numbers this is `if`, and records nothing. It has its own name so that a formula for scalars reads as it will on
/// tensors.
///
/// ```
/// use chainrule::prelude::*;
/// let tape = ScalarTape::new();
/// let x = tape.var(-4.0);
/// let y = select(x > 0.0, x.sqrt(), x); // sqrt(-4) is NaN, and not taken
/// assert_eq!(y.backward().of(x), 1.0);
/// ```
pub fn select<N: Number>(condition: bool, a: N, b: N) -> N {
    if condition { a } else { b }
}
