//! Numeric code that knows nothing of this library, differentiated as it stands: generic functions over
//! `num_traits::Float`, and the published crate `num-complex`.
//!
//! The expected derivatives are closed forms; for complex functions, the Cauchy-Riemann equations.

// Not the prelude: its `Number` and `num_traits::Float` have methods of the same names.
use chainrule::{Dual, ScalarTape, Var};
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
    let (mean_anomaly, eccentricity) = (0.8, 0.3_f64);
    let anomaly = kepler([mean_anomaly, eccentricity]);
    // implicit differentiation: dE/dM = 1/(1 - e cos E), dE/de = sin E/(1 - e cos E)
    let slope = 1.0 / (1.0 - eccentricity * anomaly.cos());
    let slopes = [slope, anomaly.sin() * slope];
    assert_differentiates([mean_anomaly, eccentricity], anomaly, slopes, kepler, |x| kepler(x));
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
        assert_differentiates(at, r, [r * r * slope, r * slope, slope], root, |x| root(x));
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
    // OEIS A053004: 1.1981402347355922; its slopes by mpmath's `diff(agm)` with 30 digits.
    let (value, slopes) = (1.198_140_234_735_592_2, [0.547_486_083_874_24, 0.460_081_962_281_237_1]);
    let at = [1.0, 2f64.sqrt()];
    assert_differentiates(at, value, slopes, arithmetic_geometric_mean, |x| arithmetic_geometric_mean(x));
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
    let at = [50.0, 0.02, 4e-6, 3000.0_f64];
    let [r, l, c, w] = at;
    let reactance = w * l - 1.0 / (w * c);
    let size = r.hypot(reactance);
    let by_reactance = reactance / size;
    let slopes = [r / size, by_reactance * w, by_reactance / (w * c * c), by_reactance * (l + 1.0 / (w * w * c))];
    assert_differentiates(at, size, slopes, impedance, |x| impedance(x));
}

#[test]
fn phase_of_a_complex_number() {
    for [x, y] in [[3.0, 4.0_f64], [-0.5, 0.25], [-1.0, -2.0]] {
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

/// Analytic functions of `num-complex`: along x the derivative is f'(z), along y it is i f'(z).
macro_rules! analytic {
    ([$z:ident, $number:ident] $($name:literal at [$($point:expr),+]: $function:expr => $derivative:expr;)*) => { $(
        for (x, y) in [$($point),+] {
            let (value, slope) = {
                let $number = |value: f64| value;
                let $z = Complex::new($number(x), y);
                ($function, $derivative)
            };
            let tape = ScalarTape::new();
            let (by_x, by_y) = (tape.var(x), tape.var(y));
            let on_tape = {
                let $number = |value: f64| Var::constant(value);
                let _ = $number(1.0);
                let $z = Complex::new(by_x, by_y);
                $function
            };
            let what = format!("{}({x} + {y}i)", $name);
            assert_close(&what, on_tape.re.value(), value.re);
            assert_close(&what, on_tape.im.value(), value.im);
            let (real, imaginary) = (on_tape.re.backward(), on_tape.im.backward());
            assert_close(&format!("{what} by x, real"), real.of(by_x), slope.re);
            assert_close(&format!("{what} by x, imaginary"), imaginary.of(by_x), slope.im);
            assert_close(&format!("{what} by y, real"), real.of(by_y), -slope.im);
            assert_close(&format!("{what} by y, imaginary"), imaginary.of(by_y), slope.re);

            let $number = |value: f64| Dual::constant(value);
            let _ = $number(1.0);
            let $z = Complex::new(Dual::variable(x), Dual::constant(y));
            let on_duals = $function;
            assert_close(&what, on_duals.re.value, value.re);
            assert_close(&format!("{what} by x, real, dual"), on_duals.re.epsilon, slope.re);
            assert_close(&format!("{what} by x, imaginary, dual"), on_duals.im.epsilon, slope.im);
        }
    )* };
}

#[test]
fn complex_powers_exponentials_and_logarithms() {
    let exponent = Complex::new(2.0, 0.5);
    analytic! { [z, number]
        "exp" at [(0.5, 1.25), (-1.0, -2.0)]: z.exp() => z.exp();
        "exp2" at [(0.5, 1.25)]: z.exp2() => z.exp2() * f64::LN_2();
        "expf" at [(0.5, 1.25)]: z.expf(number(3.0)) => z.expf(3.0) * 3f64.ln();
        "ln" at [(0.5, 1.25), (-1.0, -2.0)]: z.ln() => z.inv();
        "log" at [(0.5, 1.25)]: z.log(number(3.0)) => z.inv() / 3f64.ln();
        "log2" at [(0.5, 1.25)]: z.log2() => z.inv() / f64::LN_2();
        "log10" at [(0.5, 1.25)]: z.log10() => z.inv() / f64::LN_10();
        "sqrt" at [(0.5, 1.25), (-1.0, -2.0)]: z.sqrt() => (z.sqrt() * 2.0).inv();
        "cbrt" at [(0.5, 1.25), (-1.0, -2.0)]: z.cbrt() => (z.cbrt().powi(2) * 3.0).inv();
        "powu" at [(0.5, 1.25)]: z.powu(4) => z.powu(3) * 4.0;
        "powi" at [(0.5, 1.25)]: z.powi(-3) => z.powi(-4) * -3.0;
        "powf" at [(0.5, 1.25), (-1.0, -2.0)]: z.powf(number(2.5)) => z.powf(1.5) * 2.5;
        "powc" at [(0.5, 1.25), (-1.0, -2.0)]: z.powc(Complex::new(number(2.0), number(0.5)))
            => exponent * z.powc(exponent - 1.0);
        "inv" at [(0.5, 1.25)]: z.inv() => -z.powi(-2);
        "finv" at [(0.5, 1.25)]: z.finv() => -z.powi(-2);
        "a product and a quotient" at [(0.5, 1.25)]: z * (z + number(1.0)) / (z - number(3.0))
            => ((z * 2.0 + 1.0) * (z - 3.0) - z * (z + 1.0)) / (z - 3.0).powi(2);
    }
}

#[test]
fn complex_circle_and_hyperbola() {
    let one = Complex::new(1.0, 0.0);
    analytic! { [z, number]
        "sin" at [(0.5, 1.25)]: z.sin() => z.cos();
        "cos" at [(0.5, 1.25)]: z.cos() => -z.sin();
        "tan" at [(0.5, 1.25)]: z.tan() => z.cos().powi(-2);
        "sinh" at [(0.5, 1.25)]: z.sinh() => z.cosh();
        "cosh" at [(0.5, 1.25)]: z.cosh() => z.sinh();
        "tanh" at [(0.5, 1.25)]: z.tanh() => z.cosh().powi(-2);
        "asin" at [(0.5, 1.25)]: z.asin() => (one - z * z).sqrt().inv();
        "acos" at [(0.5, 1.25)]: z.acos() => -(one - z * z).sqrt().inv();
        "atan" at [(0.5, 1.25)]: z.atan() => (one + z * z).inv();
        "asinh" at [(0.5, 1.25)]: z.asinh() => (one + z * z).sqrt().inv();
        "acosh" at [(0.5, 1.25)]: z.acosh() => ((z - 1.0).sqrt() * (z + 1.0).sqrt()).inv();
        "atanh" at [(0.5, 1.25)]: z.atanh() => (one - z * z).inv();
    }
}
