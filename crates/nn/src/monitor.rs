//! A value that is watched, and which way is better.

/// The name of a value of the history, and whether it should fall or rise. A plain name decides by itself, as Keras's `auto`:
/// accuracies, areas under curves, precision, recall, F1 and R² should rise, all others fall.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Monitor {
    name: String,
    rises: bool,
}

impl Monitor {
    /// A value that should fall.
    pub fn falling(name: impl Into<String>) -> Self {
        Self { name: name.into(), rises: false }
    }

    /// A value that should rise.
    pub fn rising(name: impl Into<String>) -> Self {
        Self { name: name.into(), rises: true }
    }

    /// Its name in the history.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it should rise.
    pub fn rises(&self) -> bool {
        self.rises
    }

    /// The worst value there is.
    pub(crate) fn worst(&self) -> f64 {
        if self.rises { f64::NEG_INFINITY } else { f64::INFINITY }
    }

    /// Whether `value` is better than `best` by more than `least`. NaN never is.
    pub(crate) fn is_better(&self, value: f64, best: f64, least: f64) -> bool {
        if self.rises { value - least > best } else { value + least < best }
    }
}

impl From<&str> for Monitor {
    fn from(name: &str) -> Self {
        let good = ["acc", "auc", "precision", "recall", "f1", "r2"];
        if good.iter().any(|part| name.contains(part)) { Self::rising(name) } else { Self::falling(name) }
    }
}
