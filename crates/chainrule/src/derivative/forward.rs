//! Forward mode: how the results of a function move when its parameters move along a direction.

use super::parameters::count;
use super::{Differentiable, Leaf, Parameters};
use crate::real::Real;
use smallvec::SmallVec;

/// What a closure gets for each parameter of `P` in forward mode: a dual number, or a tensor of them.
pub type DualOf<P> = <<P as Parameters>::Value as Differentiable>::Dual;

/// What a closure gets for each parameter of `P` where several directions are followed at once: a
/// [`DualVector`](crate::DualVector) of four lanes, or a tensor of them.
pub type DualsOf<P> = <<P as Parameters>::Value as Differentiable>::Duals;

/// The value of `f` at `x`, and its derivative along `v`: the product `J v` of the Jacobian and a direction.
///
/// Forward mode by dual numbers, without a tape: about twice the cost of `f`, and no memory. The result is a number, an array,
/// a `Vec`, a tensor or a struct, and the derivative has its form. `v` may have another arrangement than `x`, as a flat slice beside
/// a struct, as long as it has as many values.
///
/// Numbers come to the closure as [`Dual`](crate::Dual)s, tensors as plain tensors of dual numbers, which have the methods and
/// operators of the variables.
///
/// ```
/// use chainrule::prelude::*;
/// // polar coordinates, moving outwards
/// let (at, motion) = jvp(|[r, t]| [r * t.cos(), r * t.sin()], [2.0, 0.5], [1.0, 0.0]);
/// assert_eq!(at, [2.0 * 0.5f64.cos(), 2.0 * 0.5f64.sin()]);
/// assert_eq!(motion, [0.5f64.cos(), 0.5f64.sin()]);
///
/// // the derivative of a function of one number
/// let (y, slope) = jvp(|x| x * x, 3.0, 1.0);
/// assert_eq!((y, slope), (9.0, 6.0));
///
/// let (_, motion) = jvp(|x| x.exp(), Tensor::from([0.0, 1.0]), Tensor::from([2.0, 0.0]));
/// assert_eq!(motion.to_vec(), [2.0, 0.0]);
/// ```
///
/// # Panics
/// When `v` has another number of values than `x`, or a tensor of it another shape.
#[track_caller]
pub fn jvp<P: Parameters, D, O>(f: impl Fn(P::Of<DualOf<P>>) -> O, x: P, v: D) -> (O::Of<P::Value>, O::Of<P::Value>)
where
    P::Value: Leaf,
    D: Parameters<Value = P::Value>,
    O: Parameters<Value = DualOf<P>>,
{
    let y = f(moving("jvp", &x, &v));
    (y.map(P::Value::value_of), y.map(P::Value::tangent_of))
}

/// The derivative of a function of one number at `x`: forward mode, without a tape.
///
/// The result is a number, or several in any arrangement: the velocity along a curve. At any level of nesting it is the short way
/// to write an inner derivative, since it asks for no direction.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule::derivative::derivative;
/// assert_eq!(derivative(|x| x * x, 3.0), 6.0);
/// assert_eq!(derivative(|t| [t.cos(), t.sin()], 0.5), [-0.5f64.sin(), 0.5f64.cos()]);
/// assert_eq!(derivative(|x| derivative(|y| derivative(|z| z.powi(4), y), x), 2.0), 48.0); // 24 x
/// ```
#[track_caller]
pub fn derivative<V, O>(f: impl Fn(V::Dual) -> O, x: V) -> O::Of<V>
where
    V: Leaf + Real,
    O: Parameters<Value = V::Dual>,
{
    f(x.moving(&V::single(1.0))).map(V::tangent_of)
}

/// The point `x`, moving along `v`.
#[track_caller]
pub(super) fn moving<V, P, D>(asked: &str, x: &P, v: &D) -> P::Of<V::Dual>
where
    V: Differentiable,
    P: Parameters<Value = V>,
    D: Parameters<Value = V>,
{
    let tangents = tangents(asked, x, v);
    let mut tangents = tangents.iter();
    x.map(|value| value.moving(tangents.next().expect("they were counted")))
}

/// The values of a direction, each of which fits the parameter at its place.
#[track_caller]
pub(super) fn tangents<V, P, D>(asked: &str, x: &P, v: &D) -> SmallVec<[V; 8]>
where
    V: Differentiable,
    P: Parameters<Value = V>,
    D: Parameters<Value = V>,
{
    let mut tangents = SmallVec::new();
    v.map(|tangent| tangents.push(tangent.clone()));
    let (given, needed) = (tangents.len(), count(x));
    assert!(
        given == needed,
        "{asked}: the direction has {given} values and the point {needed}; a direction has one value for each parameter"
    );
    let mut places = tangents.iter();
    let mut wrong = None;
    x.map(|value| {
        let fits = value.check_tangent(places.next().expect("they were counted"));
        wrong = wrong.take().or(fits.err());
    });
    match wrong {
        None => tangents,
        Some(reason) => panic!("{asked}: {reason}"),
    }
}

/// One of the directions along a single element.
#[derive(Clone, Copy)]
pub(super) struct Unit {
    /// The parameter, counted as [`Parameters::map`] does.
    parameter: usize,
    /// The element of it.
    element: usize,
}

impl Unit {
    /// The directions along each element of each parameter, in order: the columns of a Jacobian.
    pub(super) fn all<V: Differentiable, P: Parameters<Value = V>>(x: &P) -> Vec<Unit> {
        let (mut units, mut parameter) = (Vec::new(), 0);
        x.map(|value| {
            units.extend((0..value.elements()).map(|element| Unit { parameter, element }));
            parameter += 1;
        });
        units
    }

    /// Makes each parameter in turn one that moves along these directions, each in its lane.
    pub(super) fn moves<V: Differentiable>(lanes: &[Unit]) -> impl FnMut(&V) -> V::Duals {
        let mut places = 0..;
        move |value| {
            let place = places.next().unwrap_or_default();
            value
                .moving_in_lanes(|lane| lanes.get(lane).filter(|unit| unit.parameter == place).map(|unit| unit.element))
        }
    }
}
