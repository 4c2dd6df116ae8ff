//! Gradients, in one reverse sweep.

use super::{Differentiable, Formula, Leaf, Parameters};
use crate::tape::{Gradients, Index, Tape, Value, Var};
use smallvec::SmallVec;

/// The gradient of `f` at `x`: its derivative by each parameter, in the arrangement of `x`.
///
/// One reverse sweep, whatever the number of parameters.
///
/// ```
/// use chainrule::prelude::*;
/// let [dx, dy] = grad(|[x, y]| x * y + x.sin(), [2.0, 3.0]);
/// assert_eq!(dx, 3.0 + 2f64.cos());
/// assert_eq!(dy, 2.0);
///
/// // a generic function that knows nothing of this library, over a slice
/// fn norm_squared<T: num_traits::Float>(x: &[T]) -> T {
///     x.iter().fold(T::zero(), |sum, &x| sum + x * x)
/// }
/// assert_eq!(grad(|x| norm_squared(&x), &[1.0, 2.0][..]), [2.0, 4.0]);
///
/// // by nesting, higher orders: d/dx x · d/dy (x + y)
/// let slope = grad(|x| x * grad(|y| x + y, Var::constant(1.0)), 1.0);
/// assert_eq!(slope, 1.0);
/// ```
///
/// # Panics
/// When the result is a tensor of more than one number: there is no gradient of several.
#[track_caller]
pub fn grad<P: Parameters>(
    f: impl for<'t> Formula<P::Of<Var<'t, P::Value>>, &'t Tape<P::Value>>,
    x: P,
) -> P::Of<P::Value>
where
    P::Value: Leaf,
{
    let tape = P::Value::lend();
    let found = gradient(&swept(&tape, f, &x).1, &x);
    P::Value::take_back(tape);
    found
}

/// The value of `f` at `x`, and its gradient there.
///
/// ```
/// use chainrule::prelude::*;
/// let (y, [dx, dy]) = value_and_grad(|[x, y]| x * y, [2.0, 3.0]);
/// assert_eq!((y, dx, dy), (6.0, 3.0, 2.0));
/// ```
///
/// # Panics
/// As [`grad`].
#[track_caller]
pub fn value_and_grad<P: Parameters>(
    f: impl for<'t> Formula<P::Of<Var<'t, P::Value>>, &'t Tape<P::Value>>,
    x: P,
) -> (P::Value, P::Of<P::Value>)
where
    P::Value: Leaf,
{
    let tape = P::Value::lend();
    let (y, gradients) = swept(&tape, f, &x);
    let found = (y.value(), gradient(&gradients, &x));
    drop(gradients);
    P::Value::take_back(tape);
    found
}

impl<V: Differentiable> Tape<V> {
    /// The gradient of `f` at `x`, with the memory of this tape: [`grad`] for a kind of number that it does not serve, such as
    /// `f32`, or with memory of one's own. What stood on the tape before is cleared.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let [slope] = Tape::<f32>::new().grad(|[x]| 2.0 * x * x, [3.0]);
    /// assert_eq!(slope, 12.0f32);
    /// ```
    ///
    /// # Panics
    /// As [`grad`].
    #[track_caller]
    pub fn grad<P: Parameters<Value = V>>(
        &mut self,
        f: impl for<'t> Formula<P::Of<Var<'t, V>>, &'t Tape<V>>,
        x: P,
    ) -> P::Of<V> {
        self.clear();
        gradient(&swept(self, f, &x).1, &x)
    }

    /// The value of `f` at `x`, and its gradient there; see [`grad`](Self::grad).
    ///
    /// # Panics
    /// As [`grad`].
    #[track_caller]
    pub fn value_and_grad<P: Parameters<Value = V>>(
        &mut self,
        f: impl for<'t> Formula<P::Of<Var<'t, V>>, &'t Tape<V>>,
        x: P,
    ) -> (V, P::Of<V>) {
        self.clear();
        let (y, gradients) = swept(self, f, &x);
        (y.value(), gradient(&gradients, &x))
    }
}

/// What `f` makes of the parameters, and the sweep from there.
#[track_caller]
fn swept<'t, V: Value, P: Parameters<Value = V>>(
    tape: &'t Tape<V>,
    f: impl Formula<P::Of<Var<'t, V>>, &'t Tape<V>>,
    x: &P,
) -> (Var<'t, V>, Gradients<'t, V>) {
    let y = f(variables(tape, x));
    (y, sweep(tape, y))
}

/// The parameters as variables, the first on an empty tape: the i-th is node i.
#[track_caller]
pub(super) fn variables<'t, V: Value, P: Parameters<Value = V>>(tape: &'t Tape<V>, x: &P) -> P::Of<Var<'t, V>> {
    debug_assert!(tape.is_empty(), "parameters are the first variables of their tape");
    x.map(|value| tape.var(value.clone()))
}

/// The same as a list.
#[track_caller]
pub(super) fn first_variables<'t, V: Value, P: Parameters<Value = V>>(
    tape: &'t Tape<V>,
    x: &P,
) -> SmallVec<[Var<'t, V>; 8]> {
    let mut list = SmallVec::new();
    x.for_each(variables(tape, x), |variable| list.push(variable));
    list
}

/// Variables from that list in the arrangement of the parameters.
pub(super) fn rebuilt<'t, V: Value, P: Parameters<Value = V>>(x: &P, list: &[Var<'t, V>]) -> P::Of<Var<'t, V>> {
    let mut list = list.iter();
    x.map(|_| *list.next().expect("a variable for each parameter"))
}

/// The sweep from a result that is a single number.
#[track_caller]
pub(super) fn sweep<'t, V: Value>(tape: &'t Tape<V>, y: Var<'t, V>) -> Gradients<'t, V> {
    match V::one(y) {
        // by the tape and not by `y`, so that a variable of another tape is refused
        Ok(one) => tape.backward([(y, one)]),
        Err(reason) => panic!("the gradient of a function: {reason}"),
    }
}

/// The gradient by the parameters, which are the first variables of the tape.
pub(super) fn gradient<V: Value, P: Parameters<Value = V>>(gradients: &Gradients<'_, V>, x: &P) -> P::Of<V> {
    let mut places = 0..Index::MAX as usize;
    x.map(|value| places.next().and_then(|at| gradients.at(at)).unwrap_or_else(|| value.zero()))
}
