//! Derivatives of whole functions: every function of `chainrule::derivative` against closed forms, published values, and the others.
//!
//! Where an expected number comes from stands beside it.

use chainrule::Operand;
use chainrule::derivative::{Parameters, derivative, jacobian_reverse};
use chainrule::prelude::*;
use num_traits::Float;
use proptest::array::{uniform3, uniform4};
use proptest::prelude::*;

#[track_caller]
fn assert_close(found: &[f64], expected: &[f64]) {
    let close = |(x, y): (&f64, &f64)| (x - y).abs() <= 1e-12 * y.abs().max(1.0);
    assert!(
        found.len() == expected.len() && found.iter().zip(expected).all(close),
        "{found:?}, where {expected:?} is expected"
    );
}

/// The function of Rosenbrock in any number of dimensions: `Σ 100 (xᵢ₊₁ - xᵢ²)² + (1 - xᵢ)²`.
fn rosenbrock<T: Float>(x: &[T]) -> T {
    let (one, hundred) = (T::one(), T::from(100.0).unwrap());
    x.windows(2).fold(T::zero(), |sum, w| sum + hundred * (w[1] - w[0] * w[0]).powi(2) + (one - w[0]).powi(2))
}

fn tenths(count: u32) -> Vec<f64> {
    (0..count).map(|i| 0.1 * f64::from(i)).collect()
}

/// Published: the examples of `rosen`, `rosen_der`, `rosen_hess` and `rosen_hess_prod` in SciPy's documentation of
/// `scipy.optimize`.
#[test]
fn rosenbrock_as_published() {
    let (value, _) = value_and_grad(|x| rosenbrock(&x), tenths(10));
    assert_close(&[value], &[76.56]);
    let gradient = grad(|x| rosenbrock(&x), tenths(9));
    assert_close(&gradient, &[-2.0, 10.6, 15.6, 13.4, 6.4, -3.0, -12.4, -19.4, 62.0]);
    let rows = hessian(|x| rosenbrock(&x), tenths(4));
    let expected =
        [[-38.0, 0.0, 0.0, 0.0], [0.0, 134.0, -40.0, 0.0], [0.0, -40.0, 130.0, -80.0], [0.0, 0.0, -80.0, 200.0]];
    assert_close(&rows.concat(), &expected.concat());
    let direction: Vec<f64> = (0..9).map(|i| 0.5 * f64::from(i)).collect();
    let (gradient_again, product) = hvp(|x| rosenbrock(&x), tenths(9), &direction);
    assert_eq!(gradient_again, gradient);
    assert_close(&product, &[0.0, 27.0, -10.0, -95.0, -192.0, -265.0, -278.0, -195.0, -180.0]);
}

/// From polar coordinates `x = r cos t, y = r sin t`: [[cos t, -r sin t], [sin t, r cos t]].
#[test]
fn the_polar_jacobian_by_every_mode() {
    let ((sin, cos), at) = (0.5f64.sin_cos(), [2.0, 0.5]);
    let expected = [[cos, -2.0 * sin], [sin, 2.0 * cos]];
    assert_eq!(jacobian(|[r, t]| [r * t.cos(), r * t.sin()], at), expected);
    assert_eq!(jacobian_reverse(|[r, t]| [r * t.cos(), r * t.sin()], at), expected);
    assert_eq!(jacobian_forward(|[r, t]| [r * t.cos(), r * t.sin()], at), expected);
    assert_eq!(jacobian_of_many(|[r, t]| vec![r * t.cos(), r * t.sin()], at), expected);
    // literals of all kinds beside the variables, and a point written in place
    assert_eq!(jacobian(|[x, y]| [2.0 * x + 1.0, y / 4.0 - 3.0 * x], [2.0, 0.5]), [[2.0, 0.0], [-3.0, 0.25]]);
    assert_eq!(jacobian_forward(|x| [2.0 * x + 1.0, x / 4.0], 2.0), [2.0, 0.25]);
}

