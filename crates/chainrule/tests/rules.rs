//! Every rule of the list, on every kind of number, against the table of 50-digit values (mpmath), and a wrong twin of
//! every rule that the checker must refuse. The loops run over the list itself, so that no rule can be forgotten.

#![allow(clippy::cast_possible_truncation, reason = "every rule is also checked in f32")]

use crate::reference::{self, Row};
use chainrule::prelude::*;
use chainrule::rule::{RuleVisitor, visit_rules};
use chainrule::{Real, Rule, Rule2, Rule3, Verdict};

/// What was compared, and what was not as it should be.
#[derive(Default)]
struct Findings {
    compared: usize,
    wrong: Vec<String>,
}

impl Findings {
    /// `got` must be `want` to a relative `tolerance`; under `floor`, where numbers have fewer digits, to that.
    fn compare(&mut self, what: &str, got: f64, want: f64, tolerance: f64, floor: f64) {
        self.compared += 1;
        let near = (got - want).abs() <= tolerance * want.abs() + floor;
        if !(got == want || near || got.is_nan() && want.is_nan()) {
            self.wrong
                .push(format!("{what}: got {got:e}, want {want:e}, relative {:e}", (got - want).abs() / want.abs()));
        }
    }

    fn assert_clean(&self, at_least: usize) {
        assert!(self.wrong.is_empty(), "{} of {} wrong:\n{}", self.wrong.len(), self.compared, self.wrong.join("\n"));
        assert!(self.compared >= at_least, "only {} comparisons were made", self.compared);
    }
}

/// Compares one quantity of a row, computed in `f64` and, where the row can be had in `f32`, in that.
fn compare_row(findings: &mut Findings, row: &Row, index: usize, label: &str, wide: f64, narrow: f32) {
    let Some(want) = row.quantities[index] else { return };
    let what = format!("{}{:?} {label} at {:?}", row.name, row.parameters, row.point);
    findings.compare(&what, wide, want, 1e-13, f64::MIN_POSITIVE);
    if row.point.iter().all(|&x| f64::from(x as f32) == x || x.is_nan()) {
        // what f32 cannot hold becomes infinite or 0
        let want = if want.abs() > f64::from(f32::MAX) { want.signum() * f64::INFINITY } else { want };
        findings.compare(&format!("f32 {what}"), f64::from(narrow), want, 1e-6, f64::from(f32::MIN_POSITIVE));
    }
}

fn on_tape<T: Real>(x: T, rule: impl Rule) -> (T, T) {
    let tape = Tape::new();
    let x = tape.var(x);
    let y = x.apply(rule);
    (y.value(), y.backward().of(x))
}

fn on_tape2<T: Real>(x: T, y: T, rule: impl Rule2) -> (T, T, T) {
    let tape = Tape::new();
    let (x, y) = (tape.var(x), tape.var(y));
    let z = x.apply2(y, rule);
    let g = z.backward();
    (z.value(), g.of(x), g.of(y))
}

fn on_tape3<T: Real>(at: [T; 3], rule: impl Rule3) -> (T, [T; 3]) {
    let tape = Tape::new();
    let arguments = tape.vars(at);
    let w = arguments[0].apply3(arguments[1], arguments[2], rule);
    (w.value(), w.backward().of_all(arguments))
}

/// Checks the rows of each rule; remembers which rules had how many.
struct AgainstTable {
    one: Vec<Row>,
    two: Vec<Row>,
    three: Vec<Row>,
    findings: Findings,
    without_rows: Vec<String>,
}

impl RuleVisitor for AgainstTable {
    fn rule<R: Rule>(&mut self, rule: R) {
        let rows = self.one.iter().filter(|row| row.name == R::NAME && row.parameters == rule.parameters());
        let mut count = 0;
        for row in rows {
            count += 1;
            let x = row.point[0];
            let narrow = x as f32;
            let (wide_tape, narrow_tape) = (on_tape(x, rule), on_tape(narrow, rule));
            let nested = Real::apply(Dual::variable(Dual::variable(x)), rule);
            let narrow_nested = Real::apply(Dual::variable(Dual::variable(narrow)), rule);
            let (_, over) = on_tape(Dual::variable(x), rule);
            let (_, narrow_over) = on_tape(Dual::variable(narrow), rule);
            let mut compare = |index, label, wide, narrow| {
                compare_row(&mut self.findings, row, index, label, wide, narrow);
            };
            compare(0, "value", wide_tape.0, narrow_tape.0);
            compare(0, "value (dual)", nested.value.value, narrow_nested.value.value);
            compare(1, "slope", wide_tape.1, narrow_tape.1);
            compare(1, "slope (dual)", nested.value.epsilon, narrow_nested.value.epsilon);
            compare(1, "slope (tape of duals)", over.value, narrow_over.value);
            compare(2, "second (nested duals)", nested.epsilon.epsilon, narrow_nested.epsilon.epsilon);
            compare(2, "second (tape of duals)", over.epsilon, narrow_over.epsilon);
        }
        if count < 20 {
            self.without_rows.push(format!("{}: {count} rows", rule.name()));
        }
    }

