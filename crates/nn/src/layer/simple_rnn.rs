//! A state that is fed back.

#[cfg(test)]
use super::Sample;
use super::{Layer, Stored};
use super::recurrent::{Biases, Cell, Sequences, recurrent_layer};
use crate::activation::Activate;
use crate::pass::Pass;
use chainrule::rule::Tanh;
use chainrule::{Element, Shape, Tensor, Var};

/// `hₜ = activation(xₜ W + hₜ₋₁ U + b)` from `h₀ = 0`: Elman's network (1990). Rows `[steps, features]` to the last state `[units]` (many
/// to one), or with [`sequences`](Self::sequences) to all states `[steps, units]` (many to many). `weights` W `[features, units]` begin
/// Glorot-uniform, `recurrent` U `[units, units]` orthogonal, `bias` b `[units]` 0; the activation is the hyperbolic tangent.
///
/// A step that is padding keeps the state, so that many to one gives the state after the last real step; of many to many the mask
/// stays. A row of only padding stays 0.
///
/// Keras's `SimpleRNN`, `PyTorch`'s `RNN`, whose weights lie transposed, with two biases whose sum is this one.
///
/// ```
/// use chainrule_nn::prelude::*;
/// // 1 + 2 + 3
/// let sum = SimpleRnn::new(1).activation(Linear).init(Init::Ones).recurrent_init(Init::Ones);
/// let mut network = Sequential::new().add(sum.sequences().input([3, 1]));
/// network.build()?;
/// assert_eq!(network.predict(&Tensor::from([[[1.0], [2.0], [3.0]]]))?.to_vec(), [1.0, 3.0, 6.0]);
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SimpleRnn<T: Element = f32> {
    core: Cell<T>,
    activation: Box<dyn Activate<T>>,
}

impl<T: Element> SimpleRnn<T> {
    /// A state of this many units, the last of which comes out.
    pub fn new(units: usize) -> Self {
        Self { core: Cell::new(units, 1, Biases::Single), activation: Box::new(Tanh) }
    }

    /// What is done to the state in each step.
    #[must_use]
    pub fn activation(self, activation: impl Activate<T> + 'static) -> Self {
        Self { activation: Box::new(activation), ..self }
    }

    #[expect(clippy::needless_pass_by_value, reason = "as in the other recurrent layers, which keep it")]
    fn states<'t>(&self, x: Var<'t, Tensor<T>>, steps: Sequences, pass: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        let Cell { weights, recurrent, bias, .. } = &self.core;
        let projected = x.linear(pass.param(weights), pass.param(bias));
        let mut state: Option<Var<'t, Tensor<T>>> = None;
        let mut states = Vec::with_capacity(steps.steps);
        for (step, _) in steps.order() {
            let input = projected.index(1, step);
            let sum = state.map_or(input, |state| input + state.matmul(pass.param(recurrent)));
            let mut next = self.activation.apply(sum);
            if let Some(mask) = &steps.mask {
                let real = Tensor::new([steps.rows, 1], (0..steps.rows).map(|row| mask[[row, step]]).collect());
                next = match state {
                    None => next.masked_fill(&real.map(|real| !real), 0.0),
                    Some(state) => next.where_(&real, state),
                };
            }
            state = Some(next);
            states.push(next);
        }
        if steps.reversed {
            states.reverse();
        }
        Var::stack(&states, 1)
    }

    #[cfg(feature = "onnx")]
    fn operator(&self) -> Result<super::recurrent::Operator, String> {
        let (function, settings) = match self.activation.name().as_str() {
            "tanh" => ("Tanh", None),
            "relu" => ("Relu", None),
            "sigmoid" => ("Sigmoid", None),
            "linear" => ("Affine", Some([1.0, 0.0])),
            name => return Err(format!("ONNX's `RNN` has no activation `{name}`; there are tanh, relu, sigmoid and linear")),
        };
        let mut attributes = vec![("activations", vec![function.to_owned()].into())];
        if let Some([factor, summand]) = settings {
            attributes.extend([("activation_alpha", vec![factor].into()), ("activation_beta", vec![summand].into())]);
        }
        Ok(super::recurrent::Operator { name: "RNN", gates: &[0], attributes })
    }
}

recurrent_layer!(SimpleRnn, activation);

pub(super) fn restore<T: Element>(stored: &mut Stored<'_, T>) -> Result<Box<dyn Layer<T>>, String> {
    let core = Cell::restored(stored, 1, Biases::Single)?;
    Ok(Box::new(SimpleRnn { core, activation: stored.activation("activation")? }))
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    use crate::activation::Linear;
    vec![
        Sample::new(SimpleRnn::new(3), [2, 4, 2]),
        Sample::new(SimpleRnn::new(2).activation(Linear).sequences(), [2, 3, 3]),
        Sample::new(SimpleRnn::new(2).sequences().reversed(), [2, 3, 2]),
    ]
}
