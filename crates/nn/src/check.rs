//! The gradients of a layer against differences.

use crate::error::{Error, Result};
use crate::layer::Layer;
use crate::param::Param;
use crate::pass::Pass;
use crate::random::Seeds;
use crate::session::Session;
use chainrule::{Tensor, Var};
use std::fmt;

/// How far apart a gradient and its difference quotient may be, relative to the larger of them and 1.
const TOLERANCE: f64 = 1e-6;
/// The step of the differences, relative to the size of what is moved.
const STEP: f64 = 1e-3;
/// The stream of random numbers that dropout and noise draw from, the same in every run.
const SEED: u64 = 0x00c0_ffee;

/// What [`check_layer`] found.
#[derive(Clone, Debug)]
#[must_use = "a report is silent: ask it with `is_ok`, or end with `assert_ok`"]
pub struct LayerReport {
    /// How many derivatives were compared.
    compared: usize,
    worst: Option<Disagreement>,
}

#[derive(Clone, Debug)]
struct Disagreement {
    of: String,
    element: usize,
    gradient: f64,
    difference: f64,
}

impl Disagreement {
    fn size(&self) -> f64 {
        let scale = self.gradient.abs().max(self.difference.abs()).max(1.0);
        let gap = (self.gradient - self.difference).abs() / scale;
        if gap.is_nan() { f64::INFINITY } else { gap }
    }
}

impl LayerReport {
    /// Whether everything agrees, and something was compared.
    pub fn is_ok(&self) -> bool {
        self.compared > 0 && self.worst.as_ref().is_none_or(|worst| worst.size() <= TOLERANCE)
    }

    /// How many derivatives were compared.
    pub fn compared(&self) -> usize {
        self.compared
    }

    /// The largest difference between a gradient and its difference quotient, relative to the larger of them and 1.
    pub fn worst(&self) -> f64 {
        self.worst.as_ref().map_or(0.0, Disagreement::size)
    }

    /// Panics with the worst disagreement if there is one.
    ///
    /// # Panics
    /// When [`is_ok`](Self::is_ok) is false.
    #[track_caller]
    pub fn assert_ok(&self) {
        assert!(self.is_ok(), "{self}");
    }
}

impl fmt::Display for LayerReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.worst {
            None => write!(f, "nothing was compared: the layer has no inputs and no parameters"),
            Some(worst) => write!(
                f,
                "{} of {} derivatives: the gradient by element {} of {} is {}, the difference quotient {}",
                if self.is_ok() { "the worst" } else { "WRONG, the worst" },
                self.compared,
                worst.element,
                worst.of,
                worst.gradient,
                worst.difference
            ),
        }
    }
}

/// Compares the gradients of a layer, in training and with the dropout of one pass, by its input `x` and by all its parameters
/// with differences of five points; only by its parameters where [`Layer::check_input`] takes no numbers between those of `x`. For one's own layers as for ours; away from kinks, where differences mean nothing.
///
/// ```
/// use chainrule_nn::{check_layer, prelude::*};
/// check_layer(Dense::new(3).activation(Tanh), &Tensor::normal([2, 4], 0.0, 1.0, 7))?.assert_ok();
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
///
/// # Errors
/// When the layer cannot be built for rows like those of `x`.
pub fn check_layer(mut layer: impl Layer<f64> + 'static, x: &Tensor<f64>) -> Result<LayerReport> {
    compare(&mut layer, x)
}

fn compare(layer: &mut dyn Layer<f64>, x: &Tensor<f64>) -> Result<LayerReport> {
    let row = x.shape().get(1..).unwrap_or_default();
    layer
        .build(&row.into(), &mut Seeds::new(SEED))
        .map_err(|problem| Error::Layer { layer: layer.kind().into(), problem })?;
    let mut check = Check { layer, x: x.clone() };
    let (by_input, by_parameters) = check.gradients();
    let mut compared = 0;
    let mut worst: Option<Disagreement> = None;
    let mut take = |found: Disagreement| {
        compared += 1;
        if worst.as_ref().is_none_or(|worst| worst.size() < found.size()) {
            worst = Some(found);
        }
    };
    // numbers that cannot be moved, as those of words, have no derivatives
    let moves = check.layer.check_input(&(x + STEP)).is_ok();
    for (element, &gradient) in by_input.as_slice().iter().enumerate().filter(|_| moves) {
        let difference = check.difference(
            |check, step| {
                check.x.as_mut_slice()[element] += step;
            },
            x.as_slice()[element],
        );
        take(Disagreement { of: "the input".into(), element, gradient, difference });
    }
    for (name, value, gradient) in &by_parameters {
        for (element, &gradient) in gradient.as_slice().iter().enumerate() {
            let difference =
                check.difference(|check, step| check.shift(name, element, step), value.as_slice()[element]);
            take(Disagreement { of: format!("`{name}`"), element, gradient, difference });
        }
    }
    Ok(LayerReport { compared, worst })
}

