//! What the engine needs from close to the machine, and the only crate of the workspace with `unsafe` code.
//!
//! [`storage::Stream`] is the append-only sequence that a tape of numbers records into; [`product`] multiplies matrices, [`threads`]
//! shares work between threads, and [`vector`] compiles loops for the instructions at hand.

pub mod product;
pub mod storage;
pub mod threads;
pub mod vector;
