//! The structured operations on tensors, one file each, and the list that declares them.
//!
//! Programs call the methods, `x.softmax(-1)`; the types here are what these record, for [`made_by`](crate::Var::made_by),
//! [`check_op`](crate::check_op) and operations that are made of others.
//!
//! A file holds the operation, its methods, and its checks; a file without checks does not compile. The word in the list is
//! the only other place. `CONTRIBUTING.md` walks through adding one.

/// Declares methods once, on tensors and on variables of tensors.
///
/// `fn name(x, other; parameter: Type) => operation;` becomes `Tensor::name(&self, other, parameter)`, which computes the value
/// and keeps nothing, and `Var::name(self, other, parameter)`, which records the operation.
macro_rules! methods {
    ($(
        $(#[$attribute:meta])*
        fn $name:ident($x:ident $(, $other:ident)* $(; $($parameter:ident: $Type:ty),*)?) => $operation:expr;
    )*) => {
        impl<T: $crate::array::Element> $crate::array::Tensor<T> {
            $(
                $(#[$attribute])*
                #[must_use]
                #[track_caller]
                pub fn $name(
                    &self
                    $(, $other: impl $crate::tensor::TensorOperand<T>)*
                    $($(, $parameter: $Type)*)?
                ) -> Self {
                    $(let $other = $other.to_tensor();)*
                    $crate::tensor::evaluate($operation, [self $(, &$other)*])
                }
            )*
        }

        impl<'t, T: $crate::array::Element> $crate::tape::Var<'t, $crate::array::Tensor<T>> {
            $(
                $(#[$attribute])*
                #[must_use]
                #[track_caller]
                pub fn $name(
                    self
                    $(, $other: impl $crate::tape::Operand<'t, $crate::array::Tensor<T>>)*
                    $($(, $parameter: $Type)*)?
                ) -> Self {
                    $crate::tensor::record($operation, [self $(, $other.beside(self))*])
                }
            )*
        }
    };
}

/// The list.
macro_rules! operations {
    ($($(#[$attribute:meta])* $file:ident)*) => {
        $(
            $(#[$attribute])*
            mod $file;
            $(#[$attribute])*
            pub use $file::*;
        )*

        /// The checks of every operation in the list, each as a test of its own.
        #[cfg(test)]
        mod checks {
            $(
                $(#[$attribute])*
                #[test]
                fn $file() {
                    super::checking::check(super::$file::checks);
                }
            )*
        }
    };
}

mod along;
#[cfg(test)]
mod checking;
#[cfg(feature = "linalg")]
mod equations;
mod pooling;
mod rows;
#[cfg(test)]
mod rules;
mod window;

pub use window::{HeightWidth, Padding};

operations! {
    matmul
    linear linear_relu dropout dot outer einsum softmax log_softmax cross_entropy attention_pool layer_norm moments
    batch_norm conv2d conv2d_bias conv2d_relu max_pool2d avg_pool2d
    trace
    reshape permute
    slice broadcast_to concat pad roll repeat tile diagonal triangle take gather scatter_add
    sum
    mean variance product extremum norm log_sum_exp cumsum cumprod sort select
    #[cfg(feature = "linalg")] solve
    #[cfg(feature = "linalg")] inverse
    #[cfg(feature = "linalg")] determinant
    #[cfg(feature = "linalg")] log_determinant
    #[cfg(feature = "linalg")] cholesky
    #[cfg(feature = "linalg")] cholesky_solve
}
