//! Pictures of graphs: the same text for the same tape, what is shown, and large graphs folded. `drawing_geometry.rs` measures them.
//!
//! The circuit is the one of the lectures (w = (2, -3, -3), x = (-1, -2)), the network of two layers the worked example of
//! backpropagation with inputs .05 and .10.

use super::drawing_geometry::{bodies, overlaps};
use chainrule::explain::{Digits, Drawing};
use chainrule::prelude::*;
use chainrule::tape::Table;
use std::fs;
use std::path::Path;

fn circuit() -> Table<f64> {
    let tape = ScalarTape::traced();
    let inputs = tape.vars([2.0, -1.0, -3.0, -2.0, -3.0]);
    let [w0, x0, w1, x1, w2] = named(inputs, ["w0", "x0", "w1", "x1", "w2"]);
    let f = (1.0 + (-(w0 * x0 + w1 * x1 + w2)).exp()).recip().named("f");
    tape.table(&f.backward())
}

fn named<'t, const N: usize>(variables: [Var<'t, f64>; N], names: [&str; N]) -> [Var<'t, f64>; N] {
    std::array::from_fn(|at| variables[at].named(names[at]))
}

fn neuron<'t>(w: &[Var<'t, f64>], [x, y]: [Var<'t, f64>; 2], b: Var<'t, f64>, name: &str) -> Var<'t, f64> {
    let net = (w[0] * x + w[1] * y + b).named(&format!("net_{name}"));
    net.sigmoid().named(&format!("out_{name}"))
}

fn error<'t>(target: f64, out: Var<'t, f64>, name: &str) -> Var<'t, f64> {
    (0.5 * (target - out).powi(2)).named(name)
}

fn network() -> Table<f64> {
    let tape = ScalarTape::traced();
    let [i1, i2] = named(tape.vars([0.05, 0.10]), ["i1", "i2"]);
    let w = tape.vars([0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55]);
    let w = named(w, ["w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8"]);
    let [b1, b2] = named(tape.vars([0.35, 0.60]), ["b1", "b2"]);
    let hidden = [neuron(&w[0..2], [i1, i2], b1, "h1"), neuron(&w[2..4], [i1, i2], b1, "h2")];
    let out = [neuron(&w[4..6], hidden, b2, "o1"), neuron(&w[6..8], hidden, b2, "o2")];
    let total = (error(0.01, out[0], "E_o1") + error(0.99, out[1], "E_o2")).named("E_total");
    tape.table(&total.backward())
}

/// A perceptron of two layers on a batch.
fn perceptron() -> Table<Tensor<f64>> {
    let tape = TensorTape::traced();
    let wave = |shape: [usize; 2]| {
        let mut at = 0.0;
        Tensor::from_fn(shape, |_| {
            at += 0.7;
            f64::sin(at)
        })
    };
    let x = tape.constant(wave([32, 4])).named("x");
    let (w1, w2) =
        (tape.var(wave([4, 128])).named("dense_1/weights"), tape.var(wave([128, 3])).named("dense_2/weights"));
    let b1 = tape.var(wave([1, 128])).named("dense_1/bias");
    let hidden = tape.in_scope("dense_1", || (x.matmul(w1) + b1).relu());
    let loss = (tape.in_scope("dense_2", || hidden.matmul(w2)) * 0.5).powi(2).mean().named("loss");
    tape.table(&loss.backward())
}

// Texts as they were.

/// Compares with a file below `reference/`.
fn compare(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/drawing").join(name);
    if std::env::var_os("RENEW_SNAPSHOTS").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        fs::write(&path, text).expect("the file can be written");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        text == expected,
        "{name} is drawn differently now. Look at it: `RENEW_SNAPSHOTS=1 cargo test -p chainrule --test all drawing` writes it anew"
    );
}

fn compare_all(name: &str, drawing: &Drawing<'_, f64>) {
    compare(&format!("{name}.svg"), &drawing.to_svg());
    compare(&format!("{name}.dot"), &drawing.to_dot());
    compare(&format!("{name}.mmd"), &drawing.to_mermaid());
}

#[test]
fn the_circuit_is_drawn_as_it_was() {
    compare_all("circuit", &circuit().drawing());
}

#[test]
fn the_network_is_drawn_as_it_was() {
    compare_all("network", &network().drawing());
}

#[test]
fn the_circuit_shows_the_numbers_of_the_slide() {
    let svg = circuit().drawing().digits(Digits::Decimals(2)).to_svg();
    // values above, gradients below, as on the slide
    for (class, numbers) in [
        ("value", vec!["2.00", "-1.00", "-3.00", "-2.00", "6.00", "4.00", "1.00", "0.37", "1.37", "0.73"]),
        ("gradient", vec!["-0.20", "0.39", "-0.39", "-0.59", "0.20", "-0.53", "1.00"]),
    ] {
        for number in numbers {
            assert!(
                svg.contains(&format!("class=\"{class}\"")) && svg.contains(&format!(">{number}</text>")),
                "{number}"
            );
        }
    }
}

