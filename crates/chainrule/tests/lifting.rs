//! Numbers of an outer level beside those of an inner one: lifted by hand, by operators on either side, as seeds, and plain
//! floats beside both.
//!
//! Expected numbers are closed forms, written beside the assertions.

use chainrule::prelude::*;

fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-12 * expected.abs().max(1.0)
}

#[test]
fn an_outer_variable_is_lifted_by_hand_or_by_an_operator() {
    let outer = ScalarTape::new();
    let x = outer.var(2.0);
    let inner = Tape::new();
    let y = inner.var(Var::constant(5.0));
    let lifted = inner.constant(x);
    // each with its mixed derivative d²/dx dy: 0, 0, 1, -1/x² of y/x
    for ((by_operator, by_hand), mixed) in [
        ((x + y, lifted + y), 0.0),
        ((x - y, lifted - y), 0.0),
        ((x * y, lifted * y), 1.0),
        ((y / x, y / lifted), -0.25),
        ((x / y, lifted / y), -0.04),
        ((y + x, y + lifted), 0.0),
        ((y - x, y - lifted), 0.0),
        ((y * x, y * lifted), 1.0),
        ((y % x, y % lifted), 0.0),
        ((x % y, lifted % y), 0.0),
    ] {
        assert_eq!(by_operator.value().value(), by_hand.value().value());
        for by_y in [by_operator.backward().of(y), by_hand.backward().of(y)] {
            assert!(close(by_y.backward().of(x), mixed), "{by_operator}: {mixed}");
        }
    }
}

#[test]
fn an_outer_dual_number_is_lifted_by_hand_or_by_an_operator() {
    let x = Dual::variable(2.0);
    let inner = Tape::new();
    let y = inner.var(Dual::constant(5.0));
    let lifted = inner.constant(x);
    for ((by_operator, by_hand), mixed) in [
        ((x + y, lifted + y), 0.0),
        ((x * y, lifted * y), 1.0),
        ((y / x, y / lifted), -0.25),
        ((x / y, lifted / y), -0.04),
        ((y - x, y - lifted), 0.0),
        ((x - y, lifted - y), 0.0),
        ((y * x, y * lifted), 1.0),
    ] {
        assert!(close(by_operator.backward().of(y).epsilon, mixed));
        assert!(close(by_hand.backward().of(y).epsilon, mixed));
    }
}

#[test]
fn an_outer_variable_stands_on_both_sides_of_an_inner_dual_number() {
    let outer = ScalarTape::new();
    let x = outer.var(2.0);
    let y = Dual::variable(Var::constant(5.0));
    let lifted = Dual::constant(x);
    for ((by_operator, by_hand), mixed) in [
        ((x + y, lifted + y), 0.0),
        ((x - y, lifted - y), 0.0),
        ((x * y, lifted * y), 1.0),
        ((y / x, y / lifted), -0.25),
        ((x / y, lifted / y), -0.04),
        ((y + x, y + lifted), 0.0),
        ((y - x, y - lifted), 0.0),
        ((y * x, y * lifted), 1.0),
    ] {
        assert!(close(by_operator.epsilon.backward().of(x), mixed));
        assert!(close(by_hand.epsilon.backward().of(x), mixed));
    }
}

#[test]
fn an_outer_dual_number_stands_on_both_sides_of_an_inner_one() {
    let x = Dual::variable(2.0);
    let y = Dual::variable(Dual::constant(5.0));
    for (z, mixed) in [(x * y, 1.0), (y * x, 1.0), (x / y, -0.04), (y / x, -0.25), (x - y, 0.0), (y + x, 0.0)] {
        assert!(close(z.epsilon.epsilon, mixed));
    }
}

/// 2x + x/4 - 1 + (3 - x)·5/x, in place and by operators: slope 2.25 - 15/x², at 2 it is -1.5; second derivative 30/x³.
macro_rules! with_literals {
    ($x:ident) => {{
        let mut y = 2.0 * $x;
        y += $x / 4.0;
        y -= 1.0;
        y + (3.0 - $x) * (5.0 / $x)
    }};
}

