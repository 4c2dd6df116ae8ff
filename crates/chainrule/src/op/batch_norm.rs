//! Channels brought to mean 0 and variance 1.

use super::moments::BLOCK;
use super::rows::put;
use crate::array::{Element, Pool, Shape, Tensor};
use crate::tensor::{Op, Sink};
use std::borrow::Cow;

/// `y = (x - m) / √(v + ε) · gain + shift`, channel by channel along the last axis, with moments `[m, v]` of shape
/// `[2, channels]`: those of the batch, [`moments`](Tensor::moments) of x, or others.
///
/// With `r = 1/√(v + ε)`, and sums over all axes but the last, the gradients are `ȳ gain r` by x, `-Σ ȳ gain r` and
/// `-½ Σ ȳ (x - m) gain r³` by the moments, `Σ ȳ (x - m) r` by the gain and `Σ ȳ` by the shift. The moments are operands, so
/// that their gradient flows on where they depend on x, and nothing has to be measured twice.
#[derive(Clone, Copy, Debug)]
pub struct BatchNorm {
    epsilon: f64,
}

/// Refuses shapes that do not fit.
#[track_caller]
fn check(x: &Shape, moments: &Shape, gain: &Shape, shift: &Shape) {
    let Some(&size) = x.last() else {
        panic!("batch_norm: the operand has shape []; a single number has no last axis of channels: `unsqueeze` it")
    };
    assert!(
        *moments == [2, size],
        "batch_norm: the operand has shape {x} and the moments {moments}; they need a mean and a variance for each channel: shape \
         [2, {size}], as `moments` gives it"
    );
    for (name, shape) in [("gain", gain), ("shift", shift)] {
        assert!(
            *shape == [size],
            "batch_norm: the operand has shape {x} and the {name} {shape}; it needs one number for each channel: shape [{size}]"
        );
    }
}

impl BatchNorm {
    /// `1 / √(v + ε)`.
    #[inline(always)]
    fn inverse<T: Element>(self, variance: T) -> T {
        (variance + T::literal(self.epsilon)).sqrt().recip()
    }

    /// `gain / √(v + ε)`, which all rows share.
    fn scale<T: Element>(self, variance: &[T], gain: &[T], pool: &Pool<T>) -> Tensor<T> {
        pool.filled([gain.len()], |scale| {
            let pairs = variance.iter().zip(gain);
            scale.iter_mut().zip(pairs).for_each(|(scale, (&v, &gain))| *scale = gain * self.inverse(v));
        })
    }
}

/// `[Σ ȳ, Σ ȳ (x - m)]` for each channel. `room` holds two numbers for each.
#[inline(always)]
fn sums<T: Element>(x: &[T], upstream: &[T], mean: &[T], sums: &mut [T], room: &mut [T]) {
    let size = mean.len();
    sums.fill(T::zero());
    for (x, upstream) in x.chunks(BLOCK * size).zip(upstream.chunks(BLOCK * size)) {
        room.fill(T::zero());
        let (plain, along) = room.split_at_mut(size);
        for (x, upstream) in x.chunks_exact(size).zip(upstream.chunks_exact(size)) {
            let totals = plain.iter_mut().zip(along.iter_mut());
            for ((plain, along), ((&x, &upstream), &mean)) in totals.zip(x.iter().zip(upstream).zip(mean)) {
                *plain += upstream;
                *along += upstream * (x - mean);
            }
        }
        sums.iter_mut().zip(&*room).for_each(|(sum, &part)| *sum += part);
    }
}

impl<T: Element> Op<T, 4> for BatchNorm {
    const NAME: &'static str = "batch_norm";

    #[track_caller]
    fn forward(&mut self, [x, moments, gain, shift]: [&Tensor<T>; 4], pool: &Pool<T>) -> Tensor<T> {
        check(x.shape(), moments.shape(), gain.shape(), shift.shape());
        let size = gain.len();
        let (mean, variance) = moments.as_slice().split_at(size);
        let scale = self.scale(variance, gain.as_slice(), pool);
        let y = pool.filled(x.shape(), |y| {
            let (x, scale, shift) = (x.as_slice(), scale.as_slice(), shift.as_slice());
            T::loops(|| {
                for (y, x) in y.chunks_exact_mut(size.max(1)).zip(x.chunks_exact(size.max(1))) {
                    let channels = mean.iter().zip(scale.iter().zip(shift));
                    for ((y, &x), (&mean, (&scale, &shift))) in y.iter_mut().zip(x).zip(channels) {
                        *y = (x - mean) * scale + shift;
                    }
                }
            });
        });
        pool.give(scale);
        y
    }

