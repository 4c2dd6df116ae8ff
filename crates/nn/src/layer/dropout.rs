//! Outputs left out at random.

use super::{Layer, Stored};
#[cfg(test)]
use super::Sample;
#[cfg(feature = "onnx")]
use crate::onnx;
use crate::pass::Pass;
use crate::random::{Seeds, bits};
use crate::settings::Settings;
use chainrule::{Element, Onto, Op, Pool, Shape, Sink, Tensor, Var};
use chainrule_kernels::vector::Work;

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

    fn settings(&self) -> Option<Settings> {
        Some(Settings::new().with("rate", self.rate))
    }

    #[cfg(feature = "onnx")]
    fn onnx(&self, _: &mut onnx::Graph, x: &onnx::Value, _: &Shape) -> Result<onnx::Value, String> {
        Ok(x.clone())
    }
}

pub(super) fn restore<T: Element>(stored: &mut Stored<'_, T>) -> Result<Box<dyn Layer<T>>, String> {
    Ok(Box::new(Dropout::new(stored.get("rate")?)))
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

    /// Puts the kept and scaled elements of `x` in the place of `y`, or adds them.
    fn apply<T: Element>(self, x: &[T], y: &mut [T], onto: Onto) {
        T::loops(Masked { drop: self, x, y, onto });
    }
}

/// A mask over elements. It is a struct and not a closure so that the loop is sure to be compiled for wide vectors.
struct Masked<'a, T> {
    drop: Drop,
    x: &'a [T],
    y: &'a mut [T],
    onto: Onto,
}

impl<T: Element> Work for Masked<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { drop: Drop { threshold, scale, stream }, x, y, onto } = self;
        let scale = T::literal(scale);
        let kept = |place: u32, x: T| if bits(stream, place) < threshold { T::zero() } else { x * scale };
        let pairs = y.iter_mut().zip(x).enumerate();
        // places beyond 2^32 draw as their lower bits say
        #[expect(clippy::cast_possible_truncation, reason = "it wraps, as said")]
        match onto {
            Onto::Fresh => pairs.for_each(|(place, (y, &x))| *y = kept(place as u32, x)),
            Onto::Sum => pairs.for_each(|(place, (y, &x))| *y += kept(place as u32, x)),
        }
    }
}

impl<T: Element> Op<T, 1> for Drop {
    const NAME: &'static str = "dropout";

    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        pool.filled(x.shape(), |y| self.apply(x.as_slice(), y, Onto::Fresh))
    }

    fn pullback(&self, _: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        into.accumulate(0, |sum, onto| self.apply(upstream.as_slice(), sum, onto));
    }
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    vec![Sample::new(Dropout::new(0.4), [20, 5]), Sample::new(Dropout::new(0.0), [2, 3])]
}
