//! Targets as rows along their first axis, be they classes or values.

use chainrule::{Element, Targets, Tensor};
use std::ops::Range;

/// How many rows there are; none in a single number.
pub(super) fn count<T>(targets: &Targets<T>) -> Option<usize> {
    match targets {
        Targets::Classes(classes) => classes.shape().first().copied(),
        Targets::Values(values) => values.shape().first().copied(),
    }
}

/// The rows of a range; nothing is copied.
#[track_caller]
pub(super) fn rows<T>(targets: &Targets<T>, range: Range<usize>) -> Targets<T> {
    match targets {
        Targets::Classes(classes) => Targets::Classes(classes.rows(range)),
        Targets::Values(values) => Targets::Values(values.rows(range)),
    }
}

/// The rows that `indices` name, in that order.
#[track_caller]
pub(super) fn take<T: Element>(targets: &Targets<T>, indices: &Tensor<usize>) -> Targets<T> {
    match targets {
        Targets::Classes(classes) => Targets::Classes(classes.take(0, indices)),
        Targets::Values(values) => Targets::Values(values.take(0, indices)),
    }
}

/// The classes, where these are classes.
pub(super) fn classes<T>(targets: &Targets<T>) -> Option<&Tensor<usize>> {
    match targets {
        Targets::Classes(classes) => Some(classes),
        Targets::Values(_) => None,
    }
}

/// The values, where these are values.
#[cfg(test)]
pub(super) fn values<T>(targets: &Targets<T>) -> Option<&Tensor<T>> {
    match targets {
        Targets::Classes(_) => None,
        Targets::Values(values) => Some(values),
    }
}
