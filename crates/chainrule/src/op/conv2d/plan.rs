//! A convolution of given shapes, and how its work is cut: into pieces of images for threads, and these into stretches for the cache.

use super::Conv2d;
use crate::array::Shape;
use crate::op::window::{Slide, Windows, image_sizes};
use chainrule_kernels::product::Matrix;
use std::ops::Range;

/// How many elements a stretch should have at most, windows and results together: they are written and read again while in the cache.
const STRETCH: usize = 1 << 16;

/// Multiplications of a piece, at least: some microseconds of work.
const PIECE: usize = 1 << 18;

/// Pieces of a convolution, at most, and the least that this may become where each has a sum of its own as large as the kernel: so many
/// elements should be in all of them together.
const PIECES: usize = 8;
const LEAST_PIECES: usize = 4;
const SUMS: usize = 1 << 21;

/// A convolution of given shapes.
#[derive(Clone, Copy)]
pub(in crate::op) struct Plan {
    pub(super) images: usize,
    pub(super) channels: usize,
    pub(super) filters: usize,
    pub(super) groups: usize,
    pub(super) height: Slide,
    pub(super) width: Slide,
    /// How many elements a window has, over all groups.
    pub(super) window: usize,
}

impl Plan {
    #[track_caller]
    pub(in crate::op) fn new(options: &Conv2d, x: &Shape, kernel: &Shape) -> Self {
        let [images, _, _, channels] = image_sizes("conv2d", x);
        let &[rows, columns, inputs, filters] = &kernel[..] else {
            panic!(
                "conv2d: the kernel has shape {kernel}; kernels have four axes: [height, width, channels / groups, filters]"
            )
        };
        let groups = options.groups;
        assert!(
            groups > 0 && channels.is_multiple_of(groups) && filters.is_multiple_of(groups),
            "conv2d: the operand has shape {x} and the kernel {kernel}; {channels} channels and {filters} filters cannot be cut \
             into {groups} groups"
        );
        assert!(
            inputs * groups == channels,
            "conv2d: the operand has shape {x} and the kernel {kernel}; the kernel's axis 2 has size {inputs}, and must have \
             {}: the {channels} channels of the operand by {groups} groups",
            channels / groups
        );
        let windows = Windows {
            size: [rows, columns],
            stride: options.stride.0,
            dilation: options.dilation.0,
            padding: options.padding,
        };
        let [height, width] = windows.slide("conv2d", x);
        Self { images, channels, filters, groups, height, width, window: rows * columns * channels }
    }

    pub(in crate::op) fn shape(&self) -> Shape {
        Shape::from([self.images, self.height.count, self.width.count, self.filters])
    }

    /// Whether each channel has one filter, of its own.
    pub(super) fn is_depthwise(&self) -> bool {
        self.groups > 1 && self.groups == self.channels && self.groups == self.filters
    }

    /// Shows each pixel of each window that lies within the image: where the window's result begins, where the pixel, and the
    /// weights.
    #[inline(always)]
    pub(super) fn taps(&self, mut visit: impl FnMut([usize; 3])) {
        let Self { images, channels, filters, height, width, .. } = *self;
        for row in 0..images * height.count {
            let (image, line) = (row / height.count, row % height.count);
            for column in 0..width.count {
                for k in 0..height.window {
                    let Some(y) = height.pixel(line, k) else { continue };
                    for l in 0..width.window {
                        let Some(x) = width.pixel(column, l) else { continue };
                        let pixel = ((image * height.image + y) * width.image + x) * channels;
                        visit([(row * width.count + column) * filters, pixel, (k * width.window + l) * filters]);
                    }
                }
            }
        }
    }

    /// Whether the images are their windows, which are multiplied as they are.
    pub(super) fn is_product(&self) -> bool {
        self.height.is_pixel_by_pixel() && self.width.is_pixel_by_pixel() && !self.is_depthwise()
    }

    /// Whether windows are laid out as a matrix.
    pub(super) fn lays_out(&self) -> bool {
        !self.is_product() && !self.is_depthwise()
    }

    /// Elements of an image, and of its result.
    pub(super) fn image_size(&self) -> usize {
        self.height.image * self.width.image * self.channels
    }

    pub(super) fn result_size(&self) -> usize {
        self.height.count * self.width.count * self.filters
    }

    pub(super) fn kernel_size(&self) -> usize {
        self.window / self.groups * self.filters
    }

    /// How many pieces there are, and the images of each; the last may have fewer. By shape alone, so that it does not matter how many
    /// threads there are.
    pub(super) fn pieces(&self) -> (usize, usize) {
        let results = self.images.saturating_mul(self.result_size());
        let wanted = results.saturating_mul(self.window / self.groups) / PIECE;
        let most = (SUMS / self.kernel_size().max(1)).clamp(LEAST_PIECES, PIECES);
        let images = self.images.div_ceil(wanted.clamp(1, most)).max(1);
        (self.images.div_ceil(images), images)
    }

    /// The same convolution of the images of a piece.
    pub(super) fn piece(&self, number: usize, images: usize) -> Self {
        Self { images: images.min(self.images - number * images), ..*self }
    }

    /// How many rows of results a stretch has: about as many in each.
    fn step(&self) -> usize {
        let rows = self.images * self.height.count;
        if !self.lays_out() {
            return rows.max(1);
        }
        let size = self.width.count * (self.window + 2 * self.filters);
        let most = (STRETCH / size.max(1)).max(1);
        rows.div_ceil(rows.div_ceil(most).max(1)).max(1)
    }

    /// The rows of the results, all images one beneath the other, in stretches.
    pub(super) fn stretches(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let (rows, step) = (self.images * self.height.count, self.step());
        (0..rows).step_by(step).map(move |start| start..(start + step).min(rows))
    }

    /// How many elements of windows a stretch lays out, and how many its results have.
    pub(super) fn stretch_sizes(&self) -> [usize; 2] {
        let pixels = self.step() * self.width.count;
        [if self.lays_out() { pixels * self.window } else { 0 }, pixels * self.filters]
    }

    /// Part `group` of windows.
    pub(super) fn windows<'a, T>(&self, windows: &'a [T], rows: usize, group: usize) -> Matrix<'a, T> {
        let size = self.window / self.groups;
        let data = windows.get(group * size..).unwrap_or(&[]);
        Matrix { data, rows, columns: size, row_step: self.window, column_step: 1 }
    }

    /// The filters of a group.
    pub(super) fn kernel<'a, T>(&self, kernel: &'a [T], group: usize) -> Matrix<'a, T> {
        let (rows, columns) = (self.window / self.groups, self.filters / self.groups);
        let data = kernel.get(group * columns..).unwrap_or(&[]);
        Matrix { data, rows, columns, row_step: self.filters, column_step: 1 }
    }

    /// The channels of a group of filters, among results.
    pub(super) fn results<'a, T>(&self, results: &'a [T], rows: usize, group: usize) -> Matrix<'a, T> {
        let columns = self.filters / self.groups;
        let data = results.get(group * columns..).unwrap_or(&[]);
        Matrix { data, rows, columns, row_step: self.filters, column_step: 1 }
    }

    /// Where the results of these rows lie, and how many pixels they have.
    pub(super) fn pixels(&self, rows: &Range<usize>) -> (Range<usize>, usize) {
        let row = self.width.count * self.filters;
        (rows.start * row..rows.end * row, rows.len() * self.width.count)
    }
}
