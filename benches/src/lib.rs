//! What a gradient costs, measured on programs that know nothing of any library.
//!
//! Each [`program`] is one generic function of `num_traits::Float`. It runs as it stands on plain `f64`, on a tape of this
//! project and on a tape of `echidna`; [`contender`] holds these ways to run it. `cargo bench` measures recording and
//! sweeping apart; the program `scalar` lets all contenders take turns in one run and prints the ratios. [`gradbench`] is the
//! tool that the benchmark `GradBench` talks to.

pub mod contender;
pub mod gradbench;
pub mod network;
pub mod program;
pub mod random;
