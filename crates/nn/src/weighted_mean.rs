//! A mean that grows batch by batch.

use chainrule::{Element, Shape};

/// `Σ weight value / Σ weight`; 0 while nothing weighs anything.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WeightedMean {
    total: f64,
    weight: f64,
}

impl WeightedMean {
    /// Of nothing yet.
    pub(crate) const NEW: Self = Self { total: 0.0, weight: 0.0 };

    /// Takes in a value.
    pub(crate) fn add(&mut self, value: f64, weight: f64) {
        self.total += weight * value;
        self.weight += weight;
    }

    /// Its parts, for a file.
    pub(crate) fn numbers(self) -> Vec<f64> {
        vec![self.total, self.weight]
    }

    /// From its parts.
    pub(crate) fn from_numbers(numbers: &[f64]) -> Result<Self, String> {
        match *numbers {
            [total, weight] => Ok(Self { total, weight }),
            _ => Err(format!("a mean is made of 2 numbers, and not of {}", numbers.len())),
        }
    }

    pub(crate) fn result(self) -> f64 {
        if self.weight == 0.0 { 0.0 } else { self.total / self.weight }
    }
}

/// The weights of the rows of a batch, or of the steps of its rows: 1 each where none are given.
#[derive(Clone, Copy)]
pub(crate) struct Weights<'a, T> {
    given: Option<&'a [T]>,
    /// How many items have one weight.
    items: usize,
}

impl<'a, T: Element> Weights<'a, T> {
    /// For the `count` items that a batch of this shape has.
    #[track_caller]
    pub(crate) fn new(given: Option<&'a [T]>, batch: &Shape, count: usize) -> Self {
        let Some(weights) = given else { return Self { given, items: 1 } };
        let (rows, length) = (batch.first().copied().unwrap_or(1), weights.len());
        let is_of_steps = batch.len() > 2 && length == batch[..batch.len() - 1].iter().product::<usize>();
        assert!(
            length == rows || is_of_steps,
            "there are {length} weights for the {rows} rows of shape {batch}; give one for each row, or for each of its steps"
        );
        Self { given, items: (count / length.max(1)).max(1) }
    }

    /// The weight of an item: that of its row or step.
    pub(crate) fn of(self, item: usize) -> f64 {
        self.given.map_or(1.0, |weights| number(weights[item / self.items]))
    }
}

/// An element as it is gathered: in full precision whatever the network computes in.
pub(crate) fn number<T: Element>(element: T) -> f64 {
    element.to_f64().unwrap_or(f64::NAN)
}
