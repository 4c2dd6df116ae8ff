//! Handles, sweeps and the life of a tape: the gradients-and-tapes section of `docs/conventions.md`.
//!
//! Expected numbers are closed forms, written beside the assertions.

use crate::panics::panic_of;
use chainrule::prelude::*;
use chainrule::rule::Foreign;

type Action<'a> = Box<dyn Fn() -> f64 + 'a>;

#[test]
fn the_same_variable_twice_and_diamonds_accumulate() {
    let tape = ScalarTape::new();
    let x = tape.var(3.0);
    assert_eq!((x * x).backward().of(x), 6.0);
    assert_eq!((x + x + x).backward().of(x), 3.0);
    let (a, b) = (x * x, x * 2.0);
    assert_eq!((a * b).backward().of(x), 54.0); // 6x²
    let mut power = x;
    power *= x;
    power += 1.0;
    power -= x;
    power /= 2.0;
    assert_eq!((power.value(), power.backward().of(x)), (3.5, 2.5)); // (x² + 1 - x)/2
}

#[test]
fn constants_stand_on_both_sides_and_leave_no_trace() {
    let tape = ScalarTape::new();
    let x = tape.var(4.0);
    let y = 1.0 + (2.0 * x - 3.0) / 5.0 + 8.0 / x - (7.0 % x) + (x % 3.0) - 10.0 * tape.constant(2.0);
    assert_eq!(tape.len(), 1, "all are functions of x alone");
    // 2/5 - 8/x² + trunc(7/x) + 1
    assert!((y.backward().of(x) - (0.4 - 0.5 + 1.0 + 1.0)).abs() < 1e-15);
    let f32s = Tape::<f32>::new();
    let z = f32s.var(2.0);
    let w: Var<f32> = 0.5 * z + 1.5;
    assert_eq!((w.value(), w.backward().of(z)), (2.5f32, 0.5f32));
}

#[test]
fn methods_take_plain_numbers_of_the_element_type() {
    let f32s = Tape::<f32>::new();
    let x = f32s.var(2.0);
    assert_eq!(x.max(3.0).value(), 3.0);
    assert_eq!(x.pow(3.0).backward().of(x), 12.0);
    assert_eq!(x.mul_add(2.0, 1.0).backward().of(x), 2.0);
    let tape = ScalarTape::new();
    let y = tape.var(2.0);
    assert_eq!(y.hypot(0.0).backward().of(y), 1.0);
    assert_eq!(y.mul_add(y, y).backward().of(y), 5.0);
}

#[test]
fn a_tape_can_be_swept_again_from_another_output_or_seed() {
    let tape = ScalarTape::new();
    let (x, y) = (tape.var(2.0), tape.var(5.0));
    let (product, ratio) = (x * y, x / y);
    for _ in 0..3 {
        assert_eq!(product.backward().of_all([x, y]), [5.0, 2.0]);
        assert_eq!(ratio.backward().of_all([x, y]), [0.2, -0.08]);
        assert_eq!(product.backward_seeded(10.0).of(x), 50.0);
        assert_eq!(tape.backward([(product, 1.0), (ratio, 100.0)]).of(x), 25.0);
        assert_eq!(tape.backward([(product, 1.0), (product, 1.0)]).of(y), 4.0);
        assert_eq!(tape.backward([(product, 0.0)]).of(y), 0.0);
    }
    let (first, second) = (product.backward(), ratio.backward());
    assert_eq!((first.of(y), second.of(y)), (2.0, -0.08), "two gradients of one tape live side by side");
}

#[test]
fn outputs_that_are_variables_or_constants() {
    let tape = ScalarTape::new();
    let x = tape.var(2.0);
    assert_eq!(x.backward().of(x), 1.0);
    assert_eq!(x.backward_seeded(-3.0).of(x), -3.0);
    let constant = tape.constant(7.0);
    assert!(constant.is_constant() && !x.is_constant());
    assert_eq!(constant.backward().of(x), 0.0);
    assert_eq!((constant * 2.0).sin().value(), 14f64.sin());
    assert_eq!(tape.backward([]).of(x), 0.0);
    assert_eq!(x.backward().get(constant), None);
}

