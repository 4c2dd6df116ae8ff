//! Less tape: marks to rewind to and to sweep down to, and blocks kept as their Jacobian.
//!
//! What they find is compared with plain sweeps over everything, to the bit where that is promised, and with closed forms.

use chainrule::prelude::*;
use chainrule::{Nary, preaccumulate};
use proptest::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// One operation: which, and how far back its operands stand.
pub(super) type Operation = (usize, [usize; 3]);

const SMOOTH: usize = 8;
pub(super) const ALL: usize = 12;

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
        8 => x.abs().sqrt(),
        9 => x.max(y),
        10 => x.max(T::literal(0.5)),
        _ => x * T::literal(0.0),
    }
}

/// Every result of a graph, inputs first. Whatever leaves [-2, 2] is brought back by a sine.
pub(super) fn grow<T: Nary>(inputs: &[T], operations: &[Operation]) -> Vec<T> {
    let mut results = inputs.to_vec();
    for (kind, operands) in operations {
        let [x, y, z] = operands.map(|back| results[results.len() - 1 - back % results.len()]);
        let result = apply(*kind, x, y, z);
        results.push(if result.abs() > T::literal(2.0) { result.sin() } else { result });
    }
    results
}

pub(super) fn operations(kinds: usize) -> impl Strategy<Value = Vec<Operation>> {
    prop::collection::vec((0..kinds, prop::array::uniform3(0usize..8)), 1..14)
}

pub(super) fn values<const N: usize>() -> impl Strategy<Value = [f64; N]> {
    prop::collection::vec(prop_oneof![4 => -2.0f64..2.0, 1 => Just(0.0), 1 => Just(1.0)], N)
        .prop_map(|values| values.try_into().unwrap())
}

/// The same bits, but that any NaN is any other.
pub(super) fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
}

pub(super) fn message(run: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(run)).expect_err("it panics");
    panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap()
}

mod marks {
    use super::*;

    /// The gradient by three inputs of a graph in two parts: in one sweep, and in two with a rewind between them.
    fn both_ways(mut tape: ScalarTape, at: [f64; 3], below: &[Operation], above: &[Operation]) -> [Vec<f64>; 2] {
        let common = grow(&tape.vars(at), below);
        let mark = tape.mark(&common[..]);
        let (mut unbroken, mut upstream, mut length) = (Vec::new(), Vec::new(), 0);
        for turn in 0..3 {
            // a turn that leaves something longer behind
            if turn == 1 {
                let _ = grow(&tape.resume(&mark), &[above, above, above].concat());
            }
            tape.rewind(&mark);
            let results = grow(&tape.resume(&mark), above);
            let [y, z] = [results[results.len() - 1], results[results.len() / 2]];
            let outputs = [(y, 1.0), (z, 0.5)];
            unbroken = tape.backward(outputs).of_slice(&tape.resume(&mark)[..3]);
            upstream = tape.backward_to(&mark, outputs);
            assert!(turn == 0 || length == tape.len());
            length = tape.len();
        }
        tape.rewind(&mark);
        let common = tape.resume(&mark);
        let found = tape.backward(common.iter().copied().zip(upstream)).of_slice(&common[..3]);
        assert_eq!(tape.steps().len(), if tape.is_traced() { tape.len() } else { 0 });
        [unbroken, found]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn two_sweeps_are_one_to_the_bit(at in values(), below in operations(ALL), above in operations(ALL)) {
            for tape in [ScalarTape::new(), ScalarTape::traced()] {
                let [unbroken, found] = both_ways(tape, at, &below, &above);
                prop_assert!(unbroken.iter().zip(&found).all(|(a, b)| same(*a, *b)), "{unbroken:?}, {found:?}");
            }
        }
    }

