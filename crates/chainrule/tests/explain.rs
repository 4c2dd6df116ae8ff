//! The chain rule in words and numbers: the worked example and the circuit of the lectures.
//!
//! Numbers are those of the slides (HCMUS, "Introduction to Deep Learning": .05/.10 to .01/.99; SUTD: the sigmoid circuit) and of
//! the lecture ledger for what the slides round. Whole texts are held by files in `reference`, which were read and compared with the
//! slides once; `RENEW_SNAPSHOTS=1` writes them again.

use chainrule::prelude::*;
use std::path::Path;
use std::time::Instant;

struct Worked<'t> {
    weights: [Var<'t, f64>; 8],
    unused: Var<'t, f64>,
    total: Var<'t, f64>,
}

/// The 2-2-2 network, its values named as on the slides.
fn worked_example(tape: &ScalarTape) -> Worked<'_> {
    let starts = [0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55];
    let weights = std::array::from_fn(|i| tape.var(starts[i]).named(&format!("w{}", i + 1)));
    let [w1, w2, w3, w4, w5, w6, w7, w8] = weights;
    let inputs = [(0.05, "i1"), (0.10, "i2"), (0.35, "b1"), (0.60, "b2")];
    let [i1, i2, b1, b2] = inputs.map(|(x, name)| tape.var(x).named(name));
    let unused = tape.var(1.0).named("unused");
    let _ = (unused * 2.0).tanh();
    let net_h1 = (w1 * i1 + w2 * i2 + b1).named("net_h1");
    let net_h2 = (w3 * i1 + w4 * i2 + b1).named("net_h2");
    let (out_h1, out_h2) = (net_h1.sigmoid().named("out_h1"), net_h2.sigmoid().named("out_h2"));
    let net_o1 = (w5 * out_h1 + w6 * out_h2 + b2).named("net_o1");
    let net_o2 = (w7 * out_h1 + w8 * out_h2 + b2).named("net_o2");
    let (out_o1, out_o2) = (net_o1.sigmoid().named("out_o1"), net_o2.sigmoid().named("out_o2"));
    let total = (0.5 * (0.01 - out_o1).powi(2) + 0.5 * (0.99 - out_o2).powi(2)).named("E");
    Worked { weights, unused, total }
}

fn circuit(tape: &ScalarTape) -> (Var<'_, f64>, [Var<'_, f64>; 5]) {
    let inputs = tape.vars([2.0, -1.0, -3.0, -2.0, -3.0]);
    for (input, name) in inputs.into_iter().zip(["w0", "x0", "w1", "x1", "w2"]) {
        let _ = input.named(name);
    }
    let [w0, x0, w1, x1, w2] = inputs;
    ((1.0 + (-(w0 * x0 + w1 * x1 + w2)).exp()).recip().named("f"), inputs)
}

