//! What becomes of a block of rows in attention pooling: products, and the loops between them, while the block's steps are near.

use super::super::rows::{put, sum_of_pairs};
use crate::array::pieces::rows_of_a_piece;
use crate::array::strided::sum;
use crate::array::{Element, Shape, Tensor};
use crate::real::Rule;
use crate::rule::Tanh;
use chainrule_kernels::product::{Matrix, Onto};
use chainrule_kernels::vector::Work;
use num_traits::Float;
use std::ops::Range;

#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub(super) rows: usize,
    pub(super) steps: usize,
    pub(super) features: usize,
    /// How many rows a thread does at a time; the gradient by the weights is summed for each such block, then over the blocks.
    pub(super) block: usize,
}

impl Sizes {
    #[track_caller]
    pub(super) fn new(x: &Shape, w: &Shape, b: &Shape, mask: Option<&Shape>) -> Self {
        let &[rows, steps, features] = &x[..] else {
            panic!("attention_pool: the operand has shape {x}; it must have three axes, [rows, steps, features]")
        };
        assert!(
            *w == [features, 1] || *w == [features],
            "attention_pool: the operand has shape {x} and the weights {w}; they need one number for each feature: shape \
             [{features}, 1]"
        );
        assert!(*b == [1], "attention_pool: the bias has shape {b}; it is one number for all steps: shape [1]");
        if let Some(mask) = mask {
            assert!(
                *mask == [rows, steps],
                "attention_pool: the operand has shape {x} and the mask {mask}; it says for each step whether it takes part: \
                 shape [{rows}, {steps}]"
            );
        }
        Self { rows, steps, features, block: rows_of_a_piece(steps * features) }
    }

    pub(super) fn blocks(self) -> usize {
        self.rows.div_ceil(self.block)
    }

    /// The rows of block `block`, among rows of `size` elements.
    pub(super) fn of_block<T>(self, rows: &[T], size: usize, block: usize) -> &[T] {
        let (start, end) = (block * self.block, ((block + 1) * self.block).min(self.rows));
        &rows[start * size..end * size]
    }

    /// How many elements are kept of a row: `z`, `e` and `a` of its steps. Of a block, first every `z`, then every `e`.
    pub(super) fn kept(self) -> usize {
        3 * self.steps
    }
}

/// A mask over steps, perhaps.
#[derive(Clone, Copy)]
pub(super) struct Mask<'a>(Option<&'a [bool]>);

impl<'a> Mask<'a> {
    pub(super) fn of_block(mask: Option<&'a Tensor<bool>>, sizes: Sizes, block: usize) -> Self {
        Self(mask.map(|mask| sizes.of_block(mask.as_slice(), sizes.steps, block)))
    }

    fn some(self, steps: Range<usize>) -> Self {
        Self(self.0.map(|mask| &mask[steps]))
    }

    /// Sets to 0 what does not take part.
    #[inline(always)]
    fn clear<T: Element>(self, numbers: &mut [T]) {
        if let Some(mask) = self.0 {
            numbers.iter_mut().zip(mask).for_each(|(x, &takes_part)| *x = if takes_part { *x } else { T::zero() });
        }
    }

    /// Of `length` steps the stretches that take part.
    fn stretches(self, length: usize) -> impl Iterator<Item = Range<usize>> {
        let mut end = 0;
        std::iter::from_fn(move || {
            let Some(mask) = self.0 else {
                let all = end..length;
                end = length;
                return (!all.is_empty()).then_some(all);
            };
            let start = end + mask[end..].iter().position(|&takes_part| takes_part)?;
            end = start + mask[start..].iter().take_while(|&&takes_part| takes_part).count();
            Some(start..end)
        })
    }
}

/// A block's operand and mask.
#[derive(Clone, Copy)]
pub(super) struct Block<'a, T> {
    pub(super) sizes: Sizes,
    pub(super) x: &'a [T],
    pub(super) mask: Mask<'a>,
}