#[test]
fn variables_made_after_the_output_have_gradient_zero() {
    let tape = ScalarTape::new();
    let x = tape.var(2.0);
    let y = x * x;
    let late = tape.var(1.0);
    let g = y.backward();
    assert_eq!((g.of(x), g.of(late)), (4.0, 0.0));
    let g = (late * x).backward();
    let even_later = tape.var(9.0);
    assert_eq!((g.of(late), g.of(even_later)), (2.0, 0.0));
}

#[test]
fn detached_values_carry_no_gradient() {
    let tape = ScalarTape::new();
    let x = tape.var(3.0);
    assert_eq!((x * x.detach()).backward().of(x), 3.0);
    assert!((x * x).detach().is_constant());
}

#[test]
fn folded_intermediates_are_kept_or_refused() {
    let tape = ScalarTape::new();
    let x = tape.var(0.5);
    let kept = x.exp().keep();
    assert_eq!((kept * kept).backward().of(kept), 2.0 * 0.5f64.exp());
    assert!(((kept * kept).backward().of(x) - 2.0 * 1f64.exp()).abs() < 1e-14);
    let twice = kept.keep();
    assert_eq!(tape.len(), 1 + 1, "keeping a kept value adds nothing, nor does its square");
    assert_eq!((twice + 0.0).backward().of(kept), 1.0);
    assert_eq!((x * x).keep().backward().of(x), 1.0);

    let folded = x.exp();
    let g = (folded * folded).backward();
    let (message, line) = panic_of(file!(), || g.of(folded));
    assert_eq!(line, line!() - 1);
    assert!(message.contains(".keep()") && message.contains("Tape::traced()"), "{message}");
    let product = x * x;
    let (message, _) = panic_of(file!(), || (product * x).backward().of(product));
    assert!(message.contains(".keep()"), "{message}");

    let traced = ScalarTape::traced();
    let e = traced.var(0.5).exp();
    assert_eq!((e * e).backward().of(e), 2.0 * 0.5f64.exp());
}

#[test]
fn variables_of_two_tapes_do_not_mix() {
    let (one, other) = (ScalarTape::new(), ScalarTape::new());
    let (x, y) = (one.var(1.0), other.var(2.0));
    let actions: [(Action, u32); 6] = [
        (Box::new(|| (x + y).value()), line!()),
        (Box::new(|| x.pow(y).value()), line!()),
        (Box::new(|| sum(&[x, y]).value()), line!()),
        (Box::new(|| x.mul_add(1.0, y).value()), line!()),
        (Box::new(|| x.backward().of(y)), line!()),
        (Box::new(|| one.backward([(y, 1.0)]).of(x)), line!()),
    ];
    for (action, expected) in actions {
        let (message, line) = panic_of(file!(), action);
        assert!(message.contains("different tapes"), "{message}");
        assert_eq!(line, expected, "{message}");
    }
}

#[test]
fn disconnected_and_zero_are_told_apart_on_traced_tapes() {
    let traced = ScalarTape::traced();
    let [x, unused, cancelled] = traced.vars([2.0, 3.0, 4.0]);
    let g = (x * x + cancelled * 0.0).backward();
    assert_eq!((g.get(x), g.get(unused), g.get(cancelled)), (Some(4.0), None, Some(0.0)));
    assert_eq!(g.of(unused), 0.0);

    let plain = ScalarTape::new();
    let [x, unused, cancelled] = plain.vars([2.0, 3.0, 4.0]);
    let g = (x * x + cancelled * 0.0).backward();
    assert_eq!((g.get(x), g.get(unused), g.get(cancelled)), (Some(4.0), Some(0.0), Some(0.0)));
}

