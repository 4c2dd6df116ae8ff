//! Each channel brought to mean 0 and variance 1 over the batch.

#[cfg(test)]
use super::Sample;
use super::{Layer, Stored};
use super::normal::{GainAndShift, in_pytorch};
use crate::init::Init;
#[cfg(feature = "onnx")]
use crate::onnx;
use crate::param::{Param, check_not_negative};
use crate::pass::Pass;
use crate::pytorch::StateDict;
use crate::random::Seeds;
use crate::settings::Settings;
use chainrule::{Element, Shape, Tensor, Var};

/// `y = (x - mean) / √(variance + ε) · gain + shift`, channel by channel of the last axis (Ioffe and Szegedy 2015): rows
/// `[.., channels]` to the same. In training, mean and variance are those of the batch, over all axes but the last, and each step
/// moves the running ones, `running = momentum · running + (1 - momentum) · batch`, which serve at evaluation and inference.
///
/// Keras's `BatchNormalization`, with its defaults: ε is 1e-3, the momentum 0.99, and the variance is that of all elements (`ddof`
/// 0), in the running one too. `PyTorch`'s `BatchNorm1d` and `BatchNorm2d` differ: their momentum is the share of the batch (0.1),
/// ε is 1e-5, and the running variance has `ddof` 1. Gains begin as 1, shifts and running means as 0, running variances as 1.
///
/// - The gradient flows through mean and variance of the batch too.
/// - A batch of one row with one position has variance 0, and becomes the shift; a batch without rows panics.
/// - Steps that are padding, by the pass's [mask](Pass::mask), do not count, as in Keras; they are brought to the same scale all the
///   same. A batch of only padding acts as at inference, and moves nothing (Keras moves the running values towards 0).
/// - Where all of gain and shift is [frozen](crate::Sequential::freeze), it acts in training as at inference, and its running values
///   stay, as in Keras: features that are reused keep their scale. One made without both has nothing to be frozen, and its
///   running values go on moving in training: keep a gain where it is to be frozen.
/// - Run twice in one pass ([`reuse`](crate::Sequential::reuse)), it notes the batch of its last run.
///
/// ```
/// use chainrule_nn::prelude::*;
/// let mut network = Sequential::new()
///     .add(Dense::new(16).without_bias().input(8))
///     .add(BatchNorm::new())
///     .add(Activation::new(Relu));
/// network.build()?;
/// let names: Vec<_> = network.weights().into_iter().map(|(name, _)| name).collect();
/// assert_eq!(names[1..], ["batch_norm.gain", "batch_norm.shift", "batch_norm.mean", "batch_norm.variance"]);
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
#[derive(Clone, Debug)]
#[doc(alias = "BatchNormalization")]
#[doc(alias = "gamma")]
#[doc(alias = "beta")]
#[doc(alias = "moving_mean")]
#[doc(alias = "moving_variance")]
pub struct BatchNorm<T: Element = f32> {
    epsilon: f64,
    momentum: f64,
    affine: GainAndShift<T>,
    mean: Param<T>,
    variance: Param<T>,
}

impl<T: Element> Default for BatchNorm<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Element> BatchNorm<T> {
    /// With gain and shift, ε = 1e-3 and momentum 0.99.
    pub fn new() -> Self {
        Self {
            epsilon: 1e-3,
            momentum: 0.99,
            affine: GainAndShift::new(),
            mean: Param::unbuilt_buffer(),
            variance: Param::unbuilt_buffer(),
        }
    }

    /// What is added to variances, so that nothing is divided by 0.
    #[must_use]
    pub fn epsilon(self, epsilon: f64) -> Self {
        Self { epsilon, ..self }
    }

    /// The share of the running mean and variance that a step keeps, from 0 to 1.
    #[must_use]
    pub fn momentum(self, momentum: f64) -> Self {
        Self { momentum, ..self }
    }

    /// Without the gain: Keras's `scale=False`.
    #[must_use]
    #[doc(alias = "scale")]
    pub fn without_gain(self) -> Self {
        Self { affine: self.affine.without_gain(), ..self }
    }

    /// Without the shift: Keras's `center=False`.
    #[must_use]
    #[doc(alias = "center")]
    pub fn without_shift(self) -> Self {
        Self { affine: self.affine.without_shift(), ..self }
    }

    /// The moments of the batch, towards which the running ones will have moved; none where they are not to be asked for.
    fn measured<'t>(&self, x: Var<'t, Tensor<T>>, pass: &Pass<'t, T>) -> Option<Var<'t, Tensor<T>>> {
        if !pass.is_training() || self.affine.is_frozen() {
            return None;
        }
        let moments = real_steps(x, pass)?.moments();
        let batch = moments.value();
        let (kept, new) = (T::literal(self.momentum), T::literal(1.0 - self.momentum));
        for (row, running) in [&self.mean, &self.variance].into_iter().enumerate() {
            let batch = batch.rows(row..row + 1).reshape(running.value.shape());
            pass.write(running, &running.value * kept + batch * new);
        }
        Some(moments)
    }
}

