//! Dual numbers of several lanes, each lane held to a plain dual number.

#![allow(clippy::cast_possible_truncation, reason = "every rule is also checked in f32")]

use crate::reference::{self, Row};
use chainrule::prelude::*;
use chainrule::rule::{RuleVisitor, visit_rules};
use chainrule::{NumberOperand, Real, Rule, Rule2, Rule3};

/// What was compared, and what was not as it should be.
#[derive(Default)]
struct Findings {
    compared: usize,
    wrong: Vec<String>,
}

impl Findings {
    fn note(&mut self, right: bool, complaint: impl FnOnce() -> String) {
        self.compared += 1;
        if !right {
            self.wrong.push(complaint());
        }
    }

    #[track_caller]
    fn assert_clean(&self, at_least: usize) {
        let some = &self.wrong[..self.wrong.len().min(40)];
        assert!(self.wrong.is_empty(), "{} of {} wrong:\n{}", self.wrong.len(), self.compared, some.join("\n"));
        assert!(self.compared >= at_least, "only {} comparisons were made", self.compared);
    }
}

/// All floats that a number holds, in a fixed order.
trait Floats: Real {
    fn floats(self) -> Vec<f64>;
}
impl Floats for f64 {
    fn floats(self) -> Vec<f64> {
        vec![self]
    }
}
impl Floats for f32 {
    fn floats(self) -> Vec<f64> {
        vec![f64::from(self)]
    }
}
impl<T: Floats> Floats for Dual<T> {
    fn floats(self) -> Vec<f64> {
        [self.value.floats(), self.epsilon.floats()].concat()
    }
}

/// To the bit, but for the sign of 0; any NaN equal to any other.
fn same<T: Floats>(a: T, b: T) -> bool {
    let equal = |a: f64, b: f64| a.to_bits() == b.to_bits() || (a == 0.0 && b == 0.0) || (a.is_nan() && b.is_nan());
    a.floats().into_iter().zip(b.floats()).all(|(a, b)| equal(a, b))
}

fn on_tape<T: Real>(x: T, rule: impl Rule) -> T {
    let tape = Tape::new();
    let x = tape.var(x);
    x.apply(rule).backward().of(x)
}

fn on_tape2<T: Real>(x: T, y: T, rule: impl Rule2) -> [T; 2] {
    let tape = Tape::new();
    let arguments = tape.vars([x, y]);
    arguments[0].apply2(arguments[1], rule).backward().of_all(arguments)
}

const LANES: usize = 5;
/// Directions of the first, second and third operand: one alone, two, all, none.
const DIRECTIONS: [[f64; LANES]; 3] =
    [[1.0, 0.0, -2.5, 0.0, 3.0], [0.0, 1.0, 0.5, 0.0, 0.25], [0.0, 0.0, 0.0, 0.0, 1.5]];

/// Every rule at every point of the table, in each lane against a dual number that moves alone.
struct LanesAreDuals {
    rows: [Vec<Row>; 3],
    findings: Findings,
}

impl LanesAreDuals {
    fn points<const N: usize>(&self, name: &str, parameters: &[f64]) -> Vec<[f64; N]> {
        let rows = self.rows[N - 1].iter().filter(|row| row.name == name && row.parameters == parameters);
        rows.map(|row| std::array::from_fn(|i| row.point[i])).collect()
    }

    /// `wide` on lanes is `narrow` on duals, lane by lane, at a point of any kind of number.
    fn compare<T: Floats, const N: usize>(
        &mut self,
        what: &str,
        at: [T; N],
        wide: impl Fn([DualVector<T, LANES>; N]) -> DualVector<T, LANES>,
        narrow: impl Fn([Dual<T>; N]) -> Dual<T>,
    ) {
        let lanes = wide(std::array::from_fn(|i| DualVector::new(at[i], DIRECTIONS[i].map(T::literal))));
        for (lane, epsilon) in lanes.epsilons.into_iter().enumerate() {
            let dual = narrow(std::array::from_fn(|i| Dual::new(at[i], T::literal(DIRECTIONS[i][lane]))));
            let right = same(lanes.value, dual.value) && same(epsilon, dual.epsilon);
            self.findings.note(right, || format!("{what} at {at:?}, lane {lane}: {lanes}, and alone {dual}"));
        }
    }

