//! Solutions of equations, differentiated by the implicit function theorem.

use super::dense;
use crate::number::{Dual, Number};
use crate::real::{Real, RuleOfMany};

/// `M` equations `F(x, p) = 0` for as many unknowns `x`, with `K` parameters `p`.
///
/// The residual `F` is written once for every kind of number; [`implicit`] has an example.
pub trait Equations<const M: usize, const K: usize> {
    /// `F(x, p)`, which is 0 at a solution.
    #[track_caller]
    fn residual<N: Number>(&self, x: [N; M], p: [N; K]) -> [N; M];
}

/// [`Equations`] of any number, which is only known at run time; for [`implicit_of_many`].
pub trait EquationsOfMany {
    /// `F(x, p)`, which is 0 at a solution: as many numbers as there are unknowns.
    #[track_caller]
    fn residual<N: Number>(&self, x: &[N], p: &[N]) -> Vec<N>;
}

/// The solution `x` of the equations `F(x, p) = 0`, as a function of the parameters: numbers of the kind of `p`, with derivatives
/// of every order that it carries.
///
/// A solver on plain floats has found `x`; how, does not matter, and nothing of it is differentiated. The implicit function theorem
/// gives `dx/dp = -(∂F/∂x)⁻¹ ∂F/∂p`, and for numbers of several levels the higher derivatives too: with the Jacobian `∂F/∂x` at the
/// solution, `x ← x - (∂F/∂x)⁻¹ F(x, p)` in the arithmetic of `p` makes the derivatives of one more order right with each step. The
/// value stays the `x` that was given, to the last bit. On a tape a step is the residual, with `x` as constants in the first one, and one
/// node for each unknown.
///
/// ```
/// use chainrule::derivative::{Equations, implicit};
/// use chainrule::prelude::*;
///
/// /// Kepler's equation E - e sin E = M for the eccentric anomaly E, with M and e as parameters.
/// struct Kepler;
/// impl Equations<1, 2> for Kepler {
///     fn residual<N: Number>(&self, [anomaly]: [N; 1], [mean, eccentricity]: [N; 2]) -> [N; 1] {
///         [anomaly - eccentricity * anomaly.sin() - mean]
///     }
/// }
///
/// let (mean, eccentricity) = (1.0, 0.3);
/// let mut solution: f64 = mean;
/// for _ in 0..60 {
///     solution = mean + eccentricity * solution.sin(); // any solver will do
/// }
/// let [slope, _] = grad(|p| implicit(&Kepler, [solution], p)[0], [mean, eccentricity]);
/// assert!((slope - 1.0 / (1.0 - eccentricity * solution.cos())).abs() < 1e-12);
/// ```
///
/// # Panics
/// When `x` is no solution: a Newton step would still move an unknown by more than 1e-6 of its size (1e-3 in single precision), and by
/// more than 1e-9. The residual is told. And when `∂F/∂x` is singular at the solution, where it has no derivative.
#[track_caller]
pub fn implicit<N: Real, const M: usize, const K: usize>(
    equations: &impl Equations<M, K>,
    x: [f64; M],
    p: [N; K],
) -> [N; M] {
    let solution = implicit_of_many(&Arrays::<_, M, K>(equations), &x, &p);
    solution.try_into().expect("as many numbers as unknowns")
}

/// [`implicit`] for any number of equations and parameters.
///
/// # Panics
/// As [`implicit`], and when there are not as many equations as unknowns.
#[track_caller]
pub fn implicit_of_many<N: Real>(equations: &impl EquationsOfMany, x: &[f64], p: &[N]) -> Vec<N> {
    let parameters = plain(p);
    let residual = equations.residual(x, &parameters);
    assert!(
        residual.len() == x.len(),
        "implicit: there are {} equations for {} unknowns; there must be as many",
        residual.len(),
        x.len()
    );
    let Some(inverse) = inverse_jacobian(equations, x, &parameters) else {
        panic!(
            "implicit: the Jacobian of the equations by the unknowns is singular at x = {x:?} (residual {residual:?}): there the \
             solution is no differentiable function of the parameters"
        )
    };
    let tolerance = N::epsilon().to_f64().map_or(1e-6, |epsilon| (1e4 * epsilon).max(1e-6));
    for (at, &unknown) in x.iter().enumerate() {
        let step: f64 = residual.iter().enumerate().map(|(j, r)| inverse[at * x.len() + j] * r).sum();
        assert!(
            step.abs() <= tolerance * unknown.abs() + 1e-9,
            "implicit: x = {x:?} does not solve the equations: the residual is {residual:?}, and a Newton step would move unknown \
             {at} by {step:e}; solve them more accurately first, with the same parameters"
        );
    }
    differentiated(equations, x, p, &inverse)
}