#[test]
fn jacobians_of_every_shape_agree() {
    // more results than parameters, as many, and fewer; each a product of neighbours: ∂(xᵢ xᵢ₊₁)
    for (inputs, outputs) in [(1, 9), (2, 3), (5, 5), (9, 2), (12, 1), (3, 0), (0, 2), (0, 0)] {
        let x: Vec<f64> = (0..inputs).map(|i| 1.0 + 0.25 * f64::from(i)).collect();
        fn results<T: Float>(x: &[T], outputs: usize) -> Vec<T> {
            let at = |i: usize| x.get(i % x.len().max(1)).copied().unwrap_or_else(T::one);
            (0..outputs).map(|i| at(i).sin() * at(i + 1)).collect()
        }
        let rows = jacobian_of_many(|x| results(&x, outputs), &x);
        let forward = jacobian_forward(|x| results(&x, outputs), &x);
        assert_eq!((rows.len(), forward.len()), (outputs, outputs));
        for (i, (row, forward)) in rows.iter().zip(&forward).enumerate() {
            let mut expected = vec![0.0; x.len()];
            if !x.is_empty() {
                let (a, b) = (i % x.len(), (i + 1) % x.len());
                expected[a] += x[a].cos() * x[b];
                expected[b] += x[a].sin();
            }
            assert_close(row, &expected);
            assert_close(forward, &expected);
            assert_close(&grad(|x| results(&x, outputs)[i], &x), &expected);
        }
    }
}

/// A formula with every kind of operation, of three numbers.
fn surface<N: Number>([x, y, z]: [N; 3]) -> N {
    let one = N::literal(1.0);
    (x * y).sin() * z.exp() + (one + x * x + y * y).ln() * z + x.pow(y) / (one + z * z).sqrt()
}

#[test]
fn a_hessian_by_four_routes() {
    let at = [0.8, 1.3, -0.4];
    let forward_over_reverse = hessian(|x| surface(x), at);
    let reverse_over_reverse = jacobian(|x| grad(|x| surface(x), x), at);
    let forward_over_forward = jacobian_forward(|x| jacobian_forward(|x| surface(x), x), at);
    let reverse_over_forward = jacobian(|x| jacobian_forward(|x| surface(x), x), at);
    for other in [reverse_over_reverse, forward_over_forward, reverse_over_forward] {
        assert_close(&other.concat(), &forward_over_reverse.concat());
    }
    // ∂²/∂z² of the three terms: sin(xy) e^z + 0 + x^y (2z² - 1)/(1 + z²)^(5/2)
    let [x, y, z]: [f64; 3] = at;
    let expected = (x * y).sin() * z.exp() + x.powf(y) * (2.0 * z * z - 1.0) / (1.0 + z * z).powf(2.5);
    assert_close(&[forward_over_reverse[2][2]], &[expected]);
    for (i, column) in [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]].into_iter().enumerate() {
        let (gradient, product) = hvp(|x| surface(x), at, column);
        assert_close(&product, &forward_over_reverse[i]);
        assert_close(&gradient, &grad(|x| surface(x), at));
    }
}

/// d/dx [x · d/dy (x + y)] = 1: whoever mixes the two perturbations up answers 2.
#[test]
fn perturbations_do_not_mix_in_any_nesting() {
    assert_eq!(grad(|x| x * grad(|y| x + y, Var::constant(1.0)), 1.0), 1.0);
    assert_eq!(grad(|x| x * jvp(|y| x + y, Var::constant(1.0), Var::constant(1.0)).1, 1.0), 1.0);
    assert_eq!(jvp(|x| x * grad(|y| x + y, Dual::constant(1.0)), 1.0, 1.0), (1.0, 1.0));
    assert_eq!(jvp(|x| x * jvp(|y| x + y, Dual::constant(1.0), Dual::constant(1.0)).1, 1.0, 1.0), (1.0, 1.0));
    assert_eq!(derivative(|x| x * derivative(|y| x + y, Dual::constant(1.0)), 1.0), 1.0);
}

/// Third derivatives of x⁴ and of e^(sin x): 24 x, and (c³ - 3 s c - c) e^s with s = sin x, c = cos x.
#[test]
fn third_derivatives_by_every_nesting() {
    macro_rules! nestings {
        ($($outer:ident $middle:ident $inner:ident;)*) => {
            [$((
                $outer(|x| $middle(|y| $inner(|z| z * z * z * z, y), x), 2.0),
                $outer(|x| $middle(|y| $inner(|z| z.sin().exp(), y), x), 0.7),
            )),*]
        };
    }
    let found = nestings! {
        grad grad grad; grad grad derivative; grad derivative grad; grad derivative derivative;
        derivative grad grad; derivative grad derivative; derivative derivative grad; derivative derivative derivative;
    };
    let (s, c) = 0.7f64.sin_cos();
    let expected = (c.powi(3) - 3.0 * s * c - c) * s.exp();
    for (power, exponential) in found {
        assert_close(&[power, exponential], &[48.0, expected]);
    }
}

