//! What is gathered of a layer in an epoch.

use super::super::ParamChange;
use super::LayerHealth;
use chainrule::{Element, Tensor};

/// Sums over the batches.
#[derive(Clone, Debug, Default)]
pub(super) struct Gathered {
    gradients: Mean,
    updates: Mean,
    zero_gradients: Mean,
    outputs: Mean,
    squares: Mean,
    zeros: Mean,
    /// Of each unit, whether it was other than 0 once.
    alive: Vec<bool>,
}

/// A sum, and of how many.
#[derive(Clone, Copy, Debug, Default)]
struct Mean {
    sum: f64,
    count: usize,
}

impl Mean {
    fn add(&mut self, sum: f64, count: usize) {
        self.sum += sum;
        self.count += count;
    }

    fn get(self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }
}

/// What was gathered of this layer.
pub(super) fn of<'l>(layers: &'l mut Vec<(String, Gathered)>, name: &str) -> &'l mut Gathered {
    let at = layers.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
        layers.push((name.to_owned(), Gathered::default()));
        layers.len() - 1
    });
    &mut layers[at].1
}

impl Gathered {
    /// Takes in what came out of the layer.
    pub(super) fn output<T: Element>(&mut self, y: &Tensor<T>) {
        let columns = y.shape().last().copied().unwrap_or(1);
        if self.alive.len() != columns {
            self.alive = vec![false; columns];
        }
        let (mut sum, mut squares, mut zeros) = (0.0, 0.0, 0_usize);
        for row in y.as_slice().chunks_exact(columns.max(1)) {
            for (alive, &y) in self.alive.iter_mut().zip(row) {
                let number = number(y);
                sum += number;
                squares += number * number;
                zeros += usize::from(number == 0.0);
                *alive |= number != 0.0;
            }
        }
        let count = y.as_slice().len();
        self.outputs.add(sum, count);
        self.squares.add(squares, count);
        self.zeros.add(zeros as f64, count);
    }

    /// Takes in a step of all parameters of the layer.
    pub(super) fn step<'p, T: Element>(&mut self, params: impl Iterator<Item = &'p ParamChange<T>>) {
        let (mut gradient, mut weights, mut change) = (0.0, 0.0, 0.0);
        for param in params {
            gradient += squares(param.gradient.iter().map(|&g| number(g)));
            weights += squares(param.before.iter().map(|&w| number(w)));
            let steps = param.after.iter().zip(param.before.iter());
            change += squares(steps.map(|(&after, &before)| number(after) - number(before)));
            let zeros = param.gradient.iter().filter(|g| g.is_zero()).count();
            self.zero_gradients.add(zeros as f64, param.gradient.as_slice().len());
        }
        self.gradients.add(gradient.sqrt(), 1);
        if weights > 0.0 {
            self.updates.add((change / weights).sqrt(), 1);
        }
    }

    /// What it comes to.
    pub(super) fn health(&self) -> LayerHealth {
        let [mean, square, zeros] = [self.outputs, self.squares, self.zeros].map(|mean| mean.get().unwrap_or(0.0));
        let dead = self.alive.iter().filter(|alive| !**alive).count();
        LayerHealth {
            gradient: self.gradients.get(),
            zero_gradients: self.zero_gradients.get(),
            update: self.updates.get(),
            mean,
            // rounding may leave less than nothing
            deviation: (square - mean * mean).max(0.0).sqrt(),
            zeros,
            dead: dead as f64 / self.alive.len().max(1) as f64,
        }
    }
}

fn squares(numbers: impl Iterator<Item = f64>) -> f64 {
    numbers.map(|number| number * number).sum()
}

fn number<T: Element>(x: T) -> f64 {
    x.to_f64().unwrap_or(f64::NAN)
}
