//! A network with one hidden layer, written on tensors.

use chainrule::prelude::*;

use super::judgement::Confusion;
use super::matrices::{Table, surprise};
use super::{Case, PENALTY, TUMOUR_FEATURES};

pub(super) const HIDDEN: usize = 16;
pub(super) const STEPS: usize = 200;
pub(super) const RATE: f64 = 0.5;

/// W1 and b1 of the hidden layer, W2 and b2 of the output.
pub(super) struct Network([Tensor<f64>; 4]);

/// z = relu(X W1 + b1) W2 + b2, one score for each row of X: above 0 the network says malignant.
fn scores<'t>(x: &Tensor<f64>, [w1, b1, w2, b2]: [Var<'t, Tensor<f64>>; 4]) -> Var<'t, Tensor<f64>> {
    let tape = w1.tape().expect("parameters are on a tape");
    tape.constant(x.clone()).linear(w1, b1).relu().linear(w2, b2).squeeze(-1)
}

impl Network {
    /// Trained by gradient descent over all cases at once, with the training loss before each step.
    pub(super) fn trained(cases: &[Case], seed: u64) -> (Self, Vec<f64>) {
        let table = Table::of(cases);
        let mut network = Self([
            Tensor::he_normal([TUMOUR_FEATURES, HIDDEN], seed),
            Tensor::zeros([HIDDEN]),
            Tensor::glorot_normal([HIDDEN, 1], seed + 100),
            Tensor::zeros([1]),
        ]);
        let mut losses = Vec::with_capacity(STEPS);
        let mut tape = TensorTape::new();
        for _ in 0..STEPS {
            let parameters = network.0.each_ref().map(|parameter| tape.var(parameter.clone()));
            let [w1, _, w2, _] = parameters;
            let penalty = 0.5 * PENALTY * (w1.powi(2).sum() + w2.powi(2).sum());
            let loss = surprise(scores(&table.features, parameters), &table.signs) + penalty;
            losses.push(loss.value().item());
            let slopes = loss.backward().of_all(parameters);
            // Gives the parameters back, so that they change in place.
            tape.clear();
            for (parameter, slope) in network.0.iter_mut().zip(slopes) {
                *parameter -= &(slope * RATE);
            }
        }
        (network, losses)
    }

    pub(super) fn judge(&self, cases: &[Case]) -> Confusion {
        let table = Table::of(cases);
        let tape = TensorTape::new();
        let scores = scores(&table.features, self.0.each_ref().map(|parameter| tape.constant(parameter.clone())));
        let mut confusion = Confusion::default();
        for (score, sign) in scores.value().iter().zip(&table.signs) {
            confusion.note(*sign > 0.0, *score > 0.0);
        }
        confusion
    }
}
