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
    /// How many variables stand before the first operation. A sweep does not visit them: all of them keep what arrives.
    fn leading_variables(&self) -> usize;
    /// Shows the nodes of a range behind the leading variables to `visit`, last first.
    fn visit_back(&self, nodes: Range<usize>, visit: impl FnMut(usize, Self::Node));
    /// Whether something was recorded that only a careful sweep gets right.
    fn wants_care(&self) -> bool;
}

/// Where the upstream derivatives of one node are gathered. `W` is what seeds and gradients are: a value, or several at once.
pub trait Adjoint<V: Value, W = V>: Clone {
    /// Whether it stays in its slot while it is handed on, as is better for what is large. Numbers are moved into a register.
    const IN_PLACE: bool = false;
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
    let leading = record.leading_variables().min(slots.len());
    record.visit_back(down_to.clamp(leading, slots.len())..slots.len(), |at, node| {
        let (parents, rest) = slots.split_at_mut(at);
        if A::IN_PLACE {
            let upstream = &mut rest[0];
            if upstream.is_nothing() {
                return;
            }
            look(&node);
            if A::pull_back(record, node, upstream, parents) == Fate::Kept {
                kept.add(at);
            } else {
                std::mem::replace(upstream, A::nothing()).discard(record);
            }
            return;
        }
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
    if down_to < leading {
        kept.0.push(down_to..leading);
    }
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

    /// Sweeps from `seeds` through `part`, and says whether the answer may be trusted.
    #[inline(always)]
    fn run<V: Value>(&mut self, record: &V::Record, seeds: &[Seed<V>], part: &impl Part<V>) -> bool
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
        sweep::<V, V, A>(record, &mut self.slots[..needed], part.down_to(), &mut self.kept, |node| part.look(node));
        part.keep_below(|run| self.kept.0.push(run.start.min(needed)..run.end.min(needed)));
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
pub(super) trait Part<V: Value> {
    /// Where it ends.
    fn down_to(&self) -> usize;
    /// Names the nodes below that keep what arrives there.
    fn keep_below(&self, keep: impl FnMut(Range<usize>));
    /// Sees each node that hands something on.
    fn look(&self, _node: &<V::Record as Record>::Node) {}
}

/// Everything, down to the leading variables, as many as are named here.
struct Whole(usize);

impl<V: Value> Part<V> for Whole {
    #[inline(always)]
    fn down_to(&self) -> usize {
        self.0
    }
    #[inline(always)]
    fn keep_below(&self, mut keep: impl FnMut(Range<usize>)) {
        keep(0..self.0);
    }
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
        self.run_part(tape, &Whole(tape.record.leading_variables()));
    }

    /// The same over a part of the tape.
    #[inline(always)]
    pub(super) fn run_part(&mut self, tape: &Tape<V>, part: &impl Part<V>) {
        self.carefully = tape.is_traced() || tape.record.wants_care();
        if !self.carefully && !self.usual.run(&tape.record, &self.seeds, part) {
            self.usual.forget::<V>(&tape.record);
            self.carefully = true;
        }
        if self.carefully {
            self.careful.run(&tape.record, &self.seeds, part);
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
