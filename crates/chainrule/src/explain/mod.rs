//! What happened on a traced tape, and why: the chain rule in words and numbers, pictures of the graph, and where a NaN came from.

mod blame;
mod chain;
mod computation;
mod digits;
mod drawing;
mod ends;
mod formula;
mod kinks;
mod lines;
mod notation;
mod paths;
mod quantity;
mod remedy;

pub use blame::{Blame, Culprit, Fault};
pub use chain::Explanation;
pub use computation::Computation;
pub use digits::Digits;
pub use drawing::Drawing;
pub use kinks::Kink;
pub use quantity::{Flaw, Quantity, Shown};
