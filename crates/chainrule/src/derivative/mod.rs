//! Derivatives of whole functions: the chain rule without a tape in sight.
//!
//! Every function here takes the function to be differentiated as a closure, and the point as [`Parameters`]: a number, an array, a
//! slice, a tensor, or a struct of one's own.

mod dense;
mod fixed_point;
mod formula;
mod gradient;
mod implicit;
mod leaf;
mod parameters;

pub use fixed_point::{Contraction, ContractionOfMany, FixedPoint, NotConverged, fixed_point};
pub use formula::{Formula, Formulas, OnTape};
pub use gradient::{grad, value_and_grad};
pub use implicit::{Equations, EquationsOfMany, implicit, implicit_of_many};
pub use leaf::Leaf;
pub use parameters::Parameters;
