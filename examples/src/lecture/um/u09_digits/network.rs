//! A network of widths 64, 64, 10, written on tensors.

use chainrule::prelude::*;

use crate::data::DIGIT_PIXELS;

pub(super) const HIDDEN: usize = 64;
pub(super) const CLASSES: usize = 10;
pub(super) const EPOCHS: u64 = 60;
pub(super) const BATCH: usize = 32;
pub(super) const RATE: f64 = 0.4;

/// Images, a row of ink for each, and the digits that they show.
pub(super) struct Images {
    pub(super) ink: Tensor<f64>,
    pub(super) digits: Vec<usize>,
}

impl Images {
    pub(super) fn count(&self) -> usize {
        self.digits.len()
    }

    /// Those at these places, in this order.
    pub(super) fn at(&self, places: &[usize]) -> Self {
        Self {
            ink: self.ink.take(0, &Tensor::from(places.to_vec())),
            digits: places.iter().map(|&place| self.digits[place]).collect(),
        }
    }

    pub(super) fn labels(&self) -> Tensor<usize> {
        Tensor::from(self.digits.clone())
    }
}

/// W1 and b1 of the hidden layer, W2 and b2 of the outputs.
pub(super) struct Network(pub(super) [Tensor<f64>; 4]);

/// z = relu(X W1 + b1) W2 + b2: ten scores for each image, a row of X.
pub(super) fn scores<'t>(x: Var<'t, Tensor<f64>>, [w1, b1, w2, b2]: [Var<'t, Tensor<f64>>; 4]) -> Var<'t, Tensor<f64>> {
    x.linear(w1, b1).relu().linear(w2, b2)
}

impl Network {
    pub(super) fn fresh(seed: u64) -> Self {
        Self([
            Tensor::he_normal([DIGIT_PIXELS, HIDDEN], seed),
            Tensor::zeros([HIDDEN]),
            Tensor::glorot_normal([HIDDEN, CLASSES], seed + 1000),
            Tensor::zeros([CLASSES]),
        ])
    }

    /// The mean of the cross-entropies over these images, and its gradient by all parameters.
    pub(super) fn loss(&self, tape: &TensorTape, images: &Images) -> (f64, [Tensor<f64>; 4]) {
        let parameters = self.0.each_ref().map(|parameter| tape.var(parameter.clone()));
        let z = scores(tape.constant(images.ink.clone()), parameters);
        let loss = z.softmax_cross_entropy(images.labels()).mean();
        (loss.value().item(), loss.backward().of_all(parameters))
    }

    /// One pass over all images in random order, one step of gradient descent for each mini-batch; the mean of the losses.
    pub(super) fn train_for_an_epoch(&mut self, tape: &mut TensorTape, images: &Images, seed: u64) -> f64 {
        let order = Tensor::permutation(images.count(), seed);
        let mut total = 0.0;
        for places in order.as_slice().chunks(BATCH) {
            let (loss, slopes) = self.loss(tape, &images.at(places));
            // Gives the parameters back, so that they change in place.
            tape.clear();
            for (parameter, slope) in self.0.iter_mut().zip(slopes) {
                *parameter -= &(slope * RATE);
            }
            total += loss * places.len() as f64;
        }
        total / images.count() as f64
    }

    /// Ten probabilities for each image.
    pub(super) fn probabilities(&self, images: &Images) -> Tensor<f64> {
        let tape = TensorTape::new();
        let parameters = self.0.each_ref().map(|parameter| tape.constant(parameter.clone()));
        scores(tape.constant(images.ink.clone()), parameters).softmax(-1).value()
    }

    /// The digit that each image most probably shows.
    pub(super) fn predictions(&self, images: &Images) -> Vec<usize> {
        self.probabilities(images).argmax(-1).into_vec()
    }
}
