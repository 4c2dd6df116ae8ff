//! MNIST: 784, 128, 10.

use chainrule_nn::data::{Mnist, mnist};
use chainrule_nn::plot::{self, Tile};
use chainrule_nn::prelude::*;

use super::{confusion, network, predictions};
use crate::board::{Board, Source};
use crate::entry::Error;
use crate::report::shown;

const IMAGES: usize = 10_000;
const HIDDEN: usize = 128;
const EPOCHS: usize = 20;
const SEEDS: [u64; 3] = [1, 2, 3];

/// # Errors
/// [`Error::MissingData`] where there is no MNIST.
pub(super) fn show(board: &mut Board) -> Result<(), Error> {
    let Mnist { training, test } = board.load(mnist::<f32>)?;
    let training = training.rows(0..IMAGES.min(training.len()));
    let compiled = |seed| network(28, HIDDEN, seed).compile(SparseCategoricalCrossEntropy, Adam::default(), [Accuracy]);
    board.say(format!(
        "MNIST: the first {} of its training images, of 28 x 28 pixels, and all {} test images. {EPOCHS} epochs of mini-batches\n\
         of 32.\n\n{}",
        training.len(),
        test.len(),
        compiled(0)?.summary(),
    ));
    let mut first = None;
    let mut table = vec!["seed   training loss   test accuracy".to_owned()];
    let mut sum = 0.0;
    for (seed, verbose) in SEEDS.into_iter().zip([board.verbose(), Verbose::Silent, Verbose::Silent]) {
        let mut model = compiled(seed)?;
        let fit = Fit::epochs(EPOCHS).verbose(verbose);
        let history = model.fit(&training.x, &training.y, fit)?;
        let accuracy = model.evaluate(&test.x, &test.y)?["accuracy"];
        let loss = history.last("loss").unwrap_or(f64::NAN);
        table.push(format!("{seed:>4}   {loss:>13.4}   {:>13}", shown(accuracy, 4)));
        sum += accuracy;
        first.get_or_insert(model);
    }
    board.say(table.join("\n"));
    board.at_least(
        "MNIST: accuracy on the test images, mean of three seeds",
        0.945..=1.0,
        sum / SEEDS.len() as f64,
        Source::Calc,
    );

    let Some(model) = first else { return Ok(()) };
    let predicted = model.predict(&test.x)?.argmax(-1);
    let matrix = confusion(board, "MNIST, seed 1", &predicted, &test)?;
    let counts = matrix.counts();
    board.exact("MNIST: images in the matrix", 10_000.0, counts.sum().item(), Source::Calc);
    board.picture("mnist-confusion", plot::confusion("MNIST, seed 1", &matrix));
    board.picture("mnist-predictions", predictions(&predicted, &test, 12));
    let [(_, kernel), ..] = &model.weights()[..] else { return Ok(()) };
    let tiles = &Tile::units(kernel, [28, 28])[..48];
    board.picture("mnist-weights", plot::weights("What 48 of the 128 hidden units look at", 12, tiles));
    Ok(())
}
