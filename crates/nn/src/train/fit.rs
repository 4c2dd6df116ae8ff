//! The loop.

use super::batch::{Gathered, Rows};
use super::callback::{Control, Epoch, Flow};
use super::check::weighted;
use super::history::History;
use super::options::{ClassWeights, Fit};
use super::progress::Progress;
use super::running::Running;
use super::{Model, blame};
use crate::error::{Error, Result};
use crate::layer::Layer;
use crate::loss::Loss;
use crate::pass::Pass;
use crate::random::Seeds;
use chainrule::{Element, Targets, Tensor, Var};

/// The loss of a batch: the mean over its rows, each times its weight, and the penalties of the layers.
pub(super) fn total<'t, T: Element>(
    loss: &dyn Loss<T>,
    prediction: Var<'t, Tensor<T>>,
    rows: &Rows<T>,
    pass: &Pass<'t, T>,
) -> Var<'t, Tensor<T>> {
    let mut each = loss.of_rows(prediction, &rows.targets);
    if let Some(weights) = &rows.weights {
        // one weight for each row of the batch, whatever axes follow
        let shape = each.shape();
        let aligned = shape.iter().enumerate().map(|(axis, &size)| if axis == 0 { size } else { 1 });
        each *= &weights.reshape(aligned.collect::<chainrule::Shape>());
    }
    let mean = each.mean();
    match pass.penalty() {
        None => mean,
        Some(penalty) => mean + penalty,
    }
}

/// How the rows of a training are gone through.
struct Plan<T> {
    training: Rows<T>,
    held: Option<Rows<T>>,
    batch_size: usize,
    shuffle: bool,
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
    /// make no sense. While training: [`Error::NoGradient`], and [`Error::NotFinite`] with the layer and the operation where the
    /// first such value arose.
    pub fn fit(&mut self, x: &Tensor<T>, targets: impl Into<Targets<T>>, mut fit: Fit<'_, T>) -> Result<History> {
        let plan = self.plan(x, targets.into(), &mut fit)?;
        let mut callbacks = std::mem::take(&mut fit.callbacks);
        let steps = plan.training.count().div_ceil(plan.batch_size);
        let mut progress = Progress::new(fit.verbose, fit.epochs, steps);
        let mut history = History::default();
        let mut room = plan.shuffle.then(|| Gathered::new(&plan.training, plan.batch_size));
        for callback in &mut callbacks {
            callback.on_train_begin(&mut self.control())?;
        }
        for epoch in fit.first_epoch..fit.epochs {
            for callback in &mut callbacks {
                callback.on_epoch_begin(epoch, &mut self.control())?;
            }
            progress.epoch_begins(epoch);
            let trained = self.epoch(epoch, &plan, room.as_mut(), &mut progress);
            let mut logs = match trained {
                Err(Error::NotFinite { loss, .. })
                    if callbacks.iter_mut().any(|callback| callback.on_not_finite(epoch, loss) == Flow::Stop) =>
                {
                    progress.stopped(&format!("the loss is {loss}: training ends"));
                    break;
                }
                trained => trained?,
            };
            if let Some(held) = &plan.held {
                logs.extend(self.score(held, plan.batch_size, "val_"));
            }
            progress.epoch_ends(&logs);
            history.push(epoch, &logs);
            let mut flow = Flow::Continue;
            for callback in &mut callbacks {
                let asked = callback.on_epoch_end(&Epoch { number: epoch, logs: &logs }, &mut self.control())?;
                flow = if asked == Flow::Stop { asked } else { flow };
            }
            if flow == Flow::Stop {
                break;
            }
        }
        for callback in &mut callbacks {
            callback.on_train_end(&mut self.control())?;
        }
        Ok(history)
    }

    fn control(&mut self) -> Control<'_, T> {
        Control { network: &mut self.network, optimizer: &mut *self.optimizer }
    }

    /// Checks everything, and divides the rows.
    fn plan(&self, x: &Tensor<T>, targets: Targets<T>, fit: &mut Fit<'_, T>) -> Result<Plan<T>> {
        let wrong = |problem: String| Err(Error::Option { call: "fit", problem });
        if fit.batch_size == 0 {
            return wrong("the batch size is 0; a batch has at least 1 row".into());
        }
        let rows = self.rows("fit", ["x", "y"], x, targets, fit.sample_weights.take())?;
        let (mut training, held) = match (fit.split, fit.validation.take()) {
            (Some(_), Some(_)) => {
                return wrong("both a validation split and validation data were given; leave one of them out".into());
            }
            (Some(share), None) => divided(&rows, share)?,
            (None, Some((x, targets, weights))) => {
                let held = self.rows("fit", ["the validation data's x", "its y"], &x, targets, weights)?;
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
    ) -> Result<Vec<(String, f64)>> {
        let count = plan.training.count();
        let order = plan.shuffle.then(|| Tensor::permutation(count, self.shuffle_seed()));
        self.epochs += 1;
        let mut metrics = std::mem::take(&mut self.metrics);
        let mut running = Running::new(&mut metrics);
        let mut outcome = Ok(());
        for (batch, start) in (0..count).step_by(plan.batch_size).enumerate() {
            let end = (start + plan.batch_size).min(count);
            let rows = match (&order, &mut room) {
                (Some(order), Some(room)) => room.at(&plan.training, &order.as_slice()[start..end]),
                _ => plan.training.range(start, end),
            };
            outcome = self.step("fit", [epoch, batch], &rows, &mut running);
            if outcome.is_err() {
                break;
            }
            progress.batch_ends(batch, &running);
        }
        let logs = running.logs("");
        self.metrics = metrics;
        outcome.map(|()| logs)
    }

    /// One step of the optimizer.
    pub(super) fn step(
        &mut self,
        call: &'static str,
        [epoch, batch]: [usize; 2],
        rows: &Rows<T>,
        running: &mut Running<'_, T>,
    ) -> Result<()> {
        let pass = self.session.training();
        let prediction = self.network.forward(pass.constant(&rows.x), &pass);
        let loss = total(&*self.loss, prediction, rows, &pass);
        let value = loss.item().to_f64().unwrap_or(f64::NAN);
        if !value.is_finite() {
            let blame = blame::first_not_finite(&mut self.network, &*self.loss, &self.session, rows);
            return Err(Error::NotFinite { call, loss: value, epoch: epoch + 1, batch: batch + 1, blame });
        }
        pass.backward(loss);
        running.add(value, &prediction.value(), &rows.targets, rows.weights.as_ref().map(Tensor::as_slice));
        self.session.step(&mut self.network, &mut *self.optimizer)
    }

    /// The seed of the next epoch's order: it depends on the network's seed and on how many epochs there were.
    fn shuffle_seed(&self) -> u64 {
        Seeds::new(self.network.seeds() ^ self.epochs.rotate_left(32)).next()
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
