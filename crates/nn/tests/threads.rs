//! Trainings do not depend on how many threads there are. (A process of its own, since the number of threads is one for a program.)

use chainrule::threads::{count, set_count};
use chainrule_nn::prelude::*;

/// Losses and weights of a training whose products, loops and updates are all large enough to be cut.
fn trained(threads: usize) -> (Vec<u64>, Vec<Vec<u32>>) {
    set_count(threads);
    assert_eq!(count(), threads);
    let (x, labels) = (Tensor::uniform([128, 784], 0.0, 1.0, 7), (0..128).map(|row| row % 10).collect::<Vec<usize>>());
    let mut model = Sequential::new()
        .add(Dense::new(256).activation(Relu).input(784))
        .add(Dropout::new(0.5))
        .add(Dense::new(256).activation(Tanh))
        .add(Dense::new(10))
        .seed(3)
        .compile(SparseCategoricalCrossEntropy.from_logits(), Adam::default().global_clip_norm(1.0), ())
        .unwrap();
    let labels = Tensor::from(labels);
    let losses = (0..5).map(|_| model.train_on_batch(&x, &labels).unwrap().loss.to_bits()).collect();
    let weights = model.weights().iter().map(|(_, w)| w.iter().map(|w| w.to_bits()).collect()).collect();
    (losses, weights)
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let alone = trained(1);
    for threads in [2, 3, 7] {
        assert!(trained(threads) == alone, "{threads} threads");
    }
}
