//! The num-traits tower on variables and dual numbers (and, from the same macro, lanes and series): every method is called, nothing is left unimplemented.
//!
//! Values must be what `f64` itself answers; derivatives are closed forms, written beside each method. How code that
//! knows nothing of this library is differentiated stands in `foreign_code.rs`.

// Not the prelude: its `Number` and `num_traits::Float` have methods of the same names.
use chainrule::{Dual, DualVector, ScalarTape, Taylor, Var};
use num_traits::{
    Bounded, Float, FloatConst, FromPrimitive, Inv, MulAdd, MulAddAssign, Num, NumAssign, One, Pow, Signed,
    ToPrimitive, Zero,
};
use std::fmt::Debug;

/// Zeros, the usual, the largest and smallest, and what is no number.
const SPECIAL: [f64; 12] = [
    0.0,
    -0.0,
    1.5,
    -2.75,
    1e-310,
    -5e-324,
    1e300,
    f64::MAX,
    f64::MIN_POSITIVE,
    f64::INFINITY,
    -f64::INFINITY,
    f64::NAN,
];

/// Equal, or both NaN; +0 and -0 are told apart.
fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

/// Equal to 13 digits.
fn close(found: f64, expected: f64) -> bool {
    found == expected || (found - expected).abs() <= 1e-13 * expected.abs().max(1.0)
}

/// A method on dual numbers and on variables, plain and traced, with all arguments varying and with one at a time.
#[track_caller]
fn assert_method<const N: usize>(
    name: &str,
    at: [f64; N],
    value: f64,
    slopes: [f64; N],
    on_duals: impl Fn([Dual<f64>; N]) -> Dual<f64>,
    on_variables: impl for<'t> Fn([Var<'t, f64>; N]) -> Var<'t, f64>,
) {
    let agree = |kind: &str, found: f64, slope: f64, expected: f64| {
        assert!(same(found, value), "{name}{at:?} is {found} on {kind}, and {value} on f64");
        assert!(close(slope, expected), "the slope of {name}{at:?} is {slope} on {kind}, not {expected}");
    };
    let constant = on_variables(at.map(Var::constant));
    assert!(constant.is_constant(), "{name} of constants is a constant");
    agree("constants", constant.value(), 0.0, 0.0);
    let all = on_duals(at.map(Dual::variable));
    agree("duals, all varying", all.value, all.epsilon, slopes.iter().sum());
    for tape in [ScalarTape::new(), ScalarTape::traced()] {
        let x = tape.vars(at);
        let y = on_variables(x);
        let gradients = y.backward();
        for (slope, expected) in gradients.of_all(x).into_iter().zip(slopes) {
            agree(if tape.is_traced() { "a traced tape" } else { "a tape" }, y.value(), slope, expected);
        }
        for (i, expected) in slopes.into_iter().enumerate() {
            let mut alone = at.map(|x| tape.constant(x));
            alone[i] = tape.var(at[i]);
            let y = on_variables(alone);
            agree("a tape, one varying", y.value(), y.backward().of(alone[i]), expected);
        }
    }
    for (i, expected) in slopes.into_iter().enumerate() {
        let mut alone = at.map(Dual::constant);
        alone[i] = Dual::variable(at[i]);
        let y = on_duals(alone);
        agree("duals, one varying", y.value, y.epsilon, expected);
    }
}

/// Methods of `Float` whose arguments are all numbers: `name(arguments) at points => [a slope for each];`
macro_rules! methods {
    ($($method:ident($($x:ident),+) at $points:expr => [$($slope:expr),+];)*) => { $(
        for [$($x),+] in $points {
            let value: f64 = Float::$method($($x),+);
            let on_duals = |[$($x),+]: [Dual<f64>; _]| Float::$method($($x),+);
            assert_method(
                stringify!($method), [$($x),+], value, [$($slope),+], on_duals, |[$($x),+]| Float::$method($($x),+),
            );
        }
    )* };
}

