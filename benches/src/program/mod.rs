//! The programs that are measured.

mod chain;
mod gmm;
mod lstm;
mod rosenbrock;
mod series;

pub use chain::{BinaryChain, UnaryChain, UnaryFunction};
pub use gmm::{GaussianMixture, Wishart};
pub use lstm::Lstm;
pub use rosenbrock::Rosenbrock;
pub use series::{Dot, LogSumExp, Sum};

use chainrule::Nary;
use num_traits::Float;

/// A function of many numbers, and the point at which it is differentiated.
pub trait Program {
    /// Whether [`with_library`](Self::with_library) is written for itself.
    const USES_LIBRARY: bool = false;

    /// What tables call it, with its size.
    fn name(&self) -> String;

    /// Where it is evaluated.
    fn point(&self) -> &[f64];

    /// The value at `x`: operators and elementary functions, nothing of any library.
    fn value<T: Float>(&self, x: &[T]) -> T;

    /// The same value in the words of chainrule: sums, dot products and log-sum-exp as one node each, the sigmoid as one
    /// rule.
    fn with_library<T: Nary>(&self, x: &[T]) -> T {
        self.value(x)
    }
}

/// `constant` as a number that does not vary.
pub(crate) fn literal<T: Float>(constant: f64) -> T {
    T::from(constant).expect("every kind of number here holds an f64")
}

/// `ln Σ exp xᵢ`, shifted by the largest so that it does not overflow.
pub(crate) fn log_sum_exp<T: Float>(x: &[T]) -> T {
    let largest = x[1..].iter().fold(x[0], |largest, &x| if x > largest { x } else { largest });
    let total = x.iter().fold(T::zero(), |total, &x| total + (x - largest).exp());
    total.ln() + largest
}

fn sum_of_squares<T: Float>(x: &[T]) -> T {
    x.iter().fold(T::zero(), |total, &x| total + x * x)
}

#[cfg(test)]
mod tests {
    use super::log_sum_exp;

    #[test]
    fn log_sum_exp_does_not_overflow() {
        // mpmath: 1000 + ln(1 + exp(-1))
        assert!((log_sum_exp(&[1000.0f64, 999.0]) - 1_000.313_261_687_518_2).abs() < 1e-12);
    }
}
