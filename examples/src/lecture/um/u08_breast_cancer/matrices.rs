//! The same logistic regression on tensors: X a matrix, p a vector.

use chainrule::prelude::*;

use super::{Case, Model, PENALTY, RATE, STEPS};
use crate::board::{Board, Source};
use crate::data::TUMOUR_FEATURES;
use crate::gap::farthest;

/// Cases as a matrix of measurements with a row for each, and a sign for each: 1 if malignant, else -1.
pub(super) struct Table {
    pub(super) features: Tensor<f64>,
    pub(super) signs: Tensor<f64>,
}

impl Table {
    pub(super) fn of(cases: &[Case]) -> Self {
        let (features, malignant): (Vec<[f64; TUMOUR_FEATURES]>, Vec<bool>) = cases.iter().copied().unzip();
        Self {
            features: Tensor::from_rows(&features),
            signs: Tensor::from(malignant).map(|malignant| if malignant { 1.0 } else { -1.0 }),
        }
    }
}

/// -log p(y | x), averaged over the cases, for scores of which one above 0 says malignant.
pub(super) fn surprise<'t>(scores: Var<'t, Tensor<f64>>, signs: &Tensor<f64>) -> Var<'t, Tensor<f64>> {
    -(scores * signs).log_sigmoid().mean()
}

/// Trains as often and as fast as number by number, and compares where it arrives.
pub(super) fn compare(board: &mut Board, cases: &[Case], by_number: &Model) {
    let table = Table::of(cases);
    let mut weights = Tensor::zeros([TUMOUR_FEATURES]);
    let mut bias = Tensor::scalar(0.0);
    let mut tape = TensorTape::new();
    for _ in 0..STEPS {
        let (w, b) = (tape.var(weights.clone()), tape.var(bias.clone()));
        let scores = tape.constant(table.features.clone()).matmul(w) + b;
        let loss = surprise(scores, &table.signs) + 0.5 * PENALTY * w.powi(2).sum();
        let [by_weights, by_bias] = loss.backward().of_all([w, b]);
        // Gives the parameters back, so that they change in place.
        tape.clear();
        weights -= &(by_weights * RATE);
        bias -= &(by_bias * RATE);
    }
    let gaps = weights - Tensor::from(by_number.weights);
    board.close(
        format!("consistency: w after {STEPS} steps, largest gap"),
        0.0,
        farthest(gaps.to_vec()),
        1e-12,
        Source::Calc,
    );
    board.close(format!("consistency: b after {STEPS} steps"), by_number.bias, bias.item(), 1e-12, Source::Calc);
}
