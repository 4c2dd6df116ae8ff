//! The published policy at kinks and poles (`docs/conventions.md`) of the rules over tensors, row by row.
//!
//! Where nothing else is said the expected numbers are the policy itself: `PyTorch`'s written order (the derivative where it
//! exists, else the subgradient of least norm, else the supergradient of least norm, else continuity), applied by hand.

#![allow(clippy::cast_possible_truncation, reason = "every case also runs in f32")]

use chainrule::Element;
use chainrule::prelude::*;

const INF: f64 = f64::INFINITY;

/// A formula of N numbers, over any kind.
pub(super) trait Formula<const N: usize> {
    fn eval<X: Number>(&self, x: [X; N]) -> X;
}

macro_rules! formula {
    ($($x:ident),+ => $body:expr) => {{
        struct Here;
        impl Formula<{ [$(stringify!($x)),+].len() }> for Here {
            fn eval<X: Number>(&self, [$($x),+]: [X; [$(stringify!($x)),+].len()]) -> X {
                $body
            }
        }
        Here
    }};
}
pub(super) use formula;

/// The slopes in reverse, over tensors of one kind of number.
fn reverse<T: Element, const N: usize>(formula: &impl Formula<N>, x: [Tensor<T>; N]) -> [Tensor<T>; N] {
    let tape = Tape::new();
    let x = tape.vars(x);
    formula.eval(x).sum().backward().of_all(x)
}

/// Asserts the slopes at several points, `(x, slopes)`: in reverse over f64, f32 and dual numbers, and in forward mode. All
/// points lie in one tensor, so that no element can hide behind another.
fn assert_slopes<const N: usize>(what: &str, formula: &impl Formula<N>, points: &[([f64; N], [f64; N])]) {
    let x: [Tensor<f64>; N] = std::array::from_fn(|k| points.iter().map(|point| point.0[k]).collect::<Vec<_>>().into());
    let double = reverse(formula, x.clone());
    let single = reverse(formula, x.clone().map(|x| x.map(|x| x as f32)));
    let dual = reverse(formula, x.clone().map(|x| x.map(Dual::constant)));
    for by in 0..N {
        // along one variable
        let tape = Tape::new();
        let along = |k: usize| x[k].map(|x| Dual::new(x, if k == by { 1.0 } else { 0.0 }));
        let forward = formula.eval(std::array::from_fn(|k| tape.var(along(k)))).value();
        for (at, (point, slopes)) in points.iter().enumerate() {
            let found = [
                ("f64", double[by][[at]], 1e-15),
                ("f32", f64::from(single[by][[at]]), 1e-6),
                ("reverse over duals", dual[by][[at]].value, 1e-15),
                ("forward", forward[[at]].epsilon, 1e-15),
            ];
            for (kind, found, tolerance) in found {
                let same = found == slopes[by] || (found - slopes[by]).abs() <= tolerance * slopes[by].abs();
                assert!(same, "{what}, {kind}: the slope at {point:?} by number {by} is {found}, not {}", slopes[by]);
            }
        }
    }
}

/// [`assert_slopes`] of a function of one number.
pub(super) fn assert_slope(what: &str, formula: &impl Formula<1>, points: &[(f64, f64)]) {
    let points: Vec<_> = points.iter().map(|&(x, slope)| ([x], [slope])).collect();
    assert_slopes(what, formula, &points);
}

#[test]
fn rectifiers_at_their_kinks() {
    assert_slope("relu", &formula!(x => x.relu()), &[(0.0, 0.0), (-0.0, 0.0), (1.0, 1.0)]);
    assert_slope("relu6", &formula!(x => x.relu6()), &[(0.0, 0.0), (6.0, 0.0), (3.0, 1.0)]);
    assert_slope("leaky_relu(.1)", &formula!(x => x.leaky_relu(0.1)), &[(0.0, 0.1)]);
    // min(1, alpha); torch and JAX give alpha
    assert_slope("elu(1)", &formula!(x => x.elu(1)), &[(0.0, 1.0)]);
    assert_slope("elu(2)", &formula!(x => x.elu(2)), &[(0.0, 1.0)]);
    assert_slope("elu(.5)", &formula!(x => x.elu(0.5)), &[(0.0, 0.5)]);
    // the scale, as Klambauer et al. print it; torch and JAX give 1.7581
    assert_slope("selu", &formula!(x => x.selu()), &[(0.0, 1.050_700_987_355_480_5)]);
    assert_slope("hard_sigmoid", &formula!(x => x.hard_sigmoid()), &[(-3.0, 0.0), (3.0, 0.0), (0.0, 1.0 / 6.0)]);
    assert_slope("hard_swish", &formula!(x => x.hard_swish()), &[(-3.0, 0.0), (3.0, 1.0)]);
    assert_slope("clamp", &formula!(x => x.clamp(-1, 2)), &[(-1.0, 0.0), (2.0, 0.0), (0.0, 1.0), (5.0, 0.0)]);
    assert_slope("abs", &formula!(x => x.abs()), &[(0.0, 0.0), (-0.0, 0.0), (-2.0, -1.0)]);
}

