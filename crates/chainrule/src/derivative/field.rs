//! Vector calculus: divergence and Laplacian.

use super::forward::{DualOf, Unit};
use super::parameters::{count, flat};
use super::{Differentiable, Leaf, Parameters};
use crate::number::Dual;
use crate::real::Real;

/// The divergence `Σ ∂fᵢ/∂xᵢ` of a vector field at `x`: the trace of its Jacobian.
///
/// Forward mode: `f` is computed once for each number of `x`, on dual numbers and without a tape. The result may have another
/// arrangement than `x`, as long as it has as many values.
///
/// ```
/// use chainrule::prelude::*;
/// let spreading = divergence(|[x, y]| [x * x, x * y], [3.0, 5.0]);
/// assert_eq!(spreading, 2.0 * 3.0 + 3.0);
/// ```
///
/// # Panics
/// When `f` returns more or fewer values than `x` has.
#[track_caller]
pub fn divergence<P: Parameters, O>(f: impl Fn(P::Of<DualOf<P>>) -> O, x: P) -> P::Value
where
    P::Value: Leaf + Real,
    O: Parameters<Value = DualOf<P>>,
{
    let parameters = count(&x);
    let mut sum = P::Value::single(0.0);
    for at in 0..parameters {
        let y = f(x.map(Unit { parameter: at, element: 0 }.moves()));
        let slopes = flat(&y, y.map(P::Value::tangent_of));
        assert!(
            slopes.len() == parameters,
            "divergence: the field has {} values at a point of {parameters}; a vector field has as many as its space has \
             dimensions",
            slopes.len()
        );
        sum += slopes[at];
    }
    sum
}

/// The Laplacian `Σ ∂²f/∂xᵢ²` at `x`: the trace of the Hessian.
///
/// Forward over forward: `f` is computed once for each number of `x`, on dual numbers over dual numbers and without a tape.
///
/// ```
/// use chainrule::prelude::*;
/// assert_eq!(laplacian(|[x, y]| x.powi(2) * y + y.powi(3), [3.0, 5.0]), 2.0 * 5.0 + 6.0 * 5.0);
/// ```
#[track_caller]
pub fn laplacian<P: Parameters>(f: impl Fn(P::Of<Dual<Dual<P::Value>>>) -> Dual<Dual<P::Value>>, x: P) -> P::Value
where
    P::Value: Leaf + Real,
{
    let mut sum = P::Value::single(0.0);
    for moving in 0..count(&x) {
        let mut places = 0..;
        let y = f(x.map(|&value| match places.next() {
            Some(place) if place == moving => Dual::variable(Dual::variable(value)),
            _ => Dual::constant(Dual::constant(value)),
        }));
        sum += y.epsilon.epsilon;
    }
    sum
}
