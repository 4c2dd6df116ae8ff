//! Rows brought to mean 0 and variance 1.

use super::rows::{put, sum_of, sum_of_pairs, sum_of_triples};
use crate::array::pieces::each_piece_of_rows;
use crate::array::{Element, Pool, Shape, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;
use std::borrow::Cow;

/// `y = (x - mean) / √(variance + ε) · gain + bias` along the last axis, whose variance is that of all its elements (`ddof` 0).
///
/// With `x̂ = (x - mean) r`, `r = 1/√(variance + ε)` and `h = gain · ȳ`, the gradients are `r (h - mean(h) - x̂ mean(h x̂))` by
/// `x`, and the sums over all rows of `ȳ x̂` by the gain and of `ȳ` by the bias. Mean and variance are taken in two passes, and
/// again by the pullback: a row lies in the cache by then, and nothing has to be kept in between.
#[derive(Clone, Copy, Debug)]
pub struct LayerNorm {
    epsilon: f64,
}

/// Mean, and 1/√(variance + ε).
#[derive(Clone, Copy)]
struct Scale<T> {
    mean: T,
    inverse: T,
}

impl<T: Element> Scale<T> {
    #[inline(always)]
    fn of(row: &[T], epsilon: f64) -> Self {
        let share = T::literal(row.len() as f64).recip();
        // measured from the first element, so that equal numbers have exactly their mean and no variance
        let first = row.first().copied().unwrap_or_else(T::zero);
        let mean = first + sum_of(row, |x| x - first) * share;
        let variance = sum_of(row, |x| (x - mean) * (x - mean)) * share;
        Self { mean, inverse: (variance + T::literal(epsilon)).sqrt().recip() }
    }

    /// As two numbers, to be kept in a buffer.
    #[inline(always)]
    fn pair(self) -> [T; 2] {
        [self.mean, self.inverse]
    }

    #[inline(always)]
    fn of_pair([mean, inverse]: [T; 2]) -> Self {
        Self { mean, inverse }
    }

    #[inline(always)]
    fn normal(self, x: T) -> T {
        (x - self.mean) * self.inverse
    }
}

#[track_caller]
fn check(x: &Shape, gain: &Shape, bias: &Shape) {
    let Some(&size) = x.last() else {
        panic!("layer_norm: the operand has shape []; a single number has no last axis: `unsqueeze` it")
    };
    for (name, shape) in [("gain", gain), ("bias", bias)] {
        assert!(
            *shape == [size],
            "layer_norm: the operand has shape {x} and the {name} {shape}; it needs one number for each element of the last \
             axis: shape [{size}]"
        );
    }
}

impl<T: Element> Op<T, 3> for LayerNorm {
    const NAME: &'static str = "layer_norm";

    #[track_caller]
    fn forward(&mut self, [x, gain, bias]: [&Tensor<T>; 3], pool: &Pool<T>) -> Tensor<T> {
        check(x.shape(), gain.shape(), bias.shape());
        let Self { epsilon } = *self;
        pool.filled(x.shape(), |y| {
            let (x, gain, bias) = (x.as_slice(), gain.as_slice(), bias.as_slice());
            let size = gain.len().max(1);
            each_piece_of_rows(y, size, size, |rows, y| {
                T::loops(|| {
                    for (y, x) in y.chunks_exact_mut(size).zip(x[rows.start * size..].chunks_exact(size)) {
                        let scale = Scale::of(x, epsilon);
                        for ((y, &x), (&gain, &bias)) in y.iter_mut().zip(x).zip(gain.iter().zip(bias)) {
                            *y = scale.normal(x) * gain + bias;
                        }
                    }
                });
            });
        })
    }

    fn pullback(&self, [x, gain, _]: [&Tensor<T>; 3], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let (x, gain, upstream) = (x.as_slice(), gain.as_slice(), upstream.as_slice());
        let size = gain.len().max(1);
        let rows = || x.chunks_exact(size).zip(upstream.chunks_exact(size));
        let pool = into.pool();
        let scales = pool.filled([x.len() / size, 2], |scales| {
            each_piece_of_rows(scales, 2, size, |rows, scales| {
                let scales = scales.as_chunks_mut::<2>().0.iter_mut().zip(x[rows.start * size..].chunks_exact(size));
                T::loops(|| scales.for_each(|(scale, x)| *scale = Scale::of(x, self.epsilon).pair()));
            });
        });
        let scaled = || rows().zip(scales.as_slice().as_chunks::<2>().0.iter().copied().map(Scale::of_pair));
        into.accumulate(0, |sum, onto| {
            each_piece_of_rows(sum, size, size, |rows, sum| {
                T::loops(|| {
                    for (sum, ((x, upstream), scale)) in sum.chunks_exact_mut(size).zip(scaled().skip(rows.start)) {
                        pull_row(sum, onto, [x, gain, upstream], scale);
                    }
                });
            });
        });
        into.accumulate(1, |sum, onto| {
            clear(sum, onto);
            T::loops(|| {
                for ((x, upstream), scale) in scaled() {
                    let both = x.iter().zip(upstream);
                    sum.iter_mut().zip(both).for_each(|(sum, (&x, &upstream))| *sum += upstream * scale.normal(x));
                }
            });
        });
        into.accumulate(2, |sum, onto| {
            clear(sum, onto);
            T::loops(|| {
                for (_, upstream) in rows() {
                    sum.iter_mut().zip(upstream).for_each(|(sum, &upstream)| *sum += upstream);
                }
            });
        });
        pool.give(scales);
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(format!("layer_norm({})", self.epsilon))
    }
}

fn clear<T: Element>(sum: &mut [T], onto: Onto) {
    if onto == Onto::Fresh {
        sum.fill(T::zero());
    }
}

/// The gradient by one row.
#[inline(always)]
fn pull_row<T: Element>(sum: &mut [T], onto: Onto, [x, gain, upstream]: [&[T]; 3], scale: Scale<T>) {
    let share = T::literal(x.len() as f64).recip();
    let mean = sum_of_pairs(gain, upstream, |gain, upstream| gain * upstream) * share;
    let along = sum_of_triples([gain, upstream, x], |gain, upstream, x| gain * upstream * scale.normal(x)) * share;
    for ((sum, &x), (&gain, &upstream)) in sum.iter_mut().zip(x).zip(gain.iter().zip(upstream)) {
        put(sum, onto, scale.inverse * (gain * upstream - mean - scale.normal(x) * along));
    }
}

methods! {
    /// Brings the rows of the last axis to mean 0 and variance 1, then multiplies by the gain and adds the bias, both of the
    /// last axis's size: `(x - mean) / √(variance + epsilon) · gain + bias`. For a row of equal numbers it is the bias, and
    /// `epsilon` keeps its gradient finite.
    ///
    /// With `x̂` the normalised row, `r = 1/√(variance + epsilon)` and `h = gain · ȳ`, its gradients are
    /// `r (h - mean(h) - x̂ mean(h x̂))` by this value, and the sums over the rows of `ȳ x̂` by the gain and of `ȳ` by the bias.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::from([[1.0, 3.0], [5.0, 5.0]]);
    /// let y = x.layer_norm(&Tensor::from([2.0, 2.0]), &Tensor::from([0.5, 0.5]), 0.0625);
    /// let r = 1.0 / 1.0625f64.sqrt();
    /// assert!((y.at(&[0, 1]) - (2.0 * r + 0.5)).abs() < 1e-15);
    /// assert_eq!(y.at(&[1, 0]), 0.5);
    /// ```
    ///
    /// # Panics
    /// When this value has no axes, or gain or bias are not of the last axis's size.
    fn layer_norm(x, gain, bias; epsilon: f64) => LayerNorm { epsilon };
}

#[cfg(test)]
use super::checking::{Case, Checks};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let shape = draw.shape();
        let &size = shape.last()?;
        let epsilon = [1e-3, 0.1, 1.0][draw.below(3)];
        let operands = [draw.tensor(&shape), draw.tensor([size]), draw.tensor([size])];
        Some(Case::new(LayerNorm { epsilon }, operands, move |[x, gain, bias]| {
            let mut y = Vec::new();
            for x in x.as_slice().chunks_exact(size.max(1)) {
                let (mut mean, mut variance) = (0.0, 0.0);
                for x in x {
                    mean += x / size as f64;
                }
                for x in x {
                    variance += (x - mean).powi(2) / size as f64;
                }
                for (i, x) in x.iter().enumerate() {
                    let normal = (x - mean) / (variance + epsilon).sqrt();
                    y.push(normal * gain.as_slice()[i] + bias.as_slice()[i]);
                }
            }
            Tensor::new(&shape, y)
        }))
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn equal_numbers_become_the_bias_with_a_finite_gradient() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::full([2, 3], 7.0));
        let y = x.layer_norm(Tensor::ones([3]), Tensor::from([1.0, 2.0, 3.0]), 0.25);
        assert_eq!(y.value().to_vec(), [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]);
        let seed = Tensor::from([[3.0, 0.0, 0.0], [0.0, 0.0, 0.0]]);
        assert_eq!(y.backward_seeded(seed).of(x).to_vec(), [4.0, -2.0, -2.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn a_large_mean_costs_no_digits() {
        let x = Tensor::<f32>::from([10_000.0, 10_001.0, 10_002.0, 10_003.0]);
        let y = x.layer_norm(Tensor::ones([4]), Tensor::zeros([4]), 0.0);
        let right = [-1.341_640_8, -0.447_213_6, 0.447_213_6, 1.341_640_8];
        assert!(y.iter().zip(right).all(|(y, right)| (y - right).abs() < 1e-6), "{y:?}");
    }

    #[test]
    fn nan_stays_in_its_row() {
        let x = Tensor::from([[f64::NAN, 0.0], [-1.0, 1.0]]);
        let y = x.layer_norm(Tensor::ones([2]), Tensor::zeros([2]), 0.0).to_vec();
        assert!(y[0].is_nan() && y[1].is_nan() && y[2..] == [-1.0, 1.0]);
    }

    #[test]
    #[should_panic(
        expected = "layer_norm: the operand has shape [2, 3] and the bias [2]; it needs one number for each element"
    )]
    fn the_bias_must_fit() {
        let _ = Tensor::<f64>::zeros([2, 3]).layer_norm(Tensor::zeros([3]), Tensor::zeros([2]), 1e-3);
    }
}
