//! How the operations of the list are checked: on random shapes, by [`examine`](crate::check::examine), against a plain
//! loop, and with wrong twins that must be refused.

use crate::array::{Element, Pool, Shape, Tensor};
use crate::check::{Applied, Checked, Fixed, Many, examine};
use crate::number::Dual;
use crate::tensor::{Op, OpOfMany};
use chainrule_kernels::product::Onto;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use std::cell::Cell;

/// How many random cases each group of an operation's checks has.
const CASES: u32 = 64;

/// Runs the checks of one operation.
pub(super) fn check(checks: fn(&mut Checks)) {
    let mut all = Checks { groups: 0 };
    checks(&mut all);
    assert!(all.groups > 0, "the operation has no checks");
}

/// What may stand for 0 in second derivatives, operands being numbers around 1: those of a determinant of low rank are all 0.
const ROUNDING: f64 = 1e-13;

/// The checks of one operation.
pub(super) struct Checks {
    groups: usize,
}

impl Checks {
    /// Checks `case` on random shapes of 0 to 5 axes with sizes 0 to 5. It may decline a draw that makes no sense for the
    /// operation, but not most of them.
    pub(super) fn each<C: Into<Option<Case>>>(&mut self, case: impl Fn(&mut Draw) -> C) {
        self.groups += 1;
        let tally = Tally::default();
        let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
        let draws = (prop::collection::vec(0usize..=5, 0..=5), any::<u64>());
        let outcome = TestRunner::new(config).run(&draws, |(sizes, seed)| {
            let Some(case) = case(&mut Draw::new(sizes, seed)).into() else {
                tally.declined.set(tally.declined.get() + 1);
                return Ok(());
            };
            (case.0)(&tally).map_err(TestCaseError::fail)
        });
        if let Err(failure) = outcome {
            panic!("{failure}");
        }
        assert!(tally.declined.get() < CASES as usize * 3 / 4, "most draws were declined: {tally:?}");
        assert!(tally.refused.get() > 0, "no wrong twin differed from the operation: {tally:?}");
        assert!(tally.judged.get() > 0, "nothing was compared: {tally:?}");
    }
}

/// What happened in a group of checks.
#[derive(Debug, Default)]
struct Tally {
    declined: Cell<usize>,
    judged: Cell<usize>,
    refused: Cell<usize>,
}

/// An operation with random operands, ready to be checked.
pub(super) struct Case(Box<Judge>);

type Judge = dyn Fn(&Tally) -> Result<(), String>;

impl Case {
    /// An operation on `N` tensors, and its value by a plain loop.
    pub(super) fn new<O, const N: usize>(
        op: O,
        operands: [Tensor<f64>; N],
        naive: impl Fn([&Tensor<f64>; N]) -> Tensor<f64> + 'static,
    ) -> Self
    where
        O: Op<f64, N> + Op<Dual<f64>, N> + Op<Dual<Dual<f64>>, N> + Clone,
    {
        Self(Box::new(move |tally| {
            let twin = |wrong| -> Box<dyn Checked> { Box::new(Fixed(Twin { op: op.clone(), wrong })) };
            judge(&Fixed(op.clone()), &twin, &operands, &naive(operands.each_ref()), tally)
        }))
    }

    /// An operation on any number of tensors.
    pub(super) fn many<O>(
        op: O,
        operands: Vec<Tensor<f64>>,
        naive: impl Fn(&[Tensor<f64>]) -> Tensor<f64> + 'static,
    ) -> Self
    where
        O: OpOfMany<f64> + OpOfMany<Dual<f64>> + OpOfMany<Dual<Dual<f64>>> + Clone,
    {
        Self(Box::new(move |tally| {
            let twin = |wrong| -> Box<dyn Checked> { Box::new(Many(Twin { op: op.clone(), wrong })) };
            judge(&Many(op.clone()), &twin, &operands, &naive(&operands), tally)
        }))
    }
}