    fn rule2<R: Rule2>(&mut self, rule: R) {
        let mut count = 0;
        for row in self.two.iter().filter(|row| row.name == R::NAME) {
            count += 1;
            let (x, y) = (row.point[0], row.point[1]);
            let (narrow_x, narrow_y) = (x as f32, y as f32);
            let wide = on_tape2(x, y, rule);
            let narrow = on_tape2(narrow_x, narrow_y, rule);
            let by_x = on_tape2(Dual::variable(x), Dual::constant(y), rule);
            let by_y = on_tape2(Dual::constant(x), Dual::variable(y), rule);
            let narrow_by_x = on_tape2(Dual::variable(narrow_x), Dual::constant(narrow_y), rule);
            let narrow_by_y = on_tape2(Dual::constant(narrow_x), Dual::variable(narrow_y), rule);
            let mut compare = |index, label, wide, narrow| {
                compare_row(&mut self.findings, row, index, label, wide, narrow);
            };
            compare(0, "value", wide.0, narrow.0);
            compare(1, "slope by x", wide.1, narrow.1);
            compare(2, "slope by y", wide.2, narrow.2);
            compare(3, "second xx", by_x.1.epsilon, narrow_by_x.1.epsilon);
            compare(4, "second xy", by_x.2.epsilon, narrow_by_x.2.epsilon);
            compare(4, "second yx", by_y.1.epsilon, narrow_by_y.1.epsilon);
            compare(5, "second yy", by_y.2.epsilon, narrow_by_y.2.epsilon);
        }
        if count < 20 {
            self.without_rows.push(format!("{}: {count} rows", rule.name()));
        }
    }

    fn rule3<R: Rule3>(&mut self, rule: R) {
        let mut count = 0;
        for row in self.three.iter().filter(|row| row.name == R::NAME) {
            count += 1;
            let at = [row.point[0], row.point[1], row.point[2]];
            let narrow_at = at.map(|x| x as f32);
            let (value, slopes) = on_tape3(at, rule);
            let (narrow, narrow_slopes) = on_tape3(narrow_at, rule);
            compare_row(&mut self.findings, row, 0, "value", value, narrow);
            let moving = [Dual::variable(at[0]), Dual::constant(at[1]), Dual::constant(at[2])];
            let narrow_moving =
                [Dual::variable(narrow_at[0]), Dual::constant(narrow_at[1]), Dual::constant(narrow_at[2])];
            let (seconds, narrow_seconds) = (on_tape3(moving, rule).1, on_tape3(narrow_moving, rule).1);
            for i in 0..3 {
                compare_row(&mut self.findings, row, 1 + i, "slope", slopes[i], narrow_slopes[i]);
                let (second, narrow_second) = (seconds[i].epsilon, narrow_seconds[i].epsilon);
                compare_row(&mut self.findings, row, 4 + i, "second", second, narrow_second);
            }
        }
        if count < 20 {
            self.without_rows.push(format!("{}: {count} rows", R::NAME));
        }
    }
}

#[test]
fn every_rule_meets_the_table_in_every_kind_of_number() {
    let mut table = AgainstTable {
        one: reference::one_argument(),
        two: reference::two_arguments(),
        three: reference::three_arguments(),
        findings: Findings::default(),
        without_rows: Vec::new(),
    };
    visit_rules(&mut table);
    assert!(table.without_rows.is_empty(), "fewer than 20 rows in the table: {:?}", table.without_rows);
    table.findings.assert_clean(20_000);
}

