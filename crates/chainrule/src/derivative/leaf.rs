//! The kinds of value that derivatives are taken by without a word about tapes, and the tapes that a thread keeps for them.

use super::Differentiable;
use crate::array::{Element, Tensor};
use crate::number::{Dual, DualVector, Taylor};
use crate::real::Real;
use crate::tape::{Tape, Value, Var};
use std::any::Any;
use std::cell::RefCell;

/// A kind of value that the functions of [`derivative`](crate::derivative) take derivatives by: `f64`, dual numbers and variables
/// over it for higher orders, and tensors.
///
/// It brings the tape. Tapes are kept by the thread from one call to the next, so that a single gradient costs no fresh memory; a
/// call within a call takes another. [`release_memory`] frees them.
///
/// `f32` is not one: where both floats were possible, Rust could not tell what the literals of `grad(|[x]| 2.0 * x, [3.0])` are. In
/// single precision the same functions are methods of a tape: [`Tape::grad`], as in `Tape::<f32>::new().grad(...)`.
#[diagnostic::on_unimplemented(
    message = "the functions of `chainrule::derivative` do not take derivatives by `{Self}`",
    note = "for `f32`, call the method of a tape: `Tape::<f32>::new().grad(f, [x])`; for integers, write the point with a decimal point"
)]
pub trait Leaf: Differentiable {
    /// An empty tape; [`take_back`](Self::take_back) wants it when it is not needed any more.
    fn lend() -> Box<Tape<Self>> {
        Box::default()
    }

    /// Keeps a tape for the next who needs one.
    fn take_back(_tape: Box<Tape<Self>>) {}

    /// An empty tape of moving values.
    fn lend_dual() -> Box<Tape<Self::Dual>> {
        Box::default()
    }

    /// Keeps a tape of moving values for the next who needs one.
    fn take_back_dual(_tape: Box<Tape<Self::Dual>>) {}

    /// An empty tape of values that move in several directions.
    fn lend_duals() -> Box<Tape<Self::Duals>> {
        Box::default()
    }

    /// Keeps such a tape for the next who needs one.
    fn take_back_duals(_tape: Box<Tape<Self::Duals>>) {}
}

/// The kinds whose tapes the thread keeps.
macro_rules! kept {
    ($([$($g:tt)*] $V:ty),*) => { $(
        impl<$($g)*> Leaf for $V {
            fn lend() -> Box<Tape<Self>> {
                lend()
            }
            fn take_back(tape: Box<Tape<Self>>) {
                take_back(tape);
            }
            fn lend_dual() -> Box<Tape<Self::Dual>> {
                lend()
            }
            fn take_back_dual(tape: Box<Tape<Self::Dual>>) {
                take_back(tape);
            }
            fn lend_duals() -> Box<Tape<Self::Duals>> {
                lend()
            }
            fn take_back_duals(tape: Box<Tape<Self::Duals>>) {
                take_back(tape);
            }
        }
    )* };
}
kept!([] f64, [T: Element] Tensor<T>);

impl<T: Leaf + Differentiable<Dual = Dual<T>> + Real> Leaf for Dual<T> {
    fn lend() -> Box<Tape<Self>> {
        T::lend_dual()
    }
    fn take_back(tape: Box<Tape<Self>>) {
        T::take_back_dual(tape);
    }
}

impl<T: Real, const L: usize> Leaf for DualVector<T, L> {}
impl<T: Real, const K: usize> Leaf for Taylor<T, K> {}

/// Variables of an outer tape live only as long as that: the thread cannot keep tapes that carry them.
impl<T: Real> Leaf for Var<'_, T> {}

thread_local! {
    /// For each kind of value that was asked for, a `Vec<Box<Tape<V>>>`: the tapes that nobody uses at the moment.
    static SPARE: RefCell<Vec<Box<dyn Any>>> = const { RefCell::new(Vec::new()) };
}

/// The spare tapes of one kind. The kinds are few, so looking through them is faster than any map.
#[expect(clippy::vec_box, reason = "a tape is large, and would be copied in and out")]
fn of_kind<V: Value + 'static>(spare: &mut Vec<Box<dyn Any>>) -> &mut Vec<Box<Tape<V>>> {
    let place = spare.iter().position(|tapes| tapes.is::<Vec<Box<Tape<V>>>>()).unwrap_or_else(|| {
        spare.push(Box::<Vec<Box<Tape<V>>>>::default());
        spare.len() - 1
    });
    spare[place].downcast_mut().expect("it was found by its type")
}

/// A tape of the thread's, or a new one where none is spare. Whoever panics does not give it back, so that a spare tape is always
/// in order.
fn lend<V: Value + 'static>() -> Box<Tape<V>> {
    SPARE.with_borrow_mut(|spare| of_kind(spare).pop()).unwrap_or_default()
}

fn take_back<V: Value + 'static>(mut tape: Box<Tape<V>>) {
    tape.clear();
    SPARE.with_borrow_mut(|spare| of_kind(spare).push(tape));
}

/// Frees the memory that this thread keeps for the functions of [`derivative`](crate::derivative): its tapes, which are as long as
/// the longest evaluation so far. The next call makes new ones. What a thread keeps is freed, too, when it ends.
///
/// ```
/// use chainrule::prelude::*;
/// let steep = grad(|x: Var<'_, f64>| (0..1000).fold(x, |y, _| y * y.cos()), 0.5);
/// assert!(steep.is_finite());
/// chainrule::derivative::release_memory();
/// ```
pub fn release_memory() {
    // taken out first: dropping a tape must not meet the borrow
    drop(SPARE.take());
}