/// The name of a parameter, its value, and the gradient by it.
type ByParameter = (String, Tensor<f64>, Tensor<f64>);

struct Check<'l> {
    layer: &'l mut dyn Layer<f64>,
    x: Tensor<f64>,
}

impl Check<'_> {
    /// A single number that depends on every output: their sum, each with a weight of its own.
    fn objective<'t>(layer: &dyn Layer<f64>, x: Var<'t, Tensor<f64>>, pass: &Pass<'t, f64>) -> Var<'t, Tensor<f64>> {
        let y = layer.forward(x, pass);
        let weights = Tensor::uniform(y.shape(), 0.5, 1.5, SEED);
        let sum = (y * &weights).sum();
        pass.penalty().map_or(sum, |penalty| sum + penalty)
    }

    /// By the input, and by each parameter with its name and value.
    fn gradients(&mut self) -> (Tensor<f64>, Vec<ByParameter>) {
        let mut session = Session::new(SEED);
        let by_input = {
            let pass = session.training();
            let x = pass.tape().var(self.x.clone());
            let objective = Self::objective(self.layer, x, &pass);
            pass.backward(objective);
            objective.backward().of(x)
        };
        let found = session.gradients().to_vec();
        let mut by_parameters = Vec::new();
        self.layer.visit(&mut |name, param| {
            let gradient = found.iter().find(|(id, _)| *id == param.id());
            let gradient =
                gradient.map_or_else(|| Tensor::zeros(param.value.shape()), |(_, gradient)| gradient.clone());
            by_parameters.push((name.to_owned(), param.value.clone(), gradient));
        });
        (by_input, by_parameters)
    }

    fn shift(&mut self, name: &str, element: usize, step: f64) {
        self.layer.visit(&mut |own, param: &mut Param<f64>| {
            if own == name {
                param.value.as_mut_slice()[element] += step;
            }
        });
    }

    fn value(&self) -> f64 {
        let mut session = Session::new(SEED);
        let pass = session.training();
        Self::objective(self.layer, pass.constant(&self.x), &pass).item()
    }

    /// `(f(x - 2h) - 8 f(x - h) + 8 f(x + h) - f(x + 2h)) / 12h`, whose error falls as h⁴.
    fn difference(&mut self, shift: impl Fn(&mut Self, f64), at: f64) -> f64 {
        let step = STEP * at.abs().max(1.0);
        let mut sum = 0.0;
        for (places, weight) in [(-2.0, 1.0), (-1.0, -8.0), (1.0, 8.0), (2.0, -1.0)] {
            shift(self, places * step);
            sum += weight * self.value();
            shift(self, -places * step);
        }
        sum / (12.0 * step)
    }
}

#[cfg(test)]
mod edges;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::samples;
    use crate::sequential::Sequential;
    use chainrule::rule::{Sigmoid, Tanh};

    #[test]
    fn the_gradients_of_every_layer_in_the_list_are_right() {
        for (name, samples) in samples() {
            assert!(!samples.is_empty(), "{name} has no samples");
            for mut sample in samples {
                let report = compare(&mut *sample.layer, &sample.x).unwrap();
                assert!(report.is_ok(), "{name}: {report}");
            }
        }
    }

    #[test]
    fn so_are_those_of_layers_one_after_the_other() {
        use crate::layer::{Dense, Dropout, Maxout};
        let network = Sequential::default()
            .add(Dense::new(4).activation(Tanh))
            .add(Dropout::new(0.5))
            .add(Dense::new(4).activation(Sigmoid))
            .reuse("dense")
            .add(Maxout::new(2));
        check_layer(network, &Tensor::uniform([3, 4], 0.1, 1.5, 1)).unwrap().assert_ok();
    }

    /// A layer whose gradient is off by a thousandth.
    #[derive(Clone)]
    struct Off;

    impl Layer<f64> for Off {
        fn forward<'t>(&self, x: Var<'t, Tensor<f64>>, pass: &Pass<'t, f64>) -> Var<'t, Tensor<f64>> {
            // right in its value; a thousandth of x² passes by the tape
            let hidden = x.value().powi(2) * 0.001;
            x.powi(2) * 0.999 + pass.constant(&hidden)
        }
    }

    #[test]
    fn a_gradient_off_by_a_thousandth_is_refused() {
        let report = check_layer(Off, &Tensor::uniform([2, 2], 0.1, 1.5, 7)).unwrap();
        assert!(!report.is_ok() && report.to_string().contains("WRONG"), "{report}");
    }
}
