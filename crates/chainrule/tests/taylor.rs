//! Power series: every rule against nested dual numbers and the table of 50-digit values, known series, tapes, kinks.

use crate::reference::{self, Row};
use chainrule::prelude::*;
use chainrule::rule::{Foreign, Powi, RuleVisitor, visit_rules};
use chainrule::{NumberOperand, Real, Rule, Rule2, Rule3};

const INF: f64 = f64::INFINITY;

/// What was compared, and what was not as it should be.
#[derive(Default)]
struct Findings {
    compared: usize,
    wrong: Vec<String>,
}

impl Findings {
    /// `found` must be `wanted` to a relative `tolerance`; or both below `floor`.
    fn compare(&mut self, what: impl FnOnce() -> String, found: f64, wanted: f64, tolerance: f64, floor: f64) {
        self.compared += 1;
        let near = (found - wanted).abs() <= tolerance * wanted.abs() || found.abs().max(wanted.abs()) <= floor;
        if !(found == wanted || near || found.is_nan() && wanted.is_nan()) {
            self.wrong.push(format!("{}: {found:e}, not {wanted:e}", what()));
        }
    }

    #[track_caller]
    fn assert_clean(&self, at_least: usize) {
        let some = &self.wrong[..self.wrong.len().min(40)];
        assert!(self.wrong.is_empty(), "{} of {} wrong:\n{}", self.wrong.len(), self.compared, some.join("\n"));
        assert!(self.compared >= at_least, "only {} comparisons were made", self.compared);
    }
}

type Dual2 = Dual<Dual<f64>>;
type Dual3 = Dual<Dual2>;

/// A point that moves: `at + v t + a t² + j t³`, as nested dual numbers at t = 0 and as a series.
fn moving<N: Real>(t: N, [at, v, a, j]: [f64; 4]) -> N {
    N::literal(at) + t * (N::literal(v) + t * (N::literal(a) + t * N::literal(j)))
}

fn nested() -> Dual3 {
    Dual::variable(Dual::variable(Dual::variable(0.0)))
}

/// The Taylor coefficients that nested dual numbers hold.
fn coefficients(y: Dual3) -> [f64; 4] {
    [y.value.value.value, y.epsilon.value.value, y.epsilon.epsilon.value / 2.0, y.epsilon.epsilon.epsilon / 6.0]
}

/// How the arguments of a rule move: all of them, bent.
const MOTION: [[f64; 3]; 3] = [[1.5, -0.25, 0.5], [-0.5, 0.75, 0.125], [2.0, 1.0, -1.0]];

fn path(at: f64, which: usize) -> [f64; 4] {
    let [v, a, j] = MOTION[which];
    [at, v, a, j]
}

/// Every rule at every point of the table where numbers are ordinary, against nested dual numbers.
struct AgainstDuals {
    rows: [Vec<Row>; 3],
    findings: Findings,
}

impl AgainstDuals {
    fn new() -> Self {
        let rows = [reference::one_argument(), reference::two_arguments(), reference::three_arguments()];
        Self { rows, findings: Findings::default() }
    }

    fn points<const N: usize>(&self, name: &str, parameters: &[f64]) -> Vec<[f64; N]> {
        let ordinary = |x: &f64| x.to_bits() == 0 || (1e-3..1e3).contains(&x.abs());
        let rows = self.rows[N - 1].iter().filter(|row| row.name == name && row.parameters == parameters);
        rows.filter(|row| row.point.iter().all(ordinary)).map(|row| std::array::from_fn(|i| row.point[i])).collect()
    }

