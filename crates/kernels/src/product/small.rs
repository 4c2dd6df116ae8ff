//! Products that a library is too large for: with a vector on either side, or of tiny matrices.
//!
//! Without fused multiplications, so that they come out the same on every machine. They are bound by memory anyway.

use super::{Matrix, Number, Onto};
use crate::threads;
use crate::vector::{Work, vectorised};
use std::hint::black_box;

/// What stands where in a product, and so which loop serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Not worth more than three loops.
    Tiny,
    /// A matrix times a column.
    Column,
    /// A row times a matrix.
    Row,
    /// A column times a row.
    Outer,
    /// For a library.
    Large,
}

/// Multiplications of a tiny product, at most: a call of a library costs as much.
const TINY: usize = 64;

/// Numbers that are summed side by side.
const LANES: usize = 8;

/// Elements of a matrix that a thread takes at least: half of what pays.
const PART: usize = 1 << 16;

impl Kind {
    #[inline]
    pub(super) fn of<T>(a: &Matrix<'_, T>, b: &Matrix<'_, T>, row_step: usize) -> Self {
        let dense = |m: &Matrix<'_, T>| m.row_step == 1 || m.column_step == 1;
        match [a.rows, a.columns, b.columns] {
            [rows, depth, columns] if rows * depth * columns <= TINY && rows.max(depth).max(columns) <= TINY => {
                Self::Tiny
            }
            [_, 1, _] if b.column_step == 1 => Self::Outer,
            [_, _, 1] if dense(a) && b.row_step == 1 && (a.column_step == 1 || row_step == 1) => Self::Column,
            [1, _, _] if dense(b) && a.column_step == 1 => Self::Row,
            _ => Self::Large,
        }
    }
}

#[inline]
pub(super) fn tiny<T: Number>(a: Matrix<'_, T>, b: Matrix<'_, T>, result: &mut [T], row_step: usize, onto: Onto) {
    for i in 0..a.rows {
        for (j, place) in result[i * row_step..][..b.columns].iter_mut().enumerate() {
            let term =
                |k: usize| a.data[i * a.row_step + k * a.column_step] * b.data[k * b.row_step + j * b.column_step];
            let sum = (1..a.columns).fold(term(0), |sum, k| sum + term(k));
            put(place, sum, onto);
        }
    }
}

#[inline(always)]
fn put<T: Number>(place: &mut T, value: T, onto: Onto) {
    *place = if onto == Onto::Fresh { value } else { *place + value };
}

/// A product of any kind but `Tiny` and `Large`, shared by threads where that pays.
pub(super) fn with_vector<T: Number>(
    kind: Kind,
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
    result: &mut [T],
    row_step: usize,
    onto: Onto,
) {
    let [rows, columns] = [a.rows, b.columns];
    let result = &mut result[..(rows - 1) * row_step + columns];
    let elements = a.columns * rows * columns;
    match kind {
        Kind::Outer if rows > 1 => {
            let part = rows_of_part(rows, elements);
            threads::each_chunk(result, part * row_step, |index, result| {
                let begin = part * index;
                let a = a.some_rows(&(begin..rows.min(begin + part)));
                vectorised(Outer { a, b, result, row_step, onto });
            });
        }
        // a row of one element times a matrix of one row
        Kind::Outer => vectorised(Outer { a, b, result, row_step, onto }),
        Kind::Column => {
            let part = rows_of_part(rows, elements);
            // a single row may have no step
            threads::each_chunk(result, part * row_step.max(1), |index, result| {
                let begin = part * index;
                let matrix = a.some_rows(&(begin..rows.min(begin + part)));
                vectorised(Apply { matrix, vector: &b.data[..b.rows], result, step: row_step, onto });
            });
        }
        _ => {
            let part = rows_of_part(columns, elements);
            threads::each_chunk(result, part, |index, result| {
                let begin = part * index;
                let matrix = b.some_columns(&(begin..columns.min(begin + part))).transposed();
                vectorised(Apply { matrix, vector: &a.data[..a.columns], result, step: 1, onto });
            });
        }
    }
}

/// How many of `length` rows, which have so many elements in all, a part has; a multiple of what is computed side by side.
fn rows_of_part(length: usize, elements: usize) -> usize {
    let parts = (elements / PART).clamp(1, 64) / 2 * 2;
    if parts < 2 || length < 64 { length } else { length.div_ceil(parts).next_multiple_of(32) }
}

