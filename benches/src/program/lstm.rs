//! A network with long short-term memory that predicts the next character of a text.

use super::{Program, literal};
use crate::random::Random;
use chainrule::{Nary, Number};
use num_traits::Float;

/// How many bits a character has in a seeded text, as in printed English with typographic quotes.
const SEEDED_BITS: usize = 14;

/// The mean over the text of the negative log-likelihood of each next character. All weights are diagonal.
///
/// Source: `ADBench` (Microsoft); the evaluation `lstm` of `GradBench`, whose quirk `ln(2 + Σ exp yᵢ)` is kept.
///
/// Its variables are, for each layer, the weights of its four gates and their biases, then the three rows around the
/// layers: input weights, output weights, output biases.
#[derive(Clone, Debug)]
pub struct Lstm {
    layers: usize,
    /// How many bits a character has: the width of every layer.
    bits: usize,
    state: Vec<f64>,
    text: Vec<f64>,
    point: Vec<f64>,
}

/// What four gates multiply with, or add.
struct Gates<'x, T> {
    forget: &'x [T],
    ingate: &'x [T],
    outgate: &'x [T],
    change: &'x [T],
}

impl<'x, T> Gates<'x, T> {
    fn read(x: &'x [T], bits: usize) -> Self {
        let [forget, ingate, outgate, change] = [0, 1, 2, 3].map(|gate| &x[gate * bits..][..bits]);
        Self { forget, ingate, outgate, change }
    }
}

/// What a cell is made of, in plain words or in the library's.
trait Words<T> {
    fn sigmoid(x: T) -> T;
    /// `ln(2 + Σ exp xᵢ)`
    fn log_sum_exp(x: &[T]) -> T;
    fn dot(x: &[T], y: &[T]) -> T;
}

struct Plain;
impl<T: Float> Words<T> for Plain {
    #[inline]
    fn sigmoid(x: T) -> T {
        T::one() / (T::one() + (-x).exp())
    }
    fn log_sum_exp(x: &[T]) -> T {
        (x.iter().fold(T::zero(), |total, x| total + x.exp()) + literal(2.0)).ln()
    }
    fn dot(x: &[T], y: &[T]) -> T {
        x.iter().zip(y).fold(T::zero(), |total, (&x, &y)| total + x * y)
    }
}

struct Library;
impl<T: Nary> Words<T> for Library {
    fn sigmoid(x: T) -> T {
        Number::sigmoid(x)
    }
    fn log_sum_exp(x: &[T]) -> T {
        let mut terms = Vec::with_capacity(x.len() + 1);
        terms.extend_from_slice(x);
        terms.push(T::literal(2f64.ln()));
        chainrule::log_sum_exp(&terms)
    }
    fn dot(x: &[T], y: &[T]) -> T {
        chainrule::dot(x, y)
    }
}

impl Lstm {
    /// A network of `layers` layers whose variables are `point`; `state` is a hidden row and a row of cells for each layer,
    /// `text` the bits of each character.
    ///
    /// # Panics
    /// When the lengths do not belong together, or the text has less than two characters.
    #[track_caller]
    pub fn with_data(layers: usize, bits: usize, state: Vec<f64>, text: Vec<f64>, point: Vec<f64>) -> Self {
        assert_eq!(state.len(), 2 * layers * bits, "the state of {layers} layers of {bits} cells");
        assert_eq!(point.len(), (8 * layers + 3) * bits, "the variables of {layers} layers of {bits} cells");
        let whole = text.len().is_multiple_of(bits);
        assert!(whole && text.len() >= 2 * bits, "{} bits are no text of characters of {bits} bits", text.len());
        Self { layers, bits, state, text, point }
    }

    /// A seeded network of `layers` layers and a seeded text of `length` characters.
    pub fn new(layers: usize, length: usize) -> Self {
        let mut random = Random::new(4);
        let state = random.uniforms(2 * layers * SEEDED_BITS);
        let point = random.uniforms((8 * layers + 3) * SEEDED_BITS);
        let text = (0..length * SEEDED_BITS).map(|_| f64::from(random.uniform() < 0.5)).collect();
        Self::with_data(layers, SEEDED_BITS, state, text, point)
    }

