//! What callbacks get to see of a batch, where one of them asks for it.

use super::Learner;
use super::callback::{BatchEnd, ParamChange};
use super::fit::Callbacks;
use crate::error::Result;
use crate::layer::Layer;
use crate::param::Role;
use crate::pass::Pass;
use crate::sequential::Sequential;
use chainrule::{Element, Tensor, Var};

/// The outputs of the layers, while a batch runs.
pub(super) struct Seen<T>(Vec<Tensor<T>>);

impl<T: Element> Seen<T> {
    /// Nothing yet, if anybody looks.
    pub(super) fn wanted(callbacks: Option<&Callbacks<'_, T>>) -> Option<Self> {
        let wanted = callbacks.is_some_and(|callbacks| callbacks.iter().any(|callback| callback.wants_batches()));
        wanted.then(|| Self(Vec::new()))
    }

    /// The forward pass, layer by layer: the same numbers, and what comes between.
    pub(super) fn forward<'t>(
        &mut self,
        network: &Sequential<T>,
        x: Var<'t, Tensor<T>>,
        pass: &Pass<'t, T>,
    ) -> Var<'t, Tensor<T>> {
        (0..network.steps()).fold(x, |x, step| {
            let y = network.run(step, x, pass);
            self.0.push(y.value());
            y
        })
    }

    /// The step of the optimizer, and a look at it for those who asked. Weights that are looked at cannot change in place, so this
    /// makes a copy of them.
    pub(super) fn step(
        self,
        learner: &mut Learner<'_, T>,
        [epoch, number]: [usize; 2],
        callbacks: &mut Callbacks<'_, T>,
    ) -> Result<()> {
        let Learner { network, optimizer, session, .. } = learner;
        let gradients = session.gradients();
        let mut params = Vec::new();
        network.visit(&mut |name, param| {
            let found = gradients.binary_search_by_key(&param.id(), |(id, _)| *id);
            if let (Role::Trained, Ok(at)) = (param.role, found) {
                let (before, gradient) = (param.value.clone(), gradients[at].1.clone());
                params.push(ParamChange { name: name.to_owned(), after: before.clone(), before, gradient });
            }
        });
        session.step_alone(*network, *optimizer)?;
        let mut changes = params.iter_mut().peekable();
        network.visit(&mut |name, param| {
            if let Some(change) = changes.next_if(|change| change.name == name) {
                change.after = param.value.clone();
            }
        });
        let outputs: Vec<(&str, Tensor<T>)> =
            self.0.into_iter().enumerate().map(|(step, y)| (network.name_at(step), y)).collect();
        let batch = BatchEnd { epoch, number, params: &params, outputs: &outputs };
        callbacks.iter_mut().filter(|callback| callback.wants_batches()).try_for_each(|it| it.on_batch_end(&batch))
    }
}
