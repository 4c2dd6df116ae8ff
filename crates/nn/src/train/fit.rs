//! The loop.

use super::batch::{Gathered, Rows};
use super::callback::{Callback, Control, Epoch, Flow};
use super::check::{check_batch_size, weighted};
use super::checkpoint::{Checkpoint, Keeper, newest};
use super::finite::looks_finite;
use super::history::History;
use super::options::{ClassWeights, Fit};
use super::progress::Progress;
use super::resume::{Keeping, Resumption, position};
use super::running::Running;
use super::save::{Facts, Position};
use super::seen::Seen;
use super::{Learner, Model, blame};
use crate::error::{Error, Result};
use crate::layer::Layer;
use crate::loss::Loss;
use crate::pass::Pass;
use crate::random::Seeds;
use chainrule::{Element, Shape, Targets, Tensor, Var};

/// Which steps of predictions of this shape, `[rows, steps, ..]`, are real, where each of them is predicted and some are padding.
pub(super) fn real_steps<T: Element>(pass: &Pass<'_, T>, prediction: &Shape) -> Option<Tensor<bool>> {
    let (_, steps) = prediction.split_last()?;
    pass.mask().filter(|mask| **mask.shape() == *steps)
}

/// The loss of a batch: the mean over its rows, each times its weight, and the penalties of the layers. Where every step is predicted,
/// those that are padding are left out of the mean; it is 0 where all are.
pub(super) fn total<'t, T: Element>(
    loss: &dyn Loss<T>,
    prediction: Var<'t, Tensor<T>>,
    rows: &Rows<T>,
    pass: &Pass<'t, T>,
) -> Var<'t, Tensor<T>> {
    let real = real_steps(pass, &prediction.shape());
    let mut each = loss.of_rows(prediction, &rows.targets);
    if let Some(weights) = &rows.weights {
        // one weight for each row of the batch, whatever axes follow
        let shape = each.shape();
        let aligned = shape.iter().enumerate().map(|(axis, &size)| if axis == 0 { size } else { 1 });
        each *= &weights.reshape(aligned.collect::<Shape>());
    }
    let mean = match real {
        None => each.mean(),
        Some(real) => {
            let count = real.iter().filter(|real| **real).count().max(1);
            each.masked_fill(&real.map(|real| !real), 0.0).sum() / T::literal(count as f64)
        }
    };
    match pass.penalty() {
        None => mean,
        Some(penalty) => mean + penalty,
    }
}

/// Those who look at a training.
pub(super) type Callbacks<'c, T> = Vec<Box<dyn Callback<T> + 'c>>;

/// How the rows of a training are gone through.
pub(super) struct Plan<T> {
    pub(super) training: Rows<T>,
    pub(super) held: Option<Rows<T>>,
    pub(super) batch_size: usize,
    pub(super) shuffle: bool,
}

impl<T: Element> Model<T> {
    /// Trains on inputs and targets: labels (`&Tensor<usize>`), or values (`&Tensor<T>`) such as one-hot rows.
    ///
    /// In each epoch the rows are shuffled and cut into batches; each batch is one step of the optimizer. The losses and metrics
    /// of the history are means over the epoch, taken while the weights change; those of validation data are taken after it.
    ///
    /// The same seed, data and settings give the same bits. A second call goes on where the first ended.
    ///
    /// # Errors
    /// Before anything is trained: data of a wrong shape, without rows, with NaN or infinities, labels out of range, options that
    /// make no sense. While training: [`Error::NoGradient`] and [`Error::Hidden`] for parameters that cannot be trained;
    /// [`Error::NotFinite`] with the batch, the layer, the operation and the line where the first value or gradient arose that is not
    /// finite, of which no weight has changed, and [`Error::Diverged`]. Then callbacks have ended their work, and
    /// [`history`](Self::history) has the epochs before.
    pub fn fit(&mut self, x: &Tensor<T>, targets: impl Into<Targets<T>>, mut fit: Fit<'_, T>) -> Result<History> {
        let plan = self.plan(x, targets.into(), &mut fit)?;
        let mut callbacks = std::mem::take(&mut fit.callbacks);
        let checkpoint = fit.checkpoint.take();
        let watched = callbacks.iter().filter_map(|callback| callback.watches());
        self.check_watched(watched.chain(checkpoint.iter().filter_map(Checkpoint::watches)), plan.held.is_some())?;
        checkpoint.iter().try_for_each(Checkpoint::check)?;
        if fit.resume.is_some() && fit.first_epoch > 0 {
            let problem =
                "both `first_epoch` and `resume_from` were given, and a checkpoint knows its epoch; leave one out";
            return Err(Error::Option { call: "fit", problem: problem.into() });
        }
        let from = fit.resume.as_deref().map_or(Ok(None), newest)?;
        let from = from.map(|path| self.resumption(path, &plan, &callbacks)).transpose()?;
        let resumed = from.as_ref().map(|from| (from.path.as_path(), &from.position));
        let mut keeper = checkpoint.map(|checkpoint| Keeper::new(checkpoint, resumed)).transpose()?;
        self.check_keeping(keeper.as_ref())?;
        let begun = self.begin(from.as_ref(), &mut callbacks);
        let position = from.map(|from| from.position);
        let mut outcome = begun.and_then(|goes_on| match goes_on {
            Flow::Continue => self.train(&plan, &fit, &mut callbacks, keeper.as_mut(), position),
            Flow::Stop => Ok(()),
        });
        // also after an error, so that the best weights come back; the first error is the one to tell
        for callback in &mut callbacks {
            let ended = callback.on_train_end(&mut self.control());
            outcome = outcome.and(ended);
        }
        outcome.map(|()| self.history.clone())
    }

