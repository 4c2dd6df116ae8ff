//! The cross-entropy between targets and the softmax of logits.

use super::rows::{greatest, put, sum_of, sum_of_pairs};
use crate::array::pieces::{each_piece_of_rows, rows_of_a_piece};
use crate::array::strided::sum;
use crate::array::{Element, Pool, Shape, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::threads::each_part;
use chainrule_kernels::vector::Work;
use num_traits::Float;
use std::borrow::Cow;
use std::ops::Range;

/// For each row `x` of the last axis `Σ tⱼ (ln Σ exp(xᵢ) - xⱼ)`, the cross-entropy between targets `t` and the softmax `p` of
/// `x`, in one pass over the logits: it never overflows, and nothing is clipped. Gradient `x̄ = (p Σ tⱼ - t) ȳ`.
///
/// A target of 0 contributes 0, also beside a logit of minus infinity. Where all logits are minus infinity, the loss is
/// infinite and the gradient 0. The gradient by `x` for `ȳ = 1` is kept from the value for the pullback.
#[derive(Clone, Debug)]
pub struct SoftmaxCrossEntropy<T> {
    /// Let go when the operation is forgotten, so that their owner can write to them again.
    targets: Option<Targets<T>>,
    slopes: Option<Tensor<T>>,
}

/// What logits are compared with: [`softmax_cross_entropy`](Tensor::softmax_cross_entropy).
#[derive(Clone, Debug, PartialEq)]
pub enum Targets<T> {
    /// The index of the right class of each row.
    Classes(Tensor<usize>),
    /// How probable each class is, or any other weights; constants. Losses of networks take any values to be predicted here.
    Values(Tensor<T>),
}

impl<T> From<Tensor<usize>> for Targets<T> {
    fn from(classes: Tensor<usize>) -> Self {
        Self::Classes(classes)
    }
}
impl<T> From<&Tensor<usize>> for Targets<T> {
    fn from(classes: &Tensor<usize>) -> Self {
        Self::Classes(classes.clone())
    }
}
impl<T: Clone> From<&Self> for Targets<T> {
    fn from(targets: &Self) -> Self {
        targets.clone()
    }
}
impl<T: Element> From<Tensor<T>> for Targets<T> {
    fn from(probabilities: Tensor<T>) -> Self {
        Self::Values(probabilities)
    }
}
impl<T: Element> From<&Tensor<T>> for Targets<T> {
    fn from(probabilities: &Tensor<T>) -> Self {
        Self::Values(probabilities.clone())
    }
}

impl<T> Targets<T> {
    /// The classes, where these are classes.
    pub fn classes(&self) -> Option<&Tensor<usize>> {
        match self {
            Self::Classes(classes) => Some(classes),
            Self::Values(_) => None,
        }
    }

    /// The values, where these are values.
    pub fn values(&self) -> Option<&Tensor<T>> {
        match self {
            Self::Classes(_) => None,
            Self::Values(values) => Some(values),
        }
    }

    /// The size along each axis.
    pub fn shape(&self) -> &Shape {
        match self {
            Self::Classes(classes) => classes.shape(),
            Self::Values(values) => values.shape(),
        }
    }

    /// Rows `range` of the first axis; nothing is copied.
    ///
    /// # Panics
    /// When there is no first axis, or the range reaches beyond it.
    #[must_use]
    #[track_caller]
    pub fn rows(&self, range: Range<usize>) -> Self {
        match self {
            Self::Classes(classes) => Self::Classes(classes.rows(range)),
            Self::Values(values) => Self::Values(values.rows(range)),
        }
    }
}

const NAME: &str = "softmax_cross_entropy";

impl<T: Element> Targets<T> {
    #[track_caller]
    fn check(&self, x: &Shape) {
        let Some((&classes, rows)) = x.split_last() else {
            panic!("{NAME}: the operand has shape []; a single number has no last axis, of classes: `unsqueeze` it")
        };
        match self {
            Self::Values(targets) => assert!(
                targets.shape() == x,
                "{NAME}: the operand has shape {x} and the targets, which are probabilities, {}; the shapes must be the same",
                targets.shape()
            ),
            Self::Classes(targets) => {
                assert!(
                    *targets.shape() == *rows,
                    "{NAME}: the operand has shape {x} and the targets, which are classes, {}; there must be one class for \
                     each row of the last axis: shape {rows:?}",
                    targets.shape()
                );
                if let Some(row) = targets.as_slice().iter().position(|&class| class >= classes) {
                    panic!(
                        "{NAME}: the operand has shape {x} and so {classes} classes, but target {row} is class {}; classes \
                         count from 0",
                        targets.as_slice()[row]
                    );
                }
            }
        }
    }
}

/// Turns a row into its softmax, and gives `ln Σ exp(xᵢ - m)` with the largest element `m`.
#[inline(always)]
fn shares<T: Element>(x: &[T], p: &mut [T]) -> (T, T) {
    let most = greatest(x);
    if most == T::neg_infinity() {
        p.fill(T::zero());
        return (T::zero(), most);
    }
    p.iter_mut().zip(x).for_each(|(p, &x)| *p = T::from_lane((x - most).lane().exp()));
    let total = sum(p);
    for p in p {
        *p /= total;
    }
    (total.ln(), most)
}

/// The loss of a row, and its gradient.
#[inline(always)]
fn of_class<T: Element>(x: &[T], class: usize, slopes: &mut [T]) -> T {
    let (log, most) = shares(x, slopes);
    if most == T::neg_infinity() {
        return T::infinity();
    }
    slopes[class] -= T::one();
    (most - x[class]) + log
}

/// The loss of a row, and its gradient.
#[inline(always)]
fn of_probabilities<T: Element>(x: &[T], targets: &[T], slopes: &mut [T]) -> T {
    let (log, most) = shares(x, slopes);
    if most == T::neg_infinity() {
        return sum_of(targets, |t| t.chain(T::infinity()));
    }
    let total = sum(targets);
    slopes.iter_mut().zip(targets).for_each(|(slope, &t)| *slope = *slope * total - t);
    sum_of_pairs(x, targets, |x, t| t.chain((most - x) + log))
}

/// The loss of every row, and its gradient. A type, so that it is compiled for wide vectors as a whole.
struct Losses<'a, T> {
    x: &'a [T],
    targets: &'a Targets<T>,
    classes: usize,
    /// The row that `slopes` and `of_rows` begin with.
    first: usize,
    slopes: &'a mut [T],
    of_rows: &'a mut [T],
}

