//! The history as a file, while it is made.

use super::{Callback, Control, Epoch, Flow, cannot_resume};
use crate::error::{Error, Result};
use crate::files::State;
use chainrule::Element;
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Writes a line for each epoch into a CSV file: the epoch, counted from 0, the loss and the metrics. Keras's `CSVLogger`. Each
/// line is there as soon as its epoch has ended.
#[derive(Debug)]
#[doc(alias = "CSVLogger")]
pub struct CsvLog {
    path: PathBuf,
    append: bool,
    file: Option<File>,
    /// Whether a line with the names stands in the file.
    headed: bool,
}

impl CsvLog {
    /// Writes to this file, in the place of what it holds.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self { path: path.as_ref().to_owned(), append: false, file: None, headed: false }
    }

    /// Adds to what the file holds, for a training that goes on.
    #[must_use]
    pub fn append(self) -> Self {
        Self { append: true, ..self }
    }

    fn error(&self, source: std::io::Error) -> Error {
        Error::Io { path: self.path.clone(), source }
    }
}

impl<T: Element> Callback<T> for CsvLog {
    fn on_train_begin(&mut self, _: &mut Control<'_, T>) -> Result<()> {
        let mut options = OpenOptions::new();
        options.create(true).write(true).append(self.append).truncate(!self.append);
        let file = options.open(&self.path).map_err(|source| self.error(source))?;
        self.headed = self.append && file.metadata().is_ok_and(|data| data.len() > 0);
        self.file = Some(file);
        Ok(())
    }

    fn on_train_resume(&mut self, state: &State<T>, control: &mut Control<'_, T>) -> Result<()> {
        let told = state.get::<PathBuf>("path").and_then(|path| Ok((path, state.get::<u64>("length")?)));
        let (path, length) = told.map_err(|problem| cannot_resume("CsvLog", &problem))?;
        if path != self.path {
            // another file: nothing of it is of the epochs before
            return self.on_train_begin(control);
        }
        // lines of epochs that were trained after the checkpoint are written again
        let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(&self.path);
        if let Ok(file) = &mut file {
            let there = file.metadata().map_or(0, |data| data.len());
            file.set_len(length.min(there))
                .and_then(|()| file.seek(SeekFrom::End(0)))
                .map_err(|source| self.error(source))?;
            self.headed = length > 0 && there > 0;
        }
        self.file = Some(file.map_err(|source| self.error(source))?);
        Ok(())
    }

    fn state(&self) -> State<T> {
        let length = self.file.as_ref().and_then(|file| file.metadata().ok()).map_or(0, |data| data.len());
        State::new().with("path", &self.path).with("length", length)
    }

    fn on_epoch_end(&mut self, epoch: &Epoch<'_>, _: &mut Control<'_, T>) -> Result<Flow> {
        let mut text = String::new();
        if !self.headed {
            text = ["epoch"]
                .into_iter()
                .chain(epoch.logs.iter().map(|(name, _)| name.as_str()))
                .collect::<Vec<_>>()
                .join(",");
            text.push('\n');
        }
        let values = epoch.logs.iter().map(|(_, value)| value.to_string());
        text += &[epoch.number.to_string()].into_iter().chain(values).collect::<Vec<_>>().join(",");
        text.push('\n');
        // one write for whole lines
        let written = self.file.as_mut().map_or(Ok(()), |file| file.write_all(text.as_bytes()));
        written.map_err(|source| self.error(source))?;
        self.headed = true;
        Ok(Flow::Continue)
    }
}
