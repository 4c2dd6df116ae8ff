//! Randomness that is the same on every machine: one seed, one sequence.

use std::ops::Range;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

/// A seeded source of random numbers.
#[derive(Clone, Debug)]
pub struct Random(Pcg64);

impl Random {
    /// The sequence that belongs to `seed`.
    pub fn seeded(seed: u64) -> Self {
        Self(Pcg64::seed_from_u64(seed))
    }

    /// A number drawn evenly from the range.
    pub fn uniform(&mut self, range: Range<f64>) -> f64 {
        self.0.random_range(range)
    }

    /// A number drawn from the normal distribution of mean 0 and variance 1, by Box and Muller.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform(0.0..1.0)).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform(0.0..1.0)).cos()
    }

    /// An index below `count`, each as likely.
    ///
    /// # Panics
    /// If `count` is 0.
    pub fn index(&mut self, count: usize) -> usize {
        self.0.random_range(0..count)
    }

    /// Puts the items into a random order, each as likely.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.index(last + 1));
        }
    }
}
