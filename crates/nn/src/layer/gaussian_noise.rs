//! Outputs disturbed at random.

use super::{Layer, Stored};
#[cfg(test)]
use super::Sample;
#[cfg(feature = "onnx")]
use crate::onnx;
use crate::pass::Pass;
use crate::random::{Seeds, share};
use crate::settings::Settings;
use chainrule::{Element, Op, Pool, Shape, Sink, Tensor, Var};
use std::f64::consts::TAU;

/// In training, `y = x + deviation · n` with n standard normal; at inference nothing happens. Slope 1. Keras's `GaussianNoise`.
#[derive(Clone, Copy, Debug)]
pub struct GaussianNoise {
    deviation: f64,
}

impl GaussianNoise {
    /// Noise of this standard deviation; building a network refuses one below 0.
    pub fn new(deviation: f64) -> Self {
        Self { deviation }
    }
}

impl<T: Element> Layer<T> for GaussianNoise {
    fn build(&mut self, input: &Shape, _: &mut Seeds) -> Result<Shape, String> {
        if self.deviation >= 0.0 && self.deviation.is_finite() {
            return Ok(input.clone());
        }
        Err(format!("the standard deviation is {}; it must be finite and at least 0", self.deviation))
    }

    fn forward<'t>(&self, x: Var<'t, Tensor<T>>, pass: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        if !pass.is_training() || self.deviation == 0.0 {
            return x;
        }
        pass.tape().record(Noise { deviation: self.deviation, stream: pass.seed() }, [x])
    }

    fn settings(&self) -> Option<Settings> {
        Some(Settings::new().with("deviation", self.deviation))
    }

    #[cfg(feature = "onnx")]
    fn onnx(&self, _: &mut onnx::Graph, x: &onnx::Value, _: &Shape) -> Result<onnx::Value, String> {
        Ok(x.clone())
    }
}

pub(super) fn restore<T: Element>(stored: &mut Stored<'_, T>) -> Result<Box<dyn Layer<T>>, String> {
    Ok(Box::new(GaussianNoise::new(stored.get("deviation")?)))
}

/// `y = x + deviation · n`.
#[derive(Clone, Copy, Debug)]
struct Noise {
    deviation: f64,
    stream: u64,
}

impl Noise {
    /// A standard normal number by the way of Box and Muller (1958), from the bits of this place.
    fn normal(self, place: u32) -> f64 {
        let (radius, angle) = (share(self.stream, place), share(!self.stream, place));
        (-2.0 * radius.ln()).sqrt() * (TAU * angle).cos()
    }
}

impl<T: Element> Op<T, 1> for Noise {
    const NAME: &'static str = "gaussian_noise";

    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        pool.filled(x.shape(), |y| {
            for ((place, y), &x) in (0_u32..).zip(y).zip(x.as_slice()) {
                *y = x + T::literal(self.deviation * self.normal(place));
            }
        })
    }

    fn pullback(&self, _: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        into.add(0, |_| upstream.clone());
    }
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    vec![Sample::new(GaussianNoise::new(0.3), [3, 4])]
}