    fn compare_one<T: Floats, R: Rule>(&mut self, x: T, rule: R) {
        let name = rule.name();
        self.compare(&name, [x], |[x]| Real::apply(x, rule), |[x]| Real::apply(x, rule));
        self.compare(&format!("{name} on a tape"), [x], |[x]| on_tape(x, rule), |[x]| on_tape(x, rule));
    }

    fn compare_two<T: Floats, R: Rule2>(&mut self, [x, y]: [T; 2], rule: R) {
        let name = rule.name();
        self.compare(&name, [x, y], |[x, y]| Real::apply2(x, y, rule), |[x, y]| Real::apply2(x, y, rule));
        let generic = format!("{name} in a generic formula");
        self.compare(&generic, [x, y], |[x, y]| Real::combine(x, y, rule), |[x, y]| Real::combine(x, y, rule));
        let beside = format!("{name} beside a constant");
        self.compare(&beside, [x], |[x]| y.complete(x, rule), |[x]| y.complete(x, rule));
        for i in 0..2 {
            let tape = format!("{name} on a tape, by {i}");
            self.compare(&tape, [x, y], |[x, y]| on_tape2(x, y, rule)[i], |[x, y]| on_tape2(x, y, rule)[i]);
        }
    }
}

impl RuleVisitor for LanesAreDuals {
    fn rule<R: Rule>(&mut self, rule: R) {
        for [x] in self.points(R::NAME, &rule.parameters()) {
            self.compare_one(x, rule);
            self.compare_one(x as f32, rule);
            self.compare_one(Dual::new(x, -0.75), rule);
        }
    }
    fn rule2<R: Rule2>(&mut self, rule: R) {
        let kinks = rule.kinks().into_iter().map(|(x, y, ..)| [x, y]);
        for [x, y] in self.points(R::NAME, &[]).into_iter().chain(kinks) {
            self.compare_two([x, y], rule);
            self.compare_two([x as f32, y as f32], rule);
        }
    }
    fn rule3<R: Rule3>(&mut self, rule: R) {
        for at in self.points::<3>(R::NAME, &[]) {
            self.compare(R::NAME, at, |[x, y, z]| Real::apply3(x, y, z, rule), |[x, y, z]| Real::apply3(x, y, z, rule));
        }
    }
}

#[test]
fn each_lane_is_a_dual_number_to_the_bit() {
    let rows = [reference::one_argument(), reference::two_arguments(), reference::three_arguments()];
    let mut check = LanesAreDuals { rows, findings: Findings::default() };
    visit_rules(&mut check);
    check.findings.assert_clean(50_000);
}

#[test]
fn lanes_have_directions_of_their_own() {
    let [x, y, z] = DualVector::variables([2.0, 3.0, 5.0]);
    // by hand: yz, xz, xy
    assert_eq!((x * y * z).epsilons, [15.0, 10.0, 6.0]);
    let second = DualVector::<_, 3>::variable(2.0, 1);
    assert_eq!((second.value, second.epsilons), (2.0, [0.0, 1.0, 0.0]));
    assert_eq!(DualVector::<_, 2>::constant(2.0).epsilons, [0.0; 2]);
    assert_eq!(DualVector::<f64, 2>::from(2.0), 2.0);
}

#[test]
#[should_panic(expected = "there is no lane 3, lanes are counted from 0 and there are 3")]
fn a_lane_that_does_not_exist_is_refused() {
    let _ = DualVector::<_, 3>::variable(1.0, 3);
}

/// f = Σ (2xᵢ)³ + x₀ x₁ for a tensor x: the Hessian is diag(48 xᵢ) and 1 beside it, in one recording.
#[test]
fn tensors_of_lanes_give_columns_of_a_hessian() {
    let tape = Tape::new();
    let x = tape.var(Tensor::from(DualVector::<f64, 2>::variables([0.5, -1.0])));
    let f = (2.0 * x).powi(3).sum() + x.prod();
    let gradient = f.backward().of(x);
    assert_eq!(gradient.as_slice().iter().map(|g| g.value).collect::<Vec<_>>(), [5.0, 24.5]); // 24 x² and the other x
    assert_eq!(gradient.as_slice().iter().map(|g| g.epsilons).collect::<Vec<_>>(), [[24.0, 1.0], [1.0, -48.0]]);

    let tape = Tape::new();
    let x = tape.var(Tensor::from([Taylor::<f64, 3>::variable(0.5)]));
    let gradient = ((x * 2.0).powi(3).sum()).backward().of(x);
    assert_eq!(gradient.as_slice()[0].coefficients(), [6.0, 24.0, 24.0]); // 24 (0.5 + t)²
}