    /// Series of four, three and two terms against dual numbers. What is below the rounding error of the largest coefficient is 0;
    /// at a pole, where two infinities meet, dual numbers have no answer.
    fn compare<const N: usize>(
        &mut self,
        what: &str,
        at: [f64; N],
        duals: impl Fn([Dual3; N]) -> Dual3,
        four: impl Fn([Taylor<f64, 4>; N]) -> Taylor<f64, 4>,
        three: impl Fn([Taylor<f64, 3>; N]) -> Taylor<f64, 3>,
        two: impl Fn([Taylor<f64, 2>; N]) -> Taylor<f64, 2>,
    ) {
        let wanted = coefficients(duals(std::array::from_fn(|i| moving(nested(), path(at[i], i)))));
        let four = four(std::array::from_fn(|i| Taylor::new(path(at[i], i))));
        let three = three(std::array::from_fn(|i| moving(Taylor::variable(0.0), path(at[i], i))));
        let two = two(std::array::from_fn(|i| Taylor::along(at[i], MOTION[i][0])));
        let largest =
            wanted.into_iter().fold(0.0, |largest: f64, c| if c.is_finite() { largest.max(c.abs()) } else { largest });
        for (k, wanted) in wanted.into_iter().enumerate().filter(|(_, c)| !(c.is_nan() && wanted[0].is_infinite())) {
            let found = [&four.coefficients()[..], &three.coefficients(), &two.coefficients()];
            for series in found.into_iter().filter(|series| k < series.len()) {
                let name = || format!("{what} at {at:?}, order {k} of {}", series.len());
                self.findings.compare(name, series[k], wanted, 1e-12, 1e-15 * largest);
            }
        }
    }
}

impl RuleVisitor for AgainstDuals {
    fn rule<R: Rule>(&mut self, rule: R) {
        for x in self.points::<1>(R::NAME, &rule.parameters()) {
            self.compare(
                &rule.name(),
                x,
                |[x]| Real::apply(x, rule),
                |[x]| Real::apply(x, rule),
                |[x]| Real::apply(x, rule),
                |[x]| Real::apply(x, rule),
            );
        }
    }
    fn rule2<R: Rule2>(&mut self, rule: R) {
        for at in self.points::<2>(R::NAME, &[]) {
            self.compare(
                &rule.name(),
                at,
                |[x, y]| Real::apply2(x, y, rule),
                |[x, y]| Real::apply2(x, y, rule),
                |[x, y]| Real::apply2(x, y, rule),
                |[x, y]| Real::apply2(x, y, rule),
            );
        }
    }
    fn rule3<R: Rule3>(&mut self, rule: R) {
        for at in self.points::<3>(R::NAME, &[]) {
            self.compare(
                R::NAME,
                at,
                |[x, y, z]| Real::apply3(x, y, z, rule),
                |[x, y, z]| Real::apply3(x, y, z, rule),
                |[x, y, z]| Real::apply3(x, y, z, rule),
                |[x, y, z]| Real::apply3(x, y, z, rule),
            );
        }
    }
}

#[test]
fn every_rule_agrees_with_nested_dual_numbers() {
    let mut check = AgainstDuals::new();
    visit_rules(&mut check);
    check.findings.assert_clean(10_000);
}

/// Every rule at every point of the table, extremes among them, against its 50-digit values: c₀ = f, c₁ = f′, c₂ = f″/2.
struct AgainstTable(AgainstDuals);

impl AgainstTable {
    fn compare(&mut self, name: &str, row: &Row, quantities: [usize; 3], found: Taylor<f64, 3>) {
        for (order, quantity) in quantities.into_iter().enumerate() {
            let Some(wanted) = row.quantities[quantity] else { continue };
            let what = || format!("{name} at {:?}, order {order}", row.point);
            self.0.findings.compare(what, found.derivative(order), wanted, 1e-13, f64::MIN_POSITIVE);
        }
    }
}

impl RuleVisitor for AgainstTable {
    fn rule<R: Rule>(&mut self, rule: R) {
        let rows = std::mem::take(&mut self.0.rows[0]);
        for row in rows.iter().filter(|row| row.name == R::NAME && row.parameters == rule.parameters()) {
            self.compare(&rule.name(), row, [0, 1, 2], Real::apply(Taylor::variable(row.point[0]), rule));
        }
        self.0.rows[0] = rows;
    }
    fn rule2<R: Rule2>(&mut self, rule: R) {
        let rows = std::mem::take(&mut self.0.rows[1]);
        for row in rows.iter().filter(|row| row.name == R::NAME) {
            let (x, y) = (row.point[0], row.point[1]);
            let along = [
                Real::apply2(Taylor::variable(x), Taylor::constant(y), rule),
                Real::apply2(Taylor::constant(x), Taylor::variable(y), rule),
            ];
            self.compare(R::NAME, row, [0, 1, 3], along[0]);
            self.compare(R::NAME, row, [0, 2, 5], along[1]);
        }
        self.0.rows[1] = rows;
    }
    fn rule3<R: Rule3>(&mut self, _: R) {}
}