#[test]
fn float_rounding_and_sign() {
    methods! {
        floor(x) at [[-1.5], [2.25]] => [0.0];
        ceil(x) at [[-1.5], [2.25]] => [0.0];
        round(x) at [[-1.5], [2.5], [0.3]] => [0.0];
        trunc(x) at [[-1.5], [2.25]] => [0.0];
        fract(x) at [[-1.5], [2.25]] => [1.0];
        abs(x) at [[-1.5], [2.25]] => [x.signum()];
        signum(x) at [[-1.5], [2.25], [0.0], [-0.0]] => [0.0];
        copysign(x, sign) at [[1.5, -2.0], [-1.5, 2.0]] => [-1.0, 0.0];
        copysign(x, sign) at [[1.5, 2.0], [-1.5, -0.0]] => [1.0, 0.0];
        max(x, y) at [[3.0, 2.0], [-1.0, -2.0]] => [1.0, 0.0];
        max(x, y) at [[2.0, 3.0]] => [0.0, 1.0];
        min(x, y) at [[2.0, 3.0], [-2.0, -1.0]] => [1.0, 0.0];
        min(x, y) at [[3.0, 2.0]] => [0.0, 1.0];
        clamp(x, low, high) at [[0.5, -1.0, 2.0]] => [1.0, 0.0, 0.0];
        clamp(x, low, high) at [[-1.5, -1.0, 2.0]] => [0.0, 1.0, 0.0];
        clamp(x, low, high) at [[7.0, -1.0, 2.0]] => [0.0, 0.0, 1.0];
        abs_sub(x, y) at [[3.0, 2.0]] => [1.0, -1.0];
        abs_sub(x, y) at [[2.0, 3.0], [2.0, 2.0]] => [0.0, 0.0];
    }
}

#[test]
fn float_powers_and_logarithms() {
    methods! {
        recip(x) at [[-0.5], [4.0]] => [-1.0 / (x * x)];
        sqrt(x) at [[0.25], [9.0]] => [0.5 / x.sqrt()];
        cbrt(x) at [[-8.0], [0.3]] => [1.0 / (3.0 * x.cbrt() * x.cbrt())];
        powf(x, y) at [[1.5, 2.5], [0.5, -1.25], [3.0, 0.0]] => [y * x.powf(y - 1.0), x.powf(y) * x.ln()];
        hypot(x, y) at [[3.0, -4.0], [0.5, 0.25]] => [x / x.hypot(y), y / x.hypot(y)];
        exp(x) at [[-2.0], [1.5]] => [x.exp()];
        exp2(x) at [[-2.0], [1.5]] => [x.exp2() * f64::LN_2()];
        exp_m1(x) at [[-2.0], [1e-9]] => [x.exp()];
        ln(x) at [[0.25], [7.0]] => [1.0 / x];
        log2(x) at [[0.3], [7.0]] => [1.0 / (x * 2f64.ln())];
        log10(x) at [[0.3], [7.0]] => [1.0 / (x * 10f64.ln())];
        ln_1p(x) at [[-0.5], [1e-9]] => [1.0 / (1.0 + x)];
        log(x, base) at [[5.0, 3.0], [0.2, 7.0]] => [1.0 / (x * base.ln()), -x.ln() / (base * base.ln().powi(2))];
        mul_add(x, a, b) at [[1.5, -2.0, 0.25], [0.1, 10.0, -1.0]] => [a, x, 1.0];
    }
    for n in [-3, -1, 0, 1, 2, 5] {
        for x in [-1.5, 0.75_f64] {
            let slope = f64::from(n) * x.powi(n - 1);
            assert_method("powi", [x], x.powi(n), [slope], |[x]| Float::powi(x, n), |[x]| Float::powi(x, n));
        }
    }
}

#[test]
fn float_powers_with_the_least_exponent() {
    for n in [i32::MIN, i32::MAX] {
        // 1^n = 1, slope n
        assert_method("powi", [1.0], 1.0, [f64::from(n)], |[x]| Float::powi(x, n), |[x]| Float::powi(x, n));
    }
}

#[test]
fn float_circle_and_hyperbola() {
    methods! {
        to_degrees(x) at [[0.5], [-2.0]] => [180.0 / f64::PI()];
        to_radians(x) at [[30.0], [-2.0]] => [f64::PI() / 180.0];
        sin(x) at [[0.5], [-2.0]] => [x.cos()];
        cos(x) at [[0.5], [-2.0]] => [-x.sin()];
        tan(x) at [[0.5], [-2.0]] => [1.0 / x.cos().powi(2)];
        asin(x) at [[0.5], [-0.75]] => [1.0 / (1.0 - x * x).sqrt()];
        acos(x) at [[0.5], [-0.75]] => [-1.0 / (1.0 - x * x).sqrt()];
        atan(x) at [[0.5], [-2.0]] => [1.0 / (1.0 + x * x)];
        atan2(y, x) at [[1.0, 2.0], [-1.0, -0.5]] => [x / (x * x + y * y), -y / (x * x + y * y)];
        sinh(x) at [[0.5], [-2.0]] => [x.cosh()];
        cosh(x) at [[0.5], [-2.0]] => [x.sinh()];
        tanh(x) at [[0.5], [-2.0]] => [1.0 / x.cosh().powi(2)];
        asinh(x) at [[0.5], [-2.0]] => [1.0 / (x * x + 1.0).sqrt()];
        acosh(x) at [[1.5], [4.0]] => [1.0 / (x * x - 1.0).sqrt()];
        atanh(x) at [[0.5], [-0.75]] => [1.0 / (1.0 - x * x)];
    }
    for x in [0.5, -2.0_f64] {
        let sine = |[x]: [Dual<f64>; 1]| Float::sin_cos(x).0;
        assert_method("sin_cos, sine", [x], x.sin(), [x.cos()], sine, |[x]| Float::sin_cos(x).0);
        let cosine = |[x]: [Dual<f64>; 1]| Float::sin_cos(x).1;
        assert_method("sin_cos, cosine", [x], x.cos(), [-x.sin()], cosine, |[x]| Float::sin_cos(x).1);
    }
}

