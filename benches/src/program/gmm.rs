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
/// column) and its prior (γ = 1, m = 0).
///
/// Its variables are α, then μ, then q, then l, component by component.
#[derive(Clone, Debug)]
pub struct GaussianMixture {
    dimension: usize,
    components: usize,
    points: Vec<f64>,
    point: Vec<f64>,
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
    /// A seeded mixture of `components` Gaussians in `dimension` dimensions, and `count` points to fit.
    pub fn new(dimension: usize, components: usize, count: usize) -> Self {
        let mut random = Random::new(3);
        let mut point = random.normals(components);
        point.extend(random.uniforms(components * dimension));
        point.extend(random.normals(components * (dimension + Self::below_diagonal(dimension))));
        let points = random.normals(count * dimension);
        Self { dimension, components, points, point }
    }

    fn below_diagonal(dimension: usize) -> usize {
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
        let freedom = dimension + 1.0;
        let log_gamma: f64 = (0..self.dimension).map(|j| Real::lgamma(0.5 * (freedom - j as f64))).sum();
        let log_multivariate_gamma = 0.25 * dimension * (dimension - 1.0) * PI.ln() + log_gamma;
        -0.5 * freedom * dimension * 2f64.ln() - log_multivariate_gamma
    }

    /// What does not depend on the variables.
    fn constant(&self) -> f64 {
        self.components as f64 * self.log_normalizer() - 0.5 * self.points.len() as f64 * TAU.ln()
    }

    fn count(&self) -> f64 {
        (self.points.len() / self.dimension) as f64
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
        let frobenius = sum_of_squares(&mixture.diagonals) + sum_of_squares(mixture.triangles);
        total - literal::<T>(self.count()) * log_sum_exp(mixture.alpha) - literal::<T>(0.5) * frobenius
            + literal(self.constant())
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
        let frobenius = chainrule::dot(&mixture.diagonals, &mixture.diagonals)
            + chainrule::dot(mixture.triangles, mixture.triangles);
        chainrule::sum(&likelihoods)
            - T::literal(self.count()) * chainrule::log_sum_exp(mixture.alpha)
            - T::literal(0.5) * frobenius
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
        let program = GaussianMixture { dimension: 1, components: 1, points: vec![2.0], point: vec![0.0; 3] };
        let expected = -0.5 * TAU.ln() - 2.0 - 0.5 - 2f64.ln();
        assert!((program.value(&program.point) - expected).abs() < 1e-14);
    }
}