#[test]
fn a_function_that_is_constant_or_hands_its_argument_on() {
    assert_eq!(value_and_grad(|[_, _]| Var::constant(3.0), [1.0, 2.0]), (3.0, [0.0, 0.0]));
    assert_eq!(value_and_grad(|[_, y]| y, [1.0, 2.0]), (2.0, [0.0, 1.0]));
    assert_eq!(jacobian(|[x, y]| [y, Var::constant(3.0), x], [1.0, 2.0]), [[0.0, 1.0], [0.0, 0.0], [1.0, 0.0]]);
    assert_eq!(
        jacobian_forward(|[x, y]| [y, DualVector::constant(3.0), x], [1.0, 2.0]),
        [[0.0, 1.0], [0.0, 0.0], [1.0, 0.0]]
    );
    assert_eq!(vjp(|[x, y]| [y, x], [1.0, 2.0], [5.0, 7.0]), ([2.0, 1.0], [7.0, 5.0]));
    assert_eq!(hessian(|[x, _]| x, [1.0, 2.0]), [[0.0; 2]; 2]);
    let x = Tensor::from([1.0, 2.0]);
    assert_eq!(grad(|x| x.sum() * 0.0, &x).to_vec(), [0.0, 0.0]);
    assert_eq!(grad(|_| Var::literal(1.0), &x).to_vec(), [0.0, 0.0]);
    assert_eq!(vjp(|x| x, &x, &x).1.to_vec(), [1.0, 2.0]);
}

#[test]
fn empty_points_have_empty_gradients() {
    assert_eq!(value_and_grad(|x: [_; 0]| sum(&x), [0.0; 0]), (0.0, []));
    assert!(grad(|x: Vec<_>| sum(&x), Vec::<f64>::new()).is_empty());
    assert!(hessian(|x: Vec<_>| sum(&x), Vec::<f64>::new()).is_empty());
    assert_eq!(jacobian(|_: [_; 0]| [Var::constant(1.0)], [0.0; 0]), [[]]);
    assert_eq!(jvp(|x: [_; 0]| sum(&x), [0.0; 0], [0.0; 0]), (0.0, 0.0));
    assert_eq!(laplacian(|x: Vec<_>| sum(&x), Vec::<f64>::new()), 0.0);
    let none = Tensor::<f64>::zeros([0, 3]);
    assert_eq!(grad(|x| x.sum(), &none).shape(), [0, 3]);
    assert_eq!(hessian(|x| x.sum(), &none).shape(), [0, 3, 0, 3]);
}

#[test]
fn not_a_number_stays_where_it_belongs() {
    let product = |[x, y, z]: [f64; 3]| value_and_grad(|[x, y, z]| x * y + z, [x, y, z]);
    let (value, [dx, dy, dz]) = product([f64::NAN, 2.0, 3.0]);
    assert!(value.is_nan() && dy.is_nan());
    assert_eq!((dx, dz), (2.0, 1.0));
    assert_eq!(product([1.0, 2.0, 3.0]), (5.0, [2.0, 1.0, 1.0]), "the next call knows nothing of it");
    assert!(value_and_grad(|[x]| x.relu(), [f64::NAN]).0.is_nan());
    let (value, slope) = jvp(|x| x.sqrt() + 1.0, f64::NAN, 1.0);
    assert!(value.is_nan() && slope.is_nan());
}

struct Line<T> {
    slope: T,
    intercept: T,
}
parameters!(Line { slope, intercept });

struct Model<T> {
    trend: Line<T>,
    weekdays: [T; 3],
    amplitude: T,
    rest: Vec<T>,
}
parameters!(Model { trend: Line<_>, weekdays: [_; 3], amplitude, rest: Vec<_> });