    fn pullback(
        &self,
        [x, moments, gain, _]: [&Tensor<T>; 4],
        _: &Tensor<T>,
        upstream: &Tensor<T>,
        into: &mut Sink<'_, T>,
    ) {
        let (x, gain, upstream, pool) = (x.as_slice(), gain.as_slice(), upstream.as_slice(), into.pool());
        let size = gain.len();
        let (mean, variance) = moments.as_slice().split_at(size);
        if size > 0 && [1, 2, 3].into_iter().any(|operand| into.wants(operand)) {
            let (mut totals, mut room) = (pool.scratch([2 * size]), pool.scratch([2 * size]));
            T::loops(|| sums(x, upstream, mean, totals.as_mut_slice(), room.as_mut_slice()));
            pool.give(room);
            let (plain, along) = totals.as_slice().split_at(size);
            into.accumulate(1, |sum, onto| {
                let (by_mean, by_variance) = sum.split_at_mut(size);
                let half = T::literal(0.5);
                for at in 0..size {
                    let inverse = self.inverse(variance[at]);
                    let scale = gain[at] * inverse;
                    put(&mut by_mean[at], onto, -plain[at] * scale);
                    put(&mut by_variance[at], onto, -along[at] * scale * half * inverse * inverse);
                }
            });
            into.accumulate(2, |sum, onto| {
                let pairs = along.iter().zip(variance);
                sum.iter_mut().zip(pairs).for_each(|(sum, (&along, &v))| put(sum, onto, along * self.inverse(v)));
            });
            into.accumulate(3, |sum, onto| sum.iter_mut().zip(plain).for_each(|(sum, &plain)| put(sum, onto, plain)));
            pool.give(totals);
        }
        into.accumulate(0, |sum, onto| {
            let scale = self.scale(variance, gain, pool);
            let scales = scale.as_slice();
            T::loops(|| {
                for (sum, upstream) in sum.chunks_exact_mut(size.max(1)).zip(upstream.chunks_exact(size.max(1))) {
                    let pairs = upstream.iter().zip(scales);
                    sum.iter_mut().zip(pairs).for_each(|(sum, (&upstream, &scale))| put(sum, onto, upstream * scale));
                }
            });
            pool.give(scale);
        });
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(format!("batch_norm({})", self.epsilon))
    }
}

methods! {
    /// Brings the channels of the last axis to mean 0 and variance 1, then multiplies by the gain and adds the shift:
    /// `(x - mean) / √(variance + epsilon) · gain + shift`, where `moments`, of shape `[2, channels]`, holds means and variances:
    /// [`moments`](Self::moments) of this value in training, running ones at inference. Gain and shift have a number for each
    /// channel.
    ///
    /// Gradients flow into the moments too, and from there, where they depend on this value, back into it. With epsilon 0 and
    /// variance 0, a channel is NaN.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::from([[1.0, 5.0], [3.0, 5.0]]);
    /// let y = x.batch_norm(&x.moments(), &Tensor::from([2.0, 2.0]), &Tensor::from([0.5, 0.5]), 0.0625);
    /// let r = 1.0 / 1.0625f64.sqrt();
    /// assert!((y.at(&[1, 0]) - (2.0 * r + 0.5)).abs() < 1e-15);
    /// assert_eq!(y.at(&[1, 1]), 0.5);
    /// ```
    ///
    /// # Panics
    /// When this value has no axes, or moments, gain or shift are not of these shapes.
    fn batch_norm(x, moments, gain, shift; epsilon: f64) => BatchNorm { epsilon };
}

#[cfg(test)]
use super::checking::{Case, Checks};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let shape = draw.shape();
        let &size = shape.last()?;
        let epsilon = [1e-3, 0.1, 1.0][draw.below(3)];
        let moments = draw.tensor_between(0.1, 2.0, [2, size]);
        let operands = [draw.tensor(&shape), moments, draw.tensor([size]), draw.tensor([size])];
        Some(Case::new(BatchNorm { epsilon }, operands, move |[x, moments, gain, shift]| {
            let element = |(at, &x): (usize, &f64)| {
                let channel = at % size;
                let normal = (x - moments.at(&[0, channel])) / (moments.at(&[1, channel]) + epsilon).sqrt();
                normal * gain.at(&[channel]) + shift.at(&[channel])
            };
            Tensor::new(&shape, x.iter().enumerate().map(element).collect())
        }))
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    /// y = (x - m) r: any upstream gradient that is the same for all, and any along x - m, moves nothing.
    #[test]
    fn with_its_own_moments_a_shift_and_a_stretch_change_nothing() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::normal([4, 3, 2], 1.0, 2.0, 1));
        let y = x.batch_norm(x.moments(), Tensor::ones([2]), Tensor::zeros([2]), 0.0);
        for seed in [Tensor::ones([4, 3, 2]), y.value()] {
            assert!(y.backward_seeded(seed).of(x).iter().all(|slope| slope.abs() < 1e-13));
        }
    }

    #[test]
    fn a_single_row_becomes_the_shift_with_gradient_0() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::from([[7.0, -3.0]]));
        let y = x.batch_norm(x.moments(), Tensor::ones([2]), Tensor::from([1.0, 2.0]), 1e-3);
        assert_eq!(y.value().to_vec(), [1.0, 2.0]);
        assert_eq!(y.sum().backward().of(x).to_vec(), [0.0, 0.0]);
    }

    #[test]
    #[should_panic(expected = "batch_norm: the operand has shape [2, 3] and the moments [3]; they need a mean and a variance")]
    fn the_moments_must_fit() {
        let one = Tensor::<f64>::ones([3]);
        let _ = Tensor::<f64>::zeros([2, 3]).batch_norm(&one, &one, &one, 1e-3);
    }

    #[test]
    #[should_panic(expected = "batch_norm: the operand has shape [2, 3] and the shift [2]; it needs one number for each channel")]
    fn the_shift_must_fit() {
        let x = Tensor::<f64>::zeros([2, 3]);
        let _ = x.batch_norm(x.moments(), Tensor::ones([3]), Tensor::ones([2]), 1e-3);
    }
}
