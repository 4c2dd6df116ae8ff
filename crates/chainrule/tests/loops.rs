//! Loops whose steps are run again: the gradient of one tape over all of them, to the bit, and as many steps as were published.

use super::taming::{ALL, Operation, grow, message, operations, same, values};
use chainrule::Nary;
use chainrule::derivative::{Checkpoints, LoopGradient};
use chainrule::prelude::*;
use proptest::prelude::*;

/// A step that uses its number, both parameters, and every kind of recording; one value is handed on as it is where `keeps`, and
/// one is a constant at times where `resets`.
fn step<T: Nary>(operations: &[Operation], keeps: bool, resets: bool, i: usize, state: [T; 3], w: [T; 2]) -> [T; 3] {
    let number = T::literal(i as f64 * 0.1);
    let results = grow(&[state[0], state[1], state[2] + number, w[0], w[1] * number], operations);
    let last = results[results.len() - 1];
    let second = if keeps { state[0] } else { last * w[0] + state[1] };
    let third = if resets && i % 3 == 1 { T::literal(0.25) } else { (state[2] * w[1]).sin() };
    [last.tanh(), second.sin() + T::literal(0.0), if keeps && i.is_multiple_of(2) { w[0] } else { third }]
}

/// r n - β(s + 1, r - 1), r the least with β(s, r) >= n (Griewank & Walther, ACM TOMS 26, 2000).
fn published(n: usize, s: usize) -> usize {
    let beta = |s: usize, r: usize| (1..=s).fold(1, |product, i| product * (r + i) / i);
    let r = (0..=n).find(|&r| beta(s, r) >= n).expect("β(s, n) is more than n");
    if r == 0 { 0 } else { r * n - beta(s + 1, r - 1) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_gradient_is_that_of_one_tape_to_the_bit(
        at in values::<3>(), w in values::<2>(), operations in operations(ALL), steps in 0usize..40, snapshots in 1usize..8,
        keeps: bool, resets: bool,
    ) {
        let run = |checkpoints: Checkpoints| checkpoints.gradient(
            steps,
            |i, state: [Var<f64>; 3], w: &[Var<f64>; 2]| step(&operations, keeps, resets, i, state, *w),
            |[x, y, z], &[w, _]| x * y + z.sin() * w,
            at,
            w,
        );
        let (few, all) = (run(Checkpoints::binomial(snapshots)), run(Checkpoints::everything()));
        let flat = |found: &LoopGradient<f64, [f64; 3], [f64; 2]>| {
            let ([x, y, z], [a, b]) = (found.by_state, found.by_parameters);
            [found.value, x, y, z, a, b]
        };
        prop_assert!(flat(&few).iter().zip(flat(&all)).all(|(a, b)| same(*a, b)), "{few:?} {all:?}");
        prop_assert_eq!((few.rerun, all.rerun, all.snapshots), (published(steps, snapshots), 0, 0));
        prop_assert!(few.snapshots <= snapshots);

        // the loop written by hand, on one tape, where a step makes new values of all
        if !keeps && !resets {
            let tape = ScalarTape::new();
            let (w, first) = (tape.vars(w), tape.vars(at));
            let last = (0..steps).fold(first, |state, i| step(&operations, false, false, i, state, w).map(Var::keep));
            let loss = last[0] * last[1] + last[2].sin() * w[0];
            let gradients = loss.backward();
            let ([x, y, z], [a, b]) = (gradients.of_all(first), gradients.of_all(w));
            let plain = [loss.value(), x, y, z, a, b];
            prop_assert!(flat(&few).iter().zip(plain).all(|(a, b)| same(*a, b)), "{few:?} {plain:?}");
        }
    }
}

#[test]
fn closed_forms() {
    // x(i+1) = a x(i): x(n) = aⁿ x, slopes aⁿ and n aⁿ⁻¹ x; powers of two are exact
    for (n, snapshots) in [(0, 1), (1, 1), (2, 1), (30, 1), (30, 3), (30, 30), (30, 100)] {
        let found = Checkpoints::binomial(snapshots).gradient(n, |_, x, &a| a * x, |x, _| x, 3.0, 2.0);
        let power = 2f64.powi(i32::try_from(n).unwrap());
        assert_eq!((found.value, found.by_state, found.by_parameters), (3.0 * power, power, n as f64 * power * 1.5));
        assert_eq!(
            (found.rerun, found.snapshots),
            (published(n.max(1), snapshots), snapshots.min(n.saturating_sub(1)))
        );
    }
    // the result may not depend on the state at all
    let found = Checkpoints::binomial(2).gradient(5, |_, x, _| x, |_, &a| a * a, 1.0, 3.0);
    assert_eq!((found.value, found.by_state, found.by_parameters), (9.0, 0.0, 6.0));
    let found = Checkpoints::binomial(2).gradient(5, |_, x, _| x, |_, _| Var::constant(7.0), 1.0, 3.0);
    assert_eq!((found.value, found.by_state, found.by_parameters), (7.0, 0.0, 0.0));
}

#[test]
fn many_steps_in_any_arrangement() {
    fn ring<T: Nary>(i: usize, x: &[T], w: &[T]) -> Vec<T> {
        (0..4).map(|k| (x[k] * w[0] + x[(k + i) % 4] * w[1]).sin()).collect()
    }
    let (state, w) = (vec![0.1, 0.2, 0.3, 0.4], [0.9, 0.1]);
    let run =
        |checkpoints: Checkpoints| checkpoints.gradient(3000, |i, x, w| ring(i, &x, w), |x, _| sum(&x), &state, &w[..]);
    let (few, all) = (run(Checkpoints::binomial(8)), run(Checkpoints::everything()));
    assert_eq!((&few.by_state, &few.by_parameters, few.value), (&all.by_state, &all.by_parameters, all.value));
    assert_eq!((few.rerun, few.snapshots), (published(3000, 8), 8));
}

#[test]
fn higher_orders_single_precision_and_tensors() {
    // f = aⁿ x, n = 4: f'' by a is 12 a² x
    let second = grad(
        |a| Checkpoints::binomial(2).gradient(4, |_, x, &a| a * x, |x, _| x, Var::constant(3.0), a).by_parameters,
        2.0,
    );
    assert_eq!(second, 144.0);
    let a = Dual::new(2.0, 1.0);
    let found = Checkpoints::binomial(2).gradient(4, |_, x, &a| a * x, |x, _| x, Dual::constant(3.0), a);
    assert_eq!(found.by_parameters, Dual::new(96.0, 144.0));
    let found = Checkpoints::binomial(1).gradient(3, |_, [x], &[a]| [a * x], |[x], _| x, [3.0f32], [2.0f32]);
    assert_eq!((found.value, found.by_state, found.by_parameters), (24.0f32, [8.0f32], [36.0f32]));

    let (x, w) = (Tensor::from([0.5, -0.25]), Tensor::from([[0.2, 0.7], [-0.4, 0.9]]));
    let run = |checkpoints: Checkpoints| checkpoints.gradient(9, |_, x, &w| x.matmul(w).tanh(), |x, _| x.sum(), &x, &w);
    let (few, all) = (run(Checkpoints::binomial(3)), run(Checkpoints::everything()));
    assert_eq!(few.value, all.value);
    let near = |a: &Tensor<f64>, b: &Tensor<f64>| {
        assert!(a.as_slice().iter().zip(b.as_slice()).all(|(a, b)| (a - b).abs() < 1e-14), "{a} {b}");
    };
    near(&few.by_state, &all.by_state);
    near(&few.by_parameters, &all.by_parameters);
    assert_eq!(few.rerun, published(9, 3));
}

#[test]
fn what_cannot_be_reversed_is_refused() {
    assert!(message(|| _ = Checkpoints::binomial(0)).contains("allow 1 snapshot at least"));
    let shorter = |checkpoints: Checkpoints| {
        message(|| {
            _ = checkpoints.gradient(2, |_, x: Vec<Var<f64>>, _| x[1..].to_vec(), |x, _| x[0], vec![1.0; 3], 2.0);
        })
    };
    let text = shorter(Checkpoints::everything());
    assert!(text.contains("step 0 made a state of 2 values from one of 3"), "{text}");
    let text = shorter(Checkpoints::binomial(1));
    assert!(text.contains("step 0 made a state of 2 values from one of 3"), "{text}");
}
