//! Functions of many numbers: a loop for any number, one node for a variable.

use super::opaque::Carrier;
use super::operation::{Operand, note, terms};
use crate::number::{Dual, DualVector, Over, Taylor};
use crate::real::Real;
use crate::tape::{Noted, Var, foreign_tape};
use num_traits::Float;
use smallvec::SmallVec;
use std::panic::Location;

/// `value` as one node whose derivative by each operand is given. Constants among the operands drop out.
#[inline(always)]
#[track_caller]
pub(super) fn statement<'t, T: Real>(
    name: &'static str,
    value: T,
    operands: impl Iterator<Item = (Var<'t, T>, T)> + Clone,
) -> Var<'t, T> {
    let Some(tape) = operands.clone().find_map(|(x, _)| x.tape) else { return Var::constant(value) };
    let own = |x: &Var<'t, T>| x.tape.is_none_or(|other| std::ptr::eq(other, tape));
    if tape.is_traced() {
        if !operands.clone().all(|(x, _)| own(&x)) {
            foreign_tape(name);
        }
        let operands: SmallVec<[_; 8]> = operands.map(|(x, slope)| x.operand(slope)).collect();
        return Var::traced(tape, value, note(tape, || Noted::smooth(name), value, &operands, Location::caller()));
    }
    let mut all_own = true;
    let variables = operands.inspect(|(x, _)| all_own &= own(x)).filter(|(x, _)| !x.is_constant());
    let terms = variables.map(|(x, partial)| (partial, x.handle.scale, x.handle.place.index()));
    let index = tape.record.statement(terms, false);
    if !all_own {
        foreign_tape(name);
    }
    Var::hanging(tape, value, T::one(), index)
}

/// Adds up from left to right and records one statement, however long the sum.
impl<T: Real> std::iter::Sum for Var<'_, T> {
    #[track_caller]
    fn sum<I: Iterator<Item = Self>>(mut numbers: I) -> Self {
        // constants before the first variable
        let mut total = T::zero();
        let first = loop {
            match numbers.next() {
                None => return Self::constant(total),
                Some(x) if x.is_constant() => total += x.value(),
                Some(x) => break x,
            }
        };
        let Some(tape) = first.tape else { return Self::constant(total) };
        let mut operands = tape.record.take_pending();
        if !total.is_nothing() {
            operands.push(Operand { value: total, slope: T::zero(), scale: T::zero(), node: None });
        }
        let place = Location::caller();
        std::iter::once(first).chain(numbers).for_each(|x| {
            if !x.tape.is_none_or(|other| std::ptr::eq(other, tape)) {
                foreign_tape("sum");
            }
            total += x.value();
            operands.push(x.operand(x.handle.scale));
        });
        let sum = match operands.as_slice() {
            operands if tape.is_traced() => {
                Self::traced(tape, total, note(tape, || Noted::smooth("sum"), total, operands, place))
            }
            [alone] if alone.node.is_some() => first,
            operands => Self::hanging(tape, total, T::one(), tape.record.statement(terms(operands), false)),
        };
        tape.record.give_back(operands);
        sum
    }
}

/// Numbers whose sums, products and norms are taken over slices: a loop for floats and dual numbers, a single node for
/// variables. The functions [`sum`], [`dot`], [`norm`], [`norm_p`] and [`log_sum_exp`] are its face.
pub trait Nary: Real {
    /// See [`sum`].
    #[doc(hidden)]
    #[track_caller]
    fn nary_sum(x: &[Self]) -> Self;
    /// See [`dot`].
    #[doc(hidden)]
    #[track_caller]
    fn nary_dot(x: &[Self], y: &[Self]) -> Self;
    /// See [`norm_p`].
    #[doc(hidden)]
    #[track_caller]
    fn nary_norm(x: &[Self], p: f64) -> Self;
    /// See [`log_sum_exp`].
    #[doc(hidden)]
    #[track_caller]
    fn nary_log_sum_exp(x: &[Self]) -> Self;
}

/// The sum `Σ xᵢ`, as one node; 0 for none. Slope 1 by each.
///
/// ```
/// use chainrule::prelude::*;
/// let tape = ScalarTape::new();
/// let x = tape.vars([1.0, 2.0, 3.0]);
/// let g = chainrule::sum(&x).backward();
/// assert_eq!(g.of_all(x), [1.0; 3]);
/// ```
#[inline]
#[track_caller]
pub fn sum<T: Nary>(x: &[T]) -> T {
    T::nary_sum(x)
}

/// The inner product `Σ xᵢ yᵢ`, as one node; 0 for none. Slopes yᵢ and xᵢ.
///
/// ```
/// use chainrule::prelude::*;
/// assert_eq!(dot(&[1.0, 2.0], &[3.0, 4.0]), 11.0); // floats
/// let tape = ScalarTape::new();
/// let (x, y) = (tape.vars([1.0, 2.0]), tape.vars([3.0, 4.0]));
/// assert_eq!(dot(&x, &y).backward().of_all(x), [3.0, 4.0]);
/// ```
///
/// # Panics
/// When the lengths differ.
#[inline]
#[track_caller]
pub fn dot<T: Nary>(x: &[T], y: &[T]) -> T {
    assert_eq!(x.len(), y.len(), "dot: the operands have {} and {} elements, and must have as many", x.len(), y.len());
    T::nary_dot(x, y)
}

