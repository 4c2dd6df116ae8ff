//! Handwritten digits.

use super::folder::Origin;
use super::{Dataset, Idx};
use crate::error::{Error, Result};
use chainrule::Element;
use std::path::Path;

const MNIST: Origin = Origin {
    name: "MNIST",
    folder: "mnist",
    download: "the four files, as they are, from https://ossci-datasets.s3.amazonaws.com/mnist/ (train-images-idx3-ubyte.gz, \
               train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz)",
};

/// The handwritten digits of `LeCun`, Cortes and Burges: images `[rows, 28, 28]` from 0, background, to 1, and the digits.
#[derive(Clone, Debug, PartialEq)]
pub struct Mnist<T = f32> {
    /// Images to learn from: 60,000 in the original file.
    pub training: Dataset<T>,
    /// Images to test with: 10,000.
    pub test: Dataset<T>,
}

/// Reads MNIST from its four IDX files, `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
/// `t10k-labels-idx1-ubyte`, compressed or not and with `.gz` behind their names or not. They lie in `folder`, or in `mnist`
/// within it.
///
/// ```no_run
/// use chainrule_nn::data::{Mnist, mnist};
/// let Mnist { training, test } = mnist::<f32>("data")?;
/// assert_eq!(test.x.shape(), [10_000, 28, 28]);
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
///
/// # Errors
/// When a file is not there, with what to download; when one cannot be read, or does not hold images of that size and a
/// digit for each.
pub fn mnist<T: Element>(folder: impl AsRef<Path>) -> Result<Mnist<T>> {
    let files: [&[&str]; 4] = [
        &["train-images-idx3-ubyte", "train-images-idx3-ubyte.gz"],
        &["train-labels-idx1-ubyte", "train-labels-idx1-ubyte.gz"],
        &["t10k-images-idx3-ubyte", "t10k-images-idx3-ubyte.gz"],
        &["t10k-labels-idx1-ubyte", "t10k-labels-idx1-ubyte.gz"],
    ];
    let [images, labels, test_images, test_labels] = MNIST.find(folder.as_ref(), files)?;
    Ok(Mnist { training: digits(&images, &labels)?, test: digits(&test_images, &test_labels)? })
}

fn digits<T: Element>(image_file: &Path, label_file: &Path) -> Result<Dataset<T>> {
    let images = Idx::read(image_file)?;
    let &[count, 28, 28] = &images.shape()[..] else {
        let problem = format!("holds an array of shape {}, but should hold images: [rows, 28, 28]", images.shape());
        return Err(Error::File { path: image_file.into(), problem });
    };
    let wrong = |problem| Error::File { path: label_file.into(), problem };
    let labels = Idx::read(label_file)?.labels()?;
    if *labels.shape() != [count] {
        return Err(wrong(format!("holds labels of shape {}, but there are {count} images", labels.shape())));
    }
    if let Some(label) = labels.iter().find(|&&label| label > 9) {
        return Err(wrong(format!("holds the label {label}, which is no digit")));
    }
    let mut pixels = images.numbers::<T>();
    pixels /= T::literal(255.0);
    Dataset::new(pixels, labels)
}

#[cfg(test)]
mod tests {
    use super::super::folder;
    use super::*;
    use std::fs;

    #[test]
    fn the_digits() {
        let Some(folder) = folder::for_tests("mnist") else { return };
        let Mnist { training, test } = mnist::<f32>(&folder).unwrap();
        assert!(training.len() == 60_000 || training.len() == 10_000);
        assert_eq!(test.len(), 10_000);
        assert_eq!(test.x.shape(), [10_000, 28, 28]);
        // the first digits, as every introduction to MNIST shows them
        assert_eq!(training.y.classes().unwrap().to_vec()[..5], [5, 0, 4, 1, 9]);
        let labels = test.y.classes().unwrap();
        assert_eq!(labels[[0]], 7);
        // the test set has 980 zeros, 1135 ones, ... : LeCun and others 1998
        let counts: [usize; 10] = std::array::from_fn(|digit| labels.iter().filter(|&&label| label == digit).count());
        assert_eq!(counts, [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
        // the pixels' mean and standard deviation, .1307 and .3081 in PyTorch's MNIST example, are of all 60,000
        let (least, most) = training.x.iter().fold((1.0f32, 0.0f32), |(low, high), &x| (low.min(x), high.max(x)));
        assert_eq!((least, most), (0.0, 1.0));
        let mean = training.x.iter().map(|&x| f64::from(x)).sum::<f64>() / training.x.len() as f64;
        assert!((mean - 0.1307).abs() < 1e-3, "{mean}");
    }

    #[test]
    fn files_that_do_not_belong_together_are_told() {
        let folder = std::env::temp_dir().join(format!("chainrule-mnist-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let [images, labels] = ["images", "labels"].map(|name| folder.join(name));
        let image = |sizes: [u8; 3]| {
            let header = [0, 0, 8, 3, 0, 0, 0, sizes[0], 0, 0, 0, sizes[1], 0, 0, 0, sizes[2]];
            let pixels: usize = sizes.iter().map(|&size| usize::from(size)).product();
            fs::write(&images, [&header[..], &vec![255; pixels]].concat()).unwrap();
        };
        let label = |list: &[u8]| {
            let size = u8::try_from(list.len()).unwrap();
            fs::write(&labels, [&[0, 0, 8, 1, 0, 0, 0, size], list].concat()).unwrap();
        };
        let problem = || digits::<f32>(&images, &labels).unwrap_err().to_string();
        image([1, 28, 28]);
        label(&[3]);
        assert_eq!(digits::<f64>(&images, &labels).unwrap().x.to_vec(), [1.0; 784]);
        label(&[3, 4]);
        assert!(problem().ends_with("labels: holds labels of shape [2], but there are 1 images"), "{}", problem());
        label(&[10]);
        assert!(problem().ends_with("labels: holds the label 10, which is no digit"), "{}", problem());
        image([1, 2, 3]);
        assert!(problem().ends_with("shape [1, 2, 3], but should hold images: [rows, 28, 28]"), "{}", problem());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_is_missing_is_said_with_its_origin() {
        let error = mnist::<f32>(env!("CARGO_MANIFEST_DIR")).unwrap_err();
        let line = error.to_string();
        assert!(matches!(error, Error::Missing { name: "MNIST", .. }));
        assert!(line.starts_with("MNIST: found no train-images-idx3-ubyte or train-images-idx3-ubyte.gz, "), "{line}");
        assert!(line.contains("https://") && !line.contains('\n'), "{line}");
    }
}
