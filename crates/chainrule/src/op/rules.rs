//! Elementwise rules over tensors, checked like the operations of the list: on random shapes and broadcasts.

use super::checking::{Case, Checks, Draw, broadcast_at, from_index};
use crate::array::{Element, Pool, Shape, Tensor};
use crate::real::{Rule, Rule2, Rule3};
use crate::rule::{self, RuleVisitor};
use crate::tensor::elementwise::{After, Before, Map, Zip, Zip3, common_shape};
use crate::tensor::{Op, Sink};

struct CheckOverTensors<'a>(&'a mut Checks);

/// A probe, moved by up to one part in a hundred.
fn near(draw: &mut Draw, probe: f64, shape: &Shape) -> Tensor<f64> {
    let reach = 0.01 * probe.abs().max(0.1);
    draw.tensor_between(probe - reach, probe + reach, shape)
}

impl RuleVisitor for CheckOverTensors<'_> {
    fn rule<R: Rule>(&mut self, rule: R) {
        self.0.each(|draw| {
            let (shape, probe) = (draw.shape(), R::PROBES[draw.below(R::PROBES.len())]);
            let x = near(draw, probe, &shape);
            Case::new(Map(rule), [x], move |[x]| from_index(x.shape(), |i| rule.value(broadcast_at(x, i))))
        });
    }

    fn rule2<R: Rule2>(&mut self, rule: R) {
        let probe = |draw: &mut Draw| R::PROBES[draw.below(R::PROBES.len())];
        self.0.each(|draw| {
            let (whole, (a, b)) = (draw.shape(), probe(draw));
            let (left, right) = (draw.broadcastable(&whole), draw.broadcastable(&whole));
            let operands = [near(draw, a, &left), near(draw, b, &right)];
            Case::new(Zip(rule), operands, move |[x, y]| {
                let shape = common_shape("check", &[x.shape(), y.shape()]);
                from_index(&shape, |i| rule.value(broadcast_at(x, i), broadcast_at(y, i)))
            })
        });
        self.0.each(|draw| {
            let (shape, (a, constant)) = (draw.shape(), probe(draw));
            let x = near(draw, a, &shape);
            let constant_of = BeforeConstant { rule, constant };
            Case::new(constant_of, [x], move |[x]| from_index(x.shape(), |i| rule.value(broadcast_at(x, i), constant)))
        });
        self.0.each(|draw| {
            let (shape, (constant, b)) = (draw.shape(), probe(draw));
            let y = near(draw, b, &shape);
            let constant_of = AfterConstant { rule, constant };
            Case::new(constant_of, [y], move |[y]| from_index(y.shape(), |i| rule.value(constant, broadcast_at(y, i))))
        });
    }

    fn rule3<R: Rule3>(&mut self, rule: R) {
        self.0.each(|draw| {
            let (whole, probe) = (draw.shape(), R::PROBES[draw.below(R::PROBES.len())]);
            let operands = probe.map(|probe| {
                let shape = draw.broadcastable(&whole);
                near(draw, probe, &shape)
            });
            Case::new(Zip3(rule), operands, move |operands| {
                let shape = common_shape("check", &operands.map(Tensor::shape));
                from_index(&shape, |i| rule.value(operands.map(|x| broadcast_at(x, i))))
            })
        });
    }
}

/// [`Before`] and [`After`] hold their constant in the element type; a check runs over three of them.
macro_rules! with_constant {
    ($Check:ident $Op:ident) => {
        #[derive(Clone)]
        struct $Check<R> {
            rule: R,
            constant: f64,
        }
        impl<T: Element, R: Rule2> Op<T, 1> for $Check<R> {
            const NAME: &'static str = R::NAME;
            fn forward(&mut self, x: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
                $Op { rule: self.rule, constant: T::literal(self.constant) }.forward(x, pool)
            }
            fn pullback(&self, x: [&Tensor<T>; 1], y: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
                $Op { rule: self.rule, constant: T::literal(self.constant) }.pullback(x, y, upstream, into);
            }
        }
    };
}
with_constant!(BeforeConstant Before);
with_constant!(AfterConstant After);

/// That every rule of the list has the same values and slopes over tensors as over numbers is shown in `tests/`.
#[test]
fn rules_hold_over_tensors() {
    super::checking::check(|checks| {
        let mut over_tensors = CheckOverTensors(checks);
        over_tensors.rule(rule::Tanh);
        over_tensors.rule(rule::Powi(3));
        over_tensors.rule2(rule::Sub);
        over_tensors.rule2(rule::Mul);
        over_tensors.rule2(rule::Div);
        over_tensors.rule2(rule::Hypot);
        over_tensors.rule3(rule::MulAdd);
    });
}