// What is shown.

#[test]
fn nothing_overlaps_in_the_lectures_graphs() {
    for svg in [
        circuit().drawing().to_svg(),
        circuit().drawing().digits(Digits::Decimals(9)).to_svg(),
        network().drawing().to_svg(),
        network().drawing().limit(5).to_svg(),
        perceptron().drawing().to_svg(),
        perceptron().drawing().scope_depth(1).to_svg(),
    ] {
        assert_eq!(overlaps(&svg), Vec::<String>::new());
    }
}

#[test]
fn edges_of_one_operand_used_twice_are_both_drawn() {
    let tape = ScalarTape::traced();
    let x = tape.var(3.0).named("x");
    let svg = tape.table(&(x * x).backward()).drawing().to_svg();
    // x to the gate twice, what leaves x, what leaves the gate, the legend
    assert_eq!(svg.matches("<path class=\"edge\"").count(), 5);
    assert_eq!(svg.matches(">3</text>").count(), 5, "its value before they part, each value and each share of 6");
    assert_eq!(overlaps(&svg), Vec::<String>::new());
}

#[test]
fn small_graphs_are_drawn_too() {
    let empty = ScalarTape::traced();
    let table = empty.table(&empty.backward([]));
    assert!(table.drawing().to_svg().contains("0 inputs and 0 gates"));
    assert!(table.drawing().to_dot().ends_with("}\n") && table.drawing().to_mermaid().starts_with("flowchart LR\n"));
    let tape = ScalarTape::traced();
    let table = tape.table(&tape.var(2.5).named("alone").backward());
    let svg = table.drawing().to_svg();
    assert!(svg.contains(">alone</text>") && svg.contains(">2.5</text>") && svg.contains(">1</text>"), "{svg}");
}

#[test]
fn what_no_output_depends_on_is_pale_and_has_no_gradient() {
    let tape = ScalarTape::traced();
    let (x, unused) = (tape.var(2.0).named("x"), tape.var(7.0).named("unused"));
    let _ = (unused * x).named("dead");
    let svg = tape.table(&x.exp().backward()).drawing().to_svg();
    assert!(svg.contains("pale\"") && svg.contains(">dead</text>"));
    assert_eq!(svg.matches("class=\"gradient\"").count(), 4, "the legend, exp, x, and its share");
    assert_eq!(svg.matches("class=\"gradient pale\"").count(), 0);
    assert_eq!(overlaps(&svg), Vec::<String>::new());
}

#[test]
fn several_outputs_have_an_arrow_each() {
    let tape = ScalarTape::traced();
    let x = tape.var(2.0).named("x");
    let (y, z) = (x.sin().named("y"), x.cos().named("z"));
    let svg = tape.table(&tape.backward([(y, 1.0), (z, 1.0)])).drawing().to_svg();
    assert_eq!(svg.matches("class=\"arrow\"").count(), 2);
}

#[test]
fn numbers_that_are_none_and_tensors_of_nothing_are_drawn() {
    let tape = ScalarTape::traced();
    let x = tape.var(f64::INFINITY).named("x");
    let svg = tape.table(&(x - x).backward()).drawing().to_svg();
    assert!(svg.contains(">inf</text>") && svg.contains(">NaN</text>"));
    let tape = TensorTape::traced();
    let x = tape.var(Tensor::zeros([0, 3])).named("x");
    let svg = tape.table(&x.exp().sum().backward()).drawing().to_svg();
    assert!(svg.contains(">[0, 3]</text>") && svg.contains(">empty</text>"), "{svg}");
    assert_eq!(overlaps(&svg), Vec::<String>::new());
}

#[test]
fn tensors_show_their_constants_and_named_data() {
    let svg = perceptron().drawing().to_svg();
    assert!(svg.contains(">x</text>") && svg.contains(">*0.5</text>") && svg.contains("[32, 128] norm"), "{svg}");
}

#[test]
fn names_cannot_break_the_text() {
    let tape = ScalarTape::traced();
    let x = tape.var(1.0).named("a\"]<b>&\\\n\u{7}c 重");
    let table = tape.table(&x.exp().named("</svg>--> |`end`|").backward());
    let (svg, dot, mermaid) = (table.drawing().to_svg(), table.drawing().to_dot(), table.drawing().to_mermaid());
    assert!(svg.contains(">a\"]&lt;b&gt;&amp;\\  c 重</text>"), "{svg}");
    assert_eq!((svg.matches("</svg>").count(), svg.contains('\u{7}')), (1, false));
    assert!(dot.contains("label=\"a\\\"]<b>&\\\\  c 重\""), "{dot}");
    assert!(mermaid.contains("\"a#34;#93;#60;b#62;#38;#92;  c 重\""), "{mermaid}");
    assert!(!mermaid.contains('`'));
}

