//! Elements left out at random.

use crate::array::pieces::each_piece;
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;
use chainrule_kernels::random::bits;
use chainrule_kernels::vector::Work;
use std::borrow::Cow;

/// `y = x · mask / (1 - rate)`, where each element of the mask is 0 with probability `rate` and else 1 (*inverted* dropout: Srivastava
/// and others 2014, as Keras and `PyTorch` have it). The gradient flows where the element was kept: `x̄ = ȳ · mask / (1 - rate)`.
///
/// The mask is a hash of the seed and the place. So it is not stored but computed again by the pullback, any part of it can be had
/// without the rest, and the same seed drops the same elements.
#[derive(Clone, Copy, Debug)]
pub struct Dropout {
    rate: f64,
    /// Bits below this one drop.
    threshold: u32,
    pub(super) scale: f64,
    seed: u64,
}

impl Dropout {
    /// Drops this share of the elements, at least 0 and below 1; which ones, says the seed.
    ///
    /// # Panics
    /// When the rate is outside `[0, 1)`.
    #[must_use]
    #[track_caller]
    pub fn new(rate: f64, seed: u64) -> Self {
        assert!(
            (0.0..1.0).contains(&rate),
            "dropout: the rate is {rate}; it is the share that is dropped: at least 0, which drops nothing, and below 1, which \
             would drop everything"
        );
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of 2^32 below 1")]
        let threshold = (rate * 4_294_967_296.0) as u32;
        Self { rate, threshold, scale: 1.0 / (1.0 - rate), seed }
    }

    /// Whether the element at this place stays; places beyond 2^32 draw as their lower bits say.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "it wraps, as said")]
    pub(super) fn keeps(self, place: usize) -> bool {
        bits(self.seed, place as u32) >= self.threshold
    }

    /// Puts the kept and scaled elements of `x` in the place of `y`, or adds them.
    fn apply<T: Element>(self, x: &[T], y: &mut [T], onto: Onto) {
        each_piece(y, |range, y| T::loops(Masked { dropout: self, start: range.start, x: &x[range], y, onto }));
    }
}

/// A mask over elements. It is a struct and not a closure so that the loop is sure to be compiled for wide vectors.
struct Masked<'a, T> {
    dropout: Dropout,
    /// The place of the first.
    start: usize,
    x: &'a [T],
    y: &'a mut [T],
    onto: Onto,
}

impl<T: Element> Work for Masked<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { dropout, start, x, y, onto } = self;
        let scale = T::literal(dropout.scale);
        let kept = |place: usize, x: T| if dropout.keeps(start + place) { x * scale } else { T::zero() };
        let pairs = y.iter_mut().zip(x).enumerate();
        match onto {
            Onto::Fresh => pairs.for_each(|(place, (y, &x))| *y = kept(place, x)),
            Onto::Sum => pairs.for_each(|(place, (y, &x))| *y += kept(place, x)),
        }
    }
}

impl<T: Element> Op<T, 1> for Dropout {
    const NAME: &'static str = "dropout";

    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        pool.filled(x.shape(), |y| self.apply(x.as_slice(), y, Onto::Fresh))
    }

    fn pullback(&self, _: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        into.accumulate(0, |sum, onto| self.apply(upstream.as_slice(), sum, onto));
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(format!("dropout({})", self.rate))
    }
}

methods! {
    /// Each element is 0 with probability `rate`, and else divided by `1 - rate`, so that expectations stay. The seed says which.
    ///
    /// Its gradient flows where elements were kept.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::<f64>::ones([1000]).dropout(0.25, 7);
    /// assert!(x.iter().all(|&x| x == 0.0 || x == 1.0 / 0.75));
    /// assert!((x.mean().item() - 1.0).abs() < 0.1);
    /// ```
    ///
    /// # Panics
    /// When the rate is outside `[0, 1)`.
    fn dropout(x; rate: f64, seed: u64) => Dropout::new(rate, seed);
}

#[cfg(test)]
use super::checking::{Case, Checks};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let x = draw.tensor(draw.shape());
        let seed = draw.below(1000) as u64;
        let dropout = Dropout::new(0.4, seed);
        Case::new(dropout, [x], move |[x]| {
            let kept = x.iter().enumerate().map(|(place, &x)| {
                #[expect(clippy::cast_possible_truncation, reason = "a small place")]
                let draw = f64::from(bits(seed, place as u32)) / 4_294_967_296.0;
                if draw < 0.4 { 0.0 } else { x / 0.6 }
            });
            Tensor::new(x.shape(), kept.collect())
        })
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn what_is_dropped_is_zero_whatever_it_was_and_nothing_flows_there() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::full([100], f64::NAN));
        let y = x.dropout(0.5, 3);
        let dropped: Vec<bool> = y.value().iter().map(|y| *y == 0.0).collect();
        let share = dropped.iter().filter(|dropped| **dropped).count();
        assert!((30..70).contains(&share), "{share} of 100");
        let slope = y.backward_seeded(Tensor::full([100], 3.0)).of(x);
        assert!(slope.iter().zip(&dropped).all(|(slope, dropped)| *slope == if *dropped { 0.0 } else { 6.0 }));
    }

    #[test]
    #[should_panic(expected = "dropout: the rate is 1; it is the share that is dropped")]
    fn not_everything_can_be_dropped() {
        let _ = Tensor::<f64>::ones([3]).dropout(1.0, 0);
    }
}
