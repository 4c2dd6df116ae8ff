//! From its second turn on, a loop that reuses its tape allocates nothing, and a tape's memory goes when the tape goes.
//!
//! An allocator that counts stands in for the system's; hence a test binary of its own, whose tests take turns.

use chainrule::derivative::{Checkpoints, LoopGradient};
use chainrule::prelude::*;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use std::cell::Cell;
use std::sync::Mutex;

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Only one test counts at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// A small network of every kind of recording: folded functions, pairs, statements, kept values, two live gradients.
fn turn<T: chainrule::Nary>(tape: &mut Tape<T>, weights: &mut [T; 8]) {
    tape.clear();
    let w = tape.vars(*weights);
    let mut total = Var::constant(T::zero());
    for step in 0..500 {
        let x = T::literal(f64::from(step % 7) * 0.1);
        let hidden = (w[0] * x + w[1]).tanh().keep();
        let other = dot(&w[2..5], &[hidden, w[5] * hidden, Var::constant(x)]);
        total += (other.sigmoid() - w[6]).powi(2) + log_sum_exp(&w[5..8]) + hidden.mul_add(w[7], x);
    }
    total += (0..9).map(|i| (0..i).map(|k| w[k % 8] * w[(i + k) % 8]).sum::<Var<T>>().sin()).sum::<Var<T>>();
    let gradients = total.backward();
    let again = total.backward_seeded(T::literal(0.5));
    for (weight, w) in weights.iter_mut().zip(w) {
        *weight -= T::literal(1e-4) * (gradients.of(w) + again.of(w));
    }
    let two = tape.backward_lanes([total, w[0] * w[1]]);
    let three = tape.backward_lanes([total, w[0] * w[1], w[2]]).of(w[2]);
    let moved = tape.forward_lanes(&w.map(|w| (w, [T::one(), T::zero()]))).of(total);
    weights[0] += T::literal(1e-9) * (two.of(w[1])[1] + three[0] + moved[0]);
    drop(two);
    let [y, _] = chainrule::preaccumulate([w[0], w[1]], |[a, b]| [(a * b).sin(), a]);
    weights[1] += T::literal(1e-9) * y.value();
}

fn assert_steady<T: chainrule::Nary>(name: &str, start: T) {
    let before = Region::new(COUNTING);
    {
        let mut tape = Tape::<T>::new();
        let mut weights = [start; 8];
        turn(&mut tape, &mut weights);
        // The test harness's own thread may allocate now and then; what the loop allocates shows in every window.
        let windows = [(); 8].map(|()| {
            let steady = Region::new(COUNTING);
            for _ in 0..20 {
                turn(&mut tape, &mut weights);
            }
            let change = steady.change();
            (change.allocations, change.reallocations, change.deallocations)
        });
        let clean = windows.iter().filter(|window| **window == (0, 0, 0)).count();
        assert!(clean >= windows.len() - 2, "{name}: {windows:?}");
        assert!(weights.iter().all(|weight| weight.is_finite()));
        let held = before.change();
        assert!(held.bytes_allocated > held.bytes_deallocated, "the tape keeps its memory while it lives");
    }
    let after = before.change();
    let left = after.bytes_allocated.saturating_sub(after.bytes_deallocated);
    assert!(left < 1000, "{name}: memory returns to its baseline, and {left} bytes did not");
}

/// What the functions of `derivative` allocate from their second call on, with the thread's tapes: nothing for points in arrays.
fn assert_calls_are_steady() {
    let call = || {
        let x: [f64; 20] = std::array::from_fn(|i| 0.1 * i as f64);
        let gradient = grad(|x| dot(&x[..10], &x[10..]) + (x[3] * x[4]).sin(), x);
        let (value, [slope]) = value_and_grad(|[a]| a * grad(|[b]| b * b, [3.0])[0], [2.0]);
        let (_, product) = hvp(|[a, b]| a * a * b, [2.0, 3.0], [1.0, 0.0]);
        let (_, motion) = jvp(|[a, b]| [a * b, a], [2.0, 3.0], [1.0, 0.0]);
        assert_eq!((gradient[0], value, slope, product, motion), (1.0, 12.0, 6.0, [6.0, 4.0], [3.0, 1.0]));
    };
    call();
    let windows = [(); 8].map(|()| {
        let steady = Region::new(COUNTING);
        (0..20).for_each(|_| call());
        let change = steady.change();
        (change.allocations, change.reallocations, change.deallocations)
    });
    let clean = windows.iter().filter(|window| **window == (0, 0, 0)).count();
    assert!(clean >= windows.len() - 2, "derivatives of functions: {windows:?}");
    let before = Region::new(COUNTING);
    chainrule::derivative::release_memory();
    assert!(before.change().bytes_deallocated > 1000, "the thread's tapes are freed when that is asked for");
}

