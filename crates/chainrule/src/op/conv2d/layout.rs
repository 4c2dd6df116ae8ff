//! Windows laid out as rows of a matrix, and added back.

use super::plan::Plan;
use crate::array::Element;
use chainrule_kernels::vector::Work;
use std::ops::Range;

/// Pieces of this length and longer are copied one by one.
const LONG: usize = 16;

/// What is done with each run of neighbours: where it stands among the windows, where in the images, nowhere in the padding, and its
/// length. A trait and not closures, which might not be inlined, and then would be compiled without wide vectors.
trait Visit {
    fn visit(&mut self, at: usize, from: Option<usize>, length: usize);
}

struct LayOut<'a, T> {
    x: &'a [T],
    windows: &'a mut [T],
}

impl<T: Element> Visit for LayOut<'_, T> {
    #[inline(always)]
    fn visit(&mut self, at: usize, from: Option<usize>, length: usize) {
        let piece = &mut self.windows[at..at + length];
        match from {
            None => piece.fill(T::zero()),
            Some(from) => piece.copy_from_slice(&self.x[from..from + length]),
        }
    }
}

struct Gather<'a, T> {
    windows: &'a [T],
    sum: &'a mut [T],
}

impl<T: Element> Visit for Gather<'_, T> {
    #[inline(always)]
    fn visit(&mut self, at: usize, from: Option<usize>, length: usize) {
        if let Some(from) = from {
            let piece = self.sum[from..from + length].iter_mut().zip(&self.windows[at..at + length]);
            piece.for_each(|(sum, &x)| *sum += x);
        }
    }
}

struct Walk<'a, V> {
    plan: &'a Plan,
    rows: Range<usize>,
    visitor: V,
}

impl<V: Visit> Work for Walk<'_, V> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.plan.runs(self.rows, self.visitor);
    }
}

impl Plan {
    /// How many neighbours in a window are neighbours in the image.
    fn run_length(&self) -> usize {
        let each = self.channels / self.groups;
        if self.groups == 1 && self.width.dilation == 1 { self.width.window * each } else { each }
    }

    /// Lays out the windows of these rows of the results.
    pub(super) fn lay_out<T: Element>(&self, rows: Range<usize>, x: &[T], windows: &mut [T]) {
        if self.run_length() < LONG {
            return T::loops(|| self.lay_out_singly(rows, x, windows));
        }
        T::loops(Walk { plan: self, rows, visitor: LayOut { x, windows } });
    }

    /// Adds windows back to where they came from.
    pub(super) fn gather<T: Element>(&self, rows: Range<usize>, windows: &[T], sum: &mut [T]) {
        T::loops(Walk { plan: self, rows, visitor: Gather { windows, sum } });
    }

    /// Shows the windows of these rows of the results, run by run. A window lies group by group, then pixel by pixel.
    #[inline(always)]
    fn runs(&self, rows: Range<usize>, mut visitor: impl Visit) {
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
                        visitor.visit(at, None, taps.start * channels);
                        if !taps.is_empty() {
                            let from = (line + pixel - width.before) * channels;
                            visitor.visit(at + taps.start * channels, Some(from), taps.len() * channels);
                        }
                        visitor.visit(at + taps.end * channels, None, (width.window - taps.end) * channels);
                        continue;
                    }
                    for l in 0..width.window {
                        let pixel = line.and_then(|line| width.pixel(column, l).map(|x| (line + x) * channels));
                        for group in 0..groups {
                            let at = at + group * (window / groups) + l * each;
                            visitor.visit(at, pixel.map(|pixel| pixel + group * each), each);
                        }
                    }
                }
            }
        }
    }

    /// The same as [`Self::lay_out`], one element of the windows after the other, for all windows of a row: to copy runs of a few elements
    /// each took three times as long.
    #[inline(always)]
    fn lay_out_singly<T: Element>(&self, rows: Range<usize>, x: &[T], windows: &mut [T]) {
        let Self { channels, groups, height, width, window, .. } = *self;
        let each = channels / groups;
        let row_size = (width.count * window).max(1);
        for (row, windows) in rows.zip(windows.chunks_exact_mut(row_size)) {
            let (image, row) = (row / height.count, row % height.count);
            for k in 0..height.window {
                let line = height.pixel(row, k).map(|y| (image * height.image + y) * width.image);
                for l in 0..width.window {
                    let inside = line.map_or(0..0, |_| width.windows_with(l));
                    let first = line.unwrap_or(0) + (inside.start * width.stride + l * width.dilation).saturating_sub(width.before);
                    for channel in 0..channels {
                        let (group, channel_of_group) = (channel / each, channel % each);
                        let at = group * (window / groups) + (k * width.window + l) * each + channel_of_group;
                        let from = x.get(first * channels + channel..).unwrap_or(&[]);
                        copy_spread(windows, [window, at], from, width.stride * channels, &inside);
                    }
                }
            }
        }
    }
}

/// Writes element `at` of each window of a row: every `step`th of `from` for those `inside` the image, zero for the others.
#[inline(always)]
fn copy_spread<T: Element>(
    windows: &mut [T],
    [window, at]: [usize; 2],
    from: &[T],
    step: usize,
    inside: &Range<usize>,
) {
    let count = windows.len() / window;
    for outside in (0..inside.start).chain(inside.end..count) {
        windows[outside * window + at] = T::zero();
    }
    let places = windows.chunks_exact_mut(window).skip(inside.start).take(inside.len());
    places.zip(from.iter().step_by(step)).for_each(|(place, &x)| place[at] = x);
}
