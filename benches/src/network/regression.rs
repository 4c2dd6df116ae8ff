//! W6: logistic regression in `f64`, 569 rows of 30, full batch, gradient descent, on a tape of tensors.

use super::{Network, formula};
use chainrule::{Tape, Tensor};
use chainrule_nn::optim::{Optimizer, Sgd};

/// The workload W6.
pub(super) struct Regression {
    tape: Tape<Tensor<f64>>,
    x: Tensor<f64>,
    targets: Tensor<f64>,
    parameters: [Tensor<f64>; 2],
    descent: Sgd<f64>,
}

impl Regression {
    pub(super) fn new() -> Self {
        let targets: Vec<f64> = (0..569).map(|row| f64::from(row % 2)).collect();
        Self {
            tape: Tape::new(),
            x: formula::batch([569, 30]),
            targets: Tensor::new([569, 1], targets),
            parameters: [formula::parameter(0, [30, 1], 30), formula::parameter(1, [1], 30)],
            descent: Optimizer::new(0.1),
        }
    }
}

impl Network for Regression {
    /// The cross-entropy of sigmoid σ(z) with target t is softplus(z) - t z.
    fn step(&mut self) -> f64 {
        let x = self.tape.constant(self.x.clone());
        let variables = self.parameters.each_ref().map(|weights| self.tape.var(weights.clone()));
        let z = x.linear(variables[0], variables[1]);
        let loss = (z.softplus() - z * self.targets.clone()).mean();
        let value = loss.item();
        let gradients = loss.backward().of_all(variables);
        self.tape.clear();
        self.descent.step(&mut self.parameters, &gradients);
        value
    }

    fn weights(&self) -> Vec<f64> {
        self.parameters.iter().flat_map(Tensor::to_vec).collect()
    }
}
