//! Derivatives of whole functions: the chain rule without a tape in sight.
//!
//! Every function here takes the function to be differentiated as a closure, and the point as [`Parameters`]: a number, an array, a
//! slice, a tensor, or a struct of one's own.

mod data;
mod differentiable;
mod field;
mod formula;
mod forward;
mod gradient;
mod hessian;
mod jacobian;
mod lanes;
mod leaf;
mod parameters;
mod reverse;

pub use data::{sum_of_gradients, sum_of_gradients_on};
pub use differentiable::{Differentiable, Mode};
pub use field::{divergence, laplacian};
pub use formula::{Formula, FormulaOfData, Formulas, FormulasLike, FormulasOfMany, OnTape};
pub use forward::{DualOf, DualsOf, derivative, jvp};
pub use gradient::{grad, value_and_grad};
pub use hessian::{hessian, hvp};
pub use jacobian::{jacobian, jacobian_forward, jacobian_of_many, jacobian_reverse};
pub use leaf::{Leaf, release_memory};
pub use parameters::Parameters;
pub use reverse::vjp;
