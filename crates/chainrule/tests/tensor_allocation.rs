//! From its second turn on, a training step on tensors allocates nothing, and a tape's memory goes when the tape goes.
//!
//! An allocator that counts stands in for the system's; hence a test binary of its own, with a single test.

use chainrule::prelude::*;
use chainrule::{Conv2d, Element, Operand, Pool2d};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// A network of four parameters: its loss on a tape.
type Network<T> = for<'t> fn([Var<'t, Tensor<T>>; 4], Var<'t, Tensor<T>>, &Tensor<usize>) -> Var<'t, Tensor<T>>;

/// A perceptron with a hidden layer, written in many words: broadcasts, reductions, a value used twice, a constant.
fn perceptron<'t, T: Element>(
    [w1, b1, w2, b2]: [Var<'t, Tensor<T>>; 4],
    x: Var<'t, Tensor<T>>,
    labels: &Tensor<usize>,
) -> Var<'t, Tensor<T>> {
    let hidden = x.matmul(w1) + b1;
    let hidden = hidden.relu() * (hidden * T::literal(0.5)).tanh();
    let logits = (hidden - hidden.mean_along(keepdims(0))).linear(w2, b2);
    let penalty = (w1 * w1).sum() + w2.reshape([-1]).powi(2).mean();
    logits.softmax_cross_entropy(labels).mean() + penalty * T::literal(1e-3)
}

/// Convolution, bias, relu, pooling both ways, and a layer on what is left: images of 8x8 with two channels.
fn convolution<'t, T: Element>(
    [kernel, b1, w2, b2]: [Var<'t, Tensor<T>>; 4],
    x: Var<'t, Tensor<T>>,
    labels: &Tensor<usize>,
) -> Var<'t, Tensor<T>> {
    let hidden = (x.conv2d(kernel, Conv2d::new().padding(1)) + b1).relu();
    let pooled = hidden.max_pool2d(Pool2d::new(2)).avg_pool2d(Pool2d::new(2));
    let logits = pooled.reshape([-1, 2 * 2 * 4]).linear(w2, b2);
    logits.softmax_cross_entropy(labels).mean()
}

fn turn<T: Element>(
    tape: &mut Tape<Tensor<T>>,
    network: Network<T>,
    weights: &mut [Tensor<T>; 4],
    x: &Tensor<T>,
    labels: &Tensor<usize>,
) {
    let variables = weights.each_ref().map(|w| tape.var(w.clone()));
    let loss = network(variables, tape.constant(x.clone()), labels);
    let gradients = loss.backward().of_all(variables);
    assert!(loss.item().is_finite());
    tape.clear();
    for (w, gradient) in weights.iter_mut().zip(&gradients) {
        let step = T::literal(0.01);
        w.as_mut_slice().iter_mut().zip(gradient.as_slice()).for_each(|(w, &g)| *w -= step * g);
    }
}

fn assert_steady<T: Element>(name: &str, network: Network<T>, shapes: [&[usize]; 4], x: &[usize]) {
    let before = Region::new(COUNTING);
    {
        let mut tape = Tape::new();
        let mut weights = shapes.map(|shape| Tensor::uniform(shape, -0.5, 0.5, 3));
        let x = Tensor::uniform(x, -1.0, 1.0, 4);
        let labels = Tensor::from((0..x.shape()[0]).map(|i| i % 3).collect::<Vec<_>>());
        turn(&mut tape, network, &mut weights, &x, &labels);
        // The test harness's own thread may allocate now and then; what the loop allocates shows in every window.
        let windows = [(); 8].map(|()| {
            let steady = Region::new(COUNTING);
            for _ in 0..10 {
                turn(&mut tape, network, &mut weights, &x, &labels);
            }
            let change = steady.change();
            (change.allocations, change.reallocations, change.deallocations)
        });
        let clean = windows.iter().filter(|window| **window == (0, 0, 0)).count();
        assert!(clean >= windows.len() - 2, "{name}: {windows:?}");
    }
    let after = before.change();
    let left = after.bytes_allocated.saturating_sub(after.bytes_deallocated);
    assert!(left < 1000, "{name}: memory returns to its baseline, and {left} bytes did not");
}

/// What [`grad`] allocates from its second call on, with the thread's tape: nothing.
fn assert_calls_are_steady() {
    let weights = [Tensor::<f64>::uniform([20, 16], -0.5, 0.5, 3), Tensor::uniform([16], -0.5, 0.5, 4)];
    let x = Tensor::uniform([12, 20], -1.0, 1.0, 5);
    let call = || {
        let [by_w, by_b] = grad(|[w, b]| ((&x).beside(w).matmul(w) + b).tanh().powi(2).mean(), &weights);
        assert!(by_w.as_slice().iter().chain(by_b.as_slice()).all(|slope| slope.is_finite()));
    };
    (0..3).for_each(|_| call());
    let windows = [(); 8].map(|()| {
        let steady = Region::new(COUNTING);
        (0..10).for_each(|_| call());
        let change = steady.change();
        (change.allocations, change.reallocations, change.deallocations)
    });
    let clean = windows.iter().filter(|window| **window == (0, 0, 0)).count();
    assert!(clean >= windows.len() - 2, "gradients of functions of tensors: {windows:?}");
}

#[test]
fn training_steps_allocate_nothing() {
    // the product library keeps its packing buffers for the life of the thread: they are no part of the tape's memory
    let warm = Tensor::<f32>::ones([64, 64]);
    assert_eq!(warm.matmul(&warm).as_slice()[0], 64.0);
    let warm = Tensor::<f64>::ones([64, 64]);
    assert_eq!(warm.matmul(&warm).as_slice()[0], 64.0);

    let shapes: [&[usize]; 4] = [&[20, 16], &[16], &[16, 3], &[3]];
    assert_steady::<f32>("a perceptron in f32", perceptron, shapes, &[12, 20]);
    assert_steady::<f64>("a perceptron in f64", perceptron, shapes, &[12, 20]);
    assert_steady::<Dual<f64>>("a perceptron over dual numbers", perceptron, shapes, &[12, 20]);

    let shapes: [&[usize]; 4] = [&[3, 3, 2, 4], &[4], &[16, 3], &[3]];
    assert_steady::<f32>("a convolution in f32", convolution, shapes, &[5, 8, 8, 2]);
    assert_steady::<f64>("a convolution in f64", convolution, shapes, &[5, 8, 8, 2]);
    assert_steady::<Dual<f64>>("a convolution over dual numbers", convolution, shapes, &[5, 8, 8, 2]);

    assert_calls_are_steady();
}
