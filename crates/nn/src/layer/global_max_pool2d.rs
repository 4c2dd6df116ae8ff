//! The largest pixel of each channel of an image.

#[cfg(test)]
use super::Sample;
use super::{Layer, Stored};
use super::windows::image;
#[cfg(feature = "onnx")]
use crate::onnx;
use crate::pass::Pass;
use crate::random::Seeds;
use crate::settings::Settings;
use chainrule::{Element, Shape, Tensor, Var};

/// The largest pixel, channel by channel: rows `[height, width, channels]` to `[channels]`. The gradient flows to that pixel; equal
/// ones share it. Keras's `GlobalMaxPooling2D`, `PyTorch`'s `AdaptiveMaxPool2d(1)` (where the first of equal ones gets all).
///
/// ```
/// use chainrule_nn::prelude::*;
/// let mut network = Sequential::new().input([1, 2, 2]).add(GlobalMaxPool2d);
/// network.build()?;
/// let image = Tensor::from([[[[1.0, 2.0], [3.0, -2.0]]]]);
/// assert_eq!(network.predict(&image)?, Tensor::from([[3.0, 2.0]]));
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct GlobalMaxPool2d;

impl<T: Element> Layer<T> for GlobalMaxPool2d {
    fn build(&mut self, input: &Shape, _: &mut Seeds) -> Result<Shape, String> {
        image(input).map(|[_, _, channels]| [channels].into())
    }

    fn forward<'t>(&self, x: Var<'t, Tensor<T>>, _: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        x.amax_along([1, 2])
    }

    fn settings(&self) -> Option<Settings> {
        Some(Settings::new())
    }

    #[cfg(feature = "onnx")]
    fn onnx(&self, graph: &mut onnx::Graph, x: &onnx::Value, _: &Shape) -> Result<onnx::Value, String> {
        Ok(graph.node("ReduceMax", &[x], &[("axes", [1, 2].into()), ("keepdims", 0.into())]))
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as the list asks for")]
pub(super) fn restore<T: Element>(_: &mut Stored<'_, T>) -> Result<Box<dyn Layer<T>>, String> {
    Ok(Box::new(GlobalMaxPool2d))
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    vec![Sample::new(GlobalMaxPool2d, [2, 3, 2, 4])]
}