#[test]
fn every_rule_meets_the_table() {
    let mut check = AgainstTable(AgainstDuals::new());
    visit_rules(&mut check);
    check.0.findings.assert_clean(5_000);
}

/// A rule with its slope times 1.001 (plus .001 where it is 0), or with the slope taken for a constant.
#[derive(Clone, Copy)]
struct Wrong<R>(R, bool);
impl<R: Rule> Rule for Wrong<R> {
    const NAME: &'static str = R::NAME;
    const PROBES: &'static [f64] = R::PROBES;
    fn value<T: Real>(self, x: T) -> T {
        self.0.value(x)
    }
    fn slope<T: Real>(self, x: T, y: T) -> T {
        let slope = self.0.slope(x, y);
        if self.1 {
            T::literal(slope.to_f64().unwrap_or(f64::NAN))
        } else if slope.is_zero() {
            T::literal(1e-3)
        } else {
            slope * T::literal(1.001)
        }
    }
}

/// That the comparison sees wrong twins of every rule, and that sixteen terms begin as four do: at a cost that doubled with every term
/// this test would not end.
#[derive(Default)]
struct Twins {
    bent: usize,
    complaints: Vec<String>,
}
impl RuleVisitor for Twins {
    fn rule<R: Rule>(&mut self, rule: R) {
        for &x in R::PROBES {
            let four = Real::apply(Taylor::<f64, 4>::variable(x), rule);
            let twins = [false, true].map(|flat| Real::apply(Taylor::<f64, 4>::variable(x), Wrong(rule, flat)));
            let differs = |twin: usize, k| {
                let (wrong, right) = (twins[twin].coefficient(k), four.coefficient(k));
                (wrong - right).abs() > 1e-12 * right.abs()
            };
            let bent = four.coefficient(2) != 0.0;
            self.bent += usize::from(bent);
            let sixteen = Real::apply(Taylor::<f64, 16>::variable(x), rule);
            if !differs(0, 1) || (bent && !differs(1, 2)) || sixteen.coefficients()[..4] != four.coefficients() {
                self.complaints.push(format!("{} at {x}: {four}, {twins:?}, {sixteen}", rule.name()));
            }
        }
    }
    fn rule2<R: Rule2>(&mut self, rule: R) {
        for &(x, y) in R::PROBES {
            let four = Real::apply2(Taylor::<f64, 4>::variable(x), Taylor::along(y, -0.5), rule);
            let sixteen = Real::apply2(Taylor::<f64, 16>::variable(x), Taylor::along(y, -0.5), rule);
            if sixteen.coefficients()[..4] != four.coefficients() {
                self.complaints.push(format!("{} at {x}, {y}: {four}, {sixteen}", rule.name()));
            }
        }
    }
    fn rule3<R: Rule3>(&mut self, _: R) {}
}

#[test]
fn wrong_twins_are_seen_and_more_terms_begin_the_same() {
    let mut check = Twins::default();
    visit_rules(&mut check);
    assert!(check.complaints.is_empty(), "{}", check.complaints.join("\n"));
    assert!(check.bent > 100, "only {} points where the slope changes", check.bent);
}

#[track_caller]
fn assert_series<const K: usize>(found: Taylor<f64, K>, wanted: [f64; K]) {
    let near = |(a, b): (f64, f64)| (a - b).abs() <= 1e-15 + 1e-14 * b.abs();
    assert!(found.coefficients().into_iter().zip(wanted).all(near), "{found} is not {wanted:?}");
}

