//! What is differentiated without being recorded: solutions of equations and fixed points.
//!
//! Expected numbers are closed forms, or from sympy and mpmath by differentiating the equation itself, to 17 digits.

use chainrule::derivative::{
    Contraction, ContractionOfMany, Equations, EquationsOfMany, FixedPoint, fixed_point, implicit, implicit_of_many,
};
use chainrule::prelude::*;
use chainrule::{Real, Rule};

#[track_caller]
pub(super) fn assert_close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{found:e} is not {expected:e}");
}

pub(super) fn float<N: Real>(x: N) -> f64 {
    x.to_f64().unwrap()
}

/// E - e sin E = M.
struct Kepler;
impl Equations<1, 2> for Kepler {
    fn residual<N: Number>(&self, [anomaly]: [N; 1], [mean, eccentricity]: [N; 2]) -> [N; 1] {
        [anomaly - eccentricity * anomaly.sin() - mean]
    }
}

/// Kepler's equation solved for numbers of any kind: Newton's method on floats, and the theorem for the rest.
fn eccentric_anomaly<N: Real>(mean: N, eccentricity: N) -> N {
    let (m, e) = (float(mean), float(eccentricity));
    let step = |x: f64| x - (x - e * x.sin() - m) / (1.0 - e * x.cos());
    let solution = (0..8).fold(m, |x, _| step(x));
    implicit(&Kepler, [solution], [mean, eccentricity])[0]
}

/// At M = 1 and e = 3/10: the value; by M, by e; by M twice, by M and e, by e twice; by M three times.
const ANOMALY: f64 = 1.288_091_313_211_837_7;
const BY_MEAN: f64 = 1.091_329_301_150_417_5;
const BY_ECCENTRICITY: f64 = 1.048_008_305_049_936_3;
const HESSIAN: [[f64; 2]; 2] =
    [[-0.374_453_255_325_403_96, -0.027_354_625_547_006_62], [-0.027_354_625_547_006_62, 0.292_777_453_679_296_87]];
const BY_MEAN_THRICE: f64 = 0.266_736_098_887_743_6;

#[test]
fn kepler_in_every_kind_of_number() {
    // floats
    assert_close(eccentric_anomaly(1.0, 0.3), ANOMALY);
    assert!((eccentric_anomaly(1.0_f32, 0.3) - 1.288_091_3).abs() < 1e-6);
    // forward, once and twice
    let y = eccentric_anomaly(Dual::variable(1.0), Dual::constant(0.3));
    assert_close(y.value, ANOMALY);
    assert_close(y.epsilon, BY_MEAN);
    let y = eccentric_anomaly(Dual::variable(Dual::variable(1.0)), Dual::constant(Dual::constant(0.3)));
    assert_close(y.epsilon.value, BY_MEAN);
    assert_close(y.epsilon.epsilon, HESSIAN[0][0]);
    // reverse
    let [by_mean, by_eccentricity] = grad(|[m, e]| eccentric_anomaly(m, e), [1.0, 0.3]);
    assert_close(by_mean, BY_MEAN);
    assert_close(by_eccentricity, BY_ECCENTRICITY);
    let [by_mean, _] = Tape::<f32>::new().grad(|p| eccentric_anomaly(p[0], p[1]), [1.0_f32, 0.3]);
    assert!((by_mean - 1.091_329_3).abs() < 1e-5);
    // reverse over forward
    let moving = [Dual::new(1.0, 0.0), Dual::new(0.3, 1.0)];
    let slopes = grad(|[m, e]| eccentric_anomaly(m, e), moving);
    assert_close(slopes[0].value, BY_MEAN);
    assert_close(slopes[0].epsilon, HESSIAN[0][1]);
    assert_close(slopes[1].epsilon, HESSIAN[1][1]);
    // reverse over reverse
    for (row, expected) in HESSIAN.into_iter().enumerate() {
        let found = grad(|[m, e]| grad(|[m, e]| eccentric_anomaly(m, e), [m, e])[row], [1.0, 0.3]);
        found.into_iter().zip(expected).for_each(|(found, expected)| assert_close(found, expected));
    }
}

