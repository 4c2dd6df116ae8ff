//! A fully connected layer.

use super::affine::affine_options;
use super::{Layer, Stored};
#[cfg(test)]
use super::Sample;
use crate::activation::{Activate, Linear};
use crate::init::Init;
#[cfg(feature = "onnx")]
use crate::onnx;
use crate::param::Param;
use crate::pass::Pass;
use crate::pytorch::StateDict;
use crate::random::Seeds;
use crate::regularizer::{Regularizer, describe};
use crate::settings::Settings;
use chainrule::{Element, Shape, Tensor, Var};
use std::sync::Arc;

/// `y = activation(x W + b)`: rows `[.., inputs]` to `[.., units]`, weights `[inputs, units]`, one bias for each unit. Axes
/// between the batch and the last are mapped alike.
///
/// Keras's `Dense`, `PyTorch`'s `Linear` (whose weights lie transposed). Weights begin Glorot-uniform, biases 0.
///
/// ```
/// use chainrule_nn::prelude::*;
/// let mut network = Sequential::new().add(Dense::new(3).activation(Relu).input(2));
/// network.build()?;
/// assert_eq!(network.weights()[0].1.shape(), [2, 3]);
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
#[derive(Clone, Debug)]
#[doc(alias = "Linear")]
pub struct Dense<T: Element = f32> {
    units: usize,
    input: Option<Shape>,
    activation: Box<dyn Activate<T>>,
    weights: Param<T>,
    bias: Option<Param<T>>,
    weights_init: Init,
    bias_init: Init,
    weights_penalty: Option<Arc<dyn Regularizer<T>>>,
    bias_penalty: Option<Arc<dyn Regularizer<T>>>,
}

impl<T: Element> Dense<T> {
    /// A layer of this many units, without activation.
    pub fn new(units: usize) -> Self {
        Self {
            units,
            input: None,
            activation: Box::new(Linear),
            weights: Param::unbuilt(),
            bias: Some(Param::unbuilt()),
            weights_init: Init::GlorotUniform,
            bias_init: Init::Zeros,
            weights_penalty: None,
            bias_penalty: None,
        }
    }

    /// How many inputs there are: the first layer of a network says it.
    #[must_use]
    pub fn input(self, inputs: usize) -> Self {
        Self { input: Some([inputs].into()), ..self }
    }
}

affine_options!(Dense);

impl<T: Element> Dense<T> {
    /// The outputs, with dropout behind them where a rate and a seed are given.
    fn outputs<'t>(
        &self,
        x: Var<'t, Tensor<T>>,
        pass: &Pass<'t, T>,
        dropout: Option<(f64, u64)>,
    ) -> Var<'t, Tensor<T>> {
        let weights = pass.param(&self.weights);
        if let Some(penalty) = &self.weights_penalty {
            pass.penalize(&self.weights, &**penalty);
        }
        if let Some(bias) = &self.bias {
            if let Some(penalty) = &self.bias_penalty {
                pass.penalize(bias, &**penalty);
            }
            return self.activation.after_linear([x, weights, pass.param(bias)], dropout);
        }
        let y = self.activation.apply(x.matmul(weights));
        dropout.map_or(y, |(rate, seed)| y.dropout(rate, seed))
    }
}

impl<T: Element> Layer<T> for Dense<T> {
    fn input_shape(&self) -> Option<Shape> {
        self.input.clone()
    }

    fn build(&mut self, input: &Shape, seeds: &mut Seeds) -> Result<Shape, String> {
        let Some((&inputs, leading)) = input.split_last() else {
            return Err("a row of input is a single number without axes; give inputs of shape [rows, 1]".into());
        };
        if self.units == 0 {
            return Err("it has 0 units, and nothing would come out of it; give at least 1".into());
        }
        for penalty in [&self.weights_penalty, &self.bias_penalty].into_iter().flatten() {
            penalty.check()?;
        }
        self.weights.build([inputs, self.units], &self.weights_init, seeds)?;
        if let Some(bias) = &mut self.bias {
            bias.build([self.units], &self.bias_init, seeds)?;
        }
        Ok([leading, &[self.units]].concat().into())
    }

    fn forward<'t>(&self, x: Var<'t, Tensor<T>>, pass: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        self.outputs(x, pass, None)
    }

    fn forward_dropped<'t>(&self, x: Var<'t, Tensor<T>>, rate: f64, pass: &Pass<'t, T>) -> Option<Var<'t, Tensor<T>>> {
        Some(self.outputs(x, pass, Some((rate, pass.seed()))))
    }

    fn visit(&mut self, visit: &mut dyn FnMut(&str, &mut Param<T>)) {
        visit("weights", &mut self.weights);
        if let Some(bias) = &mut self.bias {
            visit("bias", bias);
        }
    }

    fn settings(&self) -> Option<Settings> {
        let settings = Settings::new()
            .with("units", self.units)
            .with("input", self.input.as_deref())
            .with("activation", self.activation.name())
            .with("bias", self.bias.is_some())
            .with("weights_init", &self.weights_init)
            .with("bias_init", &self.bias_init);
        let settings = describe(settings, "weights_penalty", self.weights_penalty.as_ref());
        Some(describe(settings, "bias_penalty", self.bias_penalty.as_ref()))
    }

    fn pytorch(&mut self, _: &Shape, state: &mut StateDict<T>) {
        state.matrix("weight", &mut self.weights);
        if let Some(bias) = &mut self.bias {
            state.param("bias", bias);
        }
    }

    #[cfg(feature = "onnx")]
    fn onnx(&self, graph: &mut onnx::Graph, x: &onnx::Value, _: &Shape) -> Result<onnx::Value, String> {
        let y = graph.linear(x, &self.weights, self.bias.as_ref())?;
        self.activation.onnx(graph, &y)
    }
}

pub(super) fn restore<T: Element>(stored: &mut Stored<'_, T>) -> Result<Box<dyn Layer<T>>, String> {
    let dense = Dense::new(stored.size("units")?);
    Ok(Box::new(Dense {
        input: stored.shape("input")?,
        activation: stored.activation("activation")?,
        bias: stored.get::<bool>("bias")?.then(Param::unbuilt),
        weights_init: stored.get("weights_init")?,
        bias_init: stored.get("bias_init")?,
        weights_penalty: stored.regularizer("weights_penalty")?,
        bias_penalty: stored.regularizer("bias_penalty")?,
        ..dense
    }))
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    use crate::activation::Softmax;
    use crate::regularizer::{L1, L1L2, L2};
    use chainrule::rule::Tanh;
    let biased = || Dense::new(3).bias_init(Init::Constant(0.5));
    vec![
        Sample::new(Dense::new(5), [3, 4]),
        Sample::new(Dense::new(5).without_bias(), [3, 4]),
        Sample::new(Dense::new(2).activation(Tanh), [2, 3, 4]),
        Sample::new(Dense::new(3).activation(Softmax), [3, 4]),
        Sample::new(biased().regularizer(L2(0.3)).bias_regularizer(L1(0.2)), [3, 4]),
        Sample::new(biased().regularizer(L1L2 { l1: 0.1, l2: 0.2 }), [3, 4]),
    ]
}