    fn length(&self) -> usize {
        self.text.len() / self.bits
    }

    fn loss<T: Float, W: Words<T>>(&self, x: &[T]) -> T {
        let bits = self.bits;
        let (layers, around) = x.split_at(8 * self.layers * bits);
        let gates = |x| Gates::read(x, bits);
        let layers: Vec<_> = layers.chunks(8 * bits).map(|x| (gates(x), gates(&x[4 * bits..]))).collect();
        let [in_weights, out_weights, out_biases] = [0, 1, 2].map(|row| &around[row * bits..][..bits]);
        let mut state: Vec<T> = self.state.iter().map(|&s| literal(s)).collect();
        let mut signal = vec![T::zero(); bits];
        let mut expected = vec![T::zero(); bits];
        let mut total = T::zero();
        for (now, next) in self.text.chunks(bits).zip(self.text[bits..].chunks(bits)) {
            for ((signal, &now), &weight) in signal.iter_mut().zip(now).zip(in_weights) {
                *signal = literal::<T>(now) * weight;
            }
            for ((weights, biases), state) in layers.iter().zip(state.chunks_mut(2 * bits)) {
                step::<T, W>(weights, biases, state, &mut signal);
            }
            for ((signal, &weight), &bias) in signal.iter_mut().zip(out_weights).zip(out_biases) {
                *signal = *signal * weight + bias;
            }
            let log_total = W::log_sum_exp(&signal);
            for ((signal, expected), &next) in signal.iter_mut().zip(&mut expected).zip(next) {
                *signal = *signal - log_total;
                *expected = literal(next);
            }
            total = total + W::dot(&expected, &signal);
        }
        -total / literal((bits * (self.length() - 1)) as f64)
    }
}

/// One layer, one step in time: `signal` enters and leaves, `state` is the hidden row and the cells.
fn step<T: Float, W: Words<T>>(weights: &Gates<T>, biases: &Gates<T>, state: &mut [T], signal: &mut [T]) {
    let bits = signal.len();
    let (hidden, cell) = state.split_at_mut(bits);
    for i in 0..bits {
        let forget = W::sigmoid(signal[i] * weights.forget[i] + biases.forget[i]);
        let ingate = W::sigmoid(hidden[i] * weights.ingate[i] + biases.ingate[i]);
        let outgate = W::sigmoid(signal[i] * weights.outgate[i] + biases.outgate[i]);
        let change = (hidden[i] * weights.change[i] + biases.change[i]).tanh();
        cell[i] = cell[i] * forget + ingate * change;
        hidden[i] = outgate * cell[i].tanh();
        signal[i] = hidden[i];
    }
}

impl Program for Lstm {
    const USES_LIBRARY: bool = true;

    fn name(&self) -> String {
        format!("lstm {},{}", self.layers, self.length())
    }

    fn point(&self) -> &[f64] {
        &self.point
    }

    fn value<T: Float>(&self, x: &[T]) -> T {
        self.loss::<T, Plain>(x)
    }

    fn with_library<T: Nary>(&self, x: &[T]) -> T {
        self.loss::<T, Library>(x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_write_it_agree() {
        let program = Lstm::new(3, 20);
        let (plain, library) = (program.value(program.point()), program.with_library(program.point()));
        assert!((plain - library).abs() < 1e-12 * plain.abs(), "{plain} against {library}");
    }

    #[test]
    fn silent_weights_predict_evenly() {
        // all variables 0: every y is 0, the loss is the share of set bits times ln(2 + 14)
        let program = Lstm::new(2, 50);
        let set: f64 = program.text[SEEDED_BITS..].iter().sum();
        let expected = set / (14.0 * 49.0) * 16f64.ln();
        assert!((program.value(&vec![0.0; program.point.len()]) - expected).abs() < 1e-13);
    }
}
