//! Random expression graphs with shared parts: reverse against forward to 1e-12 of the largest contribution on the way, in
//! first order on plain and traced tapes and in second order on plain ones.
//!
//! Forward mode carries its derivatives with the values and knows no tape; that the two agree says that recording, folding
//! and sweeping lose nothing. That the slopes themselves are right is what `rules.rs` checks.

use chainrule::prelude::*;
use chainrule::rule::{RuleVisitor, visit_rules};
use chainrule::{Real, Rule, Rule2, Rule3};
use proptest::prelude::*;

const INPUTS: usize = 3;

/// One operation of a graph: which rule, and which earlier results it takes.
#[derive(Clone, Debug)]
struct Operation {
    rule: usize,
    operands: [usize; 3],
}

/// How many rules there are of one, two and three arguments.
struct Count([usize; 3]);
impl RuleVisitor for Count {
    fn rule<R: Rule>(&mut self, _: R) {
        self.0[0] += 1;
    }
    fn rule2<R: Rule2>(&mut self, _: R) {
        self.0[1] += 1;
    }
    fn rule3<R: Rule3>(&mut self, _: R) {
        self.0[2] += 1;
    }
}

fn count() -> usize {
    let mut count = Count([0; 3]);
    visit_rules(&mut count);
    count.0.iter().sum()
}

/// Applies the rule that stands at `at` in the list.
struct ApplyAt<T> {
    at: usize,
    seen: usize,
    operands: [T; 3],
    result: Option<T>,
}

impl<T> ApplyAt<T> {
    fn is_it(&mut self) -> bool {
        self.seen += 1;
        self.seen == self.at + 1
    }
}

impl<T: Real> RuleVisitor for ApplyAt<T> {
    fn rule<R: Rule>(&mut self, rule: R) {
        if self.is_it() {
            self.result = Some(Real::apply(self.operands[0], rule));
        }
    }
    fn rule2<R: Rule2>(&mut self, rule: R) {
        if self.is_it() {
            self.result = Some(Real::apply2(self.operands[0], self.operands[1], rule));
        }
    }
    fn rule3<R: Rule3>(&mut self, rule: R) {
        if self.is_it() {
            let [x, y, z] = self.operands;
            self.result = Some(Real::apply3(x, y, z, rule));
        }
    }
}

/// Runs a graph. Whatever leaves [-2, 2] is brought back by a sine, so that values and slopes stay ordinary.
fn run<T: Real>(inputs: [T; INPUTS], operations: &[Operation]) -> T {
    let mut results = inputs.to_vec();
    for operation in operations {
        let operands = operation.operands.map(|back| results[results.len() - 1 - back % results.len()]);
        let mut apply = ApplyAt { at: operation.rule, seen: 0, operands, result: None };
        visit_rules(&mut apply);
        let result = apply.result.expect("the list holds the rule");
        // outside a rule's domain, or beside one of its poles, take the operand instead
        let result = if result.is_finite() { result } else { operands[0] };
        results.push(if result.abs() > T::literal(2.0) { result.sin() } else { result });
    }
    // every result counts, so that parts are shared and nothing is dead
    results.iter().skip(INPUTS).fold(T::zero(), |total, &result| total + result)
}

fn reverse<T: Real>(tape: &Tape<T>, at: [T; INPUTS], operations: &[Operation]) -> (T, [T; INPUTS]) {
    let inputs = tape.vars(at);
    let output = run(inputs, operations);
    (output.value(), output.backward().of_all(inputs))
}

/// The directional derivative along axis `i`, and its derivative along axis `j`.
fn forward(at: [f64; INPUTS], i: usize, j: usize, operations: &[Operation]) -> (f64, f64) {
    let unit = |k: usize, axis: usize| if k == axis { 1.0 } else { 0.0 };
    let inputs = std::array::from_fn(|k| Dual::new(Dual::new(at[k], unit(k, j)), Dual::constant(unit(k, i))));
    let output = run(inputs, operations);
    (output.epsilon.value, output.epsilon.epsilon)
}

/// Whether two derivatives are the same; terms of size `scale` were added up on the way.
fn agree(a: f64, b: f64, scale: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-12 * (1.0 + scale.max(a.abs()))
}

/// The largest contribution that any sum of the sweep had to swallow; infinite where a slope is, or is NaN: there the two
/// modes follow the policy for poles, which `conventions.rs` checks, and rounding decides what is left.
fn scale(tape: &ScalarTape, at: [f64; INPUTS], operations: &[Operation]) -> f64 {
    let inputs = tape.vars(at);
    let output = run(inputs, operations);
    let table = tape.table(&output.backward());
    let locals = table.rows.iter().flat_map(|row| row.step.operands.iter().filter_map(|operand| operand.local));
    let gradients = table.rows.iter().flat_map(|row| row.gradients.iter().flatten().copied());
    let largest = locals.chain(gradients).map(f64::abs);
    largest.fold(0.0, |most, size| if size.is_finite() { most.max(size) } else { f64::INFINITY })
}

fn operation() -> impl Strategy<Value = Operation> {
    (0..count(), prop::array::uniform3(0usize..8)).prop_map(|(rule, operands)| Operation { rule, operands })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, max_global_rejects: 100_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reverse_agrees_with_forward_in_both_orders(
        at in prop::array::uniform3(-2.0f64..2.0),
        operations in prop::collection::vec(operation(), 1..12),
    ) {
        let (value, gradient) = reverse(&Tape::new(), at, &operations);
        let traced = ScalarTape::traced();
        let scale = scale(&traced, at, &operations);
        prop_assume!(scale < 100.0);
        prop_assert!(agree(value, run(at, &operations), 1.0));
        let (_, traced_gradient) = reverse(&ScalarTape::traced(), at, &operations);
        let lanes = run(DualVector::variables(at), &operations).epsilons;
        for (i, (plain, traced)) in gradient.into_iter().zip(traced_gradient).enumerate() {
            let first = forward(at, i, i, &operations).0;
            prop_assert!(agree(plain, first, scale), "first order, x{i}: {plain} and {first}");
            prop_assert!(agree(lanes[i], first, scale), "in lanes, x{i}: {} and {first}", lanes[i]);
            prop_assert!(agree(traced, first, scale), "traced, x{i}: {traced} and {first}");
        }
        for j in 0..INPUTS {
            let moving = std::array::from_fn(|k| Dual::new(at[k], if k == j { 1.0 } else { 0.0 }));
            let (_, gradient) = reverse(&Tape::new(), moving, &operations);
            for (i, gradient) in gradient.into_iter().enumerate() {
                let second = forward(at, i, j, &operations).1;
                let scale = scale * scale;
                prop_assert!(
                    agree(gradient.epsilon, second, scale),
                    "second order, x{i} x{j}: {} and {second}", gradient.epsilon
                );
            }
        }
    }

    #[test]
    fn a_reused_tape_answers_as_a_fresh_one(
        graphs in prop::collection::vec((prop::array::uniform3(-2.0f64..2.0),
            prop::collection::vec(operation(), 1..30)), 1..6),
    ) {
        let mut reused = ScalarTape::new();
        for (at, operations) in &graphs {
            reused.clear();
            let (value, gradient) = reverse(&reused, *at, operations);
            let (fresh_value, fresh) = reverse(&Tape::new(), *at, operations);
            prop_assert_eq!(value.to_bits(), fresh_value.to_bits());
            prop_assert_eq!(gradient.map(f64::to_bits), fresh.map(f64::to_bits));
        }
    }
}