/// The series that every table has (DLMF 4.19, 4.33, 4.38, 4.6; 24.16 for the tangent).
#[test]
fn known_series() {
    let t = Taylor::<f64, 8>::variable(0.0);
    let factorial = [1.0, 1.0, 2.0, 6.0, 24.0, 120.0, 720.0, 5040.0];
    assert_series(t.exp(), factorial.map(f64::recip));
    assert_series((t + 1.0).ln(), [0.0, 1.0, -1.0 / 2.0, 1.0 / 3.0, -1.0 / 4.0, 1.0 / 5.0, -1.0 / 6.0, 1.0 / 7.0]);
    assert_series(t.ln_1p(), (t + 1.0).ln().coefficients());
    assert_series(t.sin(), [0.0, 1.0, 0.0, -1.0 / 6.0, 0.0, 1.0 / 120.0, 0.0, -1.0 / 5040.0]);
    assert_series(t.cos(), [1.0, 0.0, -1.0 / 2.0, 0.0, 1.0 / 24.0, 0.0, -1.0 / 720.0, 0.0]);
    assert_series(t.tan(), [0.0, 1.0, 0.0, 1.0 / 3.0, 0.0, 2.0 / 15.0, 0.0, 17.0 / 315.0]);
    assert_series(t.tanh(), [0.0, 1.0, 0.0, -1.0 / 3.0, 0.0, 2.0 / 15.0, 0.0, -17.0 / 315.0]);
    assert_series(t.atan(), [0.0, 1.0, 0.0, -1.0 / 3.0, 0.0, 1.0 / 5.0, 0.0, -1.0 / 7.0]);
    assert_series((1.0 - t).recip(), [1.0; 8]);
    assert_series(1.0 / (1.0 - t), [1.0; 8]);
    let root = [1.0, 1.0 / 2.0, -1.0 / 8.0, 1.0 / 16.0, -5.0 / 128.0, 7.0 / 256.0, -21.0 / 1024.0, 33.0 / 2048.0];
    assert_series((1.0 + t).sqrt(), root);
    assert_series((1.0 + t).powf(0.5), root);
    // e^(-t²): 1 - t² + t⁴/2 - t⁶/6; Φ and erf follow from it
    assert_series(t.gaussian(1.0), [1.0, 0.0, -1.0, 0.0, 1.0 / 2.0, 0.0, -1.0 / 6.0, 0.0]);
    let two_over_root_pi = std::f64::consts::FRAC_2_SQRT_PI;
    let erf = [0.0, 1.0, 0.0, -1.0 / 3.0, 0.0, 1.0 / 10.0, 0.0, -1.0 / 42.0];
    assert_series(t.erf(), erf.map(|c| c * two_over_root_pi));
    assert!((t.exp().derivative(7) - 1.0).abs() < 1e-14);
}

