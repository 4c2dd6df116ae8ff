//! The losses of a training, thinned out as it grows long.

/// Above so many entries every second one is dropped.
const MOST: usize = 1000;

/// Epochs and their losses.
#[derive(Clone, Debug)]
pub struct History {
    entries: Vec<[f64; 3]>,
    /// Only every so-manieth epoch is kept.
    every: u32,
}

impl Default for History {
    fn default() -> Self {
        Self { entries: Vec::new(), every: 1 }
    }
}

impl History {
    /// Notes the losses of an epoch.
    pub fn push(&mut self, epoch: u32, training: f64, test: f64) {
        if !epoch.is_multiple_of(self.every) {
            return;
        }
        if self.entries.len() == MOST {
            self.every *= 2;
            let every = f64::from(self.every);
            self.entries.retain(|[epoch, ..]| epoch % every == 0.0);
            return self.push(epoch, training, test);
        }
        self.entries.push([f64::from(epoch), training, test]);
    }

    /// How many epochs are kept.
    pub fn epochs(&self) -> usize {
        self.entries.len()
    }

    /// Epoch, training loss, test loss, one after the other.
    pub fn flat(&self) -> Vec<f64> {
        self.entries.as_flattened().to_vec()
    }
}
