//! What a tensor on a tape may be made of.

use crate::number::{Dual, DualVector, Taylor};
use crate::real::Real;
use chainrule_kernels::product::{Float, Matrix, Onto};
use chainrule_kernels::vector::{Work, vectorised};

/// A number that tensors on a tape are made of: `f32`, `f64`, or a [`Dual`], [`DualVector`] or [`Taylor`] series over one of them.
pub trait Element: Real + Send + Sync + 'static {
    /// `result = a b`, or added to it.
    #[doc(hidden)]
    fn product(a: Matrix<'_, Self>, b: Matrix<'_, Self>, result: &mut [Self], row_step: usize, onto: Onto) {
        for i in 0..a.rows {
            let row = &mut result[i * row_step..][..b.columns];
            if onto == Onto::Fresh {
                row.fill(Self::zero());
            }
            for k in 0..a.columns {
                let factor = a.data[i * a.row_step + k * a.column_step];
                let b_row = k * b.row_step;
                for (j, element) in row.iter_mut().enumerate() {
                    *element += factor * b.data[b_row + j * b.column_step];
                }
            }
        }
    }

    /// Runs loops over elements, compiled for wide vectors where that helps.
    #[doc(hidden)]
    #[inline(always)]
    fn loops<W: Work>(work: W) -> W::Output {
        work.run()
    }
}

macro_rules! float_elements {
    ($($float:ident)*) => { $(
        impl Element for $float {
            fn product(a: Matrix<'_, Self>, b: Matrix<'_, Self>, result: &mut [Self], row_step: usize, onto: Onto) {
                Float::product(a, b, result, row_step, onto);
            }
            #[inline(always)]
            fn loops<W: Work>(work: W) -> W::Output {
                vectorised(work)
            }
        }
    )* };
}
float_elements!(f32 f64);

impl<T: Element> Element for Dual<T> {}
impl<T: Element, const L: usize> Element for DualVector<T, L> {}
impl<T: Element, const K: usize> Element for Taylor<T, K> {}
