//! Products of matrices, by libraries: `private-gemm-x86` where the machine has AVX2, `matrixmultiply` elsewhere.

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

    fn fits(&self) -> bool {
        fits(self.data.len(), [self.rows, self.columns], [self.row_step, self.column_step])
    }
}

/// Whether every element of a matrix lies within `length` elements.
fn fits(length: usize, [rows, columns]: [usize; 2], [row_step, column_step]: [usize; 2]) -> bool {
    if rows == 0 || columns == 0 {
        return true;
    }
    let last = (rows - 1)
        .checked_mul(row_step)
        .and_then(|row| (columns - 1).checked_mul(column_step).and_then(|column| row.checked_add(column)));
    last.is_some_and(|last| last < length && isize::try_from(last).is_ok())
}

/// What a product does with what stands in its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onto {
    /// It is overwritten, whatever it was.
    Fresh,
    /// The product is added to it.
    Sum,
}

/// A float whose matrix products a library computes.
pub trait Float: Copy + std::ops::AddAssign + std::ops::Mul<Output = Self> {
    /// `result = a b` or `result += a b`, where the result is row-major with `row_step` elements from row to row.
    ///
    /// The products are summed in an order that depends on the shapes alone.
    ///
    /// # Panics
    /// When the shapes do not fit each other or their slices, or the rows of the result overlap.
    fn product(a: Matrix<'_, Self>, b: Matrix<'_, Self>, result: &mut [Self], row_step: usize, onto: Onto);
}

/// The checks that the unsafe calls rest on; says whether there is anything to multiply.
fn prepare<T: Copy>(
    a: &Matrix<'_, T>,
    b: &Matrix<'_, T>,
    result: &mut [T],
    row_step: usize,
    onto: Onto,
    zero: T,
) -> bool {
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
            result[row * row_step..][..columns].fill(zero);
        }
    }
    a.columns != 0
}

#[expect(
    clippy::cast_possible_wrap,
    reason = "`fits` bounds every offset by isize::MAX; the step of a single row or column is not used"
)]
fn signed(step: usize) -> isize {
    step as isize
}

macro_rules! float {
    ($float:ident, $portable:ident, $dtype:ident) => {
        impl Float for $float {
            fn product(a: Matrix<'_, Self>, b: Matrix<'_, Self>, result: &mut [Self], row_step: usize, onto: Onto) {
                if !prepare(&a, &b, result, row_step, onto, 0.0) {
                    return;
                }
                #[cfg(target_arch = "x86_64")]
                if let Some(instructions) = x86::instructions() {
                    let alpha: $float = 1.0;
                    // SAFETY: `prepare` has shown that every element that the shapes and steps reach lies within its
                    // slice, and that no two elements of the result coincide; the result is borrowed mutably, so it
                    // overlaps neither operand. The instruction set was detected. The null pointers stand for "no index
                    // lists" and "no diagonal", as the library defines; `alpha` lives through the call.
                    unsafe {
                        private_gemm_x86::gemm(
                            private_gemm_x86::DType::$dtype,
                            private_gemm_x86::IType::U64,
                            instructions,
                            a.rows,
                            b.columns,
                            a.columns,
                            result.as_mut_ptr().cast(),
                            signed(row_step),
                            1,
                            std::ptr::null(),
                            std::ptr::null(),
                            private_gemm_x86::DstKind::Full,
                            match onto {
                                Onto::Fresh => private_gemm_x86::Accum::Replace,
                                Onto::Sum => private_gemm_x86::Accum::Add,
                            },
                            a.data.as_ptr().cast(),
                            signed(a.row_step),
                            signed(a.column_step),
                            false,
                            std::ptr::null(),
                            0,
                            b.data.as_ptr().cast(),
                            signed(b.row_step),
                            signed(b.column_step),
                            false,
                            (&raw const alpha).cast(),
                            1,
                        );
                        // The library leaves the upper halves of the wide registers in use, and with them the scalar code
                        // that follows, such as `exp`, ran at a third of its speed (measured).
                        std::arch::x86_64::_mm256_zeroupper();
                    }
                    return;
                }
                let beta = if onto == Onto::Fresh { 0.0 } else { 1.0 };
                // SAFETY: as above; with beta 0 the library only writes the result.
                unsafe {
                    matrixmultiply::$portable(
                        a.rows,
                        a.columns,
                        b.columns,
                        1.0,
                        a.data.as_ptr(),
                        signed(a.row_step),
                        signed(a.column_step),
                        b.data.as_ptr(),
                        signed(b.row_step),
                        signed(b.column_step),
                        beta,
                        result.as_mut_ptr(),
                        signed(row_step),
                        1,
                    );
                }
            }
        }
    };
}
float!(f32, sgemm, F32);
float!(f64, dgemm, F64);

