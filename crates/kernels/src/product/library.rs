//! The two libraries behind one function.

use super::{Matrix, Onto};

/// Floats that the libraries multiply.
pub trait Multiply: Sized {
    /// `result = a b` or `result += a b`, by the fastest library for this machine.
    ///
    /// # Safety
    /// No step or size is 0 where it matters: the operands have elements, fit each other, and lie within their slices, with offsets
    /// below `isize::MAX`. The same holds for the result, whose elements nothing else reaches meanwhile, and no two of which coincide.
    unsafe fn multiply(a: Matrix<'_, Self>, b: Matrix<'_, Self>, result: *mut Self, row_step: usize, onto: Onto);

    /// The same by the library for every machine.
    ///
    /// # Safety
    /// As for `multiply`.
    unsafe fn multiply_portably(
        a: Matrix<'_, Self>,
        b: Matrix<'_, Self>,
        result: *mut Self,
        row_step: usize,
        onto: Onto,
    );
}

#[expect(
    clippy::cast_possible_wrap,
    reason = "`fits` bounds every offset by isize::MAX; the step of a single row or column is not used"
)]
fn signed(step: usize) -> isize {
    step as isize
}

macro_rules! multiply {
    ($float:ident, $portable:ident, $dtype:ident) => {
        impl Multiply for $float {
            unsafe fn multiply(
                a: Matrix<'_, Self>,
                b: Matrix<'_, Self>,
                result: *mut Self,
                row_step: usize,
                onto: Onto,
            ) {
                #[cfg(target_arch = "x86_64")]
                if let Some(instructions) = x86::instructions() {
                    let alpha: $float = 1.0;
                    // SAFETY: the caller promises what the library asks for: every element that shapes and steps reach may be read, or
                    // written by nobody else. The instruction set was detected. The null pointers stand for "no index lists" and "no
                    // diagonal", as the library defines; `alpha` lives through the call.
                    unsafe {
                        private_gemm_x86::gemm(
                            private_gemm_x86::DType::$dtype,
                            private_gemm_x86::IType::U64,
                            instructions,
                            a.rows,
                            b.columns,
                            a.columns,
                            result.cast(),
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
                // SAFETY: as the caller promises.
                unsafe { Self::multiply_portably(a, b, result, row_step, onto) }
            }

            unsafe fn multiply_portably(
                a: Matrix<'_, Self>,
                b: Matrix<'_, Self>,
                result: *mut Self,
                row_step: usize,
                onto: Onto,
            ) {
                let beta = if onto == Onto::Fresh { 0.0 } else { 1.0 };
                // SAFETY: as the caller promises; with beta 0 the library only writes the result.
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
                        result,
                        signed(row_step),
                        1,
                    );
                }
            }
        }
    };
}
multiply!(f32, sgemm, F32);
multiply!(f64, dgemm, F64);

/// Lets the library have, on this thread, the memory that it keeps for the life of a thread: later products allocate nothing.
pub(crate) fn prepare_thread() {
    let one = [1.0_f32];
    let mut result = 0.0;
    // SAFETY: matrices of one element each.
    unsafe { f32::multiply(Matrix::rows(&one, 1, 1), Matrix::rows(&one, 1, 1), &raw mut result, 1, Onto::Fresh) }
}

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
