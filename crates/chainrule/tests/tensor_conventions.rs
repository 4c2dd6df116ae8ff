//! The published policy at singular points and edges (`docs/conventions.md`) of operations on tensors, row by row; `tensor_kinks.rs` has
//! the kinks of the rules.
//!
//! Where nothing else is said the expected numbers are the policy itself: `PyTorch`'s written order (the derivative where it
//! exists, else the subgradient of least norm, else the supergradient of least norm, else continuity), applied by hand.

#![allow(clippy::cast_possible_truncation, reason = "every case also runs in f32")]

use super::tensor_kinks::{Formula, assert_slope, formula};
use chainrule::prelude::*;
use chainrule::{Element, Pool2d};

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

/// A function of a tensor.
type Function<T> = fn(&Tensor<T>) -> Tensor<T>;

/// A function of a tensor on a tape.
type Recorded = for<'t> fn(Var<'t, Tensor<f64>>) -> Var<'t, Tensor<f64>>;

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
