//! The crate `reverse`: a tape whose variables have functions of their own, not those of `num_traits::Float`.

use super::Contender;
use super::foreign::{Foreign, Number};
use crate::program::Program;
use Recorded::{Constant, Variable};
use reverse::{Gradient, Tape, Var};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// The crate `reverse`, whose tape is cleared and used again.
#[derive(Debug, Default)]
pub struct Reverse {
    tape: Tape,
}

impl Contender for Reverse {
    const NAME: &'static str = "reverse";

    fn run(&mut self, program: &impl Program, gradient: &mut Vec<f64>) {
        self.tape.clear();
        let x: Vec<_> = program.point().iter().map(|&x| Foreign(Variable(self.tape.add_var(x)))).collect();
        let gradients = match program.value(&x).0 {
            Constant(_) => vec![0.0; self.tape.len()],
            Variable(y) => y.grad(),
        };
        gradient.clear();
        gradient.extend(x.iter().map(|x| match &x.0 {
            Constant(_) => 0.0,
            Variable(x) => gradients.wrt(x),
        }));
    }
}

/// A variable of `reverse`, or a plain number: its variables cannot be made without their tape, but take plain numbers on both
/// sides of their operators.
#[derive(Clone, Copy, Debug)]
pub(super) enum Recorded<'t> {
    /// A number that does not vary.
    Constant(f64),
    /// A number on a tape.
    Variable(Var<'t>),
}

impl Number for Recorded<'_> {
    #[inline(always)]
    fn constant(value: f64) -> Self {
        Constant(value)
    }

    #[inline(always)]
    fn value(&self) -> f64 {
        match self {
            Constant(value) => *value,
            Variable(x) => x.val(),
        }
    }

    #[inline(always)]
    fn exp(self) -> Self {
        self.map(f64::exp, |x| x.exp())
    }

    #[inline(always)]
    fn ln(self) -> Self {
        self.map(f64::ln, |x| x.ln())
    }

    #[inline(always)]
    fn sin(self) -> Self {
        self.map(f64::sin, |x| x.sin())
    }

    #[inline(always)]
    fn tanh(self) -> Self {
        self.map(f64::tanh, |x| x.tanh())
    }
}

impl<'t> Recorded<'t> {
    #[inline(always)]
    fn map(self, constant: impl FnOnce(f64) -> f64, variable: impl FnOnce(Var<'t>) -> Var<'t>) -> Self {
        match self {
            Constant(value) => Constant(constant(value)),
            Variable(x) => Variable(variable(x)),
        }
    }
}

impl Neg for Recorded<'_> {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        self.map(Neg::neg, Neg::neg)
    }
}

macro_rules! operators {
    ($($Operator:ident $operator:ident $after_constant:expr;)*) => {$(
        impl<'t> $Operator for Recorded<'t> {
            type Output = Self;

            #[inline(always)]
            fn $operator(self, other: Self) -> Self {
                let after_constant: fn(f64, Var<'t>) -> Var<'t> = $after_constant;
                match (self, other) {
                    (Constant(x), Constant(y)) => Constant($Operator::$operator(x, y)),
                    (Constant(x), Variable(y)) => Variable(after_constant(x, y)),
                    (Variable(x), Constant(y)) => Variable($Operator::$operator(x, y)),
                    (Variable(x), Variable(y)) => Variable($Operator::$operator(x, y)),
                }
            }
        }
    )*};
}

operators! {
    Add add |x, y| x + y;
    Sub sub |x, y| x - y;
    Mul mul |x, y| x * y;
    // its own quotient of a plain number by a variable has the slope -1 / y, which is wrong
    Div div |x, y| x * y.recip();
}
