//! Jacobians: every result by every parameter.

use super::differentiable::Mode;
use super::forward::{DualsOf, Unit};
use super::gradient::{first_variables, rebuilt};
use super::parameters::flat;
use super::{Differentiable, Formulas, FormulasOfMany, Leaf, Parameters};
use crate::tape::{Tape, Var};

/// The Jacobian of `f` at `x`: for each of its `M` results the derivative by each parameter, in the arrangement of `x`.
///
/// `f` is recorded once. Then its shape chooses: where it has more results than parameters, forward sweeps, one for four parameters;
/// else reverse sweeps, one for four results. By tensors the entry for a result and a parameter is a tensor with the axes of the
/// result and then those of the parameter, and each element of a result takes a reverse sweep.
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
    let rows = array_on(&tape, f, &x, Mode::Chosen);
    P::Value::take_back(tape);
    rows
}

/// The Jacobian of `f` at `x` by reverse mode: `f` is recorded once, and one sweep for four results follows, whatever the
/// number of parameters. [`jacobian`] does so, too, where the results are not more than the parameters.
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
    let rows = array_on(&tape, f, &x, Mode::Reverse);
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
    let rows = many_on(&tape, f, &x);
    P::Value::take_back(tape);
    rows
}

/// The Jacobian of `f` at `x` by forward mode: `f` is computed once for four numbers of `x`, on dual numbers and without a tape.
///
/// The results may be arranged as one likes, and the rows come in that arrangement: a number, an array, a `Vec`, a struct. Best
/// where there are few parameters, or where a tape of `f` would not fit the memory. [`DualVector`](crate::DualVector)s come to the
/// closure, or plain tensors of them.
///
/// ```
/// use chainrule::prelude::*;
/// let rows = jacobian_forward(|t| [t.cos(), t.sin(), 2.0 * t], 0.5);
/// assert_eq!(rows, [-0.5f64.sin(), 0.5f64.cos(), 2.0]);
/// ```
#[track_caller]
pub fn jacobian_forward<P: Parameters, O>(f: impl Fn(P::Of<DualsOf<P>>) -> O, x: P) -> O::Of<P::Of<P::Value>>
where
    P::Value: Leaf,
    O: Parameters<Value = DualsOf<P>>,
{
    let units = Unit::all(&x);
    // without any element to move along, `f` still has to say what its results are
    let lanes = P::Value::LANES;
    let results: Vec<O> = (0..units.len().div_ceil(lanes).max(1))
        .map(|chunk| {
            let from = chunk * lanes;
            f(x.map(Unit::moves(&units[from..units.len().min(from + lanes)])))
        })
        .collect();
    let columns: Vec<Vec<P::Value>> = (0..units.len())
        .map(|at| {
            let y = &results[at / lanes];
            flat(y, y.map(|moving| P::Value::tangent_in_lane(moving, at % lanes)))
        })
        .collect();
    let mut places = 0..;
    results[0].map(|result| {
        let (place, result) = (places.next().unwrap_or_default(), P::Value::value_in_lanes(result));
        let mut columns = columns.as_slice();
        x.map(|by| {
            let (own, rest) = columns.split_at(by.elements());
            columns = rest;
            result.block_of_columns(by, own.iter().map(|column| &column[place]))
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
        array_on(self, f, &x, Mode::Chosen)
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
        many_on(self, f, &x)
    }
}

#[track_caller]
fn array_on<'t, V: Differentiable, P: Parameters<Value = V>, const M: usize>(
    tape: &'t Tape<V>,
    f: impl Formulas<P::Of<Var<'t, V>>, &'t Tape<V>, M>,
    x: &P,
    mode: Mode,
) -> [P::Of<V>; M] {
    let variables = first_variables(tape, x);
    let results = f(rebuilt(x, &variables));
    let mut rows = V::rows(tape, &results, &variables, mode).into_iter();
    std::array::from_fn(|_| x.rebuild(rows.next().expect("a row for each result")))
}

#[track_caller]
fn many_on<'t, V: Differentiable, P: Parameters<Value = V>>(
    tape: &'t Tape<V>,
    f: impl FormulasOfMany<P::Of<Var<'t, V>>, &'t Tape<V>>,
    x: &P,
) -> Vec<P::Of<V>> {
    let variables = first_variables(tape, x);
    let results = f(rebuilt(x, &variables));
    V::rows(tape, &results, &variables, Mode::Chosen).into_iter().map(|row| x.rebuild(row)).collect()
}
