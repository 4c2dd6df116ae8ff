//! What a layer was made with, so that a file can tell it.

use serde::Serialize;
use serde_json::{Map, Value};
use std::any::type_name;

/// The settings of a layer by name, as files hold them: what [`Layer::settings`](crate::Layer::settings) says, and what a
/// [`Registry`](crate::Registry) makes the layer from again. Weights are not among them.
///
/// ```
/// use chainrule_nn::Settings;
/// let settings = Settings::new().with("units", 3).with("activation", "relu");
/// assert_eq!(settings.to_string(), r#"{"activation":"relu","units":3}"#);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Settings {
    values: Map<String, Value>,
    /// The first setting that no file can hold, and why.
    problem: Option<String>,
}

impl Settings {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one: a number, a flag, a text, a list, or an option of those.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        match json_of(value) {
            Ok(value) => drop(self.values.insert(name.to_owned(), value)),
            Err(problem) => self.refuse(format!("`{name}`: {problem}")),
        }
        self
    }

    /// Adds a part that has settings itself, such as a layer within a layer; one of its kind is made from them again.
    #[must_use]
    pub fn with_part(self, name: &str, kind: &str, settings: Option<Self>) -> Self {
        let mut this = self;
        let part = this.part(kind, settings);
        this.values.insert(name.to_owned(), part);
        this
    }

    /// Adds a list of such parts.
    #[must_use]
    pub fn with_parts<'k>(self, name: &str, parts: impl IntoIterator<Item = (&'k str, Option<Self>)>) -> Self {
        let mut this = self;
        let parts: Vec<Value> = parts.into_iter().map(|(kind, settings)| this.part(kind, settings)).collect();
        this.values.insert(name.to_owned(), parts.into());
        this
    }

    /// A kind with its settings.
    fn part(&mut self, kind: &str, settings: Option<Self>) -> Value {
        let Self { values, problem } = settings.unwrap_or_else(|| Self {
            values: Map::new(),
            problem: Some(format!("`{kind}` does not say its settings: write its `settings`")),
        });
        if let Some(problem) = problem {
            self.refuse(problem);
        }
        [("kind".to_owned(), Value::from(kind)), ("settings".to_owned(), values.into())].into_iter().collect()
    }

    fn refuse(&mut self, problem: String) {
        self.problem.get_or_insert(problem);
    }

    /// The settings, or why they cannot stand in a file.
    pub(crate) fn values(self) -> Result<Map<String, Value>, String> {
        match self.problem {
            None => Ok(self.values),
            Some(problem) => Err(problem),
        }
    }
}

/// A value as JSON, in which there is no NaN and no infinity: `serde_json` would write them as if nothing had been given.
pub(crate) fn json_of<V: Serialize>(value: V) -> Result<Value, String> {
    fn holds_null(value: &Value) -> bool {
        match value {
            Value::Null => true,
            Value::Array(values) => values.iter().any(holds_null),
            Value::Object(values) => values.values().any(holds_null),
            _ => false,
        }
    }
    let json = serde_json::to_value(value).map_err(|problem| problem.to_string())?;
    if holds_null(&json) && !json.is_null() || json.is_null() && !type_name::<V>().contains("Option") {
        return Err("it is NaN or infinite, or holds such a number, which JSON does not have".into());
    }
    Ok(json)
}

impl std::fmt::Display for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", Value::from(self.values.clone()))
    }
}
