//! Networks for other systems: the graph of a network at inference as ONNX (<https://onnx.ai>), which ONNX Runtime and many others
//! run. [`Sequential::save_onnx`](crate::Sequential::save_onnx) writes it; each layer writes its part by
//! [`Layer::onnx`](crate::Layer::onnx).

mod activation;
mod attribute;
mod graph;
mod message;

pub(crate) use activation::activation;
pub use attribute::Attribute;
pub(crate) use graph::integer;
pub use graph::{Graph, Value};
#[cfg(test)]
pub(crate) use message::Model;