struct Outer<'a, T> {
    a: Matrix<'a, T>,
    b: Matrix<'a, T>,
    result: &'a mut [T],
    row_step: usize,
    onto: Onto,
}

impl<T: Number> Work for Outer<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Self { a, b, result, row_step, onto } = self;
        let row = &b.data[..b.columns];
        for i in 0..a.rows {
            let factor = a.data[i * a.row_step];
            let places = &mut result[i * row_step..][..row.len()];
            match onto {
                Onto::Fresh => places.iter_mut().zip(row).for_each(|(place, &x)| *place = factor * x),
                Onto::Sum => places.iter_mut().zip(row).for_each(|(place, &x)| *place += factor * x),
            }
        }
    }
}

/// A matrix, of which rows or columns are dense, times a dense vector. The result has a step.
struct Apply<'a, T> {
    matrix: Matrix<'a, T>,
    vector: &'a [T],
    result: &'a mut [T],
    step: usize,
    onto: Onto,
}

impl<T: Number> Work for Apply<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Self { matrix, vector, result, step, onto } = self;
        if matrix.column_step == 1 {
            let together = matrix.rows / 4 * 4;
            for i in (0..together).step_by(4) {
                let sums = inner_products::<T, 4>(&matrix, i, vector);
                for row in 0..4 {
                    put(&mut result[(i + row) * step], sums[row], onto);
                }
            }
            for i in together..matrix.rows {
                let [sum] = inner_products::<T, 1>(&matrix, i, vector);
                put(&mut result[i * step], sum, onto);
            }
        } else {
            if onto == Onto::Fresh {
                result.fill(T::default());
            }
            sum_of_columns(&matrix, vector, result);
        }
    }
}

/// Of `ROWS` rows from `first` on with the vector. The order of the sum does not depend on `ROWS`.
///
/// Plain loops throughout: a closure would not be inlined, and compiled for the baseline.
#[inline(always)]
fn inner_products<T: Number, const ROWS: usize>(matrix: &Matrix<'_, T>, first: usize, vector: &[T]) -> [T; ROWS] {
    let (blocks, rest) = vector.as_chunks::<LANES>();
    let mut rows: [&[[T; LANES]]; ROWS] = [&[]; ROWS];
    let mut ends: [&[T]; ROWS] = [&[]; ROWS];
    for row in 0..ROWS {
        let elements = &matrix.data[(first + row) * matrix.row_step..][..vector.len()];
        let (whole, end) = elements.as_chunks::<LANES>();
        (rows[row], ends[row]) = (&whole[..blocks.len()], &end[..rest.len()]);
    }
    let mut sums = [[T::default(); LANES]; ROWS];
    for (block, x) in blocks.iter().enumerate() {
        for row in 0..ROWS {
            let elements = &rows[row][block];
            for lane in 0..LANES {
                sums[row][lane] += elements[lane] * x[lane];
            }
        }
    }
    // how the lanes are added up at the end must not change how they lie in the loop: it would take three times as long
    let sums = black_box(sums);
    let mut results = [T::default(); ROWS];
    for row in 0..ROWS {
        let [a, b, c, d, e, f, g, h] = sums[row];
        results[row] = ((a + e) + (c + g)) + ((b + f) + (d + h));
        for k in 0..rest.len() {
            results[row] += ends[row][k] * rest[k];
        }
    }
    results
}

/// Adds the columns, each times its element of the vector, four at a time.
#[inline(always)]
fn sum_of_columns<T: Number>(matrix: &Matrix<'_, T>, vector: &[T], result: &mut [T]) {
    let result = &mut result[..matrix.rows];
    let together = vector.len() / 4 * 4;
    for k in (0..together).step_by(4) {
        let [x, y, z, w] = [vector[k], vector[k + 1], vector[k + 2], vector[k + 3]];
        let a = &matrix.data[k * matrix.column_step..][..result.len()];
        let b = &matrix.data[(k + 1) * matrix.column_step..][..result.len()];
        let c = &matrix.data[(k + 2) * matrix.column_step..][..result.len()];
        let d = &matrix.data[(k + 3) * matrix.column_step..][..result.len()];
        for i in 0..result.len() {
            result[i] += (a[i] * x + b[i] * y) + (c[i] * z + d[i] * w);
        }
    }
    for (k, &factor) in vector.iter().enumerate().skip(together) {
        let column = &matrix.data[k * matrix.column_step..][..result.len()];
        for i in 0..result.len() {
            result[i] += column[i] * factor;
        }
    }
}
