//! S17, slide "Exercise 2: Application to NLP": an architecture for 800 words and five classes.

use chainrule_nn::prelude::*;

use super::s14_sentiment::listing::compiled;
use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "S17",
    name: "architecture",
    group: None,
    lecture: Lecture::Sutd,
    title: "exercise 2: from 800 words to five classes, shapes and parameters",
    run,
};

const WORDS: usize = 800;
const CLASSES: usize = 5;

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(format!(
        "What the task fixes: {WORDS} inputs, one for each word of the vocabulary; {CLASSES} outputs, one for each class, with a\n\
         softmax, since a review is of one class. What is free: what lies between. The slides' answer, two hidden layers of 256\n\
         with dropout (their listing is S14):",
    ));
    let model = compiled(0)?;
    board.say(model.summary().to_string());
    board.say("A dense layer of n inputs and m units has n m weights and m biases; dropout has nothing to learn:");
    let weights = model.weights();
    let count = |layer: &str| -> usize {
        weights.iter().filter(|(name, _)| name.split('.').next() == Some(layer)).map(|(_, value)| value.len()).sum()
    };
    board.exact("dense: 800 x 256 + 256", 205_056.0, count("dense") as f64, Source::Calc);
    board.exact("dense_1: 256 x 256 + 256", 65_792.0, count("dense_1") as f64, Source::Calc);
    board.exact("dense_2: 256 x 5 + 5", 1_285.0, count("dense_2") as f64, Source::Calc);
    board.exact("together", 272_133.0, model.summary().total() as f64, Source::Calc);
    shapes(board, &model)?;
    others(board)
}

/// A batch of 128 on its way through the layers.
fn shapes(board: &mut Board, model: &Model) -> Result<(), Error> {
    let batch = Tensor::uniform([128, WORDS], 0.0, 1.0, 17);
    let shares = model.predict(&batch)?;
    board.say(format!(
        "A batch of 128 reviews: {} in, {} out, each row with the sum 1.",
        batch.shape(),
        shares.shape()
    ));
    board.exact("rows that come out", 128.0, shares.shape()[0] as f64, Source::Calc);
    board.exact("columns that come out", 5.0, shares.shape()[1] as f64, Source::Calc);
    let sums = farthest(shares.sum_along(-1).iter().map(|&sum| f64::from(sum) - 1.0));
    board.close("sums of rows, farthest from 1", 0.0, sums, 1e-6, Source::Calc);
    Ok(())
}

/// How large other answers to the exercise are.
fn others(board: &mut Board) -> Result<(), Error> {
    board.say(
        "Other answers, for their size. Most of it lies in the first layer, where each word has a weight to every unit;\n\
         8,544 sentences have to settle them all.",
    );
    let answers: [(&str, &[usize], usize); 4] = [
        ("none", &[], 800 * 5 + 5),
        ("16", &[16], 801 * 16 + 17 * 5),
        ("256", &[256], 801 * 256 + 257 * 5),
        ("256, 256, 256", &[256, 256, 256], 801 * 256 + 2 * 257 * 256 + 257 * 5),
    ];
    for (name, hidden, expected) in answers {
        let network = Sequential::new().input(WORDS);
        let network = hidden.iter().fold(network, |network, &units| network.add(Dense::new(units).activation(Relu)));
        let mut network = network.add(Dense::new(CLASSES).activation(Softmax));
        network.build()?;
        let total = network.summary().total();
        board.exact(format!("hidden layers: {name}"), expected as f64, total as f64, Source::Calc);
    }
    Ok(())
}
