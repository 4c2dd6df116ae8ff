//! Derivatives of whole functions: the chain rule without a tape in sight.
//!
//! Every function here takes the function to be differentiated as a closure, and the point as [`Parameters`]: a number, an array, a
//! slice, a `Vec`, a tensor, or a struct of one's own ([`parameters!`](crate::parameters)). Gradients come back in the arrangement of
//! the point.
//!
//! | wanted | call | mode |
//! |---|---|---|
//! | gradient | [`grad`], [`value_and_grad`] | reverse |
//! | gradient of a sum over data, by threads | [`sum_of_gradients`], [`sum_of_gradients_on`] | reverse |
//! | derivative by one number; along a direction | [`derivative()`]; [`jvp`] | forward |
//! | gradient of a weighted sum of results | [`vjp`] | reverse |
//! | Jacobian | [`jacobian`], [`jacobian_of_many`]; [`jacobian_reverse`]; [`jacobian_forward`] | by shape; reverse; forward |
//! | Hessian; Hessian times direction | [`hessian`]; [`hvp`] | forward over reverse |
//! | any order along a direction; any partial derivative | [`taylor`]; [`mixed_partial`] | forward |
//! | divergence, Laplacian | [`divergence`], [`laplacian`] | forward |
//! | gradient of a long loop in little memory | [`Checkpoints`] | reverse |
//!
//! They nest in every combination. Forward modes run on dual numbers and record nothing; reverse modes record on a tape that the
//! thread keeps from one call to the next ([`release_memory`]). For `f32` and for memory of one's own the same functions are methods
//! of [`Tape`](crate::Tape).
//!
//! A closure is to be written within the call, where Rust learns from the point what its argument is. That is why a generic function
//! is passed as `grad(|x| f(x), at)` and not by its name: by its name it would be a function for a single tape.

mod checkpoint;
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
mod position;
mod reverse;
mod schedule;
mod taylor;

pub use checkpoint::{Checkpoints, LoopEnd, LoopGradient, LoopStep};
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
pub use position::Mark;
pub use reverse::vjp;
pub use taylor::{Indices, SeriesOf, mixed_partial, taylor};
