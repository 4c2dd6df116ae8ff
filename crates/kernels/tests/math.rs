//! The elementary functions: against the C library, against mpmath, at special points, and for every lie of slices.

#![allow(
    clippy::float_cmp,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "bits and roundings are what is tested"
)]

mod functions;

use functions::{FUNCTIONS, Function, greatest};

fn function(name: &str) -> &'static Function {
    FUNCTIONS.iter().find(|function| function.name == name).expect("a name in the list")
}

fn one(function: &Function, x: f64) -> (f32, f64) {
    let (mut single, mut double) = ([0.0], [0.0]);
    (function.wide32)(&[x as f32], &mut single);
    (function.wide64)(&[x], &mut double);
    (single[0], double[0])
}

/// How many floats apart, where the signs agree.
fn apart(a: f64, b: f64) -> u64 {
    if a.is_nan() && b.is_nan() {
        return 0;
    }
    if a.is_nan() || b.is_nan() || a.is_sign_negative() != b.is_sign_negative() {
        return u64::MAX;
    }
    a.to_bits().abs_diff(b.to_bits())
}

#[test]
fn single_precision_is_within_two_units() {
    for function in FUNCTIONS {
        let (worst, x) = greatest(function, 0, 1 << 32, 1009);
        assert!(worst <= 2.0, "{} is off by {worst} units at {x:e}", function.name);
    }
}

#[test]
fn double_precision_is_within_four_units_of_mpmath() {
    let mut rows = 0;
    for row in include_str!("reference/math.txt").lines() {
        let mut words = row.split_whitespace();
        let function = function(words.next().expect("a name"));
        let mut number = || f64::from_bits(u64::from_str_radix(words.next().expect("bits"), 16).expect("bits"));
        let (x, exact) = (number(), number());
        let y = one(function, x).1;
        assert!(apart(y, exact) <= 4, "{}({x:e}) = {y:e}, not {exact:e}", function.name);
        rows += 1;
    }
    assert!(rows > 4000, "only {rows} rows");
}

