//! Append-only storage that is kept between runs: chunks of doubling size, one cursor, nothing ever moves.
//!
//! A tape appends a node for each operation and reads them back last first. `Vec` inside a `RefCell` pays for a
//! borrow flag, a capacity check and, when it grows, a copy of everything; this stream pays for one comparison.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::ptr::NonNull;

/// Elements in the first chunk; each further chunk is twice as long.
const FIRST: usize = 1 << 10;

/// How many places a stream may have, so that each fits in 32 bits with the largest value to spare: those of 22 chunks.
const PLACES: usize = FIRST * ((1 << 22) - 1);

const FULL: &str =
    "a tape holds at most 4,294,966,272 operations: clear it between evaluations, or split the computation";

/// The chunk that holds element `at`, and the elements that this chunk holds.
fn chunk_of(at: usize) -> (usize, Range<usize>) {
    let chunk = (at / FIRST + 1).ilog2() as usize;
    (chunk, FIRST * ((1 << chunk) - 1)..FIRST * ((2 << chunk) - 1))
}

type Chunk<T> = NonNull<[MaybeUninit<T>]>;

/// A sequence of plain data that grows through a shared reference.
///
/// Elements are `Copy` and are read by value, so that no borrow of an element ever outlives a
/// [`truncate`](Self::truncate). Memory is given back only when the stream is dropped.
///
/// Its first places may be [skipped](Self::skip): they count, but hold nothing.
///
/// # Invariants
/// 1. `chunks[k]` points to a live allocation of the length that `chunk_of` states; it is neither moved nor freed
///    before the stream is dropped.
/// 2. `origin <= length`, and place `at` from `origin` on is number `at - origin` of the elements that are held. Every number below
///    the highest `length - origin` ever reached is initialised.
/// 3. Either `end == length` or the element at `length` lies in the open chunk, `base` is the address of that
///    chunk's first element less the place of that element (in elements), and `end` is the place behind the chunk.
///
/// Only `extend` runs foreign code between reading and writing these fields, and it writes all of them back together.
pub struct Stream<T> {
    /// How many places were skipped.
    origin: Cell<usize>,
    length: Cell<usize>,
    end: Cell<usize>,
    base: Cell<*mut T>,
    chunks: RefCell<Vec<Chunk<T>>>,
}

impl<T> Default for Stream<T> {
    fn default() -> Self {
        Self {
            origin: Cell::new(0),
            length: Cell::new(0),
            end: Cell::new(0),
            base: Cell::new(std::ptr::null_mut()),
            chunks: RefCell::default(),
        }
    }
}

impl<T> fmt::Debug for Stream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("length", &self.length.get()).finish_non_exhaustive()
    }
}

impl<T: Copy> Stream<T> {
    /// An empty stream; it allocates with the first [`push`](Self::push).
    pub fn new() -> Self {
        Self::default()
    }

