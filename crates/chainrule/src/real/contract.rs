//! What a rule is: a value and its slopes, written once for every kind of number.

use super::Real;
use smallvec::SmallVec;
use std::borrow::Cow;

/// A differentiable function of one number, `y = f(x)`.
///
/// Whoever writes one gets it on every kind of number through `x.apply(MyRule)`: floats, dual numbers, variables of
/// scalar tapes, and variables over variables.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule::rule::Sigmoid;
/// use chainrule::{Real, Rule};
///
/// /// x sigmoid(x)
/// #[derive(Clone, Copy)]
/// struct Swish;
/// impl Rule for Swish {
///     const NAME: &'static str = "swish";
///     const PROBES: &'static [f64] = &[-4.0, 0.0, 2.0];
///     fn value<T: Real>(self, x: T) -> T {
///         x * x.apply(Sigmoid)
///     }
///     fn slope<T: Real>(self, x: T, y: T) -> T {
///         let s = x.apply(Sigmoid);
///         y + s * (T::one() - y)
///     }
/// }
///
/// let tape = ScalarTape::new();
/// let x = tape.var(0.7);
/// let g = x.apply(Swish).backward();
/// assert!((g.of(x) - 0.823386783473).abs() < 1e-12); // mpmath: s + x s (1 - s)
/// gradcheck(|[x]| x.apply(Swish), [0.7]).assert_ok();
/// ```
pub trait Rule: Copy + Send + Sync + 'static {
    /// What tables, graphs and errors call it, in lower case: `"tanh"`.
    const NAME: &'static str;

    /// Points at which the checker compares [`slope`](Self::slope) with finite differences. Must not be empty
    /// (that does not compile), and should hold points where the slope is neither zero nor about to jump.
    const PROBES: &'static [f64];

    /// `f(x)`, asked of plain floats only.
    fn value<T: Real>(self, x: T) -> T;

    /// `df/dx` at `x`, where `y` is `f(x)`; use `y` when the slope is cheaper from it.
    ///
    /// Written on [`Real`], since differentiating the slope gives the second derivative: avoid differences of nearly
    /// equal terms, also in the derivative of what you write. Functions of the library are at hand as
    /// `x.apply(Sigmoid)`.
    fn slope<T: Real>(self, x: T, y: T) -> T;

    /// Points where the function has a kink or a pole, each with the slope that is promised there.
    fn kinks(self) -> Vec<(f64, f64)> {
        Vec::new()
    }

    /// Whether the function has a kink, a jump or a pole at `x`; by default at the points of [`kinks`](Self::kinks). Where there are
    /// more than can be listed, as for `floor`, this says it.
    fn is_kink(self, x: f64) -> bool {
        self.kinks().iter().any(|&(kink, _)| kink == x)
    }

    /// The numbers that a rule with parameters was made with, as shown in tables: `powi(2)`.
    fn parameters(self) -> Vec<f64> {
        Vec::new()
    }

    /// The name shown for this very rule; differs from [`NAME`](Self::NAME) only where rules are made at run time.
    fn name(self) -> Cow<'static, str> {
        named(Self::NAME, &self.parameters())
    }
}

/// A differentiable function of two numbers, `z = f(x, y)`.
pub trait Rule2: Copy + Send + Sync + 'static {
    /// What tables, graphs and errors call it, in lower case: `"hypot"`.
    const NAME: &'static str;

    /// Points at which the checker compares [`slopes`](Self::slopes) with finite differences. Must not be empty.
    const PROBES: &'static [(f64, f64)];

    /// `f(x, y)`, asked of plain floats only.
    fn value<T: Real>(self, x: T, y: T) -> T;

    /// `(df/dx, df/dy)` at `x, y`, where `z` is `f(x, y)`.
    fn slopes<T: Real>(self, x: T, y: T, z: T) -> (T, T);

    /// `df/dx` when `y` is a constant. Its own method because a tie shared between two variables is not shared with a
    /// constant (`max(x, c)` has slope 0 at `x = c`), and because half of the slopes may be dear.
    fn slope_first<T: Real>(self, x: T, y: T, z: T) -> T {
        self.slopes(x, y, z).0
    }

    /// `df/dy` when `x` is a constant.
    fn slope_second<T: Real>(self, x: T, y: T, z: T) -> T {
        self.slopes(x, y, z).1
    }

    /// Points where the function has a kink or a pole, each with the slopes that are promised there:
    /// `(x, y, df/dx, df/dy)`.
    fn kinks(self) -> Vec<(f64, f64, f64, f64)> {
        Vec::new()
    }

    /// Whether the function has a kink or a pole at `(x, y)`; by default at the points of [`kinks`](Self::kinks).
    fn is_kink(self, x: f64, y: f64) -> bool {
        self.kinks().iter().any(|kink| (kink.0, kink.1) == (x, y))
    }

    /// The name shown for this very rule.
    fn name(self) -> Cow<'static, str> {
        Cow::Borrowed(Self::NAME)
    }
}

