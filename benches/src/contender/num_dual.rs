//! The crate `num-dual`: dual numbers. They offer functions by a trait of their own, not by `num_traits::Float`. Those of several
//! lanes need its feature `nalgebra`, without which it is built here.

use super::foreign::{Foreign, Number};
use super::forward::Directions;
use num_dual::{Dual64, DualNum};

impl Number for Dual64 {
    #[inline(always)]
    fn constant(value: f64) -> Self {
        value.into()
    }

    #[inline(always)]
    fn value(&self) -> f64 {
        self.re
    }

    #[inline(always)]
    fn exp(self) -> Self {
        DualNum::exp(&self)
    }

    #[inline(always)]
    fn ln(self) -> Self {
        DualNum::ln(&self)
    }

    #[inline(always)]
    fn sin(self) -> Self {
        DualNum::sin(&self)
    }

    #[inline(always)]
    fn tanh(self) -> Self {
        DualNum::tanh(&self)
    }
}

impl Directions for Foreign<Dual64> {
    const NAME: &'static str = "num-dual";
    const LANES: usize = 1;

    fn variable(value: f64, _lane: usize) -> Self {
        Self(Dual64::from_re(value).derivative())
    }

    fn derivative(&self, _lane: usize) -> f64 {
        self.0.eps
    }
}
