//! W5: 28x28 -> conv 3x3x32 relu, max pool 2 -> conv 3x3x64 relu, max pool 2 -> dense 128 relu -> dense 10, softmax cross-entropy,
//! batch 64, Adam.

use super::{Network, labels};
use chainrule::Tensor;
use chainrule_nn::prelude::{
    Adam, Conv2d, Dense, Flatten, MaxPool2d, Model, Relu, Sequential, SparseCategoricalCrossEntropy,
};

/// The workload W5.
#[derive(Debug)]
pub struct ImageClassifier {
    model: Model,
    images: Tensor<f32>,
    labels: Tensor<usize>,
}

impl ImageClassifier {
    /// With images of uniform noise.
    #[expect(clippy::new_without_default, reason = "there is nothing default about a workload")]
    pub fn new() -> Self {
        let model = Sequential::new()
            .add(Conv2d::new(32, 3).activation(Relu).input([28, 28, 1]))
            .add(MaxPool2d::new(2))
            .add(Conv2d::new(64, 3).activation(Relu))
            .add(MaxPool2d::new(2))
            .add(Flatten)
            .add(Dense::new(128).activation(Relu))
            .add(Dense::new(10))
            .compile(SparseCategoricalCrossEntropy.from_logits(), Adam::default(), ())
            .expect("the layers fit together");
        Self { model, images: Tensor::uniform([64, 28, 28, 1], 0.0, 1.0, 5), labels: labels(64, 10) }
    }
}

impl Network for ImageClassifier {
    const NAME: &'static str = "W5 convolutions";

    #[expect(clippy::cast_possible_truncation, reason = "a loss, for a look")]
    fn step(&mut self) -> f32 {
        let score = self.model.train_on_batch(&self.images, &self.labels).expect("the data suits the network");
        score.loss as f32
    }
}
