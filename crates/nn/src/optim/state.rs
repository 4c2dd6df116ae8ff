//! What an optimizer remembers of a parameter.

use super::UpdateRule;
use crate::param::ParamId;
use chainrule::{Element, Shape};
use std::collections::HashMap;

#[derive(Clone)]
pub(super) struct State<T> {
    shape: Shape,
    pub(super) slots: [Vec<T>; 3],
    /// The sum of the gradients since the last update; empty unless gradients are gathered over several steps.
    pub(super) sum: Vec<T>,
}

impl<T: Element> State<T> {
    fn new<R: UpdateRule>(shape: &Shape, rule: &R, gathers: bool) -> Self {
        let length = shape.elements();
        Self {
            shape: shape.clone(),
            slots: rule.slots().map(|start| start.map_or_else(Vec::new, |start| vec![T::literal(start); length])),
            sum: if gathers { vec![T::zero(); length] } else { Vec::new() },
        }
    }

    /// What is remembered of a parameter, from its first use on.
    #[track_caller]
    pub(super) fn of<'s, R: UpdateRule>(
        states: &'s mut HashMap<ParamId, Self>,
        id: ParamId,
        shape: &Shape,
        rule: &R,
        gathers: bool,
    ) -> &'s mut Self {
        let state = states.entry(id).or_insert_with(|| Self::new(shape, rule, gathers));
        assert!(
            state.shape == *shape,
            "{}: the parameter {id:?} had shape {} and now has {shape}; use another optimizer for other parameters",
            R::NAME,
            state.shape
        );
        state
    }
}
