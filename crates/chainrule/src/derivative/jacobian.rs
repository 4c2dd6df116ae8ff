//! Jacobians: every result by every parameter.

use super::forward::{DualOf, Unit};
use super::gradient::{gradient, variables};
use super::parameters::flat;
use super::{Differentiable, Formulas, FormulasOfMany, Leaf, Parameters};
use crate::tape::{Tape, Var};

/// The Jacobian of `f` at `x`: for each of its `M` results the derivative by each parameter, in the arrangement of `x`.
///
/// `f` is recorded once; then one reverse sweep for each result. By tensors the entry for a result and a parameter is a tensor with
/// the axes of the result and then those of the parameter, and each element of a result takes a sweep.
///
/// ```
/// use chainrule::prelude::*;
/// let [by_x, by_y] = jacobian(|[r, t]| [r * t.cos(), r * t.sin()], [2.0, 0.5]);
/// let (sin, cos) = 0.5f64.sin_cos();
/// assert_eq!(by_x, [cos, -2.0 * sin]);
/// assert_eq!(by_y, [sin, 2.0 * cos]);
///
/// let [by_x] = jacobian(|x| [x.powi(2)], Tensor::from([3.0, 4.0]));
/// assert_eq!(by_x.shape(), [2, 2]);
/// assert_eq!(by_x.to_vec(), [6.0, 0.0, 0.0, 8.0]);
/// ```
#[track_caller]
pub fn jacobian<P: Parameters, const M: usize>(
    f: impl for<'t> Formulas<P::Of<Var<'t, P::Value>>, &'t Tape<P::Value>, M>,
    x: P,
) -> [P::Of<P::Value>; M]
where
    P::Value: Leaf,
{
    let tape = P::Value::lend();
    let rows = array_on(&tape, f, &x);
    P::Value::take_back(tape);
    rows
}

/// The Jacobian of `f` at `x` by reverse mode: one sweep for each result, whatever the number of parameters. [`jacobian`] does so,
/// too, where the results are not more than the parameters.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule::derivative::jacobian_reverse;
/// assert_eq!(jacobian_reverse(|[x, y, z]| [x * y + z], [2.0, 3.0, 4.0]), [[3.0, 2.0, 1.0]]);
/// ```
#[track_caller]
pub fn jacobian_reverse<P: Parameters, const M: usize>(
    f: impl for<'t> Formulas<P::Of<Var<'t, P::Value>>, &'t Tape<P::Value>, M>,
    x: P,
) -> [P::Of<P::Value>; M]
where
    P::Value: Leaf,
{
    let tape = P::Value::lend();
    let rows = array_on(&tape, f, &x);
    P::Value::take_back(tape);
    rows
}

/// [`jacobian`] for a function whose number of results is known when it runs: a closure that returns a `Vec`.
///
/// ```
/// use chainrule::prelude::*;
/// let rows = jacobian_of_many(|x: Vec<_>| x.windows(2).map(|pair| pair[0] * pair[1]).collect(), vec![1.0, 2.0, 3.0]);
/// assert_eq!(rows, [[2.0, 1.0, 0.0], [0.0, 3.0, 2.0]]);
/// ```
#[track_caller]
pub fn jacobian_of_many<P: Parameters>(
    f: impl for<'t> FormulasOfMany<P::Of<Var<'t, P::Value>>, &'t Tape<P::Value>>,
    x: P,
) -> Vec<P::Of<P::Value>>
where
    P::Value: Leaf,
{
    let tape = P::Value::lend();
    let rows = rows(&tape, &f(variables(&tape, &x)), &x);
    P::Value::take_back(tape);
    rows
}

