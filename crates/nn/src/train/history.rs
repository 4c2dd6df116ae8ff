//! What training was like, epoch by epoch.

use std::fmt;
use std::ops::Index;

/// The loss and the metrics after each epoch, by name: `loss`, `accuracy`, and with validation data `val_loss`,
/// `val_accuracy`. Prints as a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// The number of each epoch, from 0.
    epochs: Vec<usize>,
    columns: Vec<(String, Vec<f64>)>,
}

impl History {
    pub(super) fn push(&mut self, epoch: usize, logs: &[(String, f64)]) {
        for (name, value) in logs {
            match self.columns.iter_mut().find(|(known, _)| known == name) {
                Some((_, values)) => values.push(*value),
                None => self.columns.push((name.clone(), vec![*value])),
            }
        }
        self.epochs.push(epoch);
    }

    /// As a file holds it: the numbers of the epochs, and then a column for each name.
    pub(super) fn written(&self) -> (Vec<String>, Vec<Vec<f64>>) {
        let epochs = self.epochs.iter().map(|&epoch| epoch as f64).collect();
        let names = self.columns.iter().map(|(name, _)| name.clone()).collect();
        (names, [vec![epochs], self.columns.iter().map(|(_, values)| values.clone()).collect()].concat())
    }

    /// From what a file holds.
    ///
    /// # Errors
    /// When there are not as many columns as names, or one has more or fewer values than there were epochs.
    pub(super) fn from_written(names: &[String], columns: &[Vec<f64>]) -> Result<Self, String> {
        let (Some(epochs), true) = (columns.first(), columns.len() == names.len() + 1) else {
            return Err(format!("its history has {} columns for {} names", columns.len(), names.len()));
        };
        if let Some(at) = columns.iter().position(|values| values.len() != epochs.len()) {
            return Err(format!("column {at} of its history has not one value for each of {} epochs", epochs.len()));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "small whole numbers, as they were written"
        )]
        let epochs = epochs.iter().map(|&epoch| epoch as usize).collect();
        Ok(Self { epochs, columns: names.iter().cloned().zip(columns[1..].iter().cloned()).collect() })
    }

    /// How many epochs were trained.
    pub fn len(&self) -> usize {
        self.epochs.len()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.epochs.is_empty()
    }

    /// The numbers of the epochs, from 0.
    pub fn epochs(&self) -> &[usize] {
        &self.epochs
    }

    /// What was watched.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// The values of one column, if it was watched.
    pub fn get(&self, name: &str) -> Option<&[f64]> {
        self.columns.iter().find(|(known, _)| known == name).map(|(_, values)| values.as_slice())
    }

    /// All columns with their names.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &[f64])> {
        self.columns.iter().map(|(name, values)| (name.as_str(), values.as_slice()))
    }

    /// The value of the last epoch, if it was watched.
    pub fn last(&self, name: &str) -> Option<f64> {
        self.get(name)?.last().copied()
    }
}

/// The values of one column.
///
/// # Panics
/// When it was not watched; [`History::get`] does not.
impl Index<&str> for History {
    type Output = [f64];
    #[track_caller]
    fn index(&self, name: &str) -> &[f64] {
        let known: Vec<&str> = self.names().collect();
        self.get(name).unwrap_or_else(|| panic!("the history has no `{name}`; it has: {}", known.join(", ")))
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "epoch")?;
        for (name, _) in &self.columns {
            write!(f, "  {name:>8}")?;
        }
        for (row, epoch) in self.epochs.iter().enumerate() {
            write!(f, "\n{:>5}", epoch + 1)?;
            for (name, values) in &self.columns {
                let width = name.len().max(8);
                write!(f, "  {:>width$.4}", values[row])?;
            }
        }
        Ok(())
    }
}
