//! CAI's entries: a `mod` line and a word in the list for each.

mod c02_squared_error;
mod c03_deeper;
mod c09_house_price;

use crate::entry::Entry;

pub(super) const ENTRIES: &[Entry] = &[c02_squared_error::ENTRY, c03_deeper::ENTRY, c09_house_price::ENTRY];
