//! A training in a file.

use super::Model;
use super::history::{History, Written};
use super::running::Gathered;
use crate::error::{Error, Result};
use crate::files::{Exact, Notes, State, TensorReader, damaged, element_name, write};
use crate::layer::Layer;
use crate::optim::Optimize;
use crate::param::{NamedParam, Role};
use crate::sequential::{FileNotes, Sequential, check_entries, put_weights, shapes_of};
use chainrule::{Element, Tensor};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Files of this version are written; later ones are refused.
const VERSION: u64 = 1;

/// What tensors are called that belong to the optimizer, and to the callbacks by their numbers.
const OPTIMIZER: &str = "optimizer/";
const CALLBACK: &str = "callback/";

/// Where a training stands, beside its tensors.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TrainingNotes {
    version: u64,
    elements: String,
    /// Of the network.
    seed: u64,
    /// Of the session.
    stream: u64,
    epochs: u64,
    optimizer: Notes,
    history: Written,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    position: Option<Position>,
}

/// How far `fit` has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Position {
    /// The epoch that comes next, or is under way.
    pub(super) epoch: usize,
    /// How many of its batches were trained on.
    pub(super) batch: usize,
    pub(super) cut: Cut,
    /// What was gathered of an epoch that is under way.
    pub(super) gathered: Option<Gathered>,
    /// Whether a callback has ended the training.
    pub(super) stopped: bool,
    /// The best value that a checkpoint has seen.
    pub(super) best: Option<Exact>,
    /// The callbacks: what kind each is, and what it has to remember.
    pub(super) callbacks: Vec<(String, Notes)>,
}

/// How rows are cut into batches.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Cut {
    pub(super) rows: usize,
    pub(super) batch_size: usize,
    pub(super) shuffle: bool,
}

/// What is written of a model.
pub(super) struct Facts<'m, T: Element> {
    pub(super) network: &'m mut Sequential<T>,
    pub(super) optimizer: &'m dyn Optimize<T>,
    pub(super) stream: u64,
    pub(super) epochs: u64,
    pub(super) history: &'m History,
}

impl<T: Element> Facts<'_, T> {
    /// Writes all of it, with the states of the callbacks where `fit` is under way.
    pub(super) fn write(self, path: &Path, position: Option<Position>, callbacks: &[State<T>]) -> Result<()> {
        let refuse = |problem: &str| Error::Option { call: "save", problem: problem.into() };
        let elements = element_name::<T>().ok_or_else(|| refuse("files hold numbers of f32 and f64 alone"))?;
        let optimizer = self.optimizer.state(&named_params(self.network)).ok_or_else(|| {
            refuse("the optimizer does not say its state: write its `state`, or save the network alone")
        })?;
        let training = TrainingNotes {
            version: VERSION,
            elements: elements.into(),
            seed: self.network.seeds(),
            stream: self.stream,
            epochs: self.epochs,
            optimizer: optimizer.notes,
            history: self.history.written(),
            position,
        };
        let training = match serde_json::to_value(training) {
            Ok(serde_json::Value::Object(notes)) => notes,
            other => return Err(refuse(&format!("{other:?} is not what a file holds"))),
        };
        // layers of one's own that do not say their settings do not keep a training from being saved
        let notes = FileNotes { network: self.network.architecture().ok(), training: Some(training) };
        let weights = self.network.weights();
        let of_optimizer = optimizer.tensors.into_iter().map(|(name, value)| (format!("{OPTIMIZER}{name}"), value));
        let of_callbacks = callbacks.iter().enumerate().flat_map(|(number, state)| {
            state.tensors.iter().map(move |(name, value)| (format!("{CALLBACK}{number}/{name}"), value.clone()))
        });
        let tensors: Vec<_> = weights.into_iter().chain(of_optimizer).chain(of_callbacks).collect();
        let tensors: Vec<_> = tensors.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
        write(path, &tensors, Some(notes.text()?))
    }
}

/// The parameters of a network that an optimizer may have a state of.
fn named_params<T: Element>(network: &mut Sequential<T>) -> Vec<NamedParam> {
    let mut params = Vec::new();
    network.visit(&mut |name, param| {
        if param.role != Role::Buffer {
            params.push(NamedParam { id: param.id(), name: name.to_owned(), shape: param.value.shape().clone() });
        }
    });
    params
}

/// A training as a file holds it, read and compared with a network.
pub(super) struct Saved<T: Element> {
    pub(super) notes: TrainingNotes,
    weights: Vec<(String, Tensor<T>)>,
    optimizer: State<T>,
    pub(super) callbacks: Vec<State<T>>,
}

