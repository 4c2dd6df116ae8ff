//! A rule around functions that know nothing of this library.

use crate::real::{Real, Rule};
use std::borrow::Cow;

/// A function `fn(f64) -> f64` written elsewhere, with its derivative, as a rule.
///
/// `derivatives[0]` is the function, `derivatives[1]` its derivative, and so on as far as they are known. For `f32` the
/// functions are evaluated in `f64` and rounded.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule::rule::Foreign;
///
/// fn table_lookup(x: f64) -> f64 { x * x * x } // imagine a call into C
/// fn table_slope(x: f64) -> f64 { 3.0 * x * x }
///
/// let cube = Foreign::new("cube", &[table_lookup, table_slope]);
/// let tape = ScalarTape::new();
/// let x = tape.var(2.0);
/// assert_eq!(x.apply(cube).backward().of(x), 12.0);
/// ```
///
/// # Panics
/// A derivative of higher order than was given panics and says so, rather than being silently zero.
#[derive(Clone, Copy, Debug)]
pub struct Foreign {
    name: &'static str,
    order: usize,
    derivatives: &'static [fn(f64) -> f64],
}

impl Foreign {
    /// A rule with this name, from the function and its derivatives in rising order.
    ///
    /// # Panics
    /// When fewer than two functions are given: the value and the first derivative are the least that is needed.
    #[track_caller]
    pub fn new(name: &'static str, derivatives: &'static [fn(f64) -> f64]) -> Self {
        assert!(derivatives.len() >= 2, "Foreign::new({name:?}): give the function and its derivative, in this order");
        Self { name, order: 0, derivatives }
    }

    fn at<T: Real>(self, order: usize, x: T) -> T {
        let Some(function) = self.derivatives.get(order) else {
            panic!(
                "the derivative of order {order} of the foreign function `{}` was asked for, but only {} were given: \
                 add it to the list of Foreign::new",
                self.name,
                self.derivatives.len() - 1
            )
        };
        T::literal(function(x.to_f64().unwrap_or(f64::NAN)))
    }
}

impl Rule for Foreign {
    const NAME: &'static str = "foreign";
    const PROBES: &'static [f64] = &[0.5, 1.5];
    fn value<T: Real>(self, x: T) -> T {
        if T::PLAIN { self.at(self.order, x) } else { x.apply(self) }
    }
    fn slope<T: Real>(self, x: T, _: T) -> T {
        if T::PLAIN { self.at(self.order + 1, x) } else { x.apply(Self { order: self.order + 1, ..self }) }
    }
    fn name(self) -> Cow<'static, str> {
        Cow::Borrowed(self.name)
    }
}
