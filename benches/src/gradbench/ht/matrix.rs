//! Small matrices, column by column.

use num_traits::Float;
use std::ops::Mul;

/// A number that a plain number can multiply, which then is a constant.
pub(super) trait Factor: Float + Mul<f64, Output = Self> {
    /// The number `value`, which does not vary.
    fn constant(value: f64) -> Self {
        Self::from(value).expect("every kind of number here holds an f64")
    }
}
impl<T: Float + Mul<f64, Output = T>> Factor for T {}

#[derive(Clone, Debug)]
pub(super) struct Matrix<T> {
    rows: usize,
    elements: Vec<T>,
}

impl<T: Copy> Matrix<T> {
    /// A matrix of `rows` rows, from its elements column by column.
    pub(super) fn new(rows: usize, elements: Vec<T>) -> Self {
        Self { rows, elements }
    }

    pub(super) fn column(&self, at: usize) -> &[T] {
        &self.elements[at * self.rows..][..self.rows]
    }

    pub(super) fn columns(&self) -> usize {
        self.elements.len() / self.rows
    }

    pub(super) fn columns_mut(&mut self) -> impl Iterator<Item = &mut [T]> {
        self.elements.chunks_mut(self.rows)
    }

    /// The product with `right`, whose elements may be of a simpler kind.
    pub(super) fn times<U: Copy>(&self, right: &Matrix<U>) -> Self
    where
        T: Float + Mul<U, Output = T>,
    {
        let mut elements = Vec::with_capacity(self.rows * right.columns());
        for factors in right.elements.chunks(right.rows) {
            let mut columns = self.elements.chunks(self.rows).zip(factors);
            let start = elements.len();
            elements.extend(
                columns.next().into_iter().flat_map(|(column, &factor)| column.iter().map(move |&x| x * factor)),
            );
            for (column, &factor) in columns {
                for (sum, &x) in elements[start..].iter_mut().zip(column) {
                    *sum = *sum + x * factor;
                }
            }
        }
        Self { rows: self.rows, elements }
    }
}
