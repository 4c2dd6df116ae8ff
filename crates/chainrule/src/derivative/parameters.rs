//! What derivatives are taken by: numbers and tensors in any arrangement.

use crate::array::{Element, Tensor};
use crate::number::{Dual, DualVector, Taylor};
use crate::real::Real;
use crate::tape::{Value, Var};

/// Numbers or tensors in some arrangement, which can be taken apart and put together again around values of another kind: floats
/// become variables for a formula, and gradients come back in the arrangement of the point.
///
/// A number or tensor by itself is one, and so are arrays, slices, `Vec`s, and references to any of them. A struct of one's own
/// becomes one by a line of [`parameters!`](crate::parameters):
///
/// ```
/// use chainrule::prelude::*;
///
/// struct Line<T> {
///     slope: T,
///     intercept: T,
/// }
/// parameters!(Line { slope, intercept });
///
/// let line = Line { slope: 2.0, intercept: 1.0 };
/// let gradient = grad(|line| (line.slope * 3.0 + line.intercept).powi(2), &line);
/// assert_eq!((gradient.slope, gradient.intercept), (42.0, 14.0));
/// ```
///
/// For optimizers, which know nothing but vectors, there are [`flatten`](Self::flatten) and [`rebuild`](Self::rebuild):
///
/// ```
/// use chainrule::derivative::Parameters;
/// # struct Line<T> { slope: T, intercept: T }
/// # chainrule::parameters!(Line { slope, intercept });
/// let line = Line { slope: 2.0, intercept: 1.0 };
/// assert_eq!(line.flatten(), [2.0, 1.0]);
/// assert_eq!(line.rebuild([5.0, 6.0]).intercept, 6.0);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no point to take derivatives at, and no result of a function",
    label = "neither a number (`f64`), nor an array, slice, `Vec`, tensor or struct of parameters",
    note = "write several numbers as an array, `[x, y]`; a struct of one's own takes a line: `parameters!(Line {{ slope, intercept }});`",
    note = "for `f32`, call the method of a tape, with an array: `Tape::<f32>::new().grad(f, [x])`"
)]
pub trait Parameters {
    /// What the parameters are: `f64`, a tensor, a number of another kind.
    type Value;
    /// The same arrangement of something else.
    type Of<U>;

    /// The same arrangement, each value replaced by what `to` makes of it. It must call `to` once for each value, always in the
    /// same order.
    fn map<U>(&self, to: impl FnMut(&Self::Value) -> U) -> Self::Of<U>;

    /// Hands each thing of such an arrangement, as of a gradient, to `visit`, in the order of [`map`](Self::map).
    fn for_each<U>(&self, arranged: Self::Of<U>, visit: impl FnMut(U));

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

/// How many values there are.
pub(super) fn count<P: Parameters>(x: &P) -> usize {
    let mut count = 0;
    x.map(|_| count += 1);
    count
}

/// The things of an arrangement in order.
pub(super) fn flat<P: Parameters, U>(x: &P, arranged: P::Of<U>) -> Vec<U> {
    let mut flat = Vec::new();
    x.for_each(arranged, |one| flat.push(one));
    flat
}

/// Makes a struct of one's own [`Parameters`](crate::derivative::Parameters), for derivatives by its fields.
///
/// The struct has one type parameter, without bounds, which is the type of its values. All its fields are named: those that are
/// a value by their name alone, those that are arrangements of values, such as arrays, `Vec`s and other structs of this kind, with
/// their type.
///
/// ```
/// use chainrule::prelude::*;
///
/// struct Line<T> {
///     slope: T,
///     intercept: T,
/// }
/// parameters!(Line { slope, intercept });
///
/// struct Model<T> {
///     trend: Line<T>,
///     weekdays: [T; 7],
///     amplitude: T,
/// }
/// parameters!(Model { trend: Line<_>, weekdays: [_; 7], amplitude });
///
/// let model = Model { trend: Line { slope: 0.5, intercept: 1.0 }, weekdays: [0.0; 7], amplitude: 2.0 };
/// let gradient = grad(|m| m.trend.slope * 10.0 + m.weekdays[3] * m.amplitude, &model);
/// assert_eq!(gradient.trend.slope, 10.0);
/// assert_eq!(gradient.weekdays, [0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0]);
/// ```
#[macro_export]
macro_rules! parameters {
    (@map $to:ident, $value:expr) => {
        $to($value)
    };
    (@map $to:ident, $value:expr, $Arrangement:ty) => {{
        let value: &$Arrangement = $value;
        $crate::derivative::Parameters::map(value, &mut $to)
    }};
    (@visit $visit:ident, $like:expr, $value:expr) => {
        $visit($value)
    };
    (@visit $visit:ident, $like:expr, $value:expr, $Arrangement:ty) => {{
        let like: &$Arrangement = $like;
        $crate::derivative::Parameters::for_each(like, $value, &mut $visit)
    }};
    ($Struct:ident { $($field:ident $(: $Arrangement:ty)?),* $(,)? }) => {
        impl<T> $crate::derivative::Parameters for $Struct<T> {
            type Value = T;
            type Of<U> = $Struct<U>;
            fn map<U>(&self, mut to: impl FnMut(&T) -> U) -> $Struct<U> {
                $Struct { $($field: $crate::parameters!(@map to, &self.$field $(, $Arrangement)?)),* }
            }
            fn for_each<U>(&self, arranged: $Struct<U>, mut visit: impl FnMut(U)) {
                $($crate::parameters!(@visit visit, &self.$field, arranged.$field $(, $Arrangement)?);)*
            }
        }
    };
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
            #[inline]
            fn for_each<U>(&self, arranged: U, mut visit: impl FnMut(U)) {
                visit(arranged);
            }
        }
    )* };
}
single! {
    [] f64,
    [T: Real] Dual<T>,
    [T: Real, const L: usize] DualVector<T, L>,
    [T: Real, const K: usize] Taylor<T, K>,
    ['t, V: Value] Var<'t, V>,
    [T: Element] Tensor<T>,
}

impl<P: Parameters + ?Sized> Parameters for &P {
    type Value = P::Value;
    type Of<U> = P::Of<U>;
    #[inline]
    fn map<U>(&self, to: impl FnMut(&P::Value) -> U) -> P::Of<U> {
        P::map(self, to)
    }
    #[inline]
    fn for_each<U>(&self, arranged: P::Of<U>, visit: impl FnMut(U)) {
        P::for_each(self, arranged, visit);
    }
}

impl<V, const N: usize> Parameters for [V; N] {
    type Value = V;
    type Of<U> = [U; N];
    #[inline]
    fn map<U>(&self, to: impl FnMut(&V) -> U) -> [U; N] {
        self.each_ref().map(to)
    }
    #[inline]
    fn for_each<U>(&self, arranged: [U; N], visit: impl FnMut(U)) {
        arranged.into_iter().for_each(visit);
    }
}

/// Runs of values whose number is known when the program runs.
macro_rules! run {
    ($Run:ty) => {
        impl<V> Parameters for $Run {
            type Value = V;
            type Of<U> = Vec<U>;
            #[inline]
            fn map<U>(&self, to: impl FnMut(&V) -> U) -> Vec<U> {
                self.iter().map(to).collect()
            }
            #[inline]
            fn for_each<U>(&self, arranged: Vec<U>, visit: impl FnMut(U)) {
                arranged.into_iter().for_each(visit);
            }
        }
    };
}
run!([V]);
run!(Vec<V>);
