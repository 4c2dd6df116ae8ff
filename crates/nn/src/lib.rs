//! Neural networks on the engine `chainrule`, as comfortable as Keras.

pub mod data;
mod error;
pub mod loss;
pub mod metric;
pub mod optim;
mod param;

pub use error::{Error, Result};
pub use loss::Loss;
pub use metric::Metric;
pub use optim::Optimize;
pub use param::{Group, Param, ParamId, Role};
