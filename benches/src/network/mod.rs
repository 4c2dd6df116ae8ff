//! Training steps of networks: forward, loss, backward, optimizer. They are the workloads W1 to W7, which the peers run with the
//! same shapes, batch, labels and optimizer. Weights and batches begin as a formula says, so that
//! every program can begin with the same ones.

mod classified;
mod formula;
mod model;
mod regression;
mod stack;
mod worked;
mod workload;

pub use classified::Classified;
pub use stack::Stack;
pub use workload::{WORKLOADS, Workload};

/// A network with its batch, ready to be trained.
pub trait Network {
    /// One training step; the loss before it.
    fn step(&mut self) -> f64;

    /// All its weights, one after another.
    fn weights(&self) -> Vec<f64>;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Networks that learn their labels by heart have understood their gradients.
    fn learns(name: &str, steps: usize, below: f64) {
        let mut network = Workload::named(name).expect("a workload").begin();
        let first = network.step();
        let last = (0..steps).fold(first, |_, _| network.step());
        assert!(last < below * first, "{name}: from {first} to {last}");
    }

    #[test]
    fn every_network_learns() {
        learns("W1", 300, 0.5);
        learns("W1-model", 300, 0.5);
        learns("W1-scalar", 300, 0.5);
        learns("W2", 300, 0.9);
        learns("W3", 30, 0.7);
        learns("W4", 60, 0.7);
        learns("W5", 20, 0.99);
        learns("W6", 300, 0.99);
        learns("W7", 300, 0.9);
    }

    /// Three ways to write the same network.
    #[test]
    fn tapes_and_the_model_agree() {
        let mut networks =
            ["W1", "W1-model", "W1-scalar"].map(|name| Workload::named(name).expect("a workload").begin());
        for step in 0..50 {
            let [tensor, model, scalar] = networks.each_mut().map(|network| network.step());
            assert!(
                (tensor - model).abs() < 1e-6 && (tensor - scalar).abs() < 1e-6,
                "{step}: {tensor}, {model}, {scalar}"
            );
        }
    }
}
