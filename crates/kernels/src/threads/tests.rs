//! Each test has a pool of its own, since only one call at a time has the threads of a pool; `set_count` and the pool of the program
//! stand in one test.

use super::pool::Pool;
use super::{MOST_THREADS, chosen_count, count, each_chunk, each_chunk_of, each_part, run, set_count};
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

fn pool() -> &'static Pool {
    Box::leak(Box::new(Pool::new()))
}

/// In place where the pool does not, as the public function.
fn run_on(pool: &'static Pool, count: usize, pieces: usize, work: impl Fn(usize) + Sync) {
    if !pool.run(count, pieces, &work) {
        (0..pieces).for_each(work);
    }
}

fn counters(count: usize) -> Vec<AtomicUsize> {
    (0..count).map(|_| AtomicUsize::new(0)).collect()
}

fn values(counters: &[AtomicUsize]) -> Vec<usize> {
    counters.iter().map(|counter| counter.load(Ordering::Relaxed)).collect()
}

#[test]
fn every_piece_is_done_once() {
    let pool = pool();
    for count in [1, 2, 3, 8] {
        for pieces in [0, 1, 2, 3, 7, 64, 1000] {
            let done = counters(pieces);
            run_on(pool, count, pieces, |piece| _ = done[piece].fetch_add(1, Ordering::Relaxed));
            assert_eq!(values(&done), vec![1; pieces], "{pieces} pieces on {count} threads");
        }
    }
}

#[test]
fn work_of_many_short_jobs_is_seen_by_the_caller() {
    let pool = pool();
    let mut data = [0_usize; 5];
    for round in 0..20_000 {
        let slots: Vec<Mutex<&mut usize>> = data.iter_mut().map(Mutex::new).collect();
        let count = 1 + round % 4;
        run_on(pool, count, slots.len(), |piece| **slots[piece].lock().expect("no panic") += piece);
    }
    assert_eq!(data, [0, 20_000, 40_000, 60_000, 80_000]);
}

#[test]
fn several_threads_take_part_and_no_more_than_asked_for() {
    for count in [1, 2, 4] {
        let (pool, seen) = (pool(), Mutex::new(HashSet::<ThreadId>::new()));
        // each piece waits until as many threads as there should be are at work
        let meet = Barrier::new(count);
        assert_eq!(pool.run(count, count, &|_| _ = meet.wait()), count > 1);
        for _ in 0..100 {
            run_on(pool, count, 50, |_| _ = seen.lock().expect("no panic").insert(thread::current().id()));
        }
        assert!((1..=count).contains(&seen.into_inner().expect("no panic").len()));
    }
}

#[test]
fn fewer_threads_may_be_asked_for_later() {
    let pool = pool();
    let meet = Barrier::new(3);
    assert!(pool.run(3, 3, &|_| _ = meet.wait()));
    let seen = Mutex::new(HashSet::<ThreadId>::new());
    for _ in 0..200 {
        run_on(pool, 2, 50, |_| _ = seen.lock().expect("no panic").insert(thread::current().id()));
        // a job that has a thread only if it is not late
        thread::yield_now();
    }
    assert!(seen.into_inner().expect("no panic").len() <= 2);
}

#[test]
fn a_call_from_within_and_one_from_beside_run_in_place() {
    let pool = pool();
    let done = counters(6);
    let here = |id: ThreadId| assert_eq!(thread::current().id(), id, "not in place");
    let outer = pool.run(2, 2, &|piece| {
        let own = thread::current().id();
        run_on(pool, 2, 3, |inner| {
            here(own);
            done[3 * piece + inner].fetch_add(1, Ordering::Relaxed);
        });
        thread::scope(|scope| {
            let beside = scope.spawn(|| pool.run(2, 2, &|_| unreachable!("the threads are taken")));
            assert!(!beside.join().expect("no panic"));
        });
    });
    assert!(outer);
    assert_eq!(values(&done), [1; 6]);
}

#[test]
fn callers_from_many_threads_do_not_disturb_each_other() {
    let pool = pool();
    thread::scope(|scope| {
        for caller in 0..4 {
            scope.spawn(move || {
                for round in 0..2000 {
                    let pieces = (caller + round) % 7;
                    let done = counters(pieces);
                    run_on(pool, 3, pieces, |piece| _ = done[piece].fetch_add(1, Ordering::Relaxed));
                    assert_eq!(values(&done), vec![1; pieces]);
                }
            });
        }
    });
}

#[test]
fn a_panic_comes_to_the_caller_and_the_pool_goes_on() {
    let pool = pool();
    for culprit in 0..2 {
        let meet = Barrier::new(2);
        let at_work = AtomicUsize::new(0);
        // both threads are in the job; one panics while the other is still at work
        let panic = catch_unwind(AssertUnwindSafe(|| {
            insist(pool, 2, 2, |piece| {
                at_work.fetch_add(1, Ordering::Relaxed);
                meet.wait();
                if piece == culprit {
                    at_work.fetch_sub(1, Ordering::Relaxed);
                    std::panic::panic_any(piece);
                }
                thread::sleep(Duration::from_millis(5));
                at_work.fetch_sub(1, Ordering::Relaxed);
            });
        }));
        assert_eq!(at_work.into_inner(), 0, "somebody is still at work");
        assert_eq!(*panic.expect_err("a panic").downcast::<usize>().expect("the payload"), culprit);
    }
}

