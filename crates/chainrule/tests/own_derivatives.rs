//! Functions that bring derivatives of their own: rules of many numbers, and opaque functions.
//!
//! Expected numbers are closed forms.

use super::implicit::{assert_close, float};
use chainrule::prelude::*;
use chainrule::{Real, RuleOfMany, apply_many, opaque};

/// x y², by a routine of its own.
struct Volume;
impl RuleOfMany for Volume {
    const NAME: &'static str = "volume";
    fn value<T: Real>(&self, x: &[T]) -> T {
        let plain: Vec<f64> = x.iter().map(|&x| float(x)).collect();
        <T as Real>::literal(plain[0] * plain[1] * plain[1])
    }
    fn gradient<T: Real>(&self, x: &[T], _: T, gradient: &mut [T]) {
        gradient[0] = x[1] * x[1];
        gradient[1] = (x[0] + x[0]) * x[1];
    }
}

/// The same with a gradient that is wrong by 1%.
struct WrongVolume;
impl RuleOfMany for WrongVolume {
    const NAME: &'static str = "wrong_volume";
    fn value<T: Real>(&self, x: &[T]) -> T {
        Volume.value(x)
    }
    fn gradient<T: Real>(&self, x: &[T], y: T, gradient: &mut [T]) {
        Volume.gradient(x, y, gradient);
        gradient[1] *= <T as Real>::literal(1.01);
    }
}

#[test]
fn a_rule_of_many_in_every_kind_of_number() {
    assert_eq!(apply_many(&Volume, &[3.0, 5.0]), 75.0);
    assert_eq!(apply_many(&Volume, &[3.0_f32, 5.0]), 75.0);
    let y = apply_many(&Volume, &[Dual::new(3.0, 1.0), Dual::new(5.0, 10.0)]);
    assert_eq!((y.value, y.epsilon), (75.0, 325.0));
    // along (1, 1): 2 (2y) + 2x
    let y = apply_many(&Volume, &[3.0, 5.0].map(|x| Dual::variable(Dual::variable(x))));
    assert_eq!(y.epsilon.epsilon, 26.0);
    assert_eq!(grad(|x| apply_many(&Volume, &x), [3.0, 5.0]), [25.0, 30.0]);
    assert_eq!(grad(|x| grad(|x| apply_many(&Volume, &x), x)[1], [3.0, 5.0]), [10.0, 6.0]);
    let moving = grad(|x| apply_many(&Volume, &x), [Dual::constant(3.0), Dual::variable(5.0)]);
    assert_eq!(moving.map(|slope| slope.epsilon), [10.0, 6.0]);
    let y = apply_many(&Volume, &DualVector::variables([3.0, 5.0]));
    assert_eq!((y.value, y.epsilons), (75.0, [25.0, 30.0]));
    let moving = grad(|x| apply_many(&Volume, &x), DualVector::variables([3.0, 5.0]));
    assert_eq!(moving.map(|slope| slope.epsilons), [[0.0, 10.0], [10.0, 6.0]]);
    // (3 + t)(5 + t)² = 75 + 55t + 13t² + t³
    let y = apply_many(&Volume, &[3.0, 5.0].map(Taylor::<f64, 5>::variable));
    assert_eq!(y.coefficients(), [75.0, 55.0, 13.0, 1.0, 0.0]);
    // ∂/∂x (x + 0)(5 + t)² = 25 + 10t + t²
    let moving = grad(|x| apply_many(&Volume, &x), [Taylor::<f64, 4>::constant(3.0), Taylor::variable(5.0)]);
    assert_eq!(moving[0].coefficients(), [25.0, 10.0, 1.0, 0.0]);
}

/// exp(x + y), its slopes taken from the value; and no slope by a third number.
struct Growth;
impl RuleOfMany for Growth {
    const NAME: &'static str = "growth";
    fn value<T: Real>(&self, x: &[T]) -> T {
        (x[0] + x[1]).exp()
    }
    fn gradient<T: Real>(&self, _: &[T], y: T, gradient: &mut [T]) {
        gradient.copy_from_slice(&[y, y, T::nan()]);
    }
}

