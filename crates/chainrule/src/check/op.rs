//! The checker for operations on tensors: pullback against dual numbers, against differences, and in second order.

use super::difference::Difference;
use super::subject;
use crate::array::{Element, Pool, Tensor};
use crate::number::Dual;
use crate::tape::{Tape, Var};
use crate::tensor::{Op, OpOfMany};
use chainrule_kernels::product::Onto;
use std::fmt;

type First = Dual<f64>;
type Second = Dual<Dual<f64>>;

/// An operation with everything but its operands.
pub(crate) trait Applied<T: Element> {
    /// Its value.
    fn value(&self, operands: &[Tensor<T>]) -> Tensor<T>;
    /// The gradients by its operands, as a tape computes them: into buffers that hold NaN, or onto ones that have arrived.
    fn gradients(&self, operands: &[Tensor<T>], upstream: &Tensor<T>, onto: Onto) -> Vec<Tensor<T>>;
}

/// The gradients by the variables of `y`. The buffers of the pool hold NaN, which a pullback must overwrite; or, with
/// [`Onto::Sum`], ones have arrived at every variable before, which it must add to.
fn sweep<'t, T: Element>(
    tape: &'t Tape<Tensor<T>>,
    variables: &[Var<'t, Tensor<T>>],
    y: Var<'t, Tensor<T>>,
    upstream: &Tensor<T>,
    onto: Onto,
) -> Vec<Tensor<T>> {
    for x in variables {
        let poisoned = tape.pool().full(x.shape(), T::nan());
        tape.pool().give(poisoned);
    }
    let arrived = variables.iter().filter(|_| onto == Onto::Sum).map(|&x| (x, x.value().map(|_| T::one())));
    let seeds: Vec<_> = arrived.chain([(y, upstream.clone())]).collect();
    tape.backward(seeds).of_slice(variables)
}

/// An operation over every kind of element that a check needs. As an object, so that the checker is compiled once.
pub(crate) trait Checked: Applied<f64> + Applied<First> + Applied<Second> {}
impl<A: Applied<f64> + Applied<First> + Applied<Second>> Checked for A {}

/// An operation on a fixed number of tensors.
#[derive(Clone)]
pub(crate) struct Fixed<O, const N: usize>(pub(crate) O);

impl<T: Element, O: Op<T, N> + Clone, const N: usize> Applied<T> for Fixed<O, N> {
    fn value(&self, operands: &[Tensor<T>]) -> Tensor<T> {
        let operands: Vec<&Tensor<T>> = operands.iter().collect();
        self.0.clone().forward(operands.try_into().expect("as many operands"), &Pool::default())
    }

    fn gradients(&self, operands: &[Tensor<T>], upstream: &Tensor<T>, onto: Onto) -> Vec<Tensor<T>> {
        let tape = Tape::new();
        let variables = tape.variables(operands);
        let y = tape.record(self.0.clone(), variables.clone().try_into().expect("as many operands"));
        sweep(&tape, &variables, y, upstream, onto)
    }
}

/// An operation on any number of tensors.
#[derive(Clone)]
pub(crate) struct Many<O>(pub(crate) O);

impl<T: Element, O: OpOfMany<T> + Clone> Applied<T> for Many<O> {
    fn value(&self, operands: &[Tensor<T>]) -> Tensor<T> {
        let operands: Vec<&Tensor<T>> = operands.iter().collect();
        self.0.clone().forward(&operands, &Pool::default())
    }

    fn gradients(&self, operands: &[Tensor<T>], upstream: &Tensor<T>, onto: Onto) -> Vec<Tensor<T>> {
        let tape = Tape::new();
        let variables = tape.variables(operands);
        let y = tape.record_many(self.0.clone(), &variables);
        sweep(&tape, &variables, y, upstream, onto)
    }
}

/// Checks an operation at these operands, along many directions:
/// - its pullback against its value over dual numbers, to 1e-11;
/// - its pullback against extrapolated central differences, to 1e-6;
/// - the derivative of its pullback against its value over dual numbers of dual numbers, to 1e-10;
/// - its gradients in buffers that held something else, and added to what had arrived before.
///
/// The result is weighted by numbers in no order, so that a gradient that was transposed or summed wrongly shows.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule::op::MatMul;
/// check_op(MatMul, [Tensor::from([[1.0, 2.0, 3.0]]), Tensor::from([[1.0], [0.5], [-2.0]])]).assert_ok();
/// ```
#[expect(clippy::needless_pass_by_value, reason = "operands are written in place, as in `gradcheck`")]
pub fn check_op<O, const N: usize>(op: O, operands: [Tensor<f64>; N]) -> OpReport
where
    O: Op<f64, N> + Op<First, N> + Op<Second, N> + Clone,
{
    examine(&Fixed(op), &operands, 0.0)
}

