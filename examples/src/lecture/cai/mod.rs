//! CAI's entries: a `mod` line and a word in the list for each.

mod c01_one_digit;
mod c02_squared_error;
mod c03_deeper;
mod c04_activations;
mod c05_trajectories;
mod c06_nine_losses;
mod c07_evaluation;
mod c08_workflow;
mod c09_house_price;

use crate::entry::Entry;

pub(super) const ENTRIES: &[Entry] = &[
    c01_one_digit::ENTRY,
    c02_squared_error::ENTRY,
    c03_deeper::ENTRY,
    c04_activations::ENTRY,
    c05_trajectories::ENTRY,
    c06_nine_losses::ENTRY,
    c07_evaluation::ENTRY,
    c08_workflow::ENTRY,
    c09_house_price::ENTRY,
];
