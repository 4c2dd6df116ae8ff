//! Numbered pieces of work, and who has taken which.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Bits of one of the two counts in [`Job::taken`].
const HALF: u32 = usize::BITS / 2;

/// More pieces than this a job cannot have: half of what a count can hold, so that the threads that find nothing left, each of
/// which counts once, cannot make it overflow.
pub(super) const MOST_PIECES: usize = 1 << (HALF - 1);

/// What is set in [`Job::taken`] when no further piece is to be taken: it makes the back seem to have taken more than there are.
const ABANDONED: usize = 1 << (usize::BITS - 1);

/// From which end of the pieces a thread takes its own: with two threads each is likely to get the same pieces, and the same part of
/// the data, in job after job.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    Front,
    Back,
}

/// What `Pool::run` was asked for. A cache line of its own, which a thread has to fetch once.
#[repr(align(128))]
pub(super) struct Job<'a> {
    work: &'a (dyn Fn(usize) + Sync),
    pieces: usize,
    /// How many pieces were taken, from the front in the lower half, from the back in the upper half.
    taken: AtomicUsize,
    /// What the first piece that panicked has panicked with.
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

impl<'a> Job<'a> {
    pub(super) fn new(work: &'a (dyn Fn(usize) + Sync), pieces: usize) -> Self {
        assert!(pieces <= MOST_PIECES, "more pieces than can be counted");
        Self { work, pieces, taken: AtomicUsize::new(0), panic: Mutex::new(None) }
    }

    /// Does pieces until none is left. Does not unwind.
    pub(super) fn take_part(&self, end: End) {
        let all = catch_unwind(AssertUnwindSafe(|| {
            while let Some(piece) = self.next(end) {
                (self.work)(piece);
            }
        }));
        if let Err(panic) = all {
            self.taken.fetch_or(ABANDONED, Ordering::Relaxed);
            let mut first = self.panic.lock().unwrap_or_else(PoisonError::into_inner);
            match *first {
                None => *first = Some(panic),
                // dropping it might panic in its turn
                Some(_) => std::mem::forget(panic),
            }
        }
    }

    /// A piece that nobody else gets. The counts carry no data from thread to thread, so their order is of no concern.
    fn next(&self, end: End) -> Option<usize> {
        let one = match end {
            End::Front => 1,
            End::Back => 1 << HALF,
        };
        let taken = self.taken.fetch_add(one, Ordering::Relaxed);
        let (front, back) = (taken & ((1 << HALF) - 1), taken >> HALF);
        (front + back < self.pieces).then(|| match end {
            End::Front => front,
            End::Back => self.pieces - 1 - back,
        })
    }

    /// What a piece has panicked with, if any has.
    pub(super) fn panic(self) -> Option<Box<dyn Any + Send>> {
        self.panic.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_meet_and_no_piece_is_taken_twice() {
        let job = Job::new(&|_| (), 5);
        assert_eq!([End::Front, End::Back, End::Back].map(|end| job.next(end)), [Some(0), Some(4), Some(3)]);
        assert_eq!([End::Front, End::Front].map(|end| job.next(end)), [Some(1), Some(2)]);
        assert_eq!([End::Front, End::Back, End::Front, End::Back].map(|end| job.next(end)), [None; 4]);
    }

    #[test]
    fn after_a_panic_no_piece_is_taken() {
        let job = Job::new(&|piece| assert_ne!(piece, 1, "the second"), 5);
        job.take_part(End::Front);
        assert_eq!([job.next(End::Front), job.next(End::Back)], [None; 2]);
        assert!(job.panic().expect("a payload").downcast_ref::<String>().expect("a message").contains("the second"));
    }
}