#[test]
fn double_precision_is_beside_the_c_library() {
    const COUNT: usize = 1 << 20;
    let mut state = 7u64;
    let mut random = || {
        // SplitMix64: Steele, Lea and Flood, 2014
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    let x: Vec<f64> = (0..COUNT)
        .map(|i| {
            let part = random() as f64 / (1u64 << 63) as f64 - 1.0;
            [f64::from_bits(random()), 2.0 * part, 30.0 * part, 760.0 * part][i % 4]
        })
        .collect();
    let mut y = vec![0.0; COUNT];
    for function in FUNCTIONS {
        (function.wide64)(&x, &mut y);
        for (&x, &y) in x.iter().zip(&y) {
            let other = (function.other)(x);
            assert!(apart(y, other) <= 5, "{}({x:e}) = {y:e}, elsewhere {other:e}", function.name);
        }
    }
}

#[test]
fn special_points_are_exact() {
    const INF: f64 = f64::INFINITY;
    // IEEE 754-2019, section 9.2.1, for what it names; limits for the others
    #[rustfmt::skip]
    let points = [
        ("exp", 0.0, 1.0), ("exp", -0.0, 1.0), ("exp", -INF, 0.0), ("exp", INF, INF),
        ("exp2", 0.0, 1.0), ("exp2", -INF, 0.0), ("exp2", INF, INF), ("exp2", 10.0, 1024.0), ("exp2", -3.0, 0.125),
        ("exp_m1", 0.0, 0.0), ("exp_m1", -0.0, -0.0), ("exp_m1", -INF, -1.0), ("exp_m1", INF, INF),
        ("ln", 1.0, 0.0), ("ln", 0.0, -INF), ("ln", -0.0, -INF), ("ln", INF, INF), ("ln", -1.0, f64::NAN), ("ln", -INF, f64::NAN),
        ("log2", 1.0, 0.0), ("log2", 0.0, -INF), ("log2", INF, INF), ("log2", -1.0, f64::NAN), ("log2", 8.0, 3.0), ("log2", 0.25, -2.0),
        ("log10", 1.0, 0.0), ("log10", 0.0, -INF), ("log10", INF, INF), ("log10", -1.0, f64::NAN), ("log10", 1000.0, 3.0),
        ("ln_1p", 0.0, 0.0), ("ln_1p", -0.0, -0.0), ("ln_1p", -1.0, -INF), ("ln_1p", INF, INF), ("ln_1p", -1.5, f64::NAN),
        ("tanh", 0.0, 0.0), ("tanh", -0.0, -0.0), ("tanh", INF, 1.0), ("tanh", -INF, -1.0), ("tanh", 1e30, 1.0),
        ("sinh", 0.0, 0.0), ("sinh", -0.0, -0.0), ("sinh", INF, INF), ("sinh", -INF, -INF),
        ("cosh", 0.0, 1.0), ("cosh", -0.0, 1.0), ("cosh", INF, INF), ("cosh", -INF, INF),
        ("sigmoid", 0.0, 0.5), ("sigmoid", -0.0, 0.5), ("sigmoid", INF, 1.0), ("sigmoid", -INF, 0.0),
        ("erf", 0.0, 0.0), ("erf", -0.0, -0.0), ("erf", INF, 1.0), ("erf", -INF, -1.0),
        ("erfc", 0.0, 1.0), ("erfc", -0.0, 1.0), ("erfc", INF, 0.0), ("erfc", -INF, 2.0),
    ];
    for (name, x, exact) in points {
        let (single, double) = one(function(name), x);
        assert_eq!(apart(double, exact), 0, "{name}({x}) = {double}");
        assert_eq!(apart(f64::from(single), exact), 0, "{name}({x}) = {single}");
    }
    for function in FUNCTIONS {
        let (single, double) = one(function, f64::NAN);
        assert!(single.is_nan() && double.is_nan(), "{}(NaN) = {single}, {double}", function.name);
    }
}

#[test]
fn odd_functions_are_odd_and_tiny_numbers_stay() {
    for name in ["tanh", "sinh", "erf"] {
        for i in 0..2000 {
            let x = f64::from(i) * 0.007;
            let ((a, b), (c, d)) = (one(function(name), x), one(function(name), -x));
            assert!(a == -c && b == -d, "{name}({x})");
        }
    }
    // f(x) = x (1 + O(x)) rounds to x below a quarter of a unit
    for name in ["tanh", "sinh", "exp_m1", "ln_1p"] {
        for x in [1e-45f32, 7e-45, f32::MIN_POSITIVE, 1e-20, -1e-45, -3e-39] {
            assert_eq!(one(function(name), f64::from(x)).0, x, "{name}({x:e})");
        }
        for x in [5e-324, 1.5e-323, f64::MIN_POSITIVE, 1e-200, -5e-324, -3e-310] {
            assert_eq!(one(function(name), x).1, x, "{name}({x:e})");
        }
    }
}

#[test]
fn the_portable_twin_gives_the_same_bits_wherever_slices_lie() {
    let specials =
        [0.0, -0.0, 1.0, -1.0, 1e-45, -1e-40, 88.8, -104.0, 3.4e38, -3.4e38, f32::INFINITY, -f32::INFINITY, f32::NAN];
    let x: Vec<f32> = (0..1100u16)
        .map(|i| if i % 7 == 0 { specials[usize::from(i / 7) % 13] } else { f32::from(i) * 0.037 - 20.0 })
        .collect();
    let x64: Vec<f64> = x.iter().map(|&x| f64::from(x) * 8.0).collect();
    for function in FUNCTIONS {
        for (start, length) in [(0, 0), (0, 1), (1, 3), (3, 7), (2, 8), (5, 31), (1, 64), (7, 1003)] {
            let range = start..start + length;
            let (mut wide, mut plain) = (vec![0f32; length + 2], vec![0f32; length + 2]);
            (function.wide32)(&x[range.clone()], &mut wide[1..=length]);
            (function.plain32)(&x[range.clone()], &mut plain[1..=length]);
            let same = wide.iter().zip(&plain).all(|(a, b)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan());
            assert!(same && wide[0] == 0.0 && wide[length + 1] == 0.0, "{} of {length} f32", function.name);
            let (mut wide, mut plain) = (vec![0f64; length + 2], vec![0f64; length + 2]);
            (function.wide64)(&x64[range.clone()], &mut wide[1..=length]);
            (function.plain64)(&x64[range.clone()], &mut plain[1..=length]);
            let same = wide.iter().zip(&plain).all(|(a, b)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan());
            assert!(same && wide[0] == 0.0 && wide[length + 1] == 0.0, "{} of {length} f64", function.name);
        }
    }
}