/// Runs it on the pool's threads even if they rest, as they may on a busy machine.
fn insist(pool: &'static Pool, count: usize, pieces: usize, work: impl Fn(usize) + Sync) {
    let start = Instant::now();
    while !pool.run(count, pieces, &work) {
        assert!(start.elapsed() < Duration::from_secs(20), "the pool does not come back");
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn when_every_piece_panics_one_panic_comes_through() {
    let pool = pool();
    let meet = Barrier::new(3);
    let panic = catch_unwind(|| {
        pool.run(3, 3, &|piece| {
            meet.wait();
            std::panic::panic_any(piece);
        })
    });
    assert!(*panic.expect_err("a panic").downcast::<usize>().expect("the payload") < 3);
}

#[test]
fn threads_that_come_late_are_left_alone_for_a_while_and_then_asked_again() {
    let pool = pool();
    let rested = (0..50).any(|_| {
        let meet = Barrier::new(2);
        insist(pool, 2, 2, |piece| {
            meet.wait();
            if piece == 1 {
                thread::sleep(Duration::from_millis(5));
            }
        });
        // at once, or the rest may be over
        !pool.run(2, 2, &|_| ())
    });
    assert!(rested);
    insist(pool, 2, 2, |_| ());
}

#[test]
fn sleeping_threads_are_woken() {
    let pool = pool();
    for _ in 0..20 {
        // ends only if a second thread comes
        let meet = Barrier::new(2);
        insist(pool, 2, 2, |_| _ = meet.wait());
        thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn the_count_is_what_was_said_last() {
    assert!((1..=MOST_THREADS).contains(&count()));
    for wished in [2, 1, 3, usize::MAX] {
        set_count(wished);
        assert_eq!(count(), wished.min(MOST_THREADS));
        if wished < 4 {
            let done = counters(10);
            run(10, |piece| _ = done[piece].fetch_add(1, Ordering::Relaxed));
            assert_eq!(values(&done), [1; 10]);
        }
    }
    set_count(2);
    assert!(catch_unwind(|| set_count(0)).is_err());
}

#[test]
fn the_environment_may_say_how_many() {
    assert_eq!(chosen_count(None, 6), 6);
    assert_eq!(chosen_count(Some("3"), 6), 3);
    assert_eq!(chosen_count(Some(" 8 "), 6), 8);
    // as rayon: 0 and what is no number mean the default
    assert_eq!([Some("0"), Some(""), Some("many"), Some("-1")].map(|text| chosen_count(text, 6)), [6; 4]);
}

#[test]
fn chunks_cover_the_data() {
    for length in [0, 1, 2, 5, 64, 1001] {
        for chunk in [1, 2, 3, 7, 64, 5000] {
            let mut data = vec![usize::MAX; length];
            each_chunk(&mut data, chunk, |piece, part| {
                assert_eq!(part.len(), chunk.min(length - piece * chunk));
                for (offset, place) in part.iter_mut().enumerate() {
                    assert_eq!(*place, usize::MAX, "reached twice");
                    *place = piece * chunk + offset;
                }
            });
            assert!(data.iter().enumerate().all(|(at, &value)| at == value), "{length} in chunks of {chunk}");
        }
    }
}

#[test]
#[should_panic(expected = "at least 1")]
fn chunks_have_elements() {
    each_chunk(&mut [1, 2, 3], 0, |_, _| ());
}

#[test]
fn several_slices_are_gone_through_together() {
    for length in [0, 1, 7, 8, 100] {
        let (mut first, mut second, mut none) = (vec![0; length], vec![0; length / 2], Vec::new());
        each_chunk_of([&mut first[..], &mut second, &mut none], 8, |piece, [first, second, none]| {
            assert!(second.len() <= first.len() && none.is_empty());
            first.iter_mut().enumerate().for_each(|(i, x)| *x += piece * 8 + i);
            second.iter_mut().enumerate().for_each(|(i, x)| *x += 1000 + piece * 8 + i);
        });
        assert!(first.iter().copied().eq(0..length), "{first:?}");
        assert!(second.iter().copied().eq(1000..1000 + length / 2), "{second:?}");
    }
}

#[test]
fn slices_have_parts_of_their_own_sizes() {
    let (mut first, mut second, mut none) = (vec![0; 10], vec![0; 7], vec![0; 3]);
    each_part(5, [(&mut first[..], 3), (&mut second[..], 2), (&mut none[..], 0)], |piece, [first, second, none]| {
        assert!(none.is_empty());
        first.iter_mut().chain(second).for_each(|x| *x += piece + 1);
    });
    assert_eq!(first, [1, 1, 1, 2, 2, 2, 3, 3, 3, 4]);
    assert_eq!(second, [1, 1, 2, 2, 3, 3, 4]);
    assert_eq!(none, [0; 3]);
    // far beyond the end
    each_part(3, [(&mut first[..], usize::MAX)], |piece, [part]| {
        assert_eq!(part.len(), if piece == 0 { 10 } else { 0 });
    });
}
