//! A file that is there whole or not at all.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Says what stands in the way of a file at `path`, before the work that will fill it.
///
/// # Errors
/// Where its folder does not exist, or `path` is a folder itself.
pub fn check(path: &Path) -> io::Result<()> {
    let folder = folder_of(path);
    if !folder.is_dir() {
        let text = format!("{}: there is no folder `{}`", path.display(), folder.display());
        return Err(io::Error::new(io::ErrorKind::NotFound, text));
    }
    if path.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, format!("{}: it is a folder", path.display())));
    }
    Ok(())
}

/// Writes the text beside the file and renames it: whoever looks at `path` finds what was there before, or all of the text.
///
/// # Errors
/// Those of the file system; nothing is left behind then.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut name = path.file_name().map_or_else(OsString::new, OsString::from);
    name.push(format!(".{}.part", std::process::id()));
    let beside = path.with_file_name(name);
    let written = fill(&beside, text).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // It may not have come to be; the first error says more than one about this.
        let _ = fs::remove_file(&beside);
    }
    written
}

fn fill(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}
