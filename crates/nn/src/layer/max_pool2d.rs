//! The largest pixel of each window.

use super::pooling::pool2d_layer;
use super::windows::Windows;

/// The largest pixel of each window that slides over an image, channel by channel: rows `[height, width, channels]` to
/// `[height', width', channels]` with `height' = (height - size) / stride + 1` rounded down, where `height` counts
/// [`padding`](Self::padding) too, or, with [`same`](Self::same), `height / stride` rounded up. The gradient flows to that pixel alone, of
/// equal ones to the first in reading order. Padding never is the largest.
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
#[doc(alias = "MaxPooling2D")]
pub struct MaxPool2d(Windows);

pool2d_layer!(MaxPool2d, max_pool2d, "MaxPool");
