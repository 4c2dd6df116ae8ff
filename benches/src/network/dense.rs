//! The workloads of dense layers, W1 to W4, as a user of chainrule-nn writes them.

use super::{Network, labels};
use chainrule::{Targets, Tensor};
use chainrule_nn::prelude::{
    Adam, CategoricalCrossEntropy, Dense, Dropout, MeanSquaredError, Model, Relu, Sequential, Sgd, Sigmoid, Softmax,
    SparseCategoricalCrossEntropy,
};

/// A compiled model and the batch that it is trained on.
#[derive(Debug)]
struct Batch {
    model: Model,
    x: Tensor<f32>,
    targets: Targets<f32>,
}

impl Batch {
    fn new(model: chainrule_nn::Result<Model>, x: Tensor<f32>, targets: impl Into<Targets<f32>>) -> Self {
        Self { model: model.expect("the layers fit together"), x, targets: targets.into() }
    }

    #[expect(clippy::cast_possible_truncation, reason = "a loss, for a look")]
    fn step(&mut self) -> f32 {
        self.model.train_on_batch(&self.x, &self.targets).expect("the data suits the network").loss as f32
    }
}

macro_rules! workloads {
    ($($(#[$attribute:meta])* $Workload:ident $name:literal { $($batch:tt)* })*) => { $(
        $(#[$attribute])*
        #[derive(Debug)]
        pub struct $Workload(Batch);

        impl $Workload {
            /// On uniform noise.
            #[expect(clippy::new_without_default, reason = "there is nothing default about a workload")]
            pub fn new() -> Self {
                Self({ $($batch)* })
            }
        }

        impl Network for $Workload {
            const NAME: &'static str = $name;

            fn step(&mut self) -> f32 {
                self.0.step()
            }
        }
    )* };
}

workloads! {
    /// W1: 2-2-2, sigmoid, one row, gradient descent: what a step costs beside its arithmetic.
    Worked "W1 2-2-2" {
        let network = Sequential::new().add(Dense::new(2).activation(Sigmoid).input(2)).add(Dense::new(2).activation(Sigmoid));
        let (x, y) = (Tensor::from([[0.05, 0.1]]), Tensor::from([[0.01, 0.99]]));
        Batch::new(network.compile(MeanSquaredError, Sgd::new(0.5), ()), x, y)
    }

    /// W2: 784-128-10, relu, softmax cross-entropy, batch 32, gradient descent.
    Classifier "W2 784-128-10" {
        let network = Sequential::new().add(Dense::new(128).activation(Relu).input(784)).add(Dense::new(10));
        let loss = SparseCategoricalCrossEntropy.from_logits();
        Batch::new(network.compile(loss, Sgd::new(0.01), ()), Tensor::uniform([32, 784], 0.0, 1.0, 5), labels(32, 10))
    }

    /// W3: 784-512-512-10, relu, dropout .5 twice, batch 128, Adam.
    DroppedClassifier "W3 784-512-512-10" {
        let network = Sequential::new()
            .add(Dense::new(512).activation(Relu).input(784))
            .add(Dropout::new(0.5))
            .add(Dense::new(512).activation(Relu))
            .add(Dropout::new(0.5))
            .add(Dense::new(10));
        let loss = SparseCategoricalCrossEntropy.from_logits();
        Batch::new(network.compile(loss, Adam::default(), ()), Tensor::uniform([128, 784], 0.0, 1.0, 7), labels(128, 10))
    }

    /// W4: the lecture's Keras listing: 800-256-256-5, relu, dropout .5 twice, softmax, batch 128, Adam.
    Listing "W4 800-256-256-5" {
        let network = Sequential::new()
            .add(Dense::new(256).activation(Relu).input(800))
            .add(Dropout::new(0.5))
            .add(Dense::new(256).activation(Relu))
            .add(Dropout::new(0.5))
            .add(Dense::new(5).activation(Softmax));
        let one_hot: Tensor<f32> = Tensor::one_hot(&labels(128, 5), 5);
        Batch::new(network.compile(CategoricalCrossEntropy, Adam::default(), ()), Tensor::uniform([128, 800], 0.0, 1.0, 7), one_hot)
    }
}