/// A loop that records a common part once, and rewinds to its end.
fn assert_rewinding_is_steady() {
    let mut tape = ScalarTape::new();
    let w = tape.vars([0.3, 0.7]);
    let mark = tape.mark([w[0] * w[1], w[1]]);
    let mut turn = |length: u32| {
        tape.rewind(&mark);
        let [a, b] = tape.resume(&mark);
        let y = (0..length).fold(a, |y, _| (y * b + a).sin());
        tape.backward_to(&mark, [(y, 1.0), (a, 0.5)])
    };
    assert!(turn(5000)[0].is_finite());
    let windows = [(); 8].map(|()| {
        let steady = Region::new(COUNTING);
        (0..40).for_each(|i| assert!(turn(100 * i)[1].is_finite()));
        steady.change().allocations
    });
    assert!(windows.iter().filter(|&&window| window == 0).count() >= windows.len() - 2, "{windows:?}");
}

#[test]
fn steady_loops_allocate_nothing() {
    let _alone = ALONE.lock();
    assert_rewinding_is_steady();
    assert_steady("f64", 0.25);
    assert_steady("f32", 0.25f32);
    assert_steady("dual numbers", Dual::new(0.25, 1.0));
    assert_calls_are_steady();
}

/// States of 200 numbers, each from its neighbours: 1000 nodes a step.
fn smooth<T: chainrule::Nary>(x: &[T], w: T) -> Vec<T> {
    let around = |i: usize| x[(i + 199) % 200] + x[(i + 1) % 200];
    (0..200).map(|i| (x[i] * w + around(i) * x[i]).sin()).collect()
}

/// The gradient of a loop of 200 steps, and how many bytes were held at most while it ran.
fn checkpointed(memory: Checkpoints) -> (LoopGradient<f64, Vec<f64>, f64>, usize) {
    let state: Vec<f64> = (0..200).map(|i| f64::from(i) * 0.005).collect();
    let peak = Cell::new(0);
    let region = Region::new(COUNTING);
    let sample = || {
        let held = region.change();
        peak.set(peak.get().max(held.bytes_allocated.saturating_sub(held.bytes_deallocated)));
    };
    let found = memory.gradient(
        200,
        |_, x, &w| {
            let next = smooth(&x, w);
            sample();
            next
        },
        |x, _| {
            let y = sum(&x);
            sample();
            y
        },
        state,
        0.4,
    );
    sample();
    (found, peak.get())
}

#[test]
fn the_memory_of_a_loop_is_bounded_by_its_snapshots() {
    let _alone = ALONE.lock();
    let (all, whole) = checkpointed(Checkpoints::everything());
    // what is held beside the snapshots: one step on its tape, and its adjoints
    let (_, least) = checkpointed(Checkpoints::binomial(1));
    println!("| snapshots | steps run again | peak bytes |\n|--:|--:|--:|");
    for snapshots in [1, 2, 3, 5, 10, 20, 50, 200] {
        let (found, peak) = checkpointed(Checkpoints::binomial(snapshots));
        assert_eq!((found.value, &found.by_state, found.by_parameters), (all.value, &all.by_state, all.by_parameters));
        // a snapshot is 200 numbers of 8 bytes, and the list of them doubles; 10 kB for the thread of the harness
        let bound = least + found.snapshots * (200 * 8 + 2 * size_of::<Vec<f64>>()) + 10_000;
        assert!(peak <= bound, "{snapshots} snapshots: {peak} bytes, and not {bound}");
        println!("| {snapshots} | {} | {peak} |", found.rerun);
    }
    println!("| all on one tape | 0 | {whole} |");
    assert!(whole > 20 * least, "{whole} bytes for all steps, {least} for one");
}
