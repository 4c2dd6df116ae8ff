//! Networks in files.

use super::{Sequential, put_weights, weights_of};
use crate::error::{Error, Result};
use crate::files::{Content, Entry, Notes, TensorReader, damaged, write};
use crate::layer::{Layer, Registry};
use crate::random::Seeds;
use chainrule::{Element, Shape, Tensor};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io::Read;
use std::path::Path;

/// What a file tells beside its tensors.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct FileNotes {
    /// The layers, where all of them say their settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) network: Option<Value>,
    /// Why they are not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) no_network: Option<String>,
    /// Where a training stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) training: Option<Notes>,
}

impl FileNotes {
    /// As text for the file.
    pub(crate) fn text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|problem| Error::Option { call: "save", problem: problem.to_string() })
    }

    /// From the text of a file; nothing where it has none.
    pub(crate) fn of(text: Option<&str>, path: &Path) -> Result<Self> {
        match text {
            None => Ok(Self::default()),
            Some(text) => serde_json::from_str(text)
                .map_err(|problem| damaged(path, format!("what chainrule wrote of it cannot be read: {problem}"))),
        }
    }
}

/// Tensors whose names hold this belong to a training, not to the network.
const TRAINING: char = '/';

impl<T: Element> Sequential<T> {
    /// Writes the network into a safetensors file: layers with their settings, weights and buffers. [`load`](Self::load) makes the
    /// network again; Python's `safetensors` reads the weights under the same names. The file is replaced as a whole.
    ///
    /// ```
    /// use chainrule_nn::prelude::*;
    /// # let path = std::env::temp_dir().join(format!("chainrule-doc-{}.safetensors", std::process::id()));
    /// let mut network = Sequential::new().input(4).add(Dense::new(3).activation(Relu)).add(Dense::new(2));
    /// network.build()?;
    /// network.save(&path)?;
    /// let again = Sequential::<f32>::load(&path)?;
    /// assert_eq!(again.weights(), network.weights());
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), chainrule_nn::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the file cannot be written, the network is not built, or a layer of one's own does not say its
    /// [settings](Layer::settings): [`save_weights`](Self::save_weights) does without.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let network = Some(self.architecture()?);
        self.write(path.as_ref(), &FileNotes { network, ..FileNotes::default() })
    }

    /// [`save`](Self::save) without the layers, for a program that makes the network itself and calls
    /// [`load_weights`](Self::load_weights).
    ///
    /// # Errors
    /// When the file cannot be written, or the network is not built.
    pub fn save_weights(&self, path: impl AsRef<Path>) -> Result<()> {
        self.write(path.as_ref(), &FileNotes::default())
    }

    fn write(&self, path: &Path, notes: &FileNotes) -> Result<()> {
        if self.output_row().is_none() {
            return Err(Error::Option {
                call: "save",
                problem: "the network has no weights yet: `build()` it, or `compile(...)`".into(),
            });
        }
        let weights = self.weights().into_iter();
        let tensors: Vec<_> = weights.map(|(name, tensor)| (name, Content::Elements(tensor))).collect();
        let empty = notes.network.is_none() && notes.training.is_none();
        write(path, &tensors, if empty { None } else { Some(notes.text()?) })
    }

    /// The network that [`save`](Self::save) wrote, or a training's checkpoint holds, built and with its weights.
    ///
    /// # Errors
    /// When the file cannot be read, is damaged, of a later version, or tells of no network; and when its layers and its weights do
    /// not fit. Then no more was allocated than the size of the file, whatever it announces.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        Self::load_with(path, &Registry::default())
    }

    /// [`load`](Self::load) with layers, activations or penalties of one's own.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_with(path: impl AsRef<Path>, registry: &Registry<T>) -> Result<Self> {
        let path = path.as_ref();
        Self::from_reader(TensorReader::open(path)?, path, registry)
    }

    /// [`load`](Self::load) from the bytes of a file.
    ///
    /// # Errors
    /// As [`load`](Self::load), with `safetensors` for the path.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let path = Path::new("safetensors");
        Self::from_reader(TensorReader::new(bytes, bytes.len() as u64, path)?, path, &Registry::default())
    }

    fn from_reader<R: Read>(reader: TensorReader<R>, path: &Path, registry: &Registry<T>) -> Result<Self> {
        let notes = FileNotes::of(reader.notes.as_deref(), path)?;
        let Some(architecture) = notes.network else {
            let why = notes.no_network.map_or_else(String::new, |why| format!(" ({why})"));
            return Err(damaged(
                path,
                format!(
                    "tells of no layers{why}, only of tensors: make the network in the program, and call `load_weights`"
                ),
            ));
        };
        let told = |problem: String| damaged(path, format!("its network cannot be made: {problem}"));
        let mut network = Self::from_architecture(architecture, registry).map_err(told)?;
        let of_network = reader.entries.iter().filter(|entry| !entry.name.contains(TRAINING));
        let numbers = of_network.map(|entry| entry.shape.elements()).sum();
        network.build_with(&mut Seeds::of_file(network.seeds(), numbers)).map_err(|error| told(error.to_string()))?;
        network.take_weights(reader, path)?;
        Ok(network)
    }

    /// Puts the weights of a safetensors file into this network, by their names: one that [`save`](Self::save),
    /// [`save_weights`](Self::save_weights) or a checkpoint wrote, or Python. Elements of `f32` and `f64` are converted.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged, and for weights that are missing, of another shape, or too many. Then nothing
    /// was changed.
    pub fn load_weights(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        if self.output_row().is_none() {
            self.build()?;
        }
        self.take_weights(TensorReader::open(path)?, path)
    }

    fn take_weights<R: Read>(&mut self, reader: TensorReader<R>, path: &Path) -> Result<()> {
        let own = shapes_of(self);
        check_entries(&own, &reader.entries.iter().filter(|entry| !entry.name.contains(TRAINING)), path)?;
        let weights = reader.read(|name| !name.contains(TRAINING))?;
        put_weights(self, &weights)
    }
}

/// The names and shapes of all parameters and buffers.
pub(crate) fn shapes_of<T: Element>(network: &mut dyn Layer<T>) -> Vec<(String, Shape)> {
    weights_of(network).into_iter().map(|(name, value): (_, Tensor<T>)| (name, value.shape().clone())).collect()
}

/// Compares the tensors of a file with those that a network has, before any of them is read.
pub(crate) fn check_entries<'e>(
    own: &[(String, Shape)],
    entries: &(impl Iterator<Item = &'e Entry> + Clone),
    path: &Path,
) -> Result<()> {
    for (name, shape) in own {
        let Some(entry) = entries.clone().find(|entry| entry.name == *name) else {
            let known: Vec<&str> = entries.clone().map(|entry| entry.name.as_str()).take(20).collect();
            return Err(damaged(path, format!("has no tensor `{name}`; the first that it has: {}", known.join(", "))));
        };
        if entry.shape != *shape {
            return Err(damaged(
                path,
                format!("`{name}` has shape {} there, but {shape} in this network", entry.shape),
            ));
        }
    }
    match entries.clone().find(|entry| own.iter().all(|(name, _)| *name != entry.name)) {
        None => Ok(()),
        Some(entry) => {
            Err(damaged(path, format!("has a tensor `{}`, which this network has no place for", entry.name)))
        }
    }
}
