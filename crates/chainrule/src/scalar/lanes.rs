//! Several gradients in one reverse sweep: a slot holds one adjoint for each output.

use super::Handle;
use super::adjoint::{Careful, Slot, hand_on};
use super::record::{ScalarNode, Scalars};
use crate::real::Real;
use crate::tape::{Adjoint, Fate, Index, KeptSlots, Node, Record, Tape, Value, Var, folded_away, sweep};
use std::fmt;

impl<T: Real, const L: usize> Slot<T> for [T; L] {
    #[inline(always)]
    fn gather(&mut self, partial: T, upstream: &Self) {
        for (sum, upstream) in self.iter_mut().zip(upstream) {
            *sum += partial * *upstream;
        }
    }
}

impl<T: Real, const L: usize> Slot<T> for [Careful<T>; L] {
    fn gather(&mut self, partial: T, upstream: &Self) {
        for (sum, upstream) in self.iter_mut().zip(upstream).filter(|(_, upstream)| upstream.reached) {
            sum.gather(partial, upstream);
        }
    }
}

impl<T: Real, const L: usize> Adjoint<T, [T; L]> for [T; L] {
    #[inline(always)]
    fn nothing() -> Self {
        [T::zero(); L]
    }
    #[inline(always)]
    fn is_nothing(&self) -> bool {
        // no short cut: lanes are compared together
        self.iter().fold(true, |nothing, adjoint| nothing & Real::is_nothing(*adjoint))
    }
    #[inline(always)]
    fn is_doubtful(&self) -> bool {
        self.iter().fold(false, |doubtful, adjoint| doubtful | adjoint.holds_nan())
    }
    #[inline(always)]
    fn seed(&mut self, output: Handle<T>, seed: &[T; L]) {
        for (sum, seed) in self.iter_mut().zip(seed).filter(|(_, seed)| !Real::is_nothing(**seed)) {
            Slot::gather(sum, output.scale, seed);
        }
    }
    #[inline(always)]
    fn pull_back(record: &Scalars<T>, node: ScalarNode<T>, upstream: &Self, parents: &mut [Self]) -> Fate {
        hand_on(record, &node, *upstream, parents)
    }
    #[inline(always)]
    fn arrived(&self) -> Option<[T; L]> {
        Some(*self)
    }
}

impl<T: Real, const L: usize> Adjoint<T, [T; L]> for [Careful<T>; L] {
    fn nothing() -> Self {
        [Careful::nothing(); L]
    }
    fn is_nothing(&self) -> bool {
        !self.iter().any(|lane| lane.reached)
    }
    fn is_doubtful(&self) -> bool {
        false
    }
    fn seed(&mut self, output: Handle<T>, seed: &[T; L]) {
        for (sum, &seed) in self.iter_mut().zip(seed).filter(|(_, seed)| !Real::is_nothing(**seed)) {
            sum.gather(output.scale, &Careful { adjoint: seed, reached: true });
        }
    }
    fn pull_back(record: &Scalars<T>, node: ScalarNode<T>, upstream: &Self, parents: &mut [Self]) -> Fate {
        hand_on(record, &node, *upstream, parents)
    }
    fn arrived(&self) -> Option<[T; L]> {
        self.iter().any(|lane| lane.reached).then(|| self.map(|lane| lane.adjoint))
    }
}

/// The slots of a sweep in lanes. They lie flat, so that a tape can keep them from one sweep to the next whatever the number
/// of lanes; all of them are nothing, except those that are kept.
pub(super) struct LaneSlots<T> {
    usual: Vec<T>,
    careful: Vec<Careful<T>>,
    carefully: bool,
    kept: KeptSlots,
}

impl<T> Default for LaneSlots<T> {
    fn default() -> Self {
        Self { usual: Vec::new(), careful: Vec::new(), carefully: false, kept: KeptSlots::default() }
    }
}

/// The first `nodes` slots of `L` lanes in `flat`, which grows if need be.
#[inline(always)]
pub(super) fn slots_in<S: Copy, const L: usize>(flat: &mut Vec<S>, nodes: usize, nothing: S) -> &mut [[S; L]] {
    if flat.len() < nodes * L {
        // all are nothing, so there is nothing to copy
        *flat = vec![nothing; (nodes * L).max(2 * flat.len())];
    }
    &mut flat.as_chunks_mut().0[..nodes]
}

