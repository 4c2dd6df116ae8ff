//! Sweeps in lanes: several gradients in one sweep backwards, several tangents in one sweep forwards.
//!
//! Each lane backwards is compared with the plain sweep of its output, bit by bit but for the sign of a 0; tangents with dual
//! numbers, which know no tape; both with closed forms.

use chainrule::prelude::*;
use chainrule::{Nary, Real};
use proptest::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

const INPUTS: usize = 4;

/// Operations with slopes that stay small, as many as `SMOOTH`; then some with poles, kinks and zeros.
const SMOOTH: usize = 8;
const ALL: usize = 13;

fn apply<T: Nary>(kind: usize, x: T, y: T, z: T) -> T {
    match kind {
        0 => x + y,
        1 => x * y,
        2 => x - y,
        3 => x.sin(),
        4 => x.tanh(),
        5 => x.mul_add(y, z),
        6 => sum(&[x, y, z, x]),
        7 => dot(&[x, y], &[z, x]),
        8 => x / y,
        9 => x.abs().sqrt(),
        10 => x.abs().ln() * T::literal(0.0),
        11 => x.max(y),
        _ => x * T::literal(0.0),
    }
}

/// Every result of a graph, inputs first. Whatever leaves [-2, 2] is brought back by a sine.
fn grow<T: Nary>(inputs: [T; INPUTS], operations: &[(usize, [usize; 3])]) -> Vec<T> {
    let mut results = inputs.to_vec();
    for (kind, operands) in operations {
        let [x, y, z] = operands.map(|back| results[results.len() - 1 - back % results.len()]);
        let result = apply(*kind, x, y, z);
        results.push(if result.abs() > T::literal(2.0) { result.sin() } else { result });
    }
    results
}

fn operations(kinds: usize) -> impl Strategy<Value = Vec<(usize, [usize; 3])>> {
    prop::collection::vec((0..kinds, prop::array::uniform3(0usize..8)), 1..14)
}

fn values() -> impl Strategy<Value = [f64; INPUTS]> {
    prop::array::uniform4(prop_oneof![4 => -2.0f64..2.0, 1 => Just(0.0), 1 => Just(1.0)])
}

/// Equal as numbers: the sign of a 0 does not count, and NaN is NaN.
fn same<T: Real>(a: T, b: T) -> bool {
    let parts = |x: T| format!("{x:?}").replace("-0.0", "0.0");
    a == b && parts(a) == parts(b) || a.is_nan() && b.is_nan()
}

/// The last `L` results in lanes against as many plain sweeps, by the inputs and by kept results.
fn assert_lanes<T: Nary, const L: usize>(tape: &Tape<T>, results: &[Var<'_, T>], kept: &[Var<'_, T>]) {
    let outputs: [Var<T>; L] = std::array::from_fn(|lane| results[results.len() - 1 - lane % results.len()]);
    let lanes = tape.backward_lanes(outputs);
    let asked = results[..INPUTS].iter().chain(kept);
    for &x in asked {
        let (found, linked) = (lanes.of(x), lanes.get(x));
        for (lane, output) in outputs.into_iter().enumerate() {
            let alone = output.backward();
            assert!(same(found[lane], alone.of(x)), "lane {lane} of {L}: {:?} and {:?}", found[lane], alone.of(x));
            assert_eq!(linked[lane].is_some(), alone.get(x).is_some(), "lane {lane} of {L}");
        }
    }
}

