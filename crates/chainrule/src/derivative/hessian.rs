//! Second derivatives: forward over reverse.

use super::forward::{DualOf, DualsOf, Unit, tangents};
use super::gradient::sweep;
use super::parameters::flat;
use super::{Differentiable, Formula, Leaf, Parameters};
use crate::array::{Element, Tensor};
use crate::number::{Dual, DualVector};
use crate::real::Real;
use crate::tape::{Gradients, Index, Tape, Value, Var};

/// The gradient of `f` at `x`, and the product `H v` of its Hessian and a direction.
///
/// Forward over reverse: one gradient of dual numbers that move along `v`, and never a matrix; about twice the cost of a gradient.
/// `v` may have another arrangement than `x`, as long as it has as many values. Variables of dual numbers come to the closure.
///
/// ```
/// use chainrule::prelude::*;
/// let (gradient, product) = hvp(|[x, y]| x * x * y + y.exp(), [2.0, 0.0], [1.0, 0.0]);
/// assert_eq!(gradient, [0.0, 5.0]);
/// assert_eq!(product, [0.0, 4.0]); // H is [[2 y, 2 x], [2 x, e^y]]
///
/// let x = Tensor::from([1.0, 2.0]);
/// let (_, product) = hvp(|x| x.powi(3).sum(), &x, Tensor::from([1.0, 1.0]));
/// assert_eq!(product.to_vec(), [6.0, 12.0]);
/// ```
///
/// # Panics
/// When `v` has another number of values than `x`, or a tensor of it another shape; and as [`grad`](super::grad).
#[track_caller]
pub fn hvp<P: Parameters, D>(
    f: impl for<'t> Formula<P::Of<Var<'t, DualOf<P>>>, &'t Tape<DualOf<P>>>,
    x: P,
    v: D,
) -> (P::Of<P::Value>, P::Of<P::Value>)
where
    P::Value: Leaf,
    D: Parameters<Value = P::Value>,
{
    let tape = P::Value::lend_dual();
    let found = product_on(&tape, f, &x, &v);
    P::Value::take_back_dual(tape);
    found
}

/// The Hessian of `f` at `x`: row by row the derivatives of each entry of the gradient, every row in the arrangement of `x`.
///
/// Forward over reverse: a gradient over dual numbers for each number of `x`, four of them at once. By tensors the entry for two of
/// them is a tensor with the axes of the one and then of the other. Variables of [`DualVector`]s come to the closure, or of
/// tensors of them.
///
/// ```
/// use chainrule::prelude::*;
/// let rows = hessian(|[x, y]| x * x * y + y.exp(), [2.0, 0.0]);
/// assert_eq!(rows, [[0.0, 4.0], [4.0, 1.0]]); // [[2 y, 2 x], [2 x, e^y]]
///
/// let matrix = hessian(|x| x.powi(3).sum(), Tensor::from([1.0, 2.0]));
/// assert_eq!(matrix.shape(), [2, 2]);
/// assert_eq!(matrix.to_vec(), [6.0, 0.0, 0.0, 12.0]);
/// ```
///
/// # Panics
/// As [`grad`](super::grad).
#[track_caller]
pub fn hessian<P: Parameters>(
    f: impl for<'t> Formula<P::Of<Var<'t, DualsOf<P>>>, &'t Tape<DualsOf<P>>>,
    x: P,
) -> P::Of<P::Of<P::Value>>
where
    P::Value: Leaf,
{
    let mut tape = P::Value::lend_duals();
    let rows = rows_on(&mut tape, f, &x);
    P::Value::take_back_duals(tape);
    rows
}

