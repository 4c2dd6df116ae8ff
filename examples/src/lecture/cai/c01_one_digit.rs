//! C1, slides "MNIST dataset", "Prediction: forward propagation", "Training: backward propagation": 784 -> ... -> 10, and what
//! one digit costs.

use chainrule_nn::data::{Dataset, Mnist, mnist};
use chainrule_nn::metric::classes;
use chainrule_nn::plot::{Picture, Tile, gallery};
use chainrule_nn::prelude::*;

use crate::board::{Board, Source};
use crate::data::digits;
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;
use crate::report::shown;

pub(super) const ENTRY: Entry = Entry {
    id: "C1",
    name: "one-digit",
    group: None,
    lecture: Lecture::Cai,
    title: "784 -> 16 -> 16 -> 10: one digit, its ten outputs, its cost, and backward",
    run,
};

const CLASSES: usize = 10;
const HIDDEN: usize = 16;
const SEED: u64 = 1;

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(format!(
        "Every pixel is an input, every digit an output between 0 and 1; two hidden layers of {HIDDEN} between, sigmoids all\n\
         through, as in 3blue1brown's animation on the slides. The cost is the slide's, L = 1/N sum (y_i - yhat_i)^2 over the ten\n\
         outputs, where y is 1 for the digit that it is, and 0 for the others. Backward, by the chain rule:\n\
         dL/dyhat = 2/N (yhat - y), and through the sigmoid dL/dz = dL/dyhat yhat (1 - yhat). That is the gradient of the ten\n\
         biases of the outputs; from there it goes on, layer by layer.",
    ));
    let [training, held_out] = digits().dataset()?.stratified_split([0.8, 0.2], SEED)?;
    Digits { name: "8 x 8", side: 8, training, held_out, parameters: 1482.0, epochs: 100 }.show(board)?;
    match board.load(mnist) {
        Ok(Mnist { training, test }) => {
            let training = training.rows(0..training.len().min(10_000));
            // 3blue1brown counts them: 13,002.
            let mnist = Digits { name: "MNIST", side: 28, training, held_out: test, parameters: 13_002.0, epochs: 20 };
            mnist.show(board)
        }
        Err(Error::MissingData(reason)) => {
            board.say(format!("MNIST itself is left out. {reason}"));
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Images of digits, and what is known of the network for them.
struct Digits {
    name: &'static str,
    side: usize,
    training: Dataset<f64>,
    held_out: Dataset<f64>,
    parameters: f64,
    epochs: usize,
}

impl Digits {
    fn model(&self) -> Result<Model<f64>, Error> {
        let model = Sequential::default()
            .input([self.side, self.side])
            .add(Flatten)
            .add(Dense::new(HIDDEN).activation(Sigmoid))
            .add(Dense::new(HIDDEN).activation(Sigmoid))
            .add(Dense::new(CLASSES).activation(Sigmoid))
            .seed(SEED)
            .compile(MeanSquaredError, Adam::new(0.01), [CategoricalAccuracy])?;
        Ok(model)
    }

    fn show(&self, board: &mut Board) -> Result<(), Error> {
        let Self { name, side, epochs, .. } = self;
        let [training, held_out] = [self.training.one_hot(CLASSES)?, self.held_out.one_hot(CLASSES)?];
        // Not chosen: the first of those held out.
        let example = held_out.rows(0..1);
        let digit = classes(&wanted(&example)).item();
        let mut model = self.model()?;
        let count = side * side;
        board.say(format!("{name}: {} images to train on, {} held out.", training.len(), held_out.len()));
        board.exact(
            format!("{name}: parameters of {count} -> 16 -> 16 -> 10"),
            self.parameters,
            model.summary().total() as f64,
            Source::Calc,
        );
        let before = Answer::of(&mut model, &example)?;
        before.check(board, &format!("{name}, before"), &example);
        backward(board, name, &model.network, &example);
        let fit = Fit::epochs(*epochs).silent();
        model.fit(&training.x, &training.y, fit)?;
        let after = Answer::of(&mut model, &example)?;
        after.check(board, &format!("{name}, after"), &example);

        let mut table = vec!["digit   y   before   after".to_owned()];
        for class in 0..CLASSES {
            let [before, after] = [&before, &after].map(|answer| answer.outputs.at(&[0, class]));
            table.push(format!("{class:>5}   {}   {before:>6.3}   {after:>5.3}", wanted(&example).at(&[0, class])));
        }
        let accuracy = model.evaluate(&held_out.x, &held_out.y)?["categorical_accuracy"];
        board.say(format!(
            "{}\n\nBefore training: \"utter trash\". After {epochs} epochs (Adam, eta = .01, mini-batches of 32) the cost of this image,\n\
             which was held out, has fallen from {} to {}; {:.1} % of all images held out are told right.",
            table.join("\n"),
            shown(before.cost, 3),
            shown(after.cost, 2),
            100.0 * accuracy,
        ));
        let told = classes(&after.outputs).item();
        board.exact(format!("{name}: the digit with the largest output"), digit as f64, told as f64, Source::Calc);
        board.at_most(format!("{name}: cost, after over before"), 0.0..=0.1, after.cost / before.cost, Source::Calc);
        let word = if *side == 8 { "small" } else { "mnist" };
        let image = example.x.reshape([*side, *side]);
        board.picture(
            &format!("{word}-digit"),
            gallery("One digit, held out", 1, &[Tile::new(&image, digit.to_string())]),
        );
        board.picture(&format!("{word}-outputs"), outputs(name, digit, &example, &before, &after).svg()?);
        Ok(())
    }
}

/// What the ten outputs should be.
fn wanted(example: &Dataset<f64>) -> Tensor<f64> {
    match &example.y {
        Targets::Values(values) => values.clone(),
        Targets::Classes(labels) => Tensor::one_hot(labels, CLASSES),
    }
}

/// What a model says to an image, and what that costs.
struct Answer {
    outputs: Tensor<f64>,
    cost: f64,
}

impl Answer {
    fn of(model: &mut Model<f64>, example: &Dataset<f64>) -> Result<Self, Error> {
        Ok(Self { outputs: model.predict(&example.x)?, cost: model.evaluate(&example.x, &example.y)?.loss })
    }

    /// The cost beside the slide's formula.
    fn check(&self, board: &mut Board, when: &str, example: &Dataset<f64>) {
        let by_hand = (wanted(example) - &self.outputs).powi(2).sum().item() / CLASSES as f64;
        board.close(format!("{when}: cost = 1/N sum (y - yhat)^2"), by_hand, self.cost, 1e-12, Source::Calc);
    }
}

/// The first step back, from the cost to what goes into the output units.
fn backward(board: &mut Board, name: &str, network: &Sequential<f64>, example: &Dataset<f64>) {
    let mut session = Session::new(SEED);
    let pass = session.training();
    let outputs = network.forward(pass.constant(&example.x), &pass);
    pass.backward(MeanSquaredError.of(outputs, &example.y));
    let yhat = outputs.value();
    let slopes = 2.0 / CLASSES as f64 * (&yhat - wanted(example)) * &yhat * (1.0 - &yhat);
    let gradients = session.gradients();
    board.exact(format!("{name}: weights and biases with a gradient"), 6.0, gradients.len() as f64, Source::Calc);
    let gaps = gradients.last().map(|(_, by_biases)| (by_biases - slopes.reshape([CLASSES])).to_vec());
    board.close(
        format!("{name}: dL/db of the outputs and its formula, farthest"),
        0.0,
        farthest(gaps.unwrap_or_default()),
        1e-12,
        Source::Calc,
    );
}

fn outputs(name: &str, digit: usize, example: &Dataset<f64>, before: &Answer, after: &Answer) -> Picture {
    let points = |values: &Tensor<f64>| {
        values.iter().enumerate().map(|(digit, &value)| (digit as f64, value)).collect::<Vec<_>>()
    };
    Picture::new(format!("{name}: the ten outputs for this {digit}"), "digit", "output")
        .x_range(-0.5..9.5)
        .y_range(-0.05..1.05)
        .crosses("wanted", points(&wanted(example)))
        .dots("before", points(&before.outputs))
        .dots("after", points(&after.outputs))
}
