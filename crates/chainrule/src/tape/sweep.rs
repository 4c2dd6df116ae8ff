//! The chain rule, once, for everything a tape can carry.

use super::{Index, Tape, Value, Var};
use std::ops::Range;

/// The nodes of a tape, in the order they were made: parents before children.
pub trait Record: Default {
    /// What is kept of one operation.
    type Node;
    /// How many nodes there are.
    fn len(&self) -> usize;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Forgets every node and keeps the memory.
    fn clear(&mut self);
    /// How many variables stand before the first operation. A sweep need not visit them: all of them keep what arrives.
    fn leading_variables(&self) -> usize;
    /// Shows the nodes of a range to `visit`, last first.
    fn visit_back(&self, nodes: Range<usize>, visit: impl FnMut(usize, Self::Node));
    /// Whether something was recorded that only a careful sweep gets right.
    fn wants_care(&self) -> bool;
}

/// Where the upstream derivatives of one node are gathered. `W` is what seeds and gradients are: a value, or several at once.
pub trait Adjoint<V: Value, W = V>: Clone {
    /// Nothing has arrived.
    fn nothing() -> Self;
    /// Whether there is nothing to hand on.
    fn is_nothing(&self) -> bool;
    /// Whether what arrived may be wrong for want of care.
    fn is_doubtful(&self) -> bool;
    /// Adds `seed`, the derivative of the result by `output`.
    fn seed(&mut self, output: V::Handle, seed: &W);
    /// Adds `local derivative * upstream` to each parent of `node`.
    fn pull_back(record: &V::Record, node: <V::Record as Record>::Node, upstream: &Self, parents: &mut [Self]) -> Fate;
    /// What arrived, if anything did.
    fn arrived(&self) -> Option<W>;
    /// Gives up what arrived; its memory may go back to the tape.
    #[inline(always)]
    fn discard(self, _record: &V::Record) {}
}

/// What becomes of the adjoint of a node once it has been handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is nothing again, ready for the next sweep.
    HandedOn,
    /// It is a gradient that may be asked for.
    Kept,
}

/// Walks backwards from `slots.len()`: each node hands `local derivative * upstream` to its parents and is nothing again,
/// unless its gradient is kept. Parents come before children, so splitting the slots at the node gives safe access to
/// both, and neither sorting nor recursion is needed. It ends at the leading variables, or above them at `down_to`: the
/// slots below are the caller's to keep. `look` sees each node that hands something on.
#[inline(always)]
pub(crate) fn sweep<V: Value, W, A: Adjoint<V, W>>(
    record: &V::Record,
    slots: &mut [A],
    down_to: usize,
    kept: &mut KeptSlots,
    mut look: impl FnMut(&<V::Record as Record>::Node),
) {
    record.visit_back(down_to.min(slots.len())..slots.len(), |at, node| {
        let (parents, rest) = slots.split_at_mut(at);
        let upstream = std::mem::replace(&mut rest[0], A::nothing());
        if upstream.is_nothing() {
            return;
        }
        look(&node);
        if A::pull_back(record, node, &upstream, parents) == Fate::Kept {
            rest[0] = upstream;
            kept.add(at);
        } else {
            upstream.discard(record);
        }
    });
}

/// Which slots hold a gradient after a sweep. Variables are mostly made one after another, so runs of them are few.
#[derive(Default)]
pub(crate) struct KeptSlots(pub(crate) Vec<Range<usize>>);

impl KeptSlots {
    /// Adds a place below all that were added before.
    #[inline(always)]
    fn add(&mut self, at: usize) {
        match self.0.last_mut() {
            Some(run) if run.start == at + 1 => run.start = at,
            _ => self.0.push(at..at + 1),
        }
    }
}

/// The slots of one kind of sweep. All of them are nothing, except those that are kept.
pub(super) struct Slots<A> {
    slots: Vec<A>,
    kept: KeptSlots,
}

impl<A> Default for Slots<A> {
    fn default() -> Self {
        Self { slots: Vec::new(), kept: KeptSlots::default() }
    }
}

