//! A training that outlives its process.

use super::save::{Cut, Facts, Position};
use crate::error::{Error, Result};
use crate::files::{Exact, State, check_folder};
use crate::monitor::Monitor;
use chainrule::Element;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// What the names of files begin and end with.
const EPOCH: &str = "epoch-";
const BATCH: &str = "-batch-";
const ENDING: &str = ".safetensors";
const BEST: &str = "best.safetensors";

/// Writes a training into files of a folder while it runs: after each epoch, or more often, the best one, the last few. Given to
/// [`Fit::checkpoint`](crate::Fit::checkpoint); [`Fit::resume_from`](crate::Fit::resume_from) goes on from there, and ends in the
/// same bits as a training that was not interrupted. Keras's `ModelCheckpoint` and `BackupAndRestore` in one.
///
/// A file is `epoch-00003.safetensors` after three epochs, `epoch-00003-batch-000120.safetensors` amid the fourth, and
/// `best.safetensors`. Each holds the whole model, as [`Model::save`](crate::Model::save) writes it, and what callbacks remember.
///
/// ```
/// use chainrule_nn::prelude::*;
/// # fn main() -> chainrule_nn::Result<()> {
/// # let folder = std::env::temp_dir().join(format!("chainrule-checkpoints-{}", std::process::id()));
/// let (x, y) = (Tensor::uniform([64, 2], -1.0, 1.0, 1), Tensor::<f32>::uniform([64, 1], -1.0, 1.0, 2));
/// // run this program again after it was killed, and it goes on
/// let mut model = Sequential::new().add(Dense::new(1).input(2)).compile(MeanSquaredError, Adam::new(0.1), ())?;
/// model.fit(&x, &y, Fit::epochs(5).checkpoint(Checkpoint::in_folder(&folder).keep(2)).resume_from(&folder).silent())?;
/// assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2);
/// # std::fs::remove_dir_all(&folder).unwrap();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[doc(alias = "ModelCheckpoint")]
#[doc(alias = "BackupAndRestore")]
#[must_use = "it does nothing until `Fit::checkpoint` gets it"]
pub struct Checkpoint {
    folder: PathBuf,
    batches: Option<usize>,
    keep: usize,
    best: Option<Monitor>,
    only_best: bool,
}

impl Checkpoint {
    /// After each epoch, into this folder, which is made if it is not there; the last one is kept.
    pub fn in_folder(folder: impl AsRef<Path>) -> Self {
        Self { folder: folder.as_ref().into(), batches: None, keep: 1, best: None, only_best: false }
    }

    /// Also after each so many batches of an epoch.
    pub fn every_batches(self, batches: usize) -> Self {
        Self { batches: Some(batches), ..self }
    }

    /// Keeps this many of the last files, beside the best one.
    pub fn keep(self, files: usize) -> Self {
        Self { keep: files, ..self }
    }

    /// Keeps all files.
    pub fn keep_all(self) -> Self {
        self.keep(usize::MAX)
    }

    /// Also writes `best.safetensors` after each epoch in which this value is better than in all before.
    pub fn best(self, monitor: impl Into<Monitor>) -> Self {
        Self { best: Some(monitor.into()), ..self }
    }

    /// Writes `best.safetensors` alone.
    #[doc(alias = "save_best_only")]
    pub fn best_only(self, monitor: impl Into<Monitor>) -> Self {
        Self { only_best: true, ..self.best(monitor) }
    }

    /// The value that is watched.
    pub(super) fn watches(&self) -> Option<&str> {
        self.best.as_ref().map(Monitor::name)
    }

    pub(super) fn check(&self) -> Result<()> {
        let wrong = |problem: &str| Err(Error::Option { call: "fit", problem: format!("Checkpoint: {problem}") });
        if self.keep == 0 {
            return wrong("0 files would be kept; keep at least 1, or give `best_only`");
        }
        if self.batches == Some(0) {
            return wrong("it cannot be written after each 0 batches; give at least 1");
        }
        self.best.as_ref().map_or(Ok(()), Monitor::check)
    }
}

