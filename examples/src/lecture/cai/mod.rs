//! CAI's entries: a `mod` line and a word in the list for each.

mod c02_squared_error;
mod c03_deeper;
mod c04_activations;
mod c05_trajectories;
mod c06_nine_losses;
mod c09_house_price;

use crate::entry::Entry;

pub(super) const ENTRIES: &[Entry] = &[
    c02_squared_error::ENTRY,
    c03_deeper::ENTRY,
    c04_activations::ENTRY,
    c05_trajectories::ENTRY,
    c06_nine_losses::ENTRY,
    c09_house_price::ENTRY,
];