    #[test]
    fn the_gradient_of_a_sum_over_samples() {
        // loss = Σ (w² x - 1)², d/dw = Σ 2 (w² x - 1) 2 w x
        let samples: Vec<f64> = (0..3000).map(|i| f64::from(i % 7) * 0.25).collect();
        let mut tape = ScalarTape::new();
        let w = tape.var(0.75);
        let mark = tape.mark(w * w);
        let mut upstream = 0.0;
        for &x in &samples {
            tape.rewind(&mark);
            let square = tape.resume(&mark);
            // also statements, and more than fits in one chunk
            let many: Vec<_> = (0..400).map(|_| square * x * 0.0025 * square / square).collect();
            let loss = (sum(&many) - 1.0).powi(2);
            upstream += tape.backward_to(&mark, [(loss, 1.0)]);
        }
        tape.rewind(&mark);
        assert_eq!(tape.len(), 2); // w, and its square, kept
        let square = tape.resume(&mark);
        let found = tape.backward([(square, upstream)]).at(0).unwrap();
        let expected: f64 = samples.iter().map(|x| 2.0 * (0.5625 * x - 1.0) * 1.5 * x).sum();
        assert!((found - expected).abs() < 1e-9 * expected.abs(), "{found} and {expected}");
    }

    #[test]
    fn any_arrangement_constants_and_kinds_of_number() {
        let mut tape = Tape::<Dual<f64>>::new();
        let x = tape.var(Dual::new(3.0, 1.0));
        let mark = tape.mark(vec![x, Var::constant(2.0.into()), x.exp()]);
        tape.rewind(&mark);
        let again = tape.resume(&mark);
        assert!(again[1].is_constant() && !again[2].is_constant());
        // d/dx (x³ e) at 3 with e held, and d/de; the derivatives along x beside them
        let y = again[0].powi(3) * again[2] * again[1];
        let e = 3f64.exp();
        let found = tape.backward_to(&mark, [(y, Dual::constant(1.0))]);
        let near = |a: Dual<f64>, value: f64, epsilon: f64| {
            assert!((a.value - value).abs() < 1e-9 && (a.epsilon - epsilon).abs() < 1e-9, "{a:?}");
        };
        near(found[0], 54.0 * e, 36.0 * e + 54.0 * e);
        near(found[1], 0.0, 0.0);
        near(found[2], 54.0, 54.0);

        let outer = ScalarTape::new();
        let a = outer.var(2.0);
        let mut inner = Tape::<Var<f64>>::new();
        let x = inner.var(a);
        let mark = inner.mark([x]);
        inner.rewind(&mark);
        let [x] = inner.resume(&mark);
        let [by_x] = inner.backward_to(&mark, [(x * x * x, Var::constant(1.0))]);
        assert_eq!((by_x.value(), by_x.backward().of(a)), (12.0, 12.0));
    }

    #[test]
    fn marks_within_marks() {
        let mut tape = ScalarTape::new();
        let x = tape.var(2.0);
        let outer = tape.mark([x]);
        let [x] = tape.resume(&outer);
        let inner = tape.mark([x, x * x]);
        for factor in [1.0, 3.0] {
            tape.rewind(&inner);
            let [x, square] = tape.resume(&inner);
            let cube = x * square * factor;
            assert_eq!(tape.backward_to(&inner, [(cube, 1.0)]), [4.0 * factor, 2.0 * factor]);
            assert_eq!(tape.backward_to(&outer, [(cube, 1.0)]), [12.0 * factor]);
        }
        tape.rewind(&outer);
        assert_eq!(tape.len(), 1);
        assert!(message(|| tape.rewind(&inner)).contains("rewound to an earlier mark"));
        assert!(message(|| _ = tape.resume(&inner)).contains("resume: the mark does not stand any more"));
        let [x] = tape.resume(&outer);
        let y = x * x;
        assert!(message(|| _ = tape.backward_to(&inner, [(y, 1.0)])).contains("does not stand any more"));
        assert_eq!(tape.backward_to(&outer, [(y, 1.0)]), [4.0]);
        tape.clear();
        assert!(message(|| tape.rewind(&outer)).contains("the tape was cleared"));
        let mark = tape.mark([tape.var(1.0)]);
        assert!(message(|| ScalarTape::new().rewind(&mark)).contains("a mark of another tape"));
    }

    #[test]
    fn a_tape_that_moves_keeps_its_marks() {
        let tape = ScalarTape::new();
        let mark = tape.mark([tape.var(3.0)]);
        let mut moved = Box::new(tape);
        moved.rewind(&mark);
        let [x] = moved.resume(&mark);
        assert_eq!(moved.backward_to(&mark, [(x * x, 1.0)]), [6.0]);
    }

