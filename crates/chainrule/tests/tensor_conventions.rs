//! The published policy at kinks, singular points and edges (`docs/conventions.md`) on tensors, row by row.
//!
//! Where nothing else is said the expected numbers are the policy itself: `PyTorch`'s written order (the derivative where it
//! exists, else the subgradient of least norm, else the supergradient of least norm, else continuity), applied by hand.

#![allow(clippy::cast_possible_truncation, reason = "every case also runs in f32")]

use chainrule::prelude::*;
use chainrule::{Element, Pool2d};

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

/// A function of a tensor.
type Function<T> = fn(&Tensor<T>) -> Tensor<T>;

/// A function of a tensor on a tape.
type Recorded = for<'t> fn(Var<'t, Tensor<f64>>) -> Var<'t, Tensor<f64>>;

/// A formula of N numbers, over any kind.
trait Formula<const N: usize> {
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
fn assert_slope(what: &str, formula: &impl Formula<1>, points: &[(f64, f64)]) {
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

/// Values, gradient, and the gradient's derivative along `along`, of a formula over tensors of dual numbers.
fn curvature(
    x: &Tensor<f64>,
    along: &Tensor<f64>,
    formula: impl for<'t> Fn(Var<'t, Tensor<Dual<f64>>>) -> Var<'t, Tensor<Dual<f64>>>,
) -> [Vec<f64>; 4] {
    let tape = Tape::new();
    let pairs = x.iter().zip(along).map(|(&x, &along)| Dual::new(x, along)).collect();
    let x = tape.var(Tensor::new(x.shape(), pairs));
    let y = formula(x);
    let (y, g) = (y.value(), y.sum().backward().of(x));
    [y.map(|y| y.value), y.map(|y| y.epsilon), g.map(|g| g.value), g.map(|g| g.epsilon)].map(Tensor::into_vec)
}

#[test]
fn reductions_share_ties_and_windows_do_not() {
    // f32, several axes, forward and second order; all equal elements of [[3, 1], [3, 3]] have a third
    let x = Tensor::from([[3.0, 1.0], [3.0, 3.0]]);
    let tape = Tape::<Tensor<f32>>::new();
    let single = tape.var(x.map(|x| x as f32));
    assert_eq!(single.amax().backward().of(single).to_vec(), [1.0 / 3.0, 0.0, 1.0 / 3.0, 1.0 / 3.0]);
    assert_eq!(single.amin_along(keepdims(0)).sum().backward().of(single).to_vec(), [0.5, 1.0, 0.5, 0.0]);
    let along = Tensor::from([[1.0, 100.0], [2.0, 6.0]]);
    let third = 1.0 / 3.0;
    let expected = [vec![3.0], vec![3.0], vec![third, 0.0, third, third], vec![0.0; 4]];
    assert_eq!(curvature(&x, &along, |x| x.amax_along([0, 1])), expected);
    // of a window the first has it all, forward and in reverse
    let image = Tensor::from([3.0, 3.0, 3.0]).reshape([1, 1, 3, 1]);
    let along = Tensor::from([1.0, 10.0, 100.0]).reshape([1, 1, 3, 1]);
    let expected = [vec![3.0, 3.0], vec![1.0, 10.0], vec![1.0, 1.0, 0.0], vec![0.0; 3]];
    assert_eq!(curvature(&image, &along, |x| x.max_pool2d(Pool2d::new([1, 2]).stride(1))), expected);
    let tape = Tape::<Tensor<f32>>::new();
    let x = tape.var(Tensor::full([1, 2, 2, 1], 7.0));
    assert_eq!(x.max_pool2d(Pool2d::new(2)).sum().backward().of(x).to_vec(), [1.0, 0.0, 0.0, 0.0]);
}

#[test]
fn norms_at_the_origin_have_slope_zero() {
    // JAX gives NaN; also in f32 and second order, and for one row beside others
    for p in [1.0, 1.5, 2.0, 3.0, INF] {
        let tape = Tape::<Tensor<f32>>::new();
        let x = tape.var(Tensor::from([[0.0, 0.0], [0.0, -4.0]]));
        let y = x.norm_along(p, 1);
        assert_eq!(y.value().to_vec(), [0.0, 4.0]);
        assert_eq!(y.sum().backward().of(x).to_vec(), [0.0, 0.0, 0.0, -1.0], "p = {p}");
        let origin = Tensor::zeros([2]);
        let still = [vec![0.0], vec![0.0], vec![0.0; 2], vec![0.0; 2]];
        assert_eq!(curvature(&origin, &Tensor::from([1.0, -2.0]), |x| x.norm(p)), still, "p = {p}");
    }
}

#[test]
fn the_deviation_of_constants_has_gradient_zero() {
    // torch gives NaN; f32, forward and second order
    let tape = Tape::<Tensor<f32>>::new();
    let x = tape.var(Tensor::from([[0.1, 0.1], [1.0, 3.0]]));
    assert_eq!(x.std_along(1, 0).sum().backward().of(x).to_vec(), [0.0, 0.0, -0.5, 0.5]);
    let still = [vec![0.0], vec![0.0], vec![0.0; 3], vec![0.0; 3]];
    assert_eq!(curvature(&Tensor::full([3], 0.1), &Tensor::from([1.0, -2.0, 0.5]), |x| x.std()), still);
}

fn nan_is_not_dropped_from<T: Element>() {
    let elements = [1.0, NAN, 2.0, 3.0].map(T::literal);
    let (bad, zero) = (Tensor::new([2, 2], elements.to_vec()), Tensor::<T>::zeros([2, 2]));
    let each: [Function<T>; 9] = [
        |x| x.relu(),
        |x| x.relu6(),
        |x| x.clamp(0, 1),
        |x| x.sign(),
        |x| x.step(),
        |x| x.max(T::zero()),
        |x| x.min(T::zero()),
        |x| x.max(x.zeros_like()),
        |x| x.zeros_like().min(x),
    ];
    for (which, f) in each.iter().enumerate() {
        assert_eq!(f(&bad).map(T::is_nan).to_vec(), [false, true, false, false], "number {which}");
    }
    let rows: [Function<T>; 17] = [
        |x| x.sum_along(1),
        |x| x.mean_along(1),
        |x| x.prod_along(1),
        |x| x.amax_along(1),
        |x| x.amin_along(1),
        |x| x.var_along(1, 0),
        |x| x.std_along(1, 1),
        |x| x.norm_along(1, 1),
        |x| x.norm_along(2, 1),
        |x| x.norm_along(3, 1),
        |x| x.norm_along(INF, 1),
        |x| x.log_sum_exp_along(1),
        |x| x.cumsum(1).index(1, 1),
        |x| x.cumprod(1).index(1, 1),
        |x| x.softmax(1).index(1, 0),
        |x| x.matmul(Tensor::zeros([2])),
        |x| x.reshape([1, 2, 2, 1]).max_pool2d(Pool2d::new([1, 2])).flatten(),
    ];
    for (which, f) in rows.iter().enumerate() {
        assert_eq!(f(&bad).map(T::is_nan).to_vec(), [true, false], "number {which}");
    }
    // against a zero too
    assert!((&bad * &zero).at(&[0, 1]).is_nan() && (&zero * &bad).sum().item().is_nan());
    let tape = Tape::new();
    let x = tape.var(zero.clone());
    let products = [(x * &bad).backward_seeded(zero.clone()), x.matmul(&bad).backward_seeded(zero)];
    assert!(products[0].of(x).at(&[0, 1]).is_nan() && products[1].of(x).iter().all(|x| x.is_nan() || *x == T::zero()));
    assert!(products[1].of(x).iter().any(|x| x.is_nan()));
}

#[test]
fn nan_is_not_dropped() {
    nan_is_not_dropped_from::<f64>();
    nan_is_not_dropped_from::<f32>();
    nan_is_not_dropped_from::<Dual<f64>>();
}

#[test]
fn zero_times_infinity_contributes_zero_but_products_keep_ieee() {
    let tape = TensorTape::new();
    // elementwise: the slope by a is b inf with b = 0, one of them repeated
    let (a, b) = (tape.var(Tensor::from([0.0, 4.0])), tape.var(Tensor::scalar(0.0)));
    let g = (a.sqrt() * b).sum().backward();
    assert_eq!((g.of(a).to_vec(), g.of(b).item()), (vec![0.0, 0.0], 2.0));
    let g = ((a / b) * Tensor::from([0.0, 0.0])).sum().backward();
    assert_eq!(g.of(a).to_vec(), [0.0, 0.0]);
    // in dual numbers, where the root does not move, and where it moves and is multiplied by 0
    let root = Tensor::from([Dual::new(0.0, 0.0), Dual::new(4.0, 0.0)]).sqrt();
    assert_eq!(root.map(|root| root.epsilon).to_vec(), [0.0, 0.0]);
    let root = Tensor::from([Dual::new(0.0, 1.0)]).sqrt() * Tensor::from([Dual::constant(0.0)]);
    assert_eq!(root.item().epsilon, 0.0);
    // products
    let (zeros, infinite) = (Tensor::from([[0.0, 1.0]]), Tensor::from([[INF], [1.0]]));
    let flat = (zeros.flatten(), infinite.flatten());
    assert!(zeros.matmul(&infinite).item().is_nan() && flat.0.dot(&flat.1).item().is_nan());
    assert!(flat.0.outer(&flat.1).at(&[0, 0]).is_nan());
    assert!(Tensor::einsum("ij,jk->ik", [&zeros, &infinite]).item().is_nan());
    let x = tape.var(zeros);
    assert!(x.matmul(&infinite).backward_seeded(Tensor::zeros([1, 1])).of(x).at(&[0, 0]).is_nan());
}

/// Gradients through `where(x > 0, f(x), x)`, in all kinds of number.
fn through_where(f: &impl Formula<1>, x: &Tensor<f64>) -> [Vec<f64>; 4] {
    let mask = x.greater(0.0);
    let tape = TensorTape::new();
    let double = tape.var(x.clone());
    let g = f.eval([double]).where_(&mask, double).sum().backward().of(double).into_vec();
    let tape = Tape::new();
    let single = tape.var(x.map(|x| x as f32));
    let narrow = f.eval([single]).where_(&mask, single).sum().backward().of(single).map(f64::from).into_vec();
    let [_, forward, slope, second] = curvature(x, &x.ones_like(), |x| f.eval([x]).where_(&mask, x));
    assert!(second.iter().zip(x).all(|(&second, &x)| x > 0.0 || second == 0.0), "{second:?} at {x:?}");
    [g, narrow, forward, slope]
}

#[test]
fn the_branch_not_taken_contributes_exactly_zero() {
    // infinite slopes at 0
    let x = Tensor::from([0.0, 4.0]);
    assert_eq!(through_where(&formula!(x => x.sqrt()), &x), [[1.0, 0.25]; 4]);
    assert_eq!(through_where(&formula!(x => x.ln()), &x), [[1.0, 0.25]; 4]);
    assert_eq!(through_where(&formula!(x => X::literal(-4.0) / x), &x), [[1.0, 0.25]; 4]);
    // the mask may broadcast, the other branch be a number; and the branches change places
    let tape = TensorTape::new();
    let x = tape.var(Tensor::from([[0.0, 4.0], [0.0, 16.0]]));
    let mask = Tensor::from([false, true]);
    assert_eq!(x.sqrt().where_(&mask, 1.0).sum().backward().of(x).to_vec(), [0.0, 0.25, 0.0, 0.125]);
    assert_eq!(x.where_(&!mask.clone(), x.sqrt()).sum().backward().of(x).to_vec(), [1.0, 0.25, 1.0, 0.125]);
    assert_eq!(x.sqrt().masked_fill(&!mask, 1.0).sum().backward().of(x).to_vec(), [0.0, 0.25, 0.0, 0.125]);
}

/// Over numbers `select` is `if`; over tensors the branch not taken is computed too, and torch and JAX give NaN.
#[test]
fn the_branch_not_taken_contributes_exactly_zero_even_if_its_slope_is_nan() {
    let x = Tensor::from([-1.0, -4.0, 4.0]);
    assert_eq!(through_where(&formula!(x => x.sqrt()), &x), [[1.0, 1.0, 0.25]; 4]);
    assert_eq!(through_where(&formula!(x => x.sqrt().ln()), &x), [[1.0, 1.0, 0.125]; 4]);
    assert_eq!(through_where(&formula!(x => x.powf(0.5)), &x), [[1.0, 1.0, 0.25]; 4]);
    assert_eq!(through_where(&formula!(x => x.ln_1p() * X::literal(5.0)), &x), [[1.0, 1.0, 1.0]; 4]);
}

/// The same, where elements are moved between the branch and `where`.
#[test]
fn the_branch_not_taken_contributes_exactly_zero_through_operations_that_move_elements() {
    let moves: [(&str, Recorded); 18] = [
        ("reshape", |x| x.reshape([4])),
        ("transpose", |x| x.transpose()),
        ("unsqueeze", |x| x.unsqueeze(0)),
        ("roll", |x| x.roll(1, 1)),
        ("pad", |x| x.pad([(1, 1), (0, 1)], 0.5)),
        ("concat", |x| Var::concat(&[x, x], 0)),
        ("stack", |x| Var::stack(&[x, x], 0)),
        ("triu", |x| x.triu(0)),
        ("tril", |x| x.tril(0)),
        ("narrow", |x| x.narrow(1, 0..1)),
        ("flip", |x| x.flip(1)),
        ("split", |x| x.split(2, 0)[0]),
        ("broadcast_to", |x| x.broadcast_to([2, 2, 2])),
        ("repeat", |x| x.repeat(2, 1)),
        ("tile", |x| x.tile([2, 2])),
        ("take", |x| x.take(0, &Tensor::<usize>::from([0, 1, 0]))),
        ("gather", |x| x.gather(1, &Tensor::<usize>::from([[0, 1], [1, 0]]))),
        ("diagonal", |x| x.diagonal(0)),
    ];
    let tape = TensorTape::new();
    let x = tape.var(Tensor::from([[-1.0, -4.0], [4.0, 9.0]]));
    let leaks = moves.into_iter().filter(|(_, moved)| {
        let root = moved(x.sqrt());
        let number = root.value().equal(&root.value());
        let g = root.where_(&number, 0.0).sum().backward().of(x);
        g.rows(0..1).iter().any(|&slope| slope != 0.0)
    });
    assert_eq!(leaks.map(|(name, _)| name).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn masked_softmax_of_nothing_is_zero_and_still() {
    // all zero, its log minus infinity, gradients 0; forward and second order, and beside a row with something
    let x = Tensor::from([[1.0, 2.0], [0.0, 3f64.ln()]]);
    let mask = Tensor::from([[false], [true]]);
    let shares = curvature(&x, &x.ones_like(), |x| x.masked_softmax(&mask, -1));
    assert!((shares[0][2] - 0.25).abs() < 1e-15 && (shares[0][3] - 0.75).abs() < 1e-15);
    assert_eq!(shares.map(|part| [part[0], part[1]]), [[0.0; 2]; 4]);
    let logs = curvature(&x, &x.ones_like(), |x| x.masked_log_softmax(&mask, -1));
    assert_eq!(logs.map(|part| [part[0], part[1]]), [[-INF; 2], [0.0; 2], [0.0; 2], [0.0; 2]]);
    // without a mask, of minus infinity alone, the same
    let none = Tensor::full([2], -INF);
    let still = [vec![0.0; 2], vec![0.0; 2], vec![0.0; 2], vec![0.0; 2]];
    assert_eq!(curvature(&none, &none.ones_like(), |x| x.softmax(0)), still);
    let still = [vec![-INF], vec![0.0], vec![0.0; 2], vec![0.0; 2]];
    assert_eq!(curvature(&none, &none.ones_like(), |x| x.log_sum_exp()), still);
    // in f32, far out
    let far = Tensor::from([1000.0_f32, 1000.0, -1000.0]);
    assert_eq!(far.softmax(0).to_vec(), [0.5, 0.5, 0.0]);
    assert_eq!(far.log_softmax(0).to_vec(), [-2f32.ln(), -2f32.ln(), -2000.0 - 2f32.ln()]);
}

#[test]
fn sigmoids_are_right_on_the_whole_line() {
    assert_slope("softplus", &formula!(x => x.softplus()), &[(INF, 1.0), (-INF, 0.0), (0.0, 0.5)]);
    assert_slope("log_sigmoid", &formula!(x => x.log_sigmoid()), &[(INF, 0.0), (-INF, 1.0), (0.0, 0.5)]);
    assert_slope("sigmoid", &formula!(x => x.sigmoid()), &[(INF, 0.0), (-INF, 0.0), (0.0, 0.25)]);
    assert_slope("tanh", &formula!(x => x.tanh()), &[(INF, 0.0), (-INF, 0.0), (0.0, 1.0)]);
    assert_eq!(Tensor::from([89.0_f32, 1e30]).softplus().to_vec(), [89.0, 1e30]);
    let line = Tensor::linspace(-1000.0, 1000.0, 4001);
    for f in [Tensor::sigmoid, Tensor::softplus, Tensor::log_sigmoid, Tensor::tanh] as [Function<f64>; 4] {
        assert!(f(&line).iter().all(|y| y.is_finite()) && f(&Tensor::from([NAN])).item().is_nan());
    }
    // normalised; the derivatives at 0 are 0 and -pi²/3
    let second = -std::f64::consts::PI.powi(2) / 3.0;
    let [y, forward, slope, found] = curvature(&Tensor::from([0.0]), &Tensor::ones([1]), |x| x.sinc());
    assert_eq!((y[0], forward[0], slope[0]), (1.0, 0.0, 0.0));
    assert!((found[0] - second).abs() < 1e-14);
    // gelu is x Φ(x), gelu_tanh its approximation; torch.nn.functional.gelu(1), and with approximate="tanh"
    assert!((Tensor::from([1.0]).gelu().item() - 0.841_344_746_068_542_9).abs() < 1e-15);
    assert!((Tensor::from([1.0]).gelu_tanh().item() - 0.841_191_990_608_276_8).abs() < 1e-15);
}
