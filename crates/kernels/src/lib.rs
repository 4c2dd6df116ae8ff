//! What the engine needs from close to the machine, and the only crate of the workspace with `unsafe` code.
//!
//! [`storage::Stream`] is the append-only sequence that a tape of numbers records into; [`product`] multiplies matrices,
//! [`vector`] compiles loops for the instructions at hand, and [`math`] has elementary functions for such loops.

pub mod math;
pub mod product;
pub mod storage;
pub mod vector;