/// e³ᵗ has the coefficients 3ᵏ/k!. A number that does not vary needs no slope.
#[test]
fn a_gradient_made_of_the_value() {
    let [x, y] = [1.0, 2.0].map(|pace| Taylor::<f64, 5>::along(0.0, pace));
    let growth = apply_many(&Growth, &[x, y, Taylor::constant(7.0)]);
    let expected = [1.0, 3.0, 4.5, 4.5, 3.375];
    growth.coefficients().into_iter().zip(expected).for_each(|(found, expected)| assert_close(found, expected));
    let growth = apply_many(&Growth, &[DualVector::new(0.0, [1.0, 2.0]), DualVector::variable(0.0, 1), 7.0.into()]);
    assert_eq!(growth.epsilons, [1.0, 3.0]);
    // and one that varies shows that the slope is missing
    let spoilt = apply_many(&Growth, &[x, y, Taylor::variable(7.0)]);
    assert!(spoilt.coefficients()[1..].iter().all(|c| c.is_nan()));
}

#[test]
fn the_checkers_judge_rules_of_many() {
    gradcheck(|x| apply_many(&Volume, &x), [3.0, 5.0]).assert_ok();
    gradcheck_second_order(|x| apply_many(&Volume, &x), [3.0, 5.0]).assert_ok();
    let report = gradcheck(|x| apply_many(&WrongVolume, &x), [3.0, 5.0]);
    assert_eq!(report.differing().count(), 1, "{report}");
}

#[test]
fn an_opaque_function_is_one_node_with_its_name() {
    let tape = ScalarTape::traced();
    let x = tape.vars([3.0, 5.0, 7.0]);
    let numbers = [x[0], x[1], Var::constant(7.0)];
    let y = opaque("simulate", &numbers, 75.0, &[25.0, 30.0, f64::NAN]);
    assert_eq!(tape.len(), 4);
    let g = y.backward();
    assert_eq!(g.of_all([x[0], x[1]]), [25.0, 30.0]);
    assert!(tape.table(&g).to_string().contains("simulate"));
    // and on a plain tape, from a slice, beside other operations
    let tape = ScalarTape::new();
    let x = tape.variables(&[3.0, 5.0]);
    let y = opaque("simulate", &x, 75.0, &[25.0, 30.0]) * 2.0;
    assert_eq!(y.backward().of_slice(&x), [50.0, 60.0]);
}

#[test]
fn an_opaque_function_forward_and_in_second_order() {
    let y = opaque("square", &[Dual::new(3.0, 2.0)], 9.0, &[6.0]);
    assert_eq!((y.value, y.epsilon), (9.0, 12.0));
    let y = opaque("product", &DualVector::variables([3.0, 5.0]), 15.0, &[5.0, 3.0]);
    assert_eq!((y.value, y.epsilons), (15.0, [5.0, 3.0]));
    // over dual numbers, value and partial derivative are dual numbers, and bring the second derivative
    let slope = grad(|x| opaque("square", &[x], Dual::new(9.0, 6.0), &[Dual::new(6.0, 2.0)]), Dual::variable(3.0));
    assert_eq!((slope.value, slope.epsilon), (6.0, 2.0));
}

#[test]
fn a_wrong_opaque_derivative_is_caught() {
    gradcheck(|[x]| opaque("cube", &[x], x.value().powi(3), &[3.0 * x.value().powi(2)]), [2.0]).assert_ok();
    let report = gradcheck(|[x]| opaque("cube", &[x], x.value().powi(3), &[3.01 * x.value().powi(2)]), [2.0]);
    assert_eq!(report.differing().count(), 1, "{report}");
}

#[test]
#[should_panic(expected = "opaque: `area` is a function of 2 numbers, but 1 partial derivatives were given")]
fn a_partial_derivative_is_missing() {
    let _ = opaque("area", &[Dual::variable(1.0), Dual::variable(2.0)], 2.0, &[2.0]);
}
