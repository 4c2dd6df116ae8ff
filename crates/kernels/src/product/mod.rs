//! Products of matrices, by libraries: `private-gemm-x86` where the machine has AVX2, `matrixmultiply` elsewhere; by loops of our own
//! where one of the operands is a vector, or both are tiny; on several threads where that pays.
//!
//! What becomes of an element depends on the shapes alone: it is the same to the last bit however many threads there are, since
//! threads share out elements of the result, never the sum that an element is.

mod library;
mod small;
mod split;
#[cfg(test)]
mod tests;

use crate::threads;
pub(crate) use library::prepare_thread;
use small::Kind;
use split::Cut;
use std::ops::Range;

/// A matrix within a slice: element `(i, j)` stands at `start + i * row_step + j * column_step`.
///
/// A transposed operand is the same slice with the two steps exchanged; nothing is copied.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a, T> {
    /// The elements.
    pub data: &'a [T],
    /// How many rows.
    pub rows: usize,
    /// How many columns.
    pub columns: usize,
    /// From one row to the next.
    pub row_step: usize,
    /// From one column to the next.
    pub column_step: usize,
}

impl<'a, T> Matrix<'a, T> {
    /// A row-major matrix.
    pub fn rows(data: &'a [T], rows: usize, columns: usize) -> Self {
        Self { data, rows, columns, row_step: columns, column_step: 1 }
    }

    /// The same elements, read with rows and columns exchanged.
    #[must_use]
    pub fn transposed(self) -> Self {
        let Self { data, rows, columns, row_step, column_step } = self;
        Self { data, rows: columns, columns: rows, row_step: column_step, column_step: row_step }
    }

    /// Some of the rows, which must exist.
    fn some_rows(self, rows: &Range<usize>) -> Self {
        Self { data: self.data.get(rows.start * self.row_step..).unwrap_or(&[]), rows: rows.len(), ..self }
    }

    /// Some of the columns, which must exist.
    fn some_columns(self, columns: &Range<usize>) -> Self {
        self.transposed().some_rows(columns).transposed()
    }

    #[inline]
    fn fits(&self) -> bool {
        fits(self.data.len(), [self.rows, self.columns], [self.row_step, self.column_step])
    }
}

/// Whether every element of a matrix lies within `length` elements.
#[inline]
fn fits(length: usize, [rows, columns]: [usize; 2], [row_step, column_step]: [usize; 2]) -> bool {
    if rows == 0 || columns == 0 {
        return true;
    }
    // what is too large for a word becomes its largest number, which is no place in any slice
    let (row, column) = ((rows - 1).saturating_mul(row_step), (columns - 1).saturating_mul(column_step));
    let last = row.saturating_add(column);
    last < length && isize::try_from(last).is_ok()
}

/// What a product does with what stands in its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onto {
    /// It is overwritten, whatever it was.
    Fresh,
    /// The product is added to it.
    Sum,
}

/// A float whose matrices are multiplied here.
pub trait Float: Number {
    /// `result = a b` or `result += a b`, where the result is row-major with `row_step` elements from row to row.
    ///
    /// The products are summed in an order that depends on the shapes alone. Large products are shared by the threads of
    /// [`crate::threads`], unless the call comes from one of them.
    ///
    /// # Panics
    /// When the shapes do not fit each other or their slices, or the rows of the result overlap.
    #[inline]
    fn product(a: Matrix<'_, Self>, b: Matrix<'_, Self>, result: &mut [Self], row_step: usize, onto: Onto) {
        if !prepare(&a, &b, result, row_step, onto) {
            return;
        }
        match Kind::of(&a, &b, row_step) {
            Kind::Tiny => small::tiny(a, b, result, row_step, onto),
            Kind::Large => shared(a, b, result, row_step, onto),
            kind => small::with_vector(kind, a, b, result, row_step, onto),
        }
    }
}

/// What the products here need of their elements.
pub trait Number:
    Copy
    + Default
    + Send
    + Sync
    + std::ops::Add<Output = Self>
    + std::ops::AddAssign
    + std::ops::Mul<Output = Self>
    + library::Multiply
{
}

impl Number for f32 {}
impl Number for f64 {}
impl Float for f32 {}
impl Float for f64 {}

/// By a library, in parts that threads share if that pays.
fn shared<T: Number>(a: Matrix<'_, T>, b: Matrix<'_, T>, result: &mut [T], row_step: usize, onto: Onto) {
    let cut = Cut::of([a.rows, a.columns, b.columns]);
    let whole = Part { start: result.as_mut_ptr(), row_step, onto };
    // nobody else would take a part, and the elements are the same
    if cut.parts() == 1 || threads::count() == 1 {
        // SAFETY: `prepare` has shown that all elements lie within the slices; the result is borrowed mutably.
        return unsafe { whole.multiply(a, b, 0) };
    }
    threads::run(cut.parts(), |part| {
        let [rows, columns] = cut.part(part);
        let start = rows.start * row_step + columns.start;
        // SAFETY: as above. The rows and columns of a part lie within those of the result, and no two parts, of which each is asked
        // for once, have an element in common.
        unsafe { whole.multiply(a.some_rows(&rows), b.some_columns(&columns), start) };
    });
}

/// Where parts of a result begin.
struct Part<T> {
    start: *mut T,
    row_step: usize,
    onto: Onto,
}

// SAFETY: other threads write elements through it, each its own, as `multiply` demands; elements may be sent.
unsafe impl<T: Send> Sync for Part<T> {}

impl<T: Number> Part<T> {
    /// # Safety
    /// The operands fit each other and their slices. The elements of the product's shape at `start` lie within the result, which is
    /// borrowed; no two coincide, and nothing else reaches them meanwhile.
    unsafe fn multiply(&self, a: Matrix<'_, T>, b: Matrix<'_, T>, start: usize) {
        // SAFETY: as the caller has promised.
        unsafe { T::multiply(a, b, self.start.add(start), self.row_step, self.onto) }
    }
}

/// The checks that the unsafe calls rest on; says whether there is anything to multiply.
#[inline]
fn prepare<T: Number>(a: &Matrix<'_, T>, b: &Matrix<'_, T>, result: &mut [T], row_step: usize, onto: Onto) -> bool {
    assert_eq!(a.columns, b.rows, "the columns of the first matrix are not the rows of the second");
    assert!(a.fits() && b.fits(), "a matrix reaches beyond its elements");
    let [rows, columns] = [a.rows, b.columns];
    if rows == 0 || columns == 0 {
        return false;
    }
    assert!(fits(result.len(), [rows, columns], [row_step, 1]), "the result reaches beyond its elements");
    assert!(rows == 1 || row_step >= columns, "rows of the result overlap");
    if a.columns == 0 && onto == Onto::Fresh {
        for row in 0..rows {
            result[row * row_step..][..columns].fill(T::default());
        }
    }
    a.columns != 0
}