/// Sweeps from `seeds` and says whether the answer may be trusted.
#[inline(always)]
fn run<'t, T: Real + 't, A: Adjoint<T, [T; L]>, const L: usize>(
    record: &Scalars<T>,
    slots: &mut [A],
    seeds: impl Iterator<Item = (Var<'t, T>, [T; L])>,
    kept: &mut KeptSlots,
) -> bool {
    for (output, seed) in seeds {
        if let Some(at) = T::top(output) {
            slots[at as usize].seed(output.handle, &seed);
        }
    }
    let variables = record.leading_variables().min(slots.len());
    sweep::<T, [T; L], A>(record, slots, variables, kept, |_| {});
    kept.0.push(0..variables);
    !kept.0.iter().any(|run| slots[run.clone()].iter().any(A::is_doubtful))
}

impl<T: Real> LaneSlots<T> {
    #[inline(always)]
    fn fill<'t, const L: usize>(
        &mut self,
        record: &Scalars<T>,
        top: Index,
        seeds: impl Iterator<Item = (Var<'t, T>, [T; L])> + Clone,
    ) where
        T: 't,
    {
        let nodes = top as usize + 1;
        if !self.carefully {
            let slots = slots_in::<T, L>(&mut self.usual, nodes, T::zero());
            if run(record, slots, seeds.clone(), &mut self.kept) {
                return;
            }
            self.forget::<L>();
            self.carefully = true;
        }
        let slots = slots_in::<Careful<T>, L>(&mut self.careful, nodes, Careful::nothing());
        run(record, slots, seeds, &mut self.kept);
    }

    #[inline(always)]
    fn forget<const L: usize>(&mut self) {
        for run in self.kept.0.drain(..) {
            if self.carefully {
                self.careful[run.start * L..run.end * L].fill(Careful::nothing());
            } else {
                self.usual[run.start * L..run.end * L].fill(T::zero());
            }
        }
    }

    #[inline(always)]
    fn arrived<const L: usize>(&self, at: Index) -> [Option<T>; L] {
        let at = at as usize;
        // beyond the last slot: made after the outputs
        if self.carefully {
            self.careful
                .as_chunks()
                .0
                .get(at)
                .map_or([None; L], |slot| slot.map(|lane| lane.reached.then_some(lane.adjoint)))
        } else {
            self.usual.as_chunks().0.get(at).map_or([None; L], |slot| slot.map(Some))
        }
    }
}

impl<T: Real> Tape<T> {
    /// The gradients of `L` outputs, in one reverse sweep: a Jacobian of few rows costs little more than one gradient.
    ///
    /// Each lane is what [`backward`](Var::backward) of its output finds, but for the sign of a 0.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = ScalarTape::new();
    /// let (r, t) = (tape.var(2.0), tape.var(0.5));
    /// let polar = tape.backward_lanes([r * t.cos(), r * t.sin()]);
    /// let (sin, cos) = 0.5f64.sin_cos();
    /// assert_eq!(polar.of(r), [cos, sin]);
    /// assert_eq!(polar.of(t), [-2.0 * sin, 2.0 * cos]);
    /// ```
    ///
    /// # Panics
    /// When an output belongs to another tape. Of no outputs at all (`L` = 0) it does not compile.
    #[inline]
    #[track_caller]
    pub fn backward_lanes<'t, const L: usize>(&'t self, outputs: [Var<'t, T>; L]) -> LaneGradients<'t, T, L> {
        let unit = |lane| std::array::from_fn(|other| if other == lane { T::one() } else { T::zero() });
        for output in outputs {
            self.own_or_constant(output, "backward_lanes");
        }
        self.sweep_lanes(outputs.into_iter().enumerate().map(|(lane, output)| (output, unit(lane))))
    }

    /// The gradients of `L` combinations of outputs, `Σ seed[lane] · output` for each lane, in one reverse sweep.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = ScalarTape::new();
    /// let (x, y) = (tape.var(3.0), tape.var(5.0));
    /// let g = tape.backward_lanes_seeded(&[(x * y, [1.0, 0.0]), (x * x, [1.0, 10.0])]);
    /// assert_eq!(g.of(x), [5.0 + 6.0, 60.0]);
    /// ```
    ///
    /// # Panics
    /// As [`backward_lanes`](Self::backward_lanes).
    #[inline]
    #[track_caller]
    pub fn backward_lanes_seeded<'t, const L: usize>(
        &'t self,
        seeds: &[(Var<'t, T>, [T; L])],
    ) -> LaneGradients<'t, T, L> {
        for &(output, _) in seeds {
            self.own_or_constant(output, "backward_lanes_seeded");
        }
        self.sweep_lanes(seeds.iter().copied())
    }

    #[inline(always)]
    fn sweep_lanes<'t, const L: usize>(
        &'t self,
        seeds: impl Iterator<Item = (Var<'t, T>, [T; L])> + Clone,
    ) -> LaneGradients<'t, T, L> {
        const { assert!(L > 0, "a sweep in lanes needs a lane: name an output, or a seed") };
        let top = seeds.clone().filter_map(|(output, _)| T::top(output)).max();
        let mut slots = self.record.take_lanes();
        slots.carefully = self.is_traced() || self.record.wants_care();
        if let Some(top) = top {
            slots.fill(&self.record, top, seeds);
        }
        LaneGradients { tape: self, slots: Some(slots) }
    }

    #[inline(always)]
    #[track_caller]
    pub(super) fn own_or_constant(&self, x: Var<'_, T>, asked: &str) {
        if !x.is_constant() {
            self.own(x, asked);
        }
    }
}

/// The gradients of `L` outputs by every variable of their tape: what [`Tape::backward_lanes`] found.
///
/// Its buffers go back to the tape when it is dropped; until then the tape cannot be cleared.
#[must_use = "a sweep changes nothing: ask the gradients with `of`"]
pub struct LaneGradients<'t, T: Real, const L: usize> {
    tape: &'t Tape<T>,
    /// Something until it is dropped.
    slots: Option<Box<LaneSlots<T>>>,
}

