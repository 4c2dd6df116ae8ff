//! What is asked of a value, beyond standing on a tape, so that whole functions of it can be differentiated.

use super::lanes;
use crate::array::{Element, Shape, Tensor};
use crate::number::{Dual, DualVector, Taylor};
use crate::real::Real;
use crate::tape::{Tape, Value, Var};

/// A value that can move along a direction, and that is made of elements: every number, and every tensor of numbers.
pub trait Differentiable: Value {
    /// A value that moves along a direction: a dual number, a tensor of dual numbers.
    type Dual: Value;

    /// A value that moves along several directions at once.
    type Duals: Value;

    /// How many directions those are.
    const LANES: usize;

    /// The first `K` terms of a power series.
    type Series<const K: usize>: Value;

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

    /// This value, moving in each lane along the element that `elements` names for it.
    #[must_use]
    fn moving_in_lanes(&self, elements: impl Fn(usize) -> Option<usize>) -> Self::Duals;

    /// The value of one that moves in lanes.
    #[must_use]
    fn value_in_lanes(moving: &Self::Duals) -> Self;

    /// How it moves in one of them.
    #[must_use]
    fn tangent_in_lane(moving: &Self::Duals, lane: usize) -> Self;

    /// The series `value + direction t`.
    #[must_use]
    fn along<const K: usize>(&self, direction: &Self) -> Self::Series<K>;

    /// The coefficients of a series, that of t⁰ first.
    #[must_use]
    fn coefficients<const K: usize>(series: &Self::Series<K>) -> [Self; K];

    /// The derivative of each result by each of the variables, which are the first of their tape.
    #[track_caller]
    fn rows<'t>(
        tape: &'t Tape<Self>,
        results: &[Var<'t, Self>],
        variables: &[Var<'t, Self>],
        mode: Mode,
    ) -> Vec<Vec<Self>>;

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
    fn block_of_rows<'a>(&self, by: &Self, rows: impl Iterator<Item = &'a Self>) -> Self
    where
        Self: 'a;

    /// The same out of one piece for each element of `by`, in the shape of this value.
    #[must_use]
    fn block_of_columns<'a>(&self, by: &Self, columns: impl Iterator<Item = &'a Self>) -> Self
    where
        Self: 'a;
}

/// Which way a Jacobian of what stands on a tape is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A reverse sweep for each result; several share one.
    Reverse,
    /// The cheaper of this and forward sweeps, one for each variable.
    Chosen,
}

impl<T: Real> Differentiable for T {
    type Dual = Dual<T>;
    type Duals = DualVector<T, 4>;
    const LANES: usize = 4;
    type Series<const K: usize> = Taylor<T, K>;
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
    fn moving_in_lanes(&self, elements: impl Fn(usize) -> Option<usize>) -> Self::Duals {
        let tangent = |lane| if elements(lane).is_some() { T::one() } else { T::zero() };
        DualVector::new(*self, std::array::from_fn(tangent))
    }
    #[inline]
    fn value_in_lanes(moving: &Self::Duals) -> T {
        moving.value
    }
    #[inline]
    fn tangent_in_lane(moving: &Self::Duals, lane: usize) -> T {
        moving.epsilons[lane]
    }
    #[inline]
    fn along<const K: usize>(&self, direction: &T) -> Taylor<T, K> {
        Taylor::along(*self, *direction)
    }
    #[inline]
    fn coefficients<const K: usize>(series: &Taylor<T, K>) -> [T; K] {
        series.coefficients()
    }
    #[track_caller]
    fn rows<'t>(tape: &'t Tape<T>, results: &[Var<'t, T>], variables: &[Var<'t, T>], mode: Mode) -> Vec<Vec<T>> {
        if mode == Mode::Chosen && variables.len() < results.len() {
            lanes::forward(tape, results, variables)
        } else {
            lanes::reverse(tape, results, variables)
        }
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
    fn block_of_rows<'a>(&self, _: &T, mut rows: impl Iterator<Item = &'a T>) -> T
    where
        T: 'a,
    {
        *rows.next().expect("a number has one element")
    }
    #[inline]
    fn block_of_columns<'a>(&self, _: &T, mut columns: impl Iterator<Item = &'a T>) -> T
    where
        T: 'a,
    {
        *columns.next().expect("a number has one element")
    }
}

