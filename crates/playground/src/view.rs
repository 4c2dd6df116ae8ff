//! What the network sees, neuron by neuron, over the whole plane.

use std::cell::RefCell;

use crate::data::{Feature, Target};
use crate::network::{Network, Observer, Place, Row, softmax};

/// How far the plane reaches from the middle.
pub const REACH: f64 = 6.0;

/// Planes of `size` by `size` numbers, one after the other: each feature, each hidden neuron, and each output (of more than two classes
/// the share of each). Rows go from the top, x2 = 6, down; each number belongs to the middle of its square.
pub fn planes(network: &Network, parameters: &[f64], features: &[Feature], size: usize) -> Vec<f32> {
    let units: usize = network.layers.iter().map(|layer| layer.units).sum();
    let mut planes = vec![0.0; (features.len() + units) * size * size];
    let middle = |at: usize| REACH * ((2 * at + 1) as f64 / size as f64 - 1.0);
    let noted = Noted::default();
    for row in 0..size {
        for column in 0..size {
            noted.0.borrow_mut().clear();
            let at = [middle(column), -middle(row)];
            let seen: Row<f64> = features.iter().map(|feature| feature.of(at)).collect();
            let outputs = network.forward(parameters, &seen, &noted);
            let mut numbers = noted.0.borrow_mut();
            if let Target::Classes(classes) = network.target {
                let first = units - classes;
                numbers.truncate(first);
                numbers.extend_from_slice(&softmax(&outputs));
            }
            for (plane, number) in seen.iter().chain(numbers.iter()).enumerate() {
                #[expect(clippy::cast_possible_truncation, reason = "colours are shown, not reckoned with")]
                let number = *number as f32;
                planes[(plane * size + row) * size + column] = number;
            }
        }
    }
    planes
}

/// What each neuron hands on, in order.
#[derive(Default)]
struct Noted(RefCell<Vec<f64>>);

impl Observer<f64> for Noted {
    fn output(&self, _: Place, output: f64) -> f64 {
        self.0.borrow_mut().push(output);
        output
    }
}
