//! Where the files of data sets lie.

use crate::error::{Error, Result};
use std::path::{Path, PathBuf};

/// A data set that users download.
pub(super) struct Origin {
    pub(super) name: &'static str,
    /// The folder that it has where several data sets are kept beside each other.
    pub(super) folder: &'static str,
    /// What to download from where.
    pub(super) download: &'static str,
}

impl Origin {
    /// The path of each file, in `folder` or in the data set's own folder within it. A file may be there under any of its
    /// names.
    pub(super) fn find<const N: usize>(&self, folder: &Path, files: [&[&str]; N]) -> Result<[PathBuf; N]> {
        let own = folder.join(self.folder);
        let folder = if own.is_dir() { &own } else { folder };
        let mut missing = Vec::new();
        let paths = files.map(|names| {
            let mut paths = names.iter().map(|name| folder.join(name));
            paths.find(|path| path.is_file()).unwrap_or_else(|| {
                missing.push(names.join(" or "));
                PathBuf::new()
            })
        });
        if missing.is_empty() {
            return Ok(paths);
        }
        Err(Error::Missing {
            name: self.name,
            missing: missing.join(", "),
            folder: folder.into(),
            remedy: format!("download {}, and put them there", self.download),
        })
    }
}

/// Where the data sets lie that tests read: in the folder that `CHAINRULE_DATA` names, or beside the project. Says so where
/// there is none.
#[cfg(test)]
pub(super) fn for_tests(data_set: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("CHAINRULE_DATA").map_or_else(beside, PathBuf::from);
    if folder.join(data_set).is_dir() {
        return Some(folder);
    }
    println!("skipped: no {data_set} in {}; CHAINRULE_DATA names the folder to look in", folder.display());
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const ORIGIN: Origin = Origin { name: "Numbers", folder: "numbers", download: "both files from elsewhere" };
    const FILES: [&[&str]; 2] = [&["one", "one.gz"], &["two", "two.gz"]];

    #[test]
    fn files_lie_in_the_folder_or_in_their_own_within_it() {
        let outer = std::env::temp_dir().join(format!("chainrule-folder-{}", std::process::id()));
        let own = outer.join("numbers");
        fs::create_dir_all(&own).unwrap();
        fs::write(own.join("one.gz"), "").unwrap();
        let missing = ORIGIN.find(&outer, FILES).unwrap_err().to_string();
        let told = "found no two or two.gz in";
        let remedy = "download both files from elsewhere, and put them there";
        assert_eq!(missing, format!("Numbers: {told} {}; {remedy}", own.display()));
        fs::write(own.join("two"), "").unwrap();
        for folder in [&outer, &own] {
            assert_eq!(ORIGIN.find(folder, FILES).unwrap(), [own.join("one.gz"), own.join("two")]);
        }
        fs::remove_dir_all(&outer).unwrap();
    }
}
