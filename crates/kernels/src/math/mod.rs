//! Elementary functions as polynomials, for loops over slices.
//!
//! The C library computes one number at a time. These functions have no branches, no tables and no calls: inlined into a loop
//! that is compiled for wide vectors (see [`vectorised`](crate::vector::vectorised)), they compute four or eight at once. They are
//! within 2 units in the last place for `f32`, within 4 for `f64`, over the whole line: `tests/math.rs` and `tests/exhaustive.rs`.
//!
//! No product and sum are fused, so the same bits come out whatever instructions a loop is compiled for.

mod double;
mod error;
mod exponential;
mod hyperbolic;
mod logarithm;
mod parts;
mod single;

pub use error::Error;
pub use exponential::{exp, exp_m1, exp2};
pub use hyperbolic::{cosh, sigmoid, sinh, tanh};
pub use logarithm::{ln, ln_1p, log2, log10};
pub use parts::Parts;
