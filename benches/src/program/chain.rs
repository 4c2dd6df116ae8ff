//! Long chains of one kind of operation.

use super::Program;
use num_traits::Float;

/// `w = w x + y`, again and again: nothing but operations on two variables. The point is chosen such that neither the value
/// nor the gradient fades away.
#[derive(Clone, Debug)]
pub struct BinaryChain {
    length: usize,
    point: [f64; 3],
}

impl BinaryChain {
    /// A chain of `length` products and as many sums.
    pub fn new(length: usize) -> Self {
        Self { length, point: [0.5, 0.9999, 1e-4] }
    }
}

impl Program for BinaryChain {
    fn name(&self) -> String {
        format!("w x + y, {} times", self.length)
    }

    fn point(&self) -> &[f64] {
        &self.point
    }

    fn value<T: Float>(&self, x: &[T]) -> T {
        (0..self.length).fold(x[0], |w, _| w * x[1] + x[2])
    }
}

/// A function of one variable. Each has slope 1 where it meets the diagonal, so that a long chain does not fade away.
#[derive(Clone, Copy, Debug)]
pub enum UnaryFunction {
    /// `sin x`
    Sin,
    /// `exp(x - 1)`, which is two operations
    Exp,
    /// `tanh x`
    Tanh,
}

/// A function of one variable put through itself again and again.
#[derive(Clone, Debug)]
pub struct UnaryChain {
    function: UnaryFunction,
    length: usize,
    point: [f64; 1],
}

impl UnaryChain {
    /// `function` applied `length` times.
    pub fn new(function: UnaryFunction, length: usize) -> Self {
        Self { function, length, point: [0.5] }
    }

    fn repeat<T: Float>(&self, x: T, function: impl Fn(T) -> T) -> T {
        (0..self.length).fold(x, |x, _| function(x))
    }
}

impl Program for UnaryChain {
    fn name(&self) -> String {
        let function = match self.function {
            UnaryFunction::Sin => "sin(x)",
            UnaryFunction::Exp => "exp(x - 1)",
            UnaryFunction::Tanh => "tanh(x)",
        };
        format!("{function}, {} times", self.length)
    }

    fn point(&self) -> &[f64] {
        &self.point
    }

    fn value<T: Float>(&self, x: &[T]) -> T {
        match self.function {
            UnaryFunction::Sin => self.repeat(x[0], T::sin),
            UnaryFunction::Exp => self.repeat(x[0], |x| (x - T::one()).exp()),
            UnaryFunction::Tanh => self.repeat(x[0], T::tanh),
        }
    }
}
