//! Mean and variance of each channel.

use super::rows::put;
use crate::array::{Element, Pool, Shape, Tensor};
use crate::tensor::{Op, Sink};

/// `[mean, variance]` over all axes but the last, a tensor of shape `[2, channels]`; the variance is that of all n elements of a
/// channel (`ddof` 0), in two passes. The gradient by x is `(m̄ + 2 (x - mean) v̄) / n`, where `m̄` and `v̄` are the rows of `ȳ`.
#[derive(Clone, Copy, Debug)]
pub struct Moments;

/// How many rows are summed before their sum is added to the others: in one long sum, the digits of small numbers would be lost.
pub(super) const BLOCK: usize = 128;

/// How many rows of channels there are, and how many channels.
#[track_caller]
fn sizes(x: &Shape) -> (usize, usize) {
    let Some((&channels, leading)) = x.split_last() else {
        panic!("moments: the operand has shape []; a single number has no last axis of channels: `unsqueeze` it")
    };
    let rows = leading.iter().product();
    assert!(rows > 0, "moments: the operand has shape {x}, and so no rows; nothing has no mean: give at least one");
    (rows, channels)
}

/// Mean and variance of rows of channels. `room` holds a number for each channel.
#[inline(always)]
fn measure<T: Element>(x: &[T], mean: &mut [T], variance: &mut [T], room: &mut [T]) {
    let size = mean.len();
    let share = T::literal((x.len() / size) as f64).recip();
    // measured from the first row, so that equal numbers have exactly their mean and no variance
    let first = &x[..size];
    mean.fill(T::zero());
    for block in x.chunks(BLOCK * size) {
        room.fill(T::zero());
        for row in block.chunks_exact(size) {
            room.iter_mut().zip(row.iter().zip(first)).for_each(|(sum, (&x, &first))| *sum += x - first);
        }
        mean.iter_mut().zip(&*room).for_each(|(mean, &sum)| *mean += sum);
    }
    mean.iter_mut().zip(first).for_each(|(mean, &first)| *mean = first + *mean * share);
    variance.fill(T::zero());
    for block in x.chunks(BLOCK * size) {
        room.fill(T::zero());
        for row in block.chunks_exact(size) {
            let apart = row.iter().zip(&*mean).map(|(&x, &mean)| x - mean);
            room.iter_mut().zip(apart).for_each(|(sum, apart)| *sum += apart * apart);
        }
        variance.iter_mut().zip(&*room).for_each(|(variance, &sum)| *variance += sum);
    }
    for variance in variance {
        *variance *= share;
    }
}

impl<T: Element> Op<T, 1> for Moments {
    const NAME: &'static str = "moments";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let (_, channels) = sizes(x.shape());
        let mut room = pool.scratch([channels]);
        let moments = pool.filled([2, channels], |moments| {
            if channels > 0 {
                let (mean, variance) = moments.split_at_mut(channels);
                T::loops(|| measure(x.as_slice(), mean, variance, room.as_mut_slice()));
            }
        });
        pool.give(room);
        moments
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], moments: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let (rows, channels) = sizes(x.shape());
        let share = T::literal(rows as f64).recip();
        let (mean, _) = moments.as_slice().split_at(channels);
        let (by_mean, by_variance) = upstream.as_slice().split_at(channels);
        let x = x.as_slice();
        into.accumulate(0, |sum, onto| {
            let two = T::literal(2.0);
            T::loops(|| {
                for (sum, x) in sum.chunks_exact_mut(channels.max(1)).zip(x.chunks_exact(channels.max(1))) {
                    let moments = mean.iter().zip(by_mean.iter().zip(by_variance));
                    for ((sum, &x), (&mean, (&by_mean, &by_variance))) in sum.iter_mut().zip(x).zip(moments) {
                        put(sum, onto, (by_mean + two * (x - mean) * by_variance) * share);
                    }
                }
            });
        });
    }
}

methods! {
    /// Mean and variance of each channel, over all axes but the last, as a tensor of shape `[2, channels]`: row 0 holds the means,
    /// row 1 the variances, those of all elements (`ddof` 0). [`batch_norm`](Self::batch_norm) goes on from here.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::from([[1.0, 5.0], [3.0, 5.0]]);
    /// assert_eq!(x.moments(), Tensor::from([[2.0, 5.0], [1.0, 0.0]]));
    /// ```
    ///
    /// # Panics
    /// When this value has no axes, or there are no rows.
    fn moments(x) => Moments;
}

#[cfg(test)]
use super::checking::{Case, Checks};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let shape = draw.shape();
        let (&size, leading) = shape.split_last()?;
        let rows: usize = leading.iter().product();
        if rows == 0 {
            return None;
        }
        Some(Case::new(Moments, [draw.tensor(&shape)], move |[x]| {
            let column = |channel: usize| x.iter().skip(channel).step_by(size).copied();
            let mean = |channel: usize| column(channel).sum::<f64>() / rows as f64;
            let variance = |channel: usize| {
                let mean = mean(channel);
                column(channel).map(|x| (x - mean).powi(2)).sum::<f64>() / rows as f64
            };
            Tensor::new([2, size], (0..size).map(mean).chain((0..size).map(variance)).collect())
        }))
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn equal_numbers_have_their_mean_and_no_variance() {
        let x = Tensor::full([1000, 3], 0.1_f32);
        assert_eq!(x.moments().to_vec(), [0.1, 0.1, 0.1, 0.0, 0.0, 0.0]);
    }

    /// The numbers 0 to n - 1 have mean (n - 1) / 2 and variance (n² - 1) / 12.
    #[test]
    fn many_rows_and_a_large_mean_cost_no_digits() {
        let n = 100_000;
        let x: Tensor<f32> = Tensor::from((0..n).map(|i| 10_000.0 + i as f32 / n as f32).collect::<Vec<f32>>());
        let moments = x.reshape([n, 1]).moments().map(f64::from);
        // the elements themselves are rounded to 1/1024
        assert!((moments.at(&[0, 0]) - 10_000.5).abs() < 2e-3, "{moments:?}");
        assert!((moments.at(&[1, 0]) - 1.0 / 12.0).abs() < 1e-5, "{moments:?}");
    }

    #[test]
    #[should_panic(expected = "moments: the operand has shape [0, 3], and so no rows; nothing has no mean")]
    fn no_rows_have_no_mean() {
        let _ = Tensor::<f64>::zeros([0, 3]).moments();
    }
}
