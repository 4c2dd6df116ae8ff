//! Trainings that are written down, and go on.

use super::Model;
use super::callback::Epoch;
use super::checkpoint::{Keeper, check_resumes};
use super::fit::{Callbacks, Plan};
use super::running::Gathered;
use super::save::{Cut, Position, Saved};
use crate::error::{Error, Result};
use crate::files::{State, damaged};
use crate::sequential::Treatment;
use chainrule::Element;
use std::path::{Path, PathBuf};

/// Those who are there while an epoch is trained: the callbacks, and the checkpoint at work that writes their states, if there is one.
pub(super) struct Keeping<'k, 'c, T> {
    pub(super) keeper: Option<&'k mut Keeper>,
    pub(super) callbacks: &'k mut Callbacks<'c, T>,
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
    (Position { epoch, batch, cut: cut(plan), gathered, best: None, callbacks: told }, states)
}

fn cut<T: Element>(plan: &Plan<T>) -> Cut {
    Cut { rows: plan.training.count(), batch_size: plan.batch_size, shuffle: plan.shuffle }
}

/// A checkpoint that was read, and fits the training that is to go on from it.
pub(super) struct Resumption<T: Element> {
    pub(super) path: PathBuf,
    pub(super) position: Position,
    saved: Saved<T>,
}

impl<T: Element> Model<T> {
    /// Reads a checkpoint and compares it with what is to go on; nothing changes yet.
    pub(super) fn resumption(
        &mut self,
        path: PathBuf,
        plan: &Plan<T>,
        callbacks: &Callbacks<'_, T>,
    ) -> Result<Resumption<T>> {
        let refuse = |problem: String| damaged(&path, problem);
        let saved = Saved::read(&path, &mut self.network).map_err(|error| match error {
            Error::File { path, problem } => {
                let hint = "give another one, or remove it: from a folder, the one before is gone on from then";
                Error::File { path, problem: format!("{problem}. It is the checkpoint to go on from: {hint}") }
            }
            other => other,
        })?;
        let Some(position) = saved.position().cloned() else {
            return Err(refuse(
                "was written by `save`, and not by a checkpoint while `fit` ran: `load` it, and give `first_epoch`"
                    .into(),
            ));
        };
        let kinds: Vec<&str> = callbacks.iter().map(|callback| callback.kind()).collect();
        check_resumes(&position, cut(plan), &kinds).map_err(refuse)?;
        if saved.network().is_some_and(|network| !self.network.has_layers_of(network)) {
            return Err(refuse(
                "is of a training of other layers: `load_weights` takes its weights, where they fit".into(),
            ));
        }
        let names = self.history_names(plan.held.is_some());
        let told: Vec<&str> = saved.history().names().collect();
        if !told.is_empty() && told != names {
            return Err(refuse(format!(
                "its history has {}, and that of this training would have {}: give the same metrics and validation data",
                told.join(", "),
                names.join(", ")
            )));
        }
        if let Some(gathered) = &position.gathered {
            self.parts().1.regather(gathered).map_err(refuse)?;
            let prediction = self.prediction_shape(plan.training.count());
            for metric in &self.metrics {
                metric.check(&prediction, &plan.training.targets).map_err(refuse)?;
            }
        }
        Ok(Resumption { path, position, saved })
    }

    /// Becomes what a checkpoint holds, and has the callbacks go on; on an error the model is as it was.
    pub(super) fn resume(&mut self, from: &Resumption<T>, callbacks: &mut Callbacks<'_, T>) -> Result<()> {
        let before = self.as_saved();
        self.take_all(&from.saved, &from.path)?;
        let mut callbacks = callbacks.iter_mut().zip(&from.saved.callbacks);
        let resumed = callbacks.try_for_each(|(callback, state)| callback.on_train_resume(state, &mut self.control()));
        if let (Err(_), Some(before)) = (&resumed, before) {
            self.take_all(&before, &from.path)?;
        }
        resumed
    }

    /// Takes everything, and what is frozen or treated in its own way.
    fn take_all(&mut self, saved: &Saved<T>, path: &Path) -> Result<()> {
        let treatment = saved.network().cloned().map(Treatment::read).transpose();
        let treatment = treatment.map_err(|problem| damaged(path, problem))?;
        self.take(saved, path)?;
        if let Some(treatment) = treatment {
            self.network.treat_as(&treatment);
        }
        Ok(())
    }

    /// Writes what is due after an epoch.
    pub(super) fn keep(
        &mut self,
        keeper: &mut Keeper,
        plan: &Plan<T>,
        callbacks: &Callbacks<'_, T>,
        epoch: &Epoch<'_>,
    ) -> Result<()> {
        let (position, states) = position([epoch.number + 1, 0], plan, None, callbacks);
        let watched = keeper.watches().map(|name| epoch.get(name)).transpose()?;
        keeper.epoch_ends(watched, position, &states, |path, position, states| {
            self.facts().write(path, Some(position), states)
        })
    }

    /// Refuses what could not be written later: metrics that keep too much, where that is to be done amid an epoch, and an optimizer
    /// that does not say its state.
    pub(super) fn check_keeping(&mut self, keeper: Option<&Keeper>) -> Result<()> {
        let Some(keeper) = keeper else { return Ok(()) };
        self.facts().check()?;
        if !keeper.looks_at_batches() {
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
