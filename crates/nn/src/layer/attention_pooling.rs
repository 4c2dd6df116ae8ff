//! The steps of a sequence as one row, by learnt attention.

#[cfg(test)]
use super::Sample;
use super::{Layer, Stored, steps_of};
use crate::init::Init;
#[cfg(feature = "onnx")]
use crate::onnx;
use crate::param::Param;
use crate::pass::{Mode, Notes, Pass};
use crate::random::Seeds;
use crate::settings::Settings;
use chainrule::{Element, Shape, Tape, Tensor, Var};

/// `y = Σₜ aₜ xₜ` with `a = softmax(e)` along the steps and `eₜ = tanh(xₜ w + b)`: rows `[steps, features]` to `[features]`, the
/// mean of the steps, weighted by how much each matters. `weights` `[features, 1]`, `bias` `[1]`: the first Glorot-uniform, the
/// second 0. With [`hidden`](Self::hidden) `eₜ = tanh(xₜ W + b) c`, the additive attention of Bahdanau and others 2015, whose `weights`
/// are `[features, hidden]`, `bias` `[hidden]`, `context` `[hidden, 1]`; a bias behind `context` would fall out of the softmax.
///
/// Steps that are padding get weight 0, and a row of only padding becomes 0. Behind it there are no steps, and no mask.
///
/// Which words a network looks at is seen by the weights `a`:
///
/// ```
/// use chainrule_nn::prelude::*;
/// let mut network = Sequential::new()
///     .add(Embedding::new(100, 8).mask_zero().input(4))
///     .add(AttentionPooling::new())
///     .add(Dense::new(2).activation(Softmax));
/// network.build()?;
/// let sentences = Tensor::from([[17.0, 4.0, 62.0, 3.0], [8.0, 29.0, 0.0, 0.0]]);
///
/// let attention: &AttentionPooling = network.layer("attention_pooling").unwrap();
/// let (words, real) = network.predict_until("attention_pooling", &sentences)?;
/// let weights = attention.weights_of(&words, real.as_ref());
/// assert_eq!(weights.shape(), [2, 4]);
/// assert!((weights[[1, 0]] + weights[[1, 1]] - 1.0).abs() < 1e-6 && weights[[1, 2]] == 0.0);
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct AttentionPooling<T: Element = f32> {
    init: Init,
    weights: Param<T>,
    bias: Param<T>,
    hidden: Option<Hidden<T>>,
}

/// What stands between the hyperbolic tangent and the scores.
#[derive(Clone, Debug)]
struct Hidden<T: Element> {
    units: usize,
    context: Param<T>,
}

impl<T: Element> Default for AttentionPooling<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Element> AttentionPooling<T> {
    /// Each step's score is the hyperbolic tangent of one affine map.
    pub fn new() -> Self {
        Self { init: Init::GlorotUniform, weights: Param::unbuilt(), bias: Param::unbuilt(), hidden: None }
    }

    /// Each step's score is a sum over this many hyperbolic tangents, weighted by `context`.
    #[must_use]
    pub fn hidden(self, units: usize) -> Self {
        Self { hidden: Some(Hidden { units, context: Param::unbuilt() }), ..self }
    }

    /// How `weights` and `context` begin.
    #[must_use]
    pub fn init(self, init: Init) -> Self {
        Self { init, ..self }
    }

    /// How much each step of `x`, `[rows, steps, features]`, counts: `[rows, steps]`, each row of sum 1, or of 0 where no step is
    /// real by `mask`. [`Sequential::predict_until`](crate::Sequential::predict_until) gives what comes to the layer in a network.
    ///
    /// # Panics
    /// When the layer is not built, or was for rows of another shape, and when the mask is not `[rows, steps]`.
    #[must_use]
    #[track_caller]
    pub fn weights_of(&self, x: &Tensor<T>, mask: Option<&Tensor<bool>>) -> Tensor<T> {
        let (tape, notes) = (Tape::new(), Notes::default());
        let pass = Pass::new(&tape, &notes, Mode::Inference, 0);
        pass.set_mask(mask.cloned());
        self.shares(pass.constant(x), &pass).value()
    }

