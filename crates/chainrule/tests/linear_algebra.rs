//! Linear algebra with derivatives against closed forms: Hilbert, Vandermonde and Pascal matrices, 2x2 formulas, and exact rational
//! results from sympy, which are said to be so.

use chainrule::prelude::*;

#[track_caller]
fn assert_close(found: &Tensor<f64>, expected: &Tensor<f64>, tolerance: f64) {
    assert_eq!(found.shape(), expected.shape());
    for (found, expected) in found.as_slice().iter().zip(expected.as_slice()) {
        assert!((found - expected).abs() <= tolerance * expected.abs().max(1.0), "{found:e} is not {expected:e}");
    }
}

/// 1/(i + j + 1).
fn hilbert(size: usize) -> Tensor<f64> {
    let element = |at: usize| 1.0 / (at / size + at % size + 1) as f64;
    Tensor::new([size, size], (0..size * size).map(element).collect())
}

/// Its inverse for size 4, in whole numbers, by sympy; the determinant is 1/6048000 (OEIS A005249).
fn inverse_of_hilbert() -> Tensor<f64> {
    Tensor::from([
        [16.0, -120.0, 240.0, -140.0],
        [-120.0, 1200.0, -2700.0, 1680.0],
        [240.0, -2700.0, 6480.0, -4200.0],
        [-140.0, 1680.0, -4200.0, 2800.0],
    ])
}

#[test]
fn hilbert_matrices() {
    // condition 1.6e4
    let tape = TensorTape::new();
    let a = tape.var(hilbert(4));
    assert_close(&a.inverse().value(), &inverse_of_hilbert(), 1e-11);
    let determinant = a.determinant();
    assert!((determinant.item() * 6_048_000.0 - 1.0).abs() < 1e-11);
    // the cofactors are the inverse times the determinant
    let cofactors = determinant.backward().of(a) * 6_048_000.0;
    assert_close(&cofactors, &inverse_of_hilbert(), 1e-11);
    let logarithm = a.log_determinant();
    assert!((logarithm.item() + 6_048_000f64.ln()).abs() < 1e-11);
    assert_close(&logarithm.backward().of(a), &inverse_of_hilbert(), 1e-11);
}

/// sympy: x = H⁻¹ b and w·x for b = (1, 2, 3), w = (1, -1, 2), with the gradients H⁻ᵀ w and -(H⁻ᵀ w) xᵀ, all whole numbers.
#[test]
fn equations_with_a_hilbert_matrix() {
    let tape = TensorTape::new();
    let (a, b) = (tape.var(hilbert(3)), tape.var(Tensor::from([1.0, 2.0, 3.0])));
    let x = a.solve(b);
    assert_close(&x.value(), &Tensor::from([27.0, -192.0, 210.0]), 1e-12);
    let g = x.dot(Tensor::from([1.0, -1.0, 2.0])).backward();
    assert_close(&g.of(b), &Tensor::from([105.0, -588.0, 570.0]), 1e-12);
    let by_matrix =
        [[-2_835.0, 20_160.0, -22_050.0], [15_876.0, -112_896.0, 123_480.0], [-15_390.0, 109_440.0, -119_700.0]];
    assert_close(&g.of(a), &Tensor::from(by_matrix), 1e-12);
}

/// The determinant of the powers of 1, 2, 4, 7 is Π (xⱼ - xᵢ) = 540; its gradient and second derivatives by the numbers themselves from
/// sympy.
#[test]
fn vandermonde_matrices() {
    let nodes = Tensor::from([1.0, 2.0, 4.0, 7.0]);
    let tape = TensorTape::new();
    let x = tape.var(nodes.clone());
    let y = Var::stack(&[0, 1, 2, 3].map(|power| x.powi(power)), 0).determinant();
    assert!((y.item() - 540.0).abs() < 1e-10);
    assert_close(&y.backward().of(x), &Tensor::from([-810.0, 162.0, 270.0, 378.0]), 1e-12);
    // along the first number
    let tape = Tape::new();
    let moved = nodes.to_vec().into_iter().enumerate().map(|(i, x)| Dual::new(x, if i == 0 { 1.0 } else { 0.0 }));
    let x = tape.var(Tensor::new([4], moved.collect()));
    let slopes = Var::stack(&[0, 1, 2, 3].map(|power| x.powi(power)), 0).determinant().backward().of(x);
    assert!((slopes.as_slice()[0].epsilon - 600.0).abs() < 1e-9);
    assert!((slopes.as_slice()[1].epsilon - 297.0).abs() < 1e-9);
}

