//! Gradients, in one reverse sweep.

use super::{Formula, Leaf, Parameters};
use crate::tape::{Tape, Value, Var};
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
#[track_caller]
pub fn grad<P: Parameters>(
    f: impl for<'t> Formula<P::Of<Var<'t, P::Value>>, &'t Tape<P::Value>>,
    x: P,
) -> P::Of<P::Value>
where
    P::Value: Leaf,
{
    value_and_grad(f, x).1
}

/// The value of `f` at `x`, and its gradient there.
///
/// ```
/// use chainrule::prelude::*;
/// let (y, [dx, dy]) = value_and_grad(|[x, y]| x * y, [2.0, 3.0]);
/// assert_eq!((y, dx, dy), (6.0, 3.0, 2.0));
/// ```
#[track_caller]
pub fn value_and_grad<P: Parameters>(
    f: impl for<'t> Formula<P::Of<Var<'t, P::Value>>, &'t Tape<P::Value>>,
    x: P,
) -> (P::Value, P::Of<P::Value>)
where
    P::Value: Leaf,
{
    P::Value::with_tape(|tape| on_tape(tape, f, &x))
}

impl<V: Value> Tape<V> {
    /// The gradient of `f` at `x`, with the memory of this tape: [`grad`] for a kind of number that it does not serve, such as
    /// `f32`, or with memory of one's own. What stood on the tape before is cleared.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let [slope] = Tape::<f32>::new().grad(|[x]| 2.0 * x * x, [3.0]);
    /// assert_eq!(slope, 12.0f32);
    /// ```
    #[track_caller]
    pub fn grad<P: Parameters<Value = V>>(
        &mut self,
        f: impl for<'t> Formula<P::Of<Var<'t, V>>, &'t Tape<V>>,
        x: P,
    ) -> P::Of<V> {
        self.value_and_grad(f, x).1
    }

    /// The value of `f` at `x`, and its gradient there; see [`grad`](Self::grad).
    #[track_caller]
    pub fn value_and_grad<P: Parameters<Value = V>>(
        &mut self,
        f: impl for<'t> Formula<P::Of<Var<'t, V>>, &'t Tape<V>>,
        x: P,
    ) -> (V, P::Of<V>) {
        self.clear();
        on_tape(self, f, &x)
    }
}

#[track_caller]
fn on_tape<'t, V: Value, P: Parameters<Value = V>>(
    tape: &'t Tape<V>,
    f: impl Formula<P::Of<Var<'t, V>>, &'t Tape<V>>,
    x: &P,
) -> (V, P::Of<V>) {
    let mut variables = SmallVec::<[Var<'t, V>; 8]>::new();
    let y = f(x.map(|value| {
        let variable = tape.var(value.clone());
        variables.push(variable);
        variable
    }));
    let gradients = y.backward();
    (y.value(), x.rebuild(variables.into_iter().map(|x| gradients.of(x))))
}
