//! What a tensor on a tape may be made of.

use crate::number::{Dual, DualVector, Taylor};
use crate::real::{Lane, Real};
use chainrule_kernels::product::{Float, Matrix, Onto};
use chainrule_kernels::vector::{Work, plain, vectorised};

/// A number that tensors on a tape are made of: `f32`, `f64`, or a [`Dual`], [`DualVector`] or [`Taylor`] series over one of them.
pub trait Element: Real + Send + Sync + 'static {
    /// This number within a loop over elements: a float whose elementary functions compute many at once, else the number itself.
    #[doc(hidden)]
    type Lane: Real;

    /// Into the loop.
    #[doc(hidden)]
    fn lane(self) -> Self::Lane;

    /// Out of the loop.
    #[doc(hidden)]
    fn from_lane(lane: Self::Lane) -> Self;

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

    /// `A = M P` in place: see [`Factors`](super::factor::Factors).
    #[cfg(feature = "linalg")]
    #[doc(hidden)]
    fn factor(matrix: &mut [Self], order: &mut [usize]) -> bool {
        super::factor::eliminate(matrix, order)
    }

    /// `A = L Lᵀ` in place, where `A` is symmetric; what stands above the diagonal is left as it is. False where `A` is not
    /// positive definite, and then the elements are arbitrary.
    #[cfg(feature = "linalg")]
    #[doc(hidden)]
    fn cholesky(matrix: &mut [Self], size: usize) -> bool {
        super::factor::cholesky(matrix, size)
    }

    /// Runs loops over elements, compiled for wide vectors where that helps.
    #[doc(hidden)]
    #[inline(always)]
    fn loops<W: Work>(work: W) -> W::Output {
        plain(work)
    }
}

macro_rules! float_elements {
    ($($float:ident)*) => { $(
        impl Element for $float {
            type Lane = Lane<$float>;
            #[inline(always)]
            fn lane(self) -> Lane<$float> {
                Lane(self)
            }
            #[inline(always)]
            fn from_lane(lane: Lane<$float>) -> Self {
                lane.0
            }
            fn product(a: Matrix<'_, Self>, b: Matrix<'_, Self>, result: &mut [Self], row_step: usize, onto: Onto) {
                Float::product(a, b, result, row_step, onto);
            }
            #[cfg(feature = "linalg")]
            fn factor(matrix: &mut [Self], order: &mut [usize]) -> bool {
                super::factor::library::factor(matrix, order)
            }
            #[cfg(feature = "linalg")]
            fn cholesky(matrix: &mut [Self], size: usize) -> bool {
                super::factor::library::cholesky(matrix, size)
            }
            #[inline(always)]
            fn loops<W: Work>(work: W) -> W::Output {
                vectorised(work)
            }
        }
    )* };
}
float_elements!(f32 f64);

macro_rules! their_own_lanes {
    ($([$($g:tt)*] $Number:ty;)*) => { $(
        impl<T: Element $($g)*> Element for $Number {
            type Lane = Self;
            #[inline(always)]
            fn lane(self) -> Self {
                self
            }
            #[inline(always)]
            fn from_lane(lane: Self) -> Self {
                lane
            }
        }
    )* };
}
their_own_lanes! {
    [] Dual<T>;
    [, const L: usize] DualVector<T, L>;
    [, const K: usize] Taylor<T, K>;
}
