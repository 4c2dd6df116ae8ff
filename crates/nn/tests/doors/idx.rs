//! `Idx::read_from`: refuses, or holds just what the file does; compressed or not.

use chainrule_nn::data::Idx;
use flate2::Compression;
use flate2::read::GzEncoder;

/// Panics where a promise is broken.
pub(crate) fn check(file: &[u8]) {
    let plain = Idx::read_from(file);
    let is_plain = !file.starts_with(&[0x1f, 0x8b]);
    if let Ok(array) = &plain {
        let numbers = array.numbers::<f64>();
        assert_eq!(numbers.shape(), array.shape());
        if is_plain {
            let width = [1, 1, 0, 2, 4, 4, 8][usize::from(file[2] - 8)];
            let header = 4 + 4 * usize::from(file[3]);
            assert_eq!(header + width * numbers.as_slice().len(), file.len());
        }
        match array.labels() {
            Ok(labels) => {
                let back: Vec<f64> = labels.as_slice().iter().map(|&label| label as f64).collect();
                assert_eq!(back, numbers.as_slice());
            }
            Err(_) => assert!(numbers.as_slice().iter().any(|&x| x < 0.0 || x.fract() != 0.0 || x.is_nan() || x > 4e9)),
        }
    }
    if is_plain {
        let compressed = Idx::read_from(GzEncoder::new(file, Compression::fast()));
        assert_eq!(plain.is_ok(), compressed.is_ok());
        if let (Ok(plain), Ok(compressed)) = (plain, compressed) {
            let bits =
                |array: Idx| -> Vec<u64> { array.numbers().as_slice().iter().copied().map(f64::to_bits).collect() };
            assert_eq!(bits(plain), bits(compressed));
        }
    }
}
