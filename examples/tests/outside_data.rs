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
    for id in ["S14", "U9", "C1"] {
        let entry = lecture::entries().find(|entry| entry.id == id).expect("a promised entry");
        let outcome = entry.show(&data_dir);
        let wrong: Vec<&str> = outcome.checks().filter(|check| !check.ok()).map(|check| check.what.as_str()).collect();
        assert_eq!(outcome.verdict, Verdict::Agrees, "{id}: {wrong:?}");
    }
}
