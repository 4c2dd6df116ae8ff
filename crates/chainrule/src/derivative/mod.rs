//! Derivatives of whole functions: the chain rule without a tape in sight.
//!
//! Every function here takes the function to be differentiated as a closure, and the point as [`Parameters`]: a number, an array, a
//! slice, a tensor, or a struct of one's own.

mod formula;
mod gradient;
mod leaf;
mod parameters;

pub use formula::{Formula, Formulas, OnTape};
pub use gradient::{grad, value_and_grad};
pub use leaf::Leaf;
pub use parameters::Parameters;
