//! S11, slide "Mini-batch Training": batch, stochastic and mini-batch gradient descent.

use std::time::{Duration, Instant};

use chainrule::prelude::*;
use chainrule_nn::plot::Picture;

use crate::board::{Board, Source};
use crate::data::{TUMOUR_FEATURES, breast_cancer};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;
use crate::lecture::dense::{Network, cross_entropy, standardised};

pub(super) const ENTRY: Entry = Entry {
    id: "S11",
    name: "batch-sizes",
    group: None,
    lecture: Lecture::Sutd,
    title: "batch, stochastic, mini-batch: three curves, the time of an epoch",
    run,
};

/// Sixteen mini-batches of the slide's 32.
const EXAMPLES: usize = 512;
const SIZES: [(&str, usize); 3] = [("batch", EXAMPLES), ("mini-batch, 32", 32), ("stochastic", 1)];
const EPOCHS: usize = 20;
const RATE: f64 = 0.05;
const SEED: u64 = 11;

fn run(board: &mut Board) -> Result<(), Error> {
    let tumours = breast_cancer();
    let x = standardised(&Tensor::from_rows(&tumours.features));
    let y = Tensor::from_fn([tumours.malignant.len(), 1], |index| f64::from(tumours.malignant[index[0]]));
    // In random order: the file's order might have a meaning.
    let order = Tensor::permutation(tumours.malignant.len(), SEED);
    let all = Examples { x: x.take(0, &order), y: y.take(0, &order) };
    let examples = all.rows(0..EXAMPLES);
    board.say(format!(
        "Batch: the gradient over all examples, one step an epoch. Stochastic: one example a step. Mini-batch: a few, here\n\
         the slide's 32. The data: {EXAMPLES} of the tumours of U8 in random order; the net: {TUMOUR_FEATURES} -> 16 -> 1, tanh, \
         cross-entropy.",
    ));
    equal_means(board, &examples, &all);
    three_curves(board, &examples)
}

struct Examples {
    x: Tensor<f64>,
    y: Tensor<f64>,
}

impl Examples {
    fn count(&self) -> usize {
        self.y.len()
    }

    fn rows(&self, range: std::ops::Range<usize>) -> Self {
        Self { x: self.x.narrow(0, range.clone()), y: self.y.narrow(0, range) }
    }

    /// One after the other, of this size; the last may be smaller.
    fn batches(&self, size: usize) -> Vec<Self> {
        let starts = (0..self.count()).step_by(size);
        starts.map(|start| self.rows(start..(start + size).min(self.count()))).collect()
    }

    fn in_order(&self, order: &Tensor<usize>) -> Self {
        Self { x: self.x.take(0, order), y: self.y.take(0, order) }
    }
}

fn network() -> Network {
    Network::new(&[TUMOUR_FEATURES, 16, 1], |x| x.tanh(), Tensor::glorot_uniform, SEED)
}

/// The gradient of the mean loss of these examples, all parameters in one row.
fn gradient(network: &Network, examples: &Examples) -> Vec<f64> {
    let (_, gradient) = network.gradient(&mut TensorTape::new(), &examples.x, |z| cross_entropy(z, &examples.y));
    gradient.iter().flatten().flat_map(|part| part.to_vec()).collect()
}

/// The mean of the batches' gradients, each counted as often as `weight` says: its farthest number
/// from that of the gradient of all examples.
fn gap(network: &Network, examples: &Examples, size: usize, weight: impl Fn(&Examples) -> f64) -> f64 {
    let whole = gradient(network, examples);
    let batches = examples.batches(size);
    let mut mean = vec![0.0; whole.len()];
    let weights: f64 = batches.iter().map(&weight).sum();
    for batch in &batches {
        for (mean, slope) in mean.iter_mut().zip(gradient(network, batch)) {
            *mean += weight(batch) / weights * slope;
        }
    }
    farthest(mean.iter().zip(&whole).map(|(mean, whole)| mean - whole))
}