    /// How many elements the stream holds.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.length.get()
    }

    /// Whether the stream holds no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends one element and returns its place.
    ///
    /// # Panics
    /// When the stream holds 4,294,966,272 elements already.
    #[inline(always)]
    pub fn push(&self, element: T) -> usize {
        let at = self.length.get();
        if at == self.end.get() {
            self.open(at);
        }
        // SAFETY: after the test above `at < end`, so by invariant 3 `base + at` is the address of element `at` in
        // the open chunk, which is live and writable (invariant 1). No reference into a chunk is ever handed out.
        unsafe { self.base.get().wrapping_add(at).write(element) };
        self.length.set(at + 1);
        at
    }

    /// Appends one element and returns its place, or does nothing where no open chunk has room for it. Unlike
    /// [`push`](Self::push) it calls nothing, so that the caller keeps its values in registers.
    #[inline(always)]
    pub fn try_push(&self, element: T) -> Option<usize> {
        let at = self.length.get();
        if at == self.end.get() {
            return None;
        }
        // SAFETY: as in `push`.
        unsafe { self.base.get().wrapping_add(at).write(element) };
        self.length.set(at + 1);
        Some(at)
    }

    /// Appends the elements of an iterator, with the cursor in registers: a third faster than as many
    /// [`push`](Self::push)es.
    ///
    /// # Panics
    /// As [`push`](Self::push).
    #[inline(always)]
    pub fn extend(&self, elements: impl Iterator<Item = T>) {
        let mut at = self.length.get();
        let (mut base, mut end) = (self.base.get(), self.end.get());
        elements.for_each(|element| {
            if at == end {
                (base, end) = self.chunk_at(at);
            }
            // SAFETY: `at < end`, and `base` and `end` belong to the chunk that holds element `at`: they were read
            // together from a consistent state, or together from `chunk_at`. So `base + at` is the address of that
            // element in a chunk that is live and writable whatever the iterator has done to this stream meanwhile
            // (invariant 1); the stream's own cursor is untouched until the iterator is done (invariant 3).
            unsafe { base.wrapping_add(at).write(element) };
            at += 1;
        });
        // All three together: an iterator that used this stream may have left another chunk open.
        self.base.set(base);
        self.end.set(end);
        self.length.set(at);
    }

    /// Counts a place that holds nothing, and returns it; or does nothing where an element stands before.
    ///
    /// # Panics
    /// As [`push`](Self::push).
    #[inline(always)]
    pub fn skip(&self) -> Option<usize> {
        let at = self.length.get();
        if at != self.origin.get() {
            return None;
        }
        assert!(at < PLACES, "{FULL}");
        self.origin.set(at + 1);
        self.length.set(at + 1);
        // Nothing open: what `base` and `end` say of a chunk is said with the old origin.
        self.end.set(at + 1);
        Some(at)
    }

    /// How many places were skipped.
    #[inline(always)]
    pub fn skipped(&self) -> usize {
        self.origin.get()
    }

    /// Opens the chunk that holds element `at`, which is the next to be pushed.
    #[cold]
    #[inline(never)]
    fn open(&self, at: usize) {
        let (base, end) = self.chunk_at(at);
        self.base.set(base);
        self.end.set(end);
    }

    /// What `base` and `end` are for the chunk that holds element `at`, made if need be. All chunks before it exist.
    #[cold]
    #[inline(never)]
    fn chunk_at(&self, at: usize) -> (*mut T, usize) {
        assert!(at < PLACES, "{FULL}");
        let origin = self.origin.get();
        let (chunk, range) = chunk_of(at - origin);
        let mut chunks = self.chunks.borrow_mut();
        if chunks.len() == chunk {
            let fresh = Box::new_uninit_slice(range.len());
            chunks.push(NonNull::from(Box::leak(fresh)));
        }
        (chunks[chunk].as_ptr().cast::<T>().wrapping_sub(origin + range.start), PLACES.min(origin + range.end))
    }

    /// Forgets every element from `length` on; the memory stays for what is pushed next.
    ///
    /// # Panics
    /// When `length` is more than [`len`](Self::len).
    pub fn truncate(&self, length: usize) {
        assert!(length <= self.length.get(), "truncate to {length} elements of {}", self.length.get());
        self.length.set(length);
        self.origin.set(self.origin.get().min(length));
        // Nothing open: the next push opens the chunk it needs.
        self.end.set(length);
    }

    /// Reads element `at`.
    ///
    /// # Panics
    /// When `at` is not below [`len`](Self::len), or was skipped.
    #[inline]
    pub fn get(&self, at: usize) -> T {
        let (origin, length) = (self.origin.get(), self.length.get());
        assert!(origin <= at && at < length, "element {at} of {length}, of which {origin} hold nothing");
        let (chunk, range) = chunk_of(at - origin);
        let first = self.chunks.borrow()[chunk].as_ptr().cast::<T>();
        // SAFETY: `at - origin` lies in `range`, so the address is inside chunk `chunk` (invariant 1); `at < length`, so the
        // element is initialised (invariant 2).
        unsafe { first.add(at - origin - range.start).read() }
    }

    /// The numbers of the elements in `range`; panics when some are not held.
    #[inline(always)]
    fn held(&self, range: &Range<usize>) -> Range<usize> {
        let (origin, length) = (self.origin.get(), self.length.get());
        assert!(range.end <= length, "elements {range:?} of {length}");
        if range.is_empty() {
            return 0..0;
        }
        assert!(origin <= range.start, "elements {range:?}, of which those before {origin} hold nothing");
        range.start - origin..range.end - origin
    }

    /// Shows the elements of `range` to `visit`, first to last, with their places.
    ///
    /// # Panics
    /// When `range` ends beyond [`len`](Self::len), or begins among places that were skipped.
    #[inline(always)]
    pub fn visit(&self, range: Range<usize>, mut visit: impl FnMut(usize, T)) {
        let numbers = self.held(&range);
        let origin = range.start - numbers.start;
        let mut start = numbers.start;
        while start < numbers.end {
            let (chunk, held) = chunk_of(start);
            let first = self.chunks.borrow()[chunk].as_ptr().cast::<T>();
            let high = held.end.min(numbers.end);
            for number in start..high {
                // SAFETY: `held.start <= number < held.end`, so the address is inside chunk `chunk`, which lives as long
                // as `self` whatever `visit` does (invariant 1); `number` was held when this call began, and
                // truncation does not undo initialisation (invariant 2).
                visit(origin + number, unsafe { first.add(number - held.start).read() });
            }
            start = high;
        }
    }

    /// Shows the elements of `range` to `visit`, last to first, with their places.
    ///
    /// # Panics
    /// When `range` ends beyond [`len`](Self::len), or begins among places that were skipped.
    #[inline(always)]
    pub fn visit_back(&self, range: Range<usize>, mut visit: impl FnMut(usize, T)) {
        let numbers = self.held(&range);
        let origin = range.start - numbers.start;
        let mut end = numbers.end;
        while end > numbers.start {
            let (chunk, held) = chunk_of(end - 1);
            let first = self.chunks.borrow()[chunk].as_ptr().cast::<T>();
            let low = held.start.max(numbers.start);
            for number in (low..end).rev() {
                // SAFETY: as in `visit`.
                visit(origin + number, unsafe { first.add(number - held.start).read() });
            }
            end = low;
        }
    }
}