#[test]
fn kepler_in_third_order() {
    let mean = Dual::variable(Dual::variable(Dual::variable(1.0)));
    let y = eccentric_anomaly(mean, Real::literal(0.3));
    assert_close(y.epsilon.epsilon.epsilon, BY_MEAN_THRICE);
    let [slope, _] = grad(|[m, e]| eccentric_anomaly(m, e), [Dual::variable(Dual::variable(1.0)), Real::literal(0.3)]);
    assert_close(slope.epsilon.epsilon, BY_MEAN_THRICE);
}

/// The derivatives by t, of order 0 to 4, of the eccentric anomaly at M = 1 + t, and at M = 1 + t with e = (3 + 5t)/10: by mpmath,
/// differences with 60 digits.
const ALONG_MEAN: [f64; 5] = [ANOMALY, BY_MEAN, HESSIAN[0][0], BY_MEAN_THRICE, 0.192_018_037_250_777_45];
const ALONG_BOTH: [f64; 5] =
    [ANOMALY, 1.615_333_453_675_385_6, -0.328_613_517_452_586_4, -4.136_185_188_824_308, 9.164_268_411_494_92];
/// Those of order 0 to 3 of the derivative by e, at M = 1 + t.
const BY_ECCENTRICITY_ALONG_MEAN: [f64; 4] =
    [BY_ECCENTRICITY, HESSIAN[0][1], -1.334_015_215_609_784_5, 2.800_479_448_943_604];

#[test]
fn kepler_by_series() {
    let y = eccentric_anomaly(Taylor::<f64, 5>::variable(1.0), Real::literal(0.3));
    (0..5).for_each(|k| assert_close(y.derivative(k), ALONG_MEAN[k]));
    let y = eccentric_anomaly(Taylor::<f64, 5>::variable(1.0), Taylor::along(0.3, 0.5));
    (0..5).for_each(|k| assert_close(y.derivative(k), ALONG_BOTH[k]));
    assert_eq!(
        eccentric_anomaly(Taylor::<f64, 1>::variable(1.0), Real::literal(0.3)).coefficients(),
        [y.coefficient(0)]
    );
    // orders add up: dual numbers beneath, dual numbers above, and a tape above
    let y = eccentric_anomaly(Taylor::<_, 4>::variable(Dual::constant(1.0)), Taylor::constant(Dual::variable(0.3)));
    (0..4).for_each(|k| assert_close(y.derivative(k).epsilon, BY_ECCENTRICITY_ALONG_MEAN[k]));
    let mean = Taylor::<f64, 4>::variable(1.0);
    let y = eccentric_anomaly(Dual::constant(mean), Dual::variable(Real::literal(0.3)));
    (0..4).for_each(|k| assert_close(y.epsilon.derivative(k), BY_ECCENTRICITY_ALONG_MEAN[k]));
    let [_, slope] = grad(|[m, e]| eccentric_anomaly(m, e), [mean, Real::literal(0.3)]);
    (0..4).for_each(|k| assert_close(slope.derivative(k), BY_ECCENTRICITY_ALONG_MEAN[k]));
}

/// ∫ E dM, whose slope is a solution of an equation. Of its value nothing is asked here.
#[derive(Clone, Copy)]
struct Area;
impl Rule for Area {
    const NAME: &'static str = "area";
    const PROBES: &'static [f64] = &[1.0];
    fn value<T: Real>(self, _: T) -> T {
        T::zero()
    }
    fn slope<T: Real>(self, x: T, _: T) -> T {
        eccentric_anomaly(x, <T as Real>::literal(0.3))
    }
}

/// Within a rule, series are shorter than their type says.
#[test]
fn kepler_within_a_rule() {
    let y = Real::apply(Taylor::<f64, 6>::variable(1.0), Area);
    (0..5).for_each(|k| assert_close(y.derivative(k + 1), ALONG_MEAN[k]));
}