#[test]
fn structs_of_numbers_and_of_structs() {
    let model = Model {
        trend: Line { slope: 2.0, intercept: 1.0 },
        weekdays: [1.0, 2.0, 3.0],
        amplitude: 0.5,
        rest: vec![7.0, 8.0],
    };
    assert_eq!(model.flatten(), [2.0, 1.0, 1.0, 2.0, 3.0, 0.5, 7.0, 8.0]);
    // f = slope · weekday₁ · amplitude + intercept · rest₁²: by hand
    let gradient =
        grad(|m| m.trend.slope * m.weekdays[1] * m.amplitude + m.trend.intercept * m.rest[1].powi(2), &model);
    assert_eq!((gradient.trend.slope, gradient.trend.intercept), (1.0, 64.0));
    assert_eq!((gradient.weekdays, gradient.amplitude), ([0.0, 1.0, 0.0], 4.0));
    assert_eq!(gradient.rest, [0.0, 16.0]);
    let mut flat = Vec::new();
    model.for_each(gradient, |slope| flat.push(slope));
    assert_eq!(flat, [1.0, 64.0, 0.0, 1.0, 0.0, 4.0, 0.0, 16.0]);

    // a direction as a flat list; a Jacobian whose rows are structs; a Hessian that is a struct of structs
    let (_, motion) = jvp(|m| m.trend.slope * m.amplitude, &model, vec![1.0, 0.0, 0.0, 0.0, 0.0, 10.0, 0.0, 0.0]);
    assert_eq!(motion, 0.5 + 20.0);
    let [row] = jacobian(|line: Line<_>| [line.slope * line.intercept], &model.trend);
    assert_eq!((row.slope, row.intercept), (1.0, 2.0));
    let second = hessian(|line: Line<_>| line.slope * line.intercept, &model.trend);
    assert_eq!((second.slope.intercept, second.intercept.intercept), (1.0, 0.0));

    // of tensors, too
    let line = Line { slope: Tensor::from([1.0, 2.0]), intercept: Tensor::scalar(3.0) };
    let gradient = grad(|line| (line.slope * 2.0 + line.intercept).powi(2).sum(), &line);
    assert_eq!(gradient.slope.to_vec(), [20.0, 28.0]); // 4 (2 s + i)
    assert_eq!(gradient.intercept.item(), 24.0); // Σ 2 (2 s + i)
}

