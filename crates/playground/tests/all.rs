//! The tests of this crate in one binary.

mod addresses;
mod data;
mod explanations;
mod export;
mod losses;
mod networks;
mod own_data;
mod worked;
