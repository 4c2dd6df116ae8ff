//! The workloads W1 to W5 and W7 as a user of chainrule-nn writes them.

use super::{Network, formula};
use chainrule::{Element, Targets, Tensor};
use chainrule_nn::prelude::{
    Adam, AttentionPooling, CategoricalCrossEntropy, Conv2d, Dense, Dropout, Flatten, MaxPool2d, MeanSquaredError,
    Metrics, Model, Relu, Sequential, Sgd, Sigmoid, Softmax, SparseCategoricalCrossEntropy,
};

/// A compiled model and the batch that it is trained on.
pub(super) struct Trained<T: Element = f32> {
    model: Model<T>,
    x: Tensor<T>,
    targets: Targets<T>,
}

impl<T: Element> Trained<T> {
    /// Weights and biases take turns in every network here, and what a layer adds up are all axes of its weights but the last.
    pub(super) fn new(model: chainrule_nn::Result<Model<T>>, x: Tensor<T>, targets: impl Into<Targets<T>>) -> Self {
        let mut model = model.expect("the layers fit together");
        let mut inputs = 1;
        let begun = |(place, (name, weights)): (usize, (String, Tensor<T>))| {
            if let [summed @ .., _] = &weights.shape()[..]
                && !summed.is_empty()
            {
                inputs = summed.iter().product();
            }
            (name, formula::parameter(place, weights.shape().clone(), inputs))
        };
        let weights: Vec<_> = model.weights().into_iter().enumerate().map(begun).collect();
        model.set_weights(&weights).expect("the names and shapes are the model's own");
        Self { model, x, targets: targets.into() }
    }
}

impl<T: Element> Network for Trained<T> {
    fn step(&mut self) -> f64 {
        self.model.train_on_batch(&self.x, &self.targets).expect("the data suits the network").loss
    }

    fn weights(&self) -> Vec<f64> {
        let weights = self.model.weights().into_iter();
        weights.flat_map(|(_, weights)| weights.to_vec()).map(|w| w.to_f64().unwrap_or(f64::NAN)).collect()
    }
}

/// W1, as a model.
pub(super) fn worked() -> Trained {
    let network =
        Sequential::new().add(Dense::new(2).activation(Sigmoid).input(2)).add(Dense::new(2).activation(Sigmoid));
    let (x, y) = (Tensor::from([[0.05, 0.1]]), Tensor::from([[0.01, 0.99]]));
    Trained::new(network.compile(MeanSquaredError, Sgd::new(0.5), ()), x, y)
}

/// W2: 784-128-10, relu, softmax cross-entropy, batch 32, gradient descent.
pub(super) fn classifier() -> Trained {
    Trained::new(compiled_classifier(()), formula::batch([32, 784]), formula::labels(32, 10))
}

/// The model of W2, with metrics.
pub(super) fn compiled_classifier(metrics: impl Metrics<f32>) -> chainrule_nn::Result<Model> {
    let network = Sequential::new().add(Dense::new(128).activation(Relu).input(784)).add(Dense::new(10));
    network.compile(SparseCategoricalCrossEntropy.from_logits(), Sgd::new(0.01), metrics)
}

/// W3: 784-512-512-10, relu, dropout twice, batch 128, Adam.
pub(super) fn dropped_classifier(rate: f64) -> Trained {
    let network = Sequential::new()
        .add(Dense::new(512).activation(Relu).input(784))
        .add(Dropout::new(rate))
        .add(Dense::new(512).activation(Relu))
        .add(Dropout::new(rate))
        .add(Dense::new(10));
    let model = network.compile(SparseCategoricalCrossEntropy.from_logits(), Adam::default(), ());
    Trained::new(model, formula::batch([128, 784]), formula::labels(128, 10))
}

/// W4: the lecture's Keras listing: 800-256-256-5, relu, dropout twice, softmax, batch 128, Adam.
pub(super) fn listing(rate: f64) -> Trained {
    let network = Sequential::new()
        .add(Dense::new(256).activation(Relu).input(800))
        .add(Dropout::new(rate))
        .add(Dense::new(256).activation(Relu))
        .add(Dropout::new(rate))
        .add(Dense::new(5).activation(Softmax));
    let one_hot: Tensor<f32> = Tensor::one_hot(&formula::labels(128, 5), 5);
    Trained::new(network.compile(CategoricalCrossEntropy, Adam::default(), ()), formula::batch([128, 800]), one_hot)
}

/// W5: 28x28 -> conv 3x3x32 relu, max pool 2 -> conv 3x3x64 relu, max pool 2 -> dense 128 relu -> dense 10, softmax cross-entropy,
/// batch 64, Adam.
pub(super) fn images<T: Element>() -> Trained<T> {
    let network = Sequential::<T>::default()
        .add(Conv2d::new(32, 3).activation(Relu).input([28, 28, 1]))
        .add(MaxPool2d::new(2))
        .add(Conv2d::new(64, 3).activation(Relu))
        .add(MaxPool2d::new(2))
        .add(Flatten)
        .add(Dense::new(128).activation(Relu))
        .add(Dense::new(10));
    let model = network.compile(SparseCategoricalCrossEntropy.from_logits(), Adam::<T>::default(), ());
    Trained::new(model, formula::batch([64, 28, 28, 1]), formula::labels(64, 10))
}

/// W7: (32, 50, 64) -> dense 64 to 1 -> tanh -> softmax over 50 -> weighted sum -> dense 5, softmax cross-entropy, Adam.
pub(super) fn attention() -> Trained {
    let network = Sequential::new().input([50, 64]).add(AttentionPooling::new()).add(Dense::new(5));
    let model = network.compile(SparseCategoricalCrossEntropy.from_logits(), Adam::default(), ());
    Trained::new(model, formula::batch([32, 50, 64]), formula::labels(32, 5))
}