impl<T: Element> Saved<T> {
    /// Reads a file; nothing is read of its tensors before names and shapes were compared.
    pub(super) fn read(path: &Path, network: &mut Sequential<T>) -> Result<Self> {
        let refuse = |problem: String| damaged(path, problem);
        let reader = TensorReader::open(path)?;
        let Some(training) = FileNotes::of(reader.notes.as_deref(), path)?.training else {
            return Err(refuse("holds a network, but no training: `load_weights` takes its weights".into()));
        };
        let version = training.get("version").and_then(serde_json::Value::as_u64);
        if version.is_some_and(|version| version > VERSION) {
            return Err(refuse(format!(
                "is of version {}, and this chainrule reads up to {VERSION}",
                version.unwrap_or(0)
            )));
        }
        let mut notes: TrainingNotes = serde_json::from_value(training.into())
            .map_err(|problem| refuse(format!("what it tells of the training cannot be read: {problem}")))?;
        if Some(notes.elements.as_str()) != element_name::<T>() {
            return Err(refuse(format!("is of a training in {}: the same bits come of that alone", notes.elements)));
        }
        History::from_written(&notes.history).map_err(refuse)?;
        let of_network = reader.entries.iter().filter(|entry| !entry.name.contains('/'));
        check_entries(&shapes_of(network), &of_network, path)?;
        let mut optimizer = State { notes: std::mem::take(&mut notes.optimizer), tensors: Vec::new() };
        let told = notes.position.iter_mut().flat_map(|position| &mut position.callbacks);
        let mut callbacks: Vec<State<T>> =
            told.map(|(_, notes)| State { notes: std::mem::take(notes), tensors: Vec::new() }).collect();
        let mut weights = Vec::new();
        for (name, tensor) in reader.read(|_| true)? {
            let to = if let Some(name) = name.strip_prefix(OPTIMIZER) {
                (&mut optimizer.tensors, name)
            } else if let Some((number, name)) = name.strip_prefix(CALLBACK).and_then(|name| name.split_once('/')) {
                let state = number.parse::<usize>().ok().and_then(|number| callbacks.get_mut(number));
                (&mut state.ok_or_else(|| refuse(format!("has no callback {number}")))?.tensors, name)
            } else {
                (&mut weights, name.as_str())
            };
            to.0.push((to.1.to_owned(), tensor));
        }
        Ok(Self { notes, weights, optimizer, callbacks })
    }

    /// How far `fit` had come.
    pub(super) fn position(&self) -> Option<&Position> {
        self.notes.position.as_ref()
    }
}

impl<T: Element> Model<T> {
    /// Writes the whole model into a safetensors file: layers, weights, buffers, the state of the optimizer, the seed, how far
    /// its random numbers and shuffles have come, and the history. A model that [`load`](Self::load)s it trains on as this one
    /// would. The file is replaced as a whole; Python's `safetensors` reads the weights under their names.
    ///
    /// ```
    /// use chainrule_nn::prelude::*;
    /// # fn main() -> chainrule_nn::Result<()> {
    /// # let path = std::env::temp_dir().join(format!("chainrule-model-{}.safetensors", std::process::id()));
    /// let compiled = || Sequential::new().add(Dense::new(1).input(2)).compile(MeanSquaredError, Adam::new(0.1), ());
    /// let (x, y) = (Tensor::uniform([64, 2], -1.0, 1.0, 1), Tensor::<f32>::uniform([64, 1], -1.0, 1.0, 2));
    /// let mut model = compiled()?;
    /// model.fit(&x, &y, Fit::epochs(2).silent())?;
    /// model.save(&path)?;
    ///
    /// let mut again = compiled()?;
    /// again.load(&path)?;
    /// model.fit(&x, &y, Fit::epochs(2).silent())?;
    /// again.fit(&x, &y, Fit::epochs(2).silent())?;
    /// assert_eq!(again.weights(), model.weights()); // in every bit
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the file cannot be written, and for an optimizer of one's own that does not say its
    /// [state](crate::Optimize::state).
    pub fn save(&mut self, path: impl AsRef<Path>) -> Result<()> {
        self.facts().write(path.as_ref(), None, &[])
    }

    /// Takes everything from a file that [`save`](Self::save) or a [`Checkpoint`](crate::Checkpoint) wrote of a model with the same
    /// layers and the same kind of optimizer. Loss, metrics and the optimizer's settings are the program's; the learning rate
    /// is the file's, unless it follows a schedule.
    ///
    /// # Errors
    /// When the file cannot be read, is damaged, of a later version, or of another model. Then nothing was changed.
    pub fn load(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let saved = Saved::read(path, &mut self.network)?;
        self.take(&saved, path)
    }

    pub(super) fn facts(&mut self) -> Facts<'_, T> {
        let Self { network, optimizer, session, epochs, history, .. } = self;
        Facts { network, optimizer: &**optimizer, stream: session.stream(), epochs: *epochs, history }
    }

    /// Becomes what was read: all of it, or nothing.
    pub(super) fn take(&mut self, saved: &Saved<T>, path: &Path) -> Result<()> {
        let history = History::from_written(&saved.notes.history).map_err(|problem| damaged(path, problem))?;
        let params = named_params(&mut self.network);
        let restored = self.optimizer.restore(&params, &saved.optimizer);
        restored.map_err(|problem| damaged(path, format!("the optimizer cannot go on from it: {problem}")))?;
        put_weights(&mut self.network, &saved.weights)?;
        self.network.set_seed(saved.notes.seed);
        self.session.set_stream(saved.notes.stream);
        (self.epochs, self.history) = (saved.notes.epochs, history);
        Ok(())
    }

    /// What the model is now, to be taken again; none with an optimizer that does not say its state.
    pub(super) fn as_saved(&mut self) -> Option<Saved<T>> {
        let optimizer = self.optimizer.state(&named_params(&mut self.network))?;
        let notes = TrainingNotes {
            version: VERSION,
            elements: String::new(),
            seed: self.network.seeds(),
            stream: self.session.stream(),
            epochs: self.epochs,
            optimizer: Notes::new(),
            history: self.history.written(),
            position: None,
        };
        Some(Saved { notes, weights: self.network.weights(), optimizer, callbacks: Vec::new() })
    }
}
