//! One example, explained by the engine: the graph of what was computed for it, and the chain rule for any weight.

use chainrule::explain::Digits;
use chainrule::prelude::*;

use crate::data::Feature;
use crate::formulas::Formulas;
use crate::network::{Network, Observer, Place, Row};
use crate::training::Example;

/// Where names of the graph are not enough, they are cut: so many gates are drawn at most.
const MOST_GATES: usize = 60;

/// The graph of one example as SVG, values above the edges and gradients below. Neurons are folded, unless `everything` is asked for.
pub fn graph(
    network: &Network,
    parameters: &[f64],
    features: &[Feature],
    example: &Example,
    everything: bool,
) -> String {
    let tape = ScalarTape::traced();
    let traced = Traced::new(&tape, network, parameters, features, example);
    let table = tape.table(&traced.loss.backward());
    let drawing = table.drawing().digits(Digits::Significant(3));
    if everything { drawing.limit(4 * MOST_GATES).to_svg() } else { drawing.scope_depth(1).limit(MOST_GATES).to_svg() }
}

/// The chain rule for one parameter, as a piece of HTML with formulas in `MathML`.
pub fn chain_rule(
    network: &Network,
    parameters: &[f64],
    features: &[Feature],
    example: &Example,
    parameter: usize,
) -> String {
    let tape = ScalarTape::traced();
    let traced = Traced::new(&tape, network, parameters, features, example);
    match traced.parameters.get(parameter) {
        Some(&variable) => Formulas::from(tape.explain(traced.loss, variable).decimals(6).limit(12)).html,
        None => String::new(),
    }
}

/// What the page calls each parameter: `weight of x1 in a1_2`, `bias of a1_2`.
pub fn parameter_names(network: &Network, features: &[Feature]) -> Vec<String> {
    names(network, features).into_iter().map(|(_, title)| title).collect()
}

/// An example on a traced tape, everything with a name.
struct Traced<'t> {
    parameters: Vec<Var<'t, f64>>,
    loss: Var<'t, f64>,
}

impl<'t> Traced<'t> {
    fn new(
        tape: &'t ScalarTape,
        network: &Network,
        parameters: &[f64],
        features: &[Feature],
        example: &Example,
    ) -> Self {
        let names = names(network, features);
        let parameters: Vec<Var<'t, f64>> =
            parameters.iter().zip(names).map(|(&value, (name, _))| tape.var(value).named(&name)).collect();
        let inputs: Row<Var<'t, f64>> = features
            .iter()
            .zip(&example.features)
            .map(|(feature, &value)| tape.var(value).named(feature.word()))
            .collect();
        let outputs = network.forward(&parameters, &inputs, &Named { tape, network });
        let loss = network.loss(&outputs, &example.point).named("E");
        Self { parameters, loss }
    }
}

/// Gives each neuron's sum and output a name, and a scope.
struct Named<'t, 'n> {
    tape: &'t ScalarTape,
    network: &'n Network,
}

impl<'t> Observer<Var<'t, f64>> for Named<'t, '_> {
    fn neuron(&self, place: Place, compute: impl FnOnce() -> Var<'t, f64>) -> Var<'t, f64> {
        self.tape.in_scope(&neuron(self.network, place), compute)
    }

    fn net(&self, place: Place, net: Var<'t, f64>) -> Var<'t, f64> {
        net.named(&neuron(self.network, place).replacen(['a', 'o'], "z", 1))
    }

    fn output(&self, place: Place, output: Var<'t, f64>) -> Var<'t, f64> {
        output.named(&neuron(self.network, place))
    }
}

/// `a1_2` is the second neuron of the first hidden layer, `o_3` the third output, `o` the only one.
pub fn neuron(network: &Network, Place { layer, unit }: Place) -> String {
    let is_last = layer + 1 == network.layers.len();
    match (is_last, network.layers[layer].units) {
        (true, 1) => "o".to_owned(),
        (true, _) => format!("o_{}", unit + 1),
        (false, _) => format!("a{}_{}", layer + 1, unit + 1),
    }
}

/// For each parameter its name on the tape and its title on the page.
fn names(network: &Network, features: &[Feature]) -> Vec<(String, String)> {
    let mut names = vec![(String::new(), String::new()); network.parameters()];
    for (number, layer) in network.layers.iter().enumerate() {
        for unit in 0..layer.units {
            let to = neuron(network, Place { layer: number, unit });
            for input in 0..layer.inputs {
                let from = match number {
                    0 => features[input].word().to_owned(),
                    _ => neuron(network, Place { layer: number - 1, unit: input }),
                };
                let name = format!("w_{}{}", to.replace('_', "."), input + 1);
                names[layer.weight(unit, input)] = (name, format!("weight of {from} in {to}"));
            }
            names[layer.bias(unit)] = (format!("b_{}", to.replace('_', ".")), format!("bias of {to}"));
        }
    }
    names
}