#[test]
fn steps_are_flat_where_they_jump() {
    let points = [0.0, -0.0, 2.0, 2.5, -1.5].map(|x| (x, 0.0));
    assert_slope("sign", &formula!(x => x.sign()), &points);
    assert_slope("step", &formula!(x => x.step()), &points);
    assert_slope("floor", &formula!(x => x.floor()), &points);
    assert_slope("ceil", &formula!(x => x.ceil()), &points);
    assert_slope("round", &formula!(x => x.round()), &points);
    // half away from zero as Rust rounds; sign(0) = 0, unlike signum
    assert_eq!(Tensor::from([2.5, -2.5, 0.5]).round().to_vec(), [3.0, -3.0, 1.0]);
    assert_eq!(Tensor::from([0.0, -3.0]).sign().to_vec(), [0.0, -1.0]);
    assert_eq!(Tensor::from([0.0_f32, -3.0]).signum().to_vec(), [1.0, -1.0]);
}

#[test]
fn poles_have_infinite_slopes() {
    assert_slope("sqrt", &formula!(x => x.sqrt()), &[(0.0, INF), (4.0, 0.25)]);
    assert_slope("cbrt", &formula!(x => x.cbrt()), &[(0.0, INF)]);
    assert_slope("ln", &formula!(x => x.ln()), &[(0.0, INF), (4.0, 0.25)]);
    assert_slope("recip", &formula!(x => x.recip()), &[(0.0, -INF), (2.0, -0.25)]);
    assert_slope("asin", &formula!(x => x.asin()), &[(1.0, INF)]);
    assert_slope("acos", &formula!(x => x.acos()), &[(1.0, -INF)]);
    assert_slope("acosh", &formula!(x => x.acosh()), &[(1.0, INF)]);
    assert_slope("atanh", &formula!(x => x.atanh()), &[(1.0, INF)]);
    assert_slope("entropy", &formula!(x => x.entropy()), &[(0.0, INF)]);
    for outside in [Tensor::from([-1.0_f64]).ln(), Tensor::from([-1.0]).sqrt(), Tensor::from([0.5]).acosh()] {
        assert!((outside * 0.0 + 1.0).item().is_nan());
    }
}

#[test]
fn powers() {
    assert_slope("x^0", &formula!(x => x.powi(0)), &[(0.0, 0.0)]);
    assert_slope("x^1", &formula!(x => x.powi(1)), &[(0.0, 1.0)]);
    assert_slope("x^2", &formula!(x => x.powi(2)), &[(0.0, 0.0)]);
    assert_slope("x^3", &formula!(x => x.powi(3)), &[(0.0, 0.0)]);
    assert_slope("x^4", &formula!(x => x.powi(4)), &[(0.0, 0.0)]);
    assert_slope("x^0.", &formula!(x => x.powf(0)), &[(0.0, 0.0)]);
    assert_slope("x^1.", &formula!(x => x.powf(1)), &[(0.0, 1.0)]);
    assert_slope("x^2.", &formula!(x => x.powf(2)), &[(0.0, 0.0), (-2.0, -4.0)]);
    assert_slope("x^3.", &formula!(x => x.powf(3)), &[(0.0, 0.0)]);
    assert_slope("pow(x, 2)", &formula!(x => x.pow(X::literal(2.0))), &[(-2.0, -4.0), (0.0, 0.0)]);
    // by the exponent at 0: x^y ln x, its limit
    let pow = formula!(x, y => x.pow(y));
    assert_slopes(
        "pow",
        &pow,
        &[([0.0, 0.0], [0.0, -INF]), ([0.0, 2.0], [0.0, 0.0]), ([2.0, 1.0], [1.0, 2.0 * 2f64.ln()])],
    );
    assert_eq!(reverse(&pow, [0.0, -1.0].map(Tensor::scalar))[1].item(), -INF);
    // (-2)^2. by the base; (-1)^0.5 is NaN
    assert_eq!(reverse(&pow, [-2.0, 2.0].map(Tensor::scalar))[0].item(), -4.0);
    assert!(Tensor::from([-1.0_f64]).pow(0.5).item().is_nan());
}

