//! The lectures and their entries. An entry is one file of its lecture's folder and one word in
//! that folder's list.

// Entries are called through a pointer: they share one signature, whether they can fail or not.
#![expect(clippy::unnecessary_wraps)]
// A closure such as `|v| v.step()` serves tapes of every lifetime, the path `Var::step` but one.
#![expect(clippy::redundant_closure_for_method_calls)]

mod cai;
mod dense;
mod hcmus;
mod melb;
mod sutd;
mod um;

use crate::entry::Entry;

/// One of the five lectures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lecture {
    /// Nguyen Tien Huy, HCMUS.
    Hcmus,
    /// Soujanya Poria, SUTD.
    Sutd,
    /// Saw Shier Nee, UM.
    Um,
    /// Maxwell Cai.
    Cai,
    /// Qiu Hong Ke, University of Melbourne.
    Melb,
}

impl Lecture {
    /// All five, in the ledger's order.
    pub const ALL: [Self; 5] = [Self::Hcmus, Self::Sutd, Self::Um, Self::Cai, Self::Melb];

    /// The word to call it by.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hcmus => "hcmus",
            Self::Sutd => "sutd",
            Self::Um => "um",
            Self::Cai => "cai",
            Self::Melb => "melb",
        }
    }

    /// Its title and author.
    pub fn title(self) -> &'static str {
        match self {
            Self::Hcmus => "Introduction to Deep Learning, Nguyen Tien Huy, HCMUS",
            Self::Sutd => "Introduction to Deep Learning, Soujanya Poria, SUTD",
            Self::Um => "Deep Learning, Saw Shier Nee, UM",
            Self::Cai => "Introduction to Deep Learning, Maxwell Cai",
            Self::Melb => "Introduction to Deep Learning, QiuHong Ke, University of Melbourne",
        }
    }

    /// Its entries, in the ledger's order.
    pub fn entries(self) -> &'static [Entry] {
        match self {
            Self::Hcmus => hcmus::ENTRIES,
            Self::Sutd => sutd::ENTRIES,
            Self::Um => um::ENTRIES,
            Self::Cai => cai::ENTRIES,
            Self::Melb => melb::ENTRIES,
        }
    }
}

/// A flag that has an entry show another network.
#[derive(Debug)]
pub struct Variant {
    /// The flag, less its hyphens.
    pub flag: &'static str,
    /// How it is written: `mnist --cnn`.
    pub usage: &'static str,
    /// The id of the entry that it is said of.
    pub of: &'static str,
    /// What runs in its place.
    pub entry: Entry,
}

/// All of them.
pub static VARIANTS: [Variant; 2] = [
    Variant { flag: "cnn", usage: "mnist --cnn", of: "U9", entry: um::DIGITS_WITH_CNN },
    Variant { flag: "attention", usage: "sentiment --attention", of: "S14", entry: sutd::SENTIMENT_WITH_ATTENTION },
];

/// Every entry, in the ledger's order.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    Lecture::ALL.into_iter().flat_map(Lecture::entries)
}
