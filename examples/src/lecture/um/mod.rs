//! UM's entries: a `mod` line and a word in the list for each.

mod u01_linear_regression;
mod u02_xor;
mod u03_one_perceptron;
mod u04_feedforward;
mod u05_likelihood;
mod u06_descent_step;
mod u07_jacobians;
mod u08_breast_cancer;
mod u09_digits;
mod u10_convolution;
mod u11_playground;

use crate::entry::Entry;

/// U9 as `mnist --cnn` wants it.
pub(super) const DIGITS_WITH_CNN: Entry = u09_digits::WITH_CNN;

pub(super) const ENTRIES: &[Entry] = &[
    u01_linear_regression::ENTRY,
    u02_xor::ENTRY,
    u03_one_perceptron::ENTRY,
    u04_feedforward::ENTRY,
    u05_likelihood::ENTRY,
    u06_descent_step::ENTRY,
    u07_jacobians::ENTRY,
    u08_breast_cancer::ENTRY,
    u09_digits::ENTRY,
    u10_convolution::ENTRY,
    u11_playground::ENTRY,
];
