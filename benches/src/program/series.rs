//! Functions of many numbers that a library may take as one operation.

use super::Program;
use crate::random::Random;
use chainrule::Nary;
use num_traits::Float;

macro_rules! series {
    ($(#[$doc:meta])* $Series:ident $label:literal, $value:expr, $with_library:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $Series {
            point: Vec<f64>,
        }

        impl $Series {
            /// Of `count` seeded numbers.
            pub fn new(count: usize) -> Self {
                Self { point: Random::new(2).uniforms(count) }
            }
        }

        impl Program for $Series {
            const USES_LIBRARY: bool = true;

            fn name(&self) -> String {
                format!("{} of {}", $label, self.point.len())
            }

            fn point(&self) -> &[f64] {
                &self.point
            }

            fn value<T: Float>(&self, x: &[T]) -> T {
                let value: fn(&[T]) -> T = $value;
                value(x)
            }

            fn with_library<T: Nary>(&self, x: &[T]) -> T {
                let value: fn(&[T]) -> T = $with_library;
                value(x)
            }
        }
    };
}

series!(
    /// `Σ xᵢ`.
    Sum "sum", |x| x.iter().fold(T::zero(), |total, &x| total + x), chainrule::sum
);
series!(
    /// `Σ xᵢ yᵢ`, where y is the second half of the point.
    Dot "dot",
    |x| {
        let (x, y) = x.split_at(x.len() / 2);
        x.iter().zip(y).fold(T::zero(), |total, (&x, &y)| total + x * y)
    },
    |x| {
        let (x, y) = x.split_at(x.len() / 2);
        chainrule::dot(x, y)
    }
);
series!(
    /// `ln Σ exp xᵢ`.
    LogSumExp "log_sum_exp", super::log_sum_exp, chainrule::log_sum_exp
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_write_them_agree() {
        fn check(program: &impl Program) {
            let (plain, library) = (program.value(program.point()), program.with_library(program.point()));
            assert!((plain - library).abs() < 1e-12 * plain.abs(), "{}: {plain} against {library}", program.name());
        }
        check(&Sum::new(100));
        check(&Dot::new(100));
        check(&LogSumExp::new(100));
    }
}
