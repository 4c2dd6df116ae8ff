//! Elements shifted along an axis, where those that leave at one end come back at the other.

use crate::array::shape::{Shape, signed};
use crate::array::strided::put;
use crate::array::{Element, Pool, Tensor};
use crate::real::Real;
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;
use std::borrow::Cow;

/// `y[(i + shift) mod n] = x[i]` along an axis of size `n`; `x̄` is `ȳ`, rolled back.
#[derive(Clone, Copy, Debug)]
pub struct Roll {
    shift: isize,
    axis: isize,
}

/// Rows whose elements are exchanged: the last `cut` of each come to its front.
#[derive(Clone, Copy)]
struct Rows {
    length: usize,
    cut: usize,
}

impl Roll {
    #[track_caller]
    fn rows(self, x: &Shape) -> Rows {
        let axis = x.axis_of("roll", self.axis);
        let inner: usize = x[axis + 1..].iter().product();
        // an axis of size 0 has nothing to roll
        let places = self.shift.rem_euclid(signed(x[axis].max(1)));
        Rows { length: x[axis] * inner, cut: places.unsigned_abs() * inner }
    }
}

impl Rows {
    fn back(self) -> Self {
        Self { cut: self.length - self.cut, ..self }
    }

    fn rotate<T: Real>(self, source: &[T], result: &mut [T], onto: Onto) {
        let Self { length, cut } = self;
        let rows = source.chunks_exact(length.max(1)).zip(result.chunks_exact_mut(length.max(1)));
        for (source, result) in rows {
            let (head, tail) = source.split_at(length - cut);
            let (front, back) = result.split_at_mut(cut);
            put(tail, front, onto);
            put(head, back, onto);
        }
    }
}

impl<T: Element> Op<T, 1> for Roll {
    const NAME: &'static str = "roll";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let rows = self.rows(x.shape());
        pool.filled(x.shape(), |y| rows.rotate(x.as_slice(), y, Onto::Fresh))
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let rows = self.rows(x.shape()).back();
        into.accumulate(0, |sum, onto| rows.rotate(upstream.as_slice(), sum, onto));
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(format!("roll({}, {})", self.shift, self.axis))
    }
}

methods! {
    /// The elements shifted by `shift` places along an axis; those that leave at one end come back at the other.
    ///
    /// Its gradient is the upstream gradient, shifted back.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::from([1.0, 2.0, 3.0, 4.0]);
    /// assert_eq!(x.roll(1, 0).to_vec(), [4.0, 1.0, 2.0, 3.0]);
    /// ```
    ///
    /// # Panics
    /// When the axis does not exist.
    fn roll(x; shift: isize, axis: isize) => Roll { shift, axis };
}

#[cfg(test)]
use super::checking::{Case, Checks, broadcast_at, from_index};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let shape = draw.shape();
        let axis = draw.axis(&shape)?;
        let along = shape.axis(axis).unwrap();
        let shift = signed(draw.below(17)) - 8;
        let x = draw.tensor(&shape);
        Some(Case::new(Roll { shift, axis }, [x], move |[x]| {
            from_index(x.shape(), |index| {
                let mut index = index.to_vec();
                let size = signed(x.shape()[along]);
                index[along] = (signed(index[along]) - shift).rem_euclid(size).unsigned_abs();
                broadcast_at(x, &index)
            })
        }))
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    /// `numpy.roll([1, 2, 3], -1)`, `numpy.roll([1, 2, 3], 7)`, `numpy.roll(zeros((2, 0)), 3, 1)`.
    #[test]
    fn any_shift() {
        let x = Tensor::from([1.0, 2.0, 3.0]);
        assert_eq!(x.roll(-1, 0).to_vec(), [2.0, 3.0, 1.0]);
        assert_eq!(x.roll(7, 0).to_vec(), [3.0, 1.0, 2.0]);
        assert_eq!(x.roll(isize::MIN, 0).roll(isize::MAX, 0).roll(1, 0), x);
        assert_eq!(Tensor::<f64>::zeros([2, 0]).roll(3, 1).shape(), [2, 0]);
    }

    #[test]
    #[should_panic(expected = "roll: there is no axis 1 in shape [3]")]
    fn an_axis_that_is_not_there() {
        let _ = Tensor::from([1.0, 2.0, 3.0]).roll(1, 1);
    }
}
