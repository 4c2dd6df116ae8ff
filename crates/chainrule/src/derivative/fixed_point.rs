//! Fixed points of iterations, differentiated where they end and not along the way.

use super::implicit::{EquationsOfMany, differentiated, inverse_jacobian, plain};
use crate::number::Number;
use crate::real::Real;
use std::error::Error;
use std::fmt;

/// A map `x ↦ g(x, p)` of `M` numbers, with `K` parameters `p`, whose iteration ends at a fixed point.
///
/// It is written once for every kind of number; [`fixed_point`] has an example.
pub trait Contraction<const M: usize, const K: usize> {
    /// `g(x, p)`, the next `x`.
    #[track_caller]
    fn next<N: Number>(&self, x: [N; M], p: [N; K]) -> [N; M];
}

/// A [`Contraction`] of any number of numbers, which is only known at run time; for [`FixedPoint::run_many`].
pub trait ContractionOfMany {
    /// `g(x, p)`, the next `x`: as many numbers.
    #[track_caller]
    fn next<N: Number>(&self, x: &[N], p: &[N]) -> Vec<N>;
}

/// The fixed point `x = g(x, p)` that the iteration reaches from `start`, as a function of the parameters: numbers of the kind of
/// `p`, with derivatives of every order that it carries.
///
/// The iteration runs on plain floats and leaves nothing on a tape. The derivative is that of the point where it ends, by the
/// implicit function theorem: `dx/dp = (1 - ∂g/∂x)⁻¹ ∂g/∂p`, as for [`implicit`](super::implicit) with `F = x - g(x, p)`; it does not
/// depend on the start or on the number of steps. [`FixedPoint`] sets tolerance and limit.
///
/// ```
/// use chainrule::derivative::{Contraction, fixed_point};
/// use chainrule::prelude::*;
///
/// /// The Babylonian way to √p: x ← (x + p/x)/2.
/// struct Babylonian;
/// impl Contraction<1, 1> for Babylonian {
///     fn next<N: Number>(&self, [x]: [N; 1], [p]: [N; 1]) -> [N; 1] {
///         [(x + p / x) * N::literal(0.5)]
///     }
/// }
///
/// let (root, slope) = value_and_grad(|p| fixed_point(&Babylonian, [1.0], [p]).unwrap()[0], 2.0);
/// assert!((root - 2f64.sqrt()).abs() < 1e-15);
/// assert!((slope - 0.5 / 2f64.sqrt()).abs() < 1e-15);
/// ```
///
/// # Errors
/// When the iteration does not come to rest: [`NotConverged`].
///
/// # Panics
/// When `1 - ∂g/∂x` is singular at the fixed point, which then has no derivative.
#[track_caller]
pub fn fixed_point<N: Real, const M: usize, const K: usize>(
    contraction: &impl Contraction<M, K>,
    start: [f64; M],
    p: [N; K],
) -> Result<[N; M], NotConverged> {
    FixedPoint::new().run(contraction, start, p)
}

/// When an iteration has come to rest, and when to give up; [`fixed_point`] uses the defaults.
///
/// ```
/// use chainrule::derivative::{Contraction, FixedPoint};
/// use chainrule::prelude::*;
///
/// struct Cosine;
/// impl Contraction<1, 0> for Cosine {
///     fn next<N: Number>(&self, [x]: [N; 1], []: [N; 0]) -> [N; 1] {
///         [x.cos()]
///     }
/// }
///
/// let refused = FixedPoint::new().limit(3).run(&Cosine, [1.0], [0.0; 0]).unwrap_err();
/// assert_eq!(refused.iterations, 3);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FixedPoint {
    tolerance: f64,
    limit: usize,
}

impl Default for FixedPoint {
    /// Tolerance 1e-14, at most 10 000 iterations.
    fn default() -> Self {
        Self { tolerance: 1e-14, limit: 10_000 }
    }
}

impl FixedPoint {
    /// The default tolerance and limit.
    pub fn new() -> Self {
        Self::default()
    }

    /// How little a step may change each number, relative to the larger of its size and 1, for the iteration to be at rest. Where a
    /// step shrinks the distance to the fixed point by a factor q, that distance is then at most q/(1 - q) times as much.
    #[must_use]
    pub fn tolerance(self, tolerance: f64) -> Self {
        Self { tolerance, ..self }
    }

