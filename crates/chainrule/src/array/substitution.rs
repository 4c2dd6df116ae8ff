//! Equations with triangular matrices.

use super::Element;
use chainrule_kernels::product::{Matrix, Onto};

/// A triangular matrix: a matrix of which one triangle is read.
#[derive(Clone, Copy)]
pub(crate) struct Triangular<'a, T> {
    matrix: Matrix<'a, T>,
    lower: bool,
    /// Whether the diagonal is taken for ones, whatever stands there.
    unit: bool,
}

/// Up to this size a matrix is worked off row by row; larger ones are halved, so that most of the work is products of matrices.
const BLOCK: usize = 32;

impl<'a, T: Element> Triangular<'a, T> {
    /// The lower triangle of a row-major matrix, its diagonal included.
    pub(crate) fn lower(data: &'a [T], size: usize) -> Self {
        Self { matrix: Matrix::rows(data, size, size), lower: true, unit: false }
    }

    /// The upper triangle of a row-major matrix, with ones as its diagonal.
    pub(crate) fn unit_upper(data: &'a [T], size: usize) -> Self {
        Self { matrix: Matrix::rows(data, size, size), lower: false, unit: true }
    }

    pub(crate) fn transposed(self) -> Self {
        Self { matrix: self.matrix.transposed(), lower: !self.lower, unit: self.unit }
    }

    /// Overwrites `x`, row-major with as many rows as this matrix, with the solution of `T y = x`.
    pub(crate) fn solve(self, x: &mut [T], columns: usize) {
        let size = self.matrix.rows;
        if size <= BLOCK {
            return self.solve_by_rows(x, columns);
        }
        let half = size / 2;
        let (upper_rows, lower_rows) = x.split_at_mut(half * columns);
        let (first, second) = (self.diagonal_block(0, half), self.diagonal_block(half, size - half));
        if self.lower {
            first.solve(upper_rows, columns);
            subtract_product(self.block([half, 0], [size - half, half]), upper_rows, lower_rows, columns);
            second.solve(lower_rows, columns);
        } else {
            second.solve(lower_rows, columns);
            subtract_product(self.block([0, half], [half, size - half]), lower_rows, upper_rows, columns);
            first.solve(upper_rows, columns);
        }
    }

    fn block(&self, [row, column]: [usize; 2], [rows, columns]: [usize; 2]) -> Matrix<'a, T> {
        let Matrix { data, row_step, column_step, .. } = self.matrix;
        Matrix { data: &data[row * row_step + column * column_step..], rows, columns, row_step, column_step }
    }

    fn diagonal_block(&self, start: usize, size: usize) -> Self {
        Self { matrix: self.block([start; 2], [size; 2]), ..*self }
    }

    fn at(&self, i: usize, j: usize) -> T {
        self.matrix.data[i * self.matrix.row_step + j * self.matrix.column_step]
    }

    fn solve_by_rows(self, x: &mut [T], columns: usize) {
        let size = self.matrix.rows;
        for turn in 0..size {
            let (i, known) = if self.lower { (turn, 0..turn) } else { (size - 1 - turn, size - turn..size) };
            let (before, rest) = x.split_at_mut(i * columns);
            let (row, after) = rest.split_at_mut(columns);
            for k in known {
                let other = if k < i { &before[k * columns..] } else { &after[(k - i - 1) * columns..] };
                let factor = self.at(i, k);
                T::loops(|| row.iter_mut().zip(other).for_each(|(x, &y)| *x -= factor * y));
            }
            if !self.unit {
                let diagonal = self.at(i, i);
                for x in row.iter_mut() {
                    *x /= diagonal;
                }
            }
        }
    }
}

/// `y -= A x`
fn subtract_product<T: Element>(a: Matrix<'_, T>, x: &[T], y: &mut [T], columns: usize) {
    let negative: Vec<T> = x.iter().map(|&x| -x).collect();
    T::product(a, Matrix::rows(&negative, a.columns, columns), y, columns, Onto::Sum);
}
