//! SUTD's entries: a `mod` line and a word in the list for each.

mod circuit;
mod s01_perceptron_line;
mod s02_circuit;
mod s03_sigmoid_gate;
mod s04_local_rules;
mod s05_activations;
mod s06_logistic_loss;
mod s07_softmax;
mod s08_two_class_softmax;
mod s09_losses;
mod s10_learning_rate;
mod s11_batch_sizes;
mod s12_optimizers;
mod s13_early_stopping;
mod s14_sentiment;
mod s15_attention;
mod s16_linear_layers;
mod s17_architecture;

use crate::entry::Entry;

/// What runs for S14 as `sentiment --attention` wants it.
pub(super) const SENTIMENT_WITH_ATTENTION: Entry = s15_attention::ENTRY;

pub(super) const ENTRIES: &[Entry] = &[
    s01_perceptron_line::ENTRY,
    s02_circuit::ENTRY,
    s03_sigmoid_gate::ENTRY,
    s04_local_rules::ENTRY,
    s05_activations::ENTRY,
    s06_logistic_loss::ENTRY,
    s07_softmax::ENTRY,
    s08_two_class_softmax::ENTRY,
    s09_losses::ENTRY,
    s10_learning_rate::ENTRY,
    s11_batch_sizes::ENTRY,
    s12_optimizers::ENTRY,
    s13_early_stopping::ENTRY,
    s14_sentiment::ENTRY,
    s15_attention::ENTRY,
    s16_linear_layers::ENTRY,
    s17_architecture::ENTRY,
];
