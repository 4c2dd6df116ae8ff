//! Files that are whole or not there.

use crate::error::{Error, Result};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Puts a file in the place of what was there, in one step: it is written beside it under another name, synced to the disk and
/// renamed, and then the folder is synced. Killed at any moment, this leaves the old file or the new one, and perhaps a file that
/// ends in `.partial`, which the next call writes over. One process writes a file at a time.
pub(crate) fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let outcome = target(path).and_then(|path| {
        let partial = partial(&path);
        // what is left of it after an error is of no use, and why it could not be written is the error to tell
        written(&path, &partial, write).inspect_err(|_| drop(fs::remove_file(&partial)))
    });
    outcome.map_err(|source| Error::Io { path: path.into(), source })
}

/// The file to be replaced: behind a symbolic link, what it leads to. Devices, pipes and folders are not replaced.
fn target(path: &Path) -> io::Result<PathBuf> {
    match fs::metadata(path) {
        Ok(there) if there.is_file() => fs::canonicalize(path),
        Ok(_) => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is there already, and is no regular file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(path.to_owned()),
        Err(error) => Err(error),
    }
}

/// Whether files can be written into a folder: found out by writing one.
pub(crate) fn check_folder(folder: &Path) -> Result<()> {
    let partial = partial(&folder.join("trial"));
    let tried = File::create(&partial).and_then(|_| fs::remove_file(&partial));
    tried.map_err(|source| Error::Io { path: folder.into(), source })
}

fn partial(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".partial");
    path.with_file_name(name)
}

fn written(path: &Path, partial: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    if path.file_name().is_none() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "this is no name of a file"));
    }
    let mut output = BufWriter::new(File::create(partial)?);
    write(&mut output)?;
    output.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    fs::rename(partial, path)?;
    sync_folder(path)
}

/// Makes a rename last, where the system has folders that can be synced.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
