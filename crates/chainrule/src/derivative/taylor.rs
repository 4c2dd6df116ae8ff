//! Derivatives of any order: Taylor coefficients along a direction, and mixed partial derivatives.

use super::forward::tangents;
use super::parameters::count;
use super::{Differentiable, Leaf, Parameters};
use crate::number::Taylor;
use crate::real::Real;

/// What a closure gets for each parameter of `P` where power series are followed: a [`Taylor`] series, or a tensor of them.
pub type SeriesOf<P, const K: usize> = <<P as Parameters>::Value as Differentiable>::Series<K>;

/// The first `K` Taylor coefficients of `f(x + t v)` by `t` at 0, that of t⁰ first. The derivative of order `k` along `v` is `k!`
/// times the coefficient.
///
/// Forward mode: `f` is computed once, on [`Taylor`] series and without a tape; a product costs about `K²` operations. How many
/// coefficients there are is said by what the result is bound to. The result of `f` is a number, or several in any arrangement.
///
/// ```
/// use chainrule::prelude::*;
/// let [c0, c1, c2, c3] = taylor(|x| x.exp(), 0.0, 1.0);
/// assert_eq!([c0, c1, c2, 6.0 * c3], [1.0, 1.0, 0.5, 1.0]);
///
/// // x y along the direction (3, 4) from (1, 2): (1 + 3t)(2 + 4t)
/// let coefficients: [f64; 4] = taylor(|[x, y]| x * y, [1.0, 2.0], [3.0, 4.0]);
/// assert_eq!(coefficients, [2.0, 10.0, 12.0, 0.0]);
///
/// let [_, slopes, _] = taylor(|x| x.powi(3), Tensor::from([1.0, 2.0]), Tensor::from([1.0, 1.0]));
/// assert_eq!(slopes.to_vec(), [3.0, 12.0]);
/// ```
///
/// # Panics
/// When `v` has another number of values than `x`, or a tensor of it another shape.
#[track_caller]
pub fn taylor<P: Parameters, D, O, const K: usize>(
    f: impl Fn(P::Of<SeriesOf<P, K>>) -> O,
    x: P,
    v: D,
) -> O::Of<[P::Value; K]>
where
    P::Value: Leaf,
    D: Parameters<Value = P::Value>,
    O: Parameters<Value = SeriesOf<P, K>>,
{
    let directions = tangents("taylor", &x, &v);
    let mut directions = directions.iter();
    let series = x.map(|value| value.along(directions.next().expect("they were counted")));
    f(series).map(P::Value::coefficients)
}

/// The partial derivative `∂ⁿf/∂xᵢ∂xⱼ...` at `x` by the parameters that `indices` name, in any order and as often as they are named;
/// up to eight of them.
///
/// Forward mode by [`Taylor`] series along several directions, whose coefficients are put together (polarisation): as many runs of
/// `f` as half the product of all multiplicities plus one each, so 2ⁿ⁻¹ for `n` different parameters, and a single one where only
/// one parameter is named.
///
/// By one parameter the answer is as exact as a Taylor coefficient. Otherwise it is a sum of coefficients of both signs, and its error is
/// the rounding of the largest of them: a few units in the last place where the derivatives of order `n` are of one size, and more
/// where the one that is asked for is small beside others. Exact in every case, and longer to write, are nested calls: `derivative` in
/// `derivative`.
///
/// Source: Griewank, Utke and Walther, "Evaluating higher derivative tensors by forward propagation of univariate Taylor series",
/// Mathematics of Computation 69, 2000.
///
/// ```
/// use chainrule::prelude::*;
/// // of x³ y²: ∂³/∂x² ∂y = 12 x y, and ∂³/∂x³ = 6 y²
/// assert_eq!(mixed_partial(|[x, y]| x.powi(3) * y * y, [2.0, 5.0], [0, 1, 0]), 120.0);
/// assert_eq!(mixed_partial(|[x, y]| x.powi(3) * y * y, [2.0, 5.0], [0, 0, 0]), 150.0);
/// ```
///
/// # Panics
/// When an index names no parameter.
#[track_caller]
pub fn mixed_partial<P: Parameters, I: Indices>(
    f: impl Fn(P::Of<I::Series<P::Value>>) -> I::Series<P::Value>,
    x: P,
    indices: I,
) -> P::Value
where
    P::Value: Leaf + Real,
{
    let parameters = count(&x);
    let mut multiplicities = vec![0_u32; parameters];
    for &index in indices.as_ref() {
        assert!(
            index < parameters,
            "mixed_partial: index {index} names no parameter: there are {parameters}, counted from 0"
        );
        multiplicities[index] += 1;
    }
    let along = |direction: &[f64]| {
        let mut paces = direction.iter();
        let series = x.map(|&value| I::along(value, P::Value::literal(*paces.next().expect("one for each parameter"))));
        I::last(f(series))
    };
    let mut named = multiplicities.iter().enumerate().filter(|&(_, &times)| times > 0);
    let (first, second) = (named.next(), named.next());
    let order = indices.as_ref().len();
    match (first, second) {
        // the value; or one parameter: n! times a coefficient
        (None, _) => along(&vec![0.0; parameters]),
        (Some((index, _)), None) => {
            let mut direction = vec![0.0; parameters];
            direction[index] = 1.0;
            (2..=order).fold(along(&direction), |product, k| product * P::Value::literal(k as f64))
        }
        (Some((half, _)), Some(_)) => {
            let mut sum = P::Value::single(0.0);
            for (weight, direction) in directions(&multiplicities, half) {
                sum += P::Value::literal(weight) * along(&direction);
            }
            sum * P::Value::literal(2f64.powi(1 - i32::try_from(order).expect("at most eight")))
        }
    }
}