impl<T: Element> Work for Losses<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { x, targets, classes, first, slopes, of_rows } = self;
        let x = &x[first * classes..];
        let rows = x.chunks_exact(classes).zip(slopes.chunks_exact_mut(classes)).zip(of_rows);
        match targets {
            Targets::Classes(targets) => {
                for (((x, slopes), loss), &class) in rows.zip(&targets.as_slice()[first..]) {
                    *loss = of_class(x, class, slopes);
                }
            }
            Targets::Values(targets) => {
                let targets = targets.as_slice()[first * classes..].chunks_exact(classes);
                for (((x, slopes), loss), targets) in rows.zip(targets) {
                    *loss = of_probabilities(x, targets, slopes);
                }
            }
        }
    }
}

impl<T: Element> Op<T, 1> for SoftmaxCrossEntropy<T> {
    const NAME: &'static str = NAME;

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let targets = self.targets.as_ref().expect("an operation runs before it is forgotten");
        targets.check(x.shape());
        let (classes, rows) = x.shape().split_last().unwrap_or((&0, &[]));
        let mut kept = pool.scratch(x.shape());
        let slopes = kept.as_mut_slice();
        let losses = pool.filled(rows, |losses| {
            if *classes == 0 {
                return losses.fill(T::zero());
            }
            let (x, classes, rows) = (x.as_slice(), *classes, rows_of_a_piece(*classes));
            each_part(losses.len().div_ceil(rows), [(slopes, rows * classes), (losses, rows)], |piece, parts| {
                let [slopes, of_rows] = parts;
                T::loops(Losses { x, targets, classes, first: piece * rows, slopes, of_rows });
            });
        });
        self.slopes = Some(kept);
        losses
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let classes = x.shape().last().map_or(1, |&classes| classes.max(1));
        let slopes = self.slopes.as_ref().expect("the value was computed before its gradient");
        into.accumulate(0, |sum, onto| {
            each_piece_of_rows(sum, classes, classes, |rows, sum| {
                let slopes = &slopes.as_slice()[rows.start * classes..];
                let each = sum.chunks_exact_mut(classes).zip(slopes.chunks_exact(classes));
                T::loops(|| {
                    for ((sum, slopes), &upstream) in each.zip(&upstream.as_slice()[rows]) {
                        for (sum, &slope) in sum.iter_mut().zip(slopes) {
                            put(sum, onto, slope.chain(upstream));
                        }
                    }
                });
            });
        });
    }

    fn forget(&mut self, pool: &Pool<T>) {
        self.targets = None;
        if let Some(slopes) = self.slopes.take() {
            pool.give(slopes);
        }
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self.targets {
            Some(Targets::Classes(_)) => "softmax_cross_entropy(classes)",
            Some(Targets::Values(_)) => "softmax_cross_entropy(probabilities)",
            None => NAME,
        })
    }
}

