//! What a gradient costs, measured on programs that know nothing of any library.
//!
//! Each [`program`] is one generic function of `num_traits::Float`. It runs as it stands on plain `f64`, on tapes of this
//! project, of `echidna` and of `reverse`, and on dual numbers of this project and of `num-dual`; [`contender`] holds these ways
//! to run it. `cargo bench` measures whole gradients of all of them (`gradients`), and recording and sweeping apart (`scalar`);
//! the program `scalar` lets all contenders take turns in one run and prints the ratios. [`gradbench`] is the tool that the
//! benchmark `GradBench` talks to. [`network`] holds the training steps that the program `chainrule-benches` times as [`turns`] says.

pub mod contender;
pub mod gradbench;
pub mod network;
pub mod program;
pub mod random;
pub mod turns;