/// Lane by lane a vector of dual numbers is a dual number.
#[test]
fn kepler_in_lanes() {
    let y = eccentric_anomaly(DualVector::<f64, 3>::new(1.0, [1.0, 0.0, 2.0]), DualVector::new(0.3, [0.0, 1.0, -1.0]));
    for (lane, (by_mean, by_eccentricity)) in [(1.0, 0.0), (0.0, 1.0), (2.0, -1.0)].into_iter().enumerate() {
        let one = eccentric_anomaly(Dual::new(1.0, by_mean), Dual::new(0.3, by_eccentricity));
        assert_eq!((y.value, y.epsilons[lane]), (one.value, one.epsilon));
    }
    assert_close(y.epsilons[0], BY_MEAN);
    assert_close(y.epsilons[1], BY_ECCENTRICITY);
    // a Hessian in one recording
    let slopes = grad(|[m, e]| eccentric_anomaly(m, e), DualVector::variables([1.0, 0.3]));
    for (slope, expected) in slopes.into_iter().zip(HESSIAN) {
        slope.epsilons.into_iter().zip(expected).for_each(|(found, expected)| assert_close(found, expected));
    }
}

#[test]
fn kepler_passes_the_checkers() {
    gradcheck(|[m, e]| eccentric_anomaly(m, e), [1.0, 0.3]).assert_ok();
    gradcheck_second_order(|[m, e]| eccentric_anomaly(m, e), [1.0, 0.3]).assert_ok();
}

/// The circle of radius r, x² + y² = r², cut by the line y = s x: x = r/√(1 + s²), y = s x.
struct CircleAndLine;
impl Equations<2, 2> for CircleAndLine {
    fn residual<N: Number>(&self, [x, y]: [N; 2], [r, s]: [N; 2]) -> [N; 2] {
        [x * x + y * y - r * r, y - s * x]
    }
}
impl EquationsOfMany for CircleAndLine {
    fn residual<N: Number>(&self, x: &[N], p: &[N]) -> Vec<N> {
        Equations::residual(self, [x[0], x[1]], [p[0], p[1]]).to_vec()
    }
}

fn cut<N: Real>(r: N, s: N) -> [N; 2] {
    let x = r / (N::one() + s * s).sqrt();
    [x, s * x]
}

/// The closed form and the theorem agree in a function of both unknowns, with both derivatives, in arrays and in slices.
#[test]
fn two_equations() {
    let at = [5.0, 0.75]; // x = 4, y = 3
    let through =
        grad(|p| grad(|p| implicit(&CircleAndLine, [4.0, 3.0], p).iter().fold(p[0], |z, &u| z * u), p)[1], at);
    let of_many = grad(
        |p| grad(|p| implicit_of_many(&CircleAndLine, &[4.0, 3.0], &p).iter().fold(p[0], |z, &u| z * u), p)[1],
        at,
    );
    let closed = grad(|p| grad(|[r, s]| cut(r, s).iter().fold(r, |z, &u| z * u), p)[1], at);
    for ((through, of_many), closed) in through.into_iter().zip(of_many).zip(closed) {
        assert_close(through, closed);
        assert_close(of_many, closed);
    }
    // the first derivatives by hand: dx/dr = 1/√(1 + s²) = 0.8, dx/ds = -r s/(1 + s²)^(3/2) = -1.92
    let [by_radius, by_slope] = grad(|p| implicit(&CircleAndLine, [4.0, 3.0], p)[0], at);
    assert_close(by_radius, 0.8);
    assert_close(by_slope, -1.92);
}

/// x² = p, so that dx/dp = 1/(2x) and d²x/dp² = -1/(4x³), on both branches.
struct SquareRoot;
impl Equations<1, 1> for SquareRoot {
    fn residual<N: Number>(&self, [x]: [N; 1], [p]: [N; 1]) -> [N; 1] {
        [x * x - p]
    }
}

