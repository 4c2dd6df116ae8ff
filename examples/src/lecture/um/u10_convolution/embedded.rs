//! The 1797 embedded digits: a network of convolutions beside one of dense layers.

use chainrule_nn::data::Dataset;
use chainrule_nn::plot::{self, Tile};
use chainrule_nn::prelude::*;

use super::maps;
use crate::board::{Board, Source};
use crate::data::digits;
use crate::entry::Error;
use crate::report::shown;

const EPOCHS: usize = 40;
/// As many as give the MLP no fewer parameters than the CNN has.
const HIDDEN: usize = 133;
const SEEDS: [u64; 3] = [7, 8, 9];

fn cnn(seed: u64) -> Sequential {
    Sequential::new()
        .input([8, 8])
        .add(Reshape::new([8, 8, 1]))
        .add(Conv2d::new(16, 3).same().activation(Relu))
        .add(MaxPool2d::new(2))
        .add(Conv2d::new(32, 3).same().activation(Relu))
        .add(Flatten)
        .add(Dense::new(10).activation(Softmax))
        .seed(seed)
}

fn mlp(seed: u64) -> Sequential {
    Sequential::new()
        .input([8, 8])
        .add(Flatten)
        .add(Dense::new(HIDDEN).activation(Relu))
        .add(Dense::new(10).activation(Softmax))
        .seed(seed)
}

fn compiled(network: Sequential) -> Result<Model, Error> {
    Ok(network.compile(SparseCategoricalCrossEntropy, Adam::default(), [Accuracy])?)
}

pub(super) fn show(board: &mut Board) -> Result<(), Error> {
    let all = digits().dataset::<f32>()?;
    let [convolutions, dense] = [compiled(cnn(0))?, compiled(mlp(0))?].map(|model| model.summary());
    board.say(format!(
        "A network of such layers, on the digits of U9. A pool keeps the largest of each 2 x 2 pixels: the image gets smaller,\n\
         and a window of the next convolution sees twice as far.\n\n{convolutions}\n\n\
         Beside it the MLP, with {HIDDEN} hidden units no smaller than the CNN:\n\n{dense}",
    ));
    // 3*3*1*16 + 16, 3*3*16*32 + 32, 4*4*32*10 + 10; 64*133 + 133, 133*10 + 10.
    board.exact("parameters of the CNN", 9930.0, convolutions.total() as f64, Source::Calc);
    board.exact("parameters of the MLP", 9985.0, dense.total() as f64, Source::Calc);

    let mut table = vec!["seed   held out      MLP      CNN".to_owned()];
    let (mut means, mut first) = ([0.0, 0.0], None);
    for seed in SEEDS {
        let [training, held_out] = all.stratified_split([0.8, 0.2], seed)?;
        let (_, by_mlp) = trained(mlp(seed), &training, &held_out)?;
        let (model, by_cnn) = trained(cnn(seed), &training, &held_out)?;
        for (mean, accuracy) in means.iter_mut().zip([by_mlp, by_cnn]) {
            *mean += accuracy / SEEDS.len() as f64;
        }
        let [mlp, cnn] = [by_mlp, by_cnn].map(|accuracy| shown(accuracy, 4));
        table.push(format!("{seed:>4}   {:>8}   {mlp:>6}   {cnn:>6}", held_out.len()));
        first.get_or_insert((model, held_out));
    }
    let [mlp, cnn] = means;
    board.say(format!(
        "The same split, seeds, optimizer (Adam, mini-batches of 32) and {EPOCHS} epochs for both. Accuracy on held-out images:\n\n{}",
        table.join("\n"),
    ));
    board.at_least("MLP: accuracy, mean of three seeds", 0.96..=1.0, mlp, Source::Calc);
    board.at_least("CNN: accuracy, mean of three seeds", 0.97..=1.0, cnn, Source::Calc);
    let fewer = (1.0 - mlp) / (1.0 - cnn);
    board.say(format!("For each digit that the CNN calls wrong, the MLP calls {} wrong.", shown(fewer, 2)));
    board.at_least("CNN less MLP, above 0", 1e-6..=1.0, cnn - mlp, Source::Calc);
    let Some((model, held_out)) = first else { return Ok(()) };
    hang_up(board, &model, &held_out)
}

fn trained(network: Sequential, training: &Dataset, held_out: &Dataset) -> Result<(Model, f64), Error> {
    let mut model = compiled(network)?;
    model.fit(&training.x, &training.y, Fit::epochs(EPOCHS).silent())?;
    let accuracy = model.evaluate(&held_out.x, &held_out.y)?["accuracy"];
    Ok((model, accuracy))
}

fn hang_up(board: &mut Board, model: &Model, held_out: &Dataset) -> Result<(), Error> {
    let Some(kernel) = model.network.weight("conv2d.weights") else { return Ok(()) };
    let title = "The 16 filters of the first layer, seed 7";
    board.picture("filters", plot::weights(title, 8, &Tile::units(&kernel, [3, 3])));
    let title = "A held-out digit, and what each of the 16 filters sees in it";
    board.picture("maps", maps(title, model, &held_out.x.rows(0..1), 9)?);
    Ok(())
}
