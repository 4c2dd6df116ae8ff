//! Neural networks on the engine `chainrule`, as comfortable as Keras.

pub mod data;
mod error;

pub use error::{Error, Result};
