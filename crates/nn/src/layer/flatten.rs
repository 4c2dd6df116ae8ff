//! All axes of a row as one.

use super::{Layer, Stored};
#[cfg(test)]
use super::Sample;
#[cfg(feature = "onnx")]
use crate::onnx;
use crate::param::elements;
use crate::pass::Pass;
use crate::random::Seeds;
use crate::settings::Settings;
use chainrule::{Element, Shape, Tensor, Var};

/// Rows of any shape to rows of one axis, row-major: `[28, 28]` to `[784]`. Keras's and `PyTorch`'s `Flatten`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flatten;

impl<T: Element> Layer<T> for Flatten {
    fn build(&mut self, input: &Shape, _: &mut Seeds) -> Result<Shape, String> {
        Ok([elements(input)?].into())
    }

    fn forward<'t>(&self, x: Var<'t, Tensor<T>>, pass: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        let shape = x.shape();
        let row: usize = shape[1..].iter().product();
        pass.set_mask(None);
        x.reshape([shape[0], row])
    }

    fn settings(&self) -> Option<Settings> {
        Some(Settings::new())
    }

    #[cfg(feature = "onnx")]
    fn onnx(&self, graph: &mut onnx::Graph, x: &onnx::Value, _: &Shape) -> Result<onnx::Value, String> {
        graph.set_mask(None);
        Ok(graph.node("Flatten", &[x], &[]))
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as the list asks for")]
pub(super) fn restore<T: Element>(_: &mut Stored<'_, T>) -> Result<Box<dyn Layer<T>>, String> {
    Ok(Box::new(Flatten))
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    vec![Sample::new(Flatten, [2, 3, 4])]
}