/// The best value that a checkpoint has seen, and of what.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Best {
    monitor: String,
    value: Exact,
}

impl Best {
    /// The value, for one who watches the same.
    fn of(&self, monitor: &Monitor) -> Result<f64> {
        if self.monitor == monitor.described() {
            return Ok(self.value.0);
        }
        Err(Error::Option {
            call: "fit",
            problem: format!(
                "Checkpoint: the training has kept the best value so far of ({}), and now ({}) is watched",
                self.monitor,
                monitor.described()
            ),
        })
    }
}

/// The files of a folder that checkpoints wrote, each with its epoch and batch, in their order.
fn written(folder: &Path) -> Result<Vec<([usize; 2], PathBuf)>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|source| Error::Io { path: folder.into(), source })?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(|source| Error::Io { path: folder.into(), source })?.path();
        if let Some(place) = path.file_name().and_then(|name| place(name.to_str()?)) {
            found.push((place, path));
        }
    }
    found.sort();
    Ok(found)
}

/// The epoch and the batch in the name of a file.
fn place(name: &str) -> Option<[usize; 2]> {
    let numbers = name.strip_prefix(EPOCH)?.strip_suffix(ENDING)?;
    let (epoch, batch) = numbers.split_once(BATCH).unwrap_or((numbers, "0"));
    Some([epoch.parse().ok()?, batch.parse().ok()?])
}

/// The file to go on from: the path itself, or the last one in that folder; none where there is none yet.
pub(super) fn newest(path: &Path) -> Result<Option<PathBuf>> {
    if !path.is_dir() {
        let is_there = there(path)?;
        if !is_there && path.extension().is_some_and(|ending| ending == "safetensors") {
            return Err(Error::Option {
                call: "fit",
                problem: format!(
                    "there is no {} to go on from; a training that may still have to begin names the folder",
                    path.display()
                ),
            });
        }
        return Ok(is_there.then(|| path.to_owned()));
    }
    let last = written(path)?.pop().map(|(_, path)| path);
    let best = path.join(BEST);
    Ok(if last.is_none() && there(&best)? { Some(best) } else { last })
}

fn there(path: &Path) -> Result<bool> {
    path.try_exists().map_err(|source| Error::Io { path: path.into(), source })
}

/// A checkpoint at work.
pub(super) struct Keeper {
    options: Checkpoint,
    /// In the order of writing.
    files: Vec<PathBuf>,
    best: f64,
}

impl Keeper {
    /// For a training that begins, or goes on from `resumed`. Files of another training in the folder are an error: nothing is
    /// ever deleted that this training did not write.
    pub(super) fn new(options: Checkpoint, resumed: Option<(&Path, &Position)>) -> Result<Self> {
        let folder = &options.folder;
        let io = |source| Error::Io { path: folder.clone(), source };
        fs::create_dir_all(folder).map_err(io)?;
        check_folder(folder)?;
        let known = written(folder)?;
        let own = folder.canonicalize().map_err(io)?;
        let within = |file: &Path| file.canonicalize().is_ok_and(|file| file.parent() == Some(&own));
        // how far the training has come whose files these are
        let reached = resumed.filter(|(file, _)| within(file)).map(|(_, position)| [position.epoch, position.batch]);
        let best = folder.join(BEST);
        let foreign = match known.last() {
            Some((place, path)) if reached.is_none_or(|reached| *place > reached) => Some(path),
            _ if reached.is_none() && options.best.is_some() && there(&best)? => Some(&best),
            _ => None,
        };
        if let Some(path) = foreign {
            return Err(Error::Option {
                call: "fit",
                problem: format!(
                    "Checkpoint: {} is of another training, or of later in this one: go on from it with \
                     `resume_from(\"{}\")`, or give an empty folder",
                    path.display(),
                    folder.display()
                ),
            });
        }
        let files = known.into_iter().map(|(_, path)| path).collect();
        let best = match (&options.best, resumed.and_then(|(_, position)| position.best.as_ref())) {
            (Some(monitor), Some(seen)) => seen.of(monitor)?,
            (Some(monitor), None) => monitor.worst(),
            (None, _) => f64::NAN,
        };
        Ok(Self { options, files, best })
    }