    /// Has the callbacks begin, or the model and them go on; says whether there is anything left to train.
    fn begin(&mut self, from: Option<&Resumption<T>>, callbacks: &mut Callbacks<'_, T>) -> Result<Flow> {
        if let Some(from) = from {
            self.resume(from, callbacks)?;
            let stopped = callbacks.iter().any(Callback::has_stopped);
            return Ok(if stopped { Flow::Stop } else { Flow::Continue });
        }
        self.history = History::default();
        let mut callbacks = callbacks.iter_mut();
        callbacks.try_for_each(|callback| callback.on_train_begin(&mut self.control()))?;
        Ok(Flow::Continue)
    }

    /// All epochs.
    fn train(
        &mut self,
        plan: &Plan<T>,
        fit: &Fit<'_, T>,
        callbacks: &mut Callbacks<'_, T>,
        mut keeper: Option<&mut Keeper>,
        position: Option<Position>,
    ) -> Result<()> {
        let first = position.as_ref().map_or(fit.first_epoch, |position| position.epoch);
        let mut under_way = position.filter(|position| position.batch > 0);
        let steps = plan.training.count().div_ceil(plan.batch_size);
        let mut progress = Progress::new(fit.verbose, fit.epochs, steps);
        let mut room = plan.shuffle.then(|| Gathered::new(&plan.training, plan.batch_size));
        for epoch in first..fit.epochs {
            let begun = under_way.take();
            if begun.is_none() {
                for callback in &mut *callbacks {
                    callback.on_epoch_begin(epoch, &mut self.control())?;
                }
            }
            progress.epoch_begins(epoch);
            let keeping = Keeping { keeper: keeper.as_deref_mut(), callbacks };
            let logs = match self.whole_epoch(epoch, plan, room.as_mut(), &mut progress, begun.as_ref(), keeping) {
                Err(error @ (Error::NotFinite { .. } | Error::Diverged { .. })) => {
                    let mut stops = false;
                    for callback in &mut *callbacks {
                        stops |= callback.on_not_finite(epoch) == Flow::Stop;
                    }
                    if stops {
                        progress.stopped(&format!("{error}. Training ends"));
                        return Ok(());
                    }
                    return Err(error);
                }
                trained => trained?,
            };
            progress.epoch_ends(&logs);
            self.history.push(epoch, &logs);
            let mut flow = Flow::Continue;
            for callback in &mut *callbacks {
                let asked = callback.on_epoch_end(&Epoch { number: epoch, logs: &logs }, &mut self.control())?;
                flow = if asked == Flow::Stop { asked } else { flow };
            }
            if let Some(keeper) = keeper.as_deref_mut() {
                self.keep(keeper, plan, callbacks, &Epoch { number: epoch, logs: &logs })?;
            }
            if flow == Flow::Stop {
                progress.stopped("a callback ends the training");
                break;
            }
        }
        Ok(())
    }