#[cfg(target_arch = "x86_64")]
mod x86 {
    use private_gemm_x86::InstrSet;

    /// The widest instructions that both this machine and the library have.
    pub(super) fn instructions() -> Option<InstrSet> {
        if is_x86_feature_detected!("avx512f") {
            Some(InstrSet::Avx512)
        } else if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            Some(InstrSet::Avx256)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The product by its definition.
    fn naive(a: Matrix<'_, f64>, b: Matrix<'_, f64>, i: usize, j: usize) -> f64 {
        let element = |m: &Matrix<'_, f64>, i: usize, j: usize| m.data[i * m.row_step + j * m.column_step];
        (0..a.columns).map(|k| element(&a, i, k) * element(&b, k, j)).sum()
    }

    /// Numbers in no order, exact in `f32` too.
    fn numbers(count: usize, seed: usize) -> Vec<f64> {
        (0..count).map(|i| ((i * 7919 + seed * 104_729) % 61) as f64 / 8.0 - 3.75).collect()
    }

    fn oriented(data: &[f64], rows: usize, columns: usize, transposed: bool) -> Matrix<'_, f64> {
        if transposed { Matrix::rows(data, columns, rows).transposed() } else { Matrix::rows(data, rows, columns) }
    }

    proptest! {
        #[test]
        fn products_are_what_the_definition_says(
            m in 0usize..70, k in 0usize..40, n in 0usize..70, gap in 0usize..3, flags in any::<[bool; 3]>(),
        ) {
            let (a, b) = (numbers(m * k, 1), numbers(k * n, 2));
            let (left, right) = (oriented(&a, m, k, flags[0]), oriented(&b, k, n, flags[1]));
            let row_step = n + gap;
            let before = numbers(m * row_step, 3);
            let mut result = before.clone();
            let onto = if flags[2] { Onto::Sum } else { Onto::Fresh };
            f64::product(left, right, &mut result, row_step, onto);
            #[expect(clippy::cast_possible_truncation, reason = "the numbers are exact in both")]
            let narrow = |x: &[f64]| x.iter().map(|&x| x as f32).collect::<Vec<f32>>();
            let (a32, b32, mut result32) = (narrow(&a), narrow(&b), narrow(&before));
            let narrowed = |m: Matrix<'_, f64>, data| Matrix { data, rows: m.rows, columns: m.columns, row_step: m.row_step, column_step: m.column_step };
            f32::product(narrowed(left, &a32[..]), narrowed(right, &b32[..]), &mut result32, row_step, onto);
            for i in 0..m {
                for j in 0..row_step {
                    let at = i * row_step + j;
                    let old = before[at];
                    let expected = match onto {
                        _ if j >= n => old,
                        Onto::Fresh => naive(left, right, i, j),
                        Onto::Sum => old + naive(left, right, i, j),
                    };
                    prop_assert_eq!(result[at], expected);
                    prop_assert_eq!(f64::from(result32[at]), expected);
                }
            }
        }
    }

    #[test]
    #[should_panic(expected = "beyond its elements")]
    fn a_matrix_must_lie_within_its_slice() {
        let a = Matrix { data: &[1.0; 5], rows: 2, columns: 3, row_step: 3, column_step: 1 };
        f64::product(a, a.transposed(), &mut [0.0; 4], 2, Onto::Fresh);
    }

    #[test]
    #[should_panic(expected = "overlap")]
    fn rows_of_the_result_must_not_overlap() {
        let a = Matrix::rows(&[1.0; 4], 2, 2);
        f64::product(a, a, &mut [0.0; 4], 1, Onto::Fresh);
    }
}
