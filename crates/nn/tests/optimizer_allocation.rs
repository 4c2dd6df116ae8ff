//! From its second step on, an optimizer allocates nothing.
//!
//! An allocator that counts stands in for the system's; hence a test binary of its own, with a single test.

use chainrule::Tensor;
use chainrule_nn::optim::{Adam, Nadam, Optimizer, RmsProp, Sgd, UpdateRule};
use chainrule_nn::schedule::Cosine;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn assert_steady<R: UpdateRule>(mut optimizer: Optimizer<R>) {
    let mut weights = [Tensor::ones([100, 60]), Tensor::ones([60])];
    let gradients = [Tensor::ones([100, 60]), Tensor::ones([60])];
    optimizer.step(&mut weights, &gradients);
    // The test harness's own thread may allocate now and then; what the loop allocates shows in every window.
    let windows = [(); 8].map(|()| {
        let steady = Region::new(COUNTING);
        for _ in 0..4 {
            optimizer.step(&mut weights, &gradients);
        }
        let change = steady.change();
        (change.allocations, change.reallocations, change.deallocations)
    });
    let clean = windows.iter().filter(|window| **window == (0, 0, 0)).count();
    assert!(clean >= windows.len() - 2, "{}: {windows:?}", R::NAME);
    assert!(weights[0].iter().all(|&w| w < 1.0), "it does train");
}

#[test]
fn steady_steps_allocate_nothing() {
    assert_steady(Sgd::default());
    assert_steady(Sgd::default().momentum(0.9).clip_value(0.5));
    assert_steady(Adam::new(Cosine::new(0.01, 100)).amsgrad().weight_decay(0.01).clip_norm(1.0));
    assert_steady(RmsProp::default().momentum(0.5).centered().accumulate(3));
    assert_steady(Nadam::default().global_clip_norm(1.0).accumulate(2));
}