impl<T> Drop for Stream<T> {
    fn drop(&mut self) {
        for chunk in self.chunks.get_mut().drain(..) {
            // SAFETY: each pointer came from `Box::leak` in `chunk_at` and is given back exactly once, here. Elements are
            // `MaybeUninit` and so are not dropped; only `Copy` elements are ever written.
            drop(unsafe { Box::from_raw(chunk.as_ptr()) });
        }
    }
}

// SAFETY: a stream owns its chunks alone; the raw pointers are only ways to them. Sending the stream sends the elements.
// (It is not `Sync`: `push` writes through a shared reference.)
unsafe impl<T: Send> Send for Stream<T> {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn chunks_tile_the_indices() {
        let mut next = 0;
        for chunk in 0..20 {
            let (found, range) = chunk_of(next);
            assert_eq!((found, range.start), (chunk, next));
            assert_eq!(chunk_of(range.end - 1).0, chunk);
            next = range.end;
        }
    }

    #[test]
    fn every_place_fits_in_32_bits_with_one_to_spare() {
        assert_eq!(chunk_of(PLACES).0, 22);
        assert!(u32::try_from(PLACES).is_ok_and(|last| last < u32::MAX));
    }

    #[test]
    fn a_visitor_may_truncate_and_push() {
        let stream = Stream::new();
        stream.extend(0..5000u64);
        let mut sum = 0;
        stream.visit_back(0..5000, |_, x| {
            stream.truncate(0);
            stream.push(x);
            sum += u64::from(x < 5000);
        });
        assert_eq!(sum, 5000);
    }

    #[test]
    fn an_iterator_may_use_the_stream_that_it_extends() {
        let stream = Stream::new();
        stream.push(0u64);
        // It pushes into other chunks than the extension is in, and overwrites what is there: what the elements are is
        // then its own doing, but the stream stays whole.
        stream.extend((1..2000).inspect(|&i| {
            (0..i % 50).for_each(|_| _ = stream.push(7));
            if i % 700 == 0 {
                stream.truncate(0);
            }
        }));
        assert_eq!(stream.len(), 2000);
        assert!((1990..2000).all(|at| stream.get(at) == at as u64));
        (0..5000).for_each(|i| assert_eq!(stream.push(i), 2000 + usize::try_from(i).unwrap()));
    }

    #[test]
    fn memory_is_reused_after_truncate() {
        let stream = Stream::new();
        (0..10_000).for_each(|i| _ = stream.push(i));
        let chunks = stream.chunks.borrow().len();
        for _ in 0..3 {
            stream.truncate(0);
            (0..10_000).for_each(|i| _ = stream.push(i));
        }
        assert_eq!(stream.chunks.borrow().len(), chunks);
    }

    #[test]
    #[should_panic(expected = "elements 0..3 of 2")]
    fn reading_past_the_end_panics() {
        let stream = Stream::new();
        stream.push(1);
        stream.push(2);
        stream.visit(0..3, |_, _| ());
    }

    proptest! {
        #[test]
        fn behaves_like_a_vec(steps in prop::collection::vec((0usize..4000, 0usize..5000, 0usize..3000), 1..12)) {
            let stream = Stream::new();
            let mut model = Vec::new();
            for (grow, shrink, skip) in steps {
                for _ in 0..skip {
                    if model.len() == stream.skipped() {
                        prop_assert_eq!(stream.skip(), Some(model.len()));
                        model.push(0);
                    } else {
                        prop_assert_eq!(stream.skip(), None);
                    }
                }
                for i in 0..grow / 2 {
                    let at = if i % 2 == 0 { stream.try_push(i * 7) } else { None };
                    prop_assert_eq!(at.unwrap_or_else(|| stream.push(i * 7)), model.len());
                    model.push(i * 7);
                }
                stream.extend(0..grow / 2);
                model.extend(0..grow / 2);
                let to = model.len().saturating_sub(shrink);
                stream.truncate(to);
                model.truncate(to);
                let skipped = stream.skipped();
                let mut forward = Vec::new();
                stream.visit(skipped..to, |at, x| forward.push((at, x)));
                let mut backward = Vec::new();
                let start = skipped.max(to / 3);
                stream.visit_back(start..to, |at, x| backward.push((at, x)));
                prop_assert!(forward.iter().copied().eq(model.iter().copied().enumerate().skip(skipped)));
                prop_assert!(backward.iter().rev().eq(forward[start - skipped..].iter()));
                if to > start { prop_assert_eq!(stream.get(start), model[start]); }
            }
        }
    }
}
