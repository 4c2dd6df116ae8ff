//! Determinants and cofactors by elimination with complete pivoting: exact for singular matrices too, in every order of derivative.

use crate::array::Element;
use crate::array::factor::identity;
use crate::array::substitution::Triangular;
use chainrule_kernels::product::{Matrix, Onto};

/// A square matrix `A` after elimination: row `rows[i]` and column `columns[j]` of `A` are row `i` and column `j` of `L D U`.
///
/// `D` is the identity but for a block `B` in its lower right corner: what was left when all pivots that remained had the value 0, or the
/// last pivot. `L` is lower triangular with ones as its diagonal, and the identity along `B`; `U` is upper triangular, and the identity
/// along `B`. So nothing is ever divided by the last pivot, nor by one whose value is 0.
pub(super) struct Eliminated<T> {
    /// `L` below the diagonal, `U` from the diagonal on, and `B`; row-major.
    packed: Vec<T>,
    rows: Vec<usize>,
    columns: Vec<usize>,
    odd: bool,
    /// How many pivots stand before `B`.
    rank: usize,
}

impl<T: Element> Eliminated<T> {
    pub(super) fn new(matrix: &[T], size: usize) -> Self {
        let order: Vec<usize> = (0..size).collect();
        let mut this = Self { packed: matrix.to_vec(), rows: order.clone(), columns: order, odd: false, rank: 0 };
        while this.rank + 1 < size && this.bring_pivot() {
            this.eliminate();
            this.rank += 1;
        }
        this
    }

    fn size(&self) -> usize {
        self.rows.len()
    }

    /// Brings the greatest element of what is left to the next place on the diagonal; false where all are 0.
    fn bring_pivot(&mut self) -> bool {
        let (size, k) = (self.size(), self.rank);
        let (mut greatest, mut place) = (T::zero(), None);
        for i in k..size {
            for j in k..size {
                let element = self.packed[i * size + j].abs();
                if element > greatest || (element.is_nan() && place.is_none()) {
                    (greatest, place) = (element, Some((i, j)));
                }
            }
        }
        let Some((row, column)) = place else { return false };
        if row != k {
            let (above, below) = self.packed.split_at_mut(row * size);
            above[k * size..][..size].swap_with_slice(&mut below[..size]);
            self.rows.swap(k, row);
        }
        if column != k {
            self.packed.chunks_exact_mut(size).for_each(|row| row.swap(k, column));
            self.columns.swap(k, column);
        }
        self.odd ^= (row != k) ^ (column != k);
        true
    }

    fn eliminate(&mut self) {
        let (size, k) = (self.size(), self.rank);
        let (above, below) = self.packed.split_at_mut((k + 1) * size);
        let row = &above[k * size..];
        for other in below.chunks_exact_mut(size) {
            other[k] /= row[k];
            let factor = other[k];
            T::loops(|| other[k + 1..].iter_mut().zip(&row[k + 1..]).for_each(|(x, &y)| *x -= factor * y));
        }
    }

    /// The determinant of `U`, with the sign of the permutations: the product of the pivots before `B`.
    fn leading(&self) -> T {
        let sign = if self.odd { -T::one() } else { T::one() };
        (0..self.rank).fold(sign, |product, i| product * self.packed[i * self.size() + i])
    }

    /// The block `B`.
    fn block(&self) -> Vec<T> {
        let (size, rank) = (self.size(), self.rank);
        self.packed[rank * size..].chunks_exact(size).flat_map(|row| row[rank..].iter().copied()).collect()
    }

    pub(super) fn determinant(&self) -> T {
        // an empty matrix has no rows that could be counted
        if self.size() == 0 {
            return T::one();
        }
        self.leading() * adjugate(&self.block(), self.size() - self.rank).1
    }

    /// Shows each element of the matrix of cofactors to `visit`, with its place: the derivative of the determinant by that element.
    ///
    /// Cofactors of a product are the product of the cofactors. Those of `L` are `L⁻ᵀ`, those of `U` are `det(U) U⁻ᵀ`, and those of `D` are
    /// `det B` along the identity and the cofactors of `B` along `B`.
    pub(super) fn cofactors(&self, mut visit: impl FnMut(usize, T)) {
        let (size, rank) = (self.size(), self.rank);
        if size == 0 {
            return;
        }
        let left = size - rank;
        let (adjugate, determinant) = adjugate(&self.block(), left);
        let mut cofactors = vec![T::zero(); size * size];
        identity(&mut cofactors, size);
        let upper = self.without_block(|i, j| i <= j);
        Triangular::lower(&transposed(&upper, size), size).solve(&mut cofactors, size);
        let leading = self.leading();
        scale(&mut cofactors, leading);
        let (first, last) = cofactors.split_at_mut(rank * size);
        scale(first, determinant);
        let along = last.to_vec();
        let block = Matrix::rows(&adjugate, left, left).transposed();
        T::product(block, Matrix::rows(&along, left, size), last, size, Onto::Fresh);
        let lower = self.without_block(|i, j| i > j);
        Triangular::unit_upper(&transposed(&lower, size), size).solve(&mut cofactors, size);
        for (i, &row) in self.rows.iter().enumerate() {
            for (j, &column) in self.columns.iter().enumerate() {
                visit(row * size + column, cofactors[i * size + j]);
            }
        }
    }

    /// The elements that `belongs` chooses, without `B`, beside which the diagonal is 1.
    fn without_block(&self, belongs: impl Fn(usize, usize) -> bool) -> Vec<T> {
        let (size, rank) = (self.size(), self.rank);
        let element = |at: usize| match (at / size, at % size) {
            (i, j) if i >= rank && j >= rank => if i == j { T::one() } else { T::zero() },
            (i, j) if belongs(i, j) => self.packed[at],
            _ => T::zero(),
        };
        (0..size * size).map(element).collect()
    }
}

fn scale<T: Element>(x: &mut [T], factor: T) {
    for x in x {
        *x *= factor;
    }
}

fn transposed<T: Copy>(matrix: &[T], size: usize) -> Vec<T> {
    (0..size * size).map(|at| matrix[at % size * size + at / size]).collect()
}

/// The adjugate and the determinant of a matrix by the method of Faddeev and Le Verrier, which divides by whole numbers only and
/// so suits matrices whose values are all 0 and which have derivatives: `M₁ = 1`, `c = -tr(B Mₖ)/k`, `Mₖ₊₁ = B Mₖ + c`; then up to
/// signs the last `M` is the adjugate and the last `c` the determinant.
fn adjugate<T: Element>(block: &[T], size: usize) -> (Vec<T>, T) {
    let mut m = vec![T::zero(); size * size];
    if T::PLAIN && size > 1 {
        // all zeros, as a block of more than the last pivot is
        return (m, T::zero());
    }
    identity(&mut m, size);
    let mut product = vec![T::zero(); size * size];
    for k in 1..=size {
        T::product(Matrix::rows(block, size, size), Matrix::rows(&m, size, size), &mut product, size, Onto::Fresh);
        let trace = (0..size).fold(T::zero(), |sum, i| sum + product[i * size + i]);
        let c = -trace / T::literal(k as f64);
        if k == size {
            let sign = if size.is_multiple_of(2) { T::one() } else { -T::one() };
            scale(&mut m, -sign);
            return (m, sign * c);
        }
        m.copy_from_slice(&product);
        (0..size).for_each(|i| m[i * size + i] += c);
    }
    (m, T::one())
}
