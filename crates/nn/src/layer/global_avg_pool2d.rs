//! The mean of each channel of an image.

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

/// The mean of all pixels, channel by channel: rows `[height, width, channels]` to `[channels]`; each pixel gets an equal share of
/// the gradient. Keras's `GlobalAveragePooling2D`, `PyTorch`'s `AdaptiveAvgPool2d(1)`.
///
/// ```
/// use chainrule_nn::prelude::*;
/// let mut network = Sequential::new().input([1, 2, 2]).add(GlobalAvgPool2d);
/// network.build()?;
/// let image = Tensor::from([[[[1.0, 2.0], [3.0, -2.0]]]]);
/// assert_eq!(network.predict(&image)?, Tensor::from([[2.0, 0.0]]));
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct GlobalAvgPool2d;

impl<T: Element> Layer<T> for GlobalAvgPool2d {
    fn build(&mut self, input: &Shape, _: &mut Seeds) -> Result<Shape, String> {
        image(input).map(|[_, _, channels]| [channels].into())
    }

    fn forward<'t>(&self, x: Var<'t, Tensor<T>>, _: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        x.mean_along([1, 2])
    }

    fn settings(&self) -> Option<Settings> {
        Some(Settings::new())
    }

    #[cfg(feature = "onnx")]
    fn onnx(&self, graph: &mut onnx::Graph, x: &onnx::Value, _: &Shape) -> Result<onnx::Value, String> {
        Ok(graph.node("ReduceMean", &[x], &[("axes", [1, 2].into()), ("keepdims", 0.into())]))
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as the list asks for")]
pub(super) fn restore<T: Element>(_: &mut Stored<'_, T>) -> Result<Box<dyn Layer<T>>, String> {
    Ok(Box::new(GlobalAvgPool2d))
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    vec![Sample::new(GlobalAvgPool2d, [2, 3, 2, 4])]
}
