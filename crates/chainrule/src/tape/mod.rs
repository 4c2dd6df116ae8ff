//! The tape, its handles, and the chain rule. Nothing here knows whether a value is a number or a tensor.

mod gradients;
mod operand;
mod operators;
mod partial;
mod sweep;
mod table;
mod trace;
mod var;
mod watched;

pub use gradients::Gradients;
pub use operand::Operand;
pub use sweep::{Adjoint, Fate, Record};
pub use table::{Row, Table};
pub use trace::{Step, StepOperand};
pub use var::Var;

pub(crate) use gradients::folded_away;
pub(crate) use sweep::{KeptSlots, sweep};
pub(crate) use trace::{Kept, Noted, Trace};
pub(crate) use var::foreign_tape;

use crate::real::{Rule, Rule2, Rule3};
use std::cell::RefCell;
use std::fmt;
use sweep::{Seed, Sweeps};

/// The place of a node on its tape.
pub type Index = u32;

/// Something a tape can carry. It chooses what a handle holds, what the tape keeps, and how adjoints are gathered.
///
/// Every [`Real`](crate::Real) is one, so that `Tape<f64>`, `Tape<f32>`, `Tape<Dual<f64>>` and `Tape<Var<'_, f64>>` are
/// tapes of numbers; and so is every [`Tensor`](crate::Tensor) of an [`Element`](crate::Element).
pub trait Value: Clone + fmt::Debug {
    /// What a handle holds beside its tape. Numbers hold their value, so that recording never reads the tape.
    type Handle: Copy;
    /// What the tape keeps of each operation.
    type Record: Record;
    /// How the usual sweep gathers adjoints.
    type Adjoint: Adjoint<Self>;
    /// How a sweep gathers them that was asked to distinguish what the usual one does not: 0 times infinity, NaN
    /// against 0, and "nothing arrived" from "0 arrived".
    type CarefulAdjoint: Adjoint<Self>;
    /// Whether the usual sweep tells a variable that nothing reaches from one whose gradient is 0.
    const TELLS_DISCONNECTED: bool;