    /// The value that is watched.
    pub(super) fn watches(&self) -> Option<&str> {
        self.options.watches()
    }

    /// Whether files are written amid epochs.
    pub(super) fn looks_at_batches(&self) -> bool {
        self.options.batches.is_some() && !self.options.only_best
    }

    /// Whether one is due after this many batches of an epoch of `all`, whose end comes by itself.
    pub(super) fn is_due(&self, batch: usize, all: usize) -> bool {
        batch < all && !self.options.only_best && self.options.batches.is_some_and(|every| batch.is_multiple_of(every))
    }

    /// An epoch has ended with this value of what is watched.
    pub(super) fn epoch_ends<T: Element>(
        &mut self,
        watched: Option<f64>,
        mut position: Position,
        states: &[State<T>],
        facts: impl FnMut(&Path, Position, &[State<T>]) -> Result<()>,
    ) -> Result<()> {
        let mut write = facts;
        let improves = |monitor: &Monitor| watched.is_some_and(|value| monitor.is_better(value, self.best, 0.0));
        let is_best = self.options.best.as_ref().is_some_and(improves);
        if let (true, Some(value)) = (is_best, watched) {
            self.best = value;
        }
        position.best = self.seen();
        if is_best {
            write(&self.options.folder.join(BEST), position.clone(), states)?;
        }
        if self.options.only_best {
            return Ok(());
        }
        let path = self.options.folder.join(format!("{EPOCH}{:05}{ENDING}", position.epoch));
        write(&path, position, states)?;
        self.keep(path)
    }

    /// Some batches of an epoch were trained on.
    pub(super) fn batch_ends<T: Element>(
        &mut self,
        mut position: Position,
        states: &[State<T>],
        facts: Facts<'_, T>,
    ) -> Result<()> {
        position.best = self.seen();
        let name = format!("{EPOCH}{:05}{BATCH}{:06}{ENDING}", position.epoch, position.batch);
        let path = self.options.folder.join(name);
        facts.write(&path, Some(position), states)?;
        self.keep(path)
    }

    /// The best value so far.
    fn seen(&self) -> Option<Best> {
        self.options.best.as_ref().map(|monitor| Best { monitor: monitor.described(), value: Exact(self.best) })
    }

    /// A file was written; the oldest go that are too many.
    fn keep(&mut self, path: PathBuf) -> Result<()> {
        self.files.retain(|known| *known != path);
        self.files.push(path);
        while self.files.len() > self.options.keep {
            let oldest = self.files.remove(0);
            match fs::remove_file(&oldest) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::Io { path: oldest, source: error });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Says what does not fit between a checkpoint and the training that is to go on from it.
pub(super) fn check_resumes(position: &Position, cut: Cut, callbacks: &[&str]) -> std::result::Result<(), String> {
    if position.batch > 0 && position.cut != cut {
        let Cut { rows, batch_size, shuffle } = position.cut;
        return Err(format!(
            "it stands amid an epoch of {rows} rows in batches of {batch_size} (shuffle: {shuffle}), but now there are {} rows \
             in batches of {} (shuffle: {}): the rest of that epoch would be another one",
            cut.rows, cut.batch_size, cut.shuffle
        ));
    }
    let told: Vec<&str> = position.callbacks.iter().map(|(kind, _)| kind.as_str()).collect();
    if told == callbacks {
        return Ok(());
    }
    Err(format!("it was written with the callbacks {told:?}, and now there are {callbacks:?}: give the same ones"))
}
