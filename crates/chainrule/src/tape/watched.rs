//! A sweep that is looked at while it goes: for finding where a gradient went wrong.

use super::{Adjoint, Record, Tape, Value, Var};

impl<V: Value> Tape<V> {
    /// Sweeps from `output` with care. After a node has handed on, `look` is given its place and a function that tells what has
    /// arrived at a node so far.
    pub(crate) fn sweep_watched(
        &self,
        output: Var<'_, V>,
        seed: &V,
        mut look: impl FnMut(usize, &dyn Fn(usize) -> Option<V>),
    ) {
        let Some((_, top)) = output.start() else { return };
        let top = top as usize;
        let mut slots = vec![V::CarefulAdjoint::nothing(); top + 1];
        slots[top].seed(output.handle, seed);
        self.record.visit_back(self.record.leading_variables().min(top + 1)..top + 1, |at, node| {
            let (parents, rest) = slots.split_at_mut(at);
            if rest[0].is_nothing() {
                return;
            }
            V::CarefulAdjoint::pull_back(&self.record, node, &rest[0], parents);
            look(at, &|node| slots.get(node).and_then(Adjoint::arrived));
        });
        for slot in slots {
            slot.discard(&self.record);
        }
    }
}
