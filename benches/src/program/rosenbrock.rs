//! Rosenbrock's function in many dimensions.

use super::{Program, literal};
use crate::random::Random;
use num_traits::Float;

/// `Σ 100 (xᵢ₊₁ - xᵢ²)² + (1 - xᵢ)²`. Source: Rosenbrock, "An automatic method for finding the greatest or least value of a
/// function", 1960.
#[derive(Clone, Debug)]
pub struct Rosenbrock {
    point: Vec<f64>,
}

impl Rosenbrock {
    /// At a seeded point of `dimension` coordinates.
    pub fn new(dimension: usize) -> Self {
        Self { point: Random::new(1).uniforms(dimension) }
    }
}

impl Program for Rosenbrock {
    fn name(&self) -> String {
        format!("rosenbrock {}", self.point.len())
    }

    fn point(&self) -> &[f64] {
        &self.point
    }

    fn value<T: Float>(&self, x: &[T]) -> T {
        x.windows(2).fold(T::zero(), |total, pair| {
            let (valley, slope) = (pair[1] - pair[0] * pair[0], T::one() - pair[0]);
            total + literal::<T>(100.0) * valley * valley + slope * slope
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_minimum_is_nothing_at_one() {
        let program = Rosenbrock::new(4);
        assert_eq!(program.value(&[1.0; 4]), 0.0);
        // by hand: 100 (2 - 1)² + 0
        assert_eq!(program.value(&[1.0, 2.0]), 100.0);
    }
}
