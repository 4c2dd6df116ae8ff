//! What is asked of a value, beyond standing on a tape, so that whole functions of it can be differentiated.

use crate::array::{Element, Shape, Tensor};
use crate::number::Dual;
use crate::real::Real;
use crate::tape::Value;

/// A value that can move along a direction, and that is made of elements: every number, and every tensor of numbers.
pub trait Differentiable: Value {
    /// A value that moves along a direction: a dual number, a tensor of dual numbers.
    type Dual: Value;

    /// How many nodes a tape may hold before it is worth to sweep it, where the order is free: what fits a cache.
    const NODES_PER_SWEEP: usize;

    /// This value, moving along `tangent`.
    #[must_use]
    fn moving(&self, tangent: &Self) -> Self::Dual;

    /// This value, which does not move.
    #[must_use]
    fn resting(&self) -> Self::Dual;

    /// The value of a moving one.
    #[must_use]
    fn value_of(moving: &Self::Dual) -> Self;

    /// How a moving value moves.
    #[must_use]
    fn tangent_of(moving: &Self::Dual) -> Self;

    /// Whether `tangent` may be added to this value.
    ///
    /// # Errors
    /// Says why it may not.
    fn check_tangent(&self, tangent: &Self) -> Result<(), String>;

    /// A single number.
    #[must_use]
    fn single(number: f64) -> Self;

    /// Adds `other`, which has the same shape.
    fn accumulate(&mut self, other: &Self);

    /// How many numbers this value is made of.
    fn elements(&self) -> usize;

    /// The direction along one of its elements: 1 there, and 0 at the others.
    #[must_use]
    fn unit(&self, element: usize) -> Self;

    /// The derivative of this value by one of the shape of `by`, out of one piece for each element of this value, in the shape of
    /// `by`. By tensors it has the axes of the two, one after the other; of numbers there is one piece, and that is it.
    #[must_use]
    fn from_rows(&self, by: &Self, rows: impl Iterator<Item = Self>) -> Self;

    /// The same out of one piece for each element of `by`, in the shape of this value.
    #[must_use]
    fn from_columns(&self, by: &Self, columns: impl Iterator<Item = Self>) -> Self;
}

impl<T: Real> Differentiable for T {
    type Dual = Dual<T>;
    const NODES_PER_SWEEP: usize = 1 << 15;

    #[inline]
    fn moving(&self, tangent: &T) -> Dual<T> {
        Dual::new(*self, *tangent)
    }
    #[inline]
    fn resting(&self) -> Dual<T> {
        Dual::constant(*self)
    }
    #[inline]
    fn value_of(moving: &Dual<T>) -> T {
        moving.value
    }
    #[inline]
    fn tangent_of(moving: &Dual<T>) -> T {
        moving.epsilon
    }
    #[inline]
    fn check_tangent(&self, _: &T) -> Result<(), String> {
        Ok(())
    }
    #[inline]
    fn single(number: f64) -> T {
        T::literal(number)
    }
    #[inline]
    fn accumulate(&mut self, other: &T) {
        *self += *other;
    }
    #[inline]
    fn elements(&self) -> usize {
        1
    }
    #[inline]
    fn unit(&self, _: usize) -> T {
        T::one()
    }
    #[inline]
    fn from_rows(&self, _: &T, mut rows: impl Iterator<Item = T>) -> T {
        rows.next().expect("a number has one element")
    }
    #[inline]
    fn from_columns(&self, _: &T, mut columns: impl Iterator<Item = T>) -> T {
        columns.next().expect("a number has one element")
    }
}

impl<T: Element> Differentiable for Tensor<T> {
    type Dual = Tensor<Dual<T>>;
    // a node of tensors is large already
    const NODES_PER_SWEEP: usize = 1;

    fn moving(&self, tangent: &Self) -> Tensor<Dual<T>> {
        let both = self.as_slice().iter().zip(tangent.as_slice());
        Tensor::new(self.shape(), both.map(|(&value, &tangent)| Dual::new(value, tangent)).collect())
    }
    fn resting(&self) -> Tensor<Dual<T>> {
        Tensor::new(self.shape(), self.as_slice().iter().map(|&value| Dual::constant(value)).collect())
    }
    fn value_of(moving: &Tensor<Dual<T>>) -> Self {
        Self::new(moving.shape(), moving.as_slice().iter().map(|dual| dual.value).collect())
    }
    fn tangent_of(moving: &Tensor<Dual<T>>) -> Self {
        Self::new(moving.shape(), moving.as_slice().iter().map(|dual| dual.epsilon).collect())
    }
    fn check_tangent(&self, tangent: &Self) -> Result<(), String> {
        if self.shape() == tangent.shape() {
            return Ok(());
        }
        Err(format!("a value of shape {} cannot move along a direction of shape {}", self.shape(), tangent.shape()))
    }
    fn single(number: f64) -> Self {
        Self::scalar(T::literal(number))
    }
    fn accumulate(&mut self, other: &Self) {
        self.as_mut_slice().iter_mut().zip(other.as_slice()).for_each(|(sum, &x)| *sum += x);
    }
    fn elements(&self) -> usize {
        self.len()
    }
    fn unit(&self, element: usize) -> Self {
        let mut unit = Value::zero(self);
        unit.as_mut_slice()[element] = T::one();
        unit
    }
    fn from_rows(&self, by: &Self, rows: impl Iterator<Item = Self>) -> Self {
        let mut elements = Vec::with_capacity(self.len() * by.len());
        for row in rows {
            elements.extend_from_slice(row.as_slice());
        }
        Self::new(axes(self, by), elements)
    }
    fn from_columns(&self, by: &Self, columns: impl Iterator<Item = Self>) -> Self {
        let mut elements = vec![T::zero(); self.len() * by.len()];
        for (at, column) in columns.enumerate() {
            for (row, &slope) in column.as_slice().iter().enumerate() {
                elements[row * by.len() + at] = slope;
            }
        }
        Self::new(axes(self, by), elements)
    }
}

/// The axes of two tensors, one after the other.
fn axes<T>(first: &Tensor<T>, second: &Tensor<T>) -> Shape {
    first.shape().iter().chain(second.shape().iter()).copied().collect()
}
