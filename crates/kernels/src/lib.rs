//! What the engine needs from close to the machine, and the only crate of the workspace with `unsafe` code.
//!
//! [`storage::Stream`] is the append-only sequence that a tape of numbers records into; [`product`] multiplies matrices, [`vector`]
//! compiles loops for the instructions at hand, [`math`] has elementary functions for such loops, [`threads`] shares work among
//! threads, [`shared::Shared`] shares a value among owners, and [`random`] draws bits by counting.
//!
//! It is a part of `chainrule` and `chainrule-nn`, published because they are, and not meant to be used by itself: what it has
//! follows their needs.

pub mod math;
pub mod product;
pub mod random;
pub mod shared;
pub mod storage;
pub mod threads;
pub mod vector;
