//! The vanishing gradient: what is left of it after ten layers.

use chainrule::prelude::*;
use chainrule_nn::plot::Picture;
use chainrule_nn::prelude::{BinaryCrossEntropy, Dense, Fit, Health, Ill, Init, Relu, Sequential, Sgd, Sigmoid};

use crate::board::{Board, Source};
use crate::data::{TUMOUR_FEATURES, breast_cancer};
use crate::entry::Error;
use crate::lecture::dense::{Activation, Initial, Network, cross_entropy, standardised};

const LAYERS: usize = 10;
const WIDTH: usize = 32;
const SEED: u64 = 5;
/// Sets of first weights that are tried beside the one of the picture.
const SEEDS: u64 = 20;

/// An activation, the first weights that go with it, and whether the biases are drawn like them or start at 0.
type Kind = (&'static str, Activation, Initial, bool);
const SIGMOID: Kind = ("sigmoid", |x| x.sigmoid(), commonplace, true);
const TANH: Kind = ("tanh", |x| x.tanh(), commonplace, true);
const RELU: Kind = ("ReLU, He", |x| x.relu(), Tensor::he_normal, false);
const TANH_GLOROT: Kind = ("tanh, Glorot", |x| x.tanh(), Tensor::glorot_normal, false);

/// Evenly within 1 / sqrt(in) of 0.
fn commonplace(shape: [usize; 2], seed: u64) -> Tensor<f64> {
    let bound = (shape[0] as f64).sqrt().recip();
    Tensor::uniform(shape, -bound, bound, seed)
}

/// The network of these weights; each layer's have a seed of their own.
fn network((_, activation, initial, draws_biases): Kind, seed: u64) -> Network {
    let mut widths = [WIDTH; LAYERS + 2];
    (widths[0], widths[LAYERS + 1]) = (TUMOUR_FEATURES, 1);
    let mut network = Network::new(&widths, activation, initial, 1000 * seed);
    if draws_biases {
        for (layer, seed) in network.layers.iter_mut().zip(1000 * seed + 500..) {
            let inputs = layer[0].shape()[0];
            layer[1] = commonplace([inputs, layer[1].len()], seed).index(0, 0);
        }
    }
    network
}

pub(super) fn show(board: &mut Board) -> Result<(), Error> {
    board.say(format!(
        "Vanishing gradient, \"worse with multiple layers\": on its way back the gradient is multiplied by each layer's\n\
         slopes, at most 1/4 each for the sigmoid. {LAYERS} hidden layers of {WIDTH} units, one output, the 569 tumours of U8\n\
         with standardised measurements, seed {SEED} for all. Weights and biases are drawn evenly within 1/sqrt(in) of 0, as\n\
         was common, and is PyTorch's choice still; for the ReLU by He's recipe (variance 2/in, biases 0).",
    ));
    let tumours = breast_cancer();
    let x = standardised(&Tensor::from_rows(&tumours.features));
    let y = Tensor::from_fn([tumours.malignant.len(), 1], |index| f64::from(tumours.malignant[index[0]]));
    let mut tape = TensorTape::new();
    let mut norms = |kind: Kind, seed| -> Vec<f64> {
        let (_, gradient) = network(kind, seed).gradient(&mut tape, &x, |z| cross_entropy(z, &y));
        gradient.iter().take(LAYERS).map(|[weights, _]| weights.powi(2).sum().item().sqrt()).collect()
    };
    let kinds = [SIGMOID, TANH, RELU, TANH_GLOROT];
    let mut table = vec!["norm of dL/dW of hidden layer 1, 4, 7, 10".to_owned()];
    let mut picture = Picture::new("Ten layers: how much gradient each gets", "hidden layer", "norm of dL/dW").log_y();
    let [sigmoid, tanh, relu, _] = kinds.map(|kind| {
        let course = norms(kind, SEED);
        let some: Vec<String> = course.iter().step_by(3).map(|&norm| format!("{norm:9.2e}")).collect();
        table.push(format!("    {:<12} {}", kind.0, some.join(" ")));
        let points = (1..).zip(&course).map(|(layer, &norm)| (f64::from(layer), norm));
        picture = std::mem::take(&mut picture).curve(kind.0, points);
        course[0] / course[LAYERS - 1]
    });
    board.say(table.join("\n"));
    board.at_most("sigmoid: first layer's norm over the last's", 0.0..=1e-4, sigmoid, Source::Calc);
    board.at_least("ReLU with He weights: the same", 1e-2..=1e2, relu, Source::Calc);
    board.at_least("tanh: its ratio over the sigmoid's", 1.0..=1e9, tanh / sigmoid, Source::Calc);
    board.at_most("tanh: its ratio over the ReLU's", 0.0..=1.0, tanh / relu, Source::Calc);
    let mut table = vec![format!("The same ratio from {SEEDS} other seeds, least and most:")];
    let [sigmoid, tanh, relu, _] = kinds.map(|kind| {
        let ratios = (1..=SEEDS).map(|seed| norms(kind, 100 + seed)).map(|course| course[0] / course[LAYERS - 1]);
        let mut ratios: Vec<f64> = ratios.collect();
        ratios.sort_by(f64::total_cmp);
        let ends = [ratios[0], ratios[ratios.len() - 1]];
        table.push(format!("    {:<12} {:9.2e} {:9.2e}", kind.0, ends[0], ends[1]));
        ends
    });
    board.say(table.join("\n"));
    board.at_most("sigmoid, most of 20 seeds", 0.0..=1e-4, sigmoid[1], Source::Calc);
    board.at_least("tanh's least over sigmoid's most, 20 seeds", 1.0..=1e9, tanh[0] / sigmoid[1], Source::Calc);
    board.at_most("tanh's most over ReLU's least, 20 seeds", 0.0..=1.0, tanh[1] / relu[0], Source::Calc);
    board.at_least("ReLU, least of 20 seeds", 1e-2..=1e2, relu[0], Source::Calc);
    board.at_most("ReLU, most of 20 seeds", 0.0..=1e2, relu[1], Source::Calc);
    board.say(
        "With Glorot's weights (variance 2 / (in + out), made for it) tanh keeps its gradient too: the last curve.",
    );
    board.picture("ten-layers", picture.svg()?);
    while_training(board, &x, &y)
}

const EPOCHS: usize = 5;

/// The same ten layers in a training that is looked at.
fn while_training(board: &mut Board, x: &Tensor<f64>, y: &Tensor<f64>) -> Result<(), Error> {
    board.say(format!(
        "A training shows it too, to the callback `Health`: ten such layers of a model, {EPOCHS} epochs of gradient descent.",
    ));
    let input = || Sequential::<f64>::default().input(TUMOUR_FEATURES);
    let sigmoids = (0..LAYERS).fold(input(), |network, _| network.add(Dense::new(WIDTH).activation(Sigmoid)));
    let relus =
        (0..LAYERS).fold(input(), |network, _| network.add(Dense::new(WIDTH).activation(Relu).init(Init::HeNormal)));
    let [sigmoids, relus] = [sigmoids, relus].map(|network| -> Result<Health, Error> {
        let mut health = Health::new();
        let network = network.add(Dense::new(1)).seed(SEED);
        let mut model = network.compile(BinaryCrossEntropy.from_logits(), Sgd::new(0.05), ())?;
        model.fit(x, y, Fit::epochs(EPOCHS).callback(&mut health).silent())?;
        Ok(health)
    });
    let (sigmoids, relus) = (sigmoids?, relus?);
    board.say(format!("Sigmoid:\n{sigmoids}\n\nReLU with He weights:\n{relus}"));
    board.picture("health", sigmoids.gradient_picture().svg()?);
    let vanishes = |health: &Health, layer: &str| f64::from(health.ills().contains(&(layer, Ill::VanishingGradient)));
    board.exact(
        "sigmoid: the first layer is marked, its gradient vanishes",
        1.0,
        vanishes(&sigmoids, "dense"),
        Source::Calc,
    );
    board.exact("sigmoid: the tenth is not", 0.0, vanishes(&sigmoids, "dense_9"), Source::Calc);
    board.exact("ReLU with He weights: nor is the first", 0.0, vanishes(&relus, "dense"), Source::Calc);
    Ok(())
}
