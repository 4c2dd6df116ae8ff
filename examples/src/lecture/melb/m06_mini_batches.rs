//! M6, slides "Gradient descent Algorithm", "Stochastic gradient descent for perceptron" and "for
//! multiple-layer perceptron".

mod by_fit;

use chainrule::prelude::*;
use chainrule_nn::plot::Picture;

use super::network::{Example, WEIGHTS, by_hand, forward, mean_loss};
use super::perceptron;
use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;
use crate::random::Random;

pub(super) const ENTRY: Entry = Entry {
    id: "M6",
    name: "mini-batches",
    group: None,
    lecture: Lecture::Melb,
    title: "mini-batch gradient descent by hand and by fit; SGD; the perceptron",
    run,
};

const EXAMPLES: usize = 60;
const EPOCHS: usize = 300;
const RATE: f64 = 0.5;

fn run(board: &mut Board) -> Result<(), Error> {
    the_algorithm(board)?;
    by_fit::compare(board)?;
    perceptron_by_sgd(board);
    Ok(())
}

/// Inside a circle or outside, as many of each: what no line can part.
fn ring(random: &mut Random) -> Vec<Example> {
    let places = (0..EXAMPLES).map(|at| {
        let inside = at % 2 == 0;
        let radius = if inside { random.uniform(0.0..0.7) } else { random.uniform(1.0..1.6) };
        let angle = random.uniform(0.0..std::f64::consts::TAU);
        ([radius * angle.cos(), radius * angle.sin()], f64::from(inside))
    });
    places.collect()
}

/// What a training leaves.
struct Course {
    theta: [f64; WEIGHTS],
    /// The weights after each epoch.
    thetas: Vec<[f64; WEIGHTS]>,
    updates: usize,
    /// How often each example was used.
    uses: Vec<usize>,
    /// The mean loss before each epoch, and after the last.
    losses: Vec<f64>,
}

/// All examples, shuffled and split into batches.
fn split(examples: &[Example], batches: usize) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..examples.len()).collect();
    Random::seeded(6).shuffle(&mut order);
    order.chunks(examples.len().div_ceil(batches)).map(<[usize]>::to_vec).collect()
}

/// The slide's algorithm: shuffle and split all examples into B batches; choose initial weights; for
/// each of T epochs, for each batch, one update with the batch's gradient.
fn train(examples: &[Example], batches: usize, epochs: usize) -> Course {
    let batches = split(examples, batches);
    let mut course = Course {
        theta: initial_weights(),
        thetas: Vec::new(),
        updates: 0,
        uses: vec![0; examples.len()],
        losses: Vec::new(),
    };
    let mut tape = ScalarTape::new();
    for _ in 0..epochs {
        course.losses.push(mean_loss(&tape.vars(course.theta), examples).value());
        for batch in &batches {
            tape.clear();
            let theta = tape.vars(course.theta);
            let chosen: Vec<Example> = batch.iter().map(|&at| examples[at]).collect();
            let gradients = mean_loss(&theta, &chosen).backward();
            for (weight, variable) in course.theta.iter_mut().zip(theta) {
                *weight -= RATE * gradients.of(variable);
            }
            course.updates += 1;
            for &at in batch {
                course.uses[at] += 1;
            }
        }
        course.thetas.push(course.theta);
    }
    course.losses.push(mean_loss(&tape.vars(course.theta), examples).value());
    course
}

/// The weights after one epoch by the slide's derivatives, in plain numbers.
fn epoch_by_hand(examples: &[Example], batches: usize) -> [f64; WEIGHTS] {
    let mut theta = initial_weights();
    for batch in split(examples, batches) {
        let before = theta;
        for &at in &batch {
            for (weight, slope) in theta.iter_mut().zip(by_hand(&before, examples[at]).by_theta) {
                *weight -= RATE * slope / batch.len() as f64;
            }
        }
    }
    theta
}

fn initial_weights() -> [f64; WEIGHTS] {
    let mut random = Random::seeded(60);
    [(); WEIGHTS].map(|()| random.normal())
}

