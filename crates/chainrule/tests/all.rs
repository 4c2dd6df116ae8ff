//! The tests of this crate in one binary. Each binary of its own would compile the engine's generic code again, which takes far
//! longer than running the tests. `Cargo.toml` lists those that need a process for themselves.

mod blame;
mod conventions;
mod derivative_calls;
mod derivatives;
mod drawing;
mod dual_vector;
mod explain;
mod foreign_code;
mod graphs;
mod implicit;
mod lanes;
mod lifting;
mod linear_algebra;
mod nesting;
mod panics;
mod programs;
mod readme;
mod reference;
mod rules;
mod rules_on_tensors;
mod taming;
mod tape;
mod taylor;
mod tensor_choices;
mod tensor_conventions;
mod tensor_display;
mod tensor_making;
mod tensor_ndarray;
mod tensor_refusals;
mod tensors;
mod tower;
mod trace;