#[test]
fn n_ary_functions_are_one_node_each() {
    let tape = ScalarTape::new();
    let x = tape.vars([1.0, -2.0, 3.0]);
    let y = tape.vars([4.0, 5.0, 6.0]);
    let before = tape.len();
    let (s, d, n, l) = (sum(&x), dot(&x, &y), norm(&x), log_sum_exp(&x));
    assert_eq!(tape.len(), before + 4);
    assert_eq!((s.value(), s.backward().of_all(x)), (2.0, [1.0; 3]));
    assert_eq!((d.value(), d.backward().of_all(x), d.backward().of_all(y)), (12.0, [4.0, 5.0, 6.0], [1.0, -2.0, 3.0]));
    let length = 14f64.sqrt();
    assert!((n.value() - length).abs() < 1e-15);
    for (slope, x) in n.backward().of_all(x).into_iter().zip([1.0, -2.0, 3.0]) {
        assert!((slope - x / length).abs() < 1e-15);
    }
    let total: f64 = l.backward().of_all(x).iter().sum();
    assert!((total - 1.0).abs() < 1e-15, "softmax sums to 1");
    // with itself, with constants, and with nothing but constants
    assert_eq!(dot(&x, &x).backward().of_all(x), [2.0, -4.0, 6.0]);
    assert_eq!(dot(&x, &[Var::from(2.0); 3]).backward().of_all(x), [2.0; 3]);
    assert!(sum(&[Var::<f64>::from(1.0), Var::from(2.0)]).is_constant());
    assert_eq!(dot(&[1.0, 2.0], &[3.0, 4.0]), 11.0);
    let (message, line) = panic_of(file!(), || dot(&x, &y[..2]));
    assert!(message.contains("3 and 2 elements"), "{message}");
    assert_eq!(line, line!() - 2);
}

#[test]
fn sums_over_iterators_are_one_node() {
    let tape = ScalarTape::new();
    let x = tape.vars([1.0, 2.0, 3.0]);
    let before = tape.len();
    let total: Var<f64> = x.iter().map(|x| x.exp()).sum();
    assert_eq!(tape.len(), before + 1);
    assert_eq!(total.backward().of_all(x), [1.0, 2.0, 3.0].map(f64::exp));
    // with constants before, between and after; of one; of none
    let mixed: Var<f64> = [Var::from(10.0), x[0], Var::from(20.0), x[1] * 2.0, Var::from(30.0)].iter().sum();
    assert_eq!((mixed.value(), mixed.backward().of_all(x)), (65.0, [1.0, 2.0, 0.0]));
    let alone: Var<f64> = [x[2]].into_iter().sum();
    assert_eq!((alone.value(), alone.backward().of(x[2])), (3.0, 1.0));
    assert!([Var::<f64>::from(1.0), Var::from(2.0)].into_iter().sum::<Var<f64>>().is_constant());
    assert_eq!(std::iter::empty::<Var<f64>>().sum::<Var<f64>>().value(), 0.0);
    // a sum within a sum
    let nested: Var<f64> = (1..4).map(|i| x.iter().map(|&x| x.powi(i)).sum::<Var<f64>>().sin()).sum();
    let slopes = nested.backward().of_all(x);
    for (slope, at) in slopes.into_iter().zip([1.0f64, 2.0, 3.0]) {
        let power = |i: i32| (1.0 + 2f64.powi(i) + 3f64.powi(i)).cos() * f64::from(i) * at.powi(i - 1);
        assert!((slope - power(1) - power(2) - power(3)).abs() < 1e-12);
    }
    let traced = ScalarTape::traced();
    let x = traced.vars([1.0, 2.0]);
    let _ = [Var::from(4.0), x[0], x[1]].iter().sum::<Var<f64>>().named("total");
    let step = &traced.steps()[2];
    assert_eq!((step.operation.as_ref(), step.value, step.operands.len()), ("sum", 7.0, 3));
}

#[test]
fn p_norms_have_their_slopes() {
    let at = [1.0, -2.0, 3.0];
    for (p, value) in [(1.0, 6.0), (3.0, 36f64.cbrt()), (f64::INFINITY, 3.0)] {
        let tape = ScalarTape::new();
        let x = tape.vars(at);
        let y = norm_p(&x, p);
        assert!((y.value() - value).abs() < 1e-14, "p = {p}");
        gradcheck(|x| norm_p(&x, p), at).assert_ok();
    }
    let tape = ScalarTape::new();
    let x = tape.vars([-3.0, 3.0, 1.0]);
    assert_eq!(norm_p(&x, f64::INFINITY).backward().of_all(x), [-0.5, 0.5, 0.0], "ties share");
    gradcheck_second_order(|x| norm_p(&x, 3.0), at).assert_ok();
    gradcheck_second_order(|x| norm(&x), at).assert_ok();
    gradcheck_second_order(|x| log_sum_exp(&x), at).assert_ok();
    gradcheck_second_order(|[a, b, c]| dot(&[a, b, c], &[b, c, a]), at).assert_ok();
    let (message, _) = panic_of(file!(), || norm_p(&[1.0], 0.5));
    assert!(message.contains("at least 1"), "{message}");
}

