//! From its second turn on, a loop that reuses its tape allocates nothing, and a tape's memory goes when the tape goes.
//!
//! An allocator that counts stands in for the system's; hence a test binary of its own, with a single test.

use chainrule::prelude::*;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

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
    assert_steady("f64", 0.25);
    assert_steady("f32", 0.25f32);
    assert_steady("dual numbers", Dual::new(0.25, 1.0));
}
