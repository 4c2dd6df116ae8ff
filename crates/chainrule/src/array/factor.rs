//! Square matrices in factors, from which equations, inverses and determinants are computed: those of floats by `nalgebra`, those
//! of dual numbers by plain loops, so that the derivatives come along in every order.

use super::Element;
use super::substitution::Triangular;

/// A square matrix `A` in factors: column `order[k]` of `A` is column `k` of `L U`, where `L` is lower triangular and `U` upper
/// triangular with ones as its diagonal.
///
/// This is the decomposition with partial pivoting of the transposed matrix, so that a library that stores columns reads our rows as
/// they are.
#[derive(Debug)]
pub(crate) struct Factors<T> {
    /// Both factors, row-major.
    packed: Vec<T>,
    order: Vec<usize>,
    /// Whether the order is an odd permutation.
    odd: bool,
    /// What solutions and the logarithm of the determinant are, where a pivot is 0 and the matrix singular.
    singular: Option<Singular<T>>,
}

impl<T: Element> Factors<T> {
    /// The factors of a row-major matrix.
    pub(crate) fn new(matrix: &[T], size: usize) -> Self {
        let mut packed = matrix.to_vec();
        let mut order: Vec<usize> = (0..size).collect();
        let odd = T::factor(&mut packed, &mut order);
        let singular = (0..size).any(|i| packed[i * size + i] == T::zero());
        Self { packed, order, odd, singular: singular.then(|| Singular::new(matrix)) }
    }

    fn size(&self) -> usize {
        self.order.len()
    }

    fn lower(&self) -> Triangular<'_, T> {
        Triangular::lower(&self.packed, self.size())
    }

    fn upper(&self) -> Triangular<'_, T> {
        Triangular::unit_upper(&self.packed, self.size())
    }

    /// Overwrites the rows of `x` with `A⁻¹ x`; with NaN where there is no inverse.
    pub(crate) fn solve(&self, x: &mut [T], columns: usize) {
        if let Some(Singular { nan, .. }) = self.singular {
            return x.iter_mut().for_each(|x| *x *= nan);
        }
        self.lower().solve(x, columns);
        self.upper().solve(x, columns);
        let solved = x.to_vec();
        for (k, &row) in self.order.iter().enumerate() {
            x[row * columns..][..columns].copy_from_slice(&solved[k * columns..][..columns]);
        }
    }

    /// Overwrites the rows of `x` with `A⁻ᵀ x`; with NaN where there is no inverse.
    pub(crate) fn solve_transposed(&self, x: &mut [T], columns: usize) {
        if let Some(Singular { nan, .. }) = self.singular {
            return x.iter_mut().for_each(|x| *x *= nan);
        }
        let given = x.to_vec();
        for (k, &row) in self.order.iter().enumerate() {
            x[k * columns..][..columns].copy_from_slice(&given[row * columns..][..columns]);
        }
        self.upper().transposed().solve(x, columns);
        self.lower().transposed().solve(x, columns);
    }

    /// ln |det A|; -infinity of a singular matrix.
    pub(crate) fn log_determinant(&self) -> T {
        if let Some(Singular { logarithm, .. }) = self.singular {
            return logarithm;
        }
        self.pivots().fold(T::zero(), |sum, pivot| sum + pivot.abs().ln())
    }

    /// The sign of the determinant: 1, -1, or 0 of a singular matrix; NaN where a pivot is.
    pub(crate) fn sign(&self) -> T {
        let first = if self.odd { -T::one() } else { T::one() };
        self.pivots().fold(first, |sign, pivot| sign * pivot.apply(crate::rule::Sign))
    }

    fn pivots(&self) -> impl Iterator<Item = T> {
        (0..self.size()).map(|i| self.packed[i * self.size() + i])
    }
}

/// What is said of a singular matrix. Numbers that carry derivatives carry such as are no numbers, and not 0, as constants would.
#[derive(Clone, Copy, Debug)]
struct Singular<T> {
    /// See [`not_a_number`].
    nan: T,
    /// -infinity, with a derivative that is infinite or NaN by whatever an element varies with.
    logarithm: T,
}

impl<T: Element> Singular<T> {
    fn new(matrix: &[T]) -> Self {
        let change = |x: T| x - T::literal(x.to_f64().unwrap_or(f64::NAN));
        let logarithm = matrix.iter().fold(T::neg_infinity(), |sum, &x| sum + change(x).ln());
        Self { nan: not_a_number(matrix), logarithm }
    }
}

/// The identity, row-major.
pub(crate) fn identity<T: Element>(matrix: &mut [T], size: usize) {
    matrix.fill(T::zero());
    (0..size).for_each(|i| matrix[i * size + i] = T::one());
}

/// NaN, and a NaN as the derivative by whatever one of these elements varies with.
pub(crate) fn not_a_number<T: Element>(elements: &[T]) -> T {
    elements.iter().fold(T::zero(), |sum, &x| sum + x * T::nan())
}

