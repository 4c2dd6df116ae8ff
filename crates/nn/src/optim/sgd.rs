//! Gradient descent.

use super::rule::{check_momentum, settings};
use super::{Optimizer, Slots, Step, UpdateRule};
use chainrule::Element;

/// Stochastic gradient descent, with momentum if asked for; rate 0.01 unless another is given.
///
/// ```text
/// w -= rate g
/// with momentum:        v = momentum v - rate g;  w += v
/// Nesterov's momentum:  v = momentum v - rate g;  w += momentum v - rate g
/// ```
///
/// Source: <https://keras.io/api/optimizers/sgd/>.
///
/// ```
/// use chainrule::Tensor;
/// use chainrule_nn::optim::Sgd;
/// let mut w = Tensor::from([1.0, 2.0, 3.0, 4.0]);
/// let mut sgd = Sgd::new(0.5).momentum(0.9);
/// sgd.step([&mut w], [&Tensor::from([1.0, 6.0, 7.0, 2.0])]);
/// assert_eq!(w.to_vec(), [0.5, -1.0, -0.5, 3.0]);
/// ```
pub type Sgd<T = f32> = Optimizer<SgdRule, T>;

/// The rule of [`Sgd`].
#[derive(Clone, Debug, Default)]
pub struct SgdRule {
    momentum: f64,
    nesterov: bool,
}

settings! {
    [T: Element] Sgd<T>;
    /// The share of the last step that goes into the next one, between 0 and 1; 0 unless set.
    momentum;
}

impl<T: Element> Sgd<T> {
    /// Looks ahead along the momentum (Nesterov, 1983).
    #[must_use]
    pub fn nesterov(mut self) -> Self {
        self.rule.nesterov = true;
        self
    }
}

impl UpdateRule for SgdRule {
    const NAME: &'static str = "Sgd";
    const RATE: f64 = 0.01;

    fn slots(&self) -> [Option<f64>; 3] {
        [(self.momentum != 0.0).then_some(0.0), None, None]
    }

    fn check(&self) -> Result<(), String> {
        check_momentum(self.momentum)
    }

    #[inline(always)]
    fn update<T: Element>(&self, step: Step, weights: &mut [T], gradient: &[T], [velocity, ..]: Slots<'_, T>) {
        let (rate, momentum) = (T::literal(step.rate), T::literal(self.momentum));
        let elements = weights.iter_mut().zip(gradient);
        if self.momentum == 0.0 {
            elements.for_each(|(w, &g)| *w -= rate * g);
        } else if self.nesterov {
            for ((w, &g), v) in elements.zip(velocity) {
                *v = momentum * *v - rate * g;
                *w += momentum * *v - rate * g;
            }
        } else {
            for ((w, &g), v) in elements.zip(velocity) {
                *v = momentum * *v - rate * g;
                *w += *v;
            }
        }
    }
}
