//! The fit of a mixture of Gaussians: the log-likelihood of points under it, with a Wishart prior.

use super::{Program, literal, log_sum_exp, sum_of_squares};
use crate::random::Random;
use chainrule::{Nary, Real};
use num_traits::Float;
use std::f64::consts::{PI, TAU};

/// `Σᵢ ln Σₖ exp(αₖ + Σ qₖ - ½ ‖Qₖ (xᵢ - μₖ)‖²) - n ln Σₖ exp αₖ + ln prior(Q)` with `Qₖ` lower triangular, `exp qₖ` on its
/// diagonal and `lₖ` below.
///
/// Source: Šrajer, Kukelova and Fitzgibbon, "A benchmark of selected algorithmic differentiation tools on some problems in
/// computer vision and machine learning", 2018; the evaluation `gmm` of `GradBench`, with its packing of `l` (column by
/// column) and its prior.
///
/// Its variables are α, then μ, then q, then l, component by component.
#[derive(Clone, Debug)]
pub struct GaussianMixture {
    dimension: usize,
    components: usize,
    points: Vec<f64>,
    prior: Wishart,
    point: Vec<f64>,
}

/// The Wishart prior on the precision matrices, `ln prior = Σₖ m Σ qₖ - ½ γ² ‖Qₖ‖² + constant` in d dimensions.
#[derive(Clone, Copy, Debug)]
pub struct Wishart {
    /// Its precision γ.
    pub gamma: f64,
    /// Its degrees of freedom beyond d + 1.
    pub m: f64,
}

/// The variables of a mixture, and what is the same for all points.
struct Mixture<'x, T> {
    alpha: &'x [T],
    means: &'x [T],
    /// Σ qₖ, the logarithm of the determinant, for each component.
    log_determinants: Vec<T>,
    diagonals: Vec<T>,
    triangles: &'x [T],
}

impl GaussianMixture {
    /// The mixture whose variables are `point`, to be fitted to `points`, which stand one behind the other.
    ///
    /// # Panics
    /// When there are not as many variables as such a mixture has, or `points` ends within a point.
    #[track_caller]
    pub fn with_data(dimension: usize, components: usize, points: Vec<f64>, prior: Wishart, point: Vec<f64>) -> Self {
        let variables = components * (1 + 2 * dimension + Self::below_diagonal(dimension));
        assert_eq!(point.len(), variables, "the variables of {components} Gaussians in {dimension} dimensions");
        assert!(points.len().is_multiple_of(dimension), "{} coordinates for {dimension} dimensions", points.len());
        Self { dimension, components, points, prior, point }
    }

    /// A seeded mixture of `components` Gaussians in `dimension` dimensions, and `count` points to fit; γ = 1, m = 0.
    pub fn new(dimension: usize, components: usize, count: usize) -> Self {
        let mut random = Random::new(3);
        let mut point = random.normals(components);
        point.extend(random.uniforms(components * dimension));
        point.extend(random.normals(components * (dimension + Self::below_diagonal(dimension))));
        let points = random.normals(count * dimension);
        Self::with_data(dimension, components, points, Wishart { gamma: 1.0, m: 0.0 }, point)
    }

    /// How many numbers stand below the diagonal of a square matrix.
    pub fn below_diagonal(dimension: usize) -> usize {
        dimension * (dimension - 1) / 2
    }

