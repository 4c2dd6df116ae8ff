//! C9, slides "Why multiple layers?": a house price model whose hidden features are "designed by
//! humans", and one whose are "designed by machines".

mod designed;
mod market;

use chainrule::prelude::*;
use chainrule_nn::plot::Picture;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;
use crate::lecture::dense::Network;
use designed::{BIASES, HIDDEN, HIDDEN_NAMES, WEIGHTS};
use market::{INPUT_NAMES, INPUTS, Market};

pub(super) const ENTRY: Entry = Entry {
    id: "C9",
    name: "house-price",
    group: None,
    lecture: Lecture::Cai,
    title: "house prices: hidden features by humans and by machines",
    run,
};

const HOUSES: usize = 200;
const STEPS: usize = 6000;
const RATE: f64 = 0.1;
const SEED: u64 = 9;

fn run(board: &mut Board) -> Result<(), Error> {
    designed::show(board);
    let (known, new) = (Market::drawn(HOUSES, SEED), Market::drawn(HOUSES, SEED + 1));
    board.say(format!(
        "Now both learn from {HOUSES} houses (made up: their prices come from a formula that neither network can say exactly,\n\
         and chance of deviation .15). The human's network keeps its hidden layer and learns what each notion is worth;\n\
         the machine's, {INPUTS} -> {HIDDEN} -> 1 as well, learns its hidden layer too. {STEPS} steps each, eta = {RATE}.",
    ));
    let human = train(human(), &known, 1);
    let machine = train(machine(), &known, 2);
    compare(board, &human, &machine, &known, &new);
    what_they_became(board, &machine, &known);
    board.picture("prices", prices(&human, &machine, &new)?);
    board.picture("units", units(&machine)?);
    Ok(())
}

/// The designed hidden layer, and no notion worth anything yet.
fn human() -> Network {
    let mut network = machine();
    network.layers[0] = [Tensor::from(WEIGHTS), Tensor::from(BIASES)];
    network
}

fn machine() -> Network {
    Network::new(&[INPUTS, HIDDEN, 1], |x| x.sigmoid(), Tensor::glorot_normal, SEED)
}

/// Gradient descent on the mean squared error, of the last `learning` layers alone.
fn train(mut network: Network, market: &Market, learning: usize) -> Network {
    let mut tape = TensorTape::new();
    let fixed = network.layers.len() - learning;
    for _ in 0..STEPS {
        let (_, gradient) = network.gradient(&mut tape, &market.x, |price| (price - &market.price).powi(2).mean());
        tape.clear();
        for (layer, gradient) in network.layers.iter_mut().zip(gradient).skip(fixed) {
            for (parameter, slope) in layer.iter_mut().zip(gradient) {
                *parameter -= slope * RATE;
            }
        }
    }
    network
}

fn error(network: &Network, market: &Market) -> f64 {
    (network.predict(&market.x) - &market.price).powi(2).mean().item()
}

fn compare(board: &mut Board, human: &Network, machine: &Network, known: &Market, new: &Market) {
    let spread = known.price.var_along(.., 0).item();
    let mut table = vec!["mean squared error      known houses   new houses".to_owned()];
    for (name, network) in [("designed by humans", human), ("designed by machines", machine)] {
        table.push(format!("{name:<20}   {:>13.4}   {:>10.4}", error(network, known), error(network, new)));
    }
    table.push(format!("{:<20}   {spread:>13.4}", "the mean price, always"));
    board.say(table.join("\n"));
    board.at_most("human's error over the prices' variance", 0.0..=0.3, error(human, known) / spread, Source::Calc);
    let ratio = |market| error(machine, market) / error(human, market);
    board.at_most("machine's error over human's, known houses", 0.0..=1.0, ratio(known), Source::Calc);
    board.at_most("machine's error over human's, new houses", 0.0..=1.0, ratio(new), Source::Calc);
    let (_, left) = human.gradient(&mut TensorTape::new(), &known.x, |price| (price - &known.price).powi(2).mean());
    let left = left[1].iter().flat_map(Tensor::to_vec);
    board.close("gradient left to the human's last layer, farthest", 0.0, farthest(left), 1e-6, Source::Calc);
    let kept = human.layers[0][0] == Tensor::from(WEIGHTS) && human.layers[0][1] == Tensor::from(BIASES);
    board.exact("the human's hidden layer is as designed", 1.0, f64::from(kept), Source::Calc);
}

/// The numbers of the hidden layer, one row for each house.
fn hidden(network: &Network, x: &Tensor<f64>) -> Tensor<f64> {
    let [weights, biases] = &network.layers[0];
    x.linear(weights, biases).sigmoid()
}

fn what_they_became(board: &mut Board, machine: &Network, known: &Market) {
    board.say("What the machine's hidden units became: their correlation, over the houses, with the human's notions.");
    let standardised = |x: Tensor<f64>| crate::lecture::dense::standardised(&x);
    let (own, notions) = (standardised(hidden(machine, &known.x)), standardised(hidden(&human(), &known.x)));
    let correlations = own.transpose().matmul(&notions) / HOUSES as f64;
    let mut table = vec![format!("          {}", HIDDEN_NAMES.map(|name| format!("{name:>14}")).join(" "))];
    for unit in 0..HIDDEN {
        let row = [0, 1, 2].map(|notion| format!("{:>14.2}", correlations.at(&[unit, notion])));
        table.push(format!("unit {}    {}", unit + 1, row.join(" ")));
    }
    board.say(table.join("\n"));
    // A mixture: beside the notion that it is likest, a unit has a good part of another.
    let size = correlations.abs();
    let second = |unit: usize| {
        let mut row = [0, 1, 2].map(|notion| size.at(&[unit, notion]));
        row.sort_by(f64::total_cmp);
        row[1]
    };
    let mixed = farthest([0, 1, 2].map(second));
    board.at_least("most that a unit has of a second notion", 0.2..=1.0, mixed, Source::Calc);
    board.say(
        "The machine's units mix what people keep apart: nobody told it what a school is. The picture shows the weights\n\
         with which each looks at the house, turned so that more means dearer.",
    );
}

/// Prices of new houses, predicted against real.
fn prices(human: &Network, machine: &Network, new: &Market) -> chainrule_nn::Result<String> {
    let points = |network: &Network| -> Vec<(f64, f64)> {
        new.price.iter().copied().zip(network.predict(&new.x).to_vec()).collect()
    };
    Picture::new("200 new houses", "price", "predicted price")
        .dots("designed by humans", points(human))
        .crosses("by machines", points(machine))
        .dashes("right", [(0.5, 0.5), (8.0, 8.0)])
        .svg()
}

/// With which weights each hidden unit looks at a house.
fn units(machine: &Network) -> chainrule_nn::Result<String> {
    let names = INPUT_NAMES.join(", ");
    let mut picture = Picture::new("What each hidden unit looks at", format!("1 to 4: {names}"), "weight");
    let points = |weights: &Tensor<f64>, unit: usize, sign: f64| -> Vec<(f64, f64)> {
        (0..INPUTS).map(|input| ((input + 1) as f64, sign * weights.at(&[input, unit]))).collect()
    };
    for (notion, name) in HIDDEN_NAMES.into_iter().enumerate() {
        picture = picture.dashes(format!("{name} (human)"), points(&Tensor::from(WEIGHTS), notion, 1.0));
    }
    for unit in 0..HIDDEN {
        let worth = machine.layers[1][0].at(&[unit, 0]);
        picture =
            picture.curve(format!("unit {} (machine)", unit + 1), points(&machine.layers[0][0], unit, worth.signum()));
    }
    picture.svg()
}
