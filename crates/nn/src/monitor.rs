//! A value that is watched, and which way is better.

use crate::error::{Error, Result};

/// The name of a value of the history, and whether it should fall or rise. A plain name decides by itself where it can: losses and
/// errors should fall, accuracies, areas under curves, precision, recall, F1 and R² rise. For another one, say which.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Monitor {
    name: String,
    /// None where the name does not tell.
    rises: Option<bool>,
}

impl Monitor {
    /// A value that should fall.
    pub fn falling(name: impl Into<String>) -> Self {
        Self { name: name.into(), rises: Some(false) }
    }

    /// A value that should rise.
    pub fn rising(name: impl Into<String>) -> Self {
        Self { name: name.into(), rises: Some(true) }
    }

    /// Its name in the history.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it should rise; none where that was not said, and the name does not tell.
    pub fn rises(&self) -> Option<bool> {
        self.rises
    }

    /// What is watched, and which way is better, for files.
    pub(crate) fn described(&self) -> String {
        format!("{}, {}", if self.rises == Some(true) { "rising" } else { "falling" }, self.name)
    }

    /// Refuses a name that does not tell which way is better.
    pub(crate) fn check(&self) -> Result<()> {
        if self.rises.is_some() {
            return Ok(());
        }
        let name = &self.name;
        Err(Error::Option {
            call: "fit",
            problem: format!(
                "whether `{name}` should rise or fall is not known: watch `Monitor::rising(\"{name}\")` or \
                 `Monitor::falling(\"{name}\")`"
            ),
        })
    }

    /// The worst value there is.
    pub(crate) fn worst(&self) -> f64 {
        if self.rises == Some(true) { f64::NEG_INFINITY } else { f64::INFINITY }
    }

    /// Whether `value` is better than `best` by more than `least`. NaN never is.
    ///
    /// # Panics
    /// When it is not known which way is better.
    #[track_caller]
    pub(crate) fn is_better(&self, value: f64, best: f64, least: f64) -> bool {
        if let Err(problem) = self.check() {
            panic!("{problem}");
        }
        if self.rises == Some(true) { value - least > best } else { value + least < best }
    }
}

/// Parts of names that should rise, and of names that should fall.
const RISING: [&str; 6] = ["acc", "auc", "precision", "recall", "f1", "r2"];
const FALLING: [&str; 9] =
    ["loss", "error", "entropy", "hinge", "divergence", "likelihood", "poisson", "cosh", "huber"];

impl From<String> for Monitor {
    fn from(name: String) -> Self {
        Self::from(&*name)
    }
}

impl From<&str> for Monitor {
    fn from(name: &str) -> Self {
        let holds = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
        let rises = if holds(&RISING) { Some(true) } else { holds(&FALLING).then_some(false) };
        Self { name: name.into(), rises }
    }
}