#[test]
fn the_solution_that_is_given_chooses_the_branch() {
    for x in [1.5, -1.5] {
        let root = implicit(&SquareRoot, [x], [Dual::variable(Dual::variable(2.25))])[0];
        assert_close(root.epsilon.value, 0.5 / x);
        assert_close(root.epsilon.epsilon, -0.25 / (x * x * x));
    }
}

#[test]
fn the_value_is_the_one_that_was_given() {
    // a solver that stopped early: not to the last bit, but close enough
    let rough = 2f64.sqrt() + 1e-8;
    let tape = ScalarTape::new();
    let p = tape.var(2.0);
    let [x] = implicit(&SquareRoot, [rough], [p]);
    assert_eq!(x.value(), rough);
    assert_close(x.backward().of(p), 0.5 / rough);
    assert_eq!(implicit(&SquareRoot, [rough], [Dual::variable(2.0)])[0].value, rough);
}

#[test]
fn a_solution_by_constants_is_a_constant() {
    let [x] = implicit(&SquareRoot, [2.0], [Var::<f64>::constant(4.0)]);
    assert!(x.is_constant());
}

#[test]
#[should_panic(expected = "implicit: x = [1.5] does not solve the equations: the residual is [0.25]")]
fn what_is_no_solution_is_refused() {
    let _ = implicit(&SquareRoot, [1.5], [2.0]);
}

#[test]
#[should_panic(expected = "implicit: x = [NaN] does not solve")]
fn a_solver_that_ended_in_nan() {
    /// x - p, whose Jacobian is a number everywhere.
    struct Same;
    impl Equations<1, 1> for Same {
        fn residual<N: Number>(&self, [x]: [N; 1], [p]: [N; 1]) -> [N; 1] {
            [x - p]
        }
    }
    let _ = implicit(&Same, [f64::NAN], [2.0]);
}

#[test]
#[should_panic(expected = "the Jacobian of the equations by the unknowns is singular at x = [0.0]")]
fn where_there_is_no_derivative() {
    let _ = implicit(&SquareRoot, [0.0], [0.0]);
}

#[test]
#[should_panic(expected = "implicit: there are 2 equations for 3 unknowns")]
fn equations_must_be_as_many_as_unknowns() {
    let _ = implicit_of_many(&CircleAndLine, &[4.0, 3.0, 1.0], &[5.0, 0.75]);
}

/// x = cos(p x).
struct Cosine;
impl Contraction<1, 1> for Cosine {
    fn next<N: Number>(&self, [x]: [N; 1], [p]: [N; 1]) -> [N; 1] {
        [(p * x).cos()]
    }
}

/// At p = 1: the Dottie number, and its derivatives by p of the orders 1 to 4.
const DOTTIE: [f64; 5] = [
    0.739_085_133_215_160_7,
    -0.297_474_341_509_832_26,
    0.153_337_891_314_336_14,
    0.107_881_681_260_105_43,
    -1.066_244_206_366_579_8,
];

#[test]
fn the_fixed_point_of_the_cosine_in_every_kind_of_number() {
    let [value, first, second, ..] = DOTTIE;
    let fixed = |start: f64| fixed_point(&Cosine, [start], [1.0]).unwrap()[0];
    assert_close(fixed(0.5), value);
    // neither value nor derivative depends on the start
    for start in [-3.0, 0.5, 100.0] {
        let y = fixed_point(&Cosine, [start], [Dual::variable(Dual::variable(1.0))]).unwrap()[0];
        assert_close(y.value.value, value);
        assert_close(y.epsilon.value, first);
        assert_close(y.epsilon.epsilon, second);
    }
    assert_close(grad(|p| fixed_point(&Cosine, [0.5], [p]).unwrap()[0], 1.0), first);
    let forward_in_reverse = grad(|p| fixed_point(&Cosine, [0.5], [p]).unwrap()[0], Dual::variable(1.0));
    assert_close(forward_in_reverse.epsilon, second);
    assert_close(grad(|p| grad(|p| fixed_point(&Cosine, [0.5], [p]).unwrap()[0], p), 1.0), second);
    gradcheck(|[p]| fixed_point(&Cosine, [0.5], [p]).unwrap()[0], [1.0]).assert_ok();
    // what is left of the distance to the fixed point counts some 1200 times in the fourth derivative (mpmath)
    let closer = FixedPoint::new().tolerance(2e-16);
    let y = closer.run(&Cosine, [0.5], [Taylor::<f64, 5>::variable(1.0)]).unwrap()[0];
    (0..5).for_each(|k| assert_close(y.derivative(k), DOTTIE[k]));
    let y = fixed_point(&Cosine, [0.5], [DualVector::new(1.0, [1.0, -2.0])]).unwrap()[0];
    assert_close(y.value, value);
    assert_close(y.epsilons[0], first);
    assert_close(y.epsilons[1], -2.0 * first);
}