/// The values of numbers, as plain floats.
pub(super) fn plain<N: Real>(x: &[N]) -> Vec<f64> {
    x.iter().map(|x| x.to_f64().unwrap_or(f64::NAN)).collect()
}

/// The inverse of `∂F/∂x`, row-major; none where it is singular. One residual in dual numbers for each unknown.
pub(super) fn inverse_jacobian(equations: &impl EquationsOfMany, x: &[f64], p: &[f64]) -> Option<Vec<f64>> {
    let mut jacobian = vec![0.0; x.len() * x.len()];
    let p: Vec<Dual<f64>> = p.iter().map(|&p| Dual::constant(p)).collect();
    let mut moved: Vec<Dual<f64>> = x.iter().map(|&x| Dual::constant(x)).collect();
    for j in 0..x.len() {
        moved[j].epsilon = 1.0;
        for (i, residual) in equations.residual(&moved, &p).iter().enumerate() {
            jacobian[i * x.len() + j] = residual.epsilon;
        }
        moved[j].epsilon = 0.0;
    }
    dense::inverse(&jacobian, x.len())
}

/// The solution `x` with its derivatives by what `p` varies with.
///
/// Each step removes the error of one order: it multiplies the error by `1 - (∂F/∂x)⁻¹ ∂F/∂x`, where the inverse is a matrix of
/// floats and the other factor one of numbers like `p` with the same values, so that the difference has only derivatives.
#[track_caller]
pub(super) fn differentiated<N: Real>(equations: &impl EquationsOfMany, x: &[f64], p: &[N], inverse: &[f64]) -> Vec<N> {
    let mut solution: Vec<N> = x.iter().map(|&x| Real::literal(x)).collect();
    let mut operands = Vec::with_capacity(x.len() + 1);
    for _ in 0..N::ORDER {
        let residual = equations.residual(&solution, p);
        for (i, unknown) in solution.iter_mut().enumerate() {
            operands.clear();
            operands.push(*unknown);
            operands.extend(&residual);
            *unknown = N::apply_many(&operands, &Correction { inverse_row: &inverse[i * x.len()..][..x.len()] });
        }
    }
    solution
}

/// `x₀ - Σ cⱼ (xⱼ - its value)`: a step of Newton's method that leaves the value where it is.
struct Correction<'a> {
    inverse_row: &'a [f64],
}

impl RuleOfMany for Correction<'_> {
    const NAME: &'static str = "implicit";

    fn value<T: Real>(&self, x: &[T]) -> T {
        x[0]
    }

    fn gradient<T: Real>(&self, _: &[T], _: T, gradient: &mut [T]) {
        gradient[0] = T::one();
        for (slope, &element) in gradient[1..].iter_mut().zip(self.inverse_row) {
            *slope = -<T as Real>::literal(element);
        }
    }
}

/// Equations between arrays, as equations between slices.
struct Arrays<'a, E, const M: usize, const K: usize>(&'a E);

impl<E: Equations<M, K>, const M: usize, const K: usize> EquationsOfMany for Arrays<'_, E, M, K> {
    #[track_caller]
    fn residual<N: Number>(&self, x: &[N], p: &[N]) -> Vec<N> {
        let x = x.try_into().expect("as many unknowns");
        self.0.residual(x, p.try_into().expect("as many parameters")).to_vec()
    }
}
