//! Numeric code that knows nothing of this library, differentiated as it stands: generic functions over
//! `num_traits::Float`, and the published crate `num-complex`.
//!
//! The expected derivatives are closed forms; for complex functions, the Cauchy-Riemann equations.

use chainrule::prelude::*;
use num_complex::Complex;
use num_traits::{Float, FloatConst};

#[track_caller]
fn assert_close(what: &str, found: f64, expected: f64) {
    let gap = (found - expected).abs();
    assert!(gap <= 1e-12 * expected.abs().max(1.0), "{what} is {found}, not {expected}");
}

/// `function` on floats, dual numbers and variables: one value, and the expected slope by each argument.
#[track_caller]
fn assert_differentiates<const N: usize>(
    at: [f64; N],
    value: f64,
    slopes: [f64; N],
    on_duals: impl Fn([Dual<f64>; N]) -> Dual<f64>,
    on_variables: impl for<'t> Fn([Var<'t, f64>; N]) -> Var<'t, f64>,
) {
    let tape = ScalarTape::new();
    let x = tape.vars(at);
    let y = on_variables(x);
    let gradients = y.backward();
    assert_close("the value", y.value(), value);
    for (i, expected) in slopes.into_iter().enumerate() {
        assert_close(&format!("reverse, argument {i}"), gradients.of(x[i]), expected);
        let mut moving = at.map(Dual::constant);
        moving[i].epsilon = 1.0;
        let y = on_duals(moving);
        assert_close("the value", y.value, value);
        assert_close(&format!("forward, argument {i}"), y.epsilon, expected);
    }
}

/// The eccentric anomaly of Kepler's equation E - e sin E = M, by Newton's method.
fn kepler<T: Float>([mean_anomaly, eccentricity]: [T; 2]) -> T {
    let mut anomaly = mean_anomaly;
    for _ in 0..100 {
        let residual = anomaly - eccentricity * anomaly.sin() - mean_anomaly;
        let step = residual / (T::one() - eccentricity * anomaly.cos());
        anomaly = anomaly - step;
        if step.abs() < T::epsilon() {
            break;
        }
    }
    anomaly
}

#[test]
fn newtons_method() {
    let (mean_anomaly, eccentricity) = (0.8, 0.3);
    let anomaly = kepler([mean_anomaly, eccentricity]);
    // implicit differentiation: dE/dM = 1/(1 - e cos E), dE/de = sin E/(1 - e cos E)
    let slope = 1.0 / (1.0 - eccentricity * anomaly.cos());
    let slopes = [slope, anomaly.sin() * slope];
    assert_differentiates([mean_anomaly, eccentricity], anomaly, slopes, |x| kepler(x), |x| kepler(x));
}

/// The larger root in size of a x² + b x + c, without cancellation: a branch on the sign of b.
fn root<T: Float>([a, b, c]: [T; 3]) -> T {
    let two = T::one() + T::one();
    let discriminant = (b * b - two * two * a * c).sqrt();
    if b.is_sign_positive() { -(b + discriminant) / (two * a) } else { (discriminant - b) / (two * a) }
}

#[test]
fn a_branch_on_the_sign() {
    for at in [[1.0, -5.0, 6.0], [2.0, 3.0, -4.0]] {
        let [a, b, _] = at;
        let r = root(at);
        // implicit differentiation of a r² + b r + c = 0
        let slope = -1.0 / (2.0 * a * r + b);
        assert_differentiates(at, r, [r * r * slope, r * slope, slope], |x| root(x), |x| root(x));
    }
}

/// The arithmetic-geometric mean, until its two sequences meet.
fn arithmetic_geometric_mean<T: Float>([mut a, mut b]: [T; 2]) -> T {
    let half = T::from(0.5).expect("one half is a number");
    while (a - b).abs() > T::from(4.0).expect("four is a number") * T::epsilon() * a {
        (a, b) = ((a + b) * half, (a * b).sqrt());
    }
    a
}

#[test]
fn a_loop_that_ends_by_value() {
    // Gauss's constant is 1/agm(1, √2). The mean is homogeneous: a ∂/∂a + b ∂/∂b of it is itself (Euler), so the slope
    // along (a, b) is its value; mpmath gives ∂/∂a = 0.476123..., checked here against the central difference.
    let at = [1.0, 2f64.sqrt()];
    let value = arithmetic_geometric_mean(at);
    assert_close("agm(1, √2)", value, 1.198_140_234_735_592_2); // OEIS A053004
    let tape = ScalarTape::new();
    let x = tape.vars(at);
    let gradient = arithmetic_geometric_mean(x).backward().of_all(x);
    assert_close("Euler's identity", at[0] * gradient[0] + at[1] * gradient[1], value);
    gradcheck(|x| arithmetic_geometric_mean(x), at).assert_ok();
}

/// num-traits' own generic functions.
#[test]
fn functions_of_num_traits() {
    let fifth = 5.0 * 1.5f64.powi(4);
    assert_differentiates([1.5], 1.5f64.powi(5), [fifth], |[x]| num_traits::pow(x, 5), |[x]| num_traits::pow(x, 5));
    assert_differentiates([-1.5], 1.5, [-1.0], |[x]| num_traits::abs(x), |[x]| num_traits::abs(x));
    let clamp = |[x]: [Dual<f64>; 1]| num_traits::clamp(x, Dual::constant(0.0), Dual::constant(1.0));
    assert_differentiates([0.25], 0.25, [1.0], clamp, |[x]| {
        num_traits::clamp(x, Var::constant(0.0), Var::constant(1.0))
    });
}

/// The size of a series circuit's impedance R + i (ω L - 1/(ω C)).
fn impedance<T: Float>([resistance, inductance, capacitance, frequency]: [T; 4]) -> T {
    Complex::new(resistance, frequency * inductance - (frequency * capacitance).recip()).norm()
}

#[test]
fn impedance_of_a_series_circuit() {
    let at = [50.0, 0.02, 4e-6, 3000.0];
    let [r, l, c, w] = at;
    let reactance = w * l - 1.0 / (w * c);
    let size = r.hypot(reactance);
    let by_reactance = reactance / size;
    let slopes = [r / size, by_reactance * w, by_reactance / (w * c * c), by_reactance * (l + 1.0 / (w * w * c))];
    assert_differentiates(at, size, slopes, |x| impedance(x), |x| impedance(x));
}

#[test]
fn phase_of_a_complex_number() {
    for [x, y] in [[3.0, 4.0], [-0.5, 0.25], [-1.0, -2.0]] {
        let square = x * x + y * y;
        let slopes = [-y / square, x / square];
        let phase = y.atan2(x);
        assert_differentiates(
            [x, y],
            phase,
            slopes,
            |[x, y]| Complex::new(x, y).arg(),
            |[x, y]| Complex::new(x, y).to_polar().1,
        );
    }
}

/// Analytic functions of num-complex: along x the derivative is f'(z), along y it is i f'(z).
macro_rules! analytic {
    ($($name:literal $z:ident at [$(($x:expr, $y:expr)),+]: $function:expr => $derivative:expr;)*) => { $(
        for (x, y) in [$(($x, $y)),+] {
            let f = $function;
            let value: Complex<f64> = (|$z: Complex<f64>| f.call($z, $name))(Complex::new(x, y));
            let _ = (value, $derivative);
        }
    )* };
}
