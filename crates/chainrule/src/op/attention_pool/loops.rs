//! The loops of attention pooling: a block of rows after the other, each row's steps read twice while they are near.

use super::super::rows::{put, sum_of_pairs};
use crate::array::pieces::rows_of_a_piece;
use crate::array::strided::sum;
use crate::array::{Element, Shape, Tensor};
use crate::real::Rule;
use crate::rule::Tanh;
use chainrule_kernels::product::Onto;
use chainrule_kernels::vector::Work;
use num_traits::Float;

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

    /// How many elements are kept of a row.
    pub(super) fn kept(self) -> usize {
        self.features + 3 * self.steps
    }

    pub(super) fn blocks(self) -> usize {
        self.rows.div_ceil(self.block)
    }

    /// The rows of block `block`, among rows of `size` elements.
    pub(super) fn of_block<T>(self, rows: &[T], size: usize, block: usize) -> &[T] {
        let (start, end) = (block * self.block, ((block + 1) * self.block).min(self.rows));
        &rows[start * size..end * size]
    }

    /// What is kept of a row, apart: its value, `z`, `e` and `a`.
    #[inline(always)]
    fn parts<T>(self, kept: &[T]) -> [&[T]; 4] {
        let (y, rest) = kept.split_at(self.features);
        let (z, rest) = rest.split_at(self.steps);
        let (e, a) = rest.split_at(self.steps);
        [y, z, e, a]
    }
}

/// A mask of a block of rows, row by row.
#[derive(Clone, Copy)]
pub(super) struct Mask<'a> {
    takes_part: Option<&'a [bool]>,
    steps: usize,
}

impl<'a> Mask<'a> {
    pub(super) fn of_block(mask: Option<&'a Tensor<bool>>, sizes: Sizes, block: usize) -> Self {
        let takes_part = mask.map(|mask| sizes.of_block(mask.as_slice(), sizes.steps, block));
        Self { takes_part, steps: sizes.steps }
    }

    #[inline(always)]
    fn row(self, row: usize) -> Option<&'a [bool]> {
        self.takes_part.map(|mask| &mask[row * self.steps..][..self.steps])
    }
}

/// The value of a block of rows.
pub(super) struct Attend<'a, T> {
    pub(super) sizes: Sizes,
    pub(super) x: &'a [T],
    pub(super) w: &'a [T],
    pub(super) b: T,
    pub(super) mask: Mask<'a>,
    pub(super) kept: &'a mut [T],
}

impl<T: Element> Work for Attend<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { sizes, x, w, b, mask, kept } = self;
        let Sizes { steps, features, .. } = sizes;
        for (row, kept) in kept.chunks_exact_mut(sizes.kept().max(1)).enumerate() {
            let (y, rest) = kept.split_at_mut(features);
            let (z, rest) = rest.split_at_mut(steps);
            let (e, a) = rest.split_at_mut(steps);
            let x = &x[row * steps * features..][..steps * features];
            for (step, z) in z.iter_mut().enumerate() {
                *z = sum_of_pairs(&x[step * features..][..features], w, |x, w| x * w) + b;
            }
            // two loops, so that each function is computed for many steps at once
            e.iter_mut().zip(&*z).for_each(|(e, &z)| *e = T::from_lane(z.lane().tanh()));
            a.iter_mut().zip(&*e).for_each(|(a, &e)| *a = T::from_lane(e.lane().exp()));
            if let Some(mask) = mask.row(row) {
                a.iter_mut().zip(mask).for_each(|(a, &takes_part)| *a = if takes_part { *a } else { T::zero() });
            }
            let total = sum(a);
            if total != T::zero() {
                a.iter_mut().for_each(|a| *a /= total);
            }
            y.fill(T::zero());
            add_weighted(y, x, a, mask.row(row));
        }
    }
}

/// `sum += Σ fₜ xₜ` over the steps that take part: four at a time, in the order of one at a time.
#[inline(always)]
fn add_weighted<T: Element>(sum: &mut [T], x: &[T], factors: &[T], mask: Option<&[bool]>) {
    let features = sum.len();
    let step = |step: usize| &x[step * features..][..features];
    let (fours, rest) = factors.as_chunks::<4>();
    for (four, &[a, b, c, d]) in fours.iter().enumerate() {
        let first = 4 * four;
        if mask.is_some_and(|mask| mask[first..first + 4].contains(&false)) {
            add_each(sum, x, &factors[first..first + 4], first, mask);
            continue;
        }
        let steps = step(first).iter().zip(step(first + 1)).zip(step(first + 2)).zip(step(first + 3));
        for (sum, (((&x, &y), &z), &u)) in sum.iter_mut().zip(steps) {
            *sum = *sum + a * x + b * y + c * z + d * u;
        }
    }
    add_each(sum, x, rest, factors.len() - rest.len(), mask);
}