fn judge(
    op: &dyn Checked,
    twin: &dyn Fn(Wrong) -> Box<dyn Checked>,
    operands: &[Tensor<f64>],
    naive: &Tensor<f64>,
    tally: &Tally,
) -> Result<(), String> {
    let value: Tensor<f64> = op.value(operands);
    if value.shape() != naive.shape() {
        return Err(format!("the value has shape {}, the plain loop gives {}", value.shape(), naive.shape()));
    }
    for (&found, &expected) in value.as_slice().iter().zip(naive.as_slice()) {
        let same = found == expected || (found.is_nan() && expected.is_nan());
        if !same && (found - expected).abs() > 1e-12 * expected.abs().max(1.0) {
            return Err(format!("the value {value:?} is not that of the plain loop, {naive:?}"));
        }
    }
    let report = examine(op, operands, ROUNDING);
    tally.judged.set(tally.judged.get() + report.compared);
    if !report.is_ok() {
        return Err(format!("operands {operands:?}: {report}"));
    }
    let upstream = value.map(|y| 1.0 + y.sin());
    let right = op.gradients(operands, &upstream, Onto::Fresh);
    for wrong in [Wrong::Scaled, Wrong::Transposed, Wrong::SummedTooOften] {
        let twin = twin(wrong);
        let differs = twin.gradients(operands, &upstream, Onto::Fresh).iter().zip(&right).any(|(wrong, right)| {
            let both = wrong.as_slice().iter().zip(right.as_slice());
            both.into_iter().any(|(wrong, right)| (wrong - right).abs() > 1e-6 * right.abs())
        });
        if !differs {
            continue;
        }
        if examine(twin.as_ref(), operands, ROUNDING).is_ok() {
            return Err(format!("operands {operands:?}: a pullback that is {wrong:?} was not refused"));
        }
        tally.refused.set(tally.refused.get() + 1);
    }
    Ok(())
}

/// What is wrong with a twin's pullback.
#[derive(Clone, Copy, Debug)]
enum Wrong {
    /// It is 1.001 times too large.
    Scaled,
    /// Its elements stand in transposed order.
    Transposed,
    /// It is summed over an axis, and the sum repeated.
    SummedTooOften,
}

impl Wrong {
    fn spoil<T: Element>(self, gradient: &Tensor<T>) -> Tensor<T> {
        let x = gradient.as_slice();
        let Some(&last) = gradient.shape().last() else {
            // a single number can only be scaled
            let factor = if matches!(self, Self::Scaled) { 1.001 } else { 1.0 };
            return gradient.map(|g| g * T::literal(factor));
        };
        let rows = x.len().checked_div(last).unwrap_or(0);
        let elements = match self {
            Self::Scaled => x.iter().map(|&g| g * T::literal(1.001)).collect(),
            Self::Transposed => (0..x.len()).map(|i| x[i % rows * last + i / rows]).collect(),
            Self::SummedTooOften => {
                let sum = |row: usize| x[row * last..][..last].iter().fold(T::zero(), |sum, &g| sum + g);
                (0..x.len()).map(|i| sum(i / last)).collect()
            }
        };
        Tensor::new(gradient.shape(), elements)
    }
}

/// An operation with a wrong pullback.
#[derive(Clone)]
struct Twin<O> {
    op: O,
    wrong: Wrong,
}

impl<T: Element, O: Op<T, N> + Clone, const N: usize> Op<T, N> for Twin<O> {
    const NAME: &'static str = O::NAME;

    fn forward(&mut self, operands: [&Tensor<T>; N], pool: &Pool<T>) -> Tensor<T> {
        self.op.forward(operands, pool)
    }

    fn pullback(
        &self,
        operands: [&Tensor<T>; N],
        _: &Tensor<T>,
        upstream: &Tensor<T>,
        into: &mut crate::tensor::Sink<'_, T>,
    ) {
        let gradients = Fixed(self.op.clone()).gradients(&operands.map(Tensor::clone), upstream, Onto::Fresh);
        for (operand, gradient) in gradients.iter().enumerate() {
            into.add(operand, |_| self.wrong.spoil(gradient));
        }
    }
}

impl<T: Element, O: OpOfMany<T> + Clone> OpOfMany<T> for Twin<O> {
    const NAME: &'static str = O::NAME;

    fn forward(&mut self, operands: &[&Tensor<T>], pool: &Pool<T>) -> Tensor<T> {
        self.op.forward(operands, pool)
    }

    fn pullback(
        &self,
        operands: &[&Tensor<T>],
        _: &Tensor<T>,
        upstream: &Tensor<T>,
        into: &mut crate::tensor::Sink<'_, T>,
    ) {
        let operands: Vec<Tensor<T>> = operands.iter().map(|&x| x.clone()).collect();
        for (operand, gradient) in Many(self.op.clone()).gradients(&operands, upstream, Onto::Fresh).iter().enumerate()
        {
            into.add(operand, |_| self.wrong.spoil(gradient));
        }
    }
}

/// One random draw: a shape, and numbers.
pub(super) struct Draw {
    sizes: Vec<usize>,
    random: TestRng,
}

