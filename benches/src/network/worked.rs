//! W1, 2-2-2 with sigmoids, one row, gradient descent, without a model around it: what a step costs beside its arithmetic.

use super::{Network, formula};
use chainrule::{Tape, Tensor};
use chainrule_nn::optim::Sgd;

const RATE: f64 = 0.5;

/// The network on a tape of tensors.
pub(super) struct OfTensors {
    tape: Tape<Tensor<f32>>,
    x: Tensor<f32>,
    targets: Tensor<f32>,
    parameters: [Tensor<f32>; 4],
    descent: Sgd,
}

impl OfTensors {
    pub(super) fn new() -> Self {
        Self {
            tape: Tape::new(),
            x: Tensor::from([[0.05, 0.1]]),
            targets: Tensor::from([[0.01, 0.99]]),
            parameters: parameters(),
            descent: Sgd::new(RATE),
        }
    }
}

fn parameters() -> [Tensor<f32>; 4] {
    let parameter = |place, shape: &[usize]| formula::parameter(place, shape, 2);
    [parameter(0, &[2, 2]), parameter(1, &[2]), parameter(2, &[2, 2]), parameter(3, &[2])]
}

impl Network for OfTensors {
    fn step(&mut self) -> f64 {
        let x = self.tape.constant(self.x.clone());
        let variables = self.parameters.each_ref().map(|weights| self.tape.var(weights.clone()));
        let [w1, b1, w2, b2] = variables;
        let y = x.linear(w1, b1).sigmoid().linear(w2, b2).sigmoid();
        let loss = (y - self.targets.clone()).powi(2).mean();
        let value = loss.item();
        let gradients = loss.backward().of_all(variables);
        self.tape.clear();
        self.descent.step(&mut self.parameters, &gradients);
        f64::from(value)
    }

    fn weights(&self) -> Vec<f64> {
        self.parameters.iter().flat_map(|weights| weights.iter().map(|&w| f64::from(w))).collect()
    }
}

/// The network on a tape of numbers: weights and biases of the first layer, then of the second.
pub(super) struct OfScalars {
    tape: Tape<f32>,
    parameters: [f32; 12],
}

impl OfScalars {
    pub(super) fn new() -> Self {
        let mut values = parameters().into_iter().flat_map(|weights| weights.to_vec());
        Self { tape: Tape::new(), parameters: [(); 12].map(|()| values.next().expect("2 x 4 weights, 2 x 2 biases")) }
    }
}

impl Network for OfScalars {
    #[expect(clippy::cast_possible_truncation, reason = "the rate is exact in f32")]
    fn step(&mut self) -> f64 {
        let variables = self.parameters.map(|weight| self.tape.var(weight));
        let [a, b, c, d, e, f, g, h, i, j, k, l] = variables;
        let (x1, x2) = (0.05, 0.1);
        let (h1, h2) = ((a * x1 + c * x2 + e).sigmoid(), (b * x1 + d * x2 + f).sigmoid());
        let (y1, y2) = ((g * h1 + i * h2 + k).sigmoid(), (h * h1 + j * h2 + l).sigmoid());
        let loss = 0.5 * ((y1 - 0.01).powi(2) + (y2 - 0.99).powi(2));
        let value = loss.value();
        let gradients = loss.backward();
        for (weight, variable) in self.parameters.iter_mut().zip(variables) {
            *weight -= RATE as f32 * gradients.of(variable);
        }
        drop(gradients);
        self.tape.clear();
        f64::from(value)
    }

    fn weights(&self) -> Vec<f64> {
        self.parameters.iter().map(|&w| f64::from(w)).collect()
    }
}