/// The factors of a matrix of any numbers, in place: row by row, with the greatest element of the row as the pivot. Says whether an
/// odd number of columns was exchanged.
pub(super) fn eliminate<T: Element>(matrix: &mut [T], order: &mut [usize]) -> bool {
    let size = order.len();
    let mut odd = false;
    for k in 0..size {
        let row = &matrix[k * size..][..size];
        let pivot = (k..size).fold(k, |best, j| if row[j].abs() > row[best].abs() { j } else { best });
        if pivot != k {
            matrix.chunks_exact_mut(size).for_each(|row| row.swap(k, pivot));
            order.swap(k, pivot);
            odd = !odd;
        }
        let (done, below) = matrix.split_at_mut((k + 1) * size);
        let row = &mut done[k * size..];
        let diagonal = row[k];
        if diagonal == T::zero() {
            // nothing is left in this row, and the matrix is singular
            continue;
        }
        row[k + 1..].iter_mut().for_each(|x| *x /= diagonal);
        for other in below.chunks_exact_mut(size) {
            let factor = other[k];
            other[k + 1..].iter_mut().zip(&row[k + 1..]).for_each(|(x, &y)| *x -= factor * y);
        }
    }
    odd
}

/// The Cholesky factor of a matrix of any numbers, in place: see [`Element::cholesky`].
pub(super) fn cholesky<T: Element>(matrix: &mut [T], size: usize) -> bool {
    for i in 0..size {
        let (above, row) = matrix.split_at_mut(i * size);
        for j in 0..i {
            let other = &above[j * size..][..size];
            let sum = row[..j].iter().zip(other).fold(row[j], |sum, (&x, &y)| sum - x * y);
            row[j] = sum / other[j];
        }
        let square = row[..i].iter().fold(row[i], |sum, &x| sum - x * x);
        if square.is_nan() || square <= T::zero() {
            return false;
        }
        row[i] = square.sqrt();
    }
    true
}

/// The same for floats, by the library. Its matrices lie column by column: it sees ours transposed.
pub(super) mod library {
    use nalgebra::linalg::{Cholesky, LU};
    use nalgebra::{DMatrix, DVector, RealField};

    pub(crate) fn factor<F: RealField + Copy>(matrix: &mut [F], order: &mut [usize]) -> bool {
        let size = order.len();
        let (permutation, lower, upper) = LU::new(DMatrix::from_column_slice(size, size, matrix)).unpack();
        for (at, element) in matrix.iter_mut().enumerate() {
            let (row, column) = (at % size, at / size);
            *element = if row > column { lower[(row, column)] } else { upper[(row, column)] };
        }
        let mut places = DVector::from_column_slice(order);
        permutation.permute_rows(&mut places);
        order.copy_from_slice(places.as_slice());
        permutation.determinant::<F>() < F::zero()
    }

    pub(crate) fn cholesky<F: RealField + Copy>(matrix: &mut [F], size: usize) -> bool {
        let Some(factors) = Cholesky::new(DMatrix::from_column_slice(size, size, matrix)) else { return false };
        let lower = factors.unpack_dirty();
        for row in 0..size {
            for column in 0..=row {
                matrix[row * size + column] = lower[(row, column)];
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::{cholesky, eliminate, library};

    fn matrix(size: usize, symmetric: bool) -> Vec<f64> {
        let wave = |i: usize, j: usize| ((i * 7 + j * 13 + i * j * 5) as f64 * 0.37).sin();
        let element = |i, j| if symmetric { wave(i, j) + wave(j, i) } else { wave(i, j) };
        let diagonal = |i, j| if symmetric && i == j { 2.0 * size as f64 } else { 0.0 };
        (0..size * size).map(|at| element(at / size, at % size) + diagonal(at / size, at % size)).collect()
    }

    /// The loops for numbers of any kind are those of the library: the same pivots, and the same factors to rounding.
    #[test]
    fn loops_and_library_agree() {
        for size in [0, 1, 2, 5, 40] {
            let close = |x: &[f64], y: &[f64]| x.iter().zip(y).all(|(x, y)| (x - y).abs() < 1e-9 * x.abs().max(1.0));
            let (mut ours, mut theirs) = (matrix(size, false), matrix(size, false));
            let (mut order, mut their_order) = ((0..size).collect::<Vec<_>>(), (0..size).collect::<Vec<_>>());
            assert_eq!(eliminate(&mut ours, &mut order), library::factor(&mut theirs, &mut their_order));
            assert_eq!(order, their_order);
            assert!(close(&ours, &theirs), "{ours:?}, {theirs:?}");
            let (mut ours, mut theirs) = (matrix(size, true), matrix(size, true));
            assert!(cholesky(&mut ours, size) && library::cholesky(&mut theirs, size));
            assert!(close(&ours, &theirs), "{ours:?}, {theirs:?}");
        }
    }

    #[test]
    fn what_is_not_positive_definite() {
        for matrix in [[0.0], [-1.0], [f64::NAN]] {
            assert!(!cholesky(&mut matrix.clone(), 1) && !library::cholesky(&mut matrix.clone(), 1));
        }
        let indefinite = [1.0, 2.0, 2.0, 1.0];
        assert!(!cholesky(&mut indefinite.clone(), 2) && !library::cholesky(&mut indefinite.clone(), 2));
    }
}