/// [`check_op`] for an operation on any number of tensors.
pub fn check_op_of_many<O>(op: O, operands: &[Tensor<f64>]) -> OpReport
where
    O: OpOfMany<f64> + OpOfMany<First> + OpOfMany<Second> + Clone,
{
    examine(&Many(op), operands, 0.0)
}

/// What the checker found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "a report is silent: ask it with `is_ok`, or end with `assert_ok`"]
#[non_exhaustive]
pub struct OpReport {
    /// How many derivatives were compared.
    pub compared: usize,
    /// How many comparisons could not be judged: a kink is near, the differences are too uncertain, or both sides are NaN.
    pub declined: usize,
    /// What differs, in words.
    pub differing: Vec<String>,
}

impl OpReport {
    /// Whether nothing differs.
    pub fn is_ok(&self) -> bool {
        self.differing.is_empty()
    }

    /// Panics with the report if anything differs.
    ///
    /// # Panics
    /// See above.
    #[track_caller]
    pub fn assert_ok(&self) {
        assert!(self.is_ok(), "{self}");
    }

    /// Compares two numbers that were summed from terms as large as `size`.
    fn compare(&mut self, what: impl Fn() -> String, found: f64, expected: f64, size: f64, tolerance: f64) {
        // infinite derivatives agree where they are equal; NaN beside NaN says nothing
        if found.is_nan() && expected.is_nan() {
            self.declined += 1;
            return;
        }
        self.compared += 1;
        let near = (found - expected).abs() <= tolerance * size;
        if !near && found != expected {
            self.differing.push(format!("{}: {found:e}, and not {expected:e}", what()));
        }
    }
}

impl fmt::Display for OpReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { compared, declined, differing } = self;
        write!(f, "{compared} derivatives compared, {declined} not judged, {} differ", differing.len())?;
        differing.iter().take(8).try_for_each(|line| write!(f, "\n  {line}"))
    }
}

/// The share of the largest derivative that a derivative counts as large as, at least: a thousandth, so that 1e-14 of the
/// largest may be rounding.
const CANCELLED: f64 = 1e-3;

/// A direction in the space of all operands: one tensor for each.
type Direction = Vec<Tensor<f64>>;

/// `rounding` is what may stand for 0 in second order, where terms cancel that nothing else tells the size of.
pub(crate) fn examine(op: &dyn Checked, operands: &[Tensor<f64>], rounding: f64) -> OpReport {
    let mut report = OpReport::default();
    let value: Tensor<f64> = op.value(operands);
    let upstream = scattered(&value, 3);
    let gradients = op.gradients(operands, &upstream, Onto::Fresh);
    let added = op.gradients(operands, &upstream, Onto::Sum);
    for (operand, gradient) in operands.iter().zip(&gradients) {
        if operand.shape() != gradient.shape() {
            report.differing.push(format!("the gradient has shape {}, not {}", gradient.shape(), operand.shape()));
            return report;
        }
    }
    let directions = directions(operands);
    for (at, direction) in directions.iter().enumerate() {
        let ones: Vec<Tensor<f64>> = direction.iter().map(|v| v.map(|_| 1.0)).collect();
        let ((once, size), (arrived, arrived_size)) = (dots(&gradients, direction), dots(&ones, direction));
        let what = || format!("along direction {at}, added to what had arrived, against alone");
        report.compare(what, dots(&added, direction).0, once + arrived, size + arrived_size, 1e-12);
    }
    // an operation may sum terms that cancel within one derivative: how large they are shows in the others
    let elsewhere = directions.iter().map(|direction| dots(&gradients, direction).1).fold(0.0, f64::max);
    for (at, direction) in directions.iter().enumerate() {
        let moved: Vec<Tensor<First>> = pair(operands, direction, Dual::new);
        let (forward, forward_size) = dot(&upstream, &op.value(&moved).map(|y| y.epsilon));
        let (reverse, reverse_size) = dots(&gradients, direction);
        let what = || format!("along direction {at}, reverse against dual numbers");
        report.compare(what, reverse, forward, forward_size + reverse_size + CANCELLED * elsewhere, 1e-11);
    }
    for (at, direction) in directions.iter().enumerate().rev().take(3) {
        let along = |step: f64| {
            let moved: Vec<Tensor<f64>> = pair(operands, direction, |x, v| x + step * v);
            dot(&upstream, &op.value(&moved)).0
        };
        let numeric = Difference::central(along, 0.0, 1e-2);
        let (reverse, size) = dots(&gradients, direction);
        if numeric.one_sided || !numeric.slope.is_finite() || numeric.uncertainty > 1e-6 * size {
            report.declined += 1;
        } else {
            let what = || format!("along direction {at}, reverse against differences");
            report.compare(what, reverse, numeric.slope, size + numeric.slope.abs(), 1e-6);
        }
    }
    second_order(op, operands, &upstream, &directions, rounding, &mut report);
    report
}

