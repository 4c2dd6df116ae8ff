//! Traced tapes: names, operands, places, and the table of gates.
//!
//! The circuit is the one of SUTD's "Introduction to Deep Learning" (w = (2, -3, -3), x = (-1, -2)); its numbers stand on
//! the slides (rounded) and in the lecture ledger.

use chainrule::prelude::*;
use chainrule::tape::Table;

fn circuit(tape: &ScalarTape) -> (Var<'_, f64>, [Var<'_, f64>; 5]) {
    let inputs = tape.vars([2.0, -1.0, -3.0, -2.0, -3.0]);
    let [w0, x0, w1, x1, w2] = inputs;
    for (input, name) in inputs.into_iter().zip(["w0", "x0", "w1", "x1", "w2"]) {
        let _ = input.named(name);
    }
    let f = (1.0 + (-(w0 * x0 + w1 * x1 + w2)).exp()).recip();
    (f.named("f"), inputs)
}

fn near(found: Option<f64>, expected: f64) {
    approx::assert_abs_diff_eq!(found.expect("a number"), expected, epsilon = 5e-10);
}

#[test]
fn every_gate_of_the_circuit_shows_value_local_and_upstream() {
    let tape = ScalarTape::traced();
    let (f, inputs) = circuit(&tape);
    let table = tape.table(&f.backward());
    let gates = &table.rows[5..];
    let names = ["mul", "mul", "add", "add", "neg", "exp", "add", "recip"];
    let values = [-2.0, 6.0, 4.0, 1.0, -1.0, 0.367_879_441, 1.367_879_441, 0.731_058_579];
    let upstream = [0.196_611_933; 4].into_iter().chain([-0.196_611_933, -0.534_446_645, -0.534_446_645, 1.0]);
    for (((gate, name), value), upstream) in gates.iter().zip(names).zip(values).zip(upstream) {
        assert_eq!(gate.step.operation, name);
        near(Some(gate.step.value), value);
        near(gate.upstream, upstream);
        for (operand, gradient) in gate.step.operands.iter().zip(&gate.gradients) {
            match (operand.local, gradient) {
                (Some(local), gradient) => near(*gradient, local * gate.upstream.unwrap()),
                (None, gradient) => assert!(operand.node.is_none() && gradient.is_none()),
            }
        }
    }
    // slide: w0 -0.2, x0 0.4
    let gradients = f.backward().of_all(inputs);
    for (found, expected) in
        gradients.into_iter().zip([-0.196_611_933, 0.393_223_866, -0.393_223_866, -0.589_835_800, 0.196_611_933])
    {
        near(Some(found), expected);
    }
}

#[test]
fn the_table_reads_like_the_board() {
    let tape = ScalarTape::traced();
    let (f, _) = circuit(&tape);
    let text = tape.table(&f.backward()).to_string();
    let line = |start: &str| text.lines().find(|line| line.starts_with(start)).unwrap_or_default().to_owned();
    let words = |start: &str| line(start).split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(
        words("#5"),
        ["#5", "w0", "*", "x0", "-2.000000000", "0.196611933", "w0", "-1.000000000", "-0.196611933"]
    );
    assert_eq!(words("f"), ["f", "1", "/", "#11", "0.731058579", "1.000000000", "#11", "-0.534446645", "-0.534446645"]);
    assert_eq!(words("w2"), ["w2", "var", "-3.000000000", "0.196611933"]);
    assert!(text.contains("exp(#9)") && text.contains("1 + #10"), "{text}");
}

#[test]
fn steps_know_names_parameters_constants_and_places() {
    let tape = ScalarTape::traced();
    let x = tape.var(2.0).named("x");
    let y = x.powi(3);
    let here = line!();
    let z = y.leaky_relu(0.1).max(1.5) - x;
    let total = sum(&[z, x, 4.0.into()]);
    let steps = tape.steps();
    let operations: Vec<_> = steps.iter().map(|step| step.operation.as_ref()).collect();
    assert_eq!(operations, ["var", "powi(3)", "leaky_relu(0.1)", "max", "sub", "sum"]);
    assert_eq!((steps[1].place.file(), steps[1].place.line()), (file!(), here - 1));
    assert_eq!((steps[0].name.as_deref(), steps[1].name.as_deref()), (Some("x"), None));
    assert_eq!((steps[3].operands[1].node, steps[3].operands[1].value, steps[3].operands[1].local), (None, 1.5, None));
    assert_eq!(steps[5].operands.len(), 3);
    assert_eq!(steps[5].operands.iter().map(|operand| operand.node).collect::<Vec<_>>(), [Some(4), Some(0), None]);
    assert_eq!((total.value(), total.backward().of(x)), (12.0, 12.0));
    let table = tape.table(&total.backward());
    assert_eq!(table.expression(&table.rows[1].step), "powi(x, 3)");
    assert_eq!(table.expression(&table.rows[5].step), "sum(#4, x, 4)");
}

#[test]
fn traced_and_plain_tapes_agree() {
    let (plain, traced) = (ScalarTape::new(), ScalarTape::traced());
    let ((f, at), (g, also)) = (circuit(&plain), circuit(&traced));
    assert_eq!(f.value().to_bits(), g.value().to_bits());
    for (a, b) in f.backward().of_all(at).into_iter().zip(g.backward().of_all(also)) {
        assert!((a - b).abs() <= 1e-15);
    }
    assert!(plain.steps().is_empty() && plain.len() < traced.len());
}

#[test]
fn dead_ends_show_as_such() {
    let tape = ScalarTape::traced();
    let (x, unused) = (tape.var(2.0), tape.var(3.0));
    assert_eq!((unused * x).value(), 6.0);
    let y = x * x;
    let table: Table<f64> = tape.table(&y.backward());
    assert_eq!(table.rows[1].upstream, None);
    assert_eq!(table.rows[2].upstream, None);
    assert_eq!(table.rows[2].gradients, [None, None]);
    assert_eq!(table.rows[0].upstream, Some(4.0));
}

#[test]
#[should_panic(expected = "make it with `Tape::traced()`")]
fn a_plain_tape_has_no_table() {
    let tape = ScalarTape::new();
    let x = tape.var(1.0);
    let _ = tape.table(&x.backward());
}

#[test]
fn a_cleared_traced_tape_starts_afresh() {
    let mut tape = ScalarTape::traced();
    for turn in 1..4 {
        tape.clear();
        let x = tape.var(f64::from(turn)).named("x");
        let y = x * x;
        assert_eq!(tape.steps().len(), 2);
        assert_eq!(y.backward().of(x), 2.0 * f64::from(turn));
    }
}
