//! How the functions of `chainrule::derivative` behave as calls: sums over data by threads, panics and what comes after, calls
//! within calls, tapes of one's own, and what is refused.

use crate::panics::panic_of;
use chainrule::derivative::{release_memory, sum_of_gradients_on};
use chainrule::prelude::*;
use std::panic::{self, AssertUnwindSafe};

/// Observations around `exp(-x/2)`, in no order that would make sums easy.
fn observations(count: u32) -> Vec<(f64, f64)> {
    let observe = |i: u32| {
        let x = f64::from(i * 7919 % 1000) / 250.0;
        (x, (-0.5 * x).exp() + (f64::from(i) * 12.9898).sin() * 0.01)
    };
    (0..count).map(observe).collect()
}

#[test]
fn a_sum_over_data_has_the_same_bits_for_any_number_of_threads() {
    for count in [1, 2, 63, 64, 65, 1000, 20_000] {
        let data = observations(count);
        let sum = |threads| {
            sum_of_gradients_on(threads, |[a, b], &(x, y)| (a * (b * x).exp() - y).powi(2), [0.9, -0.4], &data)
        };
        let (loss, gradient) = sum(1);
        for threads in [2, 3, 8, 100] {
            let (again, same) = sum(threads);
            assert_eq!(again.to_bits(), loss.to_bits(), "{count} data, {threads} threads");
            assert_eq!(same.map(f64::to_bits), gradient.map(f64::to_bits), "{count} data, {threads} threads");
        }
        // beside one long formula
        let (whole, by_both) = value_and_grad(
            |[a, b]| data.iter().map(|&(x, y)| (a * (b * x).exp() - y).powi(2)).sum::<Var<'_, f64>>(),
            [0.9, -0.4],
        );
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-12 * a.abs().max(1.0);
        assert!(close(loss, whole) && close(gradient[0], by_both[0]) && close(gradient[1], by_both[1]));
    }
}

#[test]
fn a_sum_over_no_data_is_nothing() {
    let none: [f64; 0] = [];
    assert_eq!(sum_of_gradients(|[a], x| a * *x, [1.0], &none), (0.0, [0.0]));
    let (loss, gradient) = sum_of_gradients(|w, x| (w * *x).sum(), Tensor::from([1.0, 2.0]), &none);
    assert_eq!((loss.item(), gradient.to_vec()), (0.0, vec![0.0, 0.0]));
}

#[test]
fn a_sum_over_data_of_tensors_and_of_many_parameters() {
    // Σ over rows r of (w · r)²: gradient Σ 2 (w · r) r
    let rows = [Tensor::from([1.0, 2.0]), Tensor::from([3.0, -1.0]), Tensor::from([0.5, 0.5])];
    let (loss, gradient) = sum_of_gradients(|w, row| (w * row).sum().powi(2), Tensor::from([1.0, 1.0]), &rows);
    assert_eq!((loss.item(), gradient.to_vec()), (9.0 + 4.0 + 1.0, vec![6.0 + 12.0 + 1.0, 12.0 - 4.0 + 1.0]));
    // a factorisation, each datum touching two of many: Σ (a[i] - 2 i)²
    let data: Vec<usize> = (0..100_000).map(|i| i * 31 % 500).collect();
    let (_, gradient) = sum_of_gradients(|a: Vec<_>, &i| (a[i] - 2.0 * i as f64).powi(2), vec![1.0; 500], &data);
    let expected: Vec<f64> = (0..500).map(|i| 200.0 * 2.0 * (1.0 - 2.0 * f64::from(i))).collect();
    assert_eq!(gradient, expected);
}

fn message(payload: &(dyn std::any::Any + Send)) -> &str {
    payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref::<&str>().copied()).unwrap_or_default()
}

#[test]
fn a_panic_within_a_sum_comes_out_of_it() {
    let data: Vec<u32> = (0..10_000).collect();
    for threads in [1, 4] {
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
            sum_of_gradients_on(
                threads,
                |[a], &i| {
                    assert!(i != 7777, "datum 7777 is out of order");
                    a * f64::from(i)
                },
                [1.0],
                &data,
            )
        }));
        let payload = outcome.expect_err("the panic of the closure");
        assert_eq!(message(&*payload), "datum 7777 is out of order");
    }
}

#[test]
fn after_a_panic_the_next_call_is_right() {
    for _ in 0..3 {
        let outcome = panic::catch_unwind(|| {
            grad(
                |[x, y]| {
                    let product = x * y * x;
                    assert!(product < 0.0, "on purpose");
                    product
                },
                [2.0, 3.0],
            )
        });
        assert!(outcome.is_err());
        assert_eq!(grad(|[x, y]| x * y, [2.0, 3.0]), [3.0, 2.0]);
        assert_eq!(hessian(|[x, y]| x * y, [2.0, 3.0]), [[0.0, 1.0], [1.0, 0.0]]);
    }
}

