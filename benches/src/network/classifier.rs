//! W2: 784-128-10, relu, softmax cross-entropy, batch 32, gradient descent.

use super::{Network, labels, optimizer, weights};
use chainrule::{Tape, Tensor};

/// The workload W2.
#[derive(Debug)]
pub struct Classifier {
    tape: Tape<Tensor<f32>>,
    images: Tensor<f32>,
    labels: Tensor<usize>,
    parameters: [Tensor<f32>; 4],
}

impl Classifier {
    /// With images of uniform noise.
    #[expect(clippy::new_without_default, reason = "there is nothing default about a workload")]
    pub fn new() -> Self {
        let ([w1, b1], [w2, b2]) = (weights(784, 128, 1), weights(128, 10, 3));
        Self {
            tape: Tape::new(),
            images: Tensor::uniform([32, 784], 0.0, 1.0, 5),
            labels: labels(32, 10),
            parameters: [w1, b1, w2, b2],
        }
    }
}

impl Network for Classifier {
    const NAME: &'static str = "W2 784-128-10";

    fn step(&mut self) -> f32 {
        let x = self.tape.constant(self.images.clone());
        let variables = self.parameters.each_ref().map(|w| self.tape.var(w.clone()));
        let [w1, b1, w2, b2] = variables;
        let logits = x.linear(w1, b1).relu().linear(w2, b2);
        let loss = logits.softmax_cross_entropy(&self.labels).mean();
        let value = loss.item();
        let gradients = loss.backward().of_all(variables);
        self.tape.clear();
        for (w, gradient) in self.parameters.iter_mut().zip(&gradients) {
            optimizer::descend(w, gradient, 0.01);
        }
        value
    }
}