    #[test]
    fn what_would_be_lost_is_refused() {
        let (tape, other) = (ScalarTape::new(), ScalarTape::new());
        let [x, w] = tape.vars([2.0, 3.0]);
        assert!(message(|| _ = tape.mark([x, x])).contains("given twice"));
        assert!(message(|| _ = tape.mark([x, other.var(1.0)])).contains("different tapes"));
        let old = x * w;
        let mark = tape.mark([x]);
        let y = x * x;
        assert!(message(|| _ = tape.backward_to(&mark, [(y * w, 1.0)])).contains("that was not marked"));
        assert!(message(|| _ = tape.backward_to(&mark, [(old, 1.0)])).contains("that was not marked"));
        assert!(message(|| _ = tape.backward_to(&mark, [(sum(&[y, w, x]), 1.0)])).contains("that was not marked"));
        // what the output does not depend on does no harm, and no slot was left dirty
        assert_eq!(tape.backward_to(&mark, [(y, 1.0), (x.sin(), 0.0), (Var::constant(1.0), 1.0)]), [4.0]);
        assert_eq!(y.backward().of_all([x, w]), [4.0, 0.0]);
        // a variable made after the mark stands still
        let late = tape.var(5.0);
        assert_eq!(tape.backward_to(&mark, [(x * late, 1.0)]), [5.0]);
    }
}

mod blocks {
    use super::*;

    /// A graph whose middle part is recorded as it is, or preaccumulated: gradient by the inputs.
    fn around<T: Nary>(tape: &Tape<T>, at: [T; 3], middle: &[Operation], block: bool) -> (T, [T; 3]) {
        let x = tape.vars(at);
        // a folded handle, a node, the same variable twice, a constant
        let inputs = [x[0].sin(), x[1] * x[2], x[1], x[1]];
        let [y, z] =
            if block { preaccumulate(inputs, |inputs| two_of(inputs, middle)) } else { two_of(inputs, middle) };
        let loss = y * z + x[0] * y;
        (loss.value(), loss.backward().of_all(x))
    }

    fn two_of<T: Nary>(inputs: [T; 4], middle: &[Operation]) -> [T; 2] {
        let results = grow(&inputs, middle);
        [results[results.len() - 1], results[results.len() / 2]]
    }

    fn assert_near(pairs: &[(f64, f64)]) {
        let largest = pairs.iter().fold(1.0, |most: f64, pair| most.max(pair.0.abs()));
        assert!(pairs.iter().all(|(a, b)| (a - b).abs() <= 1e-10 * largest), "{pairs:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_block_changes_no_derivative(at in values(), along in values::<3>(), middle in operations(SMOOTH)) {
            for new in [ScalarTape::new, ScalarTape::traced] {
                let (plain, block) = (around(&new(), at, &middle, false), around(&new(), at, &middle, true));
                prop_assert!(same(plain.0, block.0));
                assert_near(&std::array::from_fn::<_, 3, _>(|i| (plain.1[i], block.1[i])));
            }
            // second order, along a direction
            let moving = std::array::from_fn(|i| Dual::new(at[i], along[i]));
            let (plain, block) = (around(&Tape::new(), moving, &middle, false), around(&Tape::new(), moving, &middle, true));
            assert_near(&std::array::from_fn::<_, 3, _>(|i| (plain.1[i].value, block.1[i].value)));
            assert_near(&std::array::from_fn::<_, 3, _>(|i| (plain.1[i].epsilon, block.1[i].epsilon)));
        }
    }

    #[test]
    fn reverse_over_reverse() {
        // f = (x² y)³, by hand: f_xx = 30 x⁴ y³, f_xy = 18 x⁵ y²
        let outer = ScalarTape::new();
        let (x, y) = (outer.var(1.5), outer.var(0.5));
        let inner = Tape::<Var<f64>>::new();
        let (a, b) = (inner.var(x), inner.var(y));
        let [f] = preaccumulate([a, b], |[a, b]| {
            let [product] = preaccumulate([a, b], |[a, b]| [a * a * b]);
            [product * product * product]
        });
        let by_a = f.backward().of(a);
        let second = by_a.backward().of_all([x, y]);
        assert_near(&[(second[0], 30.0 * 5.0625 * 0.125), (second[1], 18.0 * 7.59375 * 0.25)]);
    }

