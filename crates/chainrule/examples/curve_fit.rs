//! A curve fitted to data, with standard errors: `cargo run --release -p chainrule --example curve_fit`.
//!
//! The curve is written once, as a generic function. This library gives the gradient and the Hessian of the sum of squares and the
//! Jacobian of the residuals; the crate `argmin` minimises. Data, starting values and certified results are those of Misra1a, one of the
//! Statistical Reference Datasets for nonlinear regression of NIST, which are in the public domain:
//! <https://www.itl.nist.gov/div898/strd/nls/data/misra1a.shtml> (Misra, D., Dental Research Monomolecular Adsorption Study, 1978).

use argmin::core::{CostFunction, Error, Executor, Gradient, Hessian, State};
use argmin::solver::trustregion::{Steihaug, TrustRegion};
use chainrule::prelude::*;

/// Pressure, and the volume that was adsorbed.
const DATA: [(f64, f64); 14] = [
    (77.6, 10.07),
    (114.9, 14.73),
    (141.1, 17.94),
    (190.8, 23.93),
    (239.9, 29.61),
    (289.0, 35.18),
    (332.8, 40.02),
    (378.4, 44.82),
    (434.8, 50.76),
    (477.3, 55.05),
    (536.8, 61.01),
    (593.1, 66.40),
    (689.1, 75.47),
    (760.0, 81.78),
];

/// NIST's two starting points, the far one first.
const STARTS: [[f64; 2]; 2] = [[500.0, 0.0001], [250.0, 0.0005]];

/// How far each point lies from the curve `volume = b₀ (1 - e^(-b₁ pressure))`.
fn residuals<N: Number>(b: &[N]) -> Vec<N> {
    let curve = |pressure: f64| b[0] * (N::literal(1.0) - (-b[1] * N::literal(pressure)).exp());
    DATA.iter().map(|&(pressure, volume)| curve(pressure) - N::literal(volume)).collect()
}

fn sum_of_squares<N: Number>(b: &[N]) -> N {
    residuals(b).into_iter().fold(N::literal(0.0), |sum, residual| sum + residual * residual)
}

/// The sum of squares as `argmin` asks for it.
struct Fit;
impl CostFunction for Fit {
    type Param = Vec<f64>;
    type Output = f64;
    fn cost(&self, b: &Vec<f64>) -> Result<f64, Error> {
        Ok(sum_of_squares(b))
    }
}
impl Gradient for Fit {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;
    fn gradient(&self, b: &Vec<f64>) -> Result<Vec<f64>, Error> {
        Ok(grad(|b| sum_of_squares(&b), b))
    }
}
impl Hessian for Fit {
    type Param = Vec<f64>;
    type Hessian = Vec<Vec<f64>>;
    fn hessian(&self, b: &Vec<f64>) -> Result<Vec<Vec<f64>>, Error> {
        Ok(hessian(|b| sum_of_squares(&b), b))
    }
}

/// The parameters with the least sum of squares, by Newton steps within a region of trust.
fn fit(start: [f64; 2]) -> Result<Vec<f64>, Error> {
    let solver = TrustRegion::new(Steihaug::new().with_max_iters(4)).with_radius(100.0)?;
    let run = Executor::new(Fit, solver).configure(|state| state.param(start.to_vec()).max_iters(50)).run()?;
    Ok(run.state().get_best_param().expect("argmin keeps the best point").clone())
}

/// The standard deviation of the residuals, `s = √(S / (m - n))` for `m` points and `n` parameters.
fn residual_deviation(b: &[f64]) -> f64 {
    (sum_of_squares(b) / (DATA.len() - b.len()) as f64).sqrt()
}

/// Standard errors `s √diag(A⁻¹)`, where the matrix `A` is half of the Hessian of the sum of squares, or `JᵀJ`, what Gauss and Newton
/// make of it: the two differ by `Σ r ∇²r`, which is small where the curve fits well.
fn standard_errors(b: &[f64], half_hessian: &Tensor<f64>) -> Vec<f64> {
    half_hessian.inverse().diagonal(0).iter().map(|variance| residual_deviation(b) * variance.sqrt()).collect()
}

