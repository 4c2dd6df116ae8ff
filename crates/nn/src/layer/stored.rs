//! What a file says of a layer.

use super::{Layer, Registry};
use crate::activation::Activate;
use crate::regularizer::Regularizer;
use chainrule::{Element, Shape};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::fmt;
use std::sync::Arc;

/// No size in a file may be larger: what is multiplied of them fits in a machine word, or is refused.
const LARGEST_SIZE: usize = u32::MAX as usize;

/// A kind, and the settings of one of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    pub(crate) kind: String,
    pub(crate) settings: Map<String, Value>,
}

/// The settings of a layer as a file holds them, to be taken out one by one. Those that nobody takes are an error: they are
/// misspelt, or of a later version.
pub struct Stored<'r, T: Element = f32> {
    kind: String,
    values: Map<String, Value>,
    registry: &'r Registry<T>,
}

impl<'r, T: Element> Stored<'r, T> {
    pub(crate) fn new(part: Part, registry: &'r Registry<T>) -> Self {
        Self { kind: part.kind, values: part.settings, registry }
    }

    /// A setting: a number, a flag, a text, a list, or an option of those. Sizes are better asked for by [`size`](Self::size).
    ///
    /// # Errors
    /// When it is not there, or of another type.
    pub fn get<V: DeserializeOwned>(&mut self, name: &str) -> Result<V, String> {
        let kind = &self.kind;
        let value = self.values.remove(name).ok_or_else(|| format!("{kind}: the setting `{name}` is missing"))?;
        serde_json::from_value(value).map_err(|problem| format!("{kind}: the setting `{name}`: {problem}"))
    }

    /// How many there are of something: a whole number below 2³².
    ///
    /// # Errors
    /// When it is not there, of another type, or larger.
    pub fn size(&mut self, name: &str) -> Result<usize, String> {
        let size = self.get(name)?;
        self.checked(name, size)
    }

    /// A [`size`](Self::size), if there is one.
    ///
    /// # Errors
    /// As [`size`](Self::size).
    pub fn optional_size(&mut self, name: &str) -> Result<Option<usize>, String> {
        let size: Option<usize> = self.get(name)?;
        size.map(|size| self.checked(name, size)).transpose()
    }

    /// As many sizes.
    ///
    /// # Errors
    /// As [`size`](Self::size), and when there are more or fewer.
    pub fn sizes<const N: usize>(&mut self, name: &str) -> Result<[usize; N], String> {
        let sizes: Vec<usize> = self.get(name)?;
        let count = sizes.len();
        let sizes: [usize; N] = sizes
            .try_into()
            .map_err(|_| format!("{}: the setting `{name}` has {count} numbers, and should have {N}", self.kind))?;
        sizes.iter().try_for_each(|&size| self.checked(name, size).map(drop))?;
        Ok(sizes)
    }

    /// The shape of a row, if there is one.
    ///
    /// # Errors
    /// When it is not there, of another type, or too large for any memory.
    pub fn shape(&mut self, name: &str) -> Result<Option<Shape>, String> {
        let sizes: Option<Vec<usize>> = self.get(name)?;
        let Some(sizes) = sizes else { return Ok(None) };
        sizes.iter().try_for_each(|&size| self.checked(name, size).map(drop))?;
        Ok(Some(sizes.into()))
    }

    /// An activation.
    ///
    /// # Errors
    /// When it is not there, or its name is not known.
    pub fn activation(&mut self, name: &str) -> Result<Box<dyn Activate<T>>, String> {
        let text: String = self.get(name)?;
        self.registry.restore_activation(&text)
    }

    /// A penalty, if there is one.
    ///
    /// # Errors
    /// When it is not there, or its kind is not known.
    pub fn regularizer(&mut self, name: &str) -> Result<Option<Arc<dyn Regularizer<T>>>, String> {
        let part: Option<Part> = self.get(name)?;
        part.map(|part| self.registry.restore_regularizer(part)).transpose()
    }

    /// A layer within this one.
    ///
    /// # Errors
    /// When it is not there, its kind is not known, or its settings make no sense.
    pub fn layer(&mut self, name: &str) -> Result<Box<dyn Layer<T>>, String> {
        let part = self.get(name)?;
        self.registry.restore_layer(part)
    }

    /// Layers within this one.
    ///
    /// # Errors
    /// As [`layer`](Self::layer).
    pub fn layers(&mut self, name: &str) -> Result<Vec<Box<dyn Layer<T>>>, String> {
        let parts: Vec<Part> = self.get(name)?;
        parts.into_iter().map(|part| self.registry.restore_layer(part)).collect()
    }

    fn checked(&self, name: &str, size: usize) -> Result<usize, String> {
        if size <= LARGEST_SIZE {
            return Ok(size);
        }
        Err(format!("{}: the setting `{name}` is {size}, and sizes go up to {LARGEST_SIZE}", self.kind))
    }

    /// Refuses what was not asked for.
    pub(crate) fn finish(self) -> Result<(), String> {
        match self.values.keys().next() {
            None => Ok(()),
            Some(name) => Err(format!(
                "{} has no setting `{name}`: it is misspelt, or the file is of a later version of chainrule",
                self.kind
            )),
        }
    }
}

impl<T: Element> fmt::Debug for Stored<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stored").field("kind", &self.kind).field("values", &self.values).finish_non_exhaustive()
    }
}
