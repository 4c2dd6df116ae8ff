//! The largest pixel of each channel of an image.

use super::pooling::global_pool2d_layer;

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
#[doc(alias = "GlobalMaxPooling2D")]
#[doc(alias = "AdaptiveMaxPool2d")]
pub struct GlobalMaxPool2d;

global_pool2d_layer!(GlobalMaxPool2d, amax_along, "ReduceMax");
