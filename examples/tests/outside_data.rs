//! The entries that want outside data, where it is there: their accuracies are asserted as the ledger names them.

use chainrule_examples::data::DataDir;
use chainrule_examples::entry::Verdict;
use chainrule_examples::lecture;
use std::path::Path;

/// `CHAINRULE_DATA`, or `shared/data` beside the repository.
fn data_dir() -> Option<DataDir> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let folder = std::env::var_os("CHAINRULE_DATA").map_or_else(beside, Into::into);
    folder.is_dir().then_some(DataDir(Some(folder)))
}

#[test]
fn classifiers_of_outside_data_reach_what_the_ledger_asks() {
    let Some(data_dir) = data_dir() else {
        println!("skipped: name the folder of MNIST and of the sentiment data in CHAINRULE_DATA");
        return;
    };
    // `mnist --cnn` trains the network of U10, which is among these, and `sentiment --attention` is S15.
    for (id, promise) in [
        ("S14", "with early stopping, mean of three seeds"),
        ("S15", "attention: test accuracy, mean of three seeds"),
        ("U9", "MNIST, MLP: accuracy on the test images, mean of three seeds"),
        ("U10", "MNIST, CNN: accuracy on the test images, mean of three seeds"),
        ("C1", "MNIST"),
    ] {
        let entry = lecture::entries().find(|entry| entry.id == id).expect("a promised entry");
        let outcome = entry.show(&data_dir);
        let wrong: Vec<&str> = outcome.checks().filter(|check| !check.ok()).map(|check| check.what.as_str()).collect();
        assert_eq!(outcome.verdict, Verdict::Agrees, "{id}: {wrong:?}");
        // An entry shows what it can without data: here it is not to be without.
        assert!(outcome.checks().any(|check| check.what.starts_with(promise)), "{id} does not say: {promise}");
    }
}
