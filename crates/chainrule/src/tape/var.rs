//! The handle to a value.

use super::{Operand, Tape, Value};
use crate::real::{Real, Rule, Rule2, Rule3};

/// A value on a tape, or a constant that belongs to none. It is `Copy`: formulas need neither `&` nor `.clone()`.
///
/// Operators stand between two variables and between a variable and a plain value of its type, on either side; every rule of
/// [`crate::rule`] is a method. Variables of numbers also implement the num-traits tower up to `Float`, so that generic
/// numeric code differentiates as it stands. They are compared by value alone.
///
/// # Panics
/// Combining variables of two tapes panics; to use a variable of an outer tape on an inner one (`Tape<Var<'_, f64>>`), lift
/// it with [`Tape::constant`], or write it beside the inner variable as a plain value. Variables of tensors panic where their shapes
/// do not broadcast.
pub struct Var<'t, V: Value> {
    pub(crate) tape: Option<&'t Tape<V>>,
    pub(crate) handle: V::Handle,
}

#[expect(clippy::expl_impl_clone_on_copy, reason = "a derive would ask for `V: Copy`, and tensors are not")]
impl<V: Value> Clone for Var<'_, V> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<V: Value> Copy for Var<'_, V> {}

impl<T: Real> From<T> for Var<'_, T> {
    #[inline(always)]
    fn from(value: T) -> Self {
        Self::constant(value)
    }
}

impl<'t, V: Value> Var<'t, V> {
    /// The value itself.
    #[inline(always)]
    pub fn value(self) -> V {
        V::value(self)
    }

    /// The tape this value stands on; a constant has none.
    pub fn tape(self) -> Option<&'t Tape<V>> {
        self.tape
    }

    /// Whether this value has no tape, and so no gradient.
    #[inline(always)]
    pub fn is_constant(self) -> bool {
        self.tape.is_none()
    }

    /// The same value without its history: no gradient flows through it.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// assert_eq!(grad(|x| x.detach() * x, 3.0), 3.0); // and not 6
    /// ```
    #[must_use]
    pub fn detach(self) -> Self {
        V::beside(self.value(), self)
    }

    /// The same value as a node of its own, so that its gradient can be asked for: a plain tape of numbers folds functions
    /// of one variable, and operations with constants, into their argument.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = ScalarTape::new();
    /// let x = tape.var(0.5);
    /// let e = x.exp().keep();
    /// assert_eq!((e * e).backward().of(e), 2.0 * 0.5f64.exp());
    /// ```
    #[must_use]
    #[inline]
    #[track_caller]
    pub fn keep(self) -> Self {
        V::keep(self)
    }

    /// Names this value in tables and pictures. Only a traced tape keeps names, and only of what stands on it: a constant beside
    /// numbers does not, a constant on a tape of tensors does. Elsewhere this does nothing.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = ScalarTape::traced();
    /// let x = tape.var(2.0).named("x");
    /// assert_eq!(tape.steps()[0].name.as_deref(), Some("x"));
    /// # let _ = x;
    /// ```
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        if let Some(tape) = self.tape
            && let Some(trace) = &tape.trace
            && let Some(at) = V::place(self)
        {
            trace.name(at, name);
        }
        self
    }

    /// This value put through a rule of one argument.
    #[must_use]
    #[inline(always)]
    #[track_caller]
    pub fn apply<R: Rule>(self, rule: R) -> Self {
        V::apply(self, rule)
    }

    /// This value and another put through a rule of two arguments.
    #[must_use]
    #[inline(always)]
    #[track_caller]
    pub fn apply2<R: Rule2>(self, other: impl Operand<'t, V>, rule: R) -> Self {
        V::apply2(self, other.beside(self), rule)
    }

    /// This value and two others put through a rule of three arguments.
    #[must_use]
    #[inline(always)]
    #[track_caller]
    pub fn apply3<R: Rule3>(self, second: impl Operand<'t, V>, third: impl Operand<'t, V>, rule: R) -> Self {
        V::apply3([self, second.beside(self), third.beside(self)], rule)
    }
}

macro_rules! var_methods {
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
        /// Every rule as a method; they win over the methods of the same name of `Number` and `num_traits::Float`, so
        /// that a call is never ambiguous.
        impl<'t, V: Value> Var<'t, V> {
            $(
                #[doc = concat!("The rule [`", stringify!($One), "`](crate::rule::", stringify!($One), ").")]
                #[must_use]
                #[inline(always)]
                #[track_caller]
                pub fn $method(self) -> Self {
                    V::apply(self, $crate::rule::$One)
                }
            )*
            $(
                #[doc = concat!("The rule [`", stringify!($With), "`](crate::rule::", stringify!($With),
                    ") with parameters; formula, slope and edges stand there.")]
                #[must_use]
                #[inline(always)]
                #[track_caller]
                pub fn $with(self $(, $parameter: $Type)*) -> Self {
                    V::apply(self, $crate::rule::$With $(::$new)? ($($argument),*))
                }
            )*
            $(
                #[doc = concat!("The rule [`", stringify!($Two), "`](crate::rule::", stringify!($Two), ").")]
                #[must_use]
                #[inline(always)]
                #[track_caller]
                pub fn $method2(self, other: impl Operand<'t, V>) -> Self {
                    V::apply2(self, other.beside(self), $crate::rule::$Two)
                }
            )*
            $(
                #[doc = concat!("The rule [`", stringify!($Three), "`](crate::rule::", stringify!($Three), ").")]
                #[must_use]
                #[inline(always)]
                #[track_caller]
                pub fn $method3(self, second: impl Operand<'t, V>, third: impl Operand<'t, V>) -> Self {
                    V::apply3([self, second.beside(self), third.beside(self)], $crate::rule::$Three)
                }
            )*
        }
    };
}
for_each_rule!(var_methods);

#[cold]
#[inline(never)]
#[track_caller]
pub(crate) fn foreign_tape(asked: &str) -> ! {
    panic!(
        "{asked}: the operands are variables of different tapes; make all variables of one computation on the same tape, \
         or lift an outer variable with `inner_tape.constant(outer)`; \
         a block that is preaccumulated takes every variable that it uses as an input"
    )
}
