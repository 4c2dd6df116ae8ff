//! W3: 784-512-512-10, relu, dropout .5 twice, batch 128, Adam.

use super::{Network, labels, optimizer::Adam, weights};
use chainrule::{Tape, Tensor};

/// The workload W3.
#[derive(Debug)]
pub struct DroppedClassifier {
    tape: Tape<Tensor<f32>>,
    images: Tensor<f32>,
    labels: Tensor<usize>,
    parameters: [Tensor<f32>; 6],
    masks: [Tensor<f32>; 2],
    drawn: u64,
    adam: Adam<6>,
}

impl DroppedClassifier {
    /// With images of uniform noise.
    #[expect(clippy::new_without_default, reason = "there is nothing default about a workload")]
    pub fn new() -> Self {
        let ([w1, b1], [w2, b2], [w3, b3]) = (weights(784, 512, 1), weights(512, 512, 3), weights(512, 10, 5));
        let parameters = [w1, b1, w2, b2, w3, b3];
        Self {
            tape: Tape::new(),
            images: Tensor::uniform([128, 784], 0.0, 1.0, 7),
            labels: labels(128, 10),
            masks: [Tensor::zeros([128, 512]), Tensor::zeros([128, 512])],
            drawn: 0,
            adam: Adam::new(&parameters),
            parameters,
        }
    }
}

/// Fills a mask for dropout: 0 or 2, each with probability 1/2, from the bits of a counter's hash (`SplitMix64`, Steele et al.
/// 2014). The mask of a layer is a matter of the layers to come; a workload takes the shortest way that is not a fraud.
fn draw(mask: &mut Tensor<f32>, drawn: &mut u64) {
    for elements in mask.as_mut_slice().chunks_mut(64) {
        *drawn = drawn.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = *drawn;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        for (i, element) in elements.iter_mut().enumerate() {
            *element = if bits >> i & 1 == 1 { 2.0 } else { 0.0 };
        }
    }
}

impl Network for DroppedClassifier {
    const NAME: &'static str = "W3 784-512-512-10";

    fn step(&mut self) -> f32 {
        self.masks.iter_mut().for_each(|mask| draw(mask, &mut self.drawn));
        let x = self.tape.constant(self.images.clone());
        let [first, second] = self.masks.each_ref().map(|mask| self.tape.constant(mask.clone()));
        let variables = self.parameters.each_ref().map(|w| self.tape.var(w.clone()));
        let [w1, b1, w2, b2, w3, b3] = variables;
        let hidden = x.linear(w1, b1).relu() * first;
        let hidden = hidden.linear(w2, b2).relu() * second;
        let loss = hidden.linear(w3, b3).softmax_cross_entropy(&self.labels).mean();
        let value = loss.item();
        let gradients = loss.backward().of_all(variables);
        self.tape.clear();
        self.adam.step(&mut self.parameters, &gradients);
        value
    }
}
