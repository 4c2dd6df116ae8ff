//! Trainings that are written down, and go on.

use super::Model;
use super::callback::Epoch;
use super::checkpoint::{Keeper, check_resumes};
use super::fit::{Callbacks, Plan};
use super::running::Gathered;
use super::save::{Cut, Position, Saved};
use crate::error::{Error, Result};
use crate::files::{State, damaged};
use chainrule::Element;
use std::path::Path;

/// A checkpoint at work, and the callbacks whose states it writes.
pub(super) struct Keeping<'k, 'c, T> {
    pub(super) keeper: &'k mut Keeper,
    pub(super) callbacks: &'k Callbacks<'c, T>,
}

/// How far a training has come, and what its callbacks remember.
pub(super) fn position<T: Element>(
    [epoch, batch]: [usize; 2],
    plan: &Plan<T>,
    gathered: Option<Gathered>,
    callbacks: &Callbacks<'_, T>,
) -> (Position, Vec<State<T>>) {
    let states: Vec<State<T>> = callbacks.iter().map(|callback| callback.state()).collect();
    let told = callbacks.iter().zip(&states).map(|(callback, state)| (callback.kind().to_owned(), state.notes.clone()));
    let told = told.collect();
    (Position { epoch, batch, cut: cut(plan), gathered, stopped: false, best: None, callbacks: told }, states)
}

fn cut<T: Element>(plan: &Plan<T>) -> Cut {
    Cut { rows: plan.training.count(), batch_size: plan.batch_size, shuffle: plan.shuffle }
}

impl<T: Element> Model<T> {
    /// Becomes what a checkpoint holds, and has the callbacks go on; on an error the model is as it was.
    pub(super) fn resume(&mut self, path: &Path, plan: &Plan<T>, callbacks: &mut Callbacks<'_, T>) -> Result<Position> {
        let refuse = |problem: String| damaged(path, problem);
        let saved = Saved::read(path, &mut self.network)?;
        let Some(position) = saved.position().cloned() else {
            return Err(refuse(
                "was written by `save`, and not by a checkpoint while `fit` ran: `load` it, and give `first_epoch`"
                    .into(),
            ));
        };
        let kinds: Vec<&str> = callbacks.iter().map(|callback| callback.kind()).collect();
        check_resumes(&position, cut(plan), &kinds).map_err(refuse)?;
        if let Some(gathered) = &position.gathered {
            self.parts().1.regather(gathered).map_err(refuse)?;
        }
        let before = self.as_saved();
        self.take(&saved, path)?;
        let mut callbacks = callbacks.iter_mut().zip(&saved.callbacks);
        let resumed = callbacks.try_for_each(|(callback, state)| callback.on_train_resume(state, &mut self.control()));
        if let (Err(_), Some(before)) = (&resumed, before) {
            self.take(&before, path)?;
        }
        resumed.map(|()| position)
    }

    /// Writes what is due after an epoch.
    pub(super) fn keep(
        &mut self,
        keeper: &mut Keeper,
        plan: &Plan<T>,
        callbacks: &Callbacks<'_, T>,
        epoch: &Epoch<'_>,
        stopped: bool,
    ) -> Result<()> {
        let (mut position, states) = position([epoch.number + 1, 0], plan, None, callbacks);
        position.stopped = stopped;
        let watched = keeper.watches().map(|name| epoch.get(name)).transpose()?;
        keeper.epoch_ends(watched, position, &states, |path, position, states| {
            self.facts().write(path, Some(position), states)
        })
    }

    /// Refuses metrics that keep too much to be written amid an epoch, where that will be done.
    pub(super) fn check_gathering(&mut self, keeper: Option<&Keeper>) -> Result<()> {
        if !keeper.is_some_and(Keeper::looks_at_batches) {
            return Ok(());
        }
        self.parts().1.gathered().map(drop).map_err(|metric| Error::Option {
            call: "fit",
            problem: format!(
                "Checkpoint: the metric `{metric}` keeps too much to be written amid an epoch; leave out `every_batches`, or \
                 the metric"
            ),
        })
    }
}