fn equal_means(board: &mut Board, examples: &Examples, all: &Examples) {
    board.say(
        "At fixed weights the gradients of an epoch's mini-batches have the batch gradient as their mean, so each is an\n\
         estimate of it; the steps differ because the weights move in between.",
    );
    let untrained = network();
    for size in [1, 32, 128] {
        let gap = gap(&untrained, examples, size, |_| 1.0);
        let what = format!("mean gradient of {} batches of {size}, farthest", EXAMPLES / size);
        board.close(what, 0.0, gap, 1e-12, Source::Calc);
    }
    board.say(
        "That wants equal batches. All 569 make seventeen of 32 and one of 25, whose rows the plain mean counts too much;\n\
         weighted by their rows the means agree again.",
    );
    let plain = gap(&untrained, all, 32, |_| 1.0);
    board.at_least("569 in batches of 32: plain mean, farthest", 1e-6..=1.0, plain, Source::Calc);
    let weighted = gap(&untrained, all, 32, |batch| batch.count() as f64);
    board.close("the same, weighted by rows, farthest", 0.0, weighted, 1e-12, Source::Calc);
}

struct Course {
    /// The loss over all examples before each epoch, and after the last.
    losses: Vec<f64>,
    steps: usize,
    /// The shortest time that an epoch took.
    epoch: Duration,
}

fn train(examples: &Examples, size: usize) -> Course {
    let mut network = network();
    let mut tape = TensorTape::new();
    let mut course = Course { losses: Vec::new(), steps: 0, epoch: Duration::MAX };
    for epoch in 0..EPOCHS {
        course.losses.push(network.gradient(&mut tape, &examples.x, |z| cross_entropy(z, &examples.y)).0);
        let shuffled = examples.in_order(&Tensor::permutation(examples.count(), epoch as u64));
        let batches = shuffled.batches(size);
        let start = Instant::now();
        for batch in &batches {
            network.step(&mut tape, &batch.x, |z| cross_entropy(z, &batch.y), RATE);
            course.steps += 1;
        }
        course.epoch = course.epoch.min(start.elapsed());
    }
    course.losses.push(network.gradient(&mut tape, &examples.x, |z| cross_entropy(z, &examples.y)).0);
    course
}

fn three_curves(board: &mut Board, examples: &Examples) -> Result<(), Error> {
    board.say(format!("{EPOCHS} epochs, eta = {RATE} for all three, the examples shuffled anew for each:"));
    let courses = SIZES.map(|(_, size)| train(examples, size));
    let mut table = vec!["                  steps an epoch   loss at the end   shortest epoch".to_owned()];
    let mut picture =
        Picture::new("The same data, net and rate", "epoch", "loss over all examples").log_y().y_range(5e-3..1.0);
    for ((name, size), course) in SIZES.into_iter().zip(&courses) {
        let (steps, end) = (course.steps / EPOCHS, course.losses[EPOCHS]);
        let micros = course.epoch.as_secs_f64() * 1e6;
        table.push(format!("{name:<16}  {steps:>14}   {end:>15.5}   {micros:>8.0} microseconds"));
        board.exact(format!("steps in {EPOCHS} epochs, {name}"), steps_of(size), course.steps as f64, Source::Calc);
        picture = picture.curve(name, course.losses.iter().enumerate().map(|(epoch, &loss)| (epoch as f64, loss)));
    }
    board.say(table.join("\n"));
    let [batch, mini, stochastic] = &courses;
    let at_end = |course: &Course| course.losses[EPOCHS];
    board.at_most("loss: mini-batch over batch", 0.0..=0.5, at_end(mini) / at_end(batch), Source::Calc);
    board.at_most("loss: stochastic over mini-batch", 0.0..=0.5, at_end(stochastic) / at_end(mini), Source::Calc);
    board.say(
        "More steps an epoch learn more in it. But an epoch of single examples takes its time: \"computationally more\n\
         efficient than SGD\", as the slide has it of mini-batches, whose 32 rows go through each product together.",
    );
    let times = stochastic.epoch.as_secs_f64() / mini.epoch.as_secs_f64();
    board.at_least("time of an epoch: stochastic over mini-batch", 1.5..=1000.0, times, Source::Calc);
    board.picture("curves", picture.svg()?);
    Ok(())
}

fn steps_of(size: usize) -> f64 {
    (EPOCHS * (EXAMPLES / size)) as f64
}
