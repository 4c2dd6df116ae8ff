//! Real data: what is embedded through a crate, and where outside data is looked for.

use std::path::PathBuf;

use chainrule_nn::data::Dataset;
use chainrule_nn::prelude::*;
use smartcore::dataset::{Dataset as Embedded, breast_cancer as wisconsin, digits as handwritten};

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

impl Digits {
    /// The images as `[rows, 8, 8]`, from 0 (paper) to 1 (ink), and the digits as their classes.
    ///
    /// # Errors
    /// None: there is a digit for each image.
    pub fn dataset<T: Element>(&self) -> chainrule_nn::Result<Dataset<T>> {
        let ink = Tensor::from_rows(&self.pixels).reshape([self.pixels.len(), 8, 8]) / 16.0;
        Dataset::new(ink.map(T::literal), Tensor::from(self.digit.clone()))
    }
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

fn rows<const N: usize, Y>(set: &Embedded<f32, Y>) -> Vec<[f64; N]> {
    let (rows, _) = set.data.as_chunks::<N>();
    rows.iter().map(|row| row.map(f64::from)).collect()
}

/// The folder of all outside data sets, or one set's own folder; `data` where none is given.
#[derive(Clone, Debug, Default)]
pub struct DataDir(pub Option<PathBuf>);

impl DataDir {
    /// A data set, as `loader` reads it from that folder.
    ///
    /// # Errors
    /// [`Error::MissingData`] with what is missing and how to give it; else those of the loader.
    pub fn load<D>(&self, loader: impl FnOnce(PathBuf) -> chainrule_nn::Result<D>) -> Result<D, Error> {
        let folder = self.0.clone().unwrap_or_else(|| "data".into());
        loader(folder).map_err(|error| match error {
            chainrule_nn::Error::Missing { .. } => {
                Error::MissingData(format!("{error}, or name their folder with --data-dir or CHAINRULE_DATA"))
            }
            other => other.into(),
        })
    }
}
