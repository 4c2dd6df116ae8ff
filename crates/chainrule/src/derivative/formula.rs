//! What a closure must be to be differentiated.

use super::Parameters;
use crate::tape::{Tape, Value, Var};

/// A borrowed tape, and the variables that stand on it.
///
/// It exists for the bounds [`Formula`], [`Formulas`] and their kin: they speak of a tape that lives for any time whatever, and this
/// is how they name its variables.
pub trait OnTape {
    /// A variable of this tape.
    type Var;
}

impl<'t, V: Value> OnTape for &'t Tape<V> {
    type Var = Var<'t, V>;
}

/// A function from `X` to one variable of the tape `B`; any closure of this form is one.
///
/// It is a trait of its own, and not a plain `Fn`, so that the lifetime of the tape may stand in the result though `X` is the
/// associated type of another trait.
pub trait Formula<X, B: OnTape>: Fn(X) -> B::Var {}
impl<X, B: OnTape, F: Fn(X) -> B::Var> Formula<X, B> for F {}

/// A function from `X` to `M` variables of the tape `B`; any closure of this form is one.
pub trait Formulas<X, B: OnTape, const M: usize>: Fn(X) -> [B::Var; M] {}
impl<X, B: OnTape, const M: usize, F: Fn(X) -> [B::Var; M]> Formulas<X, B, M> for F {}

/// A function from `X` to any number of variables of the tape `B`, as a `Vec`; any closure of this form is one.
pub trait FormulasOfMany<X, B: OnTape>: Fn(X) -> Vec<B::Var> {}
impl<X, B: OnTape, F: Fn(X) -> Vec<B::Var>> FormulasOfMany<X, B> for F {}

/// A function from `X` to variables of the tape `B`, in the arrangement of `U`; any closure of this form is one.
pub trait FormulasLike<X, B: OnTape, U: Parameters>: Fn(X) -> U::Of<B::Var> {}
impl<X, B: OnTape, U: Parameters, F: Fn(X) -> U::Of<B::Var>> FormulasLike<X, B, U> for F {}

/// A function from `X` and an item of data to one variable of the tape `B`; any closure of this form is one.
pub trait FormulaOfData<X, D, B: OnTape>: Fn(X, D) -> B::Var {}
impl<X, D, B: OnTape, F: Fn(X, D) -> B::Var> FormulaOfData<X, D, B> for F {}