methods! {
    /// For each row of the last axis, the cross-entropy between targets and the softmax of the row: one loss for each, so that
    /// the last axis is gone. The targets are the class of each row, `&Tensor<usize>`, or the probability of each class, a
    /// tensor of this value's shape, which counts as constant. Computed from the logits at once: it never overflows, and
    /// nothing is clipped.
    ///
    /// Its gradient is `p - t`, the softmax less the target, times the upstream gradient of the row.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = TensorTape::new();
    /// let x = tape.var(Tensor::from([[2.0, 2.0], [1000.0, 0.0]]));
    /// let loss = x.softmax_cross_entropy(&Tensor::<usize>::from([0, 1]));
    /// assert_eq!(loss.value().to_vec(), [2f64.ln(), 1000.0]);
    /// assert_eq!(loss.sum().backward().of(x).to_vec(), [-0.5, 0.5, 1.0, -1.0]);
    /// ```
    ///
    /// # Panics
    /// When this value has no axes, the shape of the targets does not fit, or a class does not exist.
    fn softmax_cross_entropy(x; targets: impl Into<Targets<T>>) =>
        SoftmaxCrossEntropy { targets: Some(targets.into()), slopes: None };
}

#[cfg(test)]
use super::checking::{Case, Checks};

/// The operation for every kind of number, with nothing kept: what a check asks for.
#[cfg(test)]
#[derive(Clone)]
struct OfAnyElement(Targets<f64>);

#[cfg(test)]
impl OfAnyElement {
    fn operation<T: Element>(&self) -> SoftmaxCrossEntropy<T> {
        let targets = match &self.0 {
            Targets::Classes(classes) => Targets::Classes(classes.clone()),
            Targets::Values(targets) => Targets::Values(targets.map(T::literal)),
        };
        SoftmaxCrossEntropy { targets: Some(targets), slopes: None }
    }
}

#[cfg(test)]
impl<T: Element> Op<T, 1> for OfAnyElement {
    const NAME: &'static str = NAME;

    fn forward(&mut self, x: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        self.operation().forward(x, pool)
    }