/// The methods of tapes of moving values.
macro_rules! second_order {
    (hvp [$($g:tt)*] $V:ty, $Dual:ty) => {
        impl<$($g)*> Tape<$Dual> {
            /// The gradient of `f` at `x` and the product of its Hessian and `v`, with the memory of this tape:
            /// [`hvp`] for `f32` and others. What stood on the tape before is cleared.
            ///
            /// ```
            /// use chainrule::prelude::*;
            /// let (_, product) = Tape::<Dual<f32>>::new().hvp(|[x, y]| x * x * y, [2.0, 3.0], [1.0, 0.0]);
            /// assert_eq!(product, [6.0f32, 4.0]);
            /// ```
            ///
            /// # Panics
            /// As [`hvp`].
            #[track_caller]
            pub fn hvp<P: Parameters<Value = $V>, D: Parameters<Value = $V>>(
                &mut self,
                f: impl for<'t> Formula<P::Of<Var<'t, $Dual>>, &'t Tape<$Dual>>,
                x: P,
                v: D,
            ) -> (P::Of<$V>, P::Of<$V>) {
                self.clear();
                product_on(self, f, &x, &v)
            }
        }
    };
    (hessian [$($g:tt)*] $V:ty, $Duals:ty) => {
        impl<$($g)*> Tape<$Duals> {
            /// The Hessian of `f` at `x`, with the memory of this tape: [`hessian`] for `f32` and others. What stood on the tape
            /// before is cleared.
            ///
            /// ```
            /// use chainrule::prelude::*;
            /// let rows = Tape::<DualVector<f32, 4>>::new().hessian(|[x, y]| x * x * y, [2.0, 3.0]);
            /// assert_eq!(rows, [[6.0f32, 4.0], [4.0, 0.0]]);
            /// ```
            ///
            /// # Panics
            /// As [`hessian`].
            #[track_caller]
            pub fn hessian<P: Parameters<Value = $V>>(
                &mut self,
                f: impl for<'t> Formula<P::Of<Var<'t, $Duals>>, &'t Tape<$Duals>>,
                x: P,
            ) -> P::Of<P::Of<$V>> {
                rows_on(self, f, &x)
            }
        }
    };
}
second_order!(hvp [T: Real] T, Dual<T>);
second_order!(hvp [T: Element] Tensor<T>, Tensor<Dual<T>>);
second_order!(hessian [T: Real] T, DualVector<T, 4>);
second_order!(hessian [T: Element] Tensor<T>, Tensor<DualVector<T, 4>>);

#[track_caller]
fn product_on<'t, V, P, D>(
    tape: &'t Tape<V::Dual>,
    f: impl Formula<P::Of<Var<'t, V::Dual>>, &'t Tape<V::Dual>>,
    x: &P,
    v: &D,
) -> (P::Of<V>, P::Of<V>)
where
    V: Differentiable,
    P: Parameters<Value = V>,
    D: Parameters<Value = V>,
{
    let tangents = tangents("hvp", x, v);
    let mut tangents = tangents.iter();
    let y = f(x.map(|value| tape.var(value.moving(tangents.next().expect("they were counted")))));
    let gradients = sweep(tape, y);
    (parts(&gradients, x, V::value_of), parts(&gradients, x, V::tangent_of))
}

#[track_caller]
fn rows_on<V, P>(
    tape: &mut Tape<V::Duals>,
    f: impl for<'t> Formula<P::Of<Var<'t, V::Duals>>, &'t Tape<V::Duals>>,
    x: &P,
) -> P::Of<P::Of<V>>
where
    V: Differentiable,
    P: Parameters<Value = V>,
{
    // for each element of each parameter, how the gradient moves with it
    let mut pieces = Vec::new();
    // loops and not closures, which would hide the caller's line
    for units in Unit::all(x).chunks(V::LANES) {
        tape.clear();
        let (tape, mut moving) = (&*tape, Unit::moves(units));
        let y = f(x.map(|value| tape.var(moving(value))));
        let gradients = sweep(tape, y);
        for lane in 0..units.len() {
            pieces.push(flat(x, parts(&gradients, x, |moving| V::tangent_in_lane(moving, lane))));
        }
    }
    let mut pieces = pieces.as_slice();
    x.map(|value| {
        let (own, rest) = pieces.split_at(value.elements());
        pieces = rest;
        let mut places = 0..;
        x.map(|by| {
            let place = places.next().unwrap_or_default();
            value.block_of_rows(by, own.iter().map(|piece: &Vec<V>| &piece[place]))
        })
    })
}

/// The values of a gradient of moving values `M`, or how they move.
fn parts<M, V, P>(gradients: &Gradients<'_, M>, x: &P, of: impl Fn(&M) -> V) -> P::Of<V>
where
    M: Value,
    V: Value,
    P: Parameters<Value = V>,
{
    let mut places = 0..Index::MAX as usize;
    x.map(|value| places.next().and_then(|at| gradients.at(at)).map_or_else(|| value.zero(), |moving| of(&moving)))
}
