//! A convolution of given shapes: windows laid out as matrices.

use super::{Conv2d, depthwise};
use crate::array::{Element, Pool, Shape, Tensor};
use crate::op::window::{Slide, Windows, image_sizes};
use chainrule_kernels::product::{Matrix, Onto};
use std::ops::Range;

/// How many elements the windows of a stretch should have at most: they are written and read again while in the cache.
const STRETCH: usize = 1 << 16;

/// A convolution of given shapes.
pub(in crate::op) struct Plan {
    images: usize,
    pub(super) channels: usize,
    filters: usize,
    groups: usize,
    height: Slide,
    width: Slide,
    /// How many elements a window has, over all groups.
    window: usize,
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

    /// Whether windows have no elements.
    fn is_empty(&self) -> bool {
        self.window == 0
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

    /// Whether the images are their windows.
    fn is_product(&self) -> bool {
        self.height.is_pixel_by_pixel() && self.width.is_pixel_by_pixel()
    }

    /// The rows of the results, all images one beneath the other, in stretches.
    fn stretches(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let rows = self.images * self.height.count;
        let size = self.width.count * self.window;
        let step = if self.is_product() { rows } else { STRETCH / size.max(1) }.max(1);
        let last_rows = if size == 0 { 0 } else { rows };
        (0..last_rows).step_by(step).map(move |start| start..(start + step).min(rows))
    }

    /// Room for the windows of a stretch; none where the images are their windows.
    fn room<T: Element>(&self, pool: &Pool<T>) -> Tensor<T> {
        let rows = self.stretches().next().map_or(0, |rows| if self.is_product() { 0 } else { rows.len() });
        pool.scratch([rows * self.width.count * self.window])
    }

    /// Shows the windows of these rows of the results, piece by piece: where it stands among the windows, where in the images
    /// (nowhere in the padding), and its length. A window lies group by group, then pixel by pixel.
    #[inline(always)]
    fn pieces(&self, rows: Range<usize>, mut visit: impl FnMut(usize, Option<usize>, usize)) {
        let Self { channels, groups, height, width, window, .. } = *self;
        let each = channels / groups;
        for (place, row) in rows.enumerate() {
            let (image, row) = (row / height.count, row % height.count);
            for column in 0..width.count {
                let start = (place * width.count + column) * window;
                for k in 0..height.window {
                    let line = height.pixel(row, k).map(|y| (image * height.image + y) * width.image);
                    let at = start + k * width.window * each;
                    if let (1, 1, Some(line)) = (groups, width.dilation, line) {
                        // pixels that are neighbours in the window are neighbours in the image
                        let taps = width.taps(column);
                        let pixel = column * width.stride + taps.start;
                        visit(at, None, taps.start * channels);
                        if !taps.is_empty() {
                            let from = (line + pixel - width.before) * channels;
                            visit(at + taps.start * channels, Some(from), taps.len() * channels);
                        }
                        visit(at + taps.end * channels, None, (width.window - taps.end) * channels);
                        continue;
                    }
                    for l in 0..width.window {
                        let pixel = line.and_then(|line| width.pixel(column, l).map(|x| (line + x) * channels));
                        for group in 0..groups {
                            let at = at + group * (window / groups) + l * each;
                            visit(at, pixel.map(|pixel| pixel + group * each), each);
                        }
                    }
                }
            }
        }
    }

    /// Lays out the windows of these rows of the results.
    fn lay_out<T: Element>(&self, rows: Range<usize>, x: &[T], windows: &mut [T]) {
        T::loops(|| {
            self.pieces(rows, |at, from, length| {
                let piece = &mut windows[at..at + length];
                match from {
                    None => piece.fill(T::zero()),
                    Some(from) => piece.copy_from_slice(&x[from..from + length]),
                }
            });
        });
    }

    /// Adds windows back to where they came from.
    fn gather<T: Element>(&self, rows: Range<usize>, windows: &[T], sum: &mut [T]) {
        T::loops(|| {
            self.pieces(rows, |at, from, length| {
                if let Some(from) = from {
                    let piece = sum[from..from + length].iter_mut().zip(&windows[at..at + length]);
                    piece.for_each(|(sum, &x)| *sum += x);
                }
            });
        });
    }

    /// Part `group` of windows.
    fn windows<'a, T>(&self, windows: &'a [T], rows: usize, group: usize) -> Matrix<'a, T> {
        let size = self.window / self.groups;
        let data = windows.get(group * size..).unwrap_or(&[]);
        Matrix { data, rows, columns: size, row_step: self.window, column_step: 1 }
    }

    /// The filters of a group.
    fn kernel<'a, T>(&self, kernel: &'a [T], group: usize) -> Matrix<'a, T> {
        let (rows, columns) = (self.window / self.groups, self.filters / self.groups);
        let data = kernel.get(group * columns..).unwrap_or(&[]);
        Matrix { data, rows, columns, row_step: self.filters, column_step: 1 }
    }

    /// The channels of a group of filters, among results.
    fn results<'a, T>(&self, results: &'a [T], rows: usize, group: usize) -> Matrix<'a, T> {
        let columns = self.filters / self.groups;
        let data = results.get(group * columns..).unwrap_or(&[]);
        Matrix { data, rows, columns, row_step: self.filters, column_step: 1 }
    }

    /// Where the results of these rows begin, and how many pixels they have.
    fn pixels(&self, rows: &Range<usize>) -> (usize, usize) {
        (rows.start * self.width.count * self.filters, rows.len() * self.width.count)
    }

    /// The convolution, written or added to the result.
    pub(in crate::op) fn write<T: Element>(&self, x: &[T], kernel: &[T], y: &mut [T], onto: Onto, pool: &Pool<T>) {
        if onto == Onto::Fresh && (self.is_empty() || self.is_depthwise()) {
            y.fill(T::zero());
        }
        if self.is_empty() {
            return;
        }
        if self.is_depthwise() {
            return depthwise::forward(self, x, kernel, y);
        }
        let mut room = self.room(pool);
        for rows in self.stretches() {
            let (start, pixels) = self.pixels(&rows);
            if !self.is_product() {
                self.lay_out(rows, x, room.as_mut_slice());
            }
            let windows = if self.is_product() { x } else { room.as_slice() };
            for group in 0..self.groups {
                let result = y.get_mut(start + group * (self.filters / self.groups)..).unwrap_or_default();
                let windows = self.windows(windows, pixels, group);
                T::product(windows, self.kernel(kernel, group), result, self.filters, onto);
            }
        }
        pool.give(room);
    }

    pub(super) fn by_kernel<T: Element>(&self, x: &[T], upstream: &[T], sum: &mut [T], onto: Onto, pool: &Pool<T>) {
        let mut room = self.room(pool);
        let mut onto = onto;
        if onto == Onto::Fresh && self.stretches().next().is_none() {
            sum.fill(T::zero());
        }
        for rows in self.stretches() {
            let (start, pixels) = self.pixels(&rows);
            if !self.is_product() {
                self.lay_out(rows, x, room.as_mut_slice());
            }
            let windows = if self.is_product() { x } else { room.as_slice() };
            for group in 0..self.groups {
                let result = sum.get_mut(group * (self.filters / self.groups)..).unwrap_or_default();
                let upstream = self.results(&upstream[start..], pixels, group);
                let windows = self.windows(windows, pixels, group).transposed();
                T::product(windows, upstream, result, self.filters, onto);
            }
            onto = Onto::Sum;
        }
        pool.give(room);
    }

    pub(super) fn by_images<T: Element>(
        &self,
        kernel: &[T],
        upstream: &[T],
        sum: &mut [T],
        onto: Onto,
        pool: &Pool<T>,
    ) {
        let mut room = self.room(pool);
        if onto == Onto::Fresh && (!self.is_product() || self.stretches().next().is_none()) {
            sum.fill(T::zero());
        }
        for rows in self.stretches() {
            let (start, pixels) = self.pixels(&rows);
            for group in 0..self.groups {
                let upstream = self.results(&upstream[start..], pixels, group);
                let kernel = self.kernel(kernel, group).transposed();
                let (windows, onto) =
                    if self.is_product() { (&mut *sum, onto) } else { (room.as_mut_slice(), Onto::Fresh) };
                let windows = windows.get_mut(group * (self.window / self.groups)..).unwrap_or_default();
                T::product(upstream, kernel, windows, self.window, onto);
            }
            if !self.is_product() {
                self.gather(rows, room.as_slice(), sum);
            }
        }
        pool.give(room);
    }
}
