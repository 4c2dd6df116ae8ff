//! Windows that slide over images, as the layers with windows say them: checked when a network is built, so that settings from a
//! file can be anything.

use super::Stored;
use crate::settings::Settings;
use chainrule::{Conv2d, Element, HeightWidth, Pool2d, Shape};

#[cfg(feature = "onnx")]
mod onnx;

/// Size, stride and dilation of windows, and whether images are padded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Windows {
    pub(super) size: HeightWidth,
    pub(super) stride: HeightWidth,
    pub(super) dilation: HeightWidth,
    pub(super) same: bool,
}

impl Windows {
    /// Windows of this size, one for each pixel, without padding.
    pub(super) fn new(size: impl Into<HeightWidth>) -> Self {
        Self { size: size.into(), stride: 1.into(), dilation: 1.into(), same: false }
    }

    /// Windows of this size, side by side.
    pub(super) fn side_by_side(size: impl Into<HeightWidth>) -> Self {
        let size = size.into();
        Self { stride: size, ..Self::new(size) }
    }

    /// How many windows there are along height and width of such a row, and the row's channels.
    pub(super) fn over(&self, row: &Shape) -> Result<([usize; 2], usize), String> {
        let [height, width, channels] = image(row)?;
        Ok(([self.along(0, height)?, self.along(1, width)?], channels))
    }

    fn along(&self, axis: usize, image: usize) -> Result<usize, String> {
        let name = ["height", "width"][axis];
        let (size, stride, dilation) = (self.size.0[axis], self.stride.0[axis], self.dilation.0[axis]);
        if size == 0 || stride == 0 || dilation == 0 {
            return Err(format!(
                "along the {name}, the window has size {size}, stride {stride} and dilation {dilation}; each must be at least 1"
            ));
        }
        let count = image.div_ceil(stride);
        let reach = (size - 1).checked_mul(dilation).and_then(|reach| reach.checked_add(1));
        // as far as all windows of a padded image reach: what computing with it must be able to count
        let all = reach.and_then(|reach| (count - 1).checked_mul(stride)?.checked_add(reach)?.checked_add(image));
        match (reach, all) {
            (Some(_), Some(_)) if self.same => Ok(count),
            (Some(reach), _) if reach <= image => Ok((image - reach) / stride + 1),
            (Some(reach), Some(_)) => Err(format!(
                "images of {name} {image} are smaller than the window, which reaches over {reach}: make it smaller, or pad with \
                 `.same()`"
            )),
            _ => Err(format!(
                "along the {name}, windows of size {size}, stride {stride} and dilation {dilation} reach further than can be \
                 counted"
            )),
        }
    }

    /// Adds what they were made with, but for the dilation.
    pub(super) fn settings(&self, settings: Settings) -> Settings {
        settings.with("size", self.size.0).with("stride", self.stride.0).with("same", self.same)
    }

    /// Windows without dilation from such settings.
    pub(super) fn restored<T: Element>(stored: &mut Stored<'_, T>) -> Result<Self, String> {
        let windows = Self::new(stored.sizes("size")?);
        Ok(Self { stride: stored.sizes("stride")?.into(), same: stored.get("same")?, ..windows })
    }

    /// The options of a convolution with such windows.
    pub(super) fn convolution(&self) -> Conv2d {
        let options = Conv2d::new().stride(self.stride).dilation(self.dilation);
        if self.same { options.same() } else { options }
    }

    /// The options of pooling in such windows.
    pub(super) fn pooling(&self) -> Pool2d {
        let options = Pool2d::new(self.size).stride(self.stride);
        if self.same { options.same() } else { options }
    }

    /// The shape of a row that was pooled.
    pub(super) fn pooled(&self, row: &Shape) -> Result<Shape, String> {
        self.over(row).map(|([height, width], channels)| [height, width, channels].into())
    }
}

/// Height, width and channels of a row that is an image.
pub(super) fn image(row: &Shape) -> Result<[usize; 3], String> {
    match row[..] {
        [height, width, channels] if row.iter().all(|&size| size > 0) => Ok([height, width, channels]),
        [_, _, _] => Err(format!("a row of input has shape {row}, and so no pixels; each size must be at least 1")),
        _ => Err(format!(
            "a row of input has shape {row}; images have three axes: [height, width, channels]. `Reshape` makes them of others: \
             `Reshape::new([28, 28, 1])` of 784 numbers"
        )),
    }
}

/// Refuses a shape with more elements than memory can have.
pub(super) fn check_elements(what: &str, shape: &[usize]) -> Result<(), String> {
    let elements = shape.iter().try_fold(1_usize, |count, &size| count.checked_mul(size));
    // 16 bytes: the largest element, a pair of f64
    match elements {
        Some(elements) if elements <= isize::MAX.unsigned_abs() / 16 => Ok(()),
        _ => Err(format!("{what} would have shape {shape:?}, and more elements than any memory holds")),
    }
}