/// The Jacobian of `f` at `x` by forward mode: `f` is computed once for each number of `x`, on dual numbers and without a tape.
///
/// The results may be arranged as one likes, and the rows come in that arrangement: a number, an array, a `Vec`, a struct. Best
/// where there are few parameters, or where a tape of `f` would not fit the memory.
///
/// ```
/// use chainrule::prelude::*;
/// let rows = jacobian_forward(|t| [t.cos(), t.sin(), 2.0 * t], 0.5);
/// assert_eq!(rows, [-0.5f64.sin(), 0.5f64.cos(), 2.0]);
/// ```
#[track_caller]
pub fn jacobian_forward<P: Parameters, O>(f: impl Fn(P::Of<DualOf<P>>) -> O, x: P) -> O::Of<P::Of<P::Value>>
where
    P::Value: Leaf,
    O: Parameters<Value = DualOf<P>>,
{
    let still = f(x.map(Differentiable::resting));
    // for each parameter, for each of its elements, how each result moves
    let columns: Vec<Vec<Vec<P::Value>>> = Unit::all(&x)
        .iter()
        .map(|units| {
            let moving = units.iter().map(|unit| f(x.map(unit.moves())));
            moving.map(|y| flat(&still, y.map(P::Value::tangent_of))).collect()
        })
        .collect();
    let mut results = 0..;
    still.map(|result| {
        let (at, result) = (results.next().unwrap_or_default(), P::Value::value_of(result));
        let mut columns = columns.iter();
        x.map(|by| {
            let column = columns.next().expect("a column for each parameter");
            result.from_columns(by, column.iter().map(|slopes| slopes[at].clone()))
        })
    })
}

impl<V: Differentiable> Tape<V> {
    /// The Jacobian of `f` at `x`, with the memory of this tape: [`jacobian`] for `f32` and others. What stood on the tape before
    /// is cleared.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let rows = Tape::<f32>::new().jacobian(|[x, y]| [x * y, x + y], [2.0, 3.0]);
    /// assert_eq!(rows, [[3.0f32, 2.0], [1.0, 1.0]]);
    /// ```
    #[track_caller]
    pub fn jacobian<P: Parameters<Value = V>, const M: usize>(
        &mut self,
        f: impl for<'t> Formulas<P::Of<Var<'t, V>>, &'t Tape<V>, M>,
        x: P,
    ) -> [P::Of<V>; M] {
        self.clear();
        array_on(self, f, &x)
    }

    /// The Jacobian of `f` at `x`, with the memory of this tape: [`jacobian_of_many`] for `f32` and others. What stood on the
    /// tape before is cleared.
    #[track_caller]
    pub fn jacobian_of_many<P: Parameters<Value = V>>(
        &mut self,
        f: impl for<'t> FormulasOfMany<P::Of<Var<'t, V>>, &'t Tape<V>>,
        x: P,
    ) -> Vec<P::Of<V>> {
        self.clear();
        rows(self, &f(variables(self, &x)), &x)
    }
}

#[track_caller]
fn array_on<'t, V: Differentiable, P: Parameters<Value = V>, const M: usize>(
    tape: &'t Tape<V>,
    f: impl Formulas<P::Of<Var<'t, V>>, &'t Tape<V>, M>,
    x: &P,
) -> [P::Of<V>; M] {
    let mut rows = rows(tape, &f(variables(tape, x)), x).into_iter();
    std::array::from_fn(|_| rows.next().expect("a row for each result"))
}

/// The gradient of each result, by reverse sweeps.
#[track_caller]
fn rows<'t, V: Differentiable, P: Parameters<Value = V>>(
    tape: &'t Tape<V>,
    results: &[Var<'t, V>],
    x: &P,
) -> Vec<P::Of<V>> {
    let mut rows = Vec::with_capacity(results.len());
    for &result in results {
        let value = result.value();
        let mut pieces = Vec::with_capacity(value.elements());
        for element in 0..value.elements() {
            let gradients = tape.backward([(result, value.unit(element))]);
            pieces.push(flat(x, gradient(&gradients, x)));
        }
        rows.push(row(&value, x, &pieces));
    }
    rows
}

/// The derivative of `value` by each parameter, out of the gradients of each of its elements.
pub(super) fn row<V: Differentiable, P: Parameters<Value = V>>(value: &V, x: &P, pieces: &[Vec<V>]) -> P::Of<V> {
    let mut places = 0..;
    x.map(|by| {
        let place = places.next().unwrap_or_default();
        value.from_rows(by, pieces.iter().map(|piece| piece[place].clone()))
    })
}
