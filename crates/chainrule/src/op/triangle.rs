//! The upper and the lower triangle of matrices.

use crate::array::shape::{Shape, signed};
use crate::array::strided::put;
use crate::array::{Element, Pool, Tensor};
use crate::real::Real;
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;
use std::borrow::Cow;
use std::ops::Range;

/// `y[i, j] = x[i, j]` where `j - i >= offset` (the upper triangle), or `j - i <= offset` (the lower one), else 0; `x̄` is the
/// same triangle of `ȳ`. What lies outside contributes exactly 0, also where it is NaN or infinite.
#[derive(Clone, Copy, Debug)]
pub struct Triangle {
    upper: bool,
    offset: isize,
}

impl Triangle {
    const fn label(self) -> &'static str {
        if self.upper { "triu" } else { "tril" }
    }

    /// Which columns of a row belong to the triangle.
    fn columns(self, row: usize, columns: usize) -> Range<usize> {
        let diagonal = signed(row).saturating_add(self.offset);
        let before = |column: isize| usize::try_from(column).map_or(0, |column| column.min(columns));
        if self.upper { before(diagonal)..columns } else { 0..before(diagonal.saturating_add(1)) }
    }

    fn select<T: Real>(self, shape: &Shape, source: &[T], result: &mut [T], onto: Onto, rest: T) {
        let (rows, columns) = (shape[shape.len() - 2], shape[shape.len() - 1]);
        let each = source.chunks_exact(columns.max(1)).zip(result.chunks_exact_mut(columns.max(1)));
        for (row, (source, result)) in each.enumerate() {
            let kept = self.columns(row % rows, columns);
            if onto == Onto::Fresh {
                result[..kept.start].fill(rest);
                result[kept.end..].fill(rest);
            }
            put(&source[kept.clone()], &mut result[kept], onto);
        }
    }
}

impl<T: Element> Op<T, 1> for Triangle {
    const NAME: &'static str = "triangle";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        assert!(
            x.rank() >= 2,
            "{}: shape {} has fewer than two axes, and a triangle is that of a matrix; `reshape` makes one",
            self.label(),
            x.shape()
        );
        pool.filled(x.shape(), |y| self.select(x.shape(), x.as_slice(), y, Onto::Fresh, T::zero()))
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let nothing = into.nothing();
        into.accumulate(0, |sum, onto| self.select(x.shape(), upstream.as_slice(), sum, onto, nothing));
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(format!("{}({})", self.label(), self.offset))
    }
}

methods! {
    /// The upper triangle of a matrix, or of each matrix of a batch (the last two axes): the elements on diagonal `offset`
    /// and above it; 0 below.
    ///
    /// Its gradient is the same triangle of the upstream gradient.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.triu(0), Tensor::from([[1.0, 2.0], [0.0, 4.0]]));
    /// assert_eq!(x.tril(-1), Tensor::from([[0.0, 0.0], [3.0, 0.0]]));
    /// ```
    ///
    /// # Panics
    /// When there are fewer than two axes.
    fn triu(x; offset: isize) => Triangle { upper: true, offset };

    /// The lower triangle of a matrix, or of each matrix of a batch (the last two axes): the elements on diagonal `offset`
    /// and below it; 0 above.
    ///
    /// Its gradient is the same triangle of the upstream gradient.
    ///
    /// # Panics
    /// When there are fewer than two axes.
    fn tril(x; offset: isize) => Triangle { upper: false, offset };
}

#[cfg(test)]
use super::checking::{Case, Checks, broadcast_at, from_index};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let shape = draw.shape();
        if shape.len() < 2 {
            return None;
        }
        let op = Triangle { upper: draw.flag(), offset: signed(draw.below(9)) - 4 };
        let x = draw.tensor(&shape);
        Some(Case::new(op, [x], move |[x]| {
            from_index(x.shape(), |index| {
                let above = signed(index[index.len() - 1]) - signed(index[index.len() - 2]);
                let kept = if op.upper { above >= op.offset } else { above <= op.offset };
                if kept { broadcast_at(x, index) } else { 0.0 }
            })
        }))
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn what_lies_outside_contributes_nothing() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::from([[4.0, f64::NAN], [f64::INFINITY, 9.0]]));
        let y = x.sqrt().triu(0).tril(0);
        assert_eq!(y.value(), Tensor::from([[2.0, 0.0], [0.0, 3.0]]));
        // 0 as the upstream gradient of a slope that is NaN or infinite
        assert_eq!(x.triu(0).tril(0).sum().backward().of(x), Tensor::eye(2));
    }

    /// `numpy.triu(x, 5)`, `numpy.tril(x, -5)`: nothing is left; the other way, all.
    #[test]
    fn offsets_far_outside() {
        let x = Tensor::<f64>::ones([2, 3]);
        for far in [5, isize::MAX] {
            assert_eq!(x.triu(far), Tensor::zeros([2, 3]));
            assert_eq!(x.tril(far), x);
            assert_eq!(x.tril(-far), Tensor::zeros([2, 3]));
            assert_eq!(x.triu(-far), x);
        }
    }

    #[test]
    #[should_panic(expected = "tril: shape [3] has fewer than two axes")]
    fn a_vector_has_no_triangle() {
        let _ = Tensor::<f64>::zeros([3]).tril(0);
    }
}