impl<T: Element> Differentiable for Tensor<T> {
    type Dual = Tensor<Dual<T>>;
    type Duals = Tensor<DualVector<T, 4>>;
    const LANES: usize = 4;
    type Series<const K: usize> = Tensor<Taylor<T, K>>;
    // a node of tensors is large already
    const NODES_PER_SWEEP: usize = 1;

    fn moving(&self, tangent: &Self) -> Tensor<Dual<T>> {
        together(self, tangent, Dual::new)
    }
    fn resting(&self) -> Tensor<Dual<T>> {
        each(self, |&value| Dual::constant(value))
    }
    fn value_of(moving: &Tensor<Dual<T>>) -> Self {
        each(moving, |dual| dual.value)
    }
    fn tangent_of(moving: &Tensor<Dual<T>>) -> Self {
        each(moving, |dual| dual.epsilon)
    }
    fn moving_in_lanes(&self, elements: impl Fn(usize) -> Option<usize>) -> Self::Duals {
        let mut moving = each(self, |&value| DualVector::constant(value));
        for lane in 0..Self::LANES {
            if let Some(element) = elements(lane) {
                moving.as_mut_slice()[element].epsilons[lane] = T::one();
            }
        }
        moving
    }
    fn value_in_lanes(moving: &Self::Duals) -> Self {
        each(moving, |duals| duals.value)
    }
    fn tangent_in_lane(moving: &Self::Duals, lane: usize) -> Self {
        each(moving, |duals| duals.epsilons[lane])
    }
    fn along<const K: usize>(&self, direction: &Self) -> Self::Series<K> {
        together(self, direction, Taylor::along)
    }
    fn coefficients<const K: usize>(series: &Self::Series<K>) -> [Self; K] {
        std::array::from_fn(|k| each(series, |series| series.coefficient(k)))
    }
    #[track_caller]
    fn rows<'t>(
        tape: &'t Tape<Self>,
        results: &[Var<'t, Self>],
        variables: &[Var<'t, Self>],
        _: Mode,
    ) -> Vec<Vec<Self>> {
        let mut rows = Vec::with_capacity(results.len());
        for &result in results {
            let value = result.value();
            let mut pieces = Vec::with_capacity(value.len());
            for element in 0..value.len() {
                pieces.push(tape.backward([(result, value.unit(element))]).of_slice(variables));
            }
            let by = |(at, x): (usize, &Var<'_, Self>)| {
                value.block_of_rows(&x.value(), pieces.iter().map(|piece: &Vec<Self>| &piece[at]))
            };
            rows.push(variables.iter().enumerate().map(by).collect());
        }
        rows
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
    fn block_of_rows<'a>(&self, by: &Self, rows: impl Iterator<Item = &'a Self>) -> Self {
        let mut elements = Vec::with_capacity(self.len() * by.len());
        for row in rows {
            elements.extend_from_slice(row.as_slice());
        }
        Self::new(axes(self, by), elements)
    }
    fn block_of_columns<'a>(&self, by: &Self, columns: impl Iterator<Item = &'a Self>) -> Self {
        let mut elements = vec![T::zero(); self.len() * by.len()];
        for (at, column) in columns.enumerate() {
            for (row, &slope) in column.as_slice().iter().enumerate() {
                elements[row * by.len() + at] = slope;
            }
        }
        Self::new(axes(self, by), elements)
    }
}

/// A tensor of what `make` makes of each element.
fn each<T, U>(tensor: &Tensor<T>, make: impl Fn(&T) -> U) -> Tensor<U> {
    Tensor::new(tensor.shape(), tensor.as_slice().iter().map(make).collect())
}

/// A tensor of what `make` makes of each element and of that of another tensor of the same shape.
fn together<T: Copy, U>(first: &Tensor<T>, second: &Tensor<T>, make: impl Fn(T, T) -> U) -> Tensor<U> {
    let both = first.as_slice().iter().zip(second.as_slice());
    Tensor::new(first.shape(), both.map(|(&first, &second)| make(first, second)).collect())
}

/// The axes of two tensors, one after the other.
fn axes<T>(first: &Tensor<T>, second: &Tensor<T>) -> Shape {
    first.shape().iter().chain(second.shape().iter()).copied().collect()
}
