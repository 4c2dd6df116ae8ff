//! One filter for each channel: nothing to sum over channels, so no matrix product, but products of whole rows of channels.

use super::plan::Plan;
use crate::array::Element;
use chainrule_kernels::product::Onto;

/// Adds the products of rows of channels: `sum += a b`, element by element.
#[inline(always)]
fn add_products<T: Element>(sum: &mut [T], a: &[T], b: &[T]) {
    sum.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (&a, &b))| *sum += a * b);
}

/// Adds the convolution to `y`.
pub(super) fn forward<T: Element>(plan: &Plan, x: &[T], kernel: &[T], y: &mut [T]) {
    let channels = plan.channels;
    T::loops(|| {
        plan.taps(|[at, pixel, weights]| add_products(&mut y[at..at + channels], &x[pixel..], &kernel[weights..]));
    });
}

pub(super) fn by_kernel<T: Element>(plan: &Plan, x: &[T], upstream: &[T], sum: &mut [T], onto: Onto) {
    let channels = plan.channels;
    if onto == Onto::Fresh {
        sum.fill(T::zero());
    }
    T::loops(|| {
        plan.taps(|[at, pixel, weights]| {
            add_products(&mut sum[weights..weights + channels], &x[pixel..], &upstream[at..]);
        });
    });
}

pub(super) fn by_images<T: Element>(plan: &Plan, kernel: &[T], upstream: &[T], sum: &mut [T]) {
    let channels = plan.channels;
    T::loops(|| {
        plan.taps(|[at, pixel, weights]| {
            add_products(&mut sum[pixel..pixel + channels], &kernel[weights..], &upstream[at..]);
        });
    });
}
