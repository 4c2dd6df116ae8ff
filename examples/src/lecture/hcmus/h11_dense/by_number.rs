//! The worked network with a variable for every weight.

use chainrule::prelude::*;

use super::super::worked_network::{BIASES, RATE, WEIGHTS, forward, named_weights};
use super::{Learning, Step};

pub(super) struct ByNumber {
    learning: Learning,
    weights: [f64; 8],
    /// Of h1, h2, o1, o2.
    biases: [f64; 4],
    tape: ScalarTape,
}

impl ByNumber {
    /// With the slide's weights and biases.
    pub(super) fn given(learning: Learning) -> Self {
        let [b1, b2] = BIASES;
        Self { learning, weights: WEIGHTS, biases: [b1, b1, b2, b2], tape: ScalarTape::new() }
    }

    /// One step of gradient descent, and what it saw.
    pub(super) fn step(&mut self) -> Step {
        self.tape.clear();
        let w = named_weights(&self.tape, self.weights);
        let b = match self.learning {
            Learning::Weights => self.biases.map(|b| self.tape.constant(b)),
            Learning::WeightsAndBiases => self.tape.vars(self.biases),
        };
        let pass = forward(w, b);
        let gradients = pass.total.backward();
        let (by_weights, by_biases) = (gradients.of_all(w), gradients.of_all(b));
        let step = Step {
            total: pass.total.value(),
            outputs: pass.out_o.map(|out| out.value()),
            parameters: joined(self.weights, self.biases),
            gradient: joined(by_weights, by_biases),
        };
        for (weight, slope) in self.weights.iter_mut().zip(by_weights) {
            *weight -= RATE * slope;
        }
        for (bias, slope) in self.biases.iter_mut().zip(by_biases) {
            *bias -= RATE * slope;
        }
        step
    }
}

fn joined(weights: [f64; 8], biases: [f64; 4]) -> [f64; 12] {
    std::array::from_fn(|at| if at < 8 { weights[at] } else { biases[at - 8] })
}
