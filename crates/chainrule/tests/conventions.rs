//! The published policy at kinks, singular points and edges (`docs/conventions.md`), row by row.
//!
//! The expected numbers are the policy itself: `PyTorch`'s written order (the derivative where it exists, else the
//! subgradient of least norm, else the supergradient of least norm, else continuity), applied by hand.

#![allow(clippy::cast_possible_truncation, reason = "every case also runs in f32")]
#![allow(clippy::items_after_statements, reason = "small formulas stand where they are used")]

use chainrule::prelude::*;
use chainrule::rule::Powi;
use chainrule::{Real, Rule};

const INF: f64 = f64::INFINITY;

/// Slopes that the policy promises, on tapes, duals and series, in f64 and f32, and in a tape of duals.
fn assert_slope(what: &str, formula: impl Formula + Copy, x: f64, slope: f64) {
    let narrow = x as f32;
    let found = [
        reverse(&formula, x),
        formula.eval(Dual::variable(x)).epsilon,
        reverse(&formula, Dual::constant(x)).value,
        formula.eval(Dual::variable(Dual::constant(x))).epsilon.value,
        f64::from(reverse(&formula, narrow)),
        f64::from(formula.eval(Dual::variable(narrow)).epsilon),
        formula.eval(DualVector::<_, 2>::variable(x, 1)).epsilons[1],
        formula.eval(Taylor::<_, 3>::variable(x)).coefficient(1),
    ];
    for (kind, found) in found.into_iter().enumerate() {
        let same = found == slope || (found - slope).abs() <= 1e-7 * slope.abs();
        assert!(same, "{what}'({x}) is {found}, not {slope} (kind {kind})");
    }
}

/// A formula of one number for any kind of number.
trait Formula {
    fn eval<N: Number>(&self, x: N) -> N;
}

fn reverse<T: Real>(formula: &impl Formula, x: T) -> T {
    let tape = Tape::new();
    let x = tape.var(x);
    formula.eval(x).backward().of(x)
}

macro_rules! formula {
    ($x:ident => $body:expr) => {{
        #[derive(Clone, Copy)]
        struct Here;
        impl Formula for Here {
            fn eval<N: Number>(&self, $x: N) -> N {
                $body
            }
        }
        Here
    }};
}

#[test]
fn rectifiers_at_their_kinks() {
    assert_slope("relu", formula!(x => x.relu()), 0.0, 0.0);
    assert_slope("relu6", formula!(x => x.relu6()), 0.0, 0.0);
    assert_slope("relu6", formula!(x => x.relu6()), 6.0, 0.0);
    assert_slope("leaky_relu(.1)", formula!(x => x.leaky_relu(0.1)), 0.0, 0.1);
    assert_slope("elu(1)", formula!(x => x.elu(1.0)), 0.0, 1.0);
    assert_slope("elu(2)", formula!(x => x.elu(2.0)), 0.0, 1.0);
    assert_slope("elu(.5)", formula!(x => x.elu(0.5)), 0.0, 0.5);
    assert_slope("selu", formula!(x => x.selu()), 0.0, 1.050_700_987_355_480_5);
    assert_slope("hard_sigmoid", formula!(x => x.hard_sigmoid()), -3.0, 0.0);
    assert_slope("hard_sigmoid", formula!(x => x.hard_sigmoid()), 3.0, 0.0);
    assert_slope("hard_swish", formula!(x => x.hard_swish()), -3.0, 0.0);
    assert_slope("hard_swish", formula!(x => x.hard_swish()), 3.0, 1.0);
    assert_slope("piecewise_sigmoid", formula!(x => x.piecewise_sigmoid()), -0.5, 0.0);
    assert_slope("piecewise_sigmoid", formula!(x => x.piecewise_sigmoid()), 0.5, 0.0);
    assert_slope("clamp", formula!(x => x.clamp(-1, 2)), -1.0, 0.0);
    assert_slope("clamp", formula!(x => x.clamp(-1, 2)), 2.0, 0.0);
}