#[test]
fn tensors_in_every_arrangement() {
    // of x W: by x the rows of Wᵀ, by W the outer product with x
    let (x, w) = (Tensor::<f64>::from([1.0, 2.0]), Tensor::<f64>::from([[3.0, 4.0, 5.0], [6.0, 7.0, 8.0]]));
    let [by_x, by_w] = grad(|[x, w]| x.matmul(w).sum(), [x.clone(), w.clone()]);
    assert_eq!((by_x.to_vec(), by_w.to_vec()), (vec![12.0, 21.0], vec![1.0, 1.0, 1.0, 2.0, 2.0, 2.0]));
    let [[by_x, by_w]] = jacobian(|[x, w]| [x.matmul(w)], [x.clone(), w.clone()]);
    assert_eq!(by_x.shape(), [3, 2]);
    assert_eq!(by_x.to_vec(), [3.0, 6.0, 4.0, 7.0, 5.0, 8.0]);
    assert_eq!(by_w.shape(), [3, 2, 3]);
    let forward = jacobian_forward(|[x, w]: [Tensor<_>; 2]| x.matmul(&w), [x.clone(), w.clone()]);
    assert_eq!(forward, [by_x, by_w]);
    // d²/dx dW of Σ x W is 1 where the axes meet: δᵢⱼ for every column
    let [[by_xx, by_xw], _] = hessian(|[x, w]| x.matmul(w).sum(), [x.clone(), w.clone()]);
    assert_eq!(by_xx.to_vec(), [0.0; 4]);
    assert_eq!(by_xw.to_vec(), [1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
    // data beside parameters, lifted to numbers that move: of |X w|² the Hessian is 2 Xᵀ X
    let (data, at) = (Tensor::from([[1.0, 2.0], [3.0, 4.0]]), Tensor::from([0.5, -0.5]));
    let matrix = hessian(|w| (&data.map(From::from)).beside(w).matmul(w).powi(2).sum(), &at);
    assert_eq!(matrix.to_vec(), [20.0, 28.0, 28.0, 40.0]);
    // six columns by four lanes: the second derivative of (2 w)³ is 48 w
    let matrix = hessian(|w| (2.0 * w).powi(3).sum(), &w);
    let diagonal: Vec<f64> = (0..6).map(|i| matrix.as_slice()[i * 7]).collect();
    assert_eq!(matrix.shape(), [2, 3, 2, 3]);
    assert_eq!(diagonal, w.iter().map(|w| 48.0 * w).collect::<Vec<f64>>());
    assert_eq!(matrix.as_slice().iter().sum::<f64>(), 48.0 * 33.0);
    let (at, motion) =
        jvp(|[x, w]: [Tensor<_>; 2]| x.matmul(&w), [x.clone(), w.clone()], [Tensor::ones([2]), w.zeros_like()]);
    assert_eq!((at.to_vec(), motion.to_vec()), (vec![15.0, 18.0, 21.0], vec![9.0, 11.0, 13.0]));
    let (_, [by_x, _]) = vjp(|[x, w]| x.matmul(w), [x, w], Tensor::from([1.0, 0.0, 2.0]));
    assert_eq!(by_x.to_vec(), [13.0, 22.0]);
    // single precision where the tensors say so
    assert_eq!(grad(|x| (2.0 * x).sum(), Tensor::<f32>::ones([2])).to_vec(), [2.0f32; 2]);
}

#[test]
fn generic_code_in_three_lines() {
    fn mean_log<T: Float>(x: &[T]) -> T {
        x.iter().fold(T::zero(), |sum, &x| sum + x.ln()) / T::from(x.len()).unwrap()
    }
    let gradient = grad(|x| mean_log(&x), &[1.0, 2.0, 4.0, 8.0][..]);
    assert_eq!(gradient, [0.25, 0.125, 0.0625, 0.03125]); // 1/(n xᵢ)
    assert_eq!(grad(|x| mean_log(&x), &[1.0, 2.0, 4.0, 8.0]), [0.25, 0.125, 0.0625, 0.03125]);
}

#[test]
fn harmonic_functions_and_solenoidal_fields() {
    // harmonic: real parts of analytic functions, ln r in the plane, 1/r in space
    assert_close(&[laplacian(|[x, y]| x.exp() * y.sin(), [0.3, 0.7])], &[0.0]);
    assert_close(&[laplacian(|[x, y]| x.powi(4) - 6.0 * x * x * y * y + y.powi(4), [0.3, 0.7])], &[0.0]);
    assert_close(&[laplacian(|[x, y]| (x * x + y * y).ln(), [0.3, 0.7])], &[0.0]);
    assert_close(&[laplacian(|x: [_; 3]| norm(&x).recip(), [0.6, -0.8, 1.1])], &[0.0]);
    // and not harmonic: r² in n dimensions, 2 n; 1/r in the plane, 1/r³
    assert_close(&[laplacian(|x: Vec<_>| dot(&x, &x), vec![0.5; 7])], &[14.0]);
    assert_close(&[laplacian(|[x, y]| (x * x + y * y).sqrt().recip(), [0.6, 0.8])], &[1.0]);
    // x/|x|³ has no sources away from 0; x has n everywhere
    let field = |x: [DualVector<f64, 4>; 3]| x.map(|xi| xi / norm(&x).powi(3));
    assert_close(&[divergence(field, [0.6, -0.8, 1.1])], &[0.0]);
    assert_close(&[divergence(|x: Vec<_>| x, vec![0.5; 5])], &[5.0]);
    // the divergence of a gradient is the Laplacian
    assert_close(
        &[divergence(|x| grad(|x| surface(x), x), [0.8, 1.3, -0.4])],
        &[laplacian(|x| surface(x), [0.8, 1.3, -0.4])],
    );
}

/// Coefficients of series that every book has: e^x, 1/(1 - x), ln(1 + x), and cos t + i sin t by its real and imaginary part.
#[test]
fn taylor_coefficients_of_well_known_series() {
    let factorial = |k: i32| (1..=k).map(f64::from).product::<f64>();
    let found: [f64; 9] = taylor(|x| x.exp(), 0.0, 1.0);
    assert_close(&found, &[0, 1, 2, 3, 4, 5, 6, 7, 8].map(|k| 1.0 / factorial(k)));
    let found: [f64; 6] = taylor(|x| (1.0 - x).recip(), 0.0, 2.0);
    assert_close(&found, &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0]);
    let found: [f64; 5] = taylor(|x| x.ln_1p(), 0.0, 1.0);
    assert_close(&found, &[0.0, 1.0, -0.5, 1.0 / 3.0, -0.25]);
    let [cosine, sine]: [[f64; 4]; 2] = taylor(|t| [t.cos(), t.sin()], 0.0, 1.0);
    assert_close(&cosine, &[1.0, 0.0, -0.5, 0.0]);
    assert_close(&sine, &[0.0, 1.0, 0.0, -1.0 / 6.0]);
    // along a direction: value, gradient · v, v · H v / 2
    let (at, v) = ([0.8, 1.3, -0.4], [0.3, -0.7, 1.1]);
    let [value, slope, curvature] = taylor(|x| surface(x), at, v);
    let (_, motion) = jvp(|x| surface(x), at, v);
    let (_, product) = hvp(|x| surface(x), at, v);
    assert_close(&[value, slope], &[surface(at), motion]);
    assert_close(&[2.0 * curvature], &[dot(&v, &product)]);
    // of tensors: those of each element
    let [c0, c1, c2]: [Tensor<f64>; 3] = taylor(|x| 2.0 * x.exp(), Tensor::from([0.0, 1.0]), Tensor::from([1.0, 2.0]));
    let e = 1f64.exp();
    assert_close(&[c0.to_vec(), c1.to_vec(), c2.to_vec()].concat(), &[2.0, 2.0 * e, 2.0, 4.0 * e, 1.0, 4.0 * e]);
    // of a series, the derivative is the series of the derivative: d/dx x³ = 3 x² around 2
    let [c0, c1, c2] = taylor(|x| grad(|y| y * y * y, x), 2.0, 1.0);
    assert_eq!([c0, c1, c2], [12.0, 12.0, 3.0]);
}

/// Of x⁴ y³ z: ∂ by hand, of every order up to 8; of e^(x + 2y): the derivative of order (i, j) is 2ʲ e^(x + 2y).
#[test]
fn mixed_partials_of_every_order() {
    let at = [1.5, -0.5, 2.0];
    let [x, y, z]: [f64; 3] = at;
    macro_rules! partial {
        ($indices:expr) => {
            mixed_partial(|[x, y, z]| x.powi(4) * y.powi(3) * z, at, $indices)
        };
    }
    let found = [
        partial!([]),
        partial!([2]),
        partial!([0, 1]),
        partial!([1, 1]),
        partial!([0, 1, 2]),
        partial!([1, 0, 0]),
        partial!([0, 0, 0, 0]),
        partial!([0, 1, 1, 0]),
        partial!([2, 1, 1, 1, 0]),
        partial!([0, 0, 0, 0, 1, 1, 1, 2]),
        partial!([2, 2]),
    ];
    let expected = [
        x.powi(4) * y.powi(3) * z,
        x.powi(4) * y.powi(3),
        12.0 * x.powi(3) * y * y * z,
        6.0 * x.powi(4) * y * z,
        12.0 * x.powi(3) * y * y,
        36.0 * x * x * y * y * z,
        24.0 * y.powi(3) * z,
        72.0 * x * x * y * z,
        24.0 * x.powi(3),
        144.0,
        0.0,
    ];
    for (found, expected) in found.into_iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-11 * (1.0 + expected.abs()), "{found}, where {expected} is expected");
    }
    let mixed = mixed_partial(|x: Vec<_>| (x[0] + 2.0 * x[1]).exp(), vec![0.1, 0.2], [1, 0, 1, 1, 0]);
    assert!((mixed - 8.0 * 0.5f64.exp()).abs() < 1e-12);
    // against the Hessian, and against nested calls
    let rows = hessian(|x| surface(x), at.map(f64::abs));
    assert_close(&[mixed_partial(|x| surface(x), at.map(f64::abs), [0, 2])], &[rows[0][2]]);
    let nested = derivative(|y| derivative(|x| (x * x * Dual::constant(y)).sin(), Dual::constant(x)), y);
    assert_close(&[mixed_partial(|[x, y]| (x * x * y).sin(), [x, y], [0, 1])], &[nested]);
}

/// Three results of four numbers.
fn curves<N: Number>([a, b, c, d]: [N; 4]) -> [N; 3] {
    [a * b + c.sin(), (a - d).tanh() * b.exp(), (c * c + d * d + N::literal(1.0)).sqrt() * a]
}

proptest! {
    /// ⟨u, J v⟩ = ⟨Jᵀ u, v⟩, and both are what the Jacobian says.
    #[test]
    fn forward_and_reverse_are_adjoint(x in uniform4(-2.0..2.0), v in uniform4(-2.0..2.0), u in uniform3(-2.0..2.0)) {
        let inner = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let (value, motion) = jvp(curves, x, v);
        let (again, gradient) = vjp(|x| curves(x), x, u);
        prop_assert_eq!(value, again);
        let (left, right) = (inner(&u, &motion), inner(&gradient, &v));
        prop_assert!((left - right).abs() <= 1e-12 * (1.0 + left.abs().max(100.0)), "{} and {}", left, right);
        let rows = jacobian(|x| curves(x), x);
        for (row, motion) in rows.iter().zip(motion) {
            prop_assert!((inner(row, &v) - motion).abs() <= 1e-11);
        }
    }
}
