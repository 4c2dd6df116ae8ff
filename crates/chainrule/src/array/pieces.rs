//! Loops over many elements, cut into pieces that threads share.

use chainrule_kernels::threads::each_chunk;
use std::ops::Range;

/// How many elements are a piece: a few microseconds of work. Elements are cut by how many there are alone, so that it does not matter
/// which thread does a piece.
const PIECE: usize = 16 * 1024;

/// How many rows of this length are a piece: at least one.
pub(crate) fn rows_of_a_piece(length: usize) -> usize {
    (PIECE / length.max(1)).max(1)
}

/// Calls `work(range, piece)` for pieces of `elements`, each with the range that it is: once for few elements, on several threads for
/// many.
#[inline(always)]
pub(crate) fn each_piece<T: Send>(elements: &mut [T], work: impl Fn(Range<usize>, &mut [T]) + Sync) {
    if elements.len() <= PIECE {
        return work(0..elements.len(), elements);
    }
    each_chunk(elements, PIECE, |at, piece| {
        let start = at * PIECE;
        work(start..start + piece.len(), piece);
    });
}