#[test]
fn steps_and_sizes_are_flat_where_they_jump() {
    for x in [0.0, -0.0, 2.0, 2.5, -1.5] {
        assert_slope("sign", formula!(x => x.sign()), x, 0.0);
        assert_slope("signum", formula!(x => x.signum()), x, 0.0);
        assert_slope("step", formula!(x => x.step()), x, 0.0);
        assert_slope("floor", formula!(x => x.floor()), x, 0.0);
        assert_slope("ceil", formula!(x => x.ceil()), x, 0.0);
        assert_slope("round", formula!(x => x.round()), x, 0.0);
        assert_slope("trunc", formula!(x => x.trunc()), x, 0.0);
    }
    assert_slope("abs", formula!(x => x.abs()), 0.0, 0.0);
    assert_slope("abs", formula!(x => x.abs()), -0.0, 0.0);
    // the values that go with it
    assert_eq!((Number::sign(0.0), Number::sign(-0.0), Number::sign(-3.0)), (0.0, 0.0, -1.0));
    assert_eq!((Number::signum(0.0), Number::signum(-0.0)), (1.0, -1.0));
    assert_eq!((Number::round(2.5), Number::round(-2.5)), (3.0, -3.0));
    assert_eq!((Number::step(0.0), Number::step(-1e-300)), (1.0, 0.0));
}

#[test]
fn a_tie_with_a_constant_has_slope_zero() {
    let tape = ScalarTape::new();
    let x = tape.var(2.0);
    for y in [x.max(2.0), x.min(2.0), Var::from(2.0).max(x), Var::from(2.0).min(x)] {
        assert_eq!((y.value(), y.backward().of(x)), (2.0, 0.0));
    }
    assert_eq!(Dual::variable(2.0).max(2.0).epsilon, 0.0);
    assert_eq!(Dual::variable(2.0).min(2.0).epsilon, 0.0);
    // code that knows nothing of us writes its constants as numbers of the same kind
    fn generic<T: num_traits::Float>(x: T) -> T {
        x.max(T::zero())
    }
    let zero = tape.var(0.0);
    assert_eq!(generic(zero).backward().of(zero), 0.0);
    assert_eq!(generic(Dual::variable(0.0)).epsilon, 0.0);
}

#[test]
fn a_tie_of_two_variables_is_shared() {
    fn both<T: Real>(one: T) {
        let half = T::literal(0.5);
        let tape = Tape::new();
        let (a, b) = (tape.var(one), tape.var(one));
        for y in [a.max(b), a.min(b)] {
            let g = y.backward();
            assert_eq!((g.of(a), g.of(b)), (half, half));
        }
    }
    both(1.5);
    both(1.5f32);
    both(Dual::constant(1.5));
    let (still, moving) = (Dual::constant(1.5), Dual::variable(1.5));
    for along in [moving.max(still), still.max(moving), moving.min(still), still.min(moving)] {
        assert_eq!(along.epsilon, 0.5);
    }
    assert_eq!(moving.max(moving).epsilon, 1.0);
    // the same variable twice
    let tape = ScalarTape::new();
    let x = tape.var(3.0);
    assert_eq!(x.max(x).backward().of(x), 1.0);
}

#[test]
fn norms_at_the_origin_have_slope_zero() {
    let tape = ScalarTape::new();
    let x = tape.vars([0.0, 0.0, 0.0]);
    for p in [1.0, 1.5, 2.0, 3.0, INF] {
        let y = norm_p(&x, p);
        assert_eq!((y.value(), y.backward().of_all(x)), (0.0, [0.0; 3]), "p = {p}");
    }
    let y = x[0].hypot(x[1]);
    assert_eq!((y.value(), y.backward().of_all([x[0], x[1]])), (0.0, [0.0; 2]));
    assert_eq!(Dual::variable(0.0).hypot(Dual::variable(0.0)).epsilon, 0.0);
    let f32s = Tape::<f32>::new();
    let z = f32s.vars([0.0f32; 2]);
    assert_eq!(norm(&z).backward().of_all(z), [0.0; 2]);
}

#[test]
fn poles_have_infinite_slopes() {
    assert_slope("sqrt", formula!(x => x.sqrt()), 0.0, INF);
    assert_slope("cbrt", formula!(x => x.cbrt()), 0.0, INF);
    assert_slope("ln", formula!(x => x.ln()), 0.0, INF);
    assert_slope("recip", formula!(x => x.recip()), 0.0, -INF);
    assert_slope("asin", formula!(x => x.asin()), 1.0, INF);
    assert_slope("acos", formula!(x => x.acos()), 1.0, -INF);
    assert_slope("acosh", formula!(x => x.acosh()), 1.0, INF);
    assert_slope("atanh", formula!(x => x.atanh()), 1.0, INF);
}

