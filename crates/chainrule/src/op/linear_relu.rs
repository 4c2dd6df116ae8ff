//! A layer's affine map, its rectifier, and the dropout behind it.

use super::dropout::Dropout;
use super::linear::Linear;
use crate::array::pieces::each_piece;
use crate::array::{Element, Pool, Tensor};
use crate::real::Rule;
use crate::rule::Relu;
use crate::tensor::{Op, Sink};
use chainrule_kernels::vector::Work;
use std::borrow::Cow;

/// `y = max(0, X W + b)`, and dropout of it if asked for: [`Linear`], [`Relu`] and [`Dropout`] as one operation.
///
/// The product is rectified and thinned out in its place, and only the result is kept: where it is above 0, the gradient flows on,
/// `ȳ / (1 - rate)`; where it is 0, the element was negative, or was dropped, and nothing flows. So neither what lay before nor the
/// mask is needed. From there on the gradients are those of [`Linear`].
///
/// Values and gradients are those of the three operations to the last bit, except that a NaN in `ȳ` spoils an element that was dropped,
/// as it spoils one that was negative.
#[derive(Clone, Copy, Debug)]
pub struct LinearRelu {
    dropout: Option<Dropout>,
}

/// The rectifier and the dropout, in place.
struct Rectify<'a, T> {
    dropout: Option<Dropout>,
    /// The place of the first element.
    start: usize,
    y: &'a mut [T],
}

impl<T: Element> Work for Rectify<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { dropout, start, y } = self;
        match dropout {
            None => {
                // as blocks that are written whole: element by element, only those that change would be, by masked writes, which some
                // machines do one by one
                let (blocks, rest) = y.as_chunks_mut::<16>();
                for block in blocks {
                    *block = block.map(|y| Relu.value(y));
                }
                for y in rest {
                    *y = Relu.value(*y);
                }
            }
            Some(dropout) => {
                let scale = T::literal(dropout.scale);
                for (place, y) in y.iter_mut().enumerate() {
                    *y = if dropout.keeps(start + place) { Relu.value(*y) * scale } else { T::zero() };
                }
            }
        }
    }
}

/// The gradient before the rectifier.
struct Back<'a, T> {
    scale: T,
    y: &'a [T],
    upstream: &'a [T],
    gradient: &'a mut [T],
}

impl<T: Element> Work for Back<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { scale, y, upstream, gradient } = self;
        for ((gradient, &y), &upstream) in gradient.iter_mut().zip(y).zip(upstream) {
            *gradient = Relu.slope(y, y).chain(upstream * scale);
        }
    }
}

/// The gradient before a rectifier, whose result was `y`.
pub(super) fn through_relu<T: Element>(y: &[T], upstream: &[T], gradient: &mut [T]) {
    T::loops(Back { scale: T::one(), y, upstream, gradient });
}

impl<T: Element> Op<T, 3> for LinearRelu {
    const NAME: &'static str = "linear_relu";

    #[track_caller]
    fn forward(&mut self, operands: [&Tensor<T>; 3], pool: &Pool<T>) -> Tensor<T> {
        let mut result = Linear.forward(operands, pool);
        let dropout = self.dropout;
        each_piece(result.as_mut_slice(), |range, y| T::loops(Rectify { dropout, start: range.start, y }));
        result
    }

    fn pullback(&self, operands: [&Tensor<T>; 3], value: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let scale = self.dropout.map_or(T::one(), |dropout| T::literal(dropout.scale));
        let (y, upstream) = (value.as_slice(), upstream.as_slice());
        let before = into.pool().filled(value.shape(), |gradient| {
            each_piece(gradient, |range, gradient| {
                let (y, upstream) = (&y[range.clone()], &upstream[range]);
                T::loops(Back { scale, y, upstream, gradient });
            });
        });
        Linear.pullback(operands, value, &before, into);
        into.pool().give(before);
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(if self.dropout.is_some() { "linear_relu_dropout" } else { "linear_relu" })
    }
}

methods! {
    /// `x.linear(w, b).relu()` as one operation: a layer with a rectifier.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    /// let y = x.linear_relu(Tensor::from([[1.0], [-1.0]]), Tensor::from([1.5]));
    /// assert_eq!(y.to_vec(), [0.5, 0.5]);
    /// ```
    ///
    /// # Panics
    /// As [`linear`](Self::linear).
    fn linear_relu(x, w, b) => LinearRelu { dropout: None };

    /// `x.linear(w, b).relu().dropout(rate, seed)` as one operation: a layer with a rectifier, in training.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    /// let (w, b) = (Tensor::from([[1.0], [-1.0]]), Tensor::from([1.5]));
    /// let y = x.linear_relu_dropout(&w, &b, 0.5, 7);
    /// assert_eq!(y, x.linear(w, b).relu().dropout(0.5, 7));
    /// ```
    ///
    /// # Panics
    /// As [`linear`](Self::linear) and [`dropout`](Self::dropout).
    fn linear_relu_dropout(x, w, b; rate: f64, seed: u64) => LinearRelu { dropout: Some(Dropout::new(rate, seed)) };
}

#[cfg(test)]
use super::checking::{Case, Checks};
#[cfg(test)]
use super::linear::{naive, random};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    for dropout in [None, Some(Dropout::new(0.3, 5))] {
        check.each(move |draw| {
            Some(Case::new(LinearRelu { dropout }, random(draw)?, move |operands| {
                let before = naive(operands);
                let after = before.iter().enumerate().map(|(place, y)| match dropout {
                    None => y.max(0.0),
                    Some(dropout) if dropout.keeps(place) => y.max(0.0) / 0.7,
                    Some(_) => 0.0,
                });
                Tensor::new(before.shape(), after.collect())
            }))
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    /// A value and the gradients by x, w and b.
    type Outcome = [Tensor<f32>; 4];

    fn outcome(
        [x, w, b]: &[Tensor<f32>; 3],
        f: impl for<'t> Fn([Var<'t, Tensor<f32>>; 3]) -> Var<'t, Tensor<f32>>,
    ) -> Outcome {
        let tape = Tape::new();
        let variables = [x, w, b].map(|operand| tape.var(operand.clone()));
        let y = f(variables);
        let seed = y.value().map(|y| 1.0 + y.cos());
        let [x, w, b] = y.backward_seeded(seed).of_all(variables);
        [y.value(), x, w, b]
    }

    #[test]
    fn one_operation_is_the_three_to_the_last_bit() {
        for (seed, [rows, inner, columns]) in [[3, 5, 7], [64, 100, 33], [1, 1, 1], [0, 3, 2], [128, 784, 10]].into_iter().enumerate() {
            let seed = seed as u64;
            let draw = |shape: &[usize], seed| Tensor::<f32>::uniform(shape, -1.0, 1.0, seed);
            let operands = [draw(&[rows, inner], seed), draw(&[inner, columns], seed + 10), draw(&[columns], seed + 20)];
            let plain = outcome(&operands, |[x, w, b]| x.linear(w, b).relu());
            assert_eq!(outcome(&operands, |[x, w, b]| x.linear_relu(w, b)), plain);
            let thinned = outcome(&operands, |[x, w, b]| x.linear(w, b).relu().dropout(0.4, 9));
            assert_eq!(outcome(&operands, |[x, w, b]| x.linear_relu_dropout(w, b, 0.4, 9)), thinned);
        }
    }

    #[test]
    fn nan_comes_through() {
        let y = Tensor::from([[f64::NAN]]).linear_relu(Tensor::from([[1.0]]), Tensor::from([0.0]));
        assert!(y.item().is_nan());
    }
}