    /// One epoch and the look at the validation data after it; weights or losses that are not finite are an error.
    fn whole_epoch(
        &mut self,
        epoch: usize,
        plan: &Plan<T>,
        room: Option<&mut Gathered<T>>,
        progress: &mut Progress,
        begun: Option<&Position>,
        keeping: Keeping<'_, '_, T>,
    ) -> Result<Vec<(String, f64)>> {
        let diverged = |what| Err(Error::Diverged { epoch: epoch + 1, what });
        let mut logs = self.epoch(epoch, plan, room, progress, begun, keeping)?;
        if let Some(name) = blame::spoiled_parameter(&mut self.network) {
            return diverged(format!("the parameter `{name}`"));
        }
        if let Some(held) = &plan.held {
            let scores = self.score(held, plan.batch_size).logs("val_");
            if scores.first().is_some_and(|(_, loss)| !loss.is_finite()) {
                return diverged("the loss on the validation data".into());
            }
            logs.extend(scores);
        }
        Ok(logs)
    }

    /// Refuses callbacks that look at what there will not be.
    fn check_watched<'w>(&self, mut watched: impl Iterator<Item = &'w str>, validates: bool) -> Result<()> {
        let known = self.history_names(validates);
        match watched.find(|name| known.iter().all(|known| known != name)) {
            None => Ok(()),
            Some(name) => {
                let hint = if name.starts_with("val_") && !validates { "; it needs validation data" } else { "" };
                Err(Error::Option {
                    call: "fit",
                    problem: format!("a callback watches `{name}`, but there are only: {}{hint}", known.join(", ")),
                })
            }
        }
    }

    /// The names that the history of a training has.
    pub(super) fn history_names(&self, validates: bool) -> Vec<String> {
        let trained = self.metric_names();
        let held: Vec<String> = trained.iter().map(|name| format!("val_{name}")).filter(|_| validates).collect();
        [trained, held].concat()
    }

    pub(super) fn control(&mut self) -> Control<'_, T> {
        Control { network: &mut self.network, optimizer: &mut *self.optimizer }
    }

    /// Checks everything, and divides the rows.
    fn plan(&self, x: &Tensor<T>, targets: Targets<T>, fit: &mut Fit<'_, T>) -> Result<Plan<T>> {
        let wrong = |problem: String| Err(Error::Option { call: "fit", problem });
        check_batch_size("fit", fit.batch_size)?;
        let rows = self.rows("fit", ["x", "y"], x, targets, fit.sample_weights.take())?;
        let (mut training, held) = match (fit.split, fit.validation.take()) {
            (Some(_), Some(_)) => {
                return wrong("both a validation split and validation data were given; leave one of them out".into());
            }
            (Some(share), None) => divided(&rows, share)?,
            (None, Some((x, targets))) => {
                let names = ["the validation data's x", "the validation data's y"];
                let held = self.rows("fit", names, &x, targets, None)?;
                (rows, Some(held))
            }
            (None, None) => (rows, None),
        };
        if let Some(classes) = fit.class_weights.take() {
            check_classes(&classes, self.network.output_row().and_then(|row| row.last()).copied())?;
            training.weights = Some(weighted("fit", &classes, &training.targets, training.weights.take())?);
        }
        let batch_size = fit.batch_size.min(training.count());
        Ok(Plan { training, held, batch_size, shuffle: fit.shuffle })
    }

    /// One pass over the training rows.
    fn epoch(
        &mut self,
        epoch: usize,
        plan: &Plan<T>,
        mut room: Option<&mut Gathered<T>>,
        progress: &mut Progress,
        begun: Option<&Position>,
        mut keeping: Keeping<'_, '_, T>,
    ) -> Result<Vec<(String, f64)>> {
        let count = plan.training.count();
        let order = plan.shuffle.then(|| Tensor::permutation(count, self.shuffle_seed()));
        let epochs = self.epochs;
        self.epochs += 1;
        let Self { network, loss, optimizer, metrics, names, session, history, .. } = self;
        let mut learner = Learner { network, loss: &**loss, optimizer: &mut **optimizer, session };
        let mut running = Running::new(metrics, names);
        if let Some(gathered) = begun.and_then(|begun| begun.gathered.as_ref()) {
            running.regather(gathered).map_err(|problem| Error::Option { call: "fit", problem })?;
        }
        let batches = count.div_ceil(plan.batch_size);
        let trained = begun.map_or(0, |begun| begun.batch);
        for (batch, start) in (0..count).step_by(plan.batch_size).enumerate().skip(trained) {
            let end = (start + plan.batch_size).min(count);
            let rows = match (&order, &mut room) {
                (Some(order), Some(room)) => room.at(&plan.training, &order.as_slice()[start..end]),
                _ => plan.training.range(start, end),
            };
            learner.step("fit", [epoch, batch], &rows, &mut running, Some(&mut *keeping.callbacks))?;
            progress.batch_ends(batch, &running);
            if let Some(keeper) = keeping.keeper.as_deref_mut().filter(|keeper| keeper.is_due(batch + 1, batches)) {
                let gathered = running.gathered().ok();
                let (position, states) = position([epoch, batch + 1], plan, gathered, keeping.callbacks);
                let Learner { network, optimizer, session, .. } = &mut learner;
                let facts = Facts { network, optimizer: &**optimizer, stream: session.stream(), epochs, history };
                keeper.batch_ends(position, &states, facts)?;
            }
        }
        Ok(running.logs(""))
    }

    /// The seed of the next epoch's order: it depends on the network's seed and on how many epochs there were, and differs from
    /// those of first weights.
    fn shuffle_seed(&self) -> u64 {
        Seeds::new(self.network.seeds().rotate_left(32) ^ self.epochs ^ 0x5bd1_e995).next()
    }
}