#[track_caller]
fn snapshot(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/explain").join(name);
    if std::env::var_os("RENEW_SNAPSHOTS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        return std::fs::write(&path, found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "{name} is not what stands in {}; found:\n{found}", path.display());
}

#[test]
fn the_slides_factors_of_w5_are_shown() {
    let tape = ScalarTape::traced();
    let Worked { weights, total, .. } = worked_example(&tape);
    let text = tape.explain(total, weights[4]).decimals(9).to_string();
    // ledger H7
    let head = "dE/dw5 = dE/dout_o1 × dout_o1/dnet_o1 × dnet_o1/dw5\n       = 0.741365070 × 0.186815602 × 0.593269992\n       = 0.082167041\n";
    assert!(text.starts_with(head), "{text}");
    // H5 and H6: the way forward
    for line in [
        "net_o1 = w5 × out_h1 + w6 × out_h2 + b2 = ",
        " = 1.105905967\n",
        "sigmoid(1.105905967) = 0.751365070\n",
        " = 0.298371109\n",
    ] {
        assert!(text.contains(line), "`{line}` is missing: {text}");
    }
}

#[test]
fn paths_that_meet_are_a_sum() {
    let tape = ScalarTape::traced();
    let Worked { weights, total, .. } = worked_example(&tape);
    let text = tape.explain(total, weights[0]).decimals(9).to_string();
    // H8: dE/dw1 .000438568, delta_o1 .138498562
    for line in [
        "dE/dw1 = dE/dout_h1 × dout_h1/dnet_h1 × dnet_h1/dw1\n",
        "dE/dout_h1 = dE/dnet_o1 × dnet_o1/dout_h1 + dE/dnet_o2 × dnet_o2/dout_h1\n",
        "= 0.138498562 × 0.4 + (-0.038098237) × 0.5\n",
    ] {
        assert!(text.contains(line), "`{line}` is missing: {text}");
    }
    assert!((tape.explain(total, weights[0]).gradient().unwrap().number().unwrap() - 0.000_438_568).abs() < 5e-10);
}

#[test]
fn without_names_every_gate_is_a_stop() {
    let tape = ScalarTape::traced();
    let (f, [w0, ..]) = circuit(&tape);
    let text = tape.explain(f, w0).decimals(9).to_string();
    // ledger S2: .393223866 by x0, -.196611933 by w0
    for line in ["df/dw0 = df/d#11 × ", "= -1 / #11^2 = -1 / 1.367879441^2 = -0.534446645\n", "= -0.196611933\n"] {
        assert!(text.contains(line), "`{line}` is missing: {text}");
    }
}

#[test]
fn texts_stay_as_they_were_read() {
    let tape = ScalarTape::traced();
    let Worked { weights, total, .. } = worked_example(&tape);
    let (w1, w5) = (tape.explain(total, weights[0]), tape.explain(total, weights[4]));
    snapshot("w5.txt", &w5.to_string());
    snapshot("w1.txt", &w1.to_string());
    snapshot("w5.tex", &w5.to_latex());
    snapshot("w1.md", &w1.to_markdown());
    snapshot("w5.html", &w5.to_html());
    snapshot("forward.txt", &tape.computation().to_string());
    snapshot("forward.tex", &tape.computation().to_latex());
    let tape = ScalarTape::traced();
    let (f, [w0, ..]) = circuit(&tape);
    snapshot("circuit.txt", &tape.explain(f, w0).to_string());
    snapshot("circuit.tex", &tape.explain(f, w0).to_latex());
    snapshot("circuit.md", &tape.explain(f, w0).to_markdown());
}

#[test]
fn a_path_that_ends_is_followed_to_its_end() {
    let tape = ScalarTape::traced();
    let Worked { unused, total, .. } = worked_example(&tape);
    let text = tape.explain(total, unused).to_string();
    assert!(text.starts_with("E does not depend on unused: what was computed from it ends at #"), "{text}");
    assert!(text.contains("`tanh`") && text.contains("explain.rs:"), "{text}");
    assert_eq!(tape.explain(total, unused).gradient(), None);
    let alone = tape.var(1.0).named("alone");
    let text = tape.explain(total, alone).to_string();
    assert!(text.contains("nothing on this tape was computed from it") && text.contains("detach"), "{text}");
}

#[test]
fn tensors_show_shapes_norms_and_first_elements() {
    let tape = TensorTape::traced();
    let x = tape.constant(Tensor::from([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])).named("x");
    let w = tape.var(Tensor::from([[1.0, 0.0], [0.0, 1.0]])).named("W");
    let net = x.matmul(w).named("net");
    let loss = (net * net).sum().named("loss");
    let text = tape.explain(loss, w).to_string();
    // 2 xᵀ x = 2 [[35, 44], [44, 56]], of norm √(70² + 2·88² + 112²)
    assert!(text.contains("dloss/dW = dloss/dnet × dnet/dW\n"), "{text}");
    assert!(text.contains("[2, 2] norm 181.471761: 70, 88, 88, 112\n"), "{text}");
    assert!(text.contains("net = matmul(x, W) = [3, 2] norm 9.539392: 1, 2, 3, 4, ...\n"), "{text}");
    assert!(text.contains("loss = sum(net × net) = 91\n"), "{text}");
}

#[test]
fn the_variable_itself_and_the_same_one_twice() {
    let tape = ScalarTape::traced();
    let x = tape.var(3.0).named("x");
    assert!(tape.explain(x, x).to_string().contains("dx/dx = 1"), "{}", tape.explain(x, x));
    let y = (x * x).named("y");
    let text = tape.explain(y, x).to_string();
    assert!(text.contains("dy/dx = 6\n"), "{text}");
}

#[test]
fn a_hundred_thousand_gates_are_explained_at_once() {
    let tape = ScalarTape::traced();
    let x = tape.var(0.5).named("x");
    let mut y = x;
    for i in 0..50_000 {
        y = (y * 0.999).sin() + x;
        if i % 1000 == 0 {
            y = y.named(&format!("y{i}"));
        }
    }
    let y = y.named("end");
    assert!(tape.len() > 100_000);
    let start = Instant::now();
    let explanation = tape.explain(y, x);
    let text = explanation.to_string();
    let seconds = start.elapsed().as_secs_f64();
    assert!(text.contains("further equations"), "{text}");
    assert!(text.len() < 20_000, "{} characters", text.len());
    let dual = {
        let x = Dual::variable(0.5);
        (0..50_000).fold(x, |y, _| (y * 0.999).sin() + x).epsilon
    };
    assert!((explanation.gradient().unwrap().number().unwrap() / dual - 1.0).abs() < 1e-12);
    println!("{seconds:.3} s");
    // less than half a second in a release build; tests are compiled for less speed, and share the machine
    assert!(seconds < 5.0, "{seconds} s");
}

#[test]
fn a_sum_of_very_many_terms_is_cut() {
    let tape = ScalarTape::traced();
    let x = tape.var(0.5).named("x");
    let y = (0..50_000).fold(x, |y, _| (y * 0.999).sin() + x);
    let start = Instant::now();
    let text = tape.explain(y, x).to_string();
    let seconds = start.elapsed().as_secs_f64();
    assert!(text.contains(" + ...\n") && text.contains("x has 49989 further ways on"), "{}", &text[..2000]);
    assert!(text.len() < 20_000, "{} characters", text.len());
    assert!(seconds < 5.0, "{seconds} s");
}

#[test]
#[should_panic(expected = "make it with `Tape::traced()`")]
fn a_plain_tape_cannot_explain() {
    let tape = ScalarTape::new();
    let x = tape.var(1.0);
    let _ = tape.explain(x.sin(), x);
}

#[test]
fn stops_can_be_chosen() {
    let tape = ScalarTape::traced();
    let Worked { weights, total, .. } = worked_example(&tape);
    let text = tape.explain(total, weights[4]).through(&["net_o1"]).to_string();
    assert!(text.starts_with("dE/dw5 = dE/dnet_o1 × dnet_o1/dw5\n       = 0.138499 × 0.593270\n"), "{text}");
    let text = tape.explain(total, weights[4]).every_gate().to_string();
    assert!(text.starts_with("dE/dw5 = dE/d#"), "{text}");
}

#[test]
fn kinks_that_were_touched_are_listed() {
    let tape = ScalarTape::traced();
    let [x, y] = tape.vars([0.0, 3.0]);
    let _ = x.relu() + y.relu();
    let line = line!() - 1;
    let _ = [y.floor(), (y + 0.25).floor(), y.max(3.0), y.max(2.0), x.clamp(0.0, 1.0), y.abs(), x.abs()];
    let found: Vec<String> = tape.kinks().iter().map(|kink| kink.operation.clone()).collect();
    assert_eq!(found, ["relu", "floor", "max", "clamp(0, 1)", "abs"]);
    assert_eq!(tape.kinks()[0].place.line(), line);

    let tape = TensorTape::traced();
    let x = tape.var(Tensor::from([[1.0, 2.0], [2.0, 0.0]]));
    let _ = (x.max(tape.constant(Tensor::from([2.0, 0.0]))), x.relu(), x.max(1.0), x.exp());
    let found: Vec<(String, usize)> = tape.kinks().into_iter().map(|kink| (kink.operation, kink.count)).collect();
    assert_eq!(found, [("max".into(), 2), ("relu".into(), 1), ("max".into(), 1)]);
    assert!(tape.kinks()[0].to_string().ends_with("stands at a kink at 2 elements"));
}
