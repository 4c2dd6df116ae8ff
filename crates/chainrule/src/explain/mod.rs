//! What happened on a traced tape, and why: where a NaN came from.

mod blame;
mod quantity;
mod remedy;

pub use blame::{Blame, Culprit, Fault};
pub use quantity::{Flaw, Quantity, Shown};
