//! Threads that share work: a pool of our own, whose threads are awake while there is work.
//!
//! [`run`] hands numbered pieces of work to the calling thread and the pool's; [`each_chunk`] and [`each_part`] do so with the parts of
//! slices. A piece is the same work whichever thread does it, so that results do not depend on how many there are, as long as the pieces are cut
//! by the shape of the data alone.
//!
//! How many threads take part, the caller among them: what [`set_count`] said, else the environment's `RAYON_NUM_THREADS`, which other
//! libraries heed too, else as many as the machine can run at once. Threads are started by the first [`run`] that has use for them, and
//! sleep while there is nothing to do. Where no thread can be started, as in a browser, everything runs in place.

mod job;
mod pool;
mod rest;
#[cfg(test)]
mod tests;

use pool::Pool;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;

static POOL: Pool = Pool::new();

/// How many threads take part; 0 until somebody asks.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// More threads than this are never used.
const MOST_THREADS: usize = pool::MOST_WORKERS + 1;

/// How many threads take part in a [`run`], the calling one among them.
#[inline]
pub fn count() -> usize {
    match COUNT.load(Ordering::Relaxed) {
        0 => count_by_default(),
        count => count,
    }
}

#[cold]
fn count_by_default() -> usize {
    let variable = std::env::var("RAYON_NUM_THREADS").ok();
    let cores = available_parallelism().map_or(1, usize::from);
    let count = chosen_count(variable.as_deref(), cores);
    // whoever has set a count in the meantime is right
    match COUNT.compare_exchange(0, count, Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => count,
        Err(set) => set,
    }
}

fn chosen_count(variable: Option<&str>, cores: usize) -> usize {
    let wished = variable.and_then(|text| text.trim().parse().ok()).filter(|&count| count > 0);
    wished.unwrap_or(cores).clamp(1, MOST_THREADS)
}

/// Says how many threads take part from now on, the calling one among them: 1 is no other than the caller.
///
/// # Panics
/// When `count` is 0.
pub fn set_count(count: usize) {
    assert!(count > 0, "no thread at all: `set_count(1)` is the calling thread alone");
    COUNT.store(count.min(MOST_THREADS), Ordering::Relaxed);
}

/// Calls `work(i)` once for each `i < pieces`, on any thread, and returns when all are done. Nothing is allocated, but for the threads
/// when they are started.
///
/// One call at a time has the threads: another, from within `work` or from another thread, does its pieces in place and waits for
/// nobody. So does every call for a while after threads have come late again and again, as they do on a machine that is busy with
/// something else.
///
/// # Panics
/// With the panic of a piece, once no thread is at work any more; pieces that had not begun are left out.
#[inline]
pub fn run(pieces: usize, work: impl Fn(usize) + Sync) {
    let count = count();
    if count == 1 || pieces <= 1 || !POOL.run(count, pieces, &work) {
        (0..pieces).for_each(work);
    }
}

/// Calls `work(i, part)` for each part of `data`: part `i` is `data[i * chunk ..][.. chunk]`, and the last may be shorter. Otherwise as
/// [`run`].
///
/// # Panics
/// When `chunk` is 0; with the panic of a part, as [`run`].
#[inline]
pub fn each_chunk<T: Send>(data: &mut [T], chunk: usize, work: impl Fn(usize, &mut [T]) + Sync) {
    each_chunk_of([data], chunk, |piece, [part]| work(piece, part));
}

/// [`each_chunk`] of several slices that are gone through together: part `i` of each. A slice that is shorter than the first has shorter
/// parts, or empty ones.
///
/// # Panics
/// As [`each_chunk`].
#[inline]
pub fn each_chunk_of<T: Send, const N: usize>(
    mut data: [&mut [T]; N],
    chunk: usize,
    work: impl Fn(usize, [&mut [T]; N]) + Sync,
) {
    assert!(chunk > 0, "parts of no elements: `chunk` must be at least 1");
    let length = data.first().map_or(0, |first| first.len());
    if length <= chunk {
        // one part at most, as most small operations have
        if length > 0 {
            for slice in &mut data {
                let part = chunk.min(slice.len());
                *slice = &mut std::mem::take(slice)[..part];
            }
            work(0, data);
        }
        return;
    }
    each_part(length.div_ceil(chunk), data.map(|slice| (slice, chunk)), work);
}

/// Calls `work(i, parts)` once for each `i < pieces`, with part `i` of several slices: of each, `[i * size ..][.. size]` with the size that
/// stands beside it. Where a slice ends, its parts are shorter or empty; a size of 0 makes all of them empty. Otherwise as [`run`].
///
/// # Panics
/// With the panic of a piece, as [`run`].
pub fn each_part<T: Send, const N: usize>(
    pieces: usize,
    data: [(&mut [T], usize); N],
    work: impl Fn(usize, [&mut [T]; N]) + Sync,
) {
    let slices = data.map(|(slice, size)| (Start(slice.as_mut_ptr()), slice.len(), size));
    run(pieces, |piece| {
        let parts = slices.each_ref().map(|(start, length, size)| {
            let begin = piece.saturating_mul(*size).min(*length);
            // SAFETY: `begin` is at most the slice's `length`, and the part ends there or before. `run` calls with each number once,
            // and parts of one slice of different numbers do not overlap: part `piece` reaches from `piece * size` to `size` behind
            // it, both cut off at the end. So no element is reached twice. All slices are borrowed until `run` has returned, and by
            // then no call is under way.
            unsafe { start.part(begin, (*size).min(length - begin)) }
        });
        work(piece, parts);
    });
}

/// The start of a slice that several threads write to, each to a part of its own.
struct Start<T>(*mut T);

// SAFETY: what it gives to another thread are exclusive references to elements, which may be sent as the elements may.
unsafe impl<T: Send> Sync for Start<T> {}

impl<T> Start<T> {
    /// # Safety
    /// The part lies within the slice, whose borrow lasts, and nothing else reaches its elements meanwhile.
    #[expect(clippy::mut_from_ref, reason = "the caller vouches that the part is reached by nobody else")]
    unsafe fn part(&self, begin: usize, length: usize) -> &mut [T] {
        // SAFETY: as the caller has promised.
        unsafe { std::slice::from_raw_parts_mut(self.0.add(begin), length) }
    }
}