#[test]
fn mul_add_is_rounded_once_and_has_the_slopes_of_its_parts() {
    // (1 + e)(1 - e) - 1 = -e² exactly; two roundings would give 0
    let e = f64::EPSILON;
    let tape = ScalarTape::new();
    let [x, a, b] = tape.vars([1.0 + e, 1.0 - e, -1.0]);
    let w = x.mul_add(a, b);
    assert_eq!(w.value(), -e * e);
    assert_eq!(w.backward().of_all([x, a, b]), [1.0 - e, 1.0 + e, 1.0]);
    let w = Dual::new(2.0, 1.0).mul_add(Dual::new(3.0, 10.0), Dual::new(4.0, 100.0));
    assert_eq!((w.value, w.epsilon), (10.0, 3.0 + 20.0 + 100.0));
}

/// The slope times 1.001; a slope that is 0 everywhere, where a factor would do nothing, plus .001.
#[derive(Clone, Copy)]
struct Wrong<R>(R);

fn spoiled<T: Real>(slope: T) -> T {
    if slope.is_zero() { T::literal(1e-3) } else { slope * T::literal(1.001) }
}

impl<R: Rule> Rule for Wrong<R> {
    const NAME: &'static str = R::NAME;
    const PROBES: &'static [f64] = R::PROBES;
    fn value<T: Real>(self, x: T) -> T {
        self.0.value(x)
    }
    fn slope<T: Real>(self, x: T, y: T) -> T {
        spoiled(self.0.slope(x, y))
    }
}

impl<R: Rule2> Rule2 for Wrong<R> {
    const NAME: &'static str = R::NAME;
    const PROBES: &'static [(f64, f64)] = R::PROBES;
    fn value<T: Real>(self, x: T, y: T) -> T {
        self.0.value(x, y)
    }
    fn slopes<T: Real>(self, x: T, y: T, z: T) -> (T, T) {
        let (a, b) = self.0.slopes(x, y, z);
        (spoiled(a), spoiled(b))
    }
    fn slope_first<T: Real>(self, x: T, y: T, z: T) -> T {
        spoiled(self.0.slope_first(x, y, z))
    }
    fn slope_second<T: Real>(self, x: T, y: T, z: T) -> T {
        spoiled(self.0.slope_second(x, y, z))
    }
}

impl<R: Rule3> Rule3 for Wrong<R> {
    const NAME: &'static str = R::NAME;
    const PROBES: &'static [[f64; 3]] = R::PROBES;
    fn value<T: Real>(self, arguments: [T; 3]) -> T {
        self.0.value(arguments)
    }
    fn slopes<T: Real>(self, arguments: [T; 3], w: T) -> [T; 3] {
        self.0.slopes(arguments, w).map(spoiled)
    }
}

/// At every probe of every rule: the right rule passes in first and second order, the wrong twin is refused.
#[derive(Default)]
struct AgainstDifferences {
    rules: usize,
    complaints: Vec<String>,
}

impl AgainstDifferences {
    fn take(&mut self, name: &str, right: [chainrule::Report; 2], wrong: &chainrule::Report) {
        for report in right {
            if !report.is_ok() {
                self.complaints.push(format!("{name}: {report}"));
            }
        }
        let refused = wrong.entries.iter().all(|entry| entry.verdict == Verdict::Differs);
        if !refused {
            self.complaints.push(format!("{name}: a slope off by 0.1 % was not refused: {wrong}"));
        }
    }
}

impl RuleVisitor for AgainstDifferences {
    fn rule<R: Rule>(&mut self, rule: R) {
        self.rules += 1;
        for &x in R::PROBES {
            let right = [gradcheck(|[x]| x.apply(rule), [x]), gradcheck_second_order(|[x]| x.apply(rule), [x])];
            self.take(&rule.name(), right, &gradcheck(|[x]| x.apply(Wrong(rule)), [x]));
        }
    }

    fn rule2<R: Rule2>(&mut self, rule: R) {
        self.rules += 1;
        for &(x, y) in R::PROBES {
            let right = [
                gradcheck(|[x, y]| x.apply2(y, rule), [x, y]),
                gradcheck_second_order(|[x, y]| x.apply2(y, rule), [x, y]),
            ];
            self.take(&rule.name(), right, &gradcheck(|[x, y]| x.apply2(y, Wrong(rule)), [x, y]));
            // the slopes beside a constant stand in methods of their own
            let beside = [gradcheck(|[x]| x.apply2(y, rule), [x]), gradcheck(|[y]| Var::from(x).apply2(y, rule), [y])];
            self.take(&rule.name(), beside.clone(), &gradcheck(|[x]| x.apply2(y, Wrong(rule)), [x]));
            self.take(&rule.name(), beside, &gradcheck(|[y]| Var::from(x).apply2(y, Wrong(rule)), [y]));
        }
    }