impl<A> Slots<A> {
    fn forget<V: Value>(&mut self, record: &V::Record)
    where
        A: Adjoint<V>,
    {
        for run in self.kept.0.drain(..) {
            for slot in &mut self.slots[run] {
                std::mem::replace(slot, A::nothing()).discard(record);
            }
        }
    }

    /// Sweeps from `seeds` down to the node `part.down_to`, and says whether the answer may be trusted.
    #[inline(always)]
    fn run<V: Value>(
        &mut self,
        record: &V::Record,
        seeds: &[Seed<V>],
        part: &Part<'_>,
        look: impl FnMut(&<V::Record as Record>::Node),
    ) -> bool
    where
        A: Adjoint<V>,
    {
        let Some(top) = seeds.iter().map(|seed| seed.at).max() else { return true };
        let needed = top as usize + 1;
        if self.slots.len() < needed {
            // all are nothing, so there is nothing to copy
            self.slots = vec![A::nothing(); needed.max(2 * self.slots.len())];
        }
        for seed in seeds {
            self.slots[seed.at as usize].seed(seed.output, &seed.weight);
        }
        sweep::<V, V, A>(record, &mut self.slots[..needed], part.down_to, &mut self.kept, look);
        self.kept.0.extend(part.kept_below.iter().map(|run| run.start.min(needed)..run.end.min(needed)));
        !self.kept.0.iter().any(|run| self.slots[run.clone()].iter().any(Adjoint::is_doubtful))
    }

    fn arrived<V: Value>(&self, at: Index) -> Option<V>
    where
        A: Adjoint<V>,
    {
        // beyond the last slot: made after the output, or never swept
        self.slots.get(at as usize).and_then(Adjoint::arrived)
    }
}

/// The part of a tape that a sweep goes through.
pub(super) struct Part<'a> {
    /// Where it ends.
    pub(super) down_to: usize,
    /// The nodes below that keep what arrives there.
    pub(super) kept_below: &'a [Range<usize>],
}

/// An output, and the derivative of the result by it.
pub(super) struct Seed<V: Value> {
    pub(super) at: Index,
    pub(super) output: V::Handle,
    pub(super) weight: V,
}

/// All that a sweep needs, kept from one to the next.
pub(super) struct Sweeps<V: Value> {
    pub(super) seeds: Vec<Seed<V>>,
    usual: Slots<V::Adjoint>,
    careful: Slots<V::CarefulAdjoint>,
    carefully: bool,
}

impl<V: Value> Default for Sweeps<V> {
    fn default() -> Self {
        Self { seeds: Vec::new(), usual: Slots::default(), careful: Slots::default(), carefully: false }
    }
}

impl<V: Value> Sweeps<V> {
    pub(super) fn begin(&mut self, record: &V::Record) {
        self.seeds.clear();
        self.usual.forget::<V>(record);
        self.careful.forget::<V>(record);
    }

    /// One sweep; a second, careful one where the first met a NaN, which may be 0 times infinity.
    pub(super) fn run(&mut self, tape: &Tape<V>) {
        let variables = 0..tape.record.leading_variables();
        let part = Part { down_to: variables.end, kept_below: std::slice::from_ref(&variables) };
        self.run_part(tape, &part, |_| {});
    }

    /// The same over a part of the tape. `look` sees each node that hands something on.
    #[inline(always)]
    pub(super) fn run_part(
        &mut self,
        tape: &Tape<V>,
        part: &Part<'_>,
        mut look: impl FnMut(&<V::Record as Record>::Node),
    ) {
        self.carefully = tape.is_traced() || tape.record.wants_care();
        if !self.carefully && !self.usual.run(&tape.record, &self.seeds, part, &mut look) {
            self.usual.forget::<V>(&tape.record);
            self.carefully = true;
        }
        if self.carefully {
            self.careful.run(&tape.record, &self.seeds, part, &mut look);
        }
    }

    pub(super) fn arrived(&self, at: Index) -> Option<V> {
        if self.carefully { self.careful.arrived(at) } else { self.usual.arrived(at) }
    }
}

impl<'t, V: Value> Var<'t, V> {
    /// The node that a sweep from here starts at, with the tape.
    pub(super) fn start(self) -> Option<(&'t Tape<V>, Index)> {
        Some((self.tape?, V::top(self)?))
    }
}
