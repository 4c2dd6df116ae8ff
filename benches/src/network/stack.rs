//! Dense layers of any size, by which it is seen how cost grows.

use super::model::Trained;
use super::{Network, formula};
use chainrule_nn::prelude::{Adam, Dense, Relu, Sequential, SparseCategoricalCrossEntropy};

/// The size of a network: `depth` dense layers of `width` with relu, of as many inputs, then 10 classes; softmax cross-entropy, Adam.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stack {
    /// Rows of the batch.
    pub batch: usize,
    /// Inputs and units of each hidden layer.
    pub width: usize,
    /// Hidden layers.
    pub depth: usize,
}

impl Stack {
    /// The network with its batch.
    pub fn begin(self) -> Box<dyn Network> {
        let first = Sequential::new().add(Dense::new(self.width).activation(Relu).input(self.width));
        let hidden = (1..self.depth).fold(first, |network, _| network.add(Dense::new(self.width).activation(Relu)));
        let loss = SparseCategoricalCrossEntropy.from_logits();
        let model = hidden.add(Dense::new(10)).compile(loss, Adam::default(), ());
        Box::new(Trained::new(model, formula::batch([self.batch, self.width]), formula::labels(self.batch, 10)))
    }
}
