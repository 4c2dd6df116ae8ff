//! Every rule of the list, over tensors: the same values and derivatives as over numbers, in first and second order.

use chainrule::prelude::*;
use chainrule::rule::{RuleVisitor, visit_rules};
use chainrule::{Rule, Rule2, Rule3};
use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};

/// How far the two may be apart, relative to the larger.
const TOLERANCE: f64 = 1e-14;

struct Compare {
    random: TestRng,
    compared: usize,
}

impl Compare {
    /// Points between -3 and 3, most of them within the domain of most rules, and the points where rules are delicate.
    fn points(&mut self) -> Tensor<f64> {
        let random = |random: &mut TestRng| (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64 * 6.0 - 3.0;
        let mut points: Vec<f64> = (0..40).map(|_| random(&mut self.random)).collect();
        points.extend([0.0, -0.0, 1.0, -1.0, 6.0, 0.5, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e-300]);
        Tensor::new([5, 10], points)
    }

    fn same(&mut self, what: &str, at: &[f64], tensor: f64, number: f64) {
        self.compared += 1;
        let near = (tensor - number).abs() <= TOLERANCE * number.abs().max(tensor.abs());
        assert!(
            near || tensor == number || (tensor.is_nan() && number.is_nan()),
            "{what} at {at:?}: {tensor:e}, and {number:e} over numbers"
        );
    }

    /// Compares `over_tensors(x)` with `over_numbers` at each element, in value, gradient, and the gradient's derivative.
    fn each<const N: usize>(
        &mut self,
        name: &str,
        x: &[Tensor<f64>; N],
        over_tensors: impl for<'t> Fn([Var<'t, Tensor<Dual<f64>>>; N]) -> Var<'t, Tensor<Dual<f64>>>,
        over_numbers: impl for<'t> Fn([Var<'t, Dual<f64>>; N]) -> Var<'t, Dual<f64>>,
    ) {
        let tensors = Tape::new();
        let variables = tensors.vars(x.each_ref().map(|x| x.map(Dual::variable)));
        let y = over_tensors(variables);
        let gradients = y.sum().backward().of_all(variables);
        for at in 0..x[0].len() {
            let point = x.each_ref().map(|x| x.as_slice()[at]);
            let numbers = Tape::new();
            let variables = numbers.vars(point.map(Dual::variable));
            let z = over_numbers(variables);
            let g = z.backward();
            self.same(name, &point, y.value().as_slice()[at].value, z.value().value);
            for (gradient, &variable) in gradients.iter().zip(&variables) {
                let (tensor, number) = (gradient.as_slice()[at], g.of(variable));
                self.same(&format!("the slope of {name}"), &point, tensor.value, number.value);
                self.same(&format!("the second derivative of {name}"), &point, tensor.epsilon, number.epsilon);
            }
        }
    }
}

impl RuleVisitor for Compare {
    fn rule<R: Rule>(&mut self, rule: R) {
        let x = [self.points()];
        self.each(&rule.name(), &x, |[x]| x.apply(rule), |[x]| x.apply(rule));
    }

    fn rule2<R: Rule2>(&mut self, rule: R) {
        let x = [self.points(), self.points().transpose().reshape([5, 10])];
        self.each(&rule.name(), &x, |[x, y]| x.apply2(y, rule), |[x, y]| x.apply2(y, rule));
        // beside a constant, on either side
        let x = [self.points()];
        self.each(&rule.name(), &x, |[x]| x.apply2(0.5, rule), |[x]| x.apply2(0.5, rule));
        let x = [self.points()];
        let first = Tensor::scalar(Dual::constant(1.5));
        self.each(
            &rule.name(),
            &x,
            |[x]| x.tape().expect("a tape").constant(first.clone()).apply2(x, rule),
            |[x]| Var::constant(Dual::constant(1.5)).apply2(x, rule),
        );
    }

    fn rule3<R: Rule3>(&mut self, rule: R) {
        let x = [self.points(), self.points(), self.points()];
        self.each(R::NAME, &x, |[x, y, z]| x.apply3(y, z, rule), |[x, y, z]| x.apply3(y, z, rule));
    }
}

#[test]
fn rules_are_the_same_over_tensors_as_over_numbers() {
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]);
    let mut compare = Compare { random, compared: 0 };
    visit_rules(&mut compare);
    assert!(compare.compared > 10_000, "{}", compare.compared);
}
