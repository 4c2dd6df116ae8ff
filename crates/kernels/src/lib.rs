//! What the engine needs from close to the machine, and the only crate of the workspace with `unsafe` code.
//!
//! [`storage::Stream`] is the append-only sequence that a tape records into.

pub mod storage;
