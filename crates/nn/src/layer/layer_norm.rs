//! Each row brought to mean 0 and variance 1.

#[cfg(test)]
use super::Sample;
use super::{Layer, Stored};
use super::normal::{GainAndShift, in_pytorch};
#[cfg(feature = "onnx")]
use crate::onnx;
use crate::param::{Param, check_not_negative};
use crate::pass::Pass;
use crate::pytorch::StateDict;
use crate::random::Seeds;
use crate::settings::Settings;
use chainrule::{Element, Shape, Tensor, Var};

/// `y = (x - mean) / √(variance + ε) · gain + shift` along the last axis, with mean and variance of its elements (Ba and others
/// 2016): rows `[.., features]` to the same, and a number of gain and of shift for each feature. It acts alike in training and at
/// inference.
///
/// Keras's `LayerNormalization`, `PyTorch`'s `LayerNorm` (whose ε is 1e-5). Gains begin as 1 and shifts as 0; ε is 1e-3. A row of
/// equal numbers becomes the shift.
///
/// ```
/// use chainrule_nn::prelude::*;
/// let mut network = Sequential::new().input(2).add(LayerNorm::new().epsilon(0.0));
/// network.build()?;
/// assert_eq!(network.predict(&Tensor::from([[1.0, 5.0]]))?, Tensor::from([[-1.0, 1.0]]));
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
#[derive(Clone, Debug)]
#[doc(alias = "LayerNormalization")]
pub struct LayerNorm<T: Element = f32> {
    epsilon: f64,
    affine: GainAndShift<T>,
}

impl<T: Element> Default for LayerNorm<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Element> LayerNorm<T> {
    /// With gain and shift, and ε = 1e-3.
    pub fn new() -> Self {
        Self { epsilon: 1e-3, affine: GainAndShift::new() }
    }

    /// What is added to variances, so that nothing is divided by 0.
    #[must_use]
    pub fn epsilon(self, epsilon: f64) -> Self {
        Self { epsilon, ..self }
    }

    /// Without the gain: Keras's `scale=False`.
    #[must_use]
    pub fn without_gain(self) -> Self {
        Self { affine: self.affine.without_gain(), ..self }
    }

    /// Without the shift: Keras's `center=False`.
    #[must_use]
    pub fn without_shift(self) -> Self {
        Self { affine: self.affine.without_shift(), ..self }
    }
}

impl<T: Element> Layer<T> for LayerNorm<T> {
    fn build(&mut self, input: &Shape, seeds: &mut Seeds) -> Result<Shape, String> {
        check_not_negative("epsilon", self.epsilon)?;
        self.affine.build(input, seeds)?;
        Ok(input.clone())
    }

    fn forward<'t>(&self, x: Var<'t, Tensor<T>>, pass: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        let [gain, shift] = self.affine.on(pass, &x.shape());
        x.layer_norm(gain, shift, self.epsilon)
    }

    fn visit(&mut self, visit: &mut dyn FnMut(&str, &mut Param<T>)) {
        self.affine.visit(visit);
    }

    fn settings(&self) -> Option<Settings> {
        Some(self.affine.settings(Settings::new().with("epsilon", self.epsilon)))
    }

    fn pytorch(&mut self, _: &Shape, state: &mut StateDict<T>) {
        self.affine.visit(&mut |name, param| state.param(in_pytorch(name), param));
    }

    #[cfg(feature = "onnx")]
    fn onnx(&self, graph: &mut onnx::Graph, x: &onnx::Value, row: &Shape) -> Result<onnx::Value, String> {
        let [gain, shift] = self.affine.onnx(graph, row)?;
        let attributes = [("axis", (-1).into()), ("epsilon", self.epsilon.into())];
        Ok(graph.node("LayerNormalization", &[x, &gain, &shift], &attributes))
    }
}

pub(super) fn restore<T: Element>(stored: &mut Stored<'_, T>) -> Result<Box<dyn Layer<T>>, String> {
    Ok(Box::new(LayerNorm { epsilon: stored.get("epsilon")?, affine: GainAndShift::restored(stored)? }))
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    vec![
        Sample::new(LayerNorm::new(), [3, 4]),
        Sample::new(LayerNorm::new().epsilon(0.1).without_gain(), [2, 3, 4]),
        Sample::new(LayerNorm::new().without_shift(), [2, 2, 2, 3]),
    ]
}