#[test]
fn an_iteration_leaves_nothing_on_the_tape() {
    let tape = ScalarTape::new();
    let p = tape.var(1.0);
    let _ = fixed_point(&Cosine, [0.5], [p]).unwrap();
    // the parameter, and one node for the unknown; p x with constant x is folded
    assert_eq!(tape.len(), 2);
}

/// A diagonal system of any size: xᵢ = (xᵢ + p/xᵢ)/2 with a factor of its own, so that xᵢ = √((i + 1) p).
struct Roots;
impl ContractionOfMany for Roots {
    fn next<N: Number>(&self, x: &[N], p: &[N]) -> Vec<N> {
        let each = x.iter().enumerate();
        each.map(|(i, &x)| (x + N::literal((i + 1) as f64) * p[0] / x) * N::literal(0.5)).collect()
    }
}

#[test]
fn a_fixed_point_of_many_numbers() {
    for i in 0..5 {
        // d/dp √((i + 1) p) = √((i + 1)/p)/2
        let expected = 0.5 * ((i + 1) as f64 / 3.0).sqrt();
        let tape = ScalarTape::new();
        let p = tape.var(3.0);
        let roots = FixedPoint::new().run_many(&Roots, &[1.0; 5], &[p]).unwrap();
        assert_close(roots[i].backward().of(p), expected);
    }
}

#[test]
fn an_iteration_that_does_not_end_is_reported() {
    /// x ↦ -x + p jumps between two numbers.
    struct Jump;
    impl Contraction<1, 1> for Jump {
        fn next<N: Number>(&self, [x]: [N; 1], [p]: [N; 1]) -> [N; 1] {
            [p - x]
        }
    }
    /// x ↦ x² grows without bound from 2.
    struct Square;
    impl Contraction<1, 0> for Square {
        fn next<N: Number>(&self, [x]: [N; 1], _: [N; 0]) -> [N; 1] {
            [x * x]
        }
    }
    let refused = FixedPoint::new().limit(100).run(&Jump, [0.25], [1.0]).unwrap_err();
    assert_eq!((refused.iterations, refused.x.as_slice()), (100, &[0.25][..]));
    assert_eq!(
        refused.to_string(),
        "no fixed point after 100 iterations: x = [0.25], and the last one changed it by 5e-1"
    );
    let refused = fixed_point(&Square, [2.0], [0.0; 0]).unwrap_err();
    assert!(refused.iterations < 20 && !refused.change.is_finite(), "{refused}");
    // a coarse tolerance ends earlier
    let coarse = FixedPoint::new().tolerance(1e-2).run(&Cosine, [0.5], [1.0]).unwrap()[0];
    assert!((coarse - DOTTIE[0]).abs() < 1e-2 && (coarse - DOTTIE[0]).abs() > 1e-8);
}

#[test]
#[should_panic(expected = "fixed_point: 1 - ∂g/∂x is singular at the fixed point x = [0.5]")]
fn a_fixed_point_among_others_has_no_derivative() {
    /// x ↦ x: every number is a fixed point.
    struct Identity;
    impl Contraction<1, 1> for Identity {
        fn next<N: Number>(&self, x: [N; 1], _: [N; 1]) -> [N; 1] {
            x
        }
    }
    let _ = fixed_point(&Identity, [0.5], [Dual::variable(1.0)]);
}