#[test]
fn powers_of_zero() {
    let slopes = [0.0, 1.0, 0.0, 0.0, 0.0];
    for (n, slope) in (0..).zip(slopes) {
        let tape = ScalarTape::new();
        let x = tape.var(0.0);
        let found = [
            x.powi(n).backward().of(x),
            x.powf(n).backward().of(x),
            x.pow(f64::from(n)).backward().of(x),
            num_traits::Float::powf(x, Var::from(f64::from(n))).backward().of(x),
            Dual::variable(0.0).powi(n).epsilon,
            Dual::variable(0.0).powf(n).epsilon,
            num_traits::Float::powf(Dual::variable(0.0), Dual::constant(f64::from(n))).epsilon,
            f64::from(Dual::variable(0.0f32).powf(n).epsilon),
        ];
        assert_eq!(found, [slope; 8], "x^{n} at 0");
    }
    assert_eq!(Powi(2).slope(0.0, 0.0), 0.0);
}

#[test]
fn powers_of_two_variables() {
    let slopes = |x: f64, y: f64| {
        let tape = ScalarTape::new();
        let (x, y) = (tape.var(x), tape.var(y));
        let g = x.pow(y).backward();
        (g.of(x), g.of(y))
    };
    assert_eq!(slopes(0.0, 0.0).0, 0.0);
    assert_eq!(slopes(-2.0, 2.0).0, -4.0);
    let tape = ScalarTape::new();
    let x = tape.var(-2.0);
    assert_eq!(x.pow(2.0).backward().of(x), -4.0);
    assert_eq!(Dual::variable(-2.0).pow(2.0).epsilon, -4.0);
    assert_eq!(Dual::variable(-2.0).pow(Dual::constant(2.0)).epsilon, -4.0);
    assert_eq!(num_traits::Float::powf(Dual::variable(-2.0), Dual::constant(2.0)).epsilon, -4.0);
    assert!(x.pow(0.5).value().is_nan() && tape.var(-1.0).powf(0.5).value().is_nan());
    // by the exponent at x = 0: the limit of x^y ln x
    assert_eq!([slopes(0.0, -1.0).1, slopes(0.0, 0.0).1, slopes(0.0, 2.0).1], [-INF, -INF, 0.0]);
}

#[test]
fn outside_the_domain_the_value_is_nan_and_propagates() {
    let tape = ScalarTape::new();
    for (x, y) in [(-1.0, tape.var(-1.0).ln()), (-1.0, tape.var(-1.0).sqrt()), (0.5, tape.var(0.5).acosh())] {
        assert!(y.value().is_nan(), "at {x}");
        assert!((y * 0.0 + 1.0).value().is_nan());
    }
}

#[test]
fn nan_is_not_dropped() {
    let nan = f64::NAN;
    let tape = ScalarTape::new();
    let (bad, good) = (tape.var(nan), tape.var(1.0));
    let values = [
        bad.relu(),
        bad.relu6(),
        bad.clamp(0, 1),
        bad.max(good),
        good.max(bad),
        bad.min(good),
        good.min(bad),
        bad.max(0.0),
        bad.sign(),
        bad.step(),
        sum(&[good, bad]),
        norm(&[good, bad]),
        norm(&[bad, good]),
        norm_p(&[bad, good], INF),
        log_sum_exp(&[bad, good]),
        log_sum_exp(&[good, bad]),
    ];
    for (which, value) in values.into_iter().enumerate() {
        assert!(value.value().is_nan(), "value {which}");
    }
    assert!(Number::max(nan, 1.0).is_nan() && Number::min(1.0, nan).is_nan());
    assert!(Dual::variable(nan).max(Dual::constant(1.0)).value.is_nan());
}

/// A rule whose value is 0 and whose slope is whatever its parameter says.
#[derive(Clone, Copy)]
struct Slope(f64);
impl Rule for Slope {
    const NAME: &'static str = "slope";
    const PROBES: &'static [f64] = &[1.0];
    fn value<T: Real>(self, _: T) -> T {
        T::zero()
    }
    fn slope<T: Real>(self, _: T, _: T) -> T {
        T::literal(self.0)
    }
}