    /// After how many iterations to give up.
    #[must_use]
    pub fn limit(self, limit: usize) -> Self {
        Self { limit, ..self }
    }

    /// See [`fixed_point`].
    ///
    /// # Errors
    /// When the iteration does not come to rest within the limit, or leaves the finite numbers.
    ///
    /// # Panics
    /// When `1 - ∂g/∂x` is singular at the fixed point, which then has no derivative.
    #[track_caller]
    pub fn run<N: Real, const M: usize, const K: usize>(
        self,
        contraction: &impl Contraction<M, K>,
        start: [f64; M],
        p: [N; K],
    ) -> Result<[N; M], NotConverged> {
        let fixed = self.run_many(&Arrays::<_, M, K>(contraction), &start, &p)?;
        Ok(fixed.try_into().expect("as many numbers as at the start"))
    }

    /// [`run`](Self::run) for any number of numbers and parameters.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    ///
    /// # Panics
    /// As [`run`](Self::run), and when the map does not give as many numbers as it takes.
    #[track_caller]
    pub fn run_many<N: Real>(
        self,
        contraction: &impl ContractionOfMany,
        start: &[f64],
        p: &[N],
    ) -> Result<Vec<N>, NotConverged> {
        let parameters = plain(p);
        let x = self.iterate(contraction, start, &parameters)?;
        if N::ORDER == 0 {
            return Ok(x.iter().map(|&x| Real::literal(x)).collect());
        }
        let equations = AtRest(contraction);
        let Some(inverse) = inverse_jacobian(&equations, &x, &parameters) else {
            panic!(
                "fixed_point: 1 - ∂g/∂x is singular at the fixed point x = {x:?}: there it is no differentiable function of the \
                 parameters"
            )
        };
        Ok(differentiated(&equations, &x, p, &inverse))
    }

    /// The fixed point for these parameters.
    #[track_caller]
    fn iterate(self, contraction: &impl ContractionOfMany, start: &[f64], p: &[f64]) -> Result<Vec<f64>, NotConverged> {
        let mut x = start.to_vec();
        let mut change = f64::INFINITY;
        for iteration in 1..=self.limit {
            let next = contraction.next(&x, p);
            assert!(
                next.len() == x.len(),
                "fixed_point: the map makes {} numbers of {}; it must give as many as it takes",
                next.len(),
                x.len()
            );
            let changes = next.iter().zip(&x).map(|(next, x)| (next - x).abs() / next.abs().max(1.0));
            // a NaN is the greatest change
            change = changes.fold(0.0, |most: f64, change| if change <= most { most } else { change });
            x = next;
            if change <= self.tolerance {
                return Ok(x);
            }
            if !change.is_finite() {
                return Err(NotConverged { iterations: iteration, change, x });
            }
        }
        Err(NotConverged { iterations: self.limit, change, x })
    }
}

/// An iteration that did not come to rest.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NotConverged {
    /// How many iterations were done.
    pub iterations: usize,
    /// How much the last one changed, relative to the larger of the size and 1.
    pub change: f64,
    /// Where it stands.
    pub x: Vec<f64>,
}

impl fmt::Display for NotConverged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { iterations, change, x } = self;
        write!(f, "no fixed point after {iterations} iterations: x = {x:?}, and the last one changed it by {change:e}")
    }
}

impl Error for NotConverged {}

/// The equations `x - g(x, p) = 0`.
struct AtRest<'a, G>(&'a G);

impl<G: ContractionOfMany> EquationsOfMany for AtRest<'_, G> {
    #[track_caller]
    fn residual<N: Number>(&self, x: &[N], p: &[N]) -> Vec<N> {
        x.iter().zip(self.0.next(x, p)).map(|(&x, next)| x - next).collect()
    }
}

/// A map between arrays, as a map between slices.
struct Arrays<'a, G, const M: usize, const K: usize>(&'a G);

impl<G: Contraction<M, K>, const M: usize, const K: usize> ContractionOfMany for Arrays<'_, G, M, K> {
    #[track_caller]
    fn next<N: Number>(&self, x: &[N], p: &[N]) -> Vec<N> {
        let x = x.try_into().expect("as many numbers");
        self.0.next(x, p.try_into().expect("as many parameters")).to_vec()
    }
}
