//! What a prediction holds in memory.

use chainrule_nn::prelude::*;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use std::alloc::System;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[global_allocator]
static GLOBAL: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Bytes that were taken and not given back.
fn live() -> usize {
    let stats = GLOBAL.stats();
    stats.bytes_allocated - stats.bytes_deallocated
}

/// Doubles what passes, and notes the most that was live when it did.
#[derive(Clone)]
struct Probe(Arc<AtomicUsize>);

impl Layer for Probe {
    fn forward<'t>(&self, x: Var<'t, Tensor<f32>>, _: &Pass<'t>) -> Var<'t, Tensor<f32>> {
        let y = x * 2.0;
        self.0.fetch_max(live(), Ordering::Relaxed);
        y
    }
}

#[test]
fn predictions_hold_two_layers_at_a_time() {
    const LAYERS: i32 = 12;
    let most = Arc::new(AtomicUsize::new(0));
    let mut network = Sequential::new().input(1000);
    for _ in 0..LAYERS {
        network = network.add(Probe(Arc::clone(&most)));
    }
    network.build().unwrap();
    let x = Tensor::ones([32, 1000]);
    let activation = 32 * 1000 * size_of::<f32>();
    let before = live();
    let y = network.predict(&x).unwrap();
    assert_eq!(y.as_slice()[0], 2_f32.powi(LAYERS));
    let held = most.load(Ordering::Relaxed) - before;
    // the room for the answer is a third
    assert!(held < 3 * activation + 20_000, "{held} bytes, where one layer has {activation}");
}