fn the_algorithm(board: &mut Board) -> Result<(), Error> {
    board.say(format!(
        "Randomly shuffle and split all {EXAMPLES} training examples into B batches. Choose initial theta.\n\
         For i from 1 to T (epochs):  for j from 1 to B:  theta <- theta - eta * gradient over batch j\n\n\
         B = 1 is gradient descent on all examples; B = {EXAMPLES} is stochastic gradient descent, one example an\n\
         update. The net has two inputs, four hidden units and one output; class 1 lies inside a ring of class 0.\n\
         T = {EPOCHS}, eta = {RATE}.",
    ));
    let examples = ring(&mut Random::seeded(66));
    let mut picture = Picture::new("The same net, data and rate: one, ten, all batches", "epoch", "mean loss").log_y();
    for (batches, name) in [(1, "B = 1"), (10, "B = 10"), (EXAMPLES, "B = 60 (SGD)")] {
        let course = train(&examples, batches, EPOCHS);
        picture = picture.curve(name, course.losses.iter().enumerate().map(|(epoch, &loss)| (epoch as f64, loss)));
        check(board, name, batches, &examples, &course);
    }
    board.say("At the same rate more updates an epoch learn more in it; with B = 1 the net lags far behind (picture).");
    board.picture("losses", picture.svg()?);
    Ok(())
}

fn check(board: &mut Board, name: &str, batches: usize, examples: &[Example], course: &Course) {
    let updates = (EPOCHS * batches) as f64;
    board.exact(format!("updates in T epochs, {name}"), updates, course.updates as f64, Source::Calc);
    let used_else = course.uses.iter().filter(|&&uses| uses != EPOCHS).count();
    board.exact(format!("examples not used T times, {name}"), 0.0, used_else as f64, Source::Calc);
    let one_epoch = epoch_by_hand(examples, batches).into_iter().zip(train(examples, batches, 1).theta);
    let gap = farthest(one_epoch.map(|(by_hand, weight)| by_hand - weight));
    board.close(format!("theta after epoch 1, by hand, {name}"), 0.0, gap, 1e-12, Source::Calc);
    if batches > 1 {
        let accuracy = accuracy(course.theta, examples);
        board.at_least(format!("share classified right, {name}"), 0.95..=1.0, accuracy, Source::Calc);
    }
}

/// The share of examples whose z is on the right side of 1/2.
fn accuracy(theta: [f64; WEIGHTS], examples: &[Example]) -> f64 {
    let tape = ScalarTape::new();
    let theta = tape.vars(theta);
    let right = examples.iter().filter(|&&example| (forward(&theta, example).z >= 0.5) == (example.1 == 1.0));
    right.count() as f64 / examples.len() as f64
}

fn perceptron_by_sgd(board: &mut Board) {
    board.say(
        "Stochastic gradient descent for the perceptron: for each epoch, for each example, one update against the\n\
         gradient of max(0, -y s). Sixty points on both sides of the line 3 x1 - 2 x2 = .5, none nearer than .3:",
    );
    let mut random = Random::seeded(67);
    let mut examples = Vec::with_capacity(EXAMPLES);
    while examples.len() < EXAMPLES {
        let x = [random.uniform(-1.5..1.5), random.uniform(-1.5..1.5)];
        let side = 3.0 * x[0] - 2.0 * x[1] - 0.5;
        if side.abs() >= 0.3 * 13_f64.sqrt() {
            examples.push((x, side.signum()));
        }
    }
    let mut tape = ScalarTape::new();
    let mut weights = [0.1, -0.2, 0.3];
    let epochs = (1..=EPOCHS).find(|_| perceptron::epoch(&mut tape, &mut weights, &examples, 0.1) == 0);
    board.at_most(
        "first epoch without a wrong answer",
        1.0..=100.0,
        epochs.map_or(f64::NAN, |e| e as f64),
        Source::Calc,
    );
    let right = perceptron::right(weights, &examples);
    board.exact("examples right, of 60", EXAMPLES as f64, right as f64, Source::Calc);
}