impl<T: Element> Block<'_, T> {
    /// Computes the values, and all that is kept.
    pub(super) fn attend(self, w: &[T], b: T, y: &mut [T], kept: &mut [T]) {
        let Self { sizes, x, mask } = self;
        let Sizes { steps, features, .. } = sizes;
        let (z, rest) = kept.split_at_mut(kept.len() / 3);
        let (e, a) = rest.split_at_mut(z.len());
        z.fill(b);
        T::product(Matrix::rows(x, z.len(), features), Matrix::rows(w, features, 1), z, 1, Onto::Sum);
        T::loops(Shares { z, e, a, mask, steps });
        for (row, y) in y.chunks_exact_mut(features.max(1)).enumerate() {
            y.fill(T::zero());
            self.add_weighted(row * steps..(row + 1) * steps, a, y);
        }
    }

    /// `sum += Σ fₜ xₜ` over those of the steps that take part.
    fn add_weighted(self, steps: Range<usize>, factors: &[T], sum: &mut [T]) {
        let features = self.sizes.features;
        for stretch in self.mask.some(steps.clone()).stretches(steps.len()) {
            let (start, count) = (steps.start + stretch.start, stretch.len());
            let x = Matrix::rows(&self.x[start * features..], count, features);
            T::product(Matrix::rows(&factors[start..start + count], 1, count), x, sum, features, Onto::Sum);
        }
    }

    /// Computes every `sₜ`, and `Σ sₜ xₜ` if there is a place for it.
    pub(super) fn pull_back(self, kept: &[T], upstream: &[T], slopes: &mut [T], by_weights: Option<&mut [T]>) {
        let Self { sizes, x, mask } = self;
        let Sizes { steps, features, .. } = sizes;
        for (row, s) in slopes.chunks_exact_mut(steps.max(1)).enumerate() {
            let x = Matrix::rows(&x[row * steps * features..], steps, features);
            let upstream = Matrix::rows(&upstream[row * features..][..features], features, 1);
            T::product(x, upstream, s, 1, Onto::Fresh);
        }
        let (z, rest) = kept.split_at(slopes.len());
        let (e, a) = rest.split_at(slopes.len());
        T::loops(Slopes { z, e, a, mask, steps, s: slopes });
        if let Some(sum) = by_weights {
            sum.fill(T::zero());
            self.add_weighted(0..slopes.len(), slopes, sum);
        }
    }

    /// The gradient by the operand, `aₜ ȳ + sₜ w`.
    pub(super) fn by_operand(self, kept: &[T], upstream: &[T], slopes: &[T], w: &[T], sum: &mut [T], onto: Onto) {
        let a = &kept[2 * slopes.len()..];
        T::loops(ByOperand { sizes: self.sizes, a, s: slopes, w, mask: self.mask, upstream, sum, onto });
    }
}

/// `e = tanh(z)` and `a = softmax(e)`, row by row.
struct Shares<'a, T> {
    z: &'a [T],
    e: &'a mut [T],
    a: &'a mut [T],
    mask: Mask<'a>,
    steps: usize,
}

impl<T: Element> Work for Shares<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { z, e, a, mask, steps } = self;
        // two loops, so that each function is computed for many steps at once
        e.iter_mut().zip(z).for_each(|(e, &z)| *e = T::from_lane(z.lane().tanh()));
        a.iter_mut().zip(e).for_each(|(a, &mut e)| *a = T::from_lane(e.lane().exp()));
        mask.clear(a);
        for a in a.chunks_exact_mut(steps.max(1)) {
            let total = sum(a);
            if total != T::zero() {
                for a in a {
                    *a /= total;
                }
            }
        }
    }
}

/// From `āₜ` to `sₜ`, in place.
struct Slopes<'a, T> {
    z: &'a [T],
    e: &'a [T],
    a: &'a [T],
    mask: Mask<'a>,
    steps: usize,
    s: &'a mut [T],
}

impl<T: Element> Work for Slopes<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { z, e, a, mask, steps, s } = self;
        mask.clear(s);
        for (s, a) in s.chunks_exact_mut(steps.max(1)).zip(a.chunks_exact(steps.max(1))) {
            let mean = sum_of_pairs(a, s, T::chain);
            s.iter_mut().zip(a).for_each(|(s, a)| *s = a.chain(*s - mean));
        }
        for ((s, &z), &e) in s.iter_mut().zip(z).zip(e) {
            *s = Tanh.slope(z, e).chain(*s);
        }
        mask.clear(s);
    }
}

struct ByOperand<'a, T> {
    sizes: Sizes,
    a: &'a [T],
    s: &'a [T],
    w: &'a [T],
    mask: Mask<'a>,
    upstream: &'a [T],
    sum: &'a mut [T],
    onto: Onto,
}

impl<T: Element> Work for ByOperand<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { sizes, a, s, w, mask, upstream, sum, onto } = self;
        let features = sizes.features;
        for (step, sum) in sum.chunks_exact_mut(features.max(1)).enumerate() {
            let (a, s) = (a[step], s[step]);
            if mask.0.is_some_and(|mask| !mask[step]) {
                for sum in sum {
                    put(sum, onto, T::zero());
                }
                continue;
            }
            let upstream = &upstream[step / sizes.steps * features..][..features];
            for ((sum, &upstream), &w) in sum.iter_mut().zip(upstream).zip(w) {
                put(sum, onto, a * upstream + s * w);
            }
        }
    }
}