#[test]
fn functions_of_two_numbers() {
    assert_slopes("hypot", &formula!(x, y => x.hypot(y)), &[([0.0, 0.0], [0.0, 0.0]), ([3.0, 4.0], [0.6, 0.8])]);
    assert_slopes("atan2", &formula!(y, x => y.atan2(x)), &[([0.0, 0.0], [0.0, 0.0]), ([0.0, 2.0], [0.5, 0.0])]);
    // -trunc(x / y) by y, with the sign of x as Rust's
    assert_slopes("rem", &formula!(x, y => x % y), &[([-7.25, 2.0], [1.0, 3.0]), ([1.0, 0.1], [1.0, -9.0])]);
    // ln y by x, x / y by y, 0 at x = 0
    let xlogy = formula!(x, y => x.xlogy(y));
    assert_slopes("xlogy", &xlogy, &[([0.0, 2.0], [2f64.ln(), 0.0]), ([3.0, 2.0], [2f64.ln(), 1.5])]);
    assert_eq!(reverse(&xlogy, [0.0, 0.0].map(Tensor::scalar))[1].item(), 0.0);
    let zero = Tensor::from([0.0]);
    assert_eq!((zero.xlogy(0.0).item(), zero.entropy().item(), zero.atan2(0.0).item()), (0.0, 0.0, 0.0));
    assert_eq!(Tensor::from([-7.25, 7.25]) % 2.0, Tensor::from([-1.25, 1.25]));
    // one of them repeated: the ties of a row are summed
    let tape = TensorTape::new();
    let (x, origin) = (tape.var(Tensor::from([[0.0, 0.0], [0.0, 3.0]])), tape.var(Tensor::from([0.0, 4.0])));
    let g = x.hypot(origin).sum().backward();
    assert_eq!(g.of(x), Tensor::from([[0.0, 0.0], [0.0, 0.6]]));
    assert_eq!(g.of(origin), Tensor::from([0.0, 1.8]));
}

#[test]
fn a_tie_of_two_variables_is_shared_and_one_with_a_constant_is_flat() {
    let ties = [([1.5, 1.5], [0.5, 0.5]), ([-0.0, 0.0], [0.5, 0.5])];
    assert_slopes("max", &formula!(x, y => x.max(y)), &ties);
    assert_slopes("min", &formula!(x, y => x.min(y)), &ties);
    assert_slope("max with itself", &formula!(x => x.max(x)), &[(3.0, 1.0)]);
    assert_slope("max(x, 2)", &formula!(x => x.max(X::literal(2.0))), &[(2.0, 0.0), (3.0, 1.0)]);
    assert_slope("min(2, x)", &formula!(x => X::literal(2.0).min(x)), &[(2.0, 0.0), (1.0, 1.0)]);
    // tensors that are constants, in every spelling
    let (tape, two) = (TensorTape::new(), Tensor::from([2.0, 1.0]));
    let x = tape.var(two.clone());
    let constant = tape.constant(two.clone());
    let ties = [
        x.max(&two),
        x.min(two.clone()),
        x.max(constant),
        constant.min(x),
        constant.max(x),
        x.max(x.detach()),
        x.max(2.0),
    ];
    for (which, tie) in ties.into_iter().enumerate() {
        assert_eq!(tie.sum().backward().of(x).to_vec(), [0.0, 0.0], "number {which}");
    }
    // one value beside a row, two of which are ties
    let (x, y) = (tape.var(Tensor::scalar(2.0)), tape.var(Tensor::from([2.0, 2.0, 5.0])));
    let g = x.max(y).sum().backward();
    assert_eq!((g.of(x).item(), g.of(y).to_vec()), (1.0, vec![0.5, 0.5, 1.0]));
}
