//! MNIST: 784-128-10, or another network.

use chainrule_nn::data::{Dataset, Mnist, mnist};
use chainrule_nn::plot::{self, Tile};
use chainrule_nn::prelude::*;

use super::{confusion, network, predictions};
use crate::board::{Board, Source};
use crate::entry::Error;
use crate::report::shown;

const IMAGES: usize = 10_000;
const SEEDS: [u64; 3] = [1, 2, 3];

/// A network, how it is trained, and the accuracy that it has to reach.
pub(in super::super) struct Recipe {
    pub(in super::super) name: &'static str,
    /// The network of a seed.
    pub(in super::super) network: fn(u64) -> Sequential,
    /// Adam's.
    pub(in super::super) rate: f64,
    pub(in super::super) epochs: usize,
    pub(in super::super) floor: f64,
}

pub(super) const MLP: Recipe =
    Recipe { name: "MLP", network: |seed| network(28, 128, seed), rate: 0.001, epochs: 20, floor: 0.945 };

/// Trains three times, and gives the first model with the test images.
///
/// # Errors
/// [`Error::MissingData`] where there is no MNIST.
pub(in super::super) fn train(board: &mut Board, recipe: &Recipe) -> Result<(Model, Dataset), Error> {
    let Mnist { training, test } = board.load(mnist::<f32>)?;
    let training = training.rows(0..IMAGES.min(training.len()));
    let &Recipe { name, rate, epochs, floor, .. } = recipe;
    let compiled = |seed| (recipe.network)(seed).compile(SparseCategoricalCrossEntropy, Adam::new(rate), [Accuracy]);
    board.say(format!(
        "MNIST: the first {} of its training images, of 28 x 28 pixels, and all {} test images. {epochs} epochs of mini-batches\n\
         of 32.\n\n{}",
        training.len(),
        test.len(),
        compiled(0)?.summary(),
    ));
    let mut first = compiled(SEEDS[0])?;
    let mut table = vec!["seed   training loss   test accuracy".to_owned()];
    let mut sum = 0.0;
    for (seed, verbose) in SEEDS.into_iter().zip([board.verbose(), Verbose::Silent, Verbose::Silent]) {
        let mut other = compiled(seed)?;
        let model = if seed == SEEDS[0] { &mut first } else { &mut other };
        let history = model.fit(&training.x, &training.y, Fit::epochs(epochs).verbose(verbose))?;
        let accuracy = model.evaluate(&test.x, &test.y)?["accuracy"];
        let loss = history.last("loss").unwrap_or(f64::NAN);
        table.push(format!("{seed:>4}   {loss:>13.4}   {:>13}", shown(accuracy, 4)));
        sum += accuracy;
    }
    board.say(table.join("\n"));
    let what = format!("MNIST, {name}: accuracy on the test images, mean of three seeds");
    board.at_least(what, floor..=1.0, sum / SEEDS.len() as f64, Source::Calc);
    Ok((first, test))
}

/// # Errors
/// [`Error::MissingData`] where there is no MNIST.
pub(super) fn show(board: &mut Board, recipe: &Recipe) -> Result<(), Error> {
    let (model, test) = train(board, recipe)?;
    let predicted = model.predict(&test.x)?.argmax(-1);
    let matrix = confusion(board, &format!("MNIST, {}, seed {}", recipe.name, SEEDS[0]), &predicted, &test)?;
    let counts = matrix.counts();
    board.exact("MNIST: images in the matrix", 10_000.0, counts.sum().item(), Source::Calc);
    let title = format!("MNIST, {}, seed {}", recipe.name, SEEDS[0]);
    board.picture("mnist-confusion", plot::confusion(&title, &matrix));
    board.picture("mnist-predictions", predictions(&predicted, &test, 12));
    let [(_, kernel), ..] = &model.weights()[..] else { return Ok(()) };
    let (title, columns, tiles) = match kernel.shape()[..] {
        [_, units] => (format!("What 48 of the {units} hidden units look at"), 12, Tile::units(kernel, [28, 28])),
        _ => ("The filters of the first layer".to_owned(), 8, Tile::units(kernel, [3, 3])),
    };
    board.picture("mnist-weights", plot::weights(&title, columns, &tiles[..tiles.len().min(48)]));
    Ok(())
}