    fn read<'x, T: Float>(&self, x: &'x [T]) -> Mixture<'x, T> {
        let many = self.components * self.dimension;
        let (alpha, x) = x.split_at(self.components);
        let (means, x) = x.split_at(many);
        let (q, triangles) = x.split_at(many);
        let log_determinants = q.chunks(self.dimension).map(|q| q.iter().fold(T::zero(), |sum, &q| sum + q)).collect();
        let diagonals = q.iter().map(|q| q.exp()).collect();
        Mixture { alpha, means, log_determinants, diagonals, triangles }
    }

    /// What stands below the diagonal, for each component.
    fn triangles<'x, T>(&self, l: &'x [T]) -> Vec<&'x [T]> {
        let size = Self::below_diagonal(self.dimension);
        (0..self.components).map(|k| &l[k * size..][..size]).collect()
    }

    /// The logarithm of the prior's normalizing factor, for one component.
    fn log_normalizer(&self) -> f64 {
        let dimension = self.dimension as f64;
        let freedom = dimension + self.prior.m + 1.0;
        let log_gamma: f64 = (0..self.dimension).map(|j| Real::lgamma(0.5 * (freedom - j as f64))).sum();
        let log_multivariate_gamma = 0.25 * dimension * (dimension - 1.0) * PI.ln() + log_gamma;
        freedom * dimension * (self.prior.gamma.ln() - 0.5 * 2f64.ln()) - log_multivariate_gamma
    }

    /// What does not depend on the variables.
    fn constant(&self) -> f64 {
        self.components as f64 * self.log_normalizer() - 0.5 * self.points.len() as f64 * TAU.ln()
    }

    fn count(&self) -> f64 {
        (self.points.len() / self.dimension) as f64
    }

    /// What the prior takes away for one component whose matrix has this squared norm and logarithm of the determinant.
    fn penalty<T: Float>(&self, squared_norm: T, log_determinant: T) -> T {
        let Wishart { gamma, m } = self.prior;
        literal::<T>(0.5 * gamma * gamma) * squared_norm - literal::<T>(m) * log_determinant
    }
}

impl Program for GaussianMixture {
    const USES_LIBRARY: bool = true;

    fn name(&self) -> String {
        format!("gmm d{} k{} n{}", self.dimension, self.components, self.count())
    }

    fn point(&self) -> &[f64] {
        &self.point
    }

    fn value<T: Float>(&self, x: &[T]) -> T {
        let d = self.dimension;
        let mixture = self.read(x);
        let triangles = self.triangles(mixture.triangles);
        let mut centred = vec![T::zero(); d];
        let mut scaled = vec![T::zero(); d];
        let mut exponents = vec![T::zero(); self.components];
        let mut total = T::zero();
        for point in self.points.chunks(d) {
            for (k, exponent) in exponents.iter_mut().enumerate() {
                for (i, centred) in centred.iter_mut().enumerate() {
                    *centred = literal::<T>(point[i]) - mixture.means[k * d + i];
                }
                scale(&mixture.diagonals[k * d..][..d], triangles[k], &centred, &mut scaled);
                *exponent =
                    mixture.alpha[k] + mixture.log_determinants[k] - literal::<T>(0.5) * sum_of_squares(&scaled);
            }
            total = total + log_sum_exp(&exponents);
        }
        let mut penalty = T::zero();
        for (k, below) in triangles.iter().enumerate() {
            let squared_norm = sum_of_squares(&mixture.diagonals[k * d..][..d]) + sum_of_squares(below);
            penalty = penalty + self.penalty(squared_norm, mixture.log_determinants[k]);
        }
        total - literal::<T>(self.count()) * log_sum_exp(mixture.alpha) - penalty + literal(self.constant())
    }

    fn with_library<T: Nary>(&self, x: &[T]) -> T {
        let d = self.dimension;
        let mixture = self.read(x);
        let matrices: Vec<_> = (mixture.diagonals.chunks(d).zip(self.triangles(mixture.triangles)))
            .map(|(diagonal, below)| rows(diagonal, below))
            .collect();
        let mut centred = vec![T::zero(); d];
        let mut scaled = vec![T::zero(); d];
        let mut exponents = vec![T::zero(); self.components];
        let mut likelihoods = Vec::with_capacity(self.points.len() / d);
        for point in self.points.chunks(d) {
            for (k, exponent) in exponents.iter_mut().enumerate() {
                for (i, centred) in centred.iter_mut().enumerate() {
                    *centred = T::literal(point[i]) - mixture.means[k * d + i];
                }
                for (scaled, row) in scaled.iter_mut().zip(&matrices[k]) {
                    *scaled = chainrule::dot(row, &centred[..row.len()]);
                }
                let distance = chainrule::dot(&scaled, &scaled);
                *exponent = mixture.alpha[k] + mixture.log_determinants[k] - T::literal(0.5) * distance;
            }
            likelihoods.push(chainrule::log_sum_exp(&exponents));
        }
        let squared_norm = chainrule::dot(&mixture.diagonals, &mixture.diagonals)
            + chainrule::dot(mixture.triangles, mixture.triangles);
        chainrule::sum(&likelihoods)
            - T::literal(self.count()) * chainrule::log_sum_exp(mixture.alpha)
            - self.penalty(squared_norm, chainrule::sum(&mixture.log_determinants))
            + T::literal(self.constant())
    }
}