/// [[a, b], [c, d]] with ad - bc: gradient [[d, -c], [-b, a]], and the second derivatives 1 by a and d, -1 by b and c; the same at the zero
/// matrix.
#[test]
fn determinants_of_two_by_two() {
    for at in [[1.0, 2.0, 3.0, 4.0], [0.0; 4], [1.0, 2.0, 2.0, 4.0], [0.0, 0.0, 0.0, 3.0]] {
        let hessian: Vec<Vec<f64>> = (0..4)
            .map(|along| {
                let tape = Tape::new();
                let moved = (0..4).map(|i| Dual::new(at[i], if i == along { 1.0 } else { 0.0 })).collect();
                let a = tape.var(Tensor::new([2, 2], moved));
                let slopes = a.determinant().backward().of(a);
                let expected = [at[3], -at[2], -at[1], at[0]];
                assert!(slopes.as_slice().iter().zip(expected).all(|(slope, expected)| slope.value == expected));
                slopes.as_slice().iter().map(|slope| slope.epsilon).collect()
            })
            .collect();
        assert_eq!(
            hessian,
            [[0.0, 0.0, 0.0, 1.0], [0.0, 0.0, -1.0, 0.0], [0.0, -1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]],
            "at {at:?}"
        );
    }
}

/// A matrix of rank 2, moved along another: the determinant is 16 t² - 4 t³ - t⁴ (sympy).
#[test]
fn determinants_of_rank_two_below() {
    let a = [[1.0, 2.0, 3.0, 4.0], [2.0, 4.0, 6.0, 8.0], [0.0, 1.0, 0.0, 1.0], [1.0, 3.0, 3.0, 5.0]];
    let v = [[1.0, 0.0, 2.0, 0.0], [0.0, 1.0, 0.0, 3.0], [1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 2.0]];
    let moved = a.concat().into_iter().zip(v.concat()).map(|(a, v)| {
        let inner = Dual::new(Dual::new(a, v), Dual::new(v, 0.0));
        Dual::new(inner, Dual::new(Dual::new(v, 0.0), Dual::new(0.0, 0.0)))
    });
    let y = Tensor::new([4, 4], moved.collect()).determinant().item();
    let found = [y.value.value.value, y.value.value.epsilon, y.value.epsilon.epsilon, y.epsilon.epsilon.epsilon];
    for (found, expected) in found.into_iter().zip([0.0, 0.0, 32.0, -24.0]) {
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }
    // on a tape the gradient is 0 and its derivative along v twice that of y
    let tape = Tape::new();
    let pairs = a.concat().into_iter().zip(v.concat()).map(|(a, v)| Dual::new(a, v));
    let x = tape.var(Tensor::new([4, 4], pairs.collect()));
    let slopes = x.determinant().backward().of(x);
    assert!(slopes.as_slice().iter().all(|slope| slope.value.abs() < 1e-13));
    let curvature: f64 = slopes.as_slice().iter().zip(v.concat()).map(|(slope, v)| slope.epsilon * v).sum();
    assert!((curvature - 32.0).abs() < 1e-12);
}

