//! Every promise of the lecture ledger that is due has its entry, and every entry keeps it: the
//! same code that the program prints.

use std::collections::BTreeSet;

use chainrule_examples::data::DataDir;
use chainrule_examples::entry::Verdict;
use chainrule_examples::lecture::{self, Lecture};

/// The ledger's rows that scalars can show.
const PROMISED: &str = "H1 H2 H3 H4 H5 H6 H7 H8 H9 H10 \
    S1 S2 S3 S4 S6 S7 S8 S9 S10 S16 \
    U1 U3 U4 U5 U6 U7 U8 \
    C2 \
    M1 M2 M3 M4 M5 M6 M7 M8 M9 M10";

#[test]
fn every_promised_row_has_an_entry() {
    let present: BTreeSet<&str> = lecture::entries().map(|entry| entry.id).collect();
    let missing: Vec<&str> = PROMISED.split_whitespace().filter(|id| !present.contains(id)).collect();
    assert!(missing.is_empty(), "no entry for {missing:?}");
}

#[test]
fn names_are_unique_and_well_formed() {
    let mut words: BTreeSet<String> = lecture::entries().filter_map(|entry| entry.group).map(str::to_owned).collect();
    words.extend(Lecture::ALL.map(|lecture| lecture.word().to_owned()));
    for entry in lecture::entries() {
        for word in [entry.id, entry.name] {
            assert!(words.insert(word.to_lowercase()), "{word} is taken");
        }
        assert!(entry.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", entry.name);
        assert!(entry.title.chars().count() <= 75, "{}: {}", entry.id, entry.title);
    }
}

#[test]
fn every_entry_agrees_with_the_ledger() {
    let data_dir = DataDir(std::env::var_os("CHAINRULE_DATA").map(Into::into));
    let mut wrong = Vec::new();
    for entry in lecture::entries() {
        let outcome = entry.show(&data_dir);
        match &outcome.verdict {
            Verdict::Agrees => {}
            Verdict::Skipped(reason) => println!("{} skipped: {reason}", entry.id),
            Verdict::Failed(reason) => wrong.push(format!("{}: {reason}", entry.id)),
            Verdict::Disagrees => {
                let checks = outcome.checks().filter(|check| !check.ok());
                wrong.extend(checks.map(|c| format!("{}: {c:?}", entry.id)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
