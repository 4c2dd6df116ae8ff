//! The data sets are whole, and one that is missing is told.

use chainrule_examples::data::{DataDir, breast_cancer, digits};
use chainrule_examples::entry::Error;

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
fn a_data_set_that_is_missing_says_where_it_was_looked_for() {
    let missing = |folder: Option<&str>| {
        let error = DataDir(folder.map(Into::into)).load(chainrule_nn::data::sst5).unwrap_err();
        assert!(matches!(error, Error::MissingData(_)), "{error}");
        error.to_string()
    };
    let reason = missing(Some("no/such/folder"));
    assert!(reason.contains("in no/such/folder;") && reason.contains("https://"), "{reason}");
    assert!(missing(None).contains(" in data;") && reason.contains("--data-dir"), "{reason}");
}