    fn rule3<R: Rule3>(&mut self, rule: R) {
        self.rules += 1;
        for &arguments in R::PROBES {
            let right = [
                gradcheck(|[x, y, z]| x.apply3(y, z, rule), arguments),
                gradcheck_second_order(|[x, y, z]| x.apply3(y, z, rule), arguments),
            ];
            self.take(R::NAME, right, &gradcheck(|[x, y, z]| x.apply3(y, z, Wrong(rule)), arguments));
        }
    }
}

#[test]
fn every_rule_agrees_with_differences_and_its_wrong_twin_does_not() {
    let mut check = AgainstDifferences::default();
    visit_rules(&mut check);
    assert!(check.complaints.is_empty(), "{}", check.complaints.join("\n"));
    assert!(check.rules > 80, "only {} rules were seen", check.rules);
}

/// `value` is asked of plain floats, but it is written on `Real`: whoever calls it on a dual number gets the right slope.
struct ValuesDifferentiate(Findings);

impl RuleVisitor for ValuesDifferentiate {
    fn rule<R: Rule>(&mut self, rule: R) {
        for &x in R::PROBES {
            let through = rule.value(Dual::variable(x)).epsilon;
            let want = rule.slope(x, rule.value(x));
            self.0.compare(&format!("{} at {x}", rule.name()), through, want, 1e-12, 1e-15);
        }
    }
    fn rule2<R: Rule2>(&mut self, rule: R) {
        for &(x, y) in R::PROBES {
            let through = rule.value(Dual::variable(x), Dual::constant(y)).epsilon;
            let want = rule.slopes(x, y, rule.value(x, y)).0;
            self.0.compare(&format!("{} at {x}, {y}", rule.name()), through, want, 1e-12, 1e-15);
        }
    }
    fn rule3<R: Rule3>(&mut self, _: R) {}
}

#[test]
fn values_written_on_real_differentiate_too() {
    let mut check = ValuesDifferentiate(Findings::default());
    visit_rules(&mut check);
    check.0.assert_clean(150);
}

/// Every kink and pole that a rule promises, on every kind of number.
struct Kinks(Findings);

impl RuleVisitor for Kinks {
    fn rule<R: Rule>(&mut self, rule: R) {
        for (x, slope) in rule.kinks() {
            let what = format!("{} at {x}", rule.name());
            let narrow = x as f32;
            let found = [
                on_tape(x, rule).1,
                Real::apply(Dual::variable(x), rule).epsilon,
                on_tape(Dual::constant(x), rule).1.value,
                Real::apply(Dual::variable(Dual::constant(x)), rule).epsilon.value,
                f64::from(on_tape(narrow, rule).1),
                f64::from(Real::apply(Dual::variable(narrow), rule).epsilon),
            ];
            for found in found {
                self.0.compare(&what, found, slope, 1e-7, 0.0);
            }
        }
    }

    fn rule2<R: Rule2>(&mut self, rule: R) {
        for (x, y, by_x, by_y) in rule.kinks() {
            let what = format!("{} at {x}, {y}", rule.name());
            let (_, tape_x, tape_y) = on_tape2(x, y, rule);
            let (_, narrow_x, narrow_y) = on_tape2(x as f32, y as f32, rule);
            for found in [tape_x, f64::from(narrow_x)] {
                self.0.compare(&what, found, by_x, 1e-7, 0.0);
            }
            for found in [tape_y, f64::from(narrow_y)] {
                self.0.compare(&what, found, by_y, 1e-7, 0.0);
            }
            // along one axis the other slope stands beside a 0, and NaN propagates against it
            if !by_x.is_nan() && !by_y.is_nan() {
                let along = |a, b| Real::apply2(Dual::new(x, a), Dual::new(y, b), rule).epsilon;
                self.0.compare(&what, along(1.0, 0.0), by_x, 1e-7, 0.0);
                self.0.compare(&what, along(0.0, 1.0), by_y, 1e-7, 0.0);
            }
        }
    }

    fn rule3<R: Rule3>(&mut self, _: R) {}
}

#[test]
fn every_promised_kink_is_kept() {
    let mut check = Kinks(Findings::default());
    visit_rules(&mut check);
    check.0.assert_clean(250);
}
