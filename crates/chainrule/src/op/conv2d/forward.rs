//! The value of a convolution.

use super::depthwise;
use super::plan::Plan;
use crate::array::{Element, Pool};
use crate::real::Rule;
use crate::rule::Relu;
use chainrule_kernels::product::Onto;
use chainrule_kernels::threads::each_part;
use chainrule_kernels::vector::Work;

/// What a convolution does beside the sum over its windows.
#[derive(Clone, Copy)]
pub(in crate::op) struct Around<'a, T> {
    /// One number for each filter, to add.
    pub(in crate::op) bias: Option<&'a [T]>,
    /// Whether the result, which has a bias, is rectified.
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
            if self.is_depthwise() {
                y.fill(T::zero());
                depthwise::forward(self, x, kernel, y);
            } else {
                if self.lays_out() {
                    self.lay_out(rows, x, room);
                }
                let windows = if self.lays_out() { &*room } else { x };
                for group in 0..self.groups {
                    let result = y.get_mut(group * (self.filters / self.groups)..).unwrap_or_default();
                    let windows = self.windows(windows, pixels, group);
                    T::product(windows, self.kernel(kernel, group), result, self.filters, Onto::Fresh);
                }
            }
            if let Some(bias) = around.bias {
                T::loops(Finish { bias, rectified: around.rectified, y });
            }
        }
    }
}

/// Adds the bias, and rectifies.
struct Finish<'a, T> {
    bias: &'a [T],
    rectified: bool,
    y: &'a mut [T],
}

impl<T: Element> Work for Finish<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { bias, rectified, y } = self;
        for pixel in y.chunks_exact_mut(bias.len().max(1)) {
            let pixel = pixel.iter_mut().zip(bias);
            if rectified {
                pixel.for_each(|(y, &bias)| *y = Relu.value(*y + bias));
            } else {
                pixel.for_each(|(y, &bias)| *y += bias);
            }
        }
    }
}
