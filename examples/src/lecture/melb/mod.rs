//! MELB's entries: a `mod` line and a word in the list for each.

mod m01_step_and_sign;
mod m02_perceptron_learning;
mod m03_perceptron_xor;
mod m04_sine_of_square;
mod m05_cross_entropy_backward;
mod m06_mini_batches;
mod m07_two_minima;
mod m08_equal_forms;
mod m09_derivative_limit;
mod m10_many_lines;
mod network;
mod perceptron;
mod slide_network;

use crate::entry::Entry;

pub(super) const ENTRIES: &[Entry] = &[
    m01_step_and_sign::ENTRY,
    m02_perceptron_learning::ENTRY,
    m03_perceptron_xor::ENTRY,
    m04_sine_of_square::ENTRY,
    m05_cross_entropy_backward::ENTRY,
    m06_mini_batches::ENTRY,
    m07_two_minima::ENTRY,
    m08_equal_forms::ENTRY,
    m09_derivative_limit::ENTRY,
    m10_many_lines::ENTRY,
];
