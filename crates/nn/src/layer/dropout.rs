//! Outputs left out at random.

use super::Layer;
#[cfg(test)]
use super::Sample;
use crate::pass::Pass;
use crate::random::{Seeds, bits};
use chainrule::{Element, Onto, Op, Pool, Shape, Sink, Tensor, Var};

/// In training, each number is 0 with probability `rate`, and else divided by `1 - rate`, so that expectations stay; at
/// inference nothing happens. (Srivastava and others 2014; *inverted* as in Keras and `PyTorch`.)
///
/// The gradient flows where the number was kept. Which ones are is a hash of the pass and the place: nothing is stored, and the
/// same seed drops the same ones.
#[derive(Clone, Copy, Debug)]
pub struct Dropout {
    rate: f64,
}

impl Dropout {
    /// Drops this share; building a network refuses one outside of `[0, 1)`.
    pub fn new(rate: f64) -> Self {
        Self { rate }
    }
}

impl<T: Element> Layer<T> for Dropout {
    fn build(&mut self, input: &Shape, _: &mut Seeds) -> Result<Shape, String> {
        if (0.0..1.0).contains(&self.rate) {
            return Ok(input.clone());
        }
        Err(format!(
            "the rate is {}; it is the share that is dropped: at least 0, which drops nothing, and below 1, which would drop \
             everything",
            self.rate
        ))
    }

    fn forward<'t>(&self, x: Var<'t, Tensor<T>>, pass: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        if !pass.is_training() || self.rate == 0.0 {
            return x;
        }
        pass.tape().record(Drop::new(self.rate, pass.seed()), [x])
    }
}

/// `y = x · mask / (1 - rate)`.
#[derive(Clone, Copy, Debug)]
struct Drop {
    /// Bits below this one drop.
    threshold: u32,
    scale: f64,
    stream: u64,
}

impl Drop {
    fn new(rate: f64, stream: u64) -> Self {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of 2^32 below 1")]
        let threshold = (rate * 4_294_967_296.0) as u32;
        Self { threshold, scale: 1.0 / (1.0 - rate), stream }
    }

    #[inline(always)]
    fn keep<T: Element>(self, place: u32, x: T, scale: T) -> T {
        if bits(self.stream, place) < self.threshold { T::zero() } else { x * scale }
    }
}

impl<T: Element> Op<T, 1> for Drop {
    const NAME: &'static str = "dropout";

    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let (drop, scale) = (*self, T::literal(self.scale));
        pool.filled(x.shape(), |y| {
            T::loops(|| {
                for ((place, y), &x) in (0_u32..).zip(y).zip(x.as_slice()) {
                    *y = drop.keep(place, x, scale);
                }
            });
        })
    }

    fn pullback(&self, _: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let (drop, scale) = (*self, T::literal(self.scale));
        into.accumulate(0, |sum, onto| {
            T::loops(|| {
                let places = (0_u32..).zip(sum).zip(upstream.as_slice());
                match onto {
                    Onto::Fresh => places.for_each(|((place, sum), &g)| *sum = drop.keep(place, g, scale)),
                    Onto::Sum => places.for_each(|((place, sum), &g)| *sum += drop.keep(place, g, scale)),
                }
            });
        });
    }
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    vec![Sample::new(Dropout::new(0.4), [20, 5]), Sample::new(Dropout::new(0.0), [2, 3])]
}
