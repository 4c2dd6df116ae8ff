//! A training in a file.

use super::Model;
use super::checkpoint::Best;
use super::history::History;
use super::running::Gathered;
use crate::error::{Error, Result};
use crate::files::{Content, Notes, State, TensorReader, Want, damaged, element_name, is_count, write};
use crate::layer::Layer;
use crate::optim::Optimize;
use crate::param::{NamedParam, Role};
use crate::sequential::{FileNotes, Sequential, check_entries, put_weights, shapes_of};
use chainrule::{Element, Tensor};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::Path;

/// Files of this version are written; later ones are refused.
const VERSION: u64 = 1;

/// What tensors are called that belong to the optimizer, and to the callbacks by their numbers.
const OPTIMIZER: &str = "optimizer/";
const CALLBACK: &str = "callback/";
/// Numbers in full precision: the columns of the history, and what metrics have gathered.
const HISTORY: &str = "history/";
const METRIC: &str = "metric/";

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
    /// The names of the history's columns, whose numbers are tensors.
    history: Vec<String>,
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
    /// The best value that a checkpoint has seen.
    pub(super) best: Option<Best>,
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
    /// Refuses what cannot be written.
    pub(super) fn check(mut self) -> Result<()> {
        self.parts().map(drop)
    }

    /// The name of the elements, and the state of the optimizer.
    fn parts(&mut self) -> Result<(&'static str, State<T>)> {
        let refuse = |problem: &str| Error::Option { call: "save", problem: problem.into() };
        let elements = element_name::<T>().ok_or_else(|| refuse("files hold numbers of f32 and f64 alone"))?;
        let optimizer = self.optimizer.state(&named_params(self.network)).ok_or_else(|| {
            refuse("the optimizer does not say its state: write its `state`, or save the network alone")
        })?;
        Ok((elements, optimizer))
    }

    /// Writes all of it, with the states of the callbacks where `fit` is under way.
    pub(super) fn write(mut self, path: &Path, position: Option<Position>, callbacks: &[State<T>]) -> Result<()> {
        let refuse = |problem: &str| Error::Option { call: "save", problem: problem.into() };
        let (elements, optimizer) = self.parts()?;
        let (names, columns) = self.history.written();
        let metrics =
            position.iter().filter_map(|position| position.gathered.as_ref()).flat_map(|it| it.metrics.clone());
        let columns = columns.into_iter().enumerate().map(|(at, numbers)| (format!("{HISTORY}{at}"), numbers));
        let metrics = metrics.enumerate().map(|(at, numbers)| (format!("{METRIC}{at}"), numbers));
        let numbers: Vec<_> = columns.chain(metrics).map(|(name, it)| (name, Content::Numbers(it))).collect();
        let training = TrainingNotes {
            version: VERSION,
            elements: elements.into(),
            seed: self.network.seeds(),
            stream: self.stream,
            epochs: self.epochs,
            optimizer: optimizer.notes,
            history: names,
            position,
        };
        let training = match serde_json::to_value(training) {
            Ok(Value::Object(notes)) => notes,
            other => return Err(refuse(&format!("{other:?} is not what a file holds"))),
        };
        // layers of one's own that do not say their settings do not keep a training from being saved
        let (network, no_network) = match self.network.architecture() {
            Ok(network) => (Some(network), None),
            Err(problem) => (None, Some(problem.to_string())),
        };
        let notes = FileNotes { network, no_network, training: Some(training) };
        let weights = self.network.weights();
        let of_optimizer = optimizer.tensors.into_iter().map(|(name, value)| (format!("{OPTIMIZER}{name}"), value));
        let of_callbacks = callbacks.iter().enumerate().flat_map(|(number, state)| {
            state.tensors.iter().map(move |(name, value)| (format!("{CALLBACK}{number}/{name}"), value.clone()))
        });
        let tensors = weights.into_iter().chain(of_optimizer).chain(of_callbacks);
        let contents = tensors.map(|(name, tensor)| (name, Content::Elements(tensor))).chain(numbers);
        write(path, &contents.collect::<Vec<_>>(), Some(notes.text()?))
    }
}