/// The Euclidean norm `√Σ xᵢ²`, as one node, without overflow; 0 for none. Slope xᵢ/norm, and 0 by each where the norm is 0
/// (least norm).
///
/// ```
/// use chainrule::prelude::*;
/// let slopes = grad(|x| norm(&x), [3.0, 4.0]);
/// assert_eq!(slopes, [0.6, 0.8]);
/// ```
#[inline]
#[track_caller]
pub fn norm<T: Nary>(x: &[T]) -> T {
    T::nary_norm(x, 2.0)
}

/// The norm `(Σ |xᵢ|ᵖ)^(1/p)` for p ≥ 1, infinity included (the largest size; ties share the slope), as one node.
///
/// Slope sign(xᵢ) (|xᵢ|/norm)ᵖ⁻¹, and 0 by each where the norm is 0.
///
/// ```
/// use chainrule::prelude::*;
/// assert_eq!(norm_p(&[3.0, -4.0], 1.0), 7.0);
/// assert_eq!(norm_p(&[3.0, -4.0], f64::INFINITY), 4.0);
/// ```
///
/// # Panics
/// When p is below 1 or NaN: that is no norm.
#[inline]
#[track_caller]
pub fn norm_p<T: Nary>(x: &[T], p: f64) -> T {
    assert!(p >= 1.0, "norm_p: p must be at least 1, and is {p}");
    T::nary_norm(x, p)
}

/// `ln Σ exp xᵢ`, as one node, never overflowing; -infinity for none. Slope exp(xᵢ - y), the softmax; where every xᵢ is
/// -infinity the value is -infinity and every slope 0.
///
/// ```
/// use chainrule::prelude::*;
/// assert_eq!(log_sum_exp(&[1000.0, 1000.0]), 1000.6931471805599);
/// ```
#[inline]
#[track_caller]
pub fn log_sum_exp<T: Nary>(x: &[T]) -> T {
    T::nary_log_sum_exp(x)
}

/// The largest of `x`; NaN if any is; -infinity for none.
fn largest<T: Real>(x: impl Iterator<Item = T>) -> T {
    x.fold(T::neg_infinity(), |largest, x| if x > largest || x.is_nan() { x } else { largest })
}

fn log_sum_exp_value<T: Real>(x: impl Iterator<Item = T> + Clone) -> T {
    let top = largest(x.clone());
    // nothing, all -infinity, or something infinite or NaN, which is then the answer
    if !top.is_finite() {
        return top;
    }
    let top = without_derivative(top);
    top + x.fold(T::zero(), |sum, x| sum + (x - top).exp()).ln()
}

/// exp(x - y), and 0 where y is -infinity.
fn softmax_slope<T: Real>(x: T, y: T) -> T {
    if y == T::neg_infinity() { T::zero() } else { (x - y).exp() }
}

/// What only scales or shifts, and cancels in the end, need not be differentiated.
fn without_derivative<T: Real>(x: T) -> T {
    x.to_f64().map_or(x, T::literal)
}

/// The power of two just below x: dividing by it is exact, so scaling costs no digit.
fn binary_scale<T: Real>(x: T) -> T {
    const EXPONENT: u64 = 0x7ff0_0000_0000_0000;
    let scale = x.to_f64().map_or(1.0, |x| f64::from_bits(x.to_bits() & EXPONENT));
    T::literal(if scale == 0.0 { f64::MIN_POSITIVE } else { scale })
}

fn norm_value<T: Real>(x: impl Iterator<Item = T> + Clone, p: f64) -> T {
    let top = largest(x.clone().map(Float::abs));
    if top <= T::zero() || top.is_infinite() || top.is_nan() {
        return if top < T::zero() { T::zero() } else { top };
    }
    if p == f64::INFINITY {
        return top;
    }
    let top = binary_scale(top);
    let total = x.fold(T::zero(), |sum, x| sum + size_power(x / top, p));
    top * if p == 2.0 { total.sqrt() } else { total.powf(T::literal(p.recip())) }
}

fn size_power<T: Real>(ratio: T, p: f64) -> T {
    if p == 2.0 {
        ratio * ratio
    } else if p == 1.0 {
        ratio.abs()
    } else {
        ratio.abs().powf(T::literal(p))
    }
}

/// sign(x) (|x|/norm)ᵖ⁻¹; `tied` elements share the slope of the largest.
fn norm_slope<T: Real>(x: T, norm: T, p: f64, tied: T) -> T {
    if norm.is_zero() {
        return T::zero();
    }
    if p == 2.0 {
        return x / norm;
    }
    let sign = x.apply(crate::rule::Sign);
    if p == f64::INFINITY {
        return if x.abs() == norm { sign / tied } else { T::zero() };
    }
    sign * (x.abs() / norm).powf(T::literal(p - 1.0))
}

