//! The largest pixel of each window.

#[cfg(test)]
use super::Sample;
use super::{Layer, Stored};
use super::windows::Windows;
#[cfg(feature = "onnx")]
use crate::onnx;
use crate::pass::Pass;
use crate::random::Seeds;
use crate::settings::Settings;
use chainrule::{Element, HeightWidth, Shape, Tensor, Var};

/// The largest pixel of each window that slides over an image, channel by channel: rows `[height, width, channels]` to
/// `[height', width', channels]` with `height' = (height - size) / stride + 1` rounded down, or, with [`same`](Self::same),
/// `height / stride` rounded up. The gradient flows to that pixel alone, of equal ones to the first in reading order.
///
/// Keras's `MaxPooling2D`, `PyTorch`'s `MaxPool2d`.
///
/// ```
/// use chainrule_nn::prelude::*;
/// let mut network = Sequential::new().input([2, 4, 1]).add(MaxPool2d::new(2));
/// network.build()?;
/// let image = Tensor::from([[1.0, 2.0, 0.0, 0.0], [3.0, 4.0, 0.0, 5.0]]).reshape([1, 2, 4, 1]);
/// assert_eq!(network.predict(&image)?.to_vec(), [4.0, 5.0]);
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MaxPool2d(Windows);

impl MaxPool2d {
    /// Windows of this size, a number or `[height, width]`, side by side; what is left of the image at its end is not seen.
    pub fn new(size: impl Into<HeightWidth>) -> Self {
        Self(Windows::side_by_side(size))
    }

    /// How many pixels lie from one window to the next: a number, or `[height, width]`.
    #[must_use]
    pub fn stride(self, stride: impl Into<HeightWidth>) -> Self {
        Self(Windows { stride: stride.into(), ..self.0 })
    }

    /// With so much padding that each stride has a window: the result has the image's size divided by the stride, rounded up.
    /// Padding never is the largest.
    #[must_use]
    pub fn same(self) -> Self {
        Self(Windows { same: true, ..self.0 })
    }
}

impl<T: Element> Layer<T> for MaxPool2d {
    fn build(&mut self, input: &Shape, _: &mut Seeds) -> Result<Shape, String> {
        self.0.pooled(input)
    }

    fn forward<'t>(&self, x: Var<'t, Tensor<T>>, _: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        x.max_pool2d(self.0.pooling())
    }

    fn settings(&self) -> Option<Settings> {
        Some(self.0.settings(Settings::new()))
    }

    #[cfg(feature = "onnx")]
    fn onnx(&self, graph: &mut onnx::Graph, x: &onnx::Value, row: &Shape) -> Result<onnx::Value, String> {
        self.0.onnx(graph, x, row, "MaxPool", &[], [])
    }
}

pub(super) fn restore<T: Element>(stored: &mut Stored<'_, T>) -> Result<Box<dyn Layer<T>>, String> {
    Ok(Box::new(MaxPool2d(Windows::restored(stored)?)))
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    vec![
        Sample::new(MaxPool2d::new(2), [2, 4, 5, 2]),
        Sample::new(MaxPool2d::new([3, 2]).stride([2, 1]).same(), [2, 4, 3, 2]),
    ]
}