/// A differentiable function of three numbers, `w = f(x, y, z)`.
pub trait Rule3: Copy + Send + Sync + 'static {
    /// What tables, graphs and errors call it, in lower case: `"mul_add"`.
    const NAME: &'static str;

    /// Points at which the checker compares [`slopes`](Self::slopes) with finite differences. Must not be empty.
    const PROBES: &'static [[f64; 3]];

    /// `f(x, y, z)`, asked of plain floats only.
    fn value<T: Real>(self, arguments: [T; 3]) -> T;

    /// The three slopes at `arguments`, where `w` is the value there.
    fn slopes<T: Real>(self, arguments: [T; 3], w: T) -> [T; 3];
}

/// A differentiable function of any number of numbers, `y = f(x₁, x₂, ...)`: [`apply_many`](crate::apply_many) puts numbers of
/// every kind through it.
///
/// On a tape it is one node, however much `value` computes: nothing in it is recorded. Since `gradient` is written for every
/// [`Real`], there are derivatives of every order.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule::{Real, RuleOfMany, apply_many};
///
/// /// The squared length, by a routine that knows nothing of derivatives.
/// struct SquaredLength;
/// impl RuleOfMany for SquaredLength {
///     const NAME: &'static str = "squared_length";
///     fn value<T: Real>(&self, x: &[T]) -> T {
///         let routine = |x: Vec<f64>| x.iter().map(|x| x * x).sum(); // imagine a call into C
///         T::literal(routine(x.iter().map(|x| x.to_f64().unwrap()).collect()))
///     }
///     fn gradient<T: Real>(&self, x: &[T], _: T, gradient: &mut [T]) {
///         for (slope, &x) in gradient.iter_mut().zip(x) {
///             *slope = x + x;
///         }
///     }
/// }
///
/// assert_eq!(grad(|[x, y]| apply_many(&SquaredLength, &[x, y]), [3.0, 4.0]), [6.0, 8.0]);
/// gradcheck(|x| apply_many(&SquaredLength, &x), [3.0, 4.0]).assert_ok();
/// gradcheck_second_order(|x| apply_many(&SquaredLength, &x), [3.0, 4.0]).assert_ok();
/// ```
pub trait RuleOfMany {
    /// What tables, graphs and errors call it, in lower case.
    const NAME: &'static str;

    /// `f(x)`, asked of plain floats only.
    fn value<T: Real>(&self, x: &[T]) -> T;

    /// Writes `df/dxᵢ` at `x`, where `y` is `f(x)`, into element `i` of `gradient`; every element is 0 before.
    ///
    /// Differentiating it gives the second derivatives: it must be computed from `x` and `y` by numbers of type `T`, or by other
    /// rules.
    fn gradient<T: Real>(&self, x: &[T], y: T, gradient: &mut [T]);
}

/// The gradient of `rule` at `x`, where `y` is its value.
#[track_caller]
pub(crate) fn gradient_at<T: Real>(rule: &impl RuleOfMany, x: &[T], y: T) -> SmallVec<[T; 8]> {
    let mut gradient = SmallVec::from_elem(T::zero(), x.len());
    rule.gradient(x, y, &mut gradient);
    gradient
}

fn named(name: &'static str, parameters: &[f64]) -> Cow<'static, str> {
    if parameters.is_empty() {
        return Cow::Borrowed(name);
    }
    let parameters: Vec<String> = parameters.iter().map(ToString::to_string).collect();
    Cow::Owned(format!("{name}({})", parameters.join(", ")))
}