#[test]
fn calls_within_calls_have_tapes_of_their_own() {
    // an inner minimum is computed by gradients while the outer tape is in the middle of its formula
    let newton =
        |c: f64| (0..20).fold(1.0, |y, _| y - (grad(|y| y * y * y - c * y, y) / hessian(|y| y * y * y - c * y, y)));
    let (value, [slope]) = value_and_grad(
        |[x]| {
            let twice = x * x;
            let minimum = newton(3.0);
            twice * minimum + x
        },
        [2.0],
    );
    // y³ - 3 y is least at 1
    assert!((value - 6.0).abs() < 1e-12 && (slope - 5.0).abs() < 1e-12);
    release_memory();
    assert_eq!(grad(|x| x * x, 3.0), 6.0);
    // memory may go while a tape is lent
    assert_eq!(
        grad(
            |x| {
                release_memory();
                x * x
            },
            3.0
        ),
        6.0
    );
}

#[test]
fn tapes_of_ones_own_serve_every_call_again() {
    let mut tape = Tape::<f32>::new();
    for turn in 1..4u8 {
        let x = f32::from(turn);
        assert_eq!(tape.value_and_grad(|[x, y]| 2.0 * x * y, [x, 3.0]), (6.0 * x, [6.0, 2.0 * x]));
        assert_eq!(tape.vjp(|[x, y]| [x * y, y], [x, 3.0], [1.0, 1.0]), ([3.0 * x, 3.0], [3.0, x + 1.0]));
        assert_eq!(tape.jacobian(|[x, y]| [x * y, y], [x, 3.0]), [[3.0, x], [0.0, 1.0]]);
        assert_eq!(tape.jacobian_of_many(|x: Vec<_>| vec![x[0] * x[1]], vec![x, 3.0]), [[3.0, x]]);
    }
    let mut traced = ScalarTape::traced();
    assert_eq!(traced.grad(|[x, y]| (x * y).exp().ln(), [2.0, 3.0]), [3.0, 2.0]);
    assert!(traced.len() >= 5, "the tape may be looked at afterwards");
}

type Case = (fn(), u32, &'static str);

#[rustfmt::skip]
const CASES: [Case; 11] = [
    (|| drop(grad(|x| x * 2.0, Tensor::from([1.0, 2.0]))), line!(), "the value has shape [2], and a gradient is that of a single number"),
    (|| drop(hvp(|x| x * 2.0, Tensor::from([1.0, 2.0]), Tensor::from([1.0, 2.0]))), line!(), "the value has shape [2], and a gradient"),
    (|| drop(hessian(|x| x * 2.0, Tensor::from([1.0, 2.0]))), line!(), "the value has shape [2], and a gradient"),
    (|| drop(jvp(|[x, y]: [Dual<f64>; 2]| x * y, [1.0, 2.0], [1.0, 2.0, 3.0]).1.to_string()), line!(), "jvp: the direction has 3 values and the point 2"),
    (|| drop(jvp(|x: Tensor<Dual<f64>>| x, Tensor::from([1.0]), Tensor::scalar(1.0))), line!(), "jvp: a value of shape [1] cannot move along a direction of shape []"),
    (|| drop(hvp(|x: Vec<_>| x[0], vec![1.0], [0.0; 0])), line!(), "hvp: the direction has 0 values and the point 1"),
    (|| drop(vjp(|x: Vec<_>| x, vec![1.0, 2.0], vec![1.0])), line!(), "vjp: the function has 2 results and the upstream gradient 1 values"),
    (|| drop(vjp(|x| x * 2.0, Tensor::from([1.0, 2.0]), Tensor::scalar(1.0))), line!(), "the seed has shape [], but the output [2]"),
    (|| drop(divergence(|x: Vec<_>| vec![x[0]], vec![1.0, 2.0]).to_string()), line!(), "divergence: the field has 1 values at a point of 2"),
    (|| drop(mixed_partial(|[x, y]| x * y, [1.0, 2.0], [0, 2]).to_string()), line!(), "mixed_partial: index 2 names no parameter: there are 2"),
    (|| { let _: [f64; 2] = taylor(|x| x, 1.0, [1.0, 2.0]); }, line!(), "taylor: the direction has 2 values and the point 1"),
];

#[test]
fn each_refusal_names_the_operation_and_the_line() {
    for (action, line, expected) in CASES {
        let (message, blamed) = panic_of(file!(), action);
        assert!(message.contains(expected), "{message:?} does not say {expected:?}");
        assert_eq!(blamed, line, "{message:?}");
    }
}