/// `Q x` for a lower triangular Q, given by its diagonal and by the columns below.
fn scale<T: Float>(diagonal: &[T], below: &[T], x: &[T], product: &mut [T]) {
    for (product, (&q, &x)) in product.iter_mut().zip(diagonal.iter().zip(x)) {
        *product = q * x;
    }
    let mut columns = below;
    for i in 0..x.len() {
        let (column, rest) = columns.split_at(x.len() - i - 1);
        for (product, &l) in product[i + 1..].iter_mut().zip(column) {
            *product = *product + l * x[i];
        }
        columns = rest;
    }
}

/// The rows of a lower triangular matrix, up to the diagonal, from its diagonal and the columns below.
fn rows<T: Copy>(diagonal: &[T], below: &[T]) -> Vec<Vec<T>> {
    let column_start = |i: usize| i * (2 * diagonal.len() - i - 1) / 2;
    let element = |j: usize, i: usize| if i == j { diagonal[i] } else { below[column_start(i) + j - i - 1] };
    (0..diagonal.len()).map(|j| (0..=j).map(|i| element(j, i)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_become_rows() {
        let matrix = rows(&[1, 3, 6], &[2, 4, 5]);
        assert_eq!(matrix, [vec![1], vec![2, 3], vec![4, 5, 6]]);
    }

    #[test]
    fn both_ways_to_write_it_agree() {
        let program = GaussianMixture::new(5, 3, 7);
        let (plain, library) = (program.value(program.point()), program.with_library(program.point()));
        assert!((plain - library).abs() < 1e-11 * plain.abs(), "{plain} against {library}");
    }

    #[test]
    fn one_standard_gaussian() {
        // d = 1, k = 1, α = 0, μ = 0, q = 0, x = 2: by hand, the log-density -½ ln 2π - 2 of the point, less ½ for the
        // prior's trace, plus its normalizer -ln 2 - ln Γ(1)
        let prior = Wishart { gamma: 1.0, m: 0.0 };
        let program = GaussianMixture::with_data(1, 1, vec![2.0], prior, vec![0.0; 3]);
        let expected = -0.5 * TAU.ln() - 2.0 - 0.5 - 2f64.ln();
        assert!((program.value(&program.point) - expected).abs() < 1e-14);
    }

    #[test]
    fn a_prior_with_precision_and_freedom() {
        // d = 1, k = 1, no points, q = ln 3: the density of Wishart(V = 1/γ², n = m + 2) at X = 9, which in one dimension is the
        // gamma density X^(n/2-1) exp(-γ² X/2) γⁿ / (2^(n/2) Γ(n/2)); γ = 2, m = 4, so n/2 = 3 and Γ(3) = 2
        let prior = Wishart { gamma: 2.0, m: 4.0 };
        let program = GaussianMixture::with_data(1, 1, vec![], prior, vec![0.0, 0.0, 3f64.ln()]);
        let expected = 2.0 * 9f64.ln() - 18.0 + 6.0 * 2f64.ln() - 16f64.ln();
        assert!((program.value(&program.point) - expected).abs() < 1e-13);
        assert!((program.with_library(&program.point) - expected).abs() < 1e-13);
    }
}