/// What is no padding, if anything: all, or the real steps of sequences one after the other.
fn real_steps<'t, T: Element>(x: Var<'t, Tensor<T>>, pass: &Pass<'t, T>) -> Option<Var<'t, Tensor<T>>> {
    let shape = x.shape();
    let [rows, steps, features @ ..] = &*shape else { return Some(x) };
    let mask = if features.is_empty() { None } else { pass.mask_for(&shape) };
    let Some(mask) = mask.filter(|mask| mask.iter().any(|real| !real)) else { return Some(x) };
    let real: Vec<usize> = mask.iter().enumerate().filter_map(|(at, &real)| real.then_some(at)).collect();
    if real.is_empty() {
        return None;
    }
    let one_by_one: Shape = [&[rows * steps], features].concat().into();
    Some(x.reshape(one_by_one).take(0, &Tensor::from(real)))
}

impl<T: Element> Layer<T> for BatchNorm<T> {
    fn build(&mut self, input: &Shape, seeds: &mut Seeds) -> Result<Shape, String> {
        check_not_negative("epsilon", self.epsilon)?;
        if !(0.0..=1.0).contains(&self.momentum) {
            let momentum = self.momentum;
            return Err(format!("the momentum is {momentum}; it is a share, at least 0 and at most 1"));
        }
        if input.contains(&0) {
            return Err(format!("a row of input has shape {input}, and so no features; each size must be at least 1"));
        }
        let channels = self.affine.build(input, seeds)?;
        self.mean.build([channels], &Init::Zeros, seeds)?;
        self.variance.build([channels], &Init::Ones, seeds)?;
        Ok(input.clone())
    }

    fn forward<'t>(&self, x: Var<'t, Tensor<T>>, pass: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        let moments = self
            .measured(x, pass)
            .unwrap_or_else(|| Var::stack(&[pass.param(&self.mean), pass.param(&self.variance)], 0));
        let [gain, shift] = self.affine.on(pass, &x.shape());
        x.batch_norm(moments, gain, shift, self.epsilon)
    }

    fn visit(&mut self, visit: &mut dyn FnMut(&str, &mut Param<T>)) {
        self.affine.visit(visit);
        visit("mean", &mut self.mean);
        visit("variance", &mut self.variance);
    }

    fn settings(&self) -> Option<Settings> {
        Some(self.affine.settings(Settings::new().with("epsilon", self.epsilon).with("momentum", self.momentum)))
    }

    fn pytorch(&mut self, _: &Shape, state: &mut StateDict<T>) {
        self.affine.visit(&mut |name, param| state.param(in_pytorch(name), param));
        state.param("running_mean", &mut self.mean);
        state.param("running_var", &mut self.variance);
        // `load_state_dict` does not miss it in a dict without versions, such as one from a file of safetensors
        state.ignore("num_batches_tracked");
    }

    #[cfg(feature = "onnx")]
    fn onnx(&self, graph: &mut onnx::Graph, x: &onnx::Value, row: &Shape) -> Result<onnx::Value, String> {
        // composed, since ONNX's own has the channels behind the rows
        let [gain, shift] = self.affine.onnx(graph, row)?;
        let mean = graph.param(&self.mean)?;
        let deviation = graph.param_as(&self.variance, "deviation", |variance| {
            variance.map(|variance| (variance + T::literal(self.epsilon)).sqrt())
        })?;
        let scale = graph.node("Div", &[&gain, &deviation], &[]);
        let centred = graph.node("Sub", &[x, &mean], &[]);
        let scaled = graph.node("Mul", &[&centred, &scale], &[]);
        Ok(graph.node("Add", &[&scaled, &shift], &[]))
    }
}

pub(super) fn restore<T: Element>(stored: &mut Stored<'_, T>) -> Result<Box<dyn Layer<T>>, String> {
    let (epsilon, momentum) = (stored.get("epsilon")?, stored.get("momentum")?);
    Ok(Box::new(BatchNorm { epsilon, momentum, affine: GainAndShift::restored(stored)?, ..BatchNorm::new() }))
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    vec![
        Sample::new(BatchNorm::new(), [5, 4]),
        Sample::new(BatchNorm::new().epsilon(0.1).momentum(0.5), [2, 3, 4]),
        Sample::new(BatchNorm::new().without_gain(), [2, 3, 2, 3]),
        Sample::new(BatchNorm::new().without_gain().without_shift(), [4, 3]),
    ]
}
