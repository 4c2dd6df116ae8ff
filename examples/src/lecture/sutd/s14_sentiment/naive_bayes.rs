//! The classifier of the lecture before: multinomial Naive Bayes.

use chainrule_nn::prelude::*;

/// p(class | words) is in proportion to p(class) times p(word | class) of every word, as if words came independently.
pub(super) struct NaiveBayes {
    /// ln p(class), `[classes]`.
    classes: Tensor<f32>,
    /// ln p(word | class), `[words, classes]`.
    words: Tensor<f32>,
}

impl NaiveBayes {
    /// Counts: `x` has the words of each text, `y` the classes, one-hot. Each word counts once more than it occurs in each
    /// class (Laplace), so that none has the probability 0.
    pub(super) fn fit(x: &Tensor<f32>, y: &Tensor<f32>) -> Self {
        let counts = x.transpose().matmul(y) + 1.0;
        let logarithm_of_shares = |counts: &Tensor<f32>| (counts / &counts.sum_along(0)).map(f32::ln);
        Self { classes: logarithm_of_shares(&y.sum_along(0)), words: logarithm_of_shares(&counts) }
    }

    /// The most probable class of each text.
    pub(super) fn predict(&self, x: &Tensor<f32>) -> Tensor<usize> {
        (x.matmul(&self.words) + &self.classes).argmax(-1)
    }
}