fn tied_with<T: Real>(x: impl Iterator<Item = T>, norm: T) -> T {
    x.filter(|x| x.abs() == norm).fold(T::zero(), |count, _| count + T::one())
}

macro_rules! plain_nary {
    ($($float:ident)*) => { $(
        impl Nary for $float {
            #[inline]
            fn nary_sum(x: &[Self]) -> Self {
                x.iter().sum()
            }
            #[inline]
            fn nary_dot(x: &[Self], y: &[Self]) -> Self {
                x.iter().zip(y).map(|(x, y)| x * y).sum()
            }
            #[inline]
            fn nary_norm(x: &[Self], p: f64) -> Self {
                norm_value(x.iter().copied(), p)
            }
            #[inline]
            fn nary_log_sum_exp(x: &[Self]) -> Self {
                log_sum_exp_value(x.iter().copied())
            }
        }
    )* };
}
plain_nary!(f32 f64);

/// The operands of an inner product, each with its slope, which is the other's value: x₀, y₀, x₁, y₁ and so on.
#[derive(Clone)]
struct Crossed<'x, N> {
    x: &'x [N],
    y: &'x [N],
    /// Whether the next is of `x`.
    first: bool,
}

impl<N: Over + Copy> Iterator for Crossed<'_, N> {
    type Item = (N, N::Base);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (&x, &y) = self.x.first().zip(self.y.first())?;
        self.first = !self.first;
        if !self.first {
            return Some((x, y.primal()));
        }
        (self.x, self.y) = (&self.x[1..], &self.y[1..]);
        Some((y, x.primal()))
    }

    /// Written out, since a statement is recorded by it: arrays of two operands, flattened, go through memory.
    #[inline(always)]
    fn fold<A, F: FnMut(A, Self::Item) -> A>(mut self, start: A, mut add: F) -> A {
        let mut total = start;
        if !self.first
            && let Some(operand) = self.next()
        {
            total = add(total, operand);
        }
        for (&x, &y) in self.x.iter().zip(self.y) {
            total = add(total, (x, y.primal()));
            total = add(total, (y, x.primal()));
        }
        total
    }
}

macro_rules! nary_over {
    ([$($g:tt)*] $N:ty) => {
        impl<$($g)*> Nary for $N {
            #[inline]
            #[track_caller]
            fn nary_sum(x: &[Self]) -> Self {
                let total = x.iter().fold(T::zero(), |sum, x| sum + x.primal());
                Self::gather("sum", total, x.iter().map(|&x| (x, T::one())))
            }
            #[inline]
            #[track_caller]
            fn nary_dot(x: &[Self], y: &[Self]) -> Self {
                let total = x.iter().zip(y).fold(T::zero(), |sum, (x, y)| sum + x.primal() * y.primal());
                if std::ptr::eq(x, y) {
                    return Self::gather("dot", total, x.iter().map(|&x| (x, x.primal() + x.primal())));
                }
                Self::gather("dot", total, Crossed { x, y, first: true })
            }
            #[inline]
            #[track_caller]
            fn nary_norm(x: &[Self], p: f64) -> Self {
                let values = x.iter().map(|x| x.primal());
                let norm = norm_value(values.clone(), p);
                let tied = if p == f64::INFINITY { tied_with(values, norm) } else { T::one() };
                Self::gather("norm", norm, x.iter().map(move |&x| (x, norm_slope(x.primal(), norm, p, tied))))
            }
            #[inline]
            #[track_caller]
            fn nary_log_sum_exp(x: &[Self]) -> Self {
                let y = log_sum_exp_value(x.iter().map(|x| x.primal()));
                Self::gather("log_sum_exp", y, x.iter().map(move |&x| (x, softmax_slope(x.primal(), y))))
            }
        }
    };
}
nary_over!([T: Real] Dual<T>);
nary_over!([T: Real, const L: usize] DualVector<T, L>);
nary_over!([T: Real] Var<'_, T>);

/// The slopes are series too, and may be made of the result: as for any other rule.
impl<T: Real, const K: usize> Nary for Taylor<T, K> {
    #[track_caller]
    fn nary_sum(x: &[Self]) -> Self {
        x.iter().sum()
    }
    #[track_caller]
    fn nary_dot(x: &[Self], y: &[Self]) -> Self {
        x.iter().zip(y).map(|(&x, &y)| x * y).sum()
    }
    #[track_caller]
    fn nary_norm(x: &[Self], p: f64) -> Self {
        let values = x.iter().map(|x| x.primal());
        let norm = norm_value(values.clone(), p);
        let tied = Self::constant(if p == f64::INFINITY { tied_with(values, norm) } else { T::one() });
        Self::gather(norm, x, |x, norm| norm_slope(x, norm, p, tied))
    }
    #[track_caller]
    fn nary_log_sum_exp(x: &[Self]) -> Self {
        Self::gather(log_sum_exp_value(x.iter().map(|x| x.primal())), x, softmax_slope)
    }
}