impl<T: Real, const L: usize> LaneGradients<'_, T, L> {
    /// The derivative of each output by `x`; 0 where it does not depend on it.
    ///
    /// # Panics
    /// - `x` is an intermediate result whose gradient a plain tape does not keep: make it with [`keep`](Var::keep), or use
    ///   [`Tape::traced`].
    /// - `x` belongs to another tape.
    #[inline]
    #[track_caller]
    pub fn of(&self, x: Var<'_, T>) -> [T; L] {
        self.get(x).map(|arrived| arrived.unwrap_or_else(T::zero))
    }

    /// The derivative of each output by `x`, or `None` where nothing links that output to it: on a [traced](Tape::traced) tape.
    /// A plain tape answers `Some(0)`; see [`Gradients::get`](crate::Gradients::get).
    ///
    /// # Panics
    /// As [`of`](Self::of).
    #[inline]
    #[track_caller]
    pub fn get(&self, x: Var<'_, T>) -> [Option<T>; L] {
        let at = match T::node(x) {
            Node::At(at) => at,
            Node::Constant => return [None; L],
            Node::Folded => folded_away(),
        };
        self.tape.own(x, "LaneGradients::of");
        let arrived = self.slots.as_ref().map_or([None; L], |slots| slots.arrived(at));
        if self.tape.is_traced() { arrived } else { arrived.map(|lane| lane.or(Some(T::zero()))) }
    }

    /// The derivatives by the variables of an array: `[variable][lane]`, the Jacobian transposed.
    ///
    /// # Panics
    /// As [`of`](Self::of).
    #[inline]
    #[track_caller]
    pub fn of_all<const N: usize>(&self, variables: [Var<'_, T>; N]) -> [[T; L]; N] {
        let mut derivatives = [[T::zero(); L]; N];
        for (slot, x) in derivatives.iter_mut().zip(variables) {
            *slot = self.of(x);
        }
        derivatives
    }

    /// The derivatives by all variables of a slice.
    ///
    /// # Panics
    /// As [`of`](Self::of).
    #[track_caller]
    pub fn of_slice(&self, variables: &[Var<'_, T>]) -> Vec<[T; L]> {
        let mut derivatives = Vec::with_capacity(variables.len());
        for &x in variables {
            derivatives.push(self.of(x));
        }
        derivatives
    }
}

impl<T: Real, const L: usize> Drop for LaneGradients<'_, T, L> {
    #[inline]
    fn drop(&mut self) {
        if let Some(mut slots) = self.slots.take() {
            slots.forget::<L>();
            self.tape.record.give_lanes(slots);
        }
    }
}

impl<T: Real, const L: usize> fmt::Debug for LaneGradients<'_, T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LaneGradients").field("tape", self.tape).field("lanes", &L).finish_non_exhaustive()
    }
}
