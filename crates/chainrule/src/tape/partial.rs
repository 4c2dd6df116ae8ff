//! Sweeps over a part of a tape.

use super::sweep::Part;
use super::{Gradients, Record, Tape, Value, Var};
use std::cell::Cell;
use std::ops::Range;

impl<V: Value> Tape<V> {
    /// The sweep from `outputs` through the nodes from `down_to` on. Of the nodes below, those in `kept_below` keep what arrives;
    /// `strays` says of a node whether it hands on to another one below. `None` if one did, or if an output stands below: then some
    /// gradient would be lost.
    #[track_caller]
    pub(crate) fn backward_part<'t>(
        &'t self,
        outputs: impl IntoIterator<Item = (Var<'t, V>, V)>,
        down_to: usize,
        kept_below: &[Range<usize>],
        strays: impl Fn(&<V::Record as Record>::Node) -> bool,
    ) -> Option<Gradients<'t, V>> {
        let mut sweeps = self.seeded(outputs, "backward_to");
        let is_kept = |at: usize| at >= down_to || kept_below.iter().any(|run| run.contains(&at));
        let part = Above { down_to, kept_below, strays, strayed: Cell::new(false) };
        if !sweeps.seeds.iter().all(|seed| is_kept(seed.at as usize)) {
            return None;
        }
        sweeps.run_part(self, &part);
        // the slots of a sweep that strayed are not clean, and do not go back to the tape
        (!part.strayed.get()).then(|| Gradients::new(self, sweeps))
    }
}

/// What was recorded after a mark.
struct Above<'a, F> {
    down_to: usize,
    kept_below: &'a [Range<usize>],
    strays: F,
    strayed: Cell<bool>,
}

impl<V: Value, F: Fn(&<V::Record as Record>::Node) -> bool> Part<V> for Above<'_, F> {
    fn down_to(&self) -> usize {
        self.down_to
    }
    fn keep_below(&self, keep: impl FnMut(Range<usize>)) {
        self.kept_below.iter().cloned().for_each(keep);
    }
    #[inline]
    fn look(&self, node: &<V::Record as Record>::Node) {
        if (self.strays)(node) {
            self.strayed.set(true);
        }
    }
}