fn assert_all_lanes<T: Nary>(tape: &Tape<T>, at: [T; INPUTS], operations: &[(usize, [usize; 3])]) {
    let results = grow(tape.vars(at), operations);
    let kept: Vec<_> = results[INPUTS..].iter().map(|result| result.keep()).collect();
    let again = grow(std::array::from_fn(|i| kept[i % kept.len()]), operations);
    let all: Vec<_> = results.iter().chain(&again).copied().collect();
    // twice, and in this order: the slots of one are the slots of the next
    for _ in 0..2 {
        assert_lanes::<T, 1>(tape, &all, &kept);
        assert_lanes::<T, 5>(tape, &all, &kept);
        assert_lanes::<T, 2>(tape, &results, &kept);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_lane_is_the_plain_sweep_of_its_output(at in values(), operations in operations(ALL), other in operations(ALL)) {
        let mut tape = ScalarTape::new();
        assert_all_lanes(&tape, at, &operations);
        tape.clear();
        assert_all_lanes(&tape, at, &other);
        assert_all_lanes(&ScalarTape::traced(), at, &operations);
        assert_all_lanes(&Tape::new(), at.map(|x| Dual::new(x, 0.5 - x)), &operations);
    }

    #[test]
    fn tangents_are_those_of_dual_numbers(at in values(), operations in operations(SMOOTH), late in -1.0f64..1.0) {
        let tape = ScalarTape::new();
        for _ in 0..2 {
            let inputs = tape.vars(at);
            let mut results = grow(inputs, &operations);
            // a variable that is made late
            let last = tape.var(late);
            results.push(results[results.len() - 1] * last);
            let unit = |k: usize| std::array::from_fn::<_, 3, _>(|lane| f64::from(u8::from(k == lane)));
            let seeds = [(inputs[0], unit(0)), (last, unit(2)), (inputs[3], unit(1)), (inputs[0], unit(1))];
            let moved = tape.forward_lanes(&seeds);
            let all: Vec<_> = results.iter().map(|&result| moved.of(result)).collect();
            let largest = all.iter().flatten().fold(1.0, |most: f64, x| most.max(x.abs()));
            for lane in 0..3 {
                let tangent = |k: usize| [[1.0, 1.0, 0.0], [0.0; 3], [0.0; 3], [0.0, 1.0, 0.0]][k][lane];
                let mut duals = grow(std::array::from_fn(|k| Dual::new(at[k], tangent(k))), &operations);
                duals.push(duals[duals.len() - 1] * Dual::new(late, unit(2)[lane]));
                for (found, dual) in all.iter().zip(&duals) {
                    prop_assert!((found[lane] - dual.epsilon).abs() <= 1e-12 * largest, "{found:?}, {dual:?}");
                }
            }
        }
    }

    #[test]
    fn tangents_and_gradients_give_the_same_jacobian(at in values(), operations in operations(SMOOTH)) {
        for tape in [ScalarTape::new(), ScalarTape::traced()] {
            let inputs = tape.vars(at);
            let results = grow(inputs, &operations);
            let outputs: [Var<f64>; 3] = std::array::from_fn(|i| results[results.len() - 1 - i]);
            let unit = |k: usize| std::array::from_fn::<_, INPUTS, _>(|lane| f64::from(u8::from(k == lane)));
            let seeds: [_; INPUTS] = std::array::from_fn(|k| (inputs[k], unit(k)));
            let by_rows = tape.forward_lanes(&seeds).of_all(outputs);
            let by_columns = tape.backward_lanes(outputs).of_slice(&inputs);
            let largest = by_rows.iter().flatten().fold(1.0, |most: f64, x| most.max(x.abs()));
            for (i, row) in by_rows.iter().enumerate() {
                for (k, x) in row.iter().enumerate() {
                    prop_assert!((x - by_columns[k][i]).abs() <= 1e-10 * largest);
                }
            }
        }
    }
}

#[test]
fn a_lane_that_is_masked_out_meets_an_infinite_slope() {
    // the policy of docs/conventions.md: 0 times infinity contributes 0, NaN propagates
    let tape = ScalarTape::new();
    let [x, y, nan] = tape.vars([0.0, 2.0, f64::NAN]);
    let masked = x.sqrt() * 0.0 + y;
    let bare = x.sqrt() * y;
    let g = tape.backward_lanes([masked, bare, nan * y, y]);
    assert_eq!(g.of(x), [0.0, f64::INFINITY, 0.0, 0.0]);
    let by_y = g.of(y);
    assert!(by_y[2].is_nan());
    assert_eq!([by_y[0], by_y[1], by_y[3]], [1.0, 0.0, 1.0]);
    drop(g);
    // and the slots are clean afterwards
    assert_eq!(tape.backward_lanes([y * y, y]).of_all([x, y, nan]), [[0.0, 0.0], [4.0, 1.0], [0.0, 0.0]]);
    // forwards alike: no tangent of y, and an infinite slope of x against a tangent of 0
    let moved = tape.forward_lanes(&[(x, [1.0, 0.0]), (y, [0.0, 1.0])]);
    assert_eq!((moved.of(bare), moved.of(masked)), ([f64::INFINITY, 0.0], [0.0, 1.0]));
}

#[test]
fn higher_orders_by_nesting() {
    // f = x² y, g = x y²: their Hessians by hand, by lanes over variables of an outer tape, and over dual numbers
    let outer = ScalarTape::new();
    let (x, y) = (outer.var(3.0), outer.var(2.0));
    let inner = Tape::<Var<f64>>::new();
    let (a, b) = (inner.var(x), inner.var(y));
    let [by_a, by_b] = inner.backward_lanes([a * a * b, a * b * b]).of_all([a, b]);
    assert_eq!([by_a[0].value(), by_a[1].value(), by_b[0].value(), by_b[1].value()], [12.0, 4.0, 9.0, 12.0]);
    let second = outer.backward_lanes([by_a[0], by_b[0], by_a[1], by_b[1]]);
    assert_eq!(second.of(x), [4.0, 6.0, 0.0, 4.0]);
    assert_eq!(second.of(y), [6.0, 0.0, 4.0, 6.0]);

    let tape = Tape::<Dual<f64>>::new();
    let (a, b) = (tape.var(Dual::new(3.0, 1.0)), tape.var(Dual::new(2.0, 0.0)));
    let [by_a, by_b] = tape.backward_lanes([a * a * b, a * b * b]).of_all([a, b]);
    assert_eq!([by_a, by_b].map(|lanes| lanes.map(|lane| lane.epsilon)), [[4.0, 0.0], [6.0, 4.0]]);
    let one = Dual::constant(1.0);
    let product = a * a * b;
    assert_eq!(tape.forward_lanes(&[(a, [one])]).of(product), [Dual::new(12.0, 4.0)]);
}

#[test]
fn disconnected_lanes_are_told_apart_on_a_traced_tape() {
    let tape = ScalarTape::traced();
    let [x, y] = tape.vars([1.0, 2.0]);
    let g = tape.backward_lanes([x + x, y - y, Var::constant(3.0)]);
    assert_eq!(g.get(x), [Some(2.0), None, None]);
    assert_eq!(g.get(y), [None, Some(0.0), None]);
    assert_eq!(g.get(Var::constant(1.0)), [None; 3]);
}

#[test]
fn constants_and_later_variables_have_a_gradient_of_zero() {
    let tape = ScalarTape::new();
    let x = tape.var(2.0);
    let g = tape.backward_lanes([Var::constant(1.0), x * x]);
    let late = tape.var(1.0);
    assert_eq!((g.of(x), g.of(late), g.of(5.0.into())), ([0.0, 4.0], [0.0; 2], [0.0; 2]));
    let none = tape.backward_lanes([Var::constant(1.0)]);
    assert_eq!(none.of(x), [0.0]);
}

fn message(run: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(run)).expect_err("it panics");
    panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap()
}