    #[test]
    fn what_stays_on_the_tape() {
        let mut tape = ScalarTape::new();
        for _ in 0..3 {
            tape.clear();
            let x = tape.vars([0.3, 0.7]);
            let [y, z, same, fixed] = preaccumulate([x[0], x[1]], |[a, b]| {
                let many = (0..1000).fold(a, |sum, _| (sum * b + a).sin());
                [many, a.exp(), a, Var::constant(4.0)]
            });
            assert_eq!(tape.len(), 5);
            assert!(fixed.is_constant());
            assert_eq!((fixed.value(), same.value()), (4.0, 0.3));
            assert_eq!(z.backward().of_all(x), [0.3f64.exp(), 0.0]);
            assert_eq!(same.backward().of_all(x), [1.0, 0.0]);
            let plain = ScalarTape::new();
            let [a, b] = plain.vars([0.3, 0.7]);
            let many = (0..1000).fold(a, |sum, _| (sum * b + a).sin());
            assert_eq!((y.value(), y.backward().of_all(x)), (many.value(), many.backward().of_all([a, b])));
        }
        // of constants nothing
        let [y] = preaccumulate([Var::<f64>::constant(2.0)], |[x]| [x * x]);
        assert!(y.is_constant() && y.value() == 4.0);
        let tape = ScalarTape::new();
        let x = tape.var(0.5);
        // a tie with a constant has slope 0, and the constant is one in the block too
        let [y] = preaccumulate([x, 0.5.into()], |[x, c]| [x.max(c)]);
        assert_eq!(y.backward().of(x), 0.0);
    }

    #[test]
    fn poles_in_a_block_follow_the_policy() {
        let tape = ScalarTape::new();
        let [x, y] = tape.vars([0.0, 2.0]);
        let [root, masked] = preaccumulate([x, y], |[x, y]| [x.sqrt() + y, x.sqrt() * 0.0 + y]);
        assert_eq!(root.backward().of_all([x, y]), [f64::INFINITY, 1.0]);
        assert_eq!(masked.backward().of_all([x, y]), [0.0, 1.0]);
        assert_eq!((root * 0.0 + y * y).backward().of_all([x, y]), [0.0, 4.0]);
    }

    #[test]
    fn one_step_of_a_trace() {
        let tape = ScalarTape::traced();
        let [x, y] = tape.vars([2.0, 3.0]);
        let here = line!() + 1;
        let [z] = preaccumulate([x, y], |[x, y]| [(x * y + x) * 0.0 + x]);
        let steps = tape.steps();
        assert_eq!((steps.len(), steps[2].operation.as_ref(), steps[2].value), (3, "preaccumulated", 2.0));
        assert_eq!((steps[2].place.file(), steps[2].place.line()), (file!(), here));
        let locals: Vec<_> = steps[2].operands.iter().map(|operand| (operand.node, operand.local)).collect();
        assert_eq!(locals, [(Some(0), Some(1.0)), (Some(1), Some(0.0))]);
        assert_eq!(z.keep().backward().of_all([x, y]), [1.0, 0.0]);
    }

    #[test]
    fn variables_of_elsewhere_are_refused() {
        let (tape, other) = (ScalarTape::new(), ScalarTape::new());
        let inputs = [tape.var(1.0), other.var(2.0)];
        assert!(message(|| _ = preaccumulate(inputs, |[x, y]| [x * y])).contains("different tapes"));
        // only a variable that lives for ever can be captured at all
        let tape: &'static ScalarTape = Box::leak(Box::new(ScalarTape::new()));
        let (x, captured) = (tape.var(1.0), tape.var(2.0));
        let text = message(|| _ = preaccumulate([x], |[x]| [x * captured]));
        assert!(text.contains("takes every variable that it uses as an input"), "{text}");
    }
}
