//! U9, hands-on "Classification using MNIST", on the handwritten digits that are embedded: 1797 images of 8 x 8 pixels, a
//! network with one hidden layer, judged on images that it was not trained on.

mod network;

use chainrule::prelude::*;
use chainrule_nn::plot::{Picture, Tile, gallery};

use crate::board::{Board, Source};
use crate::data::{DIGIT_PIXELS, digits};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;
use crate::report::shown;
use network::{BATCH, CLASSES, EPOCHS, HIDDEN, Images, Network, RATE};

pub(super) const ENTRY: Entry = Entry {
    id: "U9",
    name: "digits",
    group: None,
    lecture: Lecture::Um,
    title: "1797 handwritten digits: an MLP on tensors, judged on held-out images",
    run,
};

const TRAINING: usize = 1437;
/// The rate and the number of epochs were chosen with seeds 1 to 6; these had no part in that.
const SEEDS: [u64; 6] = [7, 8, 9, 10, 11, 12];

fn run(board: &mut Board) -> Result<(), Error> {
    let data = digits();
    let all = Images { ink: Tensor::from_rows(&data.pixels) / 16.0, digits: data.digit };
    board.say(format!(
        "Optical Recognition of Handwritten Digits: {} images of 8 x 8 pixels, ink from 0 to 1; {TRAINING} to train on, the\n\
         others held out. z = relu(X W1 + b1) W2 + b2 with widths {DIGIT_PIXELS}, {HIDDEN}, {CLASSES}; the loss is the mean of\n\
         z.softmax_cross_entropy(digits). Mini-batches of {BATCH}, {EPOCHS} epochs, eta = {RATE}. MNIST itself, which is no\n\
         embedded data, follows with the crate for neural networks.",
        all.count(),
    ));
    gradient_by_hand(board, &all.at(&(0..BATCH).collect::<Vec<_>>()));

    let trials = SEEDS.map(|seed| Trial::run(&all, seed));
    let mut table = vec!["seed   training loss   held out   right   accuracy".to_owned()];
    for (trial, seed) in trials.iter().zip(SEEDS) {
        let loss = trial.losses.last().copied().unwrap_or(f64::NAN);
        let (count, right) = (trial.held_out.count(), trial.right());
        table.push(format!("{seed:>4}   {loss:>13.4}   {count:>8}   {right:>5}   {}", shown(trial.accuracy(), 4)));
    }
    board.say(format!("The seed draws the split, the weights at the start, and the order of the images. The rate and the number of epochs\n\
         were chosen with seeds 1 to 6; these here had no part in that.\n\n{}", table.join("\n")));
    let mean = trials.iter().map(Trial::accuracy).sum::<f64>() / SEEDS.len() as f64;
    board.at_least("accuracy on 360 held-out images, mean of six seeds", 0.97..=1.0, mean, Source::Calc);
    let worst = trials.iter().map(|trial| trial.losses.last().copied().unwrap_or(f64::NAN));
    board.at_most("training loss at the end, largest of the six", 0.0..=0.02, farthest(worst), Source::Calc);

    let [first, ..] = &trials;
    board.say(first.confusion());
    board.picture("accuracy", accuracy_curve(&trials).svg()?);
    board.picture("predictions", first.gallery());
    Ok(())
}

/// One training, and what it says of the images held out.
struct Trial {
    held_out: Images,
    predictions: Vec<usize>,
    /// The mean training loss of each epoch.
    losses: Vec<f64>,
    /// The held-out accuracy after each epoch.
    accuracies: Vec<f64>,
}

impl Trial {
    fn run(all: &Images, seed: u64) -> Self {
        let order = Tensor::permutation(all.count(), seed).into_vec();
        let (training, held_out) = (all.at(&order[..TRAINING]), all.at(&order[TRAINING..]));
        let mut network = Network::fresh(seed);
        let mut tape = TensorTape::new();
        let mut trial = Self { held_out, predictions: Vec::new(), losses: Vec::new(), accuracies: Vec::new() };
        for epoch in 0..EPOCHS {
            trial.losses.push(network.train_for_an_epoch(&mut tape, &training, 100 * seed + epoch));
            trial.predictions = network.predictions(&trial.held_out);
            trial.accuracies.push(trial.accuracy());
        }
        trial
    }

