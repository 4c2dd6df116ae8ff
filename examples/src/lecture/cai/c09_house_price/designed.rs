//! The hidden layer that people design: three notions, and what each is made of.

use chainrule::prelude::*;

use super::market::INPUTS;
use crate::board::{Board, Source};
use crate::gap::farthest;

pub(super) const HIDDEN: usize = 3;
pub(super) const HIDDEN_NAMES: [&str; HIDDEN] = ["family size", "walkability", "school quality"];

/// Row: what is known of a house; column: the notion. Most are 0: walkability does not look at bedrooms.
pub(super) const WEIGHTS: [[f64; HIDDEN]; INPUTS] =
    [[1.0, 0.0, 0.0], [1.5, 0.0, 0.0], [0.0, -4.0, -1.0], [0.0, 0.0, 4.0]];
pub(super) const BIASES: [f64; HIDDEN] = [-3.0, 2.0, -2.0];

/// One house and, for its price, plausible weights of the three notions.
const HOUSE: [f64; INPUTS] = [1.2, 1.0, 0.5, 0.75];
const WORTH: [f64; HIDDEN] = [4.0, 1.5, 2.0];
const BASE: f64 = 0.5;

/// The graph of one house, node by node, and the gradient of its price.
pub(super) fn show(board: &mut Board) {
    board.say(
        "Designed by humans: three notions that a buyer has in mind, each a sigmoid unit of what it depends on.\n\n\
         \u{20}   family size    = sigma(area + 1.5 bedrooms - 3)\n\
         \u{20}   walkability    = sigma(2 - 4 distance)\n\
         \u{20}   school quality = sigma(4 income - distance - 2)\n\
         \u{20}   price          = 4 family size + 1.5 walkability + 2 school quality + .5\n\n\
         As a graph, for area 1.2, bedrooms 1, distance .5, income .75 (units: 100 m2, 3 bedrooms, 10 km, rank):",
    );
    let tape = ScalarTape::traced();
    let [area, bedrooms, distance, income] = tape.vars(HOUSE);
    let family = (area + 1.5 * bedrooms - 3.0).sigmoid().named("family size");
    let walk = (2.0 - 4.0 * distance).sigmoid().named("walkability");
    let school = (4.0 * income - distance - 2.0).sigmoid().named("school quality");
    let price = (WORTH[0] * family + WORTH[1] * walk + WORTH[2] * school + BASE).named("price");
    let [area, bedrooms] = [area.named("area"), bedrooms.named("bedrooms")];
    let [distance, income] = [distance.named("distance"), income.named("income")];
    let gradients = price.backward();
    board.say(tape.table(&gradients).to_string());

    // The same by hand: sigma(-.3), sigma(0), sigma(.5).
    let sigma = |net: f64| 1.0 / (1.0 + (-net).exp());
    let notions = [sigma(-0.3), 0.5, sigma(0.5)];
    for ((name, by_hand), node) in HIDDEN_NAMES.into_iter().zip(notions).zip([family, walk, school]) {
        board.close(name, by_hand, node.value(), 1e-12, Source::Calc);
    }
    let by_hand = 4.0 * notions[0] + 0.75 + 2.0 * notions[2] + 0.5;
    board.close("price", by_hand, price.value(), 1e-12, Source::Calc);
    let slopes = notions.map(|notion| notion * (1.0 - notion));
    let expected = [4.0 * slopes[0], 6.0 * slopes[0], -6.0 * 0.25 - 2.0 * slopes[2], 8.0 * slopes[2]];
    let computed = gradients.of_all([area, bedrooms, distance, income]);
    for ((name, by_hand), slope) in super::market::INPUT_NAMES.into_iter().zip(expected).zip(computed) {
        board.close(format!("dprice/d{name}"), by_hand, slope, 1e-12, Source::Calc);
    }

    let on_tensors = TensorTape::new();
    let x = on_tensors.var(Tensor::from([HOUSE]));
    let hidden = x.linear(Tensor::from(WEIGHTS), Tensor::from(BIASES)).sigmoid();
    let same = hidden.matmul(Tensor::from(WORTH)) + BASE;
    board.close("price, as matrices", price.value(), same.sum().item(), 1e-12, Source::Calc);
    let same = same.sum().backward().of(x);
    let gaps = same.iter().zip(computed).map(|(tensor, scalar)| tensor - scalar);
    board.close("gradient, as matrices, farthest", 0.0, farthest(gaps), 1e-12, Source::Calc);
}