    #[track_caller]
    fn shares<'t>(&self, x: Var<'t, Tensor<T>>, pass: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        let shape = x.shape();
        let mask = pass.mask_for(&shape);
        let mut scores = x.linear(pass.param(&self.weights), pass.param(&self.bias)).tanh();
        if let Some(Hidden { context, .. }) = &self.hidden {
            scores = scores.matmul(pass.param(context));
        }
        let scores = scores.reshape([shape[0], shape[1]]);
        match mask {
            None => scores.softmax(-1),
            Some(mask) => scores.masked_softmax(&mask, -1),
        }
    }
}

impl<T: Element> Layer<T> for AttentionPooling<T> {
    fn build(&mut self, input: &Shape, seeds: &mut Seeds) -> Result<Shape, String> {
        let features = steps_of(input)?[1];
        let units = self.hidden.as_ref().map_or(1, |hidden| hidden.units);
        if units == 0 {
            return Err("it has 0 hidden units, and no step would count; give at least 1".into());
        }
        self.weights.build([features, units], &self.init, seeds)?;
        self.bias.build([units], &Init::Zeros, seeds)?;
        if let Some(Hidden { context, .. }) = &mut self.hidden {
            context.build([units, 1], &self.init, seeds)?;
        }
        Ok([features].into())
    }

    fn forward<'t>(&self, x: Var<'t, Tensor<T>>, pass: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        let shape = x.shape();
        if self.hidden.is_none() {
            let mask = pass.mask_for(&shape);
            pass.set_mask(None);
            return x.attention_pool(pass.param(&self.weights), pass.param(&self.bias), mask.as_ref());
        }
        let shares = self.shares(x, pass).reshape([shape[0], 1, shape[1]]);
        pass.set_mask(None);
        shares.matmul(x).reshape([shape[0], shape[2]])
    }

    fn visit(&mut self, visit: &mut dyn FnMut(&str, &mut Param<T>)) {
        visit("weights", &mut self.weights);
        visit("bias", &mut self.bias);
        if let Some(Hidden { context, .. }) = &mut self.hidden {
            visit("context", context);
        }
    }

    fn settings(&self) -> Option<Settings> {
        let hidden = self.hidden.as_ref().map(|hidden| hidden.units);
        Some(Settings::new().with("hidden", hidden).with("init", &self.init))
    }

    #[cfg(feature = "onnx")]
    fn onnx(&self, graph: &mut onnx::Graph, x: &onnx::Value, _: &Shape) -> Result<onnx::Value, String> {
        let scores = graph.linear(x, &self.weights, Some(&self.bias))?;
        let mut scores = graph.node("Tanh", &[&scores], &[]);
        if let Some(Hidden { context, .. }) = &self.hidden {
            scores = graph.linear(&scores, context, None)?;
        }
        let mask = graph.mask().map(|mask| graph.unsqueeze(&mask, &[2]));
        graph.set_mask(None);
        let shares = graph.softmax(&scores, 1, mask.as_ref());
        let weighted = graph.node("Mul", &[&shares, x], &[]);
        let steps = graph.integers(&[1]);
        Ok(graph.node("ReduceSum", &[&weighted, &steps], &[("keepdims", 0.into())]))
    }
}

pub(super) fn restore<T: Element>(stored: &mut Stored<'_, T>) -> Result<Box<dyn Layer<T>>, String> {
    let pooling = AttentionPooling::new().init(stored.get("init")?);
    Ok(Box::new(match stored.optional_size("hidden")? {
        None => pooling,
        Some(units) => pooling.hidden(units),
    }))
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    vec![Sample::new(AttentionPooling::new(), [2, 3, 4]), Sample::new(AttentionPooling::new().hidden(3), [2, 4, 2])]
}
