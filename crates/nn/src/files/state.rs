//! What training keeps beside the weights: tensors, and notes in JSON.

use crate::settings::json_of;
use chainrule::{Element, Tensor};
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

/// Notes by name.
pub(crate) type Notes = Map<String, Value>;

/// What an optimizer or a callback has to remember so that a training can go on from a file and end in the same bits: numbers
/// and texts, and tensors, each under a name.
///
/// ```
/// use chainrule_nn::State;
/// let state = State::<f32>::new().with("waited", 3).with_number("best", f64::INFINITY);
/// assert_eq!(state.get::<usize>("waited"), Ok(3));
/// assert_eq!(state.number("best"), Ok(f64::INFINITY));
/// assert!(state.get::<usize>("patience").unwrap_err().contains("`patience` is missing"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct State<T: Element = f32> {
    pub(crate) notes: Notes,
    pub(crate) tensors: Vec<(String, Tensor<T>)>,
}

impl<T: Element> State<T> {
    /// Nothing yet.
    pub fn new() -> Self {
        Self { notes: Notes::new(), tensors: Vec::new() }
    }

    /// Adds a number, a text, a list or an option of those.
    ///
    /// # Panics
    /// For values that JSON does not have: NaN and infinities, for which there is [`with_number`](Self::with_number), and maps
    /// with keys that are no texts.
    #[must_use]
    #[track_caller]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        match json_of(value) {
            Ok(value) => drop(self.notes.insert(name.to_owned(), value)),
            Err(problem) => panic!("State: `{name}` cannot be told: {problem}; `with_number` takes such numbers"),
        }
        self
    }

    /// Adds a number that may be infinite or NaN, which JSON does not have by itself.
    #[must_use]
    pub fn with_number(self, name: &str, value: f64) -> Self {
        self.with(name, Exact(value))
    }

    /// Adds a tensor.
    #[must_use]
    pub fn with_tensor(mut self, name: impl Into<String>, tensor: Tensor<T>) -> Self {
        self.tensors.push((name.into(), tensor));
        self
    }

    /// What was added by [`with`](Self::with).
    ///
    /// # Errors
    /// When it is not there, or of another type.
    pub fn get<V: DeserializeOwned>(&self, name: &str) -> Result<V, String> {
        let value = self.notes.get(name).ok_or_else(|| format!("`{name}` is missing"))?;
        V::deserialize(value).map_err(|problem| format!("`{name}`: {problem}"))
    }

    /// What was added by [`with_number`](Self::with_number).
    ///
    /// # Errors
    /// When it is not there, or no number.
    pub fn number(&self, name: &str) -> Result<f64, String> {
        self.get::<Exact>(name).map(|number| number.0)
    }

    /// How often something happened: a whole number up to 2⁵³, so that it can be counted on from it.
    ///
    /// # Errors
    /// When it is not there, or no such number.
    pub fn count(&self, name: &str) -> Result<u64, String> {
        let count = self.get(name)?;
        if is_count(count) { Ok(count) } else { Err(format!("`{name}` is {count}, more than anything was counted to")) }
    }

    /// The tensors with their names.
    pub fn tensors(&self) -> &[(String, Tensor<T>)] {
        &self.tensors
    }
}

/// Whether something can have happened so often.
pub(crate) fn is_count(count: u64) -> bool {
    count <= 1 << f64::MANTISSA_DIGITS
}

/// A number as JSON that comes back in the same bits, but for the payload of NaN.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Exact(pub(crate) f64);

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_finite() {
            serializer.serialize_f64(self.0)
        } else {
            serializer.serialize_str(&self.0.to_string())
        }
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(f64),
            Text(String),
        }
        Ok(Self(match Written::deserialize(deserializer)? {
            Written::Number(number) => number,
            Written::Text(text) => match text.as_str() {
                "inf" => f64::INFINITY,
                "-inf" => f64::NEG_INFINITY,
                "NaN" => f64::NAN,
                _ => return Err(D::Error::custom(format!("`{text}` is no number"))),
            },
        }))
    }
}
