//! The functions under test, each in a loop compiled for wide vectors and in a plain one, beside a value in `f64` from elsewhere.

use chainrule_kernels::math::{self, Error, Parts};
use chainrule_kernels::vector::{Work, vectorised};

/// A function of [`math`] over slices.
pub(crate) struct Function {
    /// Its name.
    pub(crate) name: &'static str,
    /// For wide vectors, `f32`.
    pub(crate) wide32: fn(&[f32], &mut [f32]),
    /// For wide vectors, `f64`.
    pub(crate) wide64: fn(&[f64], &mut [f64]),
    /// The portable twin.
    pub(crate) plain32: fn(&[f32], &mut [f32]),
    /// The portable twin.
    pub(crate) plain64: fn(&[f64], &mut [f64]),
    /// The C library, or the `libm` crate.
    pub(crate) other: fn(f64) -> f64,
}

macro_rules! functions {
    ($($name:ident $function:path, $other:expr;)*) => {
        mod loops { $(
            #[allow(non_camel_case_types)]
            pub(super) struct $name<'a, T>(pub(super) &'a [T], pub(super) &'a mut [T]);
        )* }
        $(
            impl<T: Parts + Error> Work for loops::$name<'_, T> {
                type Output = ();
                #[inline(always)]
                fn run(self) {
                    self.1.iter_mut().zip(self.0).for_each(|(y, &x)| *y = $function(x));
                }
            }
        )*
        /// All of them.
        pub(crate) const FUNCTIONS: &[Function] = &[$(Function {
            name: stringify!($name),
            wide32: |x, y| vectorised(loops::$name(x, y)),
            wide64: |x, y| vectorised(loops::$name(x, y)),
            plain32: |x, y| loops::$name(x, y).run(),
            plain64: |x, y| loops::$name(x, y).run(),
            other: $other,
        }),*];
    };
}
functions! {
    exp math::exp, f64::exp;
    exp2 math::exp2, f64::exp2;
    exp_m1 math::exp_m1, f64::exp_m1;
    ln math::ln, f64::ln;
    ln_1p math::ln_1p, f64::ln_1p;
    log2 math::log2, f64::log2;
    log10 math::log10, f64::log10;
    tanh math::tanh, f64::tanh;
    sinh math::sinh, f64::sinh;
    cosh math::cosh, f64::cosh;
    sigmoid math::sigmoid, |x| if x < 0.0 { x.exp() / (1.0 + x.exp()) } else { 1.0 / (1.0 + (-x).exp()) };
    erf Error::erf, libm::erf;
    erfc Error::erfc, libm::erfc;
}

/// How far `y` is from `exact`, in units in the last place of the `f32` that is nearest to it; infinite where one is NaN, or
/// where the sign is lost.
pub(crate) fn distance(y: f32, exact: f64) -> f64 {
    let nearest = exact as f32;
    if y.to_bits() == nearest.to_bits() && nearest.is_finite() && nearest != 0.0 {
        return 0.5; // at most
    }
    if y.is_nan() || exact.is_nan() {
        return if y.is_nan() && exact.is_nan() { 0.0 } else { f64::INFINITY };
    }
    if y.is_sign_negative() != exact.is_sign_negative() {
        return f64::INFINITY;
    }
    if y == nearest && nearest.is_infinite() {
        return 0.0;
    }
    if exact.is_infinite() {
        return f64::INFINITY;
    }
    // infinity stands where the next power of two would
    let place = if y.is_infinite() { 128f64.exp2().copysign(f64::from(y)) } else { f64::from(y) };
    let exponent = (nearest.abs().min(f32::MAX).to_bits() >> 23).max(1);
    let unit = f64::from_bits(u64::from(exponent + 1023 - 150) << 52);
    (place - exact).abs() / unit
}

/// The greatest distance over the numbers with bits `from`, `from + step`, ... below `to`, and where it is.
pub(crate) fn greatest(function: &Function, from: u64, to: u64, step: u64) -> (f64, f32) {
    const BLOCK: usize = 4096;
    let (mut x, mut y) = (Vec::with_capacity(BLOCK), vec![0.0; BLOCK]);
    let (mut worst, mut bits) = ((0.0, 0.0), from);
    while bits < to {
        x.clear();
        while bits < to && x.len() < BLOCK {
            x.push(f32::from_bits(u32::try_from(bits).expect("bits of a float")));
            bits += step;
        }
        (function.wide32)(&x, &mut y[..x.len()]);
        for (&x, &y) in x.iter().zip(&y) {
            let distance = distance(y, (function.other)(f64::from(x)));
            if distance > worst.0 {
                worst = (distance, x);
            }
        }
    }
    worst
}
