//! Weights exchanged with `PyTorch`.

use super::{Sequential, check_entries, put_weights, weights_of};
use crate::error::{Error, Result};
use crate::files::{TensorReader, save_tensors};
use crate::pytorch::{Filled, StateDict};
use chainrule::{Element, Shape};
use std::path::Path;

/// Whose names and axes the weights in a file have.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub enum Layout {
    /// Ours: axes as Keras has them, and the names that [`Sequential::weights`] gives.
    #[default]
    Keras,
    /// `PyTorch`'s: those of a module's `state_dict`. The names of layers stay, those of their parameters become `weight`, `bias`,
    /// `running_mean`, `weight_ih_l0`, `in_proj_weight`, ...; `docs/files.md` has the table.
    PyTorch,
}

impl<T: Element> Sequential<T> {
    /// [`save_weights`](Self::save_weights) in this layout: what it writes for [`Layout::PyTorch`] is read by
    /// `module.load_state_dict(safetensors.torch.load_file(path))`, where the module's parts have the names of our layers.
    ///
    /// In `torch.nn.Sequential` they are numbers, which count activations too:
    ///
    /// ```
    /// use chainrule_nn::{Layout, load_tensors, prelude::*};
    /// # let path = std::env::temp_dir().join(format!("chainrule-doc-torch-{}.safetensors", std::process::id()));
    /// // nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
    /// let mut network = Sequential::new()
    ///     .input(4)
    ///     .add_named("0", Dense::new(8).activation(Relu))
    ///     .add_named("2", Dense::new(3));
    /// network.build()?;
    /// network.save_weights_as(&path, Layout::PyTorch)?;
    /// let tensors = load_tensors::<f32>(&path)?;
    /// let known: Vec<_> = tensors.iter().map(|(name, tensor)| (name.as_str(), tensor.shape().to_vec())).collect();
    /// assert_eq!(known, [("0.weight", vec![8, 4]), ("0.bias", vec![8]), ("2.weight", vec![3, 8]), ("2.bias", vec![3])]);
    /// network.load_weights_as(&path, Layout::PyTorch)?;
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), chainrule_nn::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the file cannot be written, the network is not built, or `PyTorch` has nothing for a layer with its settings.
    pub fn save_weights_as(&self, path: impl AsRef<Path>, layout: Layout) -> Result<()> {
        if layout == Layout::Keras {
            return self.save_weights(path);
        }
        self.check_built()?;
        // a clone shares the numbers; it stands in since what it takes back are its own
        let Filled { tensors, .. } = self.clone().exchange(StateDict::new())?;
        save_tensors(path, &tensors)
    }

    /// [`load_weights`](Self::load_weights) from a file in this layout: for [`Layout::PyTorch`] from one that
    /// `safetensors.torch.save_file(module.state_dict(), path)` wrote.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged; for weights that are missing, of another shape, or too many; and when `PyTorch`
    /// has nothing for a layer with its settings. Then nothing was changed.
    pub fn load_weights_as(&mut self, path: impl AsRef<Path>, layout: Layout) -> Result<()> {
        let path = path.as_ref();
        if layout == Layout::Keras {
            return self.load_weights(path);
        }
        if self.output_row().is_none() {
            self.build()?;
        }
        let mut network = self.clone();
        let Filled { tensors, ignored } = network.exchange(StateDict::new())?;
        let own: Vec<_> = tensors.into_iter().map(|(name, tensor)| (name, tensor.shape().clone())).collect();
        let known = |name: &str| ignored.iter().all(|ignored| ignored != name);
        let reader = TensorReader::open(path)?;
        check_entries(&own, &reader.entries.iter().filter(|entry| known(&entry.name)), path).map_err(in_pytorch)?;
        network.exchange(StateDict::of(reader.read(known)?))?;
        put_weights(self, &weights_of(&mut network))
    }

    fn exchange(&mut self, mut state: StateDict<T>) -> Result<Filled<T>> {
        self.pytorch_layers(&mut state);
        state.finish().map_err(|(layer, problem)| Error::Layer { layer, problem })
    }

    /// Every layer once, where it runs first.
    pub(super) fn pytorch_layers(&mut self, state: &mut StateDict<T>) {
        let rows: Vec<Shape> = self.input.iter().chain(&self.shapes).cloned().collect();
        for (step, (&at, row)) in self.order.iter().zip(&rows).enumerate() {
            let runs = self.order.iter().filter(|&&other| other == at).count();
            let first = !self.order[..step].contains(&at);
            let place = &mut self.places[at];
            let before = state.flattened();
            state.within(&place.name, |state| {
                let layer = &mut *place.layer;
                let holds = !weights_of(layer).is_empty();
                if first || !holds {
                    // without parameters, for what it does to shapes
                    layer.pytorch(row, state);
                }
                if let Some([height, width, channels]) = before
                    && holds
                    && (state.flattened() == before || runs > 1)
                {
                    state.refuse(format!(
                        "it is fed with the numbers of images of shape [{height}, {width}, {channels}], which lie in another \
                         order in `PyTorch`; only a `Dense` that runs once takes that into account. Put it before the \
                         `Flatten`, or behind the next `Dense`"
                    ));
                }
            });
        }
    }
}

/// Adds what has to be known of a file in the other layout.
fn in_pytorch(error: Error) -> Error {
    match error {
        Error::File { path, problem } => Error::File {
            path,
            problem: format!(
                "{problem} (names and shapes are those of `PyTorch` here: give each layer the name of the module's part, with \
                 `add_named`)"
            ),
        },
        other => other,
    }
}
