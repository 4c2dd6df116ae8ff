//! What an optimizer has come to, to go on from there.

use super::state::State;
use super::{Optimize, Optimizer, UpdateRule};
use crate::files;
use crate::param::{NamedParam, ParamId, check_not_negative};
use chainrule::{Element, Tensor};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the tensors of a parameter are called, behind its name: its slots by their numbers, and this.
const SUM: &str = "sum";

impl<R: UpdateRule, T: Element> Optimizer<R, T> {
    pub(super) fn saved(&self, params: &[NamedParam]) -> files::State<T> {
        let rate = (!self.has_schedule()).then(|| self.rate());
        let mut saved = files::State::new()
            .with("rule", R::NAME)
            .with("batches", self.batches)
            .with("updates", self.updates)
            .with("rate", rate)
            .with("gathered", self.rule.gathered());
        for NamedParam { id, name, .. } in params {
            let Some(state) = self.states.get(id) else { continue };
            let slots = state.slots.iter().enumerate().map(|(number, slot)| (number.to_string(), slot));
            for (place, numbers) in slots.chain([(SUM.to_owned(), &state.sum)]) {
                // a slot that is not used is empty; so is one of a parameter without elements, which comes back by itself
                if !numbers.is_empty() {
                    saved = saved.with_tensor(format!("{name}/{place}"), Tensor::new(&state.shape, numbers.clone()));
                }
            }
        }
        saved
    }

    pub(super) fn go_on(&mut self, params: &[NamedParam], saved: &files::State<T>) -> Result<(), String> {
        let rule: String = saved.get("rule")?;
        if rule != R::NAME {
            return Err(format!("it is the state of {rule}, and not of {}", R::NAME));
        }
        let (batches, updates) = (saved.count("batches")?, saved.count("updates")?);
        let rate: Option<f64> = saved.get("rate")?;
        rate.map_or(Ok(()), |rate| check_not_negative("the learning rate", rate))?;
        let gathered: Vec<f64> = saved.get("gathered")?;
        if gathered.len() != self.rule.gathered().len() {
            return Err(format!("{} has gathered other numbers than these: {gathered:?}", R::NAME));
        }
        let mut states: BTreeMap<ParamId, State<T>> = BTreeMap::new();
        for (name, tensor) in saved.tensors() {
            let (param, place) = name.rsplit_once('/').unwrap_or((name, ""));
            let Some(NamedParam { id, shape, .. }) = params.iter().find(|known| known.name == param) else {
                return Err(format!("it has a state of the parameter `{param}`, which this network does not have"));
            };
            if tensor.shape() != shape {
                return Err(format!("`{name}` has shape {}, but the parameter has shape {shape}", tensor.shape()));
            }
            let state = states.entry(*id).or_insert_with(|| State::empty(shape.clone()));
            let used = self.rule.slots();
            match place.parse::<usize>().ok().filter(|&number| number < used.len() && used[number].is_some()) {
                Some(number) => state.slots[number] = tensor.to_vec(),
                None if place == SUM => state.sum = tensor.to_vec(),
                None => return Err(format!("{} keeps nothing called `{name}`", R::NAME)),
            }
        }
        (self.batches, self.updates, self.states) = (batches, updates, states);
        self.rule.regather(&gathered);
        if let (Some(rate), false) = (rate, self.has_schedule()) {
            self.schedule = Arc::new(rate);
        }
        Ok(())
    }
}
