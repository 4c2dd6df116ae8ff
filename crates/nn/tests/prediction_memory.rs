//! What a prediction holds in memory.

use chainrule_nn::prelude::*;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use std::alloc::System;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

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

/// One test, so that nothing else allocates meanwhile.
#[test]
fn predictions_hold_two_layers_at_a_time() {
    dense_layers_hold_two_at_a_time();
    convolutions_hold_two_layers_at_a_time();
}

fn dense_layers_hold_two_at_a_time() {
    const LAYERS: i32 = 12;
    let most = Arc::new(AtomicUsize::new(0));
    let mut network = Sequential::new().input(1000);
    for _ in 0..LAYERS {
        network = network.add(Probe(Arc::clone(&most)));
    }
    network.build().unwrap();
    let x = Tensor::ones([32, 1000]);
    let activation = 32 * 1000 * size_of::<f32>();
    // threads are started by the first operation that is large enough, and keep what they have
    network.predict(&x).unwrap();
    most.store(0, Ordering::Relaxed);
    let before = live();
    let y = network.predict(&x).unwrap();
    assert_eq!(y.as_slice()[0], 2_f32.powi(LAYERS));
    let held = most.load(Ordering::Relaxed) - before;
    // the room for the answer is a third
    assert!(held < 3 * activation + 20_000, "{held} bytes, where one layer has {activation}");
}

/// Passes images on, and notes what is live, and how much was ever allocated.
#[derive(Clone)]
struct Between(Arc<Mutex<Vec<[usize; 2]>>>);

impl Layer for Between {
    fn forward<'t>(&self, x: Var<'t, Tensor<f32>>, _: &Pass<'t>) -> Var<'t, Tensor<f32>> {
        self.0.lock().unwrap().push([live(), GLOBAL.stats().bytes_allocated]);
        x
    }
}

/// A rectifier that notes the most that was live when it was done.
#[derive(Clone)]
struct Noted(Arc<AtomicUsize>);

impl Activate for Noted {
    fn apply<'t>(&self, x: Var<'t, Tensor<f32>>) -> Var<'t, Tensor<f32>> {
        let y = x.relu();
        self.0.fetch_max(live(), Ordering::Relaxed);
        y
    }
    fn apply_in_place(&self, x: Tensor<f32>) -> Tensor<f32> {
        let y = Relu.apply_in_place(x);
        self.0.fetch_max(live(), Ordering::Relaxed);
        y
    }
}

fn convolutions_hold_two_layers_at_a_time() {
    const ROWS: usize = 32;
    let notes = Arc::new(Mutex::new(Vec::with_capacity(100)));
    let most = Arc::new(AtomicUsize::new(0));
    let between = || Between(Arc::clone(&notes));
    let noted = || Noted(Arc::clone(&most));
    let mut network = Sequential::new()
        .input([28, 28, 1])
        .add(Conv2d::new(32, 3).activation(noted()))
        .add(between())
        .add(MaxPool2d::new(2))
        .add(between())
        .add(Conv2d::new(64, 3).activation(noted()))
        .add(between())
        .add(MaxPool2d::new(2))
        .add(between())
        .add(Flatten)
        .add(Dense::new(10));
    network.build().unwrap();
    let x = Tensor::ones([3 * ROWS, 28, 28, 1]);
    // the library of matrix products keeps room for packing from its first call on, on each thread that calls it
    let _ = network.predict_in_batches(&x, ROWS).unwrap();
    notes.lock().unwrap().clear();
    most.store(0, Ordering::Relaxed);
    let before = live();
    let _ = network.predict_in_batches(&x, ROWS).unwrap();
    // while it pools, no more can be live than was at its start and what it allocates
    let notes = notes.lock().unwrap();
    let pooling =
        notes.as_chunks::<2>().0.iter().map(|[start, end]| start[0] + end[1] - start[1]).max().unwrap() - before;
    let convolving = most.load(Ordering::Relaxed) - before;
    // the largest two neighbours: the first convolution and its pooling; the second convolution stands behind smaller images. The
    // windows that a convolution lays out, 2^16 elements at most, and what a product packs are gone when its result is there.
    let [conv, pool] = [26 * 26 * 32, 13 * 13 * 32].map(|elements| ROWS * elements * size_of::<f32>());
    // the room for the answer, and what the tape keeps of each layer
    let rest = 40_000;
    assert!(convolving <= conv + rest, "{convolving} bytes, where the layer has {conv}");
    assert!(pooling <= conv + pool + rest, "{pooling} bytes, where two layers have {}", conv + pool);
    assert!(convolving >= conv && pooling >= conv + pool, "{convolving} and {pooling} bytes cannot be all");
}
