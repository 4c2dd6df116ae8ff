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

#[test]
fn steady_loops_allocate_nothing() {
    let _alone = ALONE.lock();
    assert_steady("f64", 0.25);
    assert_steady("f32", 0.25f32);
    assert_steady("dual numbers", Dual::new(0.25, 1.0));
}

/// States of 200 numbers, each from its neighbours: 800 nodes a step.
fn smooth<T: chainrule::Nary>(x: &[T], w: T) -> Vec<T> {
    let around = |i: usize| x[(i + 199) % 200] + x[(i + 1) % 200];
    (0..200).map(|i| (x[i] * w + around(i) * x[i]).sin()).collect()
}

/// The gradient of a loop of 400 steps, and how many bytes were held at most while it ran.
fn checkpointed(memory: Checkpoints) -> (LoopGradient<f64, Vec<f64>, f64>, usize) {
    let state: Vec<f64> = (0..200).map(|i| f64::from(i) * 0.005).collect();
    let peak = Cell::new(0);
    let region = Region::new(COUNTING);
    let sample = || {
        let held = region.change();
        peak.set(peak.get().max(held.bytes_allocated.saturating_sub(held.bytes_deallocated)));
    };
    let found = memory.gradient(
        400,
        |_, x, &w| {
            let next = smooth(&x, w);
            sample();
            next
        },
        |x, _| {
            let y = chainrule::sum(&x);
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
    for snapshots in [1, 2, 3, 5, 8, 12, 20, 40, 100, 400] {
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
