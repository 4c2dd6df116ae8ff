//! Windows that slide over images: sizes, strides, padding, and which pixels they cover.

use crate::array::Shape;

/// One number for height and width, or one for each: `2` or `[2, 3]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeightWidth(pub [usize; 2]);

impl From<usize> for HeightWidth {
    fn from(both: usize) -> Self {
        Self([both; 2])
    }
}
impl From<[usize; 2]> for HeightWidth {
    fn from(each: [usize; 2]) -> Self {
        Self(each)
    }
}

/// How many pixels are imagined around an image: a number for all sides, `[height, width]`,
/// `[[top, bottom], [left, right]]`, or [`Padding::Same`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// `[[top, bottom], [left, right]]`
    Sides([[usize; 2]; 2]),
    /// As many that each stride has one window: the result has the size of the image divided by the stride, rounded up. Of an
    /// odd number, the larger half lies at the bottom and the right, as in TensorFlow.
    Same,
}

impl From<usize> for Padding {
    fn from(all: usize) -> Self {
        Self::Sides([[all; 2]; 2])
    }
}
impl From<[usize; 2]> for Padding {
    fn from([height, width]: [usize; 2]) -> Self {
        Self::Sides([[height; 2], [width; 2]])
    }
}
impl From<[[usize; 2]; 2]> for Padding {
    fn from(sides: [[usize; 2]; 2]) -> Self {
        Self::Sides(sides)
    }
}

/// Windows along one axis of an image.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slide {
    /// How many pixels the image has.
    pub(super) image: usize,
    /// How many pixels a window has, from the first to the next, from window to window, and before the image.
    pub(super) window: usize,
    pub(super) dilation: usize,
    pub(super) stride: usize,
    pub(super) before: usize,
    /// How many windows there are.
    pub(super) count: usize,
}

impl Slide {
    /// The pixel at `tap` of window `number`, if it lies within the image.
    #[inline(always)]
    pub(super) fn pixel(&self, number: usize, tap: usize) -> Option<usize> {
        let pixel = number * self.stride + tap * self.dilation;
        pixel.checked_sub(self.before).filter(|&pixel| pixel < self.image)
    }

    /// The taps of window `number` that lie within the image; the dilation must be 1.
    #[inline(always)]
    pub(super) fn taps(&self, number: usize) -> std::ops::Range<usize> {
        let start = number * self.stride;
        let end = (self.image + self.before).saturating_sub(start).min(self.window);
        self.before.saturating_sub(start).min(end)..end
    }

    /// The windows whose pixel at `tap` lies within the image.
    #[inline(always)]
    pub(super) fn windows_with(&self, tap: usize) -> std::ops::Range<usize> {
        let reach = tap * self.dilation;
        let border = |pixel: usize| pixel.saturating_sub(reach).div_ceil(self.stride).min(self.count);
        border(self.before)..border(self.before + self.image)
    }

    /// Whether each window is one pixel, and each pixel has one.
    pub(super) fn is_pixel_by_pixel(&self) -> bool {
        self.window == 1 && self.stride == 1 && self.before == 0 && self.count == self.image
    }
}

/// What a window is, as the options of an operation say it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Windows {
    pub(super) size: [usize; 2],
    pub(super) stride: [usize; 2],
    pub(super) dilation: [usize; 2],
    pub(super) padding: Padding,
}

impl Windows {
    /// The windows along height and width of images of shape `x`.
    #[track_caller]
    pub(super) fn slide(&self, operation: &str, x: &Shape) -> [Slide; 2] {
        [self.along(operation, x, 0), self.along(operation, x, 1)]
    }

    #[track_caller]
    fn along(&self, operation: &str, x: &Shape, axis: usize) -> Slide {
        let name = ["height", "width"][axis];
        let (image, window) = (x[1 + axis], self.size[axis]);
        let (stride, dilation) = (self.stride[axis], self.dilation[axis]);
        assert!(
            window > 0 && stride > 0 && dilation > 0,
            "{operation}: along the {name}, the window has size {window}, stride {stride} and dilation {dilation}; each must \
             be at least 1"
        );
        let reach = (window - 1) * dilation + 1;
        let [before, after] = match self.padding {
            Padding::Sides(sides) => sides[axis],
            Padding::Same => {
                let covered = image.div_ceil(stride).saturating_sub(1) * stride + reach;
                let all = if image == 0 { reach } else { covered.saturating_sub(image) };
                [all / 2, all - all / 2]
            }
        };
        let padded = image + before + after;
        assert!(
            reach <= padded,
            "{operation}: the operand has shape {x}, so images of {name} {image}, {padded} with padding, and the window reaches \
             over {reach}; make it smaller, or pad with `.padding(..)` or `.same()`"
        );
        let count = if self.padding == Padding::Same { image.div_ceil(stride) } else { (padded - reach) / stride + 1 };
        Slide { image, window, dilation, stride, before, count }
    }
}

/// Number of images, height, width, channels.
#[track_caller]
pub(super) fn image_sizes(operation: &str, x: &Shape) -> [usize; 4] {
    let &[images, height, width, channels] = &x[..] else {
        panic!(
            "{operation}: the operand has shape {x}; images have four axes: [images, height, width, channels]. A single image \
             gets the first with `unsqueeze(0)`, and grey images the last with `unsqueeze(-1)`"
        )
    };
    [images, height, width, channels]
}
