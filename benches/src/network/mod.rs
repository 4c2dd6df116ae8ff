//! Training steps of small networks: forward, loss, backward, optimizer. They are the workloads W1 to W5, with `chainrule-nn`, and
//! W7, directly on tensors, that the peers run with the same shapes, batch, labels and optimizer.

mod attention;
mod convolution;
mod dense;

pub use attention::AttentionPool;
pub use convolution::ImageClassifier;
pub use dense::{Classifier, DroppedClassifier, Listing, Worked};

use chainrule::Tensor;

/// A network with its data, ready to be trained.
pub trait Network {
    /// What tables call it.
    const NAME: &'static str;

    /// One training step; the loss before it.
    fn step(&mut self) -> f32;
}

/// `count` labels that go round: 0, 1, .., classes - 1, 0, ...
fn labels(count: usize, classes: usize) -> Tensor<usize> {
    Tensor::from((0..count).map(|i| i % classes).collect::<Vec<_>>())
}

/// Weights as `PyTorch`'s `Linear` draws them: uniform within one over the square root of the inputs.
fn weights(inputs: usize, outputs: usize, seed: u64) -> [Tensor<f32>; 2] {
    let reach = 1.0 / (inputs as f64).sqrt();
    [Tensor::uniform([inputs, outputs], -reach, reach, seed), Tensor::uniform([outputs], -reach, reach, seed + 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Networks that learn their labels by heart have understood their gradients.
    fn learns(mut network: impl Network, steps: usize, below: f32) {
        let first = network.step();
        let last = (0..steps).fold(first, |_, _| network.step());
        assert!(last < below * first, "from {first} to {last}");
    }

    #[test]
    fn every_network_learns() {
        learns(Classifier::new(), 300, 0.9);
        learns(DroppedClassifier::new(), 30, 0.7);
        learns(Listing::new(), 60, 0.7);
        learns(Worked::new(), 300, 0.5);
        learns(AttentionPool::new(), 300, 0.9);
        learns(ImageClassifier::new(), 20, 0.9);
    }
}
