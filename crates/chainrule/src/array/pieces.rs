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
    on_threads(elements, &work);
}

/// Not generic in the work, which is often a rule: this is compiled once for a kind of number.
#[inline(never)]
fn on_threads<T: Send>(elements: &mut [T], work: &(dyn Fn(Range<usize>, &mut [T]) + Sync)) {
    each_chunk(elements, PIECE, |at, piece| {
        let start = at * PIECE;
        work(start..start + piece.len(), piece);
    });
}

/// [`each_piece`] of elements that lie in rows of `length` and are only cut between them, where a row is as much work as `cost` elements;
/// `work` is given the range of rows.
#[inline(always)]
pub(crate) fn each_piece_of_rows<T: Send>(
    elements: &mut [T],
    length: usize,
    cost: usize,
    work: impl Fn(Range<usize>, &mut [T]) + Sync,
) {
    let (length, rows) = (length.max(1), rows_of_a_piece(cost));
    if elements.len() <= rows * length {
        return work(0..elements.len() / length, elements);
    }
    rows_on_threads(elements, length, rows, &work);
}

#[inline(never)]
fn rows_on_threads<T: Send>(
    elements: &mut [T],
    length: usize,
    rows: usize,
    work: &(dyn Fn(Range<usize>, &mut [T]) + Sync),
) {
    each_chunk(elements, rows * length, |at, piece| {
        let start = at * rows;
        work(start..start + piece.len() / length, piece);
    });
}