    /// A new variable on `tape`.
    #[track_caller]
    fn variable(tape: &Tape<Self>, value: Self) -> Var<'_, Self>;
    /// A value that wants no gradient.
    #[track_caller]
    fn constant(tape: &Tape<Self>, value: Self) -> Var<'_, Self>;
    /// A constant to be combined with `x`.
    #[track_caller]
    fn beside(constant: Self, x: Var<'_, Self>) -> Var<'_, Self>;
    /// The value behind a handle.
    fn value(x: Var<'_, Self>) -> Self;
    /// Records `rule(x)`.
    #[track_caller]
    fn apply<R: Rule>(x: Var<'_, Self>, rule: R) -> Var<'_, Self>;
    /// Records `rule(x, y)`.
    #[track_caller]
    fn apply2<'t, R: Rule2>(x: Var<'t, Self>, y: Var<'t, Self>, rule: R) -> Var<'t, Self>;
    /// Records `rule(x, y, z)`.
    #[track_caller]
    fn apply3<R: Rule3>(arguments: [Var<'_, Self>; 3], rule: R) -> Var<'_, Self>;
    /// The same value as a node of its own, so that its gradient can be asked for.
    #[track_caller]
    fn keep(x: Var<'_, Self>) -> Var<'_, Self>;
    /// The node whose adjoint is the gradient by `x`.
    fn node(x: Var<'_, Self>) -> Node;
    /// The node that a sweep from `y` starts at.
    fn top(y: Var<'_, Self>) -> Option<Index>;
    /// Where `x` stands on its tape, whether or not a gradient by it is of use.
    fn place(x: Var<'_, Self>) -> Option<Index> {
        Self::top(x)
    }
    /// Whether `seed` may be an upstream gradient of `output`.
    ///
    /// # Errors
    /// Says why it may not.
    fn check_seed(_output: Var<'_, Self>, _seed: &Self) -> Result<(), String> {
        Ok(())
    }
    /// One, in the shape of an output: the seed of a sweep from it.
    ///
    /// # Errors
    /// Says why this value needs an explicit seed.
    fn one(output: Var<'_, Self>) -> Result<Self, String>;
    /// Zero, in the shape of this value.
    #[must_use]
    fn zero(&self) -> Self;
    /// The local derivatives that node `at` stored, one for each operand that is a variable; none where they are no values
    /// of this kind.
    fn locals(tape: &Tape<Self>, at: Index) -> Vec<Self>;
    /// The contribution `local * upstream` of one operand, as shown in tables.
    #[must_use]
    fn contribution(local: &Self, upstream: &Self) -> Self;
}

/// Where the gradient by a variable is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// At this node.
    At(Index),
    /// Nowhere: the value is a constant.
    Constant,
    /// Nowhere: the value was folded into another node.
    Folded,
}

/// Every operation in the order it ran, ready to be swept backwards.
///
/// A tape grows through a shared reference, so that its variables can be copied and combined freely; [`clear`](Self::clear)
/// wants the tape for itself, so that no variable outlives what it stands on. Memory is kept from one evaluation to the
/// next: a loop that clears and refills its tape allocates nothing after its first turn. One tape serves one thread;
/// several threads use a tape each.
///
/// ```
/// use chainrule::prelude::*;
/// let mut tape = ScalarTape::new();
/// let mut w = 0.0;
/// for _ in 0..100 {
///     tape.clear();
///     let x = tape.var(w);
///     let loss = 0.5 * (x - 3.0).powi(2);
///     w -= 0.1 * loss.backward().of(x);
/// }
/// assert!((w - 3.0).abs() < 1e-4);
/// ```
pub struct Tape<V: Value> {
    pub(crate) record: V::Record,
    pub(crate) trace: Option<Box<Trace<V>>>,
    /// Buffers of earlier sweeps, to be used again.
    #[expect(clippy::vec_box, reason = "the boxes themselves move in and out")]
    spare: RefCell<Vec<Box<Sweeps<V>>>>,
}

impl<V: Value> Default for Tape<V> {
    fn default() -> Self {
        Self { record: V::Record::default(), trace: None, spare: RefCell::default() }
    }
}

impl<V: Value> fmt::Debug for Tape<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tape").field("nodes", &self.len()).field("traced", &self.is_traced()).finish_non_exhaustive()
    }
}

impl<V: Value> Tape<V> {
    /// An empty tape that keeps what a gradient needs and nothing else.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty tape that also keeps names, operands, values and places in the source, and on which every operation is
    /// a node: see [`Tape::table`] and [`Tape::steps`]. Slower; gradients are the same but for the last bits, as long as no product
    /// of slopes that a plain tape folds together overflows or underflows on the way.
    pub fn traced() -> Self {
        Self { trace: Some(Box::default()), ..Self::default() }
    }

    /// Whether this tape was made by [`Tape::traced`].
    pub fn is_traced(&self) -> bool {
        self.trace.is_some()
    }

    /// A new variable: a value that gradients are taken by.
    #[inline(always)]
    #[track_caller]
    pub fn var(&self, value: V) -> Var<'_, V> {
        V::variable(self, value)
    }

    /// New variables, one for each value of an array.
    #[track_caller]
    pub fn vars<const N: usize>(&self, values: [V; N]) -> [Var<'_, V>; N] {
        // a loop and not `map`: a closure would hide the caller's line from the trace
        let mut variables = [None; N];
        for (slot, value) in variables.iter_mut().zip(values) {
            *slot = Some(self.var(value));
        }
        variables.map(|variable| variable.expect("every slot was filled"))
    }

    /// New variables, one for each value of a slice.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = ScalarTape::new();
    /// let x = tape.variables(&[3.0, 4.0]);
    /// assert_eq!(norm(&x).backward().of_slice(&x), [0.6, 0.8]);
    /// ```
    #[track_caller]
    pub fn variables(&self, values: &[V]) -> Vec<Var<'_, V>> {
        let mut variables = Vec::with_capacity(values.len());
        for value in values {
            variables.push(self.var(value.clone()));
        }
        variables
    }

    /// A value without a gradient. A tape of numbers is not touched: its constants need no tape, and plain numbers may
    /// stand beside variables everywhere. This is also how a variable of an outer tape is lifted to an inner one.
    #[track_caller]
    pub fn constant(&self, value: V) -> Var<'_, V> {
        V::constant(self, value)
    }

    /// How many nodes the tape holds. A plain tape of numbers has none for functions of one variable, nor for operations
    /// with a constant: those are folded into their operand.
    pub fn len(&self) -> usize {
        self.record.len()
    }

    /// Whether nothing was recorded yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets every node; the memory stays for the next evaluation.
    ///
    /// It wants the tape for itself, so a variable or gradient of before cannot be used after:
    ///
    /// ```compile_fail
    /// use chainrule::prelude::*;
    /// let mut tape = ScalarTape::new();
    /// let x = tape.var(1.0);
    /// tape.clear();
    /// let _ = x + 1.0; // x does not live that long
    /// ```
    pub fn clear(&mut self) {
        self.record.clear();
        if let Some(trace) = &mut self.trace {
            trace.clear();
        }
    }

    /// The gradient of `Σ seed · output` over several outputs, in one sweep.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = ScalarTape::new();
    /// let x = tape.var(3.0);
    /// let g = tape.backward([(x * x, 1.0), (x.sin(), 10.0)]);
    /// assert_eq!(g.of(x), 6.0 + 10.0 * 3f64.cos());
    /// ```
    ///
    /// # Panics
    /// When an output belongs to another tape, or a seed is a tensor of another shape than its output.
    #[track_caller]
    pub fn backward<'t>(&'t self, outputs: impl IntoIterator<Item = (Var<'t, V>, V)>) -> Gradients<'t, V> {
        let mut sweeps = self.seeded(outputs, "backward");
        sweeps.run(self);
        Gradients::new(self, sweeps)
    }

    /// What a sweep from these outputs needs.
    #[inline(always)]
    #[track_caller]
    #[expect(clippy::unnecessary_box_returns, reason = "the boxes themselves move in and out")]
    fn seeded<'t>(&'t self, outputs: impl IntoIterator<Item = (Var<'t, V>, V)>, asked: &str) -> Box<Sweeps<V>> {
        let mut sweeps = self.spare.borrow_mut().pop().unwrap_or_default();
        sweeps.begin(&self.record);
        for (output, seed) in outputs {
            if !output.is_constant() {
                self.own(output, asked);
            }
            if let Err(reason) = V::check_seed(output, &seed) {
                panic!("{asked}: {reason}");
            }
            let Some(at) = V::top(output) else { continue };
            sweeps.seeds.push(Seed { at, output: output.handle, weight: seed });
        }
        sweeps
    }

    /// Panics unless `x` is a variable of this tape.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn own(&self, x: Var<'_, V>, asked: &str) {
        if !x.tape.is_some_and(|tape| std::ptr::eq(tape, self)) {
            foreign_tape(asked);
        }
    }
}

/// A tape of `f64` numbers.
pub type ScalarTape = Tape<f64>;