/// The directions of the polarisation identity with their weights. `2ⁿ ∂ⁿf = Σ ∏ (-1)ᵏ binomial(m, k) · cₙ` over all directions
/// `m - 2k` with `0 ≤ k ≤ m` for a parameter of multiplicity `m`, where `cₙ` is the coefficient of order `n` along the direction.
/// Opposite directions have the same term, so that for the parameter `half` those below 0 are left out, and 0 counts half.
fn directions(multiplicities: &[u32], half: usize) -> Vec<(f64, Vec<f64>)> {
    let mut found = vec![(1.0, Vec::new())];
    for (at, &times) in multiplicities.iter().enumerate() {
        let mut longer = Vec::new();
        for (weight, direction) in &found {
            let mut binomial = 1.0;
            for k in 0..=times {
                let pace = f64::from(times) - 2.0 * f64::from(k);
                let counted = if at != half || pace > 0.0 {
                    1.0
                } else if pace == 0.0 {
                    0.5
                } else {
                    break;
                };
                let sign = if k % 2 == 0 { 1.0 } else { -1.0 };
                let direction = direction.iter().copied().chain([pace]).collect();
                longer.push((weight * sign * binomial * counted, direction));
                binomial *= f64::from(times - k) / f64::from(k + 1);
            }
        }
        found = longer;
    }
    found
}

/// A list of parameters to take partial derivatives by, `[usize; N]` with `N` up to 8, and the series that takes.
#[diagnostic::on_unimplemented(
    message = "`mixed_partial` takes an array of at most eight indices, not `{Self}`",
    note = "write the indices as an array: `mixed_partial(f, x, [0, 1, 1])`"
)]
pub trait Indices: AsRef<[usize]> + Copy {
    /// A Taylor series that ends with the order of the derivative.
    type Series<T: Real>: Real;
    /// `value + direction t`.
    fn along<T: Real>(value: T, direction: T) -> Self::Series<T>;
    /// The coefficient of the highest order.
    fn last<T: Real>(series: Self::Series<T>) -> T;
}

macro_rules! indices {
    ($($N:literal $K:literal),*) => { $(
        impl Indices for [usize; $N] {
            type Series<T: Real> = Taylor<T, $K>;
            fn along<T: Real>(value: T, direction: T) -> Taylor<T, $K> {
                Taylor::along(value, direction)
            }
            fn last<T: Real>(series: Taylor<T, $K>) -> T {
                series.coefficient($N)
            }
        }
    )* };
}
indices!(0 1, 1 2, 2 3, 3 4, 4 5, 5 6, 6 7, 7 8, 8 9);
