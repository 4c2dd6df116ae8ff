//! Seeded bugs: each NaN and each infinity is blamed on the line that made it.

use chainrule::explain::{Blame, Fault};
use chainrule::prelude::*;
use chainrule::{Real, Rule};

/// Asserts where it began and what is said about it.
#[track_caller]
fn expect(blame: Option<Blame>, operation: &str, line: u32, words: &[&str]) {
    let blame = blame.expect("something is not finite");
    let text = blame.to_string();
    assert_eq!((blame.origin.operation.as_str(), blame.origin.place.line()), (operation, line), "{text}");
    assert!(blame.origin.place.file().ends_with("blame.rs"), "{text}");
    for word in words {
        assert!(text.contains(word), "`{word}` is missing: {text}");
    }
}

fn traced() -> TensorTape {
    TensorTape::traced()
}

#[test]
fn a_branch_that_was_masked_by_multiplying() {
    let tape = ScalarTape::traced();
    let x = tape.var(0.0).named("x");
    let inverse = 1.0 / x;
    let line = line!() - 1;
    let mask = 0.0;
    let y = inverse * mask;
    expect(tape.blame(y), "div", line, &["became NaN in `mul", "select"]);

    let tape = traced();
    let x = tape.var(Tensor::from([1.0, 0.0, 2.0])).named("x");
    let inverse = x.recip();
    let line = line!() - 1;
    let y = (inverse * tape.constant(Tensor::from([1.0, 0.0, 1.0]))).sum();
    expect(tape.blame(y), "recip", line, &["is inf at [1]", "x = 0 at [1]", "became NaN in `mul", "select"]);
}

#[test]
fn a_norm_at_0_by_hand() {
    let tape = ScalarTape::traced();
    let square = tape.var(0.0).named("square");
    let length = square.sqrt();
    expect(tape.blame(length), "sqrt", line!() - 1, &["gradient by square", "is inf", "infinite at 0", "hypot"]);

    let tape = traced();
    let x = tape.var(Tensor::from([4.0, 0.0])).named("x");
    let roots = x.sqrt();
    expect(tape.blame(roots.sum()), "sqrt", line!() - 1, &["gradient by x is inf at [1]", "infinite at 0"]);

    // the chain rule counts infinity times 0 as 0: nothing is wrong by what stands squared under the root
    let tape = ScalarTape::traced();
    let [x, y] = tape.vars([0.0, 0.0]);
    let length = (x * x + y * y).sqrt();
    assert!(tape.blame(length).is_none());
    assert_eq!(length.backward().of(x), 0.0);
}

#[test]
fn the_logarithm_of_0() {
    let tape = traced();
    let p = tape.var(Tensor::from([[0.25, 0.75], [0.0, 1.0]])).named("p");
    let logs = p.ln();
    let line = line!() - 1;
    expect(tape.blame(logs.sum()), "ln", line, &["-inf at [1, 0]", "p = 0 at [1, 0]", "log_softmax"]);
}

#[test]
fn an_exponential_that_overflows() {
    let tape = traced();
    let x = tape.var(Tensor::from([1.0, 1000.0])).named("logits");
    let e = x.exp();
    let line = line!() - 1;
    let shares = e / e.sum();
    expect(tape.blame(shares.sum()), "exp", line, &["became NaN in `div", "logits = 1000 at [1]", "log_sum_exp"]);
}

#[test]
fn a_division_of_0_by_0() {
    let tape = ScalarTape::traced();
    let [hits, total] = tape.vars([0.0, 0.0]);
    let precision = hits.named("hits") / total.named("total");
    let line = line!() - 1;
    expect(tape.blame(precision), "div", line, &["hits = 0, total = 0", "division by 0"]);
}

