//! A fully connected network written out on tensors, for the entries that train one.

use chainrule::prelude::*;

/// A tensor on the tape.
pub(super) type TensorVar<'t> = Var<'t, Tensor<f64>>;
/// What a hidden layer does to each of its numbers.
pub(super) type Activation = for<'t> fn(TensorVar<'t>) -> TensorVar<'t>;
/// How a layer's first weights are drawn, such as `Tensor::glorot_uniform`.
pub(super) type Initial = fn([usize; 2], u64) -> Tensor<f64>;

/// Layers `x W + b`, with an activation between each and the next; the last has none.
#[derive(Clone)]
pub(super) struct Network {
    /// Weights `[in, out]` and biases `[out]`, from the inputs to the outputs.
    pub(super) layers: Vec<[Tensor<f64>; 2]>,
    activation: Activation,
}

impl Network {
    /// Layers between these widths, inputs first; weights drawn from `seed` on, biases 0.
    pub(super) fn new(widths: &[usize], activation: Activation, initial: Initial, seed: u64) -> Self {
        let layers = widths.windows(2).zip(seed..);
        let layers = layers.map(|(ends, seed)| [initial([ends[0], ends[1]], seed), Tensor::zeros([ends[1]])]);
        Self { layers: layers.collect(), activation }
    }

    /// Its weights and biases as variables.
    pub(super) fn on<'t>(&self, tape: &'t TensorTape) -> Vec<[TensorVar<'t>; 2]> {
        self.layers.iter().map(|layer| tape.vars(layer.clone())).collect()
    }

    /// The outputs, one row for each row of `x`.
    pub(super) fn outputs<'t>(&self, layers: &[[TensorVar<'t>; 2]], x: TensorVar<'t>) -> TensorVar<'t> {
        let mut row = x;
        for (depth, &[weights, biases]) in layers.iter().enumerate() {
            let input = if depth == 0 { row } else { (self.activation)(row) };
            row = input.linear(weights, biases);
        }
        row
    }

    /// The outputs as plain numbers.
    pub(super) fn predict(&self, x: &Tensor<f64>) -> Tensor<f64> {
        let tape = TensorTape::new();
        self.outputs(&self.on(&tape), tape.constant(x.clone())).value()
    }

    /// The loss of the outputs, and its gradient in the order of the layers.
    pub(super) fn gradient(
        &self,
        tape: &mut TensorTape,
        x: &Tensor<f64>,
        loss: impl for<'t> Fn(TensorVar<'t>) -> TensorVar<'t>,
    ) -> (f64, Vec<[Tensor<f64>; 2]>) {
        tape.clear();
        let layers = self.on(tape);
        let loss = loss(self.outputs(&layers, tape.constant(x.clone())));
        let gradients = loss.backward();
        (loss.item(), layers.into_iter().map(|layer| gradients.of_all(layer)).collect())
    }

    /// One step of gradient descent; the loss before it.
    pub(super) fn step(
        &mut self,
        tape: &mut TensorTape,
        x: &Tensor<f64>,
        loss: impl for<'t> Fn(TensorVar<'t>) -> TensorVar<'t>,
        rate: f64,
    ) -> f64 {
        let (loss, gradients) = self.gradient(tape, x, loss);
        // The tape lets go of the weights, so that they are changed in place.
        tape.clear();
        for (parameter, gradient) in self.layers.iter_mut().flatten().zip(gradients.into_iter().flatten()) {
            *parameter -= gradient * rate;
        }
        loss
    }
}

/// The mean of -log p(y | x) for the probability `p = sigma(z)` of class 1: log(1 + e^z) - y z, which cannot overflow.
pub(super) fn cross_entropy<'t>(z: TensorVar<'t>, y: &Tensor<f64>) -> TensorVar<'t> {
    (z.softplus() - z * y).mean()
}

/// Each column less its mean, over its standard deviation.
pub(super) fn standardised(x: &Tensor<f64>) -> Tensor<f64> {
    (x - x.mean_along(keepdims(0))) / x.std_along(keepdims(0), 0)
}
