//! Automatic differentiation: a lean tape, rules written once, every gradient explainable and checked.
//!
//! ```
//! use chainrule::prelude::*;
//!
//! let tape = ScalarTape::new();
//! let (x, y) = (tape.var(2.0), tape.var(3.0));
//! let z = x * y + x.sin();
//! let g = z.backward();
//! assert_eq!(g.of(x), 3.0 + 2f64.cos());
//! assert_eq!(g.of(y), 2.0);
//! ```
#[macro_use]
pub mod rule;
#[macro_use]
mod number;
mod check;
mod real;
mod scalar;
pub mod tape;

pub use check::{Entry, GradCheck, Report, Verdict, gradcheck, gradcheck_second_order};
pub use number::{Dual, DualOperand, Number, Operators, select};
pub use real::{Real, Rule, Rule2, Rule3};
pub use scalar::{Nary, dot, log_sum_exp, norm, norm_p, sum};
pub use tape::{Gradients, ScalarTape, Tape, Var};

/// What most programs need: `use chainrule::prelude::*;`.
pub mod prelude {
    pub use crate::{
        Dual, Gradients, Number, ScalarTape, Tape, Var, dot, gradcheck, gradcheck_second_order, log_sum_exp, norm,
        norm_p, select, sum,
    };
}

/// The code of the README, compiled and run. `readme.md` is a link, so that it is found here and in the packaged crate.
#[cfg(doctest)]
#[doc = include_str!("readme.md")]
struct Readme;
