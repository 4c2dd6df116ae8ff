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
//!
//! - A [`Tape`] records what is done with its variables, [`Var`]s; [`Var::backward`] sweeps over it once, and the [`Gradients`] are asked.
//!   [`ScalarTape`] carries `f64`, [`TensorTape`] carries [`Tensor`]s; any [`Real`] can be carried, variables too, so tapes nest.
//! - [`derivative`] has derivatives of closures at a point: [`grad`], [`jacobian`], [`hessian`], [`jvp`] and their kin, implicit functions,
//!   fixed points, loops that are run again. They nest as well.
//! - [`Dual`], [`DualVector`] and [`Taylor`] go forwards, without a tape. A formula that asks for [`Number`] runs on all of these.
//! - Functions of numbers are [rules](rule), one's own an `impl` of [`Rule`]; operations on tensors are [`op`]s, one's own an `impl` of
//!   [`Op`]. [`gradcheck`] and [`check_op`] hold either against differences.
//! - [`explain`] tells what happened on a [traced](Tape::traced) tape: the chain rule in words, pictures, where a NaN began.
//!
//! Features, all off by default: `linalg` (solve, inverse, determinants, Cholesky), `ndarray` and `approx` (exchange and comparison of
//! tensors).
//!
//! Programs may implement [`Rule`], [`Rule2`], [`Rule3`], [`RuleOfMany`], [`Op`], [`OpOfMany`], [`rule::RuleVisitor`],
//! [`derivative::Parameters`], the equations and contractions of [`derivative`], and what names axes and places ([`AxisNumber`], [`Axes`],
//! [`Sizes`], [`Span`]): within a compatible version these get no method without a default. All other traits are implemented here alone,
//! and may.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[macro_use]
pub mod rule;
#[macro_use]
mod number;
mod array;
mod check;
pub mod derivative;
pub mod explain;
pub mod op;
mod real;
mod scalar;
pub mod tape;
mod tensor;

pub use array::{
    Axes, AxisNumber, AxisSet, Comparand, Element, KeepDims, Nestable, Pool, Reduction, Shape, Tensor, keepdims,
};
pub use chainrule_kernels::product::Onto;
pub use check::{
    Entry, GradCheck, OpReport, Report, Subject, Verdict, check_op, check_op_of_many, gradcheck, gradcheck_second_order,
};
pub use derivative::{
    divergence, grad, hessian, hvp, jacobian, jacobian_forward, jacobian_of_many, jvp, laplacian, mixed_partial,
    sum_of_gradients, taylor, value_and_grad, vjp,
};
pub use number::{Dual, DualVector, Number, NumberOperand, Operators, Over, Taylor, select};
pub use op::{Conv2d, HeightWidth, Padding, Pool2d, Sizes, Slice, Span, Targets, at, s};
#[doc(hidden)]
pub use real::Lane;
pub use real::{Real, Rule, Rule2, Rule3, RuleOfMany};
pub use scalar::{
    Carrier, LaneGradients, LaneTangents, Nary, apply_many, dot, log_sum_exp, norm, norm_p, opaque, preaccumulate, sum,
};
pub use tape::{Gradients, Operand, ScalarTape, Tape, Var};
pub use tensor::{Op, OpOfMany, Sink, TensorOperand, TensorTape};

/// How many threads take part in large operations on tensors: as many as the machine can run at once, unless the environment's
/// `RAYON_NUM_THREADS` or [`set_count`](threads::set_count) says otherwise. Results do not depend on it.
pub mod threads {
    pub use chainrule_kernels::threads::{count, set_count};
}

/// What most programs need: `use chainrule::prelude::*;`.
pub mod prelude {
    pub use crate::{
        Dual, DualVector, Gradients, Number, Operand, ScalarTape, Tape, Taylor, Tensor, TensorTape, Var, at, check_op,
        divergence, dot, grad, gradcheck, gradcheck_second_order, hessian, hvp, jacobian, jacobian_forward,
        jacobian_of_many, jvp, keepdims, laplacian, log_sum_exp, mixed_partial, norm, norm_p, parameters, s, select,
        sum, sum_of_gradients, taylor, value_and_grad, vjp,
    };
}