/// Whole numbers, so nothing is rounded: a polynomial is its own series, moved by Taylor's theorem.
#[test]
fn polynomials_are_exact() {
    let t = Taylor::<f64, 6>::variable(2.0);
    // (2 + t)⁵, by the binomial theorem
    let fifth = [32.0, 80.0, 80.0, 40.0, 10.0, 1.0];
    assert_eq!((t * t * t * t * t).coefficients(), fifth);
    assert_eq!(t.powi(5).coefficients(), fifth);
    assert_eq!((t.powi(5) / t.powi(3)).coefficients(), [4.0, 4.0, 1.0, 0.0, 0.0, 0.0]);
    assert_eq!((2.0 * t - t * 3.0 - 1.0).coefficients(), [-3.0, -1.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!([t.powi(5).derivative(2), t.powi(5).derivative(5)], [160.0, 120.0]); // 20 x³, 5!
    let mut assigned = t;
    assigned *= t;
    assigned += 1.0;
    assert_eq!(assigned.coefficients(), [5.0, 4.0, 1.0, 0.0, 0.0, 0.0]);
    assert_eq!(Taylor::<f64, 1>::variable(3.0).exp().coefficients(), [3f64.exp()]);
}

/// The promised slopes are the first coefficients, also beside constants, in generic formulas and on a tape.
struct Kinks(Findings);
impl RuleVisitor for Kinks {
    fn rule<R: Rule>(&mut self, rule: R) {
        for (x, slope) in rule.kinks() {
            let tape = Tape::new();
            let on_tape = tape.var(Taylor::<f64, 3>::constant(x));
            let found = [
                Real::apply(Taylor::<f64, 2>::variable(x), rule).coefficient(1),
                Real::apply(Taylor::<f64, 5>::variable(x), rule).coefficient(1),
                f64::from(Real::apply(Taylor::<f32, 3>::variable(Real::literal(x)), rule).coefficient(1)),
                on_tape.apply(rule).backward().of(on_tape).coefficient(0),
            ];
            for found in found {
                self.0.compare(|| format!("{} at {x}", rule.name()), found, slope, 1e-7, 0.0);
            }
            let still = Real::apply(Taylor::<f64, 3>::constant(x), rule);
            self.0.compare(|| format!("{} of a constant", rule.name()), still.coefficient(1), 0.0, 0.0, 0.0);
        }
    }
    fn rule2<R: Rule2>(&mut self, rule: R) {
        for (x, y, by_x, by_y) in rule.kinks() {
            let along = |a, b| Real::apply2(Taylor::<f64, 3>::along(x, a), Taylor::along(y, b), rule).coefficient(1);
            self.0.compare(|| format!("{} at {x}, {y}, by x", R::NAME), along(1.0, 0.0), by_x, 1e-15, 0.0);
            self.0.compare(|| format!("{} at {x}, {y}, by y", R::NAME), along(0.0, 1.0), by_y, 1e-15, 0.0);
        }
    }
    fn rule3<R: Rule3>(&mut self, _: R) {}
}

#[test]
fn every_promised_kink_is_kept() {
    let mut check = Kinks(Findings::default());
    visit_rules(&mut check);
    check.0.assert_clean(200);
    let x = Taylor::<f64, 3>::variable(2.0);
    assert_eq!([x.max(2.0), x.min(2.0), x.max(x)].map(|y| y.coefficient(1)), [0.0, 0.0, 1.0]);
    assert_eq!(Number::max(x, Number::literal(2.0)).coefficient(1), 0.0);
    // a power of a negative base has a slope where the exponent is a constant: (-2 + t)²
    let x = Taylor::<f64, 3>::variable(-2.0);
    for square in [x.pow(2.0), Number::pow(x, Number::literal(2.0)), x.pow(Taylor::constant(2.0))] {
        assert_eq!(square.coefficients(), [4.0, -4.0, 1.0]);
    }
}

#[test]
fn zero_times_infinity_contributes_nothing_and_nan_stays() {
    let x = Taylor::<f64, 3>::variable(0.0);
    assert_eq!(x.sqrt().coefficients()[..2], [0.0, INF]);
    assert_eq!((x.sqrt() * 0.0).coefficient(1), 0.0);
    assert_eq!(Taylor::<f64, 3>::constant(0.0).sqrt().coefficients(), [0.0; 3]);
    assert!(Taylor::new([1.0, f64::NAN, 0.0]).exp().coefficients()[1..].iter().all(|c| c.is_nan()));
    assert!(Taylor::new([1.0, 2.0, f64::NAN]).ln().coefficient(1) == 2.0);
    assert!((x.ln() * f64::NAN).coefficient(0).is_nan());
    let constant = Taylor::<f64, 3>::constant(f64::NAN);
    assert_eq!((constant * 2.0).coefficient(1), 0.0);
}

#[test]
fn a_tape_of_series_gives_the_series_of_the_gradient() {
    // f = x² y + sin x along (2 + t, 3 - t): f_x = 2xy + cos x, f_y = x²
    let tape = Tape::new();
    let (x, y) = (tape.var(Taylor::<f64, 4>::along(2.0, 1.0)), tape.var(Taylor::along(3.0, -1.0)));
    let f = x * x * y + x.sin();
    let g = f.backward();
    let (sin, cos) = 2f64.sin_cos();
    assert_series(f.value(), [12.0 + sin, 8.0 + cos, -1.0 - sin / 2.0, -1.0 - cos / 6.0]);
    assert_series(g.of(x), [12.0 + cos, 2.0 - sin, -2.0 - cos / 2.0, sin / 6.0]);
    assert_series(g.of(y), [4.0, 4.0, 1.0, 0.0]);
}

#[test]
fn series_stand_over_dual_numbers_and_variables() {
    // c₃ of exp(s x) at x = 1 is s³ eˢ/6, by s (3 s² + s³) eˢ/6
    let (s, wanted) = (2f64, (8.0 / 6.0 * 2f64.exp(), 20.0 / 6.0 * 2f64.exp()));
    let close = |found: f64, wanted: f64| assert!((found - wanted).abs() < 1e-13 * wanted, "{found}, not {wanted}");
    let x = Taylor::<Dual<f64>, 4>::variable(Dual::constant(1.0));
    let third = (x * Dual::variable(s)).exp().coefficient(3);
    close(third.value, wanted.0);
    close(third.epsilon, wanted.1);

    let tape = ScalarTape::new();
    let at = tape.var(s);
    let x = Taylor::<Var<f64>, 4>::variable(Var::constant(1.0));
    let third = (at * x).exp().coefficient(3);
    close(third.value(), wanted.0);
    close(third.backward().of(at), wanted.1);

    // two series in one another: the coefficient of t u in 1/(1 - t - u) is 2, that of t² u² is 6 (binomial coefficients)
    let t = Taylor::<Taylor<f64, 3>, 3>::variable(Taylor::constant(0.0));
    let u = Taylor::<f64, 3>::variable(0.0);
    let z = (1.0 - t - u).recip();
    assert_eq!((z.coefficient(1).coefficient(1), z.coefficient(2).coefficient(2)), (2.0, 6.0));
    assert_eq!(Dual::variable(u).exp().epsilon.coefficients(), [1.0, 1.0, 0.5]);
}

#[test]
fn functions_of_many_numbers() {
    let x = [Taylor::<f64, 4>::along(3.0, 1.0), Taylor::along(-4.0, 2.0), Taylor::constant(1.0)];
    assert_eq!(sum(&x).coefficients(), [0.0, 3.0, 0.0, 0.0]);
    assert_eq!(dot(&x, &x).coefficients(), [26.0, -10.0, 5.0, 0.0]);
    assert_series(norm(&x), dot(&x, &x).sqrt().coefficients());
    assert_series(norm_p(&x, 3.0), x.map(|x| x.abs().powi(3)).into_iter().sum::<Taylor<_, 4>>().cbrt().coefficients());
    assert_series(norm_p(&x, INF), [4.0, -2.0, 0.0, 0.0]);
    assert_series(log_sum_exp(&x), x.map(|x| x.exp()).into_iter().sum::<Taylor<_, 4>>().ln().coefficients());
    assert_eq!(norm(&[Taylor::<f64, 3>::variable(0.0); 2]).coefficients(), [0.0; 3]);
}

/// A function known with two derivatives has a series of three terms; a constant asks for no more than the first.
#[test]
fn a_foreign_function_needs_one_derivative_less_than_there_are_terms() {
    let cube = Foreign::new("cube", &[|x| x * x * x, |x| 3.0 * x * x, |x| 6.0 * x]);
    assert_eq!(Real::apply(Taylor::<f64, 3>::variable(2.0), cube).coefficients(), [8.0, 12.0, 6.0]);
    assert_eq!(Real::apply(Taylor::<f64, 9>::constant(2.0), cube).coefficient(0), 8.0);
    assert_eq!(2.0.complete(Taylor::<f64, 3>::variable(1.0), chainrule::rule::Sub).coefficients(), [-1.0, 1.0, 0.0]);
    assert_eq!(Real::apply(Taylor::<f64, 3>::variable(2.0), Powi(2)), 4.0);
}

#[test]
#[should_panic(expected = "there is no coefficient of order 3")]
fn a_coefficient_that_was_not_computed_is_refused() {
    let _ = Taylor::<f64, 3>::variable(1.0).derivative(3);
}