#[test]
fn foreign_functions_are_rules_too() {
    fn cube(x: f64) -> f64 {
        x * x * x
    }
    fn slope(x: f64) -> f64 {
        3.0 * x * x
    }
    let rule = Foreign::new("cube", &[cube, slope]);
    let tape = ScalarTape::new();
    let x = tape.var(2.0);
    assert_eq!((x.apply(rule).value(), x.apply(rule).backward().of(x)), (8.0, 12.0));
    gradcheck(|[x]| x.apply(rule), [1.3]).assert_ok();
    assert_eq!(Tape::<f32>::new().var(2.0f32).apply(rule).value(), 8.0f32);

    let (message, _) = panic_of(file!(), || Number::apply(Dual::variable(Dual::variable(2.0)), rule));
    assert!(message.contains("order 2") && message.contains("cube"), "{message}");
    let twice = Foreign::new("cube", &[cube, slope, |x| 6.0 * x]);
    assert_eq!(Number::apply(Dual::variable(Dual::variable(2.0)), twice).epsilon.epsilon, 12.0);
    gradcheck_second_order(|[x]| x.apply(twice), [1.3]).assert_ok();

    let traced = ScalarTape::traced();
    let _ = traced.var(1.0).apply(rule);
    assert_eq!(traced.steps()[1].operation, "cube");
}

#[test]
fn a_million_operations_fit_a_small_stack() {
    for traced in [false, true] {
        let run = move || {
            let tape = if traced { ScalarTape::traced() } else { ScalarTape::new() };
            let (x, step) = (tape.var(1.0), tape.var(1e-6));
            let mut y = x;
            for _ in 0..1_000_000 {
                y += step;
            }
            assert!(tape.len() > 1_000_000);
            let g = y.backward();
            assert_eq!((g.of(x), g.of(step)), (1.0, 1e6));
        };
        std::thread::Builder::new().stack_size(512 * 1024).spawn(run).unwrap().join().unwrap();
    }
}

#[test]
fn eight_threads_with_eight_tapes_agree_with_one() {
    fn gradient(seed: u32) -> [f64; 3] {
        let mut tape = ScalarTape::new();
        let mut point = [0.1, 0.2, f64::from(seed) * 0.05];
        for _ in 0..50 {
            tape.clear();
            let x = tape.vars(point);
            let y = (x[0] * x[1]).sin() + (x[1] - x[2]).powi(2) + x[2].cos() * x[0].tanh();
            let g = y.backward().of_all(x);
            point = std::array::from_fn(|i| point[i] - 0.1 * g[i]);
        }
        point
    }
    let alone: Vec<_> = (0..8).map(gradient).collect();
    let together: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|seed| scope.spawn(move || gradient(seed))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(alone, together);
    assert!(alone.iter().flatten().all(|x| x.is_finite()), "NaN would equal nothing");
    // a tape may move to another thread between evaluations
    let tape = ScalarTape::new();
    let moved = std::thread::spawn(move || {
        let x = tape.var(2.0);
        (x * x).backward().of(x)
    });
    assert_eq!(moved.join().unwrap(), 4.0);
}

#[test]
fn clearing_starts_afresh() {
    let mut tape = ScalarTape::new();
    for turn in 0..5 {
        tape.clear();
        assert!(tape.is_empty());
        let x = tape.var(f64::from(turn));
        let nan = x * f64::NAN * x; // must not make later turns careful, nor wrong
        let g = if turn == 0 { nan.backward() } else { (x * x).backward() };
        assert!(turn == 0 && g.of(x).is_nan() || g.of(x) == 2.0 * f64::from(turn));
    }
}
