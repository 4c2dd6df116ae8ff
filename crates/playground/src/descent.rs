//! How a gradient changes the weights: the update rules of chainrule-nn, without what its optimizers do for networks of many tensors.
//! So much smaller is what the page has to load.

use chainrule_nn::optim::{Step, UpdateRule};
use chainrule_nn::schedule::Schedule;

/// An update rule at work on one list of weights.
pub trait Descend {
    /// One step against the gradient.
    fn step(&mut self, weights: &mut [f64], gradient: &[f64]);
}

/// A rule with its schedule, and what it gathers.
pub struct Descending<R> {
    rule: R,
    schedule: Box<dyn Schedule>,
    /// How many steps were made.
    steps: u64,
    /// A number beside each weight in each slot that the rule uses.
    slots: [Vec<f64>; 3],
}

impl<R: UpdateRule> Descending<R> {
    /// Before the first step.
    pub fn new(rule: R, schedule: Box<dyn Schedule>) -> Self {
        Self { rule, schedule, steps: 0, slots: Default::default() }
    }
}

impl<R: UpdateRule> Descend for Descending<R> {
    fn step(&mut self, weights: &mut [f64], gradient: &[f64]) {
        if self.steps == 0 {
            let first = self.rule.slots();
            self.slots = first.map(|first| first.map_or_else(Vec::new, |first| vec![first; weights.len()]));
        }
        let rate = self.schedule.rate(self.steps);
        self.steps += 1;
        self.rule.begin_step(self.steps);
        let slots = self.slots.each_mut().map(|slot| &mut slot[..]);
        self.rule.update(Step { count: self.steps, rate }, weights, gradient, slots);
    }
}
