//! Windows that slide over images, as the layers with windows say them: checked when a network is built, so that settings from a
//! file can be anything.

use super::Stored;
use crate::settings::Settings;
use chainrule::{Conv2d, Element, HeightWidth, Padding, Pool2d, Shape};
use serde::{Deserialize, Serialize};

#[cfg(feature = "onnx")]
mod onnx;

/// Size, stride, dilation and padding of windows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Windows {
    pub(super) size: HeightWidth,
    pub(super) stride: HeightWidth,
    pub(super) dilation: HeightWidth,
    pub(super) padding: Padding,
}

/// Padding as settings tell it: `"valid"`, which is none, `"same"`, or `[[top, bottom], [left, right]]`.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Told {
    Word(Word),
    Sides([[usize; 2]; 2]),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Valid,
    Same,
}

impl Windows {
    /// Windows of this size, one for each pixel, without padding.
    pub(super) fn new(size: impl Into<HeightWidth>) -> Self {
        Self { size: size.into(), stride: 1.into(), dilation: 1.into(), padding: 0.into() }
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
        let sizes = self.reach(axis).and_then(|reach| {
            let padded = self.sides(axis, image)?.into_iter().try_fold(image, usize::checked_add)?;
            // computing with them must be able to count further than to the end
            padded.checked_add(reach)?.checked_add(image).map(|_| (reach, padded))
        });
        match sizes {
            Some((reach, padded)) if reach <= padded => Ok((padded - reach) / stride + 1),
            Some((reach, padded)) => Err(format!(
                "images of {name} {padded} are smaller than the window, which reaches over {reach}: make it smaller, or pad with \
                 `.padding(..)` or `.same()`"
            )),
            None => Err(format!(
                "along the {name}, windows of size {size}, stride {stride} and dilation {dilation}, or their padding, reach \
                 further than can be counted"
            )),
        }
    }

    /// How many pixels a window reaches over, if they can be counted.
    fn reach(&self, axis: usize) -> Option<usize> {
        (self.size.0[axis] - 1).checked_mul(self.dilation.0[axis])?.checked_add(1)
    }

    /// How many pixels are imagined before and behind an image, if they can be counted; of an odd number for `same`, the larger
    /// half lies behind.
    fn sides(&self, axis: usize, image: usize) -> Option<[usize; 2]> {
        match self.padding {
            Padding::Sides(sides) => Some(sides[axis]),
            Padding::Same => {
                let stride = self.stride.0[axis];
                let covered = (image.div_ceil(stride) - 1).checked_mul(stride)?.checked_add(self.reach(axis)?)?;
                let whole = covered.saturating_sub(image);
                Some([whole / 2, whole - whole / 2])
            }
        }
    }

    /// Adds what they were made with, but for the dilation.
    pub(super) fn settings(&self, settings: Settings) -> Settings {
        let padding = match self.padding {
            Padding::Same => Told::Word(Word::Same),
            Padding::Sides([[0, 0], [0, 0]]) => Told::Word(Word::Valid),
            Padding::Sides(sides) => Told::Sides(sides),
        };
        settings.with("size", self.size.0).with("stride", self.stride.0).with("padding", padding)
    }

    /// Windows without dilation from such settings.
    pub(super) fn restored<T: Element>(stored: &mut Stored<'_, T>) -> Result<Self, String> {
        let padding = match stored.get("padding")? {
            Told::Word(Word::Valid) => 0.into(),
            Told::Word(Word::Same) => Padding::Same,
            Told::Sides(sides) => sides.into(),
        };
        Ok(Self { stride: stored.sizes("stride")?.into(), padding, ..Self::new(stored.sizes("size")?) })
    }

    /// The options of a convolution with such windows.
    pub(super) fn convolution(&self) -> Conv2d {
        Conv2d::new().stride(self.stride).dilation(self.dilation).padding(self.padding)
    }

    /// The options of pooling in such windows.
    pub(super) fn pooling(&self) -> Pool2d {
        Pool2d::new(self.size).stride(self.stride).padding(self.padding)
    }

    /// The shape of a row that was pooled.
    pub(super) fn pooled(&self, row: &Shape) -> Result<Shape, String> {
        let ([height, width], channels) = self.over(row)?;
        if let (Padding::Sides(sides), HeightWidth(size)) = (self.padding, self.size)
            && (0..2).any(|axis| sides[axis].iter().any(|&side| side >= size[axis]))
        {
            return Err(format!(
                "windows of size {size:?} with padding {sides:?}: a window could lie in the padding alone, where nothing is to be \
                 pooled; give less on each side than a window has"
            ));
        }
        Ok([height, width, channels].into())
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