#[test]
fn zero_times_infinity_contributes_zero() {
    // in a folded scale
    let tape = ScalarTape::new();
    let x = tape.var(0.0);
    assert_eq!((x.sqrt() * 0.0).backward().of(x), 0.0);
    // in a partial of two variables: the slope by a is b·inf, with b = 0
    let (a, b) = (tape.var(0.0), tape.var(0.0));
    let y = a.sqrt() * b;
    let g = y.backward();
    assert_eq!((g.of(a), g.of(b)), (0.0, 0.0));
    // in the sweep: an infinite partial below an adjoint of 0, and the other way round
    let (a, b, c) = (tape.var(1.0), tape.var(0.0), tape.var(0.0));
    let g = ((a / b) * c).backward();
    assert_eq!(g.of(a), 0.0);
    let (a, b) = (tape.var(0.0), tape.var(2.0));
    let g = (a * b).apply(Slope(INF)).backward();
    assert_eq!((g.of(a), g.of(b)), (INF, 0.0));
    // in a dual number, at every level
    assert_eq!(Dual::new(0.0, 0.0).sqrt().epsilon, 0.0);
    assert_eq!((Dual::variable(0.0).sqrt() * 0.0).epsilon, 0.0);
    assert_eq!(Dual::variable(Dual::new(0.0, 0.0)).sqrt().epsilon.value, INF);
    // over an outer tape
    let outer = ScalarTape::new();
    let inner = Tape::new();
    let x = inner.var(outer.var(0.0));
    assert_eq!((x.sqrt() * 0.0 * outer.var(1.0)).backward().of(x).value(), 0.0);
}

#[test]
fn nan_propagates_also_against_zero() {
    let nan = f64::NAN;
    assert!(Real::chain(nan, 0.0).is_nan() && Real::chain(0.0, nan).is_nan());
    assert_eq!((Real::chain(0.0, INF), Real::chain(-INF, 0.0)), (0.0, 0.0));
    assert!(Real::apply(Dual::new(1.0_f64, 0.0), Slope(nan)).epsilon.is_nan());
    let tape = ScalarTape::new();
    let x = tape.var(1.0);
    assert!((x.apply(Slope(nan)) * 0.0).backward().of(x).is_nan());
    // behind an adjoint that is exactly 0
    let (a, b, zero) = (tape.var(1.0), tape.var(nan), tape.var(0.0));
    assert!(((a * b) * zero).backward().of(a).is_nan());
    // but not from what the output does not depend on
    let tape = ScalarTape::new();
    let (a, b) = (tape.var(1.0), tape.var(nan));
    assert!((a * b).value().is_nan());
    assert_eq!((a * 2.0).backward().of(a), 2.0);
}

#[test]
fn the_branch_not_taken_contributes_nothing() {
    let tape = ScalarTape::new();
    for value in [-1.0, -4.0] {
        let x = tape.var(value);
        assert_eq!(select(x > 0.0, x.sqrt(), x).backward().of(x), 1.0);
        let masked = select(x > 0.0, x.ln() * f64::NAN, x * INF.recip());
        assert_eq!(masked.backward().of(x), 0.0);
    }
    // as is usual where both branches are computed and one is multiplied by 0
    let x = tape.var(0.0);
    assert_eq!((x.sqrt() * 0.0 + x * 1.0).backward().of(x), 1.0);
}

#[test]
fn products_with_zeros_are_exact() {
    let gradient = |values: [f64; 4]| {
        let tape = ScalarTape::new();
        let x = tape.vars(values);
        x.iter().product::<Var<_>>().backward().of_all(x)
    };
    assert_eq!(gradient([2.0, 0.0, 3.0, 4.0]), [0.0, 24.0, 0.0, 0.0]);
    assert_eq!(gradient([2.0, 0.0, 0.0, 4.0]), [0.0; 4]);
}

#[test]
fn log_sum_exp_never_overflows() {
    assert_eq!(log_sum_exp(&[1000.0, 1000.0]), 1_000.693_147_180_559_9);
    let tape = ScalarTape::new();
    let masked = tape.vars([-INF, -INF]);
    let y = log_sum_exp(&masked);
    assert_eq!((y.value(), y.backward().of_all(masked)), (-INF, [0.0, 0.0]));
    let half = tape.vars([-INF, 3.0]);
    let y = log_sum_exp(&half);
    assert_eq!((y.value(), y.backward().of_all(half)), (3.0, [0.0, 1.0]));
    assert_eq!(log_sum_exp::<f64>(&[]), -INF);
    assert_eq!(sum::<f64>(&[]), 0.0);
    assert_eq!(norm::<f64>(&[]), 0.0);
    assert!((norm(&[3e200, 4e200]) / 5e200 - 1.0).abs() < 1e-15, "no overflow");
    assert!((norm(&[3e-200, 4e-200]) / 5e-200 - 1.0).abs() < 1e-15, "no underflow");
}

