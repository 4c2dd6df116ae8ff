//! The engine's gradient beside the one that the lectures work out, layer by layer from the output.

use chainrule_nn::prelude::*;

use super::{CLASSES, network};
use crate::board::{Board, Source};
use crate::data::digits;
use crate::entry::Error;
use crate::gap::farthest;

pub(super) fn compare(board: &mut Board) -> Result<(), Error> {
    board.say(
        "By hand, for m images: delta2 = (p - y)/m at the scores, dL/dW2 = h^T delta2; delta1 = delta2 W2^T where the hidden\n\
         unit is above 0, else 0; dL/dW1 = X^T delta1; the biases have the column sums. Before training, one mini-batch of 32:",
    );
    let images = digits().dataset::<f64>()?.rows(0..32);
    let mut network = network::<f64>(8, 64, 9);
    network.build()?;
    let slopes = {
        let mut session = Session::new(9);
        let pass = session.training();
        let shares = network.forward(pass.constant(&images.x), &pass);
        pass.backward(SparseCategoricalCrossEntropy.of(shares, &images.y));
        session.gradients().to_vec()
    };

    let weights = network.weights();
    let [(_, w1), (_, b1), (_, w2), _] = &weights[..] else { unreachable!("two dense layers") };
    let count = images.len();
    let x = images.x.reshape([count, 64]);
    let h = x.linear(w1, b1).relu();
    let y = super::labels(&images);
    let delta2 = (network.predict(&images.x)? - Tensor::one_hot(&y, CLASSES)) / count as f64;
    let delta1 = delta2.matmul(w2.transpose()).where_(&h.greater(0.0), 0.0);
    let by_hand = [
        ("dL/dW1", x.transpose().matmul(&delta1)),
        ("dL/db1", delta1.sum_along(0)),
        ("dL/dW2", h.transpose().matmul(&delta2)),
        ("dL/db2", delta2.sum_along(0)),
    ];
    board.exact("parameters that get a gradient", 4.0, slopes.len() as f64, Source::Calc);
    for ((name, by_hand), (_, slope)) in by_hand.iter().zip(&slopes) {
        // Measured against the largest slope, so that a gradient of zeros cannot agree.
        let gap = farthest((slope - by_hand).to_vec()) / farthest(by_hand.to_vec());
        board.close(format!("{name} and its formula: largest relative gap"), 0.0, gap, 1e-12, Source::Calc);
    }
    Ok(())
}