    fn right(&self) -> usize {
        self.held_out.digits.iter().zip(&self.predictions).filter(|(digit, prediction)| digit == prediction).count()
    }

    fn accuracy(&self) -> f64 {
        self.right() as f64 / self.held_out.count() as f64
    }

    /// Which digit was called what, in words.
    fn confusion(&self) -> String {
        let mut counts = [[0; CLASSES]; CLASSES];
        for (&digit, &prediction) in self.held_out.digits.iter().zip(&self.predictions) {
            counts[digit][prediction] += 1;
        }
        let row = |name: String, cells: [String; CLASSES]| format!("{name:>4}   {}", cells.join(" "));
        let cell = |count: i32| if count == 0 { "  .".to_owned() } else { format!("{count:>3}") };
        let mut lines = vec![
            format!("Seed {}: a row for each digit, a column for what it was called.\n", SEEDS[0]),
            row(String::new(), std::array::from_fn(|digit| format!("{digit:>3}"))),
        ];
        lines.extend(counts.iter().enumerate().map(|(digit, counts)| row(digit.to_string(), counts.map(cell))));
        lines.join("\n")
    }

    /// The first two dozen of the images held out, and behind them all others that were called wrong.
    fn gallery(&self) -> String {
        let wrong = |&place: &usize| self.predictions[place] != self.held_out.digits[place];
        let places = (0..24).chain((24..self.held_out.count()).filter(wrong));
        let tiles: Vec<Tile> = places
            .map(|place| {
                let (digit, prediction) = (self.held_out.digits[place], self.predictions[place]);
                let caption = if wrong(&place) { format!("{prediction}, is {digit}") } else { format!("{prediction}") };
                let pixels = self.held_out.ink.rows(place..place + 1).to_vec();
                Tile { pixels, width: 8, caption, marked: wrong(&place) }
            })
            .collect();
        gallery("Held-out digits and what the network calls them; red: wrong", 12, &tiles)
    }
}

/// The engine's gradient beside the one that the lectures work out, layer by layer from the output.
fn gradient_by_hand(board: &mut Board, images: &Images) {
    board.say(
        "By hand, for m images: delta2 = (p - y)/m at the scores, dL/dW2 = h^T delta2; delta1 = delta2 W2^T where the hidden\n\
         unit is above 0, else 0; dL/dW1 = X^T delta1; the biases have the column sums. Before training, one mini-batch:",
    );
    let network = Network::fresh(9);
    let (_, slopes) = network.loss(&TensorTape::new(), images);
    let [w1, b1, w2, _] = &network.0;
    let hidden = images.ink.linear(w1, b1).relu();
    let alive = hidden.map(|h| if h > 0.0 { 1.0 } else { 0.0 });
    let surprise = network.probabilities(images) - Tensor::one_hot(&images.labels(), CLASSES);
    let delta2 = surprise / images.count() as f64;
    let delta1 = delta2.matmul(w2.transpose()) * alive;
    let by_hand = [
        ("dL/dW1", images.ink.transpose().matmul(&delta1)),
        ("dL/db1", delta1.sum_along(0)),
        ("dL/dW2", hidden.transpose().matmul(&delta2)),
        ("dL/db2", delta2.sum_along(0)),
    ];
    for ((name, by_hand), slope) in by_hand.into_iter().zip(slopes) {
        // Measured against the largest slope, so that a gradient of zeros cannot agree.
        let gap = farthest((slope - &by_hand).to_vec()) / farthest(by_hand.to_vec());
        board.close(format!("{name} and its formula: largest relative gap"), 0.0, gap, 1e-12, Source::Calc);
    }
}

fn accuracy_curve(trials: &[Trial]) -> Picture {
    trials.iter().zip(SEEDS).fold(
        Picture::new("Handwritten digits", "epoch", "accuracy on the images held out").y_range(0.9..1.0),
        |picture, (trial, seed)| {
            let points = trial.accuracies.iter().enumerate().map(|(epoch, &accuracy)| ((epoch + 1) as f64, accuracy));
            picture.curve(format!("seed {seed}"), points)
        },
    )
}
