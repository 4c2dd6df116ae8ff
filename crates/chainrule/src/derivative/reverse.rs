//! Reverse mode with an upstream gradient: how a weighted sum of results depends on the parameters.

use super::gradient::{gradient, variables};
use super::parameters::count;
use super::{Differentiable, FormulasLike, Leaf, Parameters};
use crate::tape::{Tape, Value, Var};
use smallvec::SmallVec;

/// The values of `f` at `x`, and the gradient of `Σ upstream · f`: the product `Jᵀ u` of the transposed Jacobian and an upstream
/// gradient.
///
/// One reverse sweep, whatever the number of parameters and results. The results have the arrangement of `upstream`: a number, an
/// array, a `Vec`, a struct; tensors of any shape have an upstream of that shape.
///
/// ```
/// use chainrule::prelude::*;
/// let (at, gradient) = vjp(|[x, y]| [x * y, x + y], [2.0, 3.0], [1.0, 10.0]);
/// assert_eq!(at, [6.0, 5.0]);
/// assert_eq!(gradient, [13.0, 12.0]);
///
/// // as many results as there are numbers
/// let (_, gradient) = vjp(|x: Vec<_>| x.iter().map(|x| x.powi(2)).collect(), vec![1.0, 2.0, 3.0], vec![1.0, 0.0, 0.5]);
/// assert_eq!(gradient, [2.0, 0.0, 3.0]);
///
/// let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
/// let (_, gradient) = vjp(|x| x.matmul(x), &x, Tensor::from([[1.0, 0.0], [0.0, 0.0]]));
/// assert_eq!(gradient.to_vec(), [2.0, 3.0, 2.0, 0.0]); // by x11, x12, x21, x22 of x11² + x12 x21
/// ```
///
/// # Panics
/// When `f` returns another number of values than `upstream` has, or a tensor of another shape.
#[track_caller]
pub fn vjp<P: Parameters, U>(
    f: impl for<'t> FormulasLike<P::Of<Var<'t, P::Value>>, &'t Tape<P::Value>, U>,
    x: P,
    upstream: U,
) -> (U::Of<P::Value>, P::Of<P::Value>)
where
    P::Value: Leaf,
    U: Parameters<Value = P::Value>,
{
    let tape = P::Value::lend();
    let found = on_tape(&tape, f, &x, &upstream);
    P::Value::take_back(tape);
    found
}

impl<V: Differentiable> Tape<V> {
    /// The values of `f` at `x`, and the gradient of `Σ upstream · f`, with the memory of this tape: [`vjp`] for `f32` and others.
    /// What stood on the tape before is cleared.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let (_, gradient) = Tape::<f32>::new().vjp(|[x, y]| [x * y, x + y], [2.0, 3.0], [1.0, 10.0]);
    /// assert_eq!(gradient, [13.0f32, 12.0]);
    /// ```
    ///
    /// # Panics
    /// As [`vjp`].
    #[track_caller]
    pub fn vjp<P: Parameters<Value = V>, U: Parameters<Value = V>>(
        &mut self,
        f: impl for<'t> FormulasLike<P::Of<Var<'t, V>>, &'t Tape<V>, U>,
        x: P,
        upstream: U,
    ) -> (U::Of<V>, P::Of<V>) {
        self.clear();
        on_tape(self, f, &x, &upstream)
    }
}

#[track_caller]
fn on_tape<'t, V: Value, P: Parameters<Value = V>, U: Parameters<Value = V>>(
    tape: &'t Tape<V>,
    f: impl FormulasLike<P::Of<Var<'t, V>>, &'t Tape<V>, U>,
    x: &P,
    upstream: &U,
) -> (U::Of<V>, P::Of<V>) {
    let mut results = SmallVec::<[Var<'t, V>; 8]>::new();
    upstream.for_each(f(variables(tape, x)), |result| results.push(result));
    let (found, wanted) = (results.len(), count(upstream));
    assert!(
        found == wanted,
        "vjp: the function has {found} results and the upstream gradient {wanted} values; it has one for each result"
    );
    let mut seeds = SmallVec::<[V; 8]>::new();
    upstream.map(|seed| seeds.push(seed.clone()));
    let gradients = tape.backward(results.iter().copied().zip(seeds));
    let values = upstream.rebuild(results.iter().map(|result| result.value()));
    (values, gradient(&gradients, x))
}
