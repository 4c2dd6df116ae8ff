//! The gradients of a convolution.

use super::depthwise;
use super::plan::Plan;
use crate::array::pieces::each_piece;
use crate::array::{Element, Pool, Tensor};
use crate::op::linear::add_rows;
use crate::op::linear_relu::through_relu;
use crate::tensor::Sink;
use chainrule_kernels::product::Onto;
use chainrule_kernels::threads::each_part;
use std::ops::Range;

/// What the gradients are computed from.
pub(in crate::op) struct Back<'a, T: Element> {
    pub(in crate::op) plan: Plan,
    pub(in crate::op) x: &'a Tensor<T>,
    pub(in crate::op) kernel: &'a Tensor<T>,
    /// Whether operand 2 is a bias.
    pub(in crate::op) biased: bool,
    /// The result, if it was rectified.
    pub(in crate::op) rectified: Option<&'a Tensor<T>>,
    pub(in crate::op) upstream: &'a Tensor<T>,
}

/// Where a piece puts its gradients; empty where none is wanted.
struct Sums<'a, T> {
    images: &'a mut [T],
    kernel: &'a mut [T],
    bias: &'a mut [T],
}

/// Room for the windows of a stretch, and for its gradient before the rectifier.
struct Room<'a, T> {
    windows: &'a mut [T],
    before: &'a mut [T],
}

impl<T: Element> Back<'_, T> {
    /// All gradients in one pass over the images: each stretch is used for all of them while it is in the cache. The kernel's and the
    /// bias's are first summed within each piece of images.
    pub(in crate::op) fn pull(&self, into: &mut Sink<'_, T>) {
        let (count, _) = self.plan.pieces();
        let pool = into.pool();
        let sums = |wanted: bool, size: usize| pool.scratch([if wanted { count * size } else { 0 }]);
        let mut kernels = sums(into.wants(1), self.plan.kernel_size());
        let mut biases = sums(self.biased && into.wants(2), self.plan.filters);
        let [kernel, bias] = [kernels.as_mut_slice(), biases.as_mut_slice()];
        if into.wants(0) {
            into.accumulate(0, |images, onto| self.by_pieces(Sums { images, kernel, bias }, onto, pool));
        } else {
            self.by_pieces(Sums { images: &mut [], kernel, bias }, Onto::Sum, pool);
        }
        into.accumulate(1, |sum, onto| add_up(kernels.as_slice(), sum, onto));
        if self.biased {
            into.accumulate(2, |sum, onto| add_up(biases.as_slice(), sum, onto));
        }
        pool.give(kernels);
        pool.give(biases);
    }

    fn by_pieces(&self, sums: Sums<'_, T>, onto: Onto, pool: &Pool<T>) {
        let plan = &self.plan;
        let (count, images) = plan.pieces();
        let [windows, results] = plan.piece(0, images).stretch_sizes();
        let before = if self.rectified.is_some() { results } else { 0 };
        let mut room = pool.scratch([count * windows]);
        let mut room_before = pool.scratch([count * before]);
        let parts = [
            (sums.images, images * plan.image_size()),
            (sums.kernel, plan.kernel_size()),
            (sums.bias, plan.filters),
            (room.as_mut_slice(), windows),
            (room_before.as_mut_slice(), before),
        ];
        each_part(count, parts, |number, [by_images, kernel, bias, windows, before]| {
            let part = plan.piece(number, images);
            self.pull_piece(&part, number * images, Sums { images: by_images, kernel, bias }, onto, Room { windows, before });
        });
        pool.give(room);
        pool.give(room_before);
    }

    fn pull_piece(&self, plan: &Plan, first: usize, sums: Sums<'_, T>, onto: Onto, room: Room<'_, T>) {
        let Sums { images, kernel: kernel_sum, bias } = sums;
        let Room { windows, before: before_room } = room;
        let x = &self.x.as_slice()[first * plan.image_size()..];
        let results = first * plan.result_size()..;
        let (y, upstream) = (self.rectified.map(|y| &y.as_slice()[results.clone()]), &self.upstream.as_slice()[results]);
        if onto == Onto::Fresh && !plan.is_product() {
            images.fill(T::zero());
        }
        let mut sums_onto = Onto::Fresh;
        for rows in plan.stretches() {
            let (range, pixels) = plan.pixels(&rows);
            let mut upstream = &upstream[range.clone()];
            if let Some(y) = y {
                let before = &mut before_room[..range.len()];
                through_relu(&y[range], upstream, before);
                upstream = before;
            }
            if !bias.is_empty() {
                add_rows(upstream, bias, sums_onto);
            }
            if !kernel_sum.is_empty() {
                plan.by_kernel((rows.clone(), pixels), [x, upstream], kernel_sum, sums_onto, windows);
            }
            if !images.is_empty() {
                let kernel = self.kernel.as_slice();
                plan.by_images((rows, pixels), [kernel, upstream], images, onto, windows);
            }
            sums_onto = Onto::Sum;
        }
        if sums_onto == Onto::Fresh {
            kernel_sum.fill(T::zero());
            bias.fill(T::zero());
        }
    }
}

impl Plan {
    /// What a stretch, its rows and how many pixels these have, contributes to the kernel's gradient.
    fn by_kernel<T: Element>(
        &self,
        (rows, pixels): (Range<usize>, usize),
        [x, upstream]: [&[T]; 2],
        sum: &mut [T],
        onto: Onto,
        room: &mut [T],
    ) {
        if self.is_depthwise() {
            return depthwise::by_kernel(self, x, upstream, sum, onto);
        }
        if self.lays_out() {
            self.lay_out(rows, x, room);
        }
        let windows = if self.lays_out() { room } else { x };
        for group in 0..self.groups {
            let result = sum.get_mut(group * (self.filters / self.groups)..).unwrap_or_default();
            let windows = self.windows(windows, pixels, group).transposed();
            T::product(windows, self.results(upstream, pixels, group), result, self.filters, onto);
        }
    }

    /// What a stretch contributes to the images' gradient.
    fn by_images<T: Element>(
        &self,
        (rows, pixels): (Range<usize>, usize),
        [kernel, upstream]: [&[T]; 2],
        sum: &mut [T],
        onto: Onto,
        room: &mut [T],
    ) {
        if self.is_depthwise() {
            return depthwise::by_images(self, kernel, upstream, sum);
        }
        for group in 0..self.groups {
            let (windows, onto) = if self.lays_out() { (&mut *room, Onto::Fresh) } else { (&mut *sum, onto) };
            let windows = windows.get_mut(group * (self.window / self.groups)..).unwrap_or_default();
            let kernel = self.kernel(kernel, group).transposed();
            T::product(self.results(upstream, pixels, group), kernel, windows, self.window, onto);
        }
        if self.lays_out() {
            self.gather(rows, room, sum);
        }
    }
}

/// The sum of the pieces' sums, in their order.
fn add_up<T: Element>(parts: &[T], sum: &mut [T], onto: Onto) {
    let size = sum.len().max(1);
    each_piece(sum, |range, sum| {
        if onto == Onto::Fresh {
            sum.fill(T::zero());
        }
        T::loops(|| {
            for part in parts.chunks_exact(size) {
                sum.iter_mut().zip(&part[range.clone()]).for_each(|(sum, &part)| *sum += part);
            }
        });
    });
}