/// The derivative of the pullback along one direction, against second derivatives over nested dual numbers.
fn second_order(
    op: &dyn Checked,
    operands: &[Tensor<f64>],
    upstream: &Tensor<f64>,
    directions: &[Direction],
    rounding: f64,
    report: &mut OpReport,
) {
    let Some(along) = directions.last() else { return };
    let moved: Vec<Tensor<First>> = pair(operands, along, Dual::new);
    let gradients = op.gradients(&moved, &upstream.map(Dual::constant), Onto::Fresh);
    let curvature: Vec<Tensor<f64>> = gradients.iter().map(|gradient| gradient.map(|g| g.epsilon)).collect();
    for (at, direction) in directions.iter().enumerate() {
        let moved: Vec<Tensor<Second>> = pair(&moved, direction, |x, v| Dual::new(x, Dual::constant(v)));
        let (forward, forward_size) = dot(upstream, &op.value(&moved).map(|y| y.epsilon.epsilon));
        let (reverse, reverse_size) = dots(&curvature, direction);
        // terms of the second derivative may cancel: measured by the first derivatives too
        let (_, first_size) = dot(upstream, &op.value(&moved).map(|y| y.epsilon.value));
        let what = || format!("along direction {at}, second order against nested dual numbers");
        report.compare(what, reverse, forward, forward_size + reverse_size + first_size + rounding / 1e-10, 1e-10);
    }
}

/// Every element for itself where there are few; and a few directions in which all move.
fn directions(operands: &[Tensor<f64>]) -> Vec<Direction> {
    let elements: usize = operands.iter().map(Tensor::len).sum();
    let mut directions = Vec::new();
    if elements <= 40 {
        for (operand, tensor) in operands.iter().enumerate() {
            for element in 0..tensor.len() {
                let mut direction: Direction = operands.iter().map(|x| x.map(|_| 0.0)).collect();
                direction[operand].as_mut_slice()[element] = 1.0;
                directions.push(direction);
            }
        }
    }
    for salt in [10, 20, 30] {
        directions.push(operands.iter().enumerate().map(|(i, x)| scattered(x, salt + 100 * i)).collect());
    }
    directions
}

/// Numbers in no order, in the shape of `like`; another salt gives others.
fn scattered(like: &Tensor<f64>, salt: usize) -> Tensor<f64> {
    Tensor::new(like.shape(), subject::scattered(like.len() + salt)[salt..].to_vec())
}

/// Operands combined with a direction, element by element.
fn pair<T: Element, U: Element>(
    operands: &[Tensor<T>],
    direction: &[Tensor<f64>],
    combine: impl Fn(T, f64) -> U,
) -> Vec<Tensor<U>> {
    let both = operands.iter().zip(direction);
    both.map(|(x, v)| {
        let elements = x.as_slice().iter().zip(v.as_slice()).map(|(&x, &v)| combine(x, v));
        Tensor::new(x.shape(), elements.collect())
    })
    .collect()
}

/// The inner product, and the sum of the magnitudes of its terms.
fn dot(x: &Tensor<f64>, y: &Tensor<f64>) -> (f64, f64) {
    assert_eq!(x.shape(), y.shape(), "the value has another shape over dual numbers");
    let terms = || x.as_slice().iter().zip(y.as_slice()).map(|(x, y)| x * y);
    (terms().sum(), terms().map(f64::abs).sum())
}

fn dots(x: &[Tensor<f64>], y: &[Tensor<f64>]) -> (f64, f64) {
    let each = x.iter().zip(y).map(|(x, y)| dot(x, y));
    each.fold((0.0, 0.0), |(sum, size), (term, magnitude)| (sum + term, size + magnitude))
}