/// What is asked of a number, with the answer that `f64` gives.
macro_rules! questions {
    ($($question:path)*) => { $(
        for x in SPECIAL {
            let tape = ScalarTape::new();
            let expected = $question(x);
            assert_eq!($question(Dual::new(x, 7.0)), expected, "{} of {x}, dual", stringify!($question));
            assert_eq!($question(tape.var(x)), expected, "{} of {x}, variable", stringify!($question));
        }
    )* };
}

#[test]
fn float_questions() {
    questions! {
        Float::is_nan Float::is_infinite Float::is_finite Float::is_normal Float::is_subnormal Float::classify
        Float::is_sign_positive Float::is_sign_negative
    }
    for x in SPECIAL.into_iter().filter(|x| !x.is_nan()) {
        let tape = ScalarTape::new();
        assert_eq!(Float::integer_decode(Dual::variable(x)), Float::integer_decode(x));
        assert_eq!(Float::integer_decode(tape.var(x)), Float::integer_decode(x));
    }
}

/// Constants, which must be those of `f64` and must not vary.
macro_rules! constants {
    ($($Trait:ident: $($name:ident)*;)*) => { $($(
        let expected = <f64 as $Trait>::$name();
        let dual = <Dual<f64> as $Trait>::$name();
        let variable = <Var<'_, f64> as $Trait>::$name();
        assert!(same(dual.value, expected) && same(dual.epsilon, 0.0), "{}: {dual}", stringify!($name));
        assert!(same(variable.value(), expected) && variable.is_constant(), "{}: {variable}", stringify!($name));
    )*)* };
}

#[test]
fn constants_are_those_of_f64() {
    constants! {
        Float: nan infinity neg_infinity neg_zero min_value min_positive_value max_value epsilon;
        FloatConst: E FRAC_1_PI FRAC_1_SQRT_2 FRAC_2_PI FRAC_2_SQRT_PI FRAC_PI_2 FRAC_PI_3 FRAC_PI_4 FRAC_PI_6 FRAC_PI_8
            LN_10 LN_2 LOG10_E LOG2_E PI SQRT_2 TAU LOG10_2 LOG2_10;
        Bounded: min_value max_value;
        Zero: zero;
        One: one;
    }
}

fn written(value: impl Debug) -> String {
    format!("{value:?}")
}

/// Conversions to primitive numbers, with the answer that `f64` gives.
macro_rules! conversions {
    ($($to:ident)*) => { $(
        let edges = [-0.9, 127.5, 128.0, 255.5, -128.5, 3e9, -3e9, 1e19, 1e30, 3.5e38, -1e30, 1e39];
        for x in SPECIAL.into_iter().chain(edges) {
            let tape = ScalarTape::new();
            let expected = written(ToPrimitive::$to(&x));
            assert_eq!(written(ToPrimitive::$to(&Dual::variable(x))), expected, "{} of {x}", stringify!($to));
            assert_eq!(written(ToPrimitive::$to(&tape.var(x))), expected, "{} of {x}", stringify!($to));
        }
    )* };
}

