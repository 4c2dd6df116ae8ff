//! Outputs left out at random.

use super::{Layer, Stored};
#[cfg(test)]
use super::Sample;
#[cfg(feature = "onnx")]
use crate::onnx;
use crate::pass::Pass;
use crate::random::Seeds;
use crate::settings::Settings;
use chainrule::{Element, Shape, Tensor, Var};

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
        x.dropout(self.rate, pass.seed())
    }

    fn drops(&self) -> Option<f64> {
        Some(self.rate).filter(|rate| *rate != 0.0)
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

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    vec![Sample::new(Dropout::new(0.4), [20, 5]), Sample::new(Dropout::new(0.0), [2, 3])]
}
