//! What the engine needs from close to the machine, and the only crate of the workspace with `unsafe` code.
//!
//! [`storage::Stream`] is the append-only sequence that a tape of numbers records into; [`product`] multiplies matrices, and
//! [`vector`] compiles loops for the instructions at hand.

pub mod product;
pub mod storage;
pub mod vector;