// Folding.

/// Layers in scopes, each with parameters whose names tell the same.
fn layers_in_scopes(inputs: u32) -> Table<f64> {
    let tape = ScalarTape::traced();
    let mut h: Vec<_> = (0..inputs).map(|i| tape.var(f64::from(i)).named(&format!("x{i}"))).collect();
    for layer in 0..12 {
        let name = format!("dense_{layer}");
        let b = tape.var(0.1).named(&format!("{name}/bias"));
        let unit = |k: i32| (sum(&h) * f64::from(k) + b).tanh();
        h = tape.in_scope(&name, || (1..4).map(unit).collect());
    }
    tape.table(&sum(&h).named("total").backward())
}

#[test]
fn large_graphs_are_folded_by_scopes() {
    let table = layers_in_scopes(3);
    let svg = table.drawing().to_svg();
    assert_eq!(bodies(&svg).len(), 13, "twelve layers and the sum");
    assert!(svg.contains(">dense_0</text>") && svg.contains(">12 gates, 1 input</text>"), "{svg}");
    assert_eq!(overlaps(&svg), Vec::<String>::new());
    assert_eq!(bodies(&table.drawing().unfolded().to_svg()).len(), 12 * 12 + 1);
    // too many inputs are no reason to fold more scopes
    let svg = layers_in_scopes(100).drawing().to_svg();
    assert_eq!(bodies(&svg).len(), 14);
    assert!(svg.contains(">x0 … x99</text>"), "{svg}");
    let svg = table.drawing().limit(4).to_svg();
    assert!(bodies(&svg).len() <= 4 && svg.contains("dense_0 … dense_11"), "{svg}");
}

#[test]
fn scopes_that_use_each_other_are_cut() {
    let tape = ScalarTape::traced();
    let mut x = tape.var(1.0).named("x");
    for _ in 0..3 {
        x = tape.in_scope("even", || x.sin() * 2.0);
        x = tape.in_scope("odd", || x.cos() * 3.0);
    }
    let svg = tape.table(&x.backward()).drawing().scope_depth(1).to_svg();
    assert_eq!((svg.matches(">even</text>").count(), svg.matches(">odd</text>").count()), (3, 3));
    // what lies between the parts of one scope, and has no name, is of that scope
    let tape = ScalarTape::traced();
    let w = tape.var(1.0).named("dense/w");
    let y = (w.sin() * 2.0).named("dense/y").exp();
    let svg = tape.table(&y.backward()).drawing().scope_depth(1).to_svg();
    assert!(svg.contains(">2 gates, 1 input</text>"), "{svg}");
}

#[test]
fn runs_of_gates_and_of_names_are_folded() {
    let tape = ScalarTape::traced();
    let mut total: Var<'_, f64> = Var::from(0.0);
    for i in 0..784 {
        total += tape.var(0.01).named(&format!("w{i}")) * f64::from(i);
    }
    let p = (total + tape.var(0.5).named("b")).sigmoid().named("p");
    let svg = tape.table(&p.backward()).drawing().to_svg();
    for text in ["w0 … w783", "784 inputs", "1,569 gates", "p", "b", "784 values"] {
        assert!(svg.contains(&format!(">{text}</text>")), "{text}: {svg}");
    }
}

#[test]
fn long_chains_need_no_stack() {
    let tape = ScalarTape::traced();
    let mut x = tape.var(0.5).named("x");
    for _ in 0..200_000 {
        x = x.sin();
    }
    let table = tape.table(&x.backward());
    let draw = || {
        assert!(table.drawing().to_svg().contains(">199,999 gates</text>"));
        assert_eq!(table.drawing().unfolded().to_mermaid().lines().count(), 1 + 200_001 + 200_001 + 1);
    };
    std::thread::scope(|scope| {
        let small = std::thread::Builder::new().stack_size(256 << 10);
        small.spawn_scoped(scope, draw).expect("a thread").join().expect("no panic");
    });
}

#[test]
fn plain_tapes_run_scopes_and_note_nothing() {
    let tape = ScalarTape::new();
    let x = tape.var(2.0);
    assert_eq!(tape.in_scope("a", || x * x).value(), 4.0);
    let traced = ScalarTape::traced();
    let x = traced.var(2.0);
    let panicked =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| traced.in_scope("a", || panic!("on purpose"))));
    assert!(panicked.is_err());
    let _ = x * x;
    assert!(traced.steps().iter().all(|step| step.scope.is_none()), "a panic closes the scope");
}
