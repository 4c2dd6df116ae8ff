//! The mean of each window.

use super::pooling::pool2d_layer;
use super::windows::Windows;

/// The mean of each window that slides over an image, channel by channel: rows `[height, width, channels]` to
/// `[height', width', channels]` with `height' = (height - size) / stride + 1` rounded down, where `height` counts
/// [`padding`](Self::padding) too, or, with [`same`](Self::same), `height / stride` rounded up. Each pixel of a
/// window gets an equal share of the gradient. Padding does not count: at a border, the mean is that of the pixels within the image.
///
/// Keras's `AveragePooling2D`, `PyTorch`'s `AvgPool2d` (which counts padding unless it is told not to).
///
/// ```
/// use chainrule_nn::prelude::*;
/// let mut network = Sequential::new().input([2, 4, 1]).add(AvgPool2d::new(2));
/// network.build()?;
/// let image = Tensor::from([[1.0, 2.0, 0.0, 0.0], [3.0, 4.0, 0.0, 5.0]]).reshape([1, 2, 4, 1]);
/// assert_eq!(network.predict(&image)?.to_vec(), [2.5, 1.25]);
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[doc(alias = "AveragePooling2D")]
pub struct AvgPool2d(Windows);

pool2d_layer!(AvgPool2d, avg_pool2d, "AveragePool", ("count_include_pad", 0.into()));
