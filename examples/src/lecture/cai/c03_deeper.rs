//! C3, slides "Neural Network: the deeper, the better? Not really." and "The vanishing gradient
//! problem". S5 measures the gradient in ten layers; here deeper networks are trained.

use chainrule::prelude::*;
use chainrule_nn::plot::Picture;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;
use crate::lecture::dense::{Activation, Initial, Network, TensorVar, cross_entropy};
use crate::random::Random;

pub(super) const ENTRY: Entry = Entry {
    id: "C3",
    name: "deeper",
    group: None,
    lecture: Lecture::Cai,
    title: "the deeper, the better? the same training at five depths",
    run,
};

fn run(board: &mut Board) -> Result<(), Error> {
    the_product(board);
    depths(board)
}

/// Units in a row.
const CHAIN: usize = 10;

fn the_product(board: &mut Board) {
    board.say(format!(
        "The slide's chain rule, dz/dw = dz/dy dy/dx dx/dw: one factor for each layer. {CHAIN} sigmoid units in a row,\n\
         h_k = sigma(h_k-1) from x = .5: each factor is h_k (1 - h_k), at most 1/4, and their product is all that\n\
         arrives at x.",
    ));
    let tape = TensorTape::new();
    let x = tape.var(Tensor::scalar(0.5));
    let mut unit: TensorVar<'_> = x;
    let mut factors = Vec::with_capacity(CHAIN);
    for _ in 0..CHAIN {
        unit = unit.sigmoid();
        factors.push(unit.item() * (1.0 - unit.item()));
    }
    let slope = unit.backward().of(x).item();
    board.close(
        "dh10/dx over the product of the factors",
        1.0,
        slope / factors.iter().product::<f64>(),
        1e-12,
        Source::Calc,
    );
    board.at_most("largest factor", 0.0..=0.25, farthest(factors), Source::Calc);
    board.at_most("dh10/dx, at most 4^-10", 0.0..=0.25_f64.powi(10), slope, Source::Calc);
    // Forty-digit arithmetic apart from the engine.
    board.close("dh10/dx", SLOPE, slope, 1e-12 * SLOPE, Source::Calc);
}

const SLOPE: f64 = 3.483_115_609_785_165_8e-7;

const WIDTH: usize = 16;
const DEPTHS: [usize; 5] = [1, 2, 4, 6, 10];
const EPOCHS: usize = 1500;
const RATE: f64 = 0.5;
const POINTS: usize = 80;
const SEED: u64 = 3;

/// An inner disc of class 1 and a ring of class 0 around it, as many points of each.
fn ring() -> (Tensor<f64>, Tensor<f64>) {
    let mut random = Random::seeded(66);
    let places = (0..POINTS).flat_map(|at| {
        let radius = if at % 2 == 0 { random.uniform(0.0..0.7) } else { random.uniform(1.0..1.6) };
        let angle = random.uniform(0.0..std::f64::consts::TAU);
        [radius * angle.cos(), radius * angle.sin()]
    });
    let x = Tensor::new([POINTS, 2], places.collect());
    (x, Tensor::from_fn([POINTS, 1], |index| f64::from(index[0] % 2 == 0)))
}

/// The loss after the last epoch, and how large the first hidden layer's gradient was at the start.
fn train(activation: Activation, initial: Initial, depth: usize) -> [f64; 2] {
    let (x, y) = ring();
    let widths: Vec<usize> = [2].into_iter().chain(vec![WIDTH; depth]).chain([1]).collect();
    let mut network = Network::new(&widths, activation, initial, SEED);
    let mut tape = TensorTape::new();
    let (_, start) = network.gradient(&mut tape, &x, |z| cross_entropy(z, &y));
    for _ in 0..EPOCHS {
        network.step(&mut tape, &x, |z| cross_entropy(z, &y), RATE);
    }
    let (loss, _) = network.gradient(&mut tape, &x, |z| cross_entropy(z, &y));
    [loss, start[0][0].powi(2).sum().item().sqrt()]
}

fn depths(board: &mut Board) -> Result<(), Error> {
    board.say(format!(
        "A disc inside a ring, {POINTS} points; 1 to 10 hidden layers of {WIDTH} units, {EPOCHS} epochs, eta = {RATE}, the same seed.\n\
         Who always answers 1/2 has the cross-entropy ln 2 = .693.",
    ));
    let kinds: [(&str, Activation, Initial); 2] = [
        ("sigmoid, Glorot weights", |x| x.sigmoid(), Tensor::glorot_normal),
        ("ReLU, He weights", |x| x.relu(), Tensor::he_normal),
    ];
    let trained = kinds.map(|(_, activation, initial)| DEPTHS.map(|depth| train(activation, initial, depth)));
    let mut table = vec!["hidden   sigmoid: loss    |dL/dW1|      ReLU: loss    |dL/dW1|".to_owned()];
    for ((depth, sigmoid), relu) in DEPTHS.into_iter().zip(trained[0]).zip(trained[1]) {
        let [[loss, slope], [relu_loss, relu_slope]] = [sigmoid, relu];
        table.push(format!("{depth:>6}   {loss:>13.2e}   {slope:>9.2e}   {relu_loss:>13.2e}   {relu_slope:>9.2e}"));
    }
    board.say(table.join("\n"));
    let [sigmoid, relu] = trained;
    board.at_most("sigmoid, 1 hidden layer: loss", 0.0..=0.1, sigmoid[0][0], Source::Calc);
    board.close("sigmoid, 10 hidden layers: loss, ln 2", 2_f64.ln(), sigmoid[4][0], 1e-3, Source::Calc);
    board.at_most("sigmoid: dL/dW1, 10 layers over 1", 0.0..=1e-4, sigmoid[4][1] / sigmoid[0][1], Source::Calc);
    board.at_most("ReLU with He weights, 10 hidden layers: loss", 0.0..=0.1, relu[4][0], Source::Calc);
    board.at_least("ReLU: dL/dW1, 10 layers over 1", 1e-2..=1e2, relu[4][1] / relu[0][1], Source::Calc);
    board
        .say("Not really: from some depth on, a network of sigmoids learns nothing. The ReLU was made for depth (S5).");
    for (at, name, y) in [(0, "loss", "cross-entropy after training"), (1, "gradient", "norm of dL/dW1 at the start")] {
        let mut picture = Picture::new("The deeper, the better? Not really", "hidden layers", y).log_y();
        for ((label, ..), by_depth) in kinds.into_iter().zip(trained) {
            picture =
                picture.curve(label, DEPTHS.into_iter().zip(by_depth).map(|(depth, ends)| (depth as f64, ends[at])));
        }
        board.picture(name, picture.svg()?);
    }
    Ok(())
}
