//! Real data: what is embedded through a crate, and where outside data is looked for.

use std::path::PathBuf;

use smartcore::dataset::{Dataset, breast_cancer as wisconsin, digits as handwritten};

use crate::entry::Error;

/// How many numbers describe a tumour.
pub const TUMOUR_FEATURES: usize = 30;
/// How many pixels a digit has: 8 x 8.
pub const DIGIT_PIXELS: usize = 64;
/// The names of the ten digits' classes.
pub const DIGIT_NAMES: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// Breast Cancer Wisconsin (Diagnostic): 569 tumours, 212 malignant and 357 benign.
#[derive(Clone, Debug)]
pub struct BreastCancer {
    /// Thirty measurements of each tumour.
    pub features: Vec<[f64; TUMOUR_FEATURES]>,
    /// Whether each is malignant.
    pub malignant: Vec<bool>,
    /// What each measurement is called.
    pub feature_names: Vec<String>,
}

/// Optical Recognition of Handwritten Digits: 1797 images of 8 x 8 pixels.
#[derive(Clone, Debug)]
pub struct Digits {
    /// The pixels row by row, from 0 (paper) to 16 (ink).
    pub pixels: Vec<[f64; DIGIT_PIXELS]>,
    /// Which digit each shows, 0 to 9.
    pub digit: Vec<usize>,
}

/// The embedded breast cancer data.
pub fn breast_cancer() -> BreastCancer {
    let mut set = wisconsin::load_dataset();
    BreastCancer {
        features: rows(&set),
        // The data's authors number malignant 0 and benign 1.
        malignant: set.target.iter().map(|&class| class == 0).collect(),
        feature_names: std::mem::take(&mut set.feature_names),
    }
}

/// The embedded digits.
pub fn digits() -> Digits {
    let set = handwritten::load_dataset();
    let digit = set.target.iter().map(|&class| (0..10).position(|d| d as f32 == class).unwrap_or(0)).collect();
    Digits { pixels: rows(&set), digit }
}

fn rows<const N: usize, Y>(set: &Dataset<f32, Y>) -> Vec<[f64; N]> {
    let (rows, _) = set.data.as_chunks::<N>();
    rows.iter().map(|row| row.map(f64::from)).collect()
}

/// Where outside data sets lie: the folder of all of them or one set's own folder, if anywhere.
#[derive(Clone, Debug, Default)]
pub struct DataDir(pub Option<PathBuf>);

impl DataDir {
    /// The folder that holds all `files` of the data set `name`: the given folder's subfolder of
    /// that name, or the given folder itself.
    ///
    /// # Errors
    /// [`Error::MissingData`] with what is missing and how to give it.
    pub fn find(&self, name: &str, files: &[&str]) -> Result<PathBuf, Error> {
        let needed = files.join(", ");
        let Some(given) = &self.0 else {
            return Err(Error::MissingData(format!(
                "needs the data set `{name}` ({needed}): name its folder with --data-dir or CHAINRULE_DATA"
            )));
        };
        [given.join(name), given.clone()]
            .into_iter()
            .find(|folder| files.iter().all(|file| folder.join(file).is_file()))
            .ok_or_else(|| {
                let given = given.display();
                Error::MissingData(format!("found neither {given}/{name} nor {given} itself to hold {needed}"))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // UCI repository, the data sets' own pages: counts of cases and classes.
    #[test]
    fn breast_cancer_is_complete() {
        let data = breast_cancer();
        assert_eq!((data.features.len(), data.feature_names.len()), (569, 30));
        assert_eq!(data.malignant.iter().filter(|&&malignant| malignant).count(), 212);
        assert!((data.features[0][0] - 17.99).abs() < 1e-5, "the first tumour's mean radius");
        assert!(data.malignant[0], "the first tumour");
    }

    #[test]
    fn digits_are_complete() {
        let data = digits();
        assert_eq!((data.pixels.len(), data.digit.len()), (1797, 1797));
        assert_eq!(data.digit[..10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert!(data.pixels.iter().flatten().all(|ink| (0.0..=16.0).contains(ink)));
    }

    #[test]
    fn a_data_set_is_found_in_the_common_folder_and_in_its_own() {
        let common = std::env::temp_dir().join(format!("chainrule-data-{}", std::process::id()));
        let own = common.join("sst5");
        std::fs::create_dir_all(&own).unwrap();
        std::fs::write(own.join("sst_train.txt"), "").unwrap();
        let find = |dir: &PathBuf, file| DataDir(Some(dir.clone())).find("sst5", &[file]);
        assert_eq!(find(&common, "sst_train.txt").unwrap(), own);
        assert_eq!(find(&own, "sst_train.txt").unwrap(), own);
        assert!(matches!(find(&own, "sst_dev.txt"), Err(Error::MissingData(_))));
        std::fs::remove_dir_all(&common).unwrap();
    }
}