#[test]
fn sigmoids_are_right_on_the_whole_line() {
    assert_eq!(Number::softplus(89.0), 89.0);
    // 4.248354e-18: mpmath, 50 digits in the reference table
    assert_slope("sigmoid", formula!(x => x.sigmoid()), 40.0, 4.248_354_255_291_589e-18);
    for (x, slope) in [(INF, 1.0), (-INF, 0.0)] {
        assert_slope("softplus", formula!(x => x.softplus()), x, slope);
        assert_slope("log_sigmoid", formula!(x => x.log_sigmoid()), -x, slope);
        assert_slope("sigmoid", formula!(x => x.sigmoid()), x, 0.0);
        assert_slope("tanh", formula!(x => x.tanh()), x, 0.0);
    }
    for f in [Number::sigmoid, Number::softplus, Number::log_sigmoid, Number::tanh] as [fn(f64) -> f64; 4] {
        assert!(f(f64::NAN).is_nan());
    }
    for size in 0..1400 {
        let x = f64::from(size - 700);
        for y in [Dual::variable(x).sigmoid(), Dual::variable(x).softplus(), Dual::variable(x).log_sigmoid()] {
            assert!(y.value.is_finite() && y.epsilon.is_finite(), "at {x}");
        }
    }
}

#[test]
fn remainders_and_angles() {
    let tape = ScalarTape::new();
    let (x, y) = (tape.var(-7.25), tape.var(2.0));
    let z = x % y;
    let g = z.backward();
    assert_eq!((z.value(), g.of(x), g.of(y)), (-1.25, 1.0, 3.0));
    // 1 / 0.1 rounds up to 10, but 0.1 goes 9 times into 1, as the value says
    let y = tape.var(0.1);
    assert_eq!((1.0 % y).backward().of(y), -9.0);
    let (y, x) = (tape.var(0.0), tape.var(0.0));
    let angle = y.atan2(x);
    let g = angle.backward();
    assert_eq!((angle.value(), g.of(y), g.of(x)), (0.0, 0.0, 0.0));
}

#[test]
fn sinc_has_four_derivatives_at_the_origin() {
    let pi = std::f64::consts::PI;
    let first = Dual::variable(0.0);
    let second = Dual::variable(first);
    let third = Dual::variable(second);
    let y = Dual::variable(third).sinc();
    assert_eq!(y.value.value.value.value, 1.0);
    assert_eq!(y.epsilon.value.value.value, 0.0);
    let found = [y.epsilon.epsilon.value.value, y.epsilon.epsilon.epsilon.value, y.epsilon.epsilon.epsilon.epsilon];
    let wanted = [-pi * pi / 3.0, 0.0, pi.powi(4) / 5.0];
    for (found, wanted) in found.into_iter().zip(wanted) {
        assert!((found - wanted).abs() <= 1e-13 * wanted.abs(), "{found} is not {wanted}");
    }
}

#[test]
fn entropies_at_zero() {
    assert_eq!((Number::xlogy(0.0, 0.0), Number::entropy(0.0)), (0.0, 0.0));
    assert_slope("entropy", formula!(x => x.entropy()), 0.0, INF);
    let slopes = |x: f64, y: f64| {
        let tape = ScalarTape::new();
        let (x, y) = (tape.var(x), tape.var(y));
        let g = x.xlogy(y).backward();
        (g.of(x), g.of(y))
    };
    assert_eq!(slopes(0.0, 0.0).1, 0.0);
    assert_eq!(slopes(0.0, 2.0), (2f64.ln(), 0.0));
    assert_eq!(slopes(3.0, 2.0), (2f64.ln(), 1.5));
}

#[test]
fn comparisons_look_at_values_only() {
    let (a, b) = (Dual::new(1.0, 5.0), Dual::new(1.0, -5.0));
    assert!(a == b && a.partial_cmp(&b) == Some(std::cmp::Ordering::Equal) && a >= 1.0);
    assert_eq!(Dual::new(0.0, 1.0).relu().epsilon, 0.0);
    let tape = ScalarTape::new();
    let (x, y) = (tape.var(1.0), tape.var(1.0) * 1.0);
    assert!(x == y && x == 1.0 && x < 2.0 && y >= x);
    let duals = Tape::new();
    assert!(duals.var(a) == duals.var(b));
}
