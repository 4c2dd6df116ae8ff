//! Every promise of the lecture ledger that is due has its entry, and every entry keeps it: the
//! same code that the program prints.

use std::collections::BTreeSet;

use chainrule_examples::data::DataDir;
use chainrule_examples::entry::Verdict;
use chainrule_examples::lecture::{self, Lecture};

/// The ledger's rows that numbers and tensors can show.
const PROMISED: &str = "H1 H2 H3 H4 H5 H6 H7 H8 H9 H10 H11 \
    S1 S2 S3 S4 S5 S6 S7 S8 S9 S10 S11 S12 S13 S14 S15 S16 S17 \
    U1 U2 U3 U4 U5 U6 U7 U8 U9 U10 U11 \
    C1 C2 C3 C4 C5 C6 C7 C8 C9 \
    M1 M2 M3 M4 M5 M6 M7 M8 M9 M10";

/// The numbers that the ledger (`lectures/LEDGER.md`) prints in its rows, as it prints them, for the lectures
/// of HCMUS (H), SUTD (S), UM (U) and MELB (M). Copied by hand: the entries do not know this table.
const PRINTED: [(&str, &str); 15] = [
    ("H3", "2 1 1 1 1 1"),
    ("H5", ".3775 .593269992 .596884378 1.105905967 .75136507 .772928465"),
    ("H6", ".274811083 .023560026 .298371109"),
    ("H7", ".74136507 .186815602 .593269992 .082167041 .35891648"),
    ("H8", ".138498562 .082167041 .008771355 .009954255 .000438568"),
    ("H9", ".149780716 .19956143 .24975114 .29950229 .35891648 .408666186 .51130127 .561370121"),
    ("H10", "3.5102e-5 .0159136 .9840643 4.3553e-6 2.4476e-6"),
    ("S1", "-6 .002472623"),
    (
        "S2",
        "-2 6 4 1 -1 .367879441 1.367879441 .731058579 1 -.534446645 -.534446645 -.196611933 .196611933 \
         .393223866 .4 -.196611933 -.2 -.589835800 -.393223866 .196611933",
    ),
    ("S3", ".731058579 .268941421 .196611933 .2"),
    ("S10", "2.635270"),
    ("S17", "205056 65792 1285 272133"),
    ("U3", "-60 46 36 30 30"),
    ("U5", "0 0 .510826 .916291 .223144 1.609438"),
    ("M2", ".1 .1 0 -.2 -.1 .2 .1 -.1"),
];

/// A printed number and half a unit of its last digit.
fn read(printed: &str) -> (f64, f64) {
    let (mantissa, exponent) = printed.split_once('e').unwrap_or((printed, "0"));
    let decimals = mantissa.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let exponent: i32 = exponent.parse().expect("a whole exponent");
    let unit = 10_f64.powi(exponent - i32::try_from(decimals).expect("few digits"));
    (printed.parse().expect("a decimal number"), unit / 2.0)
}

/// Each printed number has a check of its own that asks for it, digit by digit, and holds.
#[test]
fn the_ledgers_printed_numbers_are_asked_for() {
    let mut missing = Vec::new();
    for (id, row) in PRINTED {
        let entry = lecture::entries().find(|entry| entry.id == id).expect("a promised entry");
        let outcome = entry.show(&DataDir::default());
        let mut checks: Vec<_> = outcome.checks().collect();
        for printed in row.split_whitespace() {
            let (number, half_unit) = read(printed);
            // Room for the rounding of the half unit itself.
            let most = half_unit + 1e-11 * number.abs();
            let same = |expected: f64| (expected - number).abs() <= 1e-12 * number.abs();
            let asks = checks.iter().position(|c| same(c.expected) && c.tolerance <= most && c.ok());
            match asks {
                Some(at) => {
                    checks.remove(at);
                }
                None => missing.push(format!("{id}: {printed}")),
            }
        }
    }
    assert!(missing.is_empty(), "no check that agrees asks for {missing:?}");
}

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
