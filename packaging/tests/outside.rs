//! The packaged crate in a user's hands.

use chainrule::prelude::*;
use chainrule::rule::Foreign;
use chainrule_outside::{Lorentz, Power, WrongPower, neuron, newton_cooling};

fn assert_near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-14 * expected.abs(), "{found} is not {expected}");
}

/// By hand: d/dt = -70 k e^(-kt), d/dk = -70 t e^(-kt).
#[test]
fn a_function_of_any_float_is_differentiated() {
    let tape = ScalarTape::new();
    let [time, rate] = tape.vars([3.0, 0.25]);
    let temperature = newton_cooling(time, rate);
    assert_eq!(temperature.value(), newton_cooling(3.0, 0.25));
    let g = temperature.backward();
    let decay = (-0.75f64).exp();
    assert_near(g.of(time), -70.0 * 0.25 * decay);
    assert_near(g.of(rate), -70.0 * 3.0 * decay);
    let forward = newton_cooling(Dual::variable(3.0), Dual::constant(0.25));
    assert_near(forward.epsilon, g.of(time));
}

/// out_h1 = 0.593269992 is printed on the slides of the worked backpropagation example; the slope is s (1 - s) i1.
#[test]
fn one_formula_runs_on_every_kind_of_number() {
    let inputs = [0.05, 0.10];
    let plain = neuron([0.15, 0.20], inputs);
    assert!((plain - 0.593_269_992).abs() < 1e-9);
    let tape = ScalarTape::new();
    let weights = tape.vars([0.15, 0.20]);
    let hidden = neuron(weights, inputs.map(|x| tape.constant(x)));
    assert_eq!(hidden.value(), plain);
    assert_near(hidden.backward().of(weights[0]), plain * (1.0 - plain) * 0.05);
}

#[test]
fn single_precision_stays_single() {
    let tape = Tape::<f32>::new();
    let [time, rate] = tape.vars([3.0, 0.25]);
    let slope: f32 = newton_cooling(time, rate).backward().of(time);
    let expected = -70.0 * 0.25 * (-0.75f32).exp();
    assert!((slope - expected).abs() <= 1e-6 * expected.abs(), "{slope} is not {expected}");
}

#[test]
fn rules_from_outside_have_the_standing_of_the_library_s_own() {
    let narrow = Lorentz { half_width: 0.5 };
    gradcheck(|[x]| x.apply(narrow), [0.75]).assert_ok();
    gradcheck_second_order(|[x]| x.apply(narrow), [0.75]).assert_ok();
    gradcheck(|[u, r]| (u * 2.0).apply2(r.exp(), Power), [2.0, 0.3]).assert_ok();
    // the second derivative of 1/(1 + 4x²) at 0 is -8
    let twice = Dual::variable(Dual::variable(0.0)).apply(narrow);
    assert_eq!(twice.epsilon.epsilon, -8.0);
    let tape = ScalarTape::traced();
    let x = tape.var(0.75).named("x");
    let table = tape.table(&x.apply(narrow).backward()).to_string();
    assert!(table.contains("lorentz(x, 0.5)"), "{table}");
}

#[test]
fn a_wrong_rule_is_refused() {
    let report = gradcheck(|[u, r]| u.apply2(r, WrongPower), [2.0, 3.0]);
    assert!(!report.is_ok());
    assert_eq!(report.differing().count(), 1, "{report}");
    assert_eq!(report.worst().map(|worst| worst.element.as_slice()), Some([1].as_slice()));
}

#[test]
fn a_foreign_function_is_a_rule_with_its_derivative() {
    let cube = Foreign::new("cube", &[|x| x * x * x, |x| 3.0 * x * x]);
    let tape = ScalarTape::new();
    let x = tape.var(2.0);
    let g = (x.apply(cube) + x).backward();
    assert_eq!(g.of(x), 13.0);
}

#[test]
fn a_tape_is_reused() {
    let mut tape = ScalarTape::new();
    let mut weight = 0.0;
    for _ in 0..200 {
        tape.clear();
        let w = tape.var(weight);
        weight -= 0.1 * (0.5 * (w - 3.0).powi(2)).backward().of(w);
    }
    assert!((weight - 3.0).abs() < 1e-8);
}

/// The network crate as `cargo add chainrule-nn` brings it: y = 2 x - 1 is learnt from three points.
#[test]
fn a_network_learns_a_line() -> chainrule_nn::Result<()> {
    use chainrule_nn::prelude::*;
    let (x, y) = (Tensor::from([[0.0], [1.0], [2.0]]), Tensor::from([[-1.0], [1.0], [3.0]]));
    let mut model = Sequential::new().add(Dense::new(1).input(1)).compile(MeanSquaredError, Sgd::new(0.2), ())?;
    model.fit(&x, &y, Fit::epochs(300).full_batch().silent())?;
    let answer = model.predict(&Tensor::from([[10.0]]))?.item();
    assert!((answer - 19.0).abs() < 1e-3, "{answer}");
    Ok(())
}