/// [`add_weighted`] for the steps from `first` on, one at a time.
#[inline(always)]
fn add_each<T: Element>(sum: &mut [T], x: &[T], factors: &[T], first: usize, mask: Option<&[bool]>) {
    let features = sum.len();
    for (step, &factor) in (first..).zip(factors) {
        if mask.is_none_or(|mask| mask[step]) {
            let x = &x[step * features..][..features];
            sum.iter_mut().zip(x).for_each(|(sum, &x)| *sum += factor * x);
        }
    }
}

/// The gradients by the weights and the scores of a block of rows.
pub(super) struct PullBack<'a, T> {
    pub(super) sizes: Sizes,
    pub(super) x: &'a [T],
    pub(super) mask: Mask<'a>,
    pub(super) kept: &'a [T],
    pub(super) upstream: &'a [T],
    /// Where `Σ sₜ xₜ` of the block goes, if it is wanted, and behind it every `sₜ`.
    pub(super) result: &'a mut [T],
    pub(super) by_weights: bool,
}

impl<T: Element> Work for PullBack<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { sizes, x, mask, kept, upstream, result, by_weights } = self;
        let Sizes { steps, features, .. } = sizes;
        let (weights, slopes) = result.split_at_mut(features);
        weights.fill(T::zero());
        for (row, s) in slopes.chunks_exact_mut(steps.max(1)).enumerate() {
            let [_, z, e, a] = sizes.parts(&kept[row * sizes.kept()..][..sizes.kept()]);
            let x = &x[row * steps * features..][..steps * features];
            let upstream = &upstream[row * features..][..features];
            let mask = mask.row(row);
            for (step, s) in s.iter_mut().enumerate() {
                let takes_part = mask.is_none_or(|mask| mask[step]);
                let x = &x[step * features..][..features];
                *s = if takes_part { sum_of_pairs(upstream, x, |y, x| y * x) } else { T::zero() };
            }
            let mean = sum_of_pairs(a, s, T::chain);
            for ((s, &a), (&z, &e)) in s.iter_mut().zip(a).zip(z.iter().zip(e)) {
                *s = Tanh.slope(z, e).chain(a.chain(*s - mean));
            }
            if let Some(mask) = mask {
                s.iter_mut().zip(mask).for_each(|(s, &takes_part)| *s = if takes_part { *s } else { T::zero() });
            }
            if by_weights {
                add_weighted(weights, x, s, mask);
            }
        }
    }
}

/// The gradient by the operand, of a block of rows.
pub(super) struct ByOperand<'a, T> {
    pub(super) sizes: Sizes,
    pub(super) w: &'a [T],
    pub(super) mask: Mask<'a>,
    pub(super) kept: &'a [T],
    pub(super) upstream: &'a [T],
    pub(super) slopes: &'a [T],
    pub(super) sum: &'a mut [T],
    pub(super) onto: Onto,
}

impl<T: Element> Work for ByOperand<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { sizes, w, mask, kept, upstream, slopes, sum, onto } = self;
        let Sizes { steps, features, .. } = sizes;
        for (row, s) in slopes.chunks_exact(steps.max(1)).enumerate() {
            let [.., a] = sizes.parts(&kept[row * sizes.kept()..][..sizes.kept()]);
            let upstream = &upstream[row * features..][..features];
            let mask = mask.row(row);
            for (step, (&s, &a)) in s.iter().zip(a).enumerate() {
                let sum = &mut sum[(row * steps + step) * features..][..features];
                if mask.is_some_and(|mask| !mask[step]) {
                    sum.iter_mut().for_each(|sum| put(sum, onto, T::zero()));
                    continue;
                }
                for (sum, (&upstream, &w)) in sum.iter_mut().zip(upstream.iter().zip(w)) {
                    put(sum, onto, a * upstream + s * w);
                }
            }
        }
    }
}
