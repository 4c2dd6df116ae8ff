//! CAI's entries: a `mod` line and a word in the list for each.

mod c02_squared_error;

use crate::entry::Entry;

pub(super) const ENTRIES: &[Entry] = &[c02_squared_error::ENTRY];
