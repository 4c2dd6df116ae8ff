//! `RMSprop`.

use super::rule::{check_momentum, check_share, settings};
use super::{Optimizer, Slots, Step, UpdateRule};
use crate::param::check_not_negative;
use chainrule::Element;

/// `RMSprop` (Tieleman and Hinton, 2012); rate 0.001 unless another is given.
///
/// ```text
/// v = rho v + (1 - rho) g²
/// d = rate g/√(v + epsilon)
/// w -= d
/// with momentum:  u = momentum u + d;  w -= u
/// centered:       a = rho a + (1 - rho) g;  v - a² in the place of v under the root
/// ```
///
/// Where rounding makes v - a² negative it counts as 0. Source: <https://keras.io/api/optimizers/rmsprop/>.
///
/// ```
/// use chainrule::Tensor;
/// use chainrule_nn::optim::RmsProp;
/// let mut w = Tensor::from([1.0, 2.0, 3.0, 4.0]);
/// RmsProp::new(0.5).step([&mut w], [&Tensor::from([1.0, 6.0, 7.0, 2.0])]);
/// let expected = [-0.5811, 0.4189, 1.4189, 2.4189]; // Keras, rmsprop_test.py, test_single_step
/// assert!(w.iter().zip(expected).all(|(w, expected): (&f64, _)| (w - expected).abs() < 1e-4));
/// ```
pub type RmsProp<T = f32> = Optimizer<RmsPropRule, T>;

/// The rule of [`RmsProp`].
#[derive(Clone, Debug)]
pub struct RmsPropRule {
    rho: f64,
    momentum: f64,
    epsilon: f64,
    centered: bool,
}

impl Default for RmsPropRule {
    fn default() -> Self {
        Self { rho: 0.9, momentum: 0.0, epsilon: 1e-7, centered: false }
    }
}

settings! {
    [T: Element] RmsProp<T>;
    /// The decay rate of the running means; 0.9 unless set.
    rho;
    /// The share of the last step that goes into the next one, between 0 and 1; 0 unless set.
    momentum;
    /// Keeps the denominator away from zero; 1e-7 unless set.
    epsilon;
}

impl<T: Element> RmsProp<T> {
    /// Divides by the deviation of the gradients from their mean, not by their size.
    #[must_use]
    pub fn centered(mut self) -> Self {
        self.rule.centered = true;
        self
    }
}

impl UpdateRule for RmsPropRule {
    const NAME: &'static str = "RmsProp";

    fn slots(&self) -> [Option<f64>; 3] {
        [Some(0.0), (self.momentum != 0.0).then_some(0.0), self.centered.then_some(0.0)]
    }

    fn check(&self) -> Result<(), String> {
        check_share("rho", self.rho)?;
        check_momentum(self.momentum)?;
        check_not_negative("epsilon", self.epsilon)
    }

    #[inline(always)]
    fn update<T: Element>(&self, step: Step, weights: &mut [T], gradient: &[T], slots: Slots<'_, T>) {
        let [rate, rho, gain, epsilon, momentum] =
            [step.rate, self.rho, 1.0 - self.rho, self.epsilon, self.momentum].map(T::literal);
        let [square, last, mean] = slots;
        let elements = weights.iter_mut().zip(gradient).zip(square);
        let square = |v: &mut T, g: T| {
            *v = rho * *v + gain * (g * g);
            *v
        };
        let variance = |v: &mut T, a: &mut T, g: T| {
            *a = rho * *a + gain * g;
            let variance = square(v, g) - *a * *a;
            if variance < T::zero() { T::zero() } else { variance }
        };
        let with_momentum = |u: &mut T, d: T| {
            *u = momentum * *u + d;
            *u
        };
        let delta = |g: T, v: T| rate * g / (v + epsilon).sqrt();
        match (self.momentum != 0.0, self.centered) {
            (false, false) => elements.for_each(|((w, &g), v)| *w -= delta(g, square(v, g))),
            (false, true) => elements.zip(mean).for_each(|(((w, &g), v), a)| *w -= delta(g, variance(v, a, g))),
            (true, false) => {
                elements.zip(last).for_each(|(((w, &g), v), u)| *w -= with_momentum(u, delta(g, square(v, g))));
            }
            (true, true) => elements
                .zip(last.iter_mut().zip(mean))
                .for_each(|(((w, &g), v), (u, a))| *w -= with_momentum(u, delta(g, variance(v, a, g)))),
        }
    }
}
