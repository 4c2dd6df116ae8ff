//! HCMUS's entries: a `mod` line and a word in the list for each.

mod h01_sigmoids;
mod h02_and_gate;
mod h03_threshold_network;
mod h04_threshold_weights;
mod h05_forward;
mod h06_error;
mod h07_chain_rule;
mod h08_delta_rule;
mod h09_update;
mod h10_repeat;
mod h11_dense;
mod threshold;

// The worked example, which the page in the browser shows too.
use chainrule_playground::worked::{network as worked_network, slide as slide_network};

use crate::entry::Entry;

pub(super) const ENTRIES: &[Entry] = &[
    h01_sigmoids::ENTRY,
    h02_and_gate::ENTRY,
    h03_threshold_network::ENTRY,
    h04_threshold_weights::ENTRY,
    h05_forward::ENTRY,
    h06_error::ENTRY,
    h07_chain_rule::ENTRY,
    h08_delta_rule::ENTRY,
    h09_update::ENTRY,
    h10_repeat::ENTRY,
    h11_dense::ENTRY,
];