#[test]
fn plain_floats_stand_beside_numbers_of_two_levels() {
    let expected = (4.5 - 1.0 + 2.5, 2.25 - 3.75, 3.75);

    let outer = ScalarTape::new();
    let outer_x = outer.var(2.0);
    let inner = Tape::new();
    let x = inner.var(outer_x);
    assert!(x > 1.0 && x == 2.0);
    let y = with_literals!(x);
    let slope = y.backward().of(x);
    assert_eq!((y.value().value(), slope.value(), slope.backward().of(outer_x)), expected);

    let inner = Tape::new();
    let x = inner.var(Dual::variable(2.0_f64));
    assert!(x > 1.0 && x == 2.0);
    let y = with_literals!(x);
    let slope = y.backward().of(x);
    assert_eq!((y.value().value, slope.value, slope.epsilon), expected);

    let x = Dual::variable(outer_x);
    assert!(x > 1.0 && x == 2.0);
    let y = with_literals!(x);
    assert_eq!((y.value.value(), y.epsilon.value(), y.epsilon.backward().of(outer_x)), expected);

    let x = Dual::variable(Dual::variable(2.0_f64));
    assert!(x > 1.0 && x == 2.0);
    let y = with_literals!(x);
    assert_eq!((y.value.value, y.epsilon.value, y.epsilon.epsilon), expected);

    // the other kinds in all places: on a tape, over variables, and within one another
    let inner = Tape::new();
    let x = inner.var(DualVector::<_, 2>::variable(2.0_f64, 1));
    let y = with_literals!(x);
    let slope = y.backward().of(x);
    assert_eq!((y.value().value, slope.value, slope.epsilons[1]), expected);

    let inner = Tape::new();
    let x = inner.var(Taylor::<_, 2>::variable(2.0_f64));
    let y = with_literals!(x);
    let slope = y.backward().of(x);
    assert_eq!((y.value().coefficient(0), slope.coefficient(0), slope.coefficient(1)), expected);

    let x = DualVector::<_, 1>::variable(outer_x, 0);
    let [y, slope] = [with_literals!(x).value, with_literals!(x).epsilons[0]];
    assert_eq!((y.value(), slope.value(), slope.backward().of(outer_x)), expected);

    let x = Taylor::<_, 2>::variable(outer_x);
    let [y, slope] = with_literals!(x).coefficients();
    assert_eq!((y.value(), slope.value(), slope.backward().of(outer_x)), expected);

    let x = DualVector::<_, 1>::variable(Dual::variable(2.0_f64), 0);
    let (y, [slope]) = (with_literals!(x).value, with_literals!(x).epsilons);
    assert_eq!((y.value, slope.value, slope.epsilon), expected);

    let x = Taylor::<_, 2>::variable(DualVector::<_, 1>::variable(2.0_f64, 0));
    let [y, slope] = with_literals!(x).coefficients();
    assert_eq!((y.value, slope.value, slope.epsilons[0]), expected);
}

#[test]
fn a_seed_may_be_an_outer_variable() {
    // s · d(y³)/dy = 3 s y², by s 3 y², and by the outer variable that y stands at 6 s y
    let outer = ScalarTape::new();
    let [s, at] = outer.vars([2.0, 3.0]);
    let inner = Tape::new();
    let y = inner.var(at);
    let seeded = y.powi(3).backward_seeded(s).of(y);
    assert_eq!(seeded.value(), 54.0);
    assert_eq!(seeded.backward().of_all([s, at]), [27.0, 36.0]);
}

/// Generic code has no other constants than literals, so these count as constants on dual numbers as on tapes: at a tie the
/// slope is not shared, and a power of a negative base has its slope.
#[test]
fn a_literal_is_a_constant_in_generic_formulas() {
    fn slopes<N: Number>(negative: N, zero: N) -> [N; 4] {
        [
            negative.pow(N::literal(2.0)), // -4 at -2
            zero.max(N::literal(0.0)),     // 0 at a tie with a constant
            zero.min(N::literal(0.0)),
            N::literal(0.0).max(zero),
        ]
    }
    let tape = ScalarTape::new();
    let (negative, zero) = (tape.var(-2.0), tape.var(0.0));
    let gradients = slopes(negative, zero).map(|y| y.backward());
    let reverse = [0, 1, 2, 3].map(|i| gradients[i].of(if i == 0 { negative } else { zero }));
    assert_eq!(reverse, [-4.0, 0.0, 0.0, 0.0], "reverse");
    let forward = slopes(Dual::variable(-2.0), Dual::variable(0.0)).map(|y| y.epsilon);
    assert_eq!(forward, [-4.0, 0.0, 0.0, 0.0], "forward");
}
