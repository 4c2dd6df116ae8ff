//! U10, slides "Example - Tabular Data" and "Convolutional Neural Network": rows of features and images, a convolution by hand,
//! and a network of convolutions beside one of dense layers on the same digits: the embedded ones, and MNIST where it is there.

mod by_hand;
mod embedded;
mod shapes;

use chainrule_nn::plot::{Tile, gallery};
use chainrule_nn::prelude::*;

use super::u09_digits::mnist::{self, Recipe};
use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "U10",
    name: "convolution",
    group: None,
    lecture: Lecture::Um,
    title: "a convolution by hand; on the same digits a CNN beats the MLP",
    run,
};

/// The network for MNIST, which `-- mnist --cnn` trains too.
pub(super) const CNN: Recipe = Recipe {
    name: "CNN",
    network: |seed| {
        Sequential::new()
            .input([28, 28])
            .add(Reshape::new([28, 28, 1]))
            .add(Conv2d::new(16, 3).activation(Relu))
            .add(MaxPool2d::new(2))
            .add(Conv2d::new(32, 3).activation(Relu))
            .add(MaxPool2d::new(2))
            .add(Flatten)
            .add(Dense::new(64).activation(Relu))
            .add(Dense::new(10).activation(Softmax))
            .seed(seed)
    },
    rate: 0.002,
    epochs: 4,
    floor: 0.97,
};

fn run(board: &mut Board) -> Result<(), Error> {
    shapes::show(board)?;
    by_hand::show(board);
    embedded::show(board)?;
    match on_mnist(board) {
        Err(Error::MissingData(reason)) => board.say(format!("MNIST itself is left out. {reason}")),
        shown => shown?,
    }
    Ok(())
}

fn on_mnist(board: &mut Board) -> Result<(), Error> {
    let (model, test) = mnist::train(board, &CNN)?;
    // Among the MLP's 784-128-10 weights: 784 * 128 + 128 + 128 * 10 + 10.
    let fewer = 101_770.0 - model.summary().total() as f64;
    board.at_least("MNIST: parameters less than the MLP of U9 has", 1.0..=101_770.0, fewer, Source::Calc);
    let title = "A seven of MNIST, and what the 16 filters of the first layer make of it";
    board.picture("mnist-maps", maps(title, &model, &test.x.rows(0..1), 9)?);
    Ok(())
}

/// An image, and behind it what each filter of the first layer sees in it: white nothing, black the most.
fn maps(title: &str, model: &Model, image: &Tensor<f32>, columns: usize) -> Result<String, Error> {
    let (maps, _) = model.network.predict_until("max_pool2d", image)?;
    let [_, height, width, filters] = maps.shape()[..] else { unreachable!("a batch of images") };
    let largest = maps.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    let mut tiles = vec![Tile::new(&image.reshape([image.shape()[1], image.shape()[2]]), "image")];
    for filter in 0..filters {
        let map = Tensor::from_fn([height, width], |at| maps.at(&[0, at[0], at[1], filter]) / largest);
        tiles.push(Tile::new(&map, (filter + 1).to_string()));
    }
    Ok(gallery(title, columns, &tiles))
}
