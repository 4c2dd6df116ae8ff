//! U9, hands-on "Classification using MNIST": on the handwritten digits that are embedded, 1797 images of 8 x 8 pixels, and on
//! MNIST itself where it is there. A network with one hidden layer, judged on images that it was not trained on.

mod by_hand;
pub(super) mod mnist;

use chainrule_nn::data::Dataset;
use chainrule_nn::metric::ConfusionMatrix;
use chainrule_nn::plot::{self, Picture, Tile, gallery};
use chainrule_nn::prelude::*;

use super::u10_convolution::CNN;
use crate::board::{Board, Source};
use crate::data::digits;
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;
use crate::report::shown;

pub(super) const ENTRY: Entry = Entry {
    id: "U9",
    name: "digits",
    group: Some("mnist"),
    lecture: Lecture::Um,
    title: "handwritten digits, embedded and MNIST: an MLP, judged on held-out images",
    run,
};

/// The entry as `mnist --cnn` wants it: the convolutional network of U10, on MNIST alone.
pub(super) const WITH_CNN: Entry = Entry { title: "MNIST by a convolutional network", run: by_cnn, ..ENTRY };

fn by_cnn(board: &mut Board) -> Result<(), Error> {
    mnist::show(board, &CNN)
}

const CLASSES: usize = 10;
const EPOCHS: usize = 100;
/// The number of epochs was chosen with seeds 1 to 6; these had no part in that.
const SEEDS: [u64; 6] = [7, 8, 9, 10, 11, 12];

/// Pixels, `hidden` units, ten shares.
fn network<T: Element>(side: usize, hidden: usize, seed: u64) -> Sequential<T> {
    Sequential::default()
        .input([side, side])
        .add(Flatten)
        .add(Dense::new(hidden).activation(Relu))
        .add(Dense::new(CLASSES).activation(Softmax))
        .seed(seed)
}

fn run(board: &mut Board) -> Result<(), Error> {
    by_hand::compare(board)?;
    embedded(board)?;
    match mnist::show(board, &mnist::MLP) {
        Err(Error::MissingData(reason)) => board.say(format!("MNIST itself is left out. {reason}")),
        shown => shown?,
    }
    Ok(())
}

/// The 1797 digits.
fn embedded(board: &mut Board) -> Result<(), Error> {
    let all = digits().dataset()?;
    board.say(format!(
        "Optical Recognition of Handwritten Digits: {} images of 8 x 8 pixels, ink from 0 to 1; four fifths to train on, the\n\
         others held out. Cross-entropy, Adam, mini-batches of 32, {EPOCHS} epochs.\n\n{}",
        all.len(),
        network::<f32>(8, 64, 0).compile(SparseCategoricalCrossEntropy, Adam::default(), ())?.summary(),
    ));
    let trials = SEEDS.iter().map(|&seed| Trial::run(&all, seed)).collect::<Result<Vec<Trial>, _>>()?;
    let mut table = vec!["seed   training loss   held out   accuracy".to_owned()];
    for (trial, seed) in trials.iter().zip(SEEDS) {
        let (loss, count) = (trial.loss(), trial.held_out.len());
        table.push(format!("{seed:>4}   {loss:>13.4}   {count:>8}   {}", shown(trial.score["accuracy"], 4)));
    }
    board.say(format!(
        "The seed draws the split, the weights at the start, and the order of the images. The number of epochs was chosen with\n\
         seeds 1 to 6; these here had no part in that.\n\n{}",
        table.join("\n"),
    ));
    let mean = trials.iter().map(|trial| trial.score["accuracy"]).sum::<f64>() / SEEDS.len() as f64;
    board.at_least("accuracy on held-out images, mean of six seeds", 0.97..=1.0, mean, Source::Calc);
    let worst = farthest(trials.iter().map(Trial::loss));
    board.at_most("training loss at the end, largest of the six", 0.0..=0.02, worst, Source::Calc);
    board.picture("accuracy", accuracy_curve(&trials).svg()?);
    trials[0].hang_up(board)
}

/// One training, and what it says of the images held out.
struct Trial {
    held_out: Dataset,
    model: Model,
    history: History,
    score: Score,
}

impl Trial {
    fn run(all: &Dataset, seed: u64) -> Result<Self, Error> {
        let [training, held_out] = all.stratified_split([0.8, 0.2], seed)?;
        let mut model = network(8, 64, seed).compile(SparseCategoricalCrossEntropy, Adam::default(), [Accuracy])?;
        // Watched for the picture; nothing is chosen by it.
        let fit = Fit::epochs(EPOCHS).validation_data(&held_out.x, &held_out.y).silent();
        let history = model.fit(&training.x, &training.y, fit)?;
        let score = model.evaluate(&held_out.x, &held_out.y)?;
        Ok(Self { held_out, model, history, score })
    }

    /// The training loss of the last epoch.
    fn loss(&self) -> f64 {
        self.history.last("loss").unwrap_or(f64::NAN)
    }

    fn hang_up(&self, board: &mut Board) -> Result<(), Error> {
        let predicted = self.model.predict(&self.held_out.x)?.argmax(-1);
        let matrix = confusion(board, &format!("Seed {}", SEEDS[0]), &predicted, &self.held_out)?;
        board.exact("images in the matrix", self.held_out.len() as f64, matrix.counts().sum().item(), Source::Calc);
        board.picture("predictions", predictions(&predicted, &self.held_out, 12));
        let [(_, kernel), ..] = &self.model.weights()[..] else { return Ok(()) };
        let title = "What each of the 64 hidden units looks at";
        board.picture("weights", plot::weights(title, 16, &Tile::units(kernel, [8, 8])));
        Ok(())
    }
}

/// The classes of labelled images.
fn labels<T: Element>(images: &Dataset<T>) -> Tensor<usize> {
    match &images.y {
        Targets::Classes(labels) => labels.clone(),
        Targets::Values(one_hot) => one_hot.argmax(-1),
    }
}

fn confusion(
    board: &mut Board,
    name: &str,
    predicted: &Tensor<usize>,
    images: &Dataset,
) -> Result<ConfusionMatrix, Error> {
    let matrix = ConfusionMatrix::of(predicted, &labels(images), CLASSES)?;
    board.say(format!("{name}, held-out images:\n\n{matrix}"));
    Ok(matrix)
}

/// The first two rows of images, and behind them others that were called wrong, eight rows at most.
fn predictions(predicted: &Tensor<usize>, images: &Dataset, columns: usize) -> String {
    let labels = labels(images);
    let tiles = images.x.outer_iter().zip(predicted.iter().zip(&labels)).enumerate();
    let tiles = tiles.filter(|(place, (_, (predicted, label)))| *place < 2 * columns || predicted != label);
    let tiles: Vec<Tile> = tiles
        .take(8 * columns)
        .map(|(_, (image, (predicted, label)))| {
            let marked = predicted != label;
            let caption = if marked { format!("{predicted}, is {label}") } else { predicted.to_string() };
            Tile { marked, ..Tile::new(&image, caption) }
        })
        .collect();
    gallery("Held-out digits and what the network calls them; red: wrong", columns, &tiles)
}

fn accuracy_curve(trials: &[Trial]) -> Picture {
    let picture = Picture::new("Handwritten digits", "epoch", "accuracy on the images held out").y_range(0.9..1.0);
    trials.iter().zip(SEEDS).fold(picture, |picture, (trial, seed)| {
        let accuracies = trial.history["val_accuracy"].iter().enumerate();
        picture.curve(format!("seed {seed}"), accuracies.map(|(epoch, &accuracy)| ((epoch + 1) as f64, accuracy)))
    })
}