/// Conversions from a primitive number, with the answer that `f64` gives.
macro_rules! constructions {
    ($($from:ident $Primitive:ident)*) => { $(
        for number in [<$Primitive>::MIN, Zero::zero(), One::one(), <$Primitive>::MAX] {
            let expected = <f64 as FromPrimitive>::$from(number);
            let dual = <Dual<f64> as FromPrimitive>::$from(number);
            assert_eq!(dual.map(|x| (x.value, x.epsilon)), expected.map(|x| (x, 0.0)), "{}({number})", stringify!($from));
            let variable = <Var<'_, f64> as FromPrimitive>::$from(number);
            assert_eq!(variable.map(Var::value), expected, "{}({number})", stringify!($from));
            assert!(variable.is_some_and(Var::is_constant));

            let dual = <Dual<f64> as num_traits::NumCast>::from(number);
            assert_eq!(dual.map(|x| (x.value, x.epsilon)), <f64 as num_traits::NumCast>::from(number).map(|x| (x, 0.0)));
            let variable = <Var<'_, f64> as num_traits::NumCast>::from(number);
            assert_eq!(variable.map(Var::value), <f64 as num_traits::NumCast>::from(number));
        }
    )* };
}

#[test]
fn conversions_are_those_of_f64() {
    conversions! {
        to_isize to_i8 to_i16 to_i32 to_i64 to_i128 to_usize to_u8 to_u16 to_u32 to_u64 to_u128 to_f32 to_f64
    }
    let tape = ScalarTape::new();
    let x = tape.var(2.5);
    assert_eq!(<f64 as num_traits::NumCast>::from(x), Some(2.5));
    assert_eq!(<f32 as num_traits::NumCast>::from(Dual::variable(2.5)), Some(2.5));
    assert!(<Var<'_, f64> as num_traits::NumCast>::from(x).is_some_and(Var::is_constant), "a cast drops the history");
}

#[test]
fn constructions_are_those_of_f64() {
    constructions! {
        from_isize isize from_i8 i8 from_i16 i16 from_i32 i32 from_i64 i64
        from_usize usize from_u8 u8 from_u16 u16 from_u32 u32 from_u64 u64 from_f32 f32 from_f64 f64
    }
}

#[test]
fn constructions_from_the_widest_integers_are_those_of_f64() {
    constructions! { from_i128 i128 from_u128 u128 }
}

#[test]
fn numbers_are_read_from_text() {
    for (text, radix) in [("-2.5", 10), ("1e3", 10), ("101", 2), ("ff", 16), ("inf", 10)] {
        let expected = <f64 as Num>::from_str_radix(text, radix).unwrap();
        let dual = Dual::<f64>::from_str_radix(text, radix).unwrap();
        assert!(same(dual.value, expected) && dual.epsilon == 0.0, "{text}");
        let variable = Var::<f64>::from_str_radix(text, radix).unwrap();
        assert!(same(variable.value(), expected) && variable.is_constant(), "{text}");
    }
    assert!(Dual::<f64>::from_str_radix("x", 10).is_err() && Var::<f64>::from_str_radix("", 10).is_err());
}

/// The traits beside `Float`, asked of any kind of number; the slope by `x` is 1 for `x` itself.
fn asks_signed<N: Signed + Copy>(x: N, y: N) -> [N; 3] {
    [Signed::abs(&x), Signed::abs_sub(&x, &y), Signed::signum(&x)]
}

#[test]
fn signed_numbers() {
    questions! { is_positive is_negative }
    for (x, y) in [(-1.5, 2.0), (2.5, 2.0)] {
        let tape = ScalarTape::new();
        let expected = asks_signed(x, y);
        let v = tape.var(x);
        let on_variables = asks_signed(v, tape.constant(y));
        let on_duals = asks_signed(Dual::variable(x), Dual::constant(y));
        let slopes = [x.signum(), if x > y { 1.0 } else { 0.0 }, 0.0];
        for i in 0..3 {
            assert_eq!((on_duals[i].value, on_duals[i].epsilon), (expected[i], slopes[i]), "dual, {i}");
            assert_eq!((on_variables[i].value(), on_variables[i].backward().of(v)), (expected[i], slopes[i]), "{i}");
        }
    }
}

fn is_positive<N: Signed + Copy>(x: N) -> bool {
    Signed::is_positive(&x)
}

fn is_negative<N: Signed + Copy>(x: N) -> bool {
    Signed::is_negative(&x)
}

#[test]
fn inverse_product_and_power() {
    let fused = |x: f64| x.mul_add(3.0, -1.0);
    assert_method("inv", [4.0], 0.25, [-0.0625], |[x]| Inv::inv(x), |[x]| Inv::inv(x));
    assert_method("mul_add", [1.5, 3.0, -1.0], fused(1.5), [3.0, 1.5, 1.0], fuse, |x| fuse(x));
    // x^3: 3 x²; x^y at (2, 3): 3·4 and 8 ln 2
    assert_method("pow i32", [1.5], 3.375, [6.75], |[x]| Pow::pow(x, 3), |[x]| Pow::pow(x, 3));
    let by_exponent = 8.0 * 2f64.ln();
    assert_method("pow", [2.0, 3.0], 8.0, [12.0, by_exponent], |[x, y]| Pow::pow(x, y), |[x, y]| Pow::pow(x, y));
}

/// `MulAdd` and `MulAddAssign` in turn: x·a + b, and the same in place.
fn fuse<N: Copy + MulAdd<Output = N> + MulAddAssign + PartialEq + Debug>([x, a, b]: [N; 3]) -> N {
    let mut in_place = x;
    in_place.mul_add_assign(a, b);
    assert_eq!(in_place, MulAdd::mul_add(x, a, b));
    in_place
}

/// `(((x + y)·x - y) / x) % y`, in place.
fn assigning<N: NumAssign + Copy>([x, y]: [N; 2]) -> N {
    let mut z = x;
    z += y;
    z *= x;
    z -= y;
    z /= x;
    z %= y;
    z
}

#[test]
fn assigning_operators() {
    // x = 2, y = 1.5: z = x + y - y/x = 2.75, less 1·y; slopes 1 + y/x² = 1.375 and 1 - 1/x - 1 = -1/2
    assert_method("assigning", [2.0, 1.5], 1.25, [1.375, -0.5], assigning, |x| assigning(x));
}

#[test]
fn zero_and_one_can_be_set_and_asked() {
    let tape = ScalarTape::new();
    let mut x = tape.var(3.0);
    assert!(!x.is_zero() && !x.is_one());
    assert!(tape.var(0.0).is_zero() && tape.var(1.0).is_one(), "asked of the value alone");
    x.set_one();
    assert!(x.is_one() && x.is_constant());
    x.set_zero();
    assert!(x.is_zero() && x.is_constant());
    let mut y = Dual::variable(3.0);
    y.set_one();
    assert_eq!((y.value, y.epsilon, y.is_one()), (1.0, 0.0, true));
    y.set_zero();
    assert_eq!((y.value, y.epsilon, y.is_zero()), (0.0, 0.0, true));
    assert!(Dual::variable(0.0).is_zero());
}

#[test]
#[should_panic(expected = "clamp")]
fn clamp_refuses_bounds_in_the_wrong_order() {
    let tape = ScalarTape::new();
    let _ = Float::clamp(tape.var(1.0), tape.constant(2.0), tape.constant(0.0));
}

/// The tower by its traits.
trait Tower:
    Float
    + FloatConst
    + Bounded
    + FromPrimitive
    + num_traits::NumAssignRef
    + num_traits::NumRef
    + Signed
    + Default
    + Inv<Output = Self>
    + MulAdd<Output = Self>
    + MulAddAssign
    + Pow<Self, Output = Self>
    + Pow<i32, Output = Self>
    + for<'n> std::iter::Sum<&'n Self>
    + for<'n> std::iter::Product<&'n Self>
{
}
impl Tower for Dual<f64> {}
impl<const L: usize> Tower for DualVector<f64, L> {}
impl<const K: usize> Tower for Taylor<f64, K> {}
impl Tower for Var<'_, f64> {}

/// A formula through all parts of it.
fn climb<N: Tower>(x: N, y: N) -> N {
    let mut z = std::ops::Sub::sub(Float::sqrt(x * y) + N::PI(), &x);
    z += &Float::powi(y, 3);
    z.mul_add_assign(Inv::inv(x), Float::max(x, N::zero()));
    let sum: N = [x, y, z].iter().sum();
    let product: N = [x, y, z].iter().product();
    Float::to_degrees(Float::atan2(sum, product)) % N::from_f64(7.0).unwrap_or_default() + Float::log(x, y)
}

#[test]
fn lanes_and_series_have_the_same_tower() {
    let (x, y) = (1.25, 2.5);
    let wanted = climb(Dual::new(x, 1.0), Dual::new(y, -0.5));
    let lanes = climb(DualVector::new(x, [0.0, 1.0]), DualVector::new(y, [1.0, -0.5]));
    let series = climb(Taylor::<f64, 3>::along(x, 1.0), Taylor::along(y, -0.5));
    assert!(same(lanes.value, wanted.value) && same(lanes.epsilons[1], wanted.epsilon), "{lanes} and {wanted}");
    assert!(same(series.coefficient(0), wanted.value) && close(series.coefficient(1), wanted.epsilon), "{series}");
    assert_eq!((lanes, series.to_i64()), (DualVector::constant(wanted.value), wanted.to_i64()));
}
