//! The value of a convolution.

use super::depthwise;
use super::plan::Plan;
use crate::array::{Element, Pool};
use crate::op::linear_relu::rectify;
use chainrule_kernels::product::Onto;
use chainrule_kernels::threads::each_part;

/// What a convolution does beside the sum over its windows.
#[derive(Clone, Copy)]
pub(in crate::op) struct Around<'a, T> {
    /// One number for each filter, to add.
    pub(in crate::op) bias: Option<&'a [T]>,
    /// Whether the result is rectified.
    pub(in crate::op) rectified: bool,
}

impl Plan {
    /// The convolution of all images, by threads.
    pub(in crate::op) fn write<T: Element>(&self, [x, kernel]: [&[T]; 2], around: Around<'_, T>, y: &mut [T], pool: &Pool<T>) {
        let (count, images) = self.pieces();
        let [windows, _] = self.piece(0, images).stretch_sizes();
        let mut room = pool.scratch([count * windows]);
        each_part(count, [(y, images * self.result_size()), (room.as_mut_slice(), windows)], |number, [y, room]| {
            let start = number * images * self.image_size();
            self.piece(number, images).write_piece([&x[start..], kernel], around, y, room);
        });
        pool.give(room);
    }

    fn write_piece<T: Element>(&self, [x, kernel]: [&[T]; 2], around: Around<'_, T>, y: &mut [T], room: &mut [T]) {
        for rows in self.stretches() {
            let (range, pixels) = self.pixels(&rows);
            let y = &mut y[range];
            let onto = self.begin(around.bias, y);
            if self.is_depthwise() {
                depthwise::forward(self, x, kernel, y);
            } else {
                if self.lays_out() {
                    self.lay_out(rows, x, room);
                }
                let windows = if self.lays_out() { &*room } else { x };
                for group in 0..self.groups {
                    let result = y.get_mut(group * (self.filters / self.groups)..).unwrap_or_default();
                    let windows = self.windows(windows, pixels, group);
                    T::product(windows, self.kernel(kernel, group), result, self.filters, onto);
                }
            }
            if around.rectified {
                rectify(y);
            }
        }
    }

    /// What the sum over a window is added to, if anything.
    fn begin<T: Element>(&self, bias: Option<&[T]>, y: &mut [T]) -> Onto {
        match bias {
            Some(bias) => y.chunks_exact_mut(self.filters.max(1)).for_each(|pixel| pixel.copy_from_slice(bias)),
            None if self.is_depthwise() => y.fill(T::zero()),
            None => return Onto::Fresh,
        }
        Onto::Sum
    }
}