    fn pullback(&self, x: [&Tensor<T>; 1], y: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let mut operation = self.operation();
        into.pool().give(operation.forward(x, into.pool()));
        operation.pullback(x, y, upstream, into);
        operation.forget(into.pool());
    }
}

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    for by_class in [true, false] {
        check.each(move |draw| {
            let shape = draw.shape();
            let (&classes, rows) = shape.split_last()?;
            let count: usize = rows.iter().product();
            if classes == 0 && by_class && count > 0 {
                return None;
            }
            let (targets, weights) = if by_class {
                let labels = draw.indices(rows, classes.max(1));
                let weights =
                    labels.iter().flat_map(|&label| (0..classes).map(move |j| f64::from(u8::from(j == label))));
                let weights = Tensor::new(&shape, weights.collect());
                (Targets::Classes(labels), weights)
            } else {
                let weights = draw.tensor_between(0.0, 1.0, &shape);
                (Targets::Values(weights.clone()), weights)
            };
            let rows = Shape::from(rows);
            let x = draw.tensor(&shape);
            Some(Case::new(OfAnyElement(targets), [x], move |[x]| {
                let mut losses = Vec::new();
                for row in 0..count {
                    let (x, t) = (&x.as_slice()[row * classes..][..classes], &weights.as_slice()[row * classes..]);
                    let mut total = 0.0;
                    for x in x {
                        total += x.exp();
                    }
                    let mut loss = 0.0;
                    for j in 0..classes {
                        loss -= t[j] * (x[j].exp() / total).ln();
                    }
                    losses.push(loss);
                }
                Tensor::new(&rows, losses)
            }))
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    const NONE: f64 = f64::NEG_INFINITY;

    /// Losses, and the gradient of their sum.
    fn both(x: &Tensor<f64>, targets: impl Into<super::Targets<f64>>) -> [Vec<f64>; 2] {
        let tape = TensorTape::new();
        let x = tape.var(x.clone());
        let y = x.softmax_cross_entropy(targets);
        [y.value().to_vec(), y.sum().backward().of(x).to_vec()]
    }

    #[test]
    fn nothing_overflows() {
        let x = Tensor::from([[1e308, -1e308], [1e4, 0.0], [-1e4, 0.0]]);
        let [loss, slope] = both(&x, Tensor::<usize>::from([0, 0, 0]));
        assert_eq!(loss, [0.0, 0.0, 1e4]);
        assert_eq!(slope, [0.0, 0.0, 0.0, 0.0, -1.0, 1.0]);
    }

    #[test]
    fn minus_infinity() {
        // impossible classes do not count where the target is 0
        let [loss, slope] = both(&Tensor::from([[NONE, 0.0, 0.0]]), Tensor::from([[0.0, 1.0, 0.0]]));
        assert_eq!([loss, slope], [vec![2f64.ln()], vec![0.0, -0.5, 0.5]]);
        let [loss, slope] = both(&Tensor::from([[NONE, 0.0]]), Tensor::<usize>::from([0]));
        assert_eq!([loss, slope], [vec![f64::INFINITY], vec![-1.0, 1.0]]);
        // nothing is possible: as of a softmax that is masked out whole
        let nothing = Tensor::from([[NONE, NONE]]);
        assert_eq!(both(&nothing, Tensor::<usize>::from([0])), [vec![f64::INFINITY], vec![0.0, 0.0]]);
        assert_eq!(both(&nothing, Tensor::from([[1.0, 0.0]])), [vec![f64::INFINITY], vec![0.0, 0.0]]);
        assert_eq!(both(&nothing, Tensor::from([[0.0, 0.0]])), [vec![0.0], vec![0.0, 0.0]]);
    }

    #[test]
    fn nan_stays_in_its_row() {
        let [loss, slope] = both(&Tensor::from([[f64::NAN, 0.0], [0.0, 0.0]]), Tensor::<usize>::from([1, 1]));
        assert!(loss[0].is_nan() && loss[1] == 2f64.ln());
        assert!(slope[0].is_nan() && slope[1].is_nan() && slope[2..] == [0.5, -0.5]);
    }

    #[test]
    fn a_turn_gives_back_what_it_kept() {
        let mut tape = TensorTape::new();
        let mut last = Vec::new();
        for turn in 0..3 {
            let x = tape.var(Tensor::from([[1.0, 2.0], [f64::from(turn), 0.0]]));
            let loss = x.softmax_cross_entropy(Tensor::<usize>::from([0, 1])).sum();
            last = loss.backward().of(x).to_vec();
            tape.clear();
        }
        assert!((last[2] - 1.0 / (1.0 + (-2f64).exp())).abs() < 1e-15);
    }

    #[test]
    #[should_panic(
        expected = "the operand has shape [2, 3] and so 3 classes, but target 1 is class 3; classes count from 0"
    )]
    fn classes_must_exist() {
        let _ = Tensor::<f64>::zeros([2, 3]).softmax_cross_entropy(Tensor::<usize>::from([0, 3]));
    }

    #[test]
    #[should_panic(
        expected = "the targets, which are classes, [3]; there must be one class for each row of the last axis: \
                               shape [2]"
    )]
    fn there_must_be_a_class_for_each_row() {
        let _ = Tensor::<f64>::zeros([2, 3]).softmax_cross_entropy(Tensor::<usize>::from([0, 1, 2]));
    }

    #[test]
    #[should_panic(expected = "the targets, which are probabilities, [3]; the shapes must be the same")]
    fn there_must_be_a_probability_for_each_element() {
        let _ = Tensor::<f64>::zeros([2, 3]).softmax_cross_entropy(Tensor::from([0.0, 1.0, 2.0]));
    }
}