impl Draw {
    fn new(mut sizes: Vec<usize>, seed: u64) -> Self {
        // what a check can afford
        while sizes.iter().product::<usize>() > 300 {
            sizes.pop();
        }
        let mut bytes = [7; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        Self { sizes, random: TestRng::from_seed(RngAlgorithm::ChaCha, &bytes) }
    }

    /// The shape of this draw: 0 to 5 axes of sizes 0 to 5.
    pub(super) fn shape(&self) -> Shape {
        Shape::from(self.sizes.as_slice())
    }

    /// A whole number below `bound`.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.random.next_u64() % bound as u64).expect("below a usize")
    }

    /// Heads or tails.
    pub(super) fn flag(&mut self) -> bool {
        self.below(2) == 1
    }

    /// A number between `low` and `high`.
    pub(super) fn number(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.random.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Numbers between -2 and 2, all different; half of the time they lie within a larger buffer.
    pub(super) fn tensor(&mut self, shape: impl Into<Shape>) -> Tensor<f64> {
        self.tensor_between(-2.0, 2.0, shape)
    }

    /// Numbers between `low` and `high`.
    pub(super) fn tensor_between(&mut self, low: f64, high: f64, shape: impl Into<Shape>) -> Tensor<f64> {
        let shape = shape.into();
        if let Some((&first, rest)) = shape.split_first()
            && self.flag()
        {
            let larger = Shape::new(std::iter::once(first + 3).chain(rest.iter().copied()));
            let elements = (0..larger.elements()).map(|_| self.number(low, high)).collect();
            return Tensor::new(larger, elements).rows(2..2 + first);
        }
        Tensor::new(&shape, (0..shape.elements()).map(|_| self.number(low, high)).collect())
    }

    /// A shape that broadcasts to `shape`: some axes have size 1, some leading ones are missing.
    pub(super) fn broadcastable(&mut self, shape: &Shape) -> Shape {
        let missing = if self.flag() { self.below(shape.len() + 1) } else { 0 };
        let sizes: Vec<usize> =
            shape[missing..].iter().map(|&size| if self.below(3) == 0 { 1 } else { size }).collect();
        Shape::from(sizes)
    }

    /// An axis of `shape`, counted from the front or the back; none of a single number.
    pub(super) fn axis(&mut self, shape: &Shape) -> Option<isize> {
        let rank = isize::try_from(shape.len()).expect("few axes");
        let axis = (rank > 0).then(|| self.below(shape.len()))?;
        let axis = isize::try_from(axis).expect("few axes");
        Some(if self.flag() { axis } else { axis - rank })
    }

    /// Some axes of `shape`, each once, perhaps none.
    pub(super) fn axes(&mut self, shape: &Shape) -> Vec<isize> {
        let rank = isize::try_from(shape.len()).expect("few axes");
        let chosen: Vec<isize> = (0..rank).filter(|_| self.flag()).collect();
        chosen.into_iter().map(|axis| if self.flag() { axis } else { axis - rank }).collect()
    }

    /// Indices below `bound`, repeated ones among them.
    pub(super) fn indices(&mut self, shape: impl Into<Shape>, bound: usize) -> Tensor<usize> {
        let shape = shape.into();
        let elements = (0..shape.elements()).map(|_| self.below(bound)).collect();
        Tensor::new(shape, elements)
    }

    /// A random order of `0..count`.
    pub(super) fn permutation(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for i in (1..count).rev() {
            order.swap(i, self.below(i + 1));
        }
        order
    }
}

/// A tensor from a function of the index: what plain loops are written with.
pub(super) fn from_index(shape: &Shape, element: impl Fn(&[usize]) -> f64) -> Tensor<f64> {
    let mut elements = Vec::with_capacity(shape.elements());
    each_index(shape, |index| elements.push(element(index)));
    Tensor::new(shape, elements)
}

/// Every index of a shape, in row-major order.
pub(super) fn each_index(shape: &Shape, mut visit: impl FnMut(&[usize])) {
    for number in 0..shape.elements() {
        let mut rest = number;
        let mut index = vec![0; shape.len()];
        for axis in (0..shape.len()).rev() {
            index[axis] = rest % shape[axis];
            rest /= shape[axis];
        }
        visit(&index);
    }
}

/// The element at `index`, where axes that are missing or of size 1 are repeated.
pub(super) fn broadcast_at(x: &Tensor<f64>, index: &[usize]) -> f64 {
    let own = &index[index.len() - x.rank()..];
    let place = x.shape().iter().zip(own).fold(0, |place, (&size, &i)| place * size + if size == 1 { 0 } else { i });
    x.as_slice()[place]
}
