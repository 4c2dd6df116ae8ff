//! W7: (32, 50, 64) -> dense 64 to 1 -> tanh -> softmax over 50 -> weighted sum -> dense 5, softmax cross-entropy, Adam.

use super::{Network, labels, weights};
use chainrule::{Tape, Tensor};
use chainrule_nn::optim::Adam;

/// The workload W7.
#[derive(Debug)]
pub struct AttentionPool {
    tape: Tape<Tensor<f32>>,
    sentences: Tensor<f32>,
    labels: Tensor<usize>,
    parameters: [Tensor<f32>; 4],
    adam: Adam,
}

impl AttentionPool {
    /// With sentences of uniform noise.
    #[expect(clippy::new_without_default, reason = "there is nothing default about a workload")]
    pub fn new() -> Self {
        let ([w1, b1], [w2, b2]) = (weights(64, 1, 1), weights(64, 5, 3));
        let parameters = [w1, b1, w2, b2];
        Self {
            tape: Tape::new(),
            sentences: Tensor::uniform([32, 50, 64], 0.0, 1.0, 5),
            labels: labels(32, 5),
            adam: Adam::default(),
            parameters,
        }
    }
}

impl Network for AttentionPool {
    const NAME: &'static str = "W7 attention pool";

    fn step(&mut self) -> f32 {
        let x = self.tape.constant(self.sentences.clone());
        let variables = self.parameters.each_ref().map(|w| self.tape.var(w.clone()));
        let [w1, b1, w2, b2] = variables;
        let attention = x.linear(w1, b1).tanh().softmax(1);
        let pooled = (attention * x).sum_along(1);
        let loss = pooled.linear(w2, b2).softmax_cross_entropy(&self.labels).mean();
        let value = loss.item();
        let gradients = loss.backward().of_all(variables);
        self.tape.clear();
        self.adam.step(&mut self.parameters, &gradients);
        value
    }
}