#[test]
fn what_cannot_be_answered_is_refused() {
    let (tape, other) = (ScalarTape::new(), ScalarTape::new());
    let (x, foreign) = (tape.var(2.0), other.var(1.0));
    let folded = x.exp();
    let refused = |run: &dyn Fn(), says: &str| {
        let text = message(run);
        assert!(text.contains(says), "{text}");
    };
    refused(&|| _ = tape.backward_lanes([x, foreign]), "different tapes");
    refused(&|| _ = tape.backward_lanes_seeded(&[(foreign, [1.0])]), "different tapes");
    refused(&|| _ = tape.backward_lanes([x]).of(foreign), "different tapes");
    refused(&|| _ = tape.backward_lanes([folded]).of(folded), ".keep()");
    refused(&|| _ = tape.forward_lanes(&[(foreign, [1.0])]), "different tapes");
    refused(&|| _ = tape.forward_lanes(&[(x, [1.0])]).of(foreign), "different tapes");
    refused(&|| _ = tape.forward_lanes(&[(folded, [1.0])]), "intermediate result");
    refused(&|| _ = tape.forward_lanes(&[(x * x, [1.0])]), "intermediate result");
    refused(&|| _ = tape.forward_lanes(&[(folded.keep(), [1.0])]), "intermediate result");
    refused(&|| _ = tape.forward_lanes(&[(Var::constant(1.0), [1.0])]), "cannot move");
    let moved = tape.forward_lanes(&[(x, [1.0])]);
    refused(&|| _ = moved.of(x * x), "recorded after the sweep");
    // what was folded since into something that the sweep saw is answered: the derivative of exp(2x) is 2 exp(2x)
    assert_eq!(moved.of((2.0 * x).exp()), [2.0 * 4f64.exp()]);
    // none of this left the slots dirty
    assert_eq!(tape.backward_lanes([x * x]).of(x), [4.0]);
}