/// `JᵀJ` of the residuals.
fn gauss_newton(b: &[f64]) -> Tensor<f64> {
    let jacobian = matrix(&jacobian_of_many(|b| residuals(&b), b));
    jacobian.transpose().matmul(&jacobian)
}

/// Half of the Hessian of the sum of squares.
fn half_hessian(b: &[f64]) -> Tensor<f64> {
    matrix(&hessian(|b| sum_of_squares(&b), b)) / 2.0
}

fn matrix(rows: &[Vec<f64>]) -> Tensor<f64> {
    Tensor::from(rows.concat()).reshape([rows.len(), rows[0].len()])
}

fn main() -> Result<(), Error> {
    println!("Misra1a: volume = b1 (1 - exp(-b2 pressure))");
    for start in STARTS {
        let b = fit(start)?;
        let (certified, observed) = (standard_errors(&b, &gauss_newton(&b)), standard_errors(&b, &half_hessian(&b)));
        println!("\nfrom {start:?}");
        println!("{:>24} {:>18} {:>18} {:>18}", "", "estimate", "error by JᵀJ", "error by Hessian");
        for (i, b) in b.iter().enumerate() {
            println!("{:>24} {b:>18.10e} {:>18.10e} {:>18.10e}", format!("b{}", i + 1), certified[i], observed[i]);
            println!("{:>24} {:>18.10e} {:>18.10e}", "certified", certified::ESTIMATES[i], certified::ERRORS[i]);
        }
        println!("{:>24} {:>18.10e}", "sum of squares", sum_of_squares(&b));
        println!("{:>24} {:>18.10e}", "certified", certified::SUM_OF_SQUARES);
        println!("{:>24} {:>18.10e}", "residual deviation", residual_deviation(&b));
        println!("{:>24} {:>18.10e}", "certified", certified::RESIDUAL_DEVIATION);
    }
    Ok(())
}

/// The results that NIST certifies, to eleven digits.
mod certified {
    pub(super) const ESTIMATES: [f64; 2] = [2.389_421_291_8e2, 5.501_564_318_1e-4];
    pub(super) const ERRORS: [f64; 2] = [2.707_007_524_1, 7.266_868_843_6e-6];
    pub(super) const SUM_OF_SQUARES: f64 = 1.245_513_889_4e-1;
    pub(super) const RESIDUAL_DEVIATION: f64 = 1.018_787_633_0e-1;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_digits(found: f64, certified: f64, digits: i32) {
        let gap = (found / certified - 1.0).abs();
        assert!(gap < 10f64.powi(-digits), "{found:e} is not {certified:e} to {digits} digits");
    }

    #[test]
    fn both_starts_lead_to_the_certified_results() -> Result<(), Error> {
        for start in STARTS {
            let b = fit(start)?;
            let errors = standard_errors(&b, &gauss_newton(&b));
            for i in 0..2 {
                assert_digits(b[i], certified::ESTIMATES[i], 10);
                assert_digits(errors[i], certified::ERRORS[i], 9);
            }
            assert_digits(sum_of_squares(&b), certified::SUM_OF_SQUARES, 10);
            assert_digits(residual_deviation(&b), certified::RESIDUAL_DEVIATION, 10);
        }
        Ok(())
    }

    /// `½ ∇²S = JᵀJ + Σ r ∇²r` with the second derivatives of the curve by hand.
    #[test]
    fn the_hessian_is_that_of_gauss_and_newton_and_the_curvature_of_the_curve() {
        let b = certified::ESTIMATES;
        let curvature = DATA.iter().zip(residuals(&b)).fold([0.0; 3], |[aa, ab, bb], (&(x, _), r)| {
            let decay = (-b[1] * x).exp();
            [aa, ab + r * x * decay, bb - r * b[0] * x * x * decay]
        });
        let (whole, part) = (half_hessian(&b), gauss_newton(&b));
        for (at, expected) in [([0, 0], curvature[0]), ([0, 1], curvature[1]), ([1, 1], curvature[2])] {
            let difference = whole.at(&at) - part.at(&at);
            assert!((difference - expected).abs() <= 1e-12 * whole.at(&at), "{at:?}: {difference} is not {expected}");
        }
    }
}