impl<T: Element> Learner<'_, T> {
    /// One step of the optimizer, at which callbacks may look.
    pub(super) fn step(
        &mut self,
        call: &'static str,
        at: [usize; 2],
        rows: &Rows<T>,
        running: &mut Running<'_, T>,
        callbacks: Option<&mut Callbacks<'_, T>>,
    ) -> Result<()> {
        let mut seen = Seen::wanted(callbacks.as_deref());
        let pass = self.session.training();
        let x = pass.constant(&rows.x);
        let prediction = match &mut seen {
            None => self.network.forward(x, &pass),
            Some(seen) => seen.forward(self.network, x, &pass),
        };
        let loss = total(self.loss, prediction, rows, &pass);
        let value = loss.item().to_f64().unwrap_or(f64::NAN);
        if !value.is_finite() {
            return Err(blame::not_finite(self, call, at, value, rows));
        }
        pass.backward(loss);
        let real = real_steps(&pass, &prediction.shape());
        // let go of before the step, so that its buffer is used again
        running.add(value, &prediction.value(), rows, real.as_ref());
        // the step would spoil the weights, and the next batch blame them
        if !self.session.gradients().iter().all(|(_, gradient)| looks_finite(gradient)) {
            return Err(blame::not_finite(self, call, at, value, rows));
        }
        let stepped = match (seen, callbacks) {
            (Some(seen), Some(callbacks)) => seen.step(self, at, callbacks),
            _ => self.session.step_alone(self.network, self.optimizer),
        };
        stepped.map_err(|error| match error {
            Error::NoGradient { parameter, .. } => blame::no_gradient(self, parameter, rows),
            other => other,
        })
    }
}

/// The first rows, and the last ones held out.
fn divided<T: Element>(rows: &Rows<T>, share: f64) -> Result<(Rows<T>, Option<Rows<T>>)> {
    let count = rows.count();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a count")]
    let kept = (count as f64 * (1.0 - share)).floor() as usize;
    if !(share > 0.0 && share < 1.0) || kept == 0 || kept == count {
        return Err(Error::Option {
            call: "fit",
            problem: format!(
                "a validation split of {share} of {count} rows leaves {kept} to train on and {} to validate on; both need at \
                 least one, and the share lies between 0 and 1",
                count.saturating_sub(kept)
            ),
        });
    }
    Ok((rows.range(0, kept), Some(rows.range(kept, count))))
}

fn check_classes(weights: &ClassWeights, columns: Option<usize>) -> Result<()> {
    // one column tells two classes apart
    let classes = columns.unwrap_or(1).max(2);
    match weights.0.keys().find(|&&class| class >= classes) {
        None => Ok(()),
        Some(class) => Err(Error::Option {
            call: "fit",
            problem: format!(
                "a weight was given for class {class}, but the network tells {classes} classes apart: 0 to {}",
                classes - 1
            ),
        }),
    }
}
