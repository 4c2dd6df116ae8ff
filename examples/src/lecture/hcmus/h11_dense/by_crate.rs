//! The worked network with the layer `Dense` of the crate for neural networks.

use chainrule_nn::ParamId;
use chainrule_nn::prelude::*;

use super::super::worked_network::{BIASES, INPUTS, RATE, TARGETS, WEIGHTS};
use super::{Learning, Step};

/// The slide's network: two layers, with its weights and biases.
pub(super) fn network(learning: Learning) -> chainrule_nn::Result<Sequential<f64>> {
    let [w1, w2, w3, w4, w5, w6, w7, w8] = WEIGHTS;
    let [b1, b2] = BIASES;
    // Row by row: a row for each input, a column for each unit.
    let hidden = Dense::new(2).activation(Sigmoid).init(Init::Values(vec![w1, w3, w2, w4]));
    let output = Dense::new(2).activation(Sigmoid).init(Init::Values(vec![w5, w7, w6, w8]));
    let mut network = Sequential::default()
        .add_named("hidden", hidden.bias_init(Init::Constant(b1)).input(2))
        .add_named("output", output.bias_init(Init::Constant(b2)));
    if learning == Learning::Weights {
        network.freeze("hidden.bias")?;
        network.freeze("output.bias")?;
    }
    Ok(network)
}

/// One row, as `fit` wants it.
pub(super) fn example() -> (Tensor<f64>, Tensor<f64>) {
    (Tensor::from([INPUTS]), Tensor::from([TARGETS]))
}

/// A training loop by hand, which shows every gradient.
pub(super) struct ByCrate {
    network: Sequential<f64>,
    optimizer: Sgd<f64>,
    session: Session<f64>,
}

impl ByCrate {
    /// With the slide's weights and biases.
    pub(super) fn given(learning: Learning) -> chainrule_nn::Result<Self> {
        let mut network = network(learning)?;
        network.build()?;
        Ok(Self { network, optimizer: Sgd::new(RATE), session: Session::new(0) })
    }

    /// One step of gradient descent, and what it saw.
    pub(super) fn step(&mut self) -> chainrule_nn::Result<Step> {
        let Self { network, optimizer, session } = self;
        let (x, y) = example();
        let pass = session.training();
        let out = network.forward(pass.constant(&x), &pass);
        // Over two outputs the mean is the slide's sum of 1/2 (t - o)^2.
        let total = MeanSquaredError.of(out, &(&y).into());
        pass.backward(total);
        let (total, out) = (total.item(), out.value());
        let (parameters, gradient) = in_slide_order(network, session.gradients());
        session.step(network, optimizer)?;
        Ok(Step { total, outputs: [out[[0, 0]], out[[0, 1]]], parameters, gradient })
    }
}

/// Parameters and their gradients: w1 to w8 unit by unit, which is column by column, then the biases.
fn in_slide_order(network: &mut Sequential<f64>, gradients: &[(ParamId, Tensor<f64>)]) -> ([f64; 12], [f64; 12]) {
    let (mut parameters, mut by_parameters) = ([0.0; 12], [0.0; 12]);
    network.visit(&mut |name, param| {
        let places = match name {
            "hidden.weights" => 0..4,
            "output.weights" => 4..8,
            "hidden.bias" => 8..10,
            _ => 10..12,
        };
        let columns = |of: &Tensor<f64>| if of.rank() == 2 { of.transpose().to_vec() } else { of.to_vec() };
        parameters[places.clone()].copy_from_slice(&columns(&param.value));
        // What is frozen has none.
        if let Some((_, gradient)) = gradients.iter().find(|(id, _)| *id == param.id()) {
            by_parameters[places].copy_from_slice(&columns(gradient));
        }
    });
    (parameters, by_parameters)
}