#[test]
fn nan_in_the_data() {
    let tape = traced();
    let w = tape.var(Tensor::from([1.0, 2.0])).named("w");
    let x = tape.constant(Tensor::from([[1.0, 0.0], [f64::NAN, 0.0]])).named("x");
    let line = line!() - 1;
    let blame = tape.blame(x.matmul(w).tanh().sum());
    assert!(matches!(blame.as_ref().unwrap().origin.fault, Fault::Data(_)));
    expect(blame, "constant", line, &["the data: x", "NaN at [1, 0]"]);

    let tape = ScalarTape::traced();
    let y = tape.var(2.0) * f64::NAN;
    expect(tape.blame(y), "mul", line!() - 1, &["the data: a constant operand"]);
}

#[test]
fn a_learning_rate_that_is_too_large() {
    let mut w = 1.0;
    for _ in 0..2000 {
        let tape = ScalarTape::traced();
        let x = tape.var(w).named("w");
        let loss = x.powi(4);
        let line = line!() - 1;
        if let Some(blame) = tape.blame(loss) {
            return expect(Some(blame), "powi(4)", line, &["w = ", "learning rate"]);
        }
        w -= 1.0 * loss.backward().of(x);
    }
    panic!("it did not diverge");
}

#[test]
fn initial_values_that_are_too_large() {
    let tape = Tape::<Tensor<f32>>::traced();
    let mut h = tape.constant(Tensor::full([2, 64], 1.0f32)).named("x");
    let w = tape.var(Tensor::full([64, 64], 1e4f32)).named("w");
    let mut line = 0;
    for _ in 0..12 {
        h = h.matmul(w);
        line = line!() - 1;
    }
    expect(tape.blame(h.sum()), "matmul", line, &["initial values", "f32 ends at 3.4e38"]);
}

#[test]
fn a_sum_of_f32_that_overflows() {
    let tape = Tape::<Tensor<f32>>::traced();
    let x = tape.var(Tensor::full([4], 1e14f32)).named("x");
    let squares = (x * x).named("squares");
    let cubes = squares * 1e10f32;
    let total = cubes.sum();
    expect(tape.blame(total), "sum", line!() - 1, &["is inf", "f32 ends at 3.4e38"]);
}

/// The cube, whose slope was written for another parametrisation and divides by what may be 0.
#[derive(Clone, Copy, Debug)]
struct Faulty;
impl Rule for Faulty {
    const NAME: &'static str = "faulty";
    const PROBES: &'static [f64] = &[1.0];
    fn value<T: Real>(self, x: T) -> T {
        x * x * x
    }
    fn slope<T: Real>(self, x: T, y: T) -> T {
        T::literal(3.0) * y / x
    }
}

#[test]
fn a_custom_rule_at_fault() {
    let tape = ScalarTape::traced();
    let x = tape.var(0.0).named("x");
    let y = x.apply(Faulty);
    expect(tape.blame(y + 1.0), "faulty", line!() - 1, &["gradient by x is NaN", "the rule", "gradcheck"]);

    let tape = traced();
    let x = tape.var(Tensor::from([1.0, 0.0])).named("x");
    let y = (x * 2.0).apply(Faulty);
    expect(tape.blame(y.sum()), "faulty", line!() - 1, &["NaN at [1]", "upstream gradient 1 at [1]", "check_op"]);
}

#[test]
fn what_is_finite_is_not_blamed() {
    let tape = ScalarTape::traced();
    let x = tape.var(2.0);
    let y = x * x;
    let elsewhere = x.ln() / 0.0;
    assert!(tape.blame(y).is_none());
    assert!(tape.blame(elsewhere).is_some());
}

#[test]
#[should_panic(expected = "make it with `Tape::traced()`")]
fn a_plain_tape_cannot_tell() {
    let tape = ScalarTape::new();
    let x = tape.var(0.0);
    let _ = tape.blame(x.ln());
}

#[test]
fn a_long_chain_is_followed_without_recursion() {
    let tape = ScalarTape::traced();
    let x = tape.var(0.0).named("x");
    let mut y = x.ln();
    let line = line!() - 1;
    for _ in 0..100_000 {
        y += 1.0;
    }
    expect(tape.blame(y), "ln", line, &["-inf"]);
}
