//! The worked network as two dense layers: four tensors instead of twelve numbers.

use chainrule::prelude::*;

use super::super::worked_network::{BIASES, INPUTS, RATE, TARGETS, WEIGHTS};
use super::{Learning, Step};

pub(super) struct ByLayer {
    learning: Learning,
    hidden: Dense,
    output: Dense,
    tape: TensorTape,
}

/// What a dense layer learns: a matrix with a row for each input and a column for each unit, and a bias for each unit.
struct Dense {
    weights: Tensor<f64>,
    biases: Tensor<f64>,
}

impl Dense {
    /// The drawing numbers weights unit by unit: w1 and w2 lead to h1, w3 and w4 to h2. The matrix has a unit's in a column.
    fn given(weights: [[f64; 2]; 2], bias: f64) -> Self {
        Self { weights: Tensor::from(weights).transpose(), biases: Tensor::full([2], bias) }
    }
}

impl ByLayer {
    /// With the slide's weights and biases.
    pub(super) fn given(learning: Learning) -> Self {
        let [w1, w2, w3, w4, w5, w6, w7, w8] = WEIGHTS;
        let [b1, b2] = BIASES;
        Self {
            learning,
            hidden: Dense::given([[w1, w2], [w3, w4]], b1),
            output: Dense::given([[w5, w6], [w7, w8]], b2),
            tape: TensorTape::new(),
        }
    }

    /// One step of gradient descent, and what it saw.
    pub(super) fn step(&mut self) -> Step {
        let Self { learning, hidden, output, tape } = self;
        let [w1, w2] = [&hidden.weights, &output.weights].map(|weights| tape.var(weights.clone()));
        let [b1, b2] = [&hidden.biases, &output.biases].map(|biases| match learning {
            Learning::Weights => tape.constant(biases.clone()),
            Learning::WeightsAndBiases => tape.var(biases.clone()),
        });
        // One row: the layers would take many as well.
        let x = tape.constant(Tensor::from([INPUTS]));
        let out = x.linear(w1, b1).sigmoid().linear(w2, b2).sigmoid();
        let total = 0.5 * (Tensor::from([TARGETS]) - out).powi(2).sum();

        let gradients = total.backward();
        let (by_weights, by_biases) = (gradients.of_all([w1, w2]), gradients.of_all([b1, b2]));
        let outputs = out.value();
        let step = Step {
            total: total.value().item(),
            outputs: [outputs[[0, 0]], outputs[[0, 1]]],
            parameters: in_slide_order([&hidden.weights, &output.weights], [&hidden.biases, &output.biases]),
            gradient: in_slide_order(by_weights.each_ref(), by_biases.each_ref()),
        };
        drop(gradients);
        // Gives the parameters back, so that they change in place.
        tape.clear();
        for ((layer, by_weights), by_biases) in [hidden, output].into_iter().zip(by_weights).zip(by_biases) {
            layer.weights -= &(by_weights * RATE);
            layer.biases -= &(by_biases * RATE);
        }
        step
    }
}

/// w1 to w8 unit by unit, which is column by column, then the biases.
fn in_slide_order(weights: [&Tensor<f64>; 2], biases: [&Tensor<f64>; 2]) -> [f64; 12] {
    let mut numbers = weights.iter().flat_map(|w| w.transpose().to_vec()).chain(biases.iter().flat_map(|b| b.to_vec()));
    std::array::from_fn(|_| numbers.next().expect("twelve parameters"))
}
