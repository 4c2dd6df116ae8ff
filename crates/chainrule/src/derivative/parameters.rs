//! What derivatives are taken by: numbers and tensors in any arrangement.

use crate::array::{Element, Tensor};
use crate::number::Dual;
use crate::real::Real;
use crate::tape::{Value, Var};

/// Numbers or tensors in some arrangement, which can be taken apart and put together again around values of another kind: floats
/// become variables for a formula, and gradients come back in the arrangement of the point.
///
/// A number or tensor by itself is one, and so are arrays, slices, `Vec`s, and references to any of them. A struct of one's own
/// becomes one by saying how its fields are mapped:
///
/// ```
/// use chainrule::derivative::Parameters;
/// use chainrule::prelude::*;
/// use chainrule::tape::Value;
///
/// struct Line<T> {
///     slope: T,
///     intercept: T,
/// }
///
/// impl<T: Value> Parameters for Line<T> {
///     type Value = T;
///     type Of<U> = Line<U>;
///     fn map<U>(&self, mut to: impl FnMut(&T) -> U) -> Line<U> {
///         Line { slope: to(&self.slope), intercept: to(&self.intercept) }
///     }
/// }
///
/// let line = Line { slope: 2.0, intercept: 1.0 };
/// let gradient = grad(|line| (line.slope * 3.0 + line.intercept).powi(2), &line);
/// assert_eq!((gradient.slope, gradient.intercept), (42.0, 14.0));
/// ```
pub trait Parameters {
    /// What the parameters are: `f64`, a tensor, a number of another kind.
    type Value;
    /// The same arrangement of something else.
    type Of<U>;

    /// The same arrangement, each value replaced by what `to` makes of it. It must call `to` once for each value, always in the
    /// same order.
    fn map<U>(&self, to: impl FnMut(&Self::Value) -> U) -> Self::Of<U>;

    /// The values in order.
    fn flatten(&self) -> Vec<Self::Value>
    where
        Self::Value: Clone,
    {
        let mut flat = Vec::new();
        self.map(|value| flat.push(value.clone()));
        flat
    }

    /// This arrangement around other values, which come in the order of [`flatten`](Self::flatten).
    ///
    /// # Panics
    /// When there are fewer values than the arrangement has places.
    #[track_caller]
    fn rebuild<U>(&self, flat: impl IntoIterator<Item = U>) -> Self::Of<U> {
        let mut flat = flat.into_iter();
        self.map(|_| flat.next().expect("rebuild: fewer values than the parameters have places"))
    }
}

/// A value that is its own arrangement. (Not `f32`, for the reason told at [`Leaf`](super::Leaf).)
macro_rules! single {
    ($([$($g:tt)*] $V:ty),* $(,)?) => { $(
        impl<$($g)*> Parameters for $V {
            type Value = Self;
            type Of<U> = U;
            #[inline]
            fn map<U>(&self, mut to: impl FnMut(&Self) -> U) -> U {
                to(self)
            }
        }
    )* };
}
single!([] f64, [T: Real] Dual<T>, ['t, V: Value] Var<'t, V>, [T: Element] Tensor<T>);

impl<P: Parameters + ?Sized> Parameters for &P {
    type Value = P::Value;
    type Of<U> = P::Of<U>;
    #[inline]
    fn map<U>(&self, to: impl FnMut(&P::Value) -> U) -> P::Of<U> {
        P::map(self, to)
    }
}

impl<V, const N: usize> Parameters for [V; N] {
    type Value = V;
    type Of<U> = [U; N];
    #[inline]
    fn map<U>(&self, mut to: impl FnMut(&V) -> U) -> [U; N] {
        self.each_ref().map(|value| to(value))
    }
}

impl<V> Parameters for [V] {
    type Value = V;
    type Of<U> = Vec<U>;
    #[inline]
    fn map<U>(&self, to: impl FnMut(&V) -> U) -> Vec<U> {
        self.iter().map(to).collect()
    }
}

impl<V> Parameters for Vec<V> {
    type Value = V;
    type Of<U> = Vec<U>;
    #[inline]
    fn map<U>(&self, to: impl FnMut(&V) -> U) -> Vec<U> {
        self.iter().map(to).collect()
    }
}
