//! What a user of the packaged `chainrule` might write; `tests/outside.rs` differentiates it.

use chainrule::{Number, Real, Rule, Rule2};

/// A formula for any float: it does not know that it will be differentiated.
pub fn newton_cooling<T: num_traits::Float>(time: T, rate: T) -> T {
    let (room, start) = (T::from(20.0).unwrap_or_else(T::nan), T::from(90.0).unwrap_or_else(T::nan));
    room + (start - room) * (-rate * time).exp()
}

/// A formula that asks for the functions of the library.
pub fn neuron<N: Number>(weights: [N; 2], inputs: [N; 2]) -> N {
    (weights[0] * inputs[0] + weights[1] * inputs[1] + N::literal(0.35)).sigmoid()
}

/// The Lorentz curve 1/(1 + (x/w)²) with half width w, a rule with a parameter.
#[derive(Clone, Copy, Debug)]
pub struct Lorentz {
    /// w
    pub half_width: f64,
}

impl Rule for Lorentz {
    const NAME: &'static str = "lorentz";
    const PROBES: &'static [f64] = &[-2.0, 0.5, 3.0];
    fn value<T: Real>(self, x: T) -> T {
        let ratio = x / T::literal(self.half_width);
        (T::one() + ratio * ratio).recip()
    }
    fn slope<T: Real>(self, x: T, y: T) -> T {
        T::literal(-2.0 / (self.half_width * self.half_width)) * x * y * y
    }
    fn parameters(self) -> Vec<f64> {
        vec![self.half_width]
    }
}

/// The power u²/r of a voltage u across a resistance r, a rule of two numbers.
#[derive(Clone, Copy, Debug)]
pub struct Power;

impl Rule2 for Power {
    const NAME: &'static str = "power";
    const PROBES: &'static [(f64, f64)] = &[(2.0, 3.0), (-1.0, 0.5)];
    fn value<T: Real>(self, u: T, r: T) -> T {
        u * u / r
    }
    fn slopes<T: Real>(self, u: T, r: T, p: T) -> (T, T) {
        (T::literal(2.0) * u / r, -p / r)
    }
}

/// The same rule with a mistake in it: the checker has to find it.
#[derive(Clone, Copy, Debug)]
pub struct WrongPower;

impl Rule2 for WrongPower {
    const NAME: &'static str = "wrong_power";
    const PROBES: &'static [(f64, f64)] = &[(2.0, 3.0)];
    fn value<T: Real>(self, u: T, r: T) -> T {
        Power.value(u, r)
    }
    fn slopes<T: Real>(self, u: T, r: T, p: T) -> (T, T) {
        (T::literal(2.0) * u / r, p / r)
    }
}
