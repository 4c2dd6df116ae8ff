//! Vector calculus: divergence and Laplacian.

use super::forward::{DualsOf, Unit};
use super::parameters::count;
use super::{Differentiable, Leaf, Parameters};
use crate::number::Dual;
use crate::real::Real;

/// The divergence `Σ ∂fᵢ/∂xᵢ` of a vector field at `x`: the trace of its Jacobian.
///
/// Forward mode: `f` is computed once for four numbers of `x`, on [`DualVector`](crate::DualVector)s and without a tape. The result
/// may have another arrangement than `x`, as long as it has as many values.
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
pub fn divergence<P: Parameters, O>(f: impl Fn(P::Of<DualsOf<P>>) -> O, x: P) -> P::Value
where
    P::Value: Leaf + Real,
    O: Parameters<Value = DualsOf<P>>,
{
    let mut sum = P::Value::single(0.0);
    let units = Unit::all(&x);
    let mut at = 0;
    for lanes in units.chunks(P::Value::LANES) {
        let y = f(x.map(Unit::moves(lanes)));
        let values = count(&y);
        assert!(
            values == units.len(),
            "divergence: the field has {values} values at a point of {}; a vector field has as many as its space has dimensions",
            units.len()
        );
        let mut place = 0;
        y.map(|moving| {
            if (at..at + lanes.len()).contains(&place) {
                sum += P::Value::tangent_in_lane(moving, place - at);
            }
            place += 1;
        });
        at += lanes.len();
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
