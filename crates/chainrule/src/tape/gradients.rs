//! What a sweep found.

use super::sweep::Sweeps;
use super::{Index, Node, Tape, Value, Var};
use std::fmt;

/// The gradient of an output by every variable of its tape.
///
/// Its buffers go back to the tape when it is dropped; until then the tape cannot be cleared.
#[must_use = "a sweep changes nothing: ask the gradients with `of`"]
pub struct Gradients<'t, V: Value> {
    /// Nothing for an output that is a constant.
    found: Option<(&'t Tape<V>, Box<Sweeps<V>>)>,
}

impl<'t, V: Value> Gradients<'t, V> {
    pub(super) fn new(tape: &'t Tape<V>, sweeps: Box<Sweeps<V>>) -> Self {
        Self { found: Some((tape, sweeps)) }
    }

    /// The gradient by `x`, in its shape: 0 where the output does not depend on it, as for a variable made after the
    /// output. [`get`](Self::get) tells such a 0 apart.
    ///
    /// # Panics
    /// - `x` is an intermediate result whose gradient a plain tape does not keep: make it with [`keep`](Var::keep), or use
    ///   [`Tape::traced`].
    /// - `x` belongs to another tape.
    #[inline]
    #[track_caller]
    pub fn of(&self, x: Var<'_, V>) -> V {
        self.get(x).unwrap_or_else(|| x.value().zero())
    }

    /// The gradient by `x`, or `None` where nothing links the output to it.
    ///
    /// A plain tape of numbers does not tell a disconnected variable from a gradient that is exactly 0, and answers
    /// `Some(0)` for both; a [traced](Tape::traced) tape and a tape of tensors do. The answer for a constant is `None`.
    ///
    /// # Panics
    /// As [`of`](Self::of).
    #[inline]
    #[track_caller]
    pub fn get(&self, x: Var<'_, V>) -> Option<V> {
        let at = self.node(x)?;
        let (tape, sweeps) = self.found.as_ref()?;
        match sweeps.arrived(at) {
            None if !tape.is_traced() && !V::TELLS_DISCONNECTED => Some(x.value().zero()),
            arrived => arrived,
        }
    }

    /// The node at which the gradient by `x` is found, if it has one.
    #[inline]
    #[track_caller]
    fn node(&self, x: Var<'_, V>) -> Option<Index> {
        let at = match V::node(x) {
            Node::At(at) => at,
            Node::Constant => return None,
            Node::Folded => folded_away(),
        };
        if let Some((tape, _)) = &self.found {
            tape.own(x, "Gradients::of");
        }
        Some(at)
    }

    /// The gradients by the variables of an array.
    ///
    /// # Panics
    /// As [`of`](Self::of).
    #[track_caller]
    pub fn of_all<const N: usize>(&self, variables: [Var<'_, V>; N]) -> [V; N] {
        // what panics is outside of the closure, which would hide the caller's line
        for x in variables {
            self.node(x);
        }
        std::array::from_fn(|at| self.of(variables[at]))
    }

    /// The gradients by all variables of a slice.
    ///
    /// # Panics
    /// As [`of`](Self::of).
    #[track_caller]
    pub fn of_slice(&self, variables: &[Var<'_, V>]) -> Vec<V> {
        let mut gradients = Vec::with_capacity(variables.len());
        for &x in variables {
            gradients.push(self.of(x));
        }
        gradients
    }

    /// The upstream gradient that arrived at node `at`, a [`Step::index`](super::Step::index) of a traced tape; `None`
    /// where nothing arrived. On a plain tape only variables and kept values have one.
    pub fn at(&self, at: usize) -> Option<V> {
        let (_, sweeps) = self.found.as_ref()?;
        Index::try_from(at).ok().and_then(|at| sweeps.arrived(at))
    }

    pub(super) fn tape(&self) -> Option<&'t Tape<V>> {
        self.found.as_ref().map(|(tape, _)| *tape)
    }
}

#[cold]
#[inline(never)]
#[track_caller]
pub(crate) fn folded_away() -> ! {
    panic!(
        "the gradient by an intermediate result was asked for, but a plain tape keeps those of variables only (functions \
         of one number are folded into their argument, gradients of tensors used again): write `.keep()` where the value \
         is made, or use `Tape::traced()`"
    )
}

impl<V: Value> Drop for Gradients<'_, V> {
    fn drop(&mut self) {
        if let Some((tape, sweeps)) = self.found.take() {
            tape.spare.borrow_mut().push(sweeps);
        }
    }
}

impl<V: Value> fmt::Debug for Gradients<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gradients").field("tape", &self.tape()).finish_non_exhaustive()
    }
}

impl<'t, V: Value> Var<'t, V> {
    /// The gradient of this value by every variable, each starting from seed 1.
    ///
    /// The same tape can be swept again, from this output or another.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = ScalarTape::new();
    /// let (x, y) = (tape.var(2.0), tape.var(3.0));
    /// let g = (x * y.powi(2)).backward();
    /// assert_eq!(g.of_all([x, y]), [9.0, 12.0]);
    /// ```
    ///
    /// # Panics
    /// When the value is not a single number: sum it, or give a seed.
    #[track_caller]
    pub fn backward(self) -> Gradients<'t, V> {
        match V::one(self) {
            Ok(one) => self.backward_seeded(one),
            Err(reason) => panic!("backward: {reason}"),
        }
    }

    /// The gradient of `seed` times this value: of a tensor, of the sum over its elements of each times that of the seed.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = TensorTape::new();
    /// let x = tape.var(Tensor::from([1.0, 2.0]));
    /// let g = x.powi(2).backward_seeded(Tensor::from([1.0, 10.0]));
    /// assert_eq!(g.of(x).to_vec(), [2.0, 40.0]);
    /// ```
    ///
    /// # Panics
    /// When the seed is a tensor of another shape than this value.
    #[track_caller]
    pub fn backward_seeded(self, seed: V) -> Gradients<'t, V> {
        match self.start() {
            Some((tape, _)) => tape.backward([(self, seed)]),
            None => Gradients { found: None },
        }
    }
}
