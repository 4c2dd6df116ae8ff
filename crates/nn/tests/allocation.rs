//! A training step in the steady state takes nothing from the allocator.

use chainrule_nn::prelude::*;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static GLOBAL: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Windows of ten steps, of which nearly all must be clean: the test harness' own thread allocates now and then.
fn clean_windows(mut step: impl FnMut()) -> usize {
    (0..8)
        .filter(|_| {
            let region = Region::new(GLOBAL);
            (0..10).for_each(|_| step());
            let change = region.change();
            change.allocations + change.reallocations == 0
        })
        .count()
}

fn network() -> Sequential {
    Sequential::new()
        .add(Dense::new(32).activation(Relu).regularizer(L2(1e-4)).input(20))
        .add(Dropout::new(0.5))
        .add(Maxout::new(8))
        .add(GaussianNoise::new(0.1))
        .add(Dense::new(4).activation(Softmax))
}

fn a_loop_by_hand_allocates_nothing() {
    let x = Tensor::uniform([16, 20], 0.0, 1.0, 1);
    let targets = Targets::from(Tensor::from((0..16).map(|row| row % 4).collect::<Vec<usize>>()));
    let mut network = network();
    network.build().unwrap();
    let mut optimizer = Adam::new(0.01).global_clip_norm(1.0);
    let mut session = Session::new(1);
    let mut step = || {
        let pass = session.training();
        let loss = SparseCategoricalCrossEntropy.of(network.forward(pass.constant(&x), &pass), &targets);
        let loss = pass.penalty().map_or(loss, |penalty| loss + penalty);
        pass.backward(loss);
        session.step(&mut network, &mut optimizer).unwrap();
    };
    (0..5).for_each(|_| step());
    let clean = clean_windows(step);
    assert!(clean >= 6, "only {clean} of 8 windows were clean");
}

/// An epoch allocates for its order of rows and its line of the history; a step does not, however many there are.
fn the_steps_of_fit_allocate_nothing() {
    let rows = |count: usize| {
        let labels: Vec<usize> = (0..count).map(|row| row % 4).collect();
        (Tensor::uniform([count, 20], 0.0, 1.0, 1), Tensor::from(labels))
    };
    let allocations = |count: usize| {
        let (x, y) = rows(count);
        let mut model = network().compile(SparseCategoricalCrossEntropy, Adam::default(), [Accuracy]).unwrap();
        let mut fit = || drop(model.fit(&x, &y, Fit::epochs(2).batch_size(16).silent()).unwrap());
        fit();
        let region = Region::new(GLOBAL);
        fit();
        region.change().allocations
    };
    let (few, many) = (allocations(160), allocations(1600));
    assert!(many <= few + 8, "{few} allocations for 20 steps, {many} for 200");
}

/// One test: another one beside it would be counted too.
#[test]
fn the_steady_state_allocates_nothing() {
    a_loop_by_hand_allocates_nothing();
    the_steps_of_fit_allocate_nothing();
}
