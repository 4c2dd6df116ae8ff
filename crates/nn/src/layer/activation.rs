//! An activation as a layer of its own.

use super::{Layer, Stored};
#[cfg(test)]
use super::Sample;
use crate::activation::{Activate, LogSoftmax, Softmax};
#[cfg(feature = "onnx")]
use crate::onnx;
use crate::pass::Pass;
use crate::settings::Settings;
use chainrule::{Element, Tensor, Var};
#[cfg(feature = "onnx")]
use chainrule::Shape;

/// `y = f(x)` for any [`Rule`](chainrule::Rule), or [`Softmax`] along the last axis. Keras's `Activation`.
#[derive(Clone, Debug)]
pub struct Activation<T: Element = f32>(Box<dyn Activate<T>>);

impl<T: Element> Activation<T> {
    /// A layer that does nothing else.
    pub fn new(activation: impl Activate<T> + 'static) -> Self {
        Self(Box::new(activation))
    }
}

impl<T: Element> Layer<T> for Activation<T> {
    fn forward<'t>(&self, x: Var<'t, Tensor<T>>, _: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        self.0.apply(x)
    }

    fn settings(&self) -> Option<Settings> {
        Some(Settings::new().with("activation", self.0.name()))
    }

    #[cfg(feature = "onnx")]
    fn onnx(&self, graph: &mut onnx::Graph, x: &onnx::Value, _: &Shape) -> Result<onnx::Value, String> {
        self.0.onnx(graph, x)
    }
}

pub(super) fn restore<T: Element>(stored: &mut Stored<'_, T>) -> Result<Box<dyn Layer<T>>, String> {
    Ok(Box::new(Activation(stored.activation("activation")?)))
}

impl<T: Element> Layer<T> for Softmax {
    fn forward<'t>(&self, x: Var<'t, Tensor<T>>, _: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        self.apply(x)
    }

    fn settings(&self) -> Option<Settings> {
        Some(Settings::new())
    }

    #[cfg(feature = "onnx")]
    fn onnx(&self, graph: &mut onnx::Graph, x: &onnx::Value, _: &Shape) -> Result<onnx::Value, String> {
        Activate::<T>::onnx(self, graph, x)
    }
}

impl<T: Element> Layer<T> for LogSoftmax {
    fn forward<'t>(&self, x: Var<'t, Tensor<T>>, _: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        self.apply(x)
    }

    fn settings(&self) -> Option<Settings> {
        Some(Settings::new())
    }

    #[cfg(feature = "onnx")]
    fn onnx(&self, graph: &mut onnx::Graph, x: &onnx::Value, _: &Shape) -> Result<onnx::Value, String> {
        Activate::<T>::onnx(self, graph, x)
    }
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    use chainrule::rule::{Elu, Gelu, Tanh};
    vec![
        Sample::new(Activation::new(Gelu), [3, 4]),
        Sample::new(Activation::new(Elu(0.5)), [3, 4]),
        Sample::new(Activation::new(Tanh), [2, 3, 4]),
        Sample::new(Softmax, [3, 4]),
        Sample::new(LogSoftmax, [3, 4]),
    ]
}
