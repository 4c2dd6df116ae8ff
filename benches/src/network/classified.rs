//! W2 on many batches, by which it is seen what a trainer costs beside the steps.

use super::{formula, model};
use chainrule::Tensor;
use chainrule_nn::Result;
use chainrule_nn::prelude::{Accuracy, Fit, Model};

const BATCH: usize = 32;
const BATCHES: usize = 64;
const EPOCHS: usize = 5;

/// W2 with its accuracy, and the rows of some batches.
pub struct Classified {
    model: Model,
    x: Tensor<f32>,
    labels: Tensor<usize>,
}

impl Default for Classified {
    fn default() -> Self {
        Self::new()
    }
}

impl Classified {
    /// How many steps each way takes.
    pub const STEPS: usize = EPOCHS * BATCHES;

    /// The model as it begins.
    pub fn new() -> Self {
        let rows = BATCH * BATCHES;
        let model = model::compiled_classifier([Accuracy]).expect("the layers fit together");
        Self { model, x: formula::batch([rows, 784]), labels: formula::labels(rows, 10) }
    }

    /// Batch after batch, all epochs, by the caller's own loop.
    ///
    /// # Errors
    /// Those of `train_on_batch`.
    pub fn by_batches(&mut self) -> Result<()> {
        for _ in 0..EPOCHS {
            for batch in 0..BATCHES {
                let rows = batch * BATCH..(batch + 1) * BATCH;
                self.model.train_on_batch(&self.x.rows(rows.clone()), self.labels.rows(rows))?;
            }
        }
        Ok(())
    }

    /// By `fit`, in order or shuffled.
    ///
    /// # Errors
    /// Those of `fit`.
    pub fn by_fit(&mut self, shuffle: bool) -> Result<()> {
        self.model.fit(&self.x, &self.labels, Fit::epochs(EPOCHS).batch_size(BATCH).shuffle(shuffle).silent())?;
        Ok(())
    }
}
