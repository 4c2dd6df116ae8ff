//! What an optimizer remembers of a parameter.

use super::UpdateRule;
use crate::param::ParamId;
use chainrule::{Element, Shape};
use std::collections::BTreeMap;

#[derive(Clone)]
pub(super) struct State<T> {
    pub(super) shape: Shape,
    pub(super) slots: [Vec<T>; 3],
    /// The sum of the gradients since the last update; empty unless gradients are gathered over several steps.
    pub(super) sum: Vec<T>,
}

impl<T: Element> State<T> {
    /// Nothing of a parameter of this shape.
    pub(super) fn empty(shape: Shape) -> Self {
        Self { shape, slots: [const { Vec::new() }; 3], sum: Vec::new() }
    }

    /// What is remembered of a parameter, from its first use on, or from when an option first asked for it.
    #[track_caller]
    pub(super) fn of<'s, R: UpdateRule>(
        states: &'s mut BTreeMap<ParamId, Self>,
        id: ParamId,
        shape: &Shape,
        rule: &R,
        gathers: bool,
    ) -> &'s mut Self {
        let state = states.entry(id).or_insert_with(|| Self::empty(shape.clone()));
        assert!(
            state.shape == *shape,
            "{}: the parameter {id:?} had shape {} and now has {shape}; use another optimizer for other parameters",
            R::NAME,
            state.shape
        );
        let length = shape.elements();
        for (slot, start) in state.slots.iter_mut().zip(rule.slots()) {
            let wanted = start.map_or(0, |_| length);
            if slot.len() != wanted {
                slot.resize(wanted, start.map_or(T::zero(), T::literal));
            }
        }
        let wanted = if gathers { length } else { 0 };
        if state.sum.len() != wanted {
            state.sum.resize(wanted, T::zero());
        }
        state
    }
}
