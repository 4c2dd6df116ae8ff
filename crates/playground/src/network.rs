//! The network as a formula: written once, it computes heat maps on floats, trains on a tape, and is explained on a traced one.

use chainrule::{Number, dot, log_sum_exp};
use smallvec::{SmallVec, smallvec};

use crate::data::{Point, Target};
use crate::settings::{Activation, MOST_NEURONS, Problem, Settings};

/// The numbers of one layer, without room on the heap for those of the page.
pub type Row<N> = SmallVec<[N; MOST_NEURONS]>;

/// A neuron: its layer, from 0 for the first with weights, and its place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The layer, counted from 0 behind the features.
    pub layer: usize,
    /// The neuron in it, counted from 0.
    pub unit: usize,
}

/// Whoever watches a network compute, and may have a say. Nothing is done unless written.
pub trait Observer<N> {
    /// Around all that one neuron computes.
    fn neuron(&self, _place: Place, compute: impl FnOnce() -> N) -> N {
        compute()
    }

    /// A neuron's weighted sum.
    fn net(&self, _place: Place, net: N) -> N {
        net
    }

    /// What a neuron hands on.
    fn output(&self, _place: Place, output: N) -> N {
        output
    }
}

/// Nobody watches.
pub struct Unseen;
impl<N> Observer<N> for Unseen {}

/// A layer: each neuron has a weight for each input, and a bias.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layer {
    /// How many numbers come in.
    pub inputs: usize,
    /// How many neurons it has.
    pub units: usize,
    /// What they do with their sums.
    pub activation: Activation,
    /// Where its parameters begin: for each neuron its weights, and behind them all the biases.
    pub start: usize,
}

impl Layer {
    /// How many parameters it has.
    pub fn parameters(&self) -> usize {
        self.units * (self.inputs + 1)
    }

    /// Where the weight of a neuron for an input stands among all parameters.
    pub fn weight(&self, unit: usize, input: usize) -> usize {
        self.start + unit * self.inputs + input
    }

    /// Where the bias of a neuron stands.
    pub fn bias(&self, unit: usize) -> usize {
        self.start + self.units * self.inputs + unit
    }

    fn forward<N: Number + chainrule::Nary>(
        &self,
        number: usize,
        parameters: &[N],
        inputs: &[N],
        observer: &impl Observer<N>,
    ) -> Row<N> {
        let unit = |unit| {
            let place = Place { layer: number, unit };
            observer.neuron(place, || {
                let weights = &parameters[self.weight(unit, 0)..][..self.inputs];
                let net = observer.net(place, dot(weights, inputs) + parameters[self.bias(unit)]);
                observer.output(place, self.activation.of(net))
            })
        };
        (0..self.units).map(unit).collect()
    }
}

/// The layers of a network, and what it is to learn.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// The hidden layers and the outputs.
    pub layers: Vec<Layer>,
    /// What it learns.
    pub target: Target,
}

impl Network {
    /// The network of these settings. As in TensorFlow Playground, the output that tells two classes apart is a tanh, and that which
    /// tells a number is linear; of more classes each has a linear output, whose softmax is its share.
    pub fn new(settings: &Settings, target: Target) -> Self {
        let last = match (settings.problem, target) {
            (Problem::Classification, Target::TwoClasses) => Activation::Tanh,
            _ => Activation::Linear,
        };
        let hidden = settings.hidden.iter().map(|hidden| (hidden.neurons, hidden.activation));
        let (mut inputs, mut start) = (settings.chosen_features().len(), 0);
        let layer = |(units, activation)| {
            let layer = Layer { inputs, units, activation, start };
            (inputs, start) = (units, start + layer.parameters());
            layer
        };
        Self { layers: hidden.chain([(target.outputs(), last)]).map(layer).collect(), target }
    }

    /// How many weights and biases it has.
    pub fn parameters(&self) -> usize {
        self.layers.iter().map(Layer::parameters).sum()
    }

    /// Whether a parameter is a weight, and no bias.
    pub fn is_weight(&self, at: usize) -> bool {
        self.layers.iter().any(|layer| (layer.start..layer.bias(0)).contains(&at))
    }

    /// The outputs for the features of one point; before the softmax, where there are more than two classes.
    pub fn forward<N: Number + chainrule::Nary>(
        &self,
        parameters: &[N],
        features: &[N],
        observer: &impl Observer<N>,
    ) -> Row<N> {
        let mut row: Row<N> = SmallVec::from_slice(features);
        for (number, layer) in self.layers.iter().enumerate() {
            row = layer.forward(number, parameters, &row, observer);
        }
        row
    }

    /// The loss at one point: `1/2 (o - t)²` of one output, and of several the cross-entropy `ln Σ exp oᵢ - o_t` of their softmax.
    pub fn loss<N: Number + chainrule::Nary>(&self, outputs: &[N], point: &Point) -> N {
        match self.target {
            Target::TwoClasses | Target::Number => {
                // both traits that formulas ask for have these words
                let constant = <N as Number>::literal;
                constant(0.5) * Number::powi(outputs[0] - constant(point.label), 2)
            }
            Target::Classes(_) => log_sum_exp(outputs) - outputs[point.class()],
        }
    }

    /// The class that the outputs tell: 0 or 1 of two by the sign, else the largest; the first of equals.
    pub fn told(&self, outputs: &[f64]) -> usize {
        match self.target {
            Target::TwoClasses | Target::Number => usize::from(outputs[0] > 0.0),
            Target::Classes(_) => {
                (0..outputs.len()).fold(0, |best, class| if outputs[class] > outputs[best] { class } else { best })
            }
        }
    }

    /// The class of a point, by the same numbers.
    pub fn class(&self, point: &Point) -> usize {
        match self.target {
            Target::TwoClasses | Target::Number => usize::from(point.label > 0.0),
            Target::Classes(_) => point.class(),
        }
    }
}

/// The softmax of some numbers: positive, and 1 together.
pub fn softmax(outputs: &[f64]) -> Row<f64> {
    let total = log_sum_exp(outputs);
    let mut shares: Row<f64> = smallvec![0.0; outputs.len()];
    shares.iter_mut().zip(outputs).for_each(|(share, o)| *share = (o - total).exp());
    shares
}
