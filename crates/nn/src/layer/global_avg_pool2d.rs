//! The mean of each channel of an image.

use super::pooling::global_pool2d_layer;

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
#[doc(alias = "GlobalAveragePooling2D")]
#[doc(alias = "AdaptiveAvgPool2d")]
pub struct GlobalAvgPool2d;

global_pool2d_layer!(GlobalAvgPool2d, mean_along, "ReduceMean");
