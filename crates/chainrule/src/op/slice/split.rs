//! A tensor cut along an axis.
//!
//! Each piece is a range of the axis, and an operation of its own: its gradient is the upstream gradient at its places, and
//! together the gradients of all pieces are the upstream gradients put together again.

use super::{along, s};
use crate::array::shape::Shape;
use crate::array::{Element, Tensor};
use crate::tape::Var;
use std::ops::Range;

/// Piece number `piece` of `parts` equal ones.
#[track_caller]
fn equal(x: &Shape, parts: usize, axis: isize, piece: usize) -> Range<usize> {
    let counted = x.axis_of("split", axis);
    let size = x[counted];
    assert!(
        parts > 0 && size.is_multiple_of(parts),
        "split: axis {counted} of shape {x} has size {size}, which cannot be cut into {parts} equal parts; `split_at` cuts \
         at any places"
    );
    let length = size / parts;
    piece * length..(piece + 1) * length
}

/// Piece number `piece` between these places.
#[track_caller]
fn between(x: &Shape, places: &[usize], axis: isize, piece: usize) -> Range<usize> {
    let counted = x.axis_of("split_at", axis);
    let size = x[counted];
    assert!(
        places.is_sorted() && places.last().is_none_or(|&last| last <= size),
        "split_at: axis {counted} of shape {x} has size {size}, and cannot be cut at {places:?}; places must ascend and not \
         lie beyond the axis"
    );
    let start = piece.checked_sub(1).map_or(0, |before| places[before]);
    start..places.get(piece).copied().unwrap_or(size)
}

/// The two methods, on tensors and on variables alike.
macro_rules! split_methods {
    ($self:ty, $apply:expr) => {
        /// `parts` pieces of equal size along an axis, in order. Each piece sends its gradient back to its places.
        ///
        /// ```
        /// use chainrule::prelude::*;
        /// let x = Tensor::from([[1.0, 2.0, 3.0, 4.0]]);
        /// let halves = x.split(2, 1);
        /// assert_eq!(halves[1], Tensor::from([[3.0, 4.0]]));
        /// ```
        ///
        /// # Panics
        /// When the axis does not exist, or its size is not a multiple of `parts`.
        #[must_use]
        #[track_caller]
        pub fn split(self: $self, parts: usize, axis: isize) -> Vec<Self> {
            let _ = equal(&self.shape(), parts, axis, 0);
            let mut pieces = Vec::with_capacity(parts);
            for number in 0..parts {
                pieces.push($apply(along("split", axis, s(equal(&self.shape(), parts, axis, number))), [self]));
            }
            pieces
        }

        /// The pieces between these places of an axis, which must ascend: `x.split_at(&[2, 5], 0)` are the places `..2`,
        /// `2..5` and `5..`. Each piece sends its gradient back to its places.
        ///
        /// # Panics
        /// When the axis does not exist, or the places do not ascend or lie beyond it.
        #[must_use]
        #[track_caller]
        pub fn split_at(self: $self, places: &[usize], axis: isize) -> Vec<Self> {
            let mut pieces = Vec::with_capacity(places.len() + 1);
            for number in 0..=places.len() {
                pieces.push($apply(along("split_at", axis, s(between(&self.shape(), places, axis, number))), [self]));
            }
            pieces
        }
    };
}

impl<T: Element> Tensor<T> {
    split_methods!(&Self, crate::tensor::evaluate);
}

impl<T: Element> Var<'_, Tensor<T>> {
    split_methods!(Self, crate::tensor::record);
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    /// `numpy.split(x, [2, 5], axis=1)`, and what was split is put together again.
    #[test]
    fn the_pieces_are_the_whole() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::new([2, 6], (0..12).map(f64::from).collect()));
        let pieces = x.split_at(&[2, 5], -1);
        assert_eq!(pieces[0].value(), Tensor::from([[0.0, 1.0], [6.0, 7.0]]));
        assert_eq!(pieces[1].value(), Tensor::from([[2.0, 3.0, 4.0], [8.0, 9.0, 10.0]]));
        assert_eq!(pieces[2].value(), Tensor::from([[5.0], [11.0]]));
        assert_eq!(Var::concat(&pieces, 1).value(), x.value());
        assert_eq!(Var::concat(&x.split(3, 1), 1).value(), x.value());
        assert_eq!(x.split_at(&[], 0).len(), 1);
        assert_eq!(
            x.value().split_at(&[0, 2, 2], 0).iter().map(|piece| piece.shape()[0]).collect::<Vec<_>>(),
            [0, 2, 0, 0]
        );
        let y = pieces[0].sum() + pieces[2].sum() * 2.0 + x.split(2, 0)[1].sum() * 10.0;
        let expected = Tensor::from([[1.0, 1.0, 0.0, 0.0, 0.0, 2.0], [11.0, 11.0, 10.0, 10.0, 10.0, 12.0]]);
        assert_eq!(y.backward().of(x), expected);
    }

    #[test]
    #[should_panic(expected = "split: axis 1 of shape [2, 7] has size 7, which cannot be cut into 3 equal parts")]
    fn unequal_parts_are_refused() {
        let _ = Tensor::<f64>::zeros([2, 7]).split(3, 1);
    }

    #[test]
    #[should_panic(expected = "split: axis 0 of shape [2] has size 2, which cannot be cut into 0 equal parts")]
    fn no_parts_are_refused() {
        let _ = Tensor::<f64>::zeros([2]).split(0, 0);
    }

    #[test]
    #[should_panic(expected = "split_at: axis 0 of shape [4] has size 4, and cannot be cut at [3, 2]")]
    fn places_that_descend_are_refused() {
        let _ = Tensor::<f64>::zeros([4]).split_at(&[3, 2], 0);
    }
}