/// The parameters of a network that an optimizer may have a state of.
pub(super) fn named_params<T: Element>(network: &mut Sequential<T>) -> Vec<NamedParam> {
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
    history: History,
    /// The layers, where the file tells of them.
    network: Option<Value>,
    weights: Vec<(String, Tensor<T>)>,
    optimizer: State<T>,
    pub(super) callbacks: Vec<State<T>>,
}

impl<T: Element> Saved<T> {
    /// Reads a file; nothing is read of its tensors before names and shapes were compared.
    pub(super) fn read(path: &Path, network: &mut Sequential<T>) -> Result<Self> {
        let refuse = |problem: String| damaged(path, problem);
        let reader = TensorReader::open(path)?;
        let told = FileNotes::of(reader.notes.as_deref(), path)?;
        let Some(training) = told.training else {
            return Err(refuse("holds a network, but no training: `load_weights` takes its weights".into()));
        };
        let version = training.get("version").and_then(Value::as_u64);
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
        let position = notes.position.iter().flat_map(|position| [position.epoch, position.batch]);
        if !position.map(|count| count as u64).chain([notes.epochs]).all(is_count) {
            return Err(refuse("tells of more epochs than anything was counted to".into()));
        }
        let of_network = reader.entries.iter().filter(|entry| !entry.name.contains('/'));
        check_entries(&shapes_of(network), &of_network, path)?;
        let mut optimizer = State { notes: std::mem::take(&mut notes.optimizer), tensors: Vec::new() };
        let states = notes.position.iter_mut().flat_map(|position| &mut position.callbacks);
        let mut callbacks: Vec<State<T>> =
            states.map(|(_, notes)| State { notes: std::mem::take(notes), tensors: Vec::new() }).collect();
        let (tensors, numbers) = reader.read_as(|name| {
            if name.starts_with(HISTORY) || name.starts_with(METRIC) { Want::Numbers } else { Want::Elements }
        })?;
        // in the order in which they were written
        let (columns, metrics): (Vec<_>, Vec<_>) = numbers.into_iter().partition(|(name, _)| name.starts_with(HISTORY));
        let columns: Vec<_> = columns.into_iter().map(|(_, numbers)| numbers).collect();
        let history = History::from_written(&notes.history, &columns).map_err(refuse)?;
        if let Some(gathered) = notes.position.as_mut().and_then(|position| position.gathered.as_mut()) {
            gathered.metrics = metrics.into_iter().map(|(_, numbers)| numbers).collect();
        }
        let mut weights = Vec::new();
        for (name, tensor) in tensors {
            let to = if let Some(name) = name.strip_prefix(OPTIMIZER) {
                (&mut optimizer.tensors, name)
            } else if let Some((number, name)) = name.strip_prefix(CALLBACK).and_then(|name| name.split_once('/')) {
                let state = number.parse::<usize>().ok().and_then(|number| callbacks.get_mut(number));
                (&mut state.ok_or_else(|| refuse(format!("has no callback {number}")))?.tensors, name)
            } else if name.contains('/') {
                return Err(refuse(format!("has a tensor `{name}`, which belongs to nothing that is known")));
            } else {
                (&mut weights, name.as_str())
            };
            to.0.push((to.1.to_owned(), tensor));
        }
        Ok(Self { notes, history, network: told.network, weights, optimizer, callbacks })
    }

    /// What the epochs before were like.
    pub(super) fn history(&self) -> &History {
        &self.history
    }

    /// The layers, where the file tells of them.
    pub(super) fn network(&self) -> Option<&Value> {
        self.network.as_ref()
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
        let params = named_params(&mut self.network);
        let restored = self.optimizer.restore(&params, &saved.optimizer);
        restored.map_err(|problem| damaged(path, format!("the optimizer cannot go on from it: {problem}")))?;
        put_weights(&mut self.network, &saved.weights)?;
        self.network.set_seed(saved.notes.seed);
        self.session.set_stream(saved.notes.stream);
        (self.epochs, self.history) = (saved.notes.epochs, saved.history.clone());
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
            history: Vec::new(),
            position: None,
        };
        let (history, weights) = (self.history.clone(), self.network.weights());
        Some(Saved {
            notes,
            history,
            network: self.network.architecture().ok(),
            weights,
            optimizer,
            callbacks: Vec::new(),
        })
    }
}