/// The Pascal matrix has the factor of binomials; the gradient of a weighted sum of its elements and the second derivative along V are
/// exact, by sympy.
#[test]
fn factors_of_pascal_matrices() {
    let pascal = [[1.0, 1.0, 1.0], [1.0, 2.0, 3.0], [1.0, 3.0, 6.0]];
    // what stands above the diagonal meets zeros
    let weights = Tensor::from([[1.0, 9.0, 9.0], [-2.0, 3.0, 9.0], [5.0, -4.0, 7.0]]);
    let tape = TensorTape::new();
    let a = tape.var(Tensor::from(pascal));
    let l = a.cholesky();
    assert_eq!(l.value(), Tensor::from([[1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [1.0, 2.0, 1.0]]));
    let gradient = (l * &weights).sum().backward().of(a);
    assert_close(&gradient, &Tensor::from([[4.0, -11.5, 8.0], [-11.5, 19.5, -9.0], [8.0, -9.0, 3.5]]), 1e-14);
    let v = [[1.0, 2.0, 0.0], [2.0, -1.0, 1.0], [0.0, 1.0, 3.0]];
    let tape = Tape::new();
    let moved = pascal.concat().into_iter().zip(v.concat()).map(|(a, v)| Dual::new(a, v));
    let a = tape.var(Tensor::new([3, 3], moved.collect()));
    let y = (a.cholesky() * weights.map(Dual::constant)).sum();
    let slopes = y.backward().of(a);
    let curvature: f64 = slopes.as_slice().iter().zip(v.concat()).map(|(slope, v)| slope.epsilon * v).sum();
    assert!((y.item().epsilon + 69.0).abs() < 1e-12);
    assert!((curvature + 884.0).abs() < 1e-11);
}

/// sympy: for A = [[2, 1], [1, 3]] along V = [[1, 2], [3, 4]], ln det has the derivatives tr(A⁻¹ V) = 6/5 and -tr(A⁻¹ V A⁻¹ V) = -56/25.
#[test]
fn the_logarithm_of_a_determinant_in_second_order() {
    let (a, v) = ([2.0, 1.0, 1.0, 3.0], [1.0, 2.0, 3.0, 4.0]);
    let tape = Tape::new();
    let x = tape.var(Tensor::new([2, 2], (0..4).map(|i| Dual::new(a[i], v[i])).collect()));
    let y = x.log_determinant();
    assert!((y.item().value - 5f64.ln()).abs() < 1e-15);
    assert!((y.item().epsilon - 1.2).abs() < 1e-15);
    let slopes = y.backward().of(x);
    let curvature: f64 = slopes.as_slice().iter().zip(v).map(|(slope, v)| slope.epsilon * v).sum();
    assert!((curvature + 56.0 / 25.0).abs() < 1e-14);
}

#[test]
fn logarithms_do_not_overflow() {
    // det = ±400^300 is beyond every float
    let tape = TensorTape::new();
    let mut a = Tensor::<f64>::eye(300) * 400.0;
    a.as_mut_slice()[0] = -400.0;
    assert_eq!(a.determinant().item(), f64::NEG_INFINITY);
    assert_eq!(a.determinant_sign().item(), -1.0);
    let x = tape.var(a);
    let y = x.log_determinant();
    assert!((y.item() / (300.0 * 400f64.ln()) - 1.0).abs() < 1e-14);
    let gradient = y.backward().of(x);
    assert_eq!((gradient.at(&[0, 0]), gradient.at(&[7, 7]), gradient.at(&[0, 7])), (-1.0 / 400.0, 1.0 / 400.0, 0.0));
}

/// Larger than what is worked off row by row: `A X = B` holds, and so does `Aᵀ B̄ = X̄`.
#[test]
fn larger_matrices() {
    let size = 150;
    let wave = |at: usize| (at as f64 * 0.7).sin() + if at / size == at % size { 20.0 } else { 0.0 };
    let a = Tensor::new([size, size], (0..size * size).map(wave).collect());
    let b = Tensor::new([size, 3], (0..size * 3).map(|at| (at as f64).cos()).collect());
    let weights = Tensor::new([size, 3], (0..size * 3).map(|at| (at as f64 * 1.3).cos()).collect());
    let tape = TensorTape::new();
    let (x, right) = (tape.var(a.clone()), tape.var(b.clone()));
    let solution = x.solve(right);
    assert_close(&a.matmul(solution.value()), &b, 1e-12);
    let g = (solution * &weights).sum().backward();
    assert_close(&a.transpose().matmul(g.of(right)), &weights, 1e-12);
    assert_close(&g.of(x), &-g.of(right).matmul(solution.value().transpose()), 1e-13);
    assert_close(&a.matmul(a.inverse()), &Tensor::eye(size), 1e-12);
    let definite = a.matmul(a.transpose());
    let l = definite.cholesky();
    assert_close(&l.matmul(l.transpose()), &definite, 1e-12);
    assert_close(&definite.matmul(l.cholesky_solve(&b)), &b, 1e-9);
    // three ways to one number
    let logarithm = a.log_determinant().item();
    assert!((definite.log_determinant().item() / (2.0 * logarithm) - 1.0).abs() < 1e-13);
    assert!((a.determinant().item().ln() / logarithm - 1.0).abs() < 1e-13);
}

/// The likelihood of a Gaussian with covariance K, ½ yᵀ K⁻¹ y + ½ ln det K, by Cholesky factors and by plain equations: value and gradient
/// agree, and the gradient is ½ (K⁻¹ - K⁻¹ y yᵀ K⁻¹) (Rasmussen and Williams, "Gaussian Processes", equation 5.9).
#[test]
fn a_gaussian_likelihood_by_two_ways() {
    let points = [0.0, 0.3, 1.0, 1.2];
    let covariance = |at: usize| {
        let distance: f64 = points[at / 4] - points[at % 4];
        (-0.5 * distance * distance).exp() + if at / 4 == at % 4 { 0.1 } else { 0.0 }
    };
    let k = Tensor::new([4, 4], (0..16).map(covariance).collect());
    let y = Tensor::from([1.0, -0.5, 0.25, 2.0]);
    let tape = TensorTape::new();
    let x = tape.var(k.clone());
    let plain = x.solve(&y).dot(&y) * 0.5 + x.log_determinant() * 0.5;
    let factor = x.cholesky();
    let factored = factor.cholesky_solve(&y).dot(&y) * 0.5 + factor.diagonal(0).ln().sum();
    assert!((plain.item() - factored.item()).abs() < 1e-12);
    let alpha = k.solve(&y);
    let expected = (k.inverse() - alpha.outer(&alpha)) * 0.5;
    assert_close(&plain.backward().of(x), &expected, 1e-11);
    assert_close(&factored.backward().of(x), &expected, 1e-11);
}

#[test]
fn single_precision() {
    let tape = Tape::<Tensor<f32>>::new();
    let a = tape.var(Tensor::from([[2.0, 1.0], [1.0, 3.0]]));
    let y = a.solve(Tensor::from([3.0, 4.0])).sum() + a.log_determinant() + a.determinant() + a.cholesky().trace();
    assert!((y.item() - (2.0 + 5f32.ln() + 5.0 + 2f32.sqrt() + 2.5f32.sqrt())).abs() < 1e-5);
    let tape64 = TensorTape::new();
    let b = tape64.var(Tensor::from([[2.0, 1.0], [1.0, 3.0]]));
    let z = b.solve(Tensor::from([3.0, 4.0])).sum() + b.log_determinant() + b.determinant() + b.cholesky().trace();
    let (found, expected) = (y.backward().of(a), z.backward().of(b));
    let near = |(found, expected): (&f32, &f64)| (f64::from(*found) - expected).abs() < 1e-5;
    assert!(found.as_slice().iter().zip(expected.as_slice()).all(near), "{found}, {expected}");
}

/// A batch is its matrices one by one, and a matrix that meets several right-hand sides gathers their gradients.
#[test]
fn batches() {
    let a = Tensor::from([[[2.0, 1.0], [0.0, 4.0]], [[1.0, 3.0], [2.0, 1.0]]]);
    assert_eq!(a.determinant().to_vec(), [8.0, -5.0]);
    assert_eq!(a.determinant_sign().to_vec(), [1.0, -1.0]);
    let b = Tensor::from([4.0, 8.0]);
    let x = a.solve(&b);
    assert_eq!(x.shape(), [2, 2]);
    assert_close(&x, &Tensor::from([[1.0, 2.0], [4.0, 0.0]]), 1e-15);
    let tape = TensorTape::new();
    let (first, right) =
        (tape.var(a.rows(0..1).reshape([2, 2])), tape.var(Tensor::from([[[4.0], [8.0]], [[2.0], [0.0]]])));
    let g = first.solve(right).sum().backward();
    // A⁻ᵀ 1 = (1/2, 1/8) for each, and -(A⁻ᵀ 1) times the sum of both solutions, (2, 2)
    assert_eq!(g.of(right), Tensor::from([[[0.5], [0.125]], [[0.5], [0.125]]]));
    assert_eq!(g.of(first), Tensor::from([[-1.0, -1.0], [-0.25, -0.25]]));
}

#[test]
fn matrices_without_elements() {
    let empty = Tensor::<f64>::zeros([0, 0]);
    assert_eq!(empty.determinant().item(), 1.0);
    assert_eq!(empty.log_determinant().item(), 0.0);
    assert_eq!(empty.determinant_sign().item(), 1.0);
    assert_eq!(empty.inverse().shape(), [0, 0]);
    assert_eq!(empty.cholesky().shape(), [0, 0]);
    assert_eq!(empty.solve(Tensor::zeros([0])).shape(), [0]);
    assert_eq!(empty.cholesky_solve(Tensor::zeros([0, 3])).shape(), [0, 3]);
    let many = Tensor::<f64>::zeros([3, 0, 0]);
    assert_eq!((many.determinant().to_vec(), many.log_determinant().to_vec()), (vec![1.0; 3], vec![0.0; 3]));
    let none = Tensor::<f64>::zeros([0, 2, 2]);
    assert_eq!((none.determinant().shape().len(), none.inverse().len()), (1, 0));
    let tape = TensorTape::new();
    let x = tape.var(many);
    let y = x.determinant().sum() + x.log_determinant().sum() + x.inverse().sum() + x.cholesky().sum();
    assert_eq!(y.backward().of(x).shape(), [3, 0, 0]);
}

/// A matrix without an inverse spoils its own part of a batch, and nothing else.
#[test]
fn singular_matrices_spoil_their_own_part() {
    let tape = TensorTape::new();
    let a = tape.var(Tensor::from([[[1.0, 2.0], [2.0, 4.0]], [[2.0, 0.0], [0.0, 4.0]]]));
    let b = tape.var(Tensor::from([[[1.0], [2.0]], [[1.0], [2.0]]]));
    let solution = a.solve(b);
    let nan_then = |x: &Tensor<f64>, rest: &[f64]| {
        let (first, second) = x.as_slice().split_at(x.len() / 2);
        assert!(first.iter().all(|x| x.is_nan()), "{x}");
        assert_eq!(second, rest);
    };
    nan_then(&solution.value(), &[0.5, 0.5]);
    let g = solution.sum().backward();
    nan_then(&g.of(b), &[0.5, 0.25]);
    nan_then(&g.of(a), &[-0.25, -0.25, -0.125, -0.125]);
    let inverse = a.inverse();
    nan_then(&inverse.value(), &[0.5, 0.0, 0.0, 0.25]);
    nan_then(&inverse.sum().backward().of(a), &[-0.25, -0.125, -0.125, -0.0625]);
    let logarithm = a.log_determinant();
    assert_eq!(logarithm.value().to_vec(), [f64::NEG_INFINITY, 8f64.ln()]);
    nan_then(&logarithm.sum().backward().of(a), &[0.5, 0.0, 0.0, 0.25]);
    assert_eq!(a.value().determinant_sign().to_vec(), [0.0, 1.0]);
    // forward too
    let moving = Tensor::from([[Dual::variable(0.0_f64)]]);
    assert!(moving.inverse().item().epsilon.is_nan() && moving.inverse().item().value.is_nan());
    let logarithm = moving.log_determinant().item();
    assert!(logarithm.value == f64::NEG_INFINITY && !logarithm.epsilon.is_finite());
    // a NaN is no number anywhere
    let nan = Tensor::from([[1.0, f64::NAN], [0.0, 1.0]]);
    assert!(nan.determinant().item().is_nan() && nan.log_determinant().item().is_nan());
    assert!(nan.inverse().as_slice().iter().any(|x| x.is_nan()));
}

#[test]
fn matrices_that_are_not_positive_definite() {
    let tape = TensorTape::new();
    let a = tape.var(Tensor::from([[[1.0, 2.0], [2.0, 1.0]], [[4.0, 0.0], [0.0, 9.0]]]));
    let l = a.cholesky();
    let values = l.value().to_vec();
    assert!(values[0].is_nan() && values[2].is_nan() && values[3].is_nan() && values[1] == 0.0);
    assert_eq!(values[4..], [2.0, 0.0, 0.0, 3.0]);
    let gradient = l.sum().backward().of(a).to_vec();
    assert!(gradient[..4].iter().all(|g| g.is_nan()));
    assert_close(
        &Tensor::new([2, 2], gradient[4..].to_vec()),
        &Tensor::from([[0.25, 1.0 / 4.0], [1.0 / 4.0, 1.0 / 6.0]]),
        1e-15,
    );
    assert!(Tensor::from([[0.0_f64]]).cholesky().item().is_nan());
    assert!(Tensor::from([[Dual::variable(-1.0_f64)]]).cholesky().item().epsilon.is_nan());
}

#[test]
fn traced_tapes_show_the_operations() {
    let tape = TensorTape::traced();
    let a = tape.var(Tensor::from([[2.0, 1.0], [1.0, 3.0]]));
    let _ = a.solve(Tensor::from([3.0, 4.0])).sum() + a.determinant();
    let names: Vec<String> = tape.steps().iter().map(|step| step.operation.to_string()).collect();
    assert_eq!(names, ["var", "constant", "solve", "sum", "determinant", "add"]);
}

#[test]
fn the_checkers_agree_with_whole_formulas() {
    let a = Tensor::from([[3.0, 1.0, 0.5], [0.2, 2.0, -1.0], [1.0, 0.3, 4.0]]);
    let b = Tensor::from([1.0, -2.0, 0.5]);
    gradcheck(|[a, b]| a.solve(b).dot(a.inverse().matmul(b)) + a.determinant().ln(), [a.clone(), b.clone()])
        .assert_ok();
    gradcheck_second_order(|[a, b]| a.solve(b).sum() * a.log_determinant(), [a, b]).assert_ok();
}
