//! The kinds of value that derivatives are taken by without a word about tapes.

use crate::array::{Element, Tensor};
use crate::number::Dual;
use crate::real::Real;
use crate::tape::{Tape, Value, Var};
use std::cell::RefCell;
use std::thread::LocalKey;

/// A kind of value that the functions of [`derivative`](crate::derivative) take derivatives by: `f64`, dual numbers and variables
/// over it for higher orders, and tensors.
///
/// It brings the tape. That of `f64` and of dual numbers over `f64` is kept by the thread from one call to the next, so that a single
/// gradient costs no fresh memory; a call within a call takes another.
///
/// `f32` is not one: where both floats were possible, Rust could not tell what the literals of `grad(|[x]| 2.0 * x, [3.0])` are. In
/// single precision the same functions are methods of a tape: [`Tape::grad`], as in `Tape::<f32>::new().grad(...)`.
#[diagnostic::on_unimplemented(
    message = "the functions of `chainrule::derivative` do not take derivatives by `{Self}`",
    note = "for `f32`, call the method of a tape: `Tape::<f32>::new().grad(f, x)`; for integers, write the point with a decimal point"
)]
pub trait Leaf: Value {
    /// A value that moves along a direction: a dual number, a tensor of dual numbers.
    type Dual: Value;

    /// Lends an empty tape to `run`.
    #[track_caller]
    fn with_tape<R>(run: impl FnOnce(&Tape<Self>) -> R) -> R;

    /// Lends an empty tape of moving values to `run`.
    #[track_caller]
    fn with_dual_tape<R>(run: impl FnOnce(&Tape<Self::Dual>) -> R) -> R {
        run(&Tape::new())
    }

    /// `value`, moving along `tangent`.
    fn moving(value: &Self, tangent: &Self) -> Self::Dual;

    /// The value and the tangent of a moving value.
    fn parts(moving: &Self::Dual) -> (Self, Self);
}

type Spare<V> = LocalKey<RefCell<Vec<Tape<V>>>>;

thread_local! {
    static NUMBERS: RefCell<Vec<Tape<f64>>> = const { RefCell::new(Vec::new()) };
    static DUALS: RefCell<Vec<Tape<Dual<f64>>>> = const { RefCell::new(Vec::new()) };
}

/// Lends a tape of the thread's, which is made where all are lent already.
#[track_caller]
fn lend<V: Value, R>(spare: &'static Spare<V>, run: impl FnOnce(&Tape<V>) -> R) -> R {
    let mut tape = spare.with_borrow_mut(Vec::pop).unwrap_or_default();
    let result = run(&tape);
    tape.clear();
    spare.with_borrow_mut(|spare| spare.push(tape));
    result
}

impl Leaf for f64 {
    type Dual = Dual<f64>;

    #[track_caller]
    fn with_tape<R>(run: impl FnOnce(&Tape<f64>) -> R) -> R {
        lend(&NUMBERS, run)
    }
    #[track_caller]
    fn with_dual_tape<R>(run: impl FnOnce(&Tape<Dual<f64>>) -> R) -> R {
        lend(&DUALS, run)
    }
    fn moving(value: &f64, tangent: &f64) -> Dual<f64> {
        Dual::new(*value, *tangent)
    }
    fn parts(moving: &Dual<f64>) -> (f64, f64) {
        (moving.value, moving.epsilon)
    }
}

impl<T: Leaf<Dual = Dual<T>> + Real> Leaf for Dual<T> {
    type Dual = Dual<Self>;

    #[track_caller]
    fn with_tape<R>(run: impl FnOnce(&Tape<Self>) -> R) -> R {
        T::with_dual_tape(run)
    }
    fn moving(value: &Self, tangent: &Self) -> Dual<Self> {
        Dual::new(*value, *tangent)
    }
    fn parts(moving: &Dual<Self>) -> (Self, Self) {
        (moving.value, moving.epsilon)
    }
}

impl<T: Real> Leaf for Var<'_, T> {
    type Dual = Dual<Self>;

    #[track_caller]
    fn with_tape<R>(run: impl FnOnce(&Tape<Self>) -> R) -> R {
        run(&Tape::new())
    }
    fn moving(value: &Self, tangent: &Self) -> Dual<Self> {
        Dual::new(*value, *tangent)
    }
    fn parts(moving: &Dual<Self>) -> (Self, Self) {
        (moving.value, moving.epsilon)
    }
}

impl<T: Element> Leaf for Tensor<T>
where
    Dual<T>: Element,
{
    type Dual = Tensor<Dual<T>>;

    #[track_caller]
    fn with_tape<R>(run: impl FnOnce(&Tape<Self>) -> R) -> R {
        run(&Tape::new())
    }
    #[track_caller]
    fn moving(value: &Self, tangent: &Self) -> Tensor<Dual<T>> {
        assert_eq!(value.shape(), tangent.shape(), "a direction must have the shape of the value that moves along it");
        let both = value.as_slice().iter().zip(tangent.as_slice());
        Tensor::new(value.shape(), both.map(|(&value, &tangent)| Dual::new(value, tangent)).collect())
    }
    fn parts(moving: &Tensor<Dual<T>>) -> (Self, Self) {
        let part = |of: fn(&Dual<T>) -> T| Tensor::new(moving.shape(), moving.as_slice().iter().map(of).collect());
        (part(|dual| dual.value), part(|dual| dual.epsilon))
    }
}
