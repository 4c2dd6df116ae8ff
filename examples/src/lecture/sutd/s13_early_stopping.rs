//! S13, slides "Under/Over-fitting Problem", "Regularization" and "Early Stopping".

use chainrule_nn::plot::{self, Picture};
use chainrule_nn::prelude::*;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;
use crate::random::Random;

pub(super) const ENTRY: Entry = Entry {
    id: "S13",
    name: "early-stopping",
    group: None,
    lecture: Lecture::Sutd,
    title: "under- and overfitting, and early stopping with the best weights",
    run,
};

const TRAINING: usize = 20;
const VALIDATION: usize = 200;
/// The standard deviation of the noise.
const NOISE: f64 = 0.3;
const EPOCHS: usize = 1500;
const PATIENCE: usize = 200;
const RANGE: std::ops::Range<f64> = -1.0..1.0;

/// What the noisy points are drawn around.
fn truth(x: f64) -> f64 {
    (3.0 * x).sin()
}

/// Points x, and noisy values y.
struct Sample {
    x: Tensor<f64>,
    y: Tensor<f64>,
}

impl Sample {
    fn draw(count: usize, random: &mut Random) -> Self {
        let x = Tensor::from_fn([count, 1], |_| random.uniform(RANGE));
        let y = x.map(|x| truth(x) + NOISE * random.normal());
        Self { x, y }
    }

    fn points(&self) -> impl Iterator<Item = (f64, f64)> {
        self.x.iter().copied().zip(self.y.iter().copied())
    }
}

/// A straight line: too little.
fn line() -> chainrule_nn::Result<Model<f64>> {
    Sequential::default().add(Dense::new(1).input(1)).seed(13).compile(MeanSquaredError, Adam::new(0.003), ())
}

/// Two hidden layers with 4,353 parameters, for twenty points: too much.
fn large() -> chainrule_nn::Result<Model<f64>> {
    Sequential::default()
        .add(Dense::new(64).activation(Tanh).input(1))
        .add(Dense::new(64).activation(Tanh))
        .add(Dense::new(1))
        .seed(13)
        .compile(MeanSquaredError, Adam::new(0.003), ())
}

fn run(board: &mut Board) -> Result<(), Error> {
    let mut random = Random::seeded(13);
    let [training, validation] = [TRAINING, VALIDATION].map(|count| Sample::draw(count, &mut random));
    let fit = || Fit::epochs(EPOCHS).full_batch().validation_data(&validation.x, &validation.y).silent();
    board.say(format!(
        "{TRAINING} points around sin(3x) with noise of deviation {NOISE}, and {VALIDATION} more to validate: on new points no model can bring the\n\
         mean squared error below {NOISE}^2 = {:.2}. Three trainings of at most {EPOCHS} epochs with Adam: a straight line, a net of\n\
         {} parameters, and the same net once more, stopped early.",
        NOISE * NOISE,
        large()?.summary().total(),
    ));

    let mut underfitted = line()?;
    let under = underfitted.fit(&training.x, &training.y, fit())?;
    let mut overfitted = large()?;
    let over = overfitted.fit(&training.x, &training.y, fit())?;
    let mut stopping = EarlyStopping::new().patience(PATIENCE).restore_best_weights();
    let mut stopped = large()?;
    let early = stopped.fit(&training.x, &training.y, fit().callback(&mut stopping))?;

    board.say("Without stopping, the training loss falls on and on; the validation loss falls, turns, and rises:");
    let lowest = least(&over["val_loss"]);
    let end = over["val_loss"][EPOCHS - 1];
    board.at_least("overfitted: validation loss at the end over its minimum", 1.1..=100.0, end / lowest, Source::Calc);
    board.at_most(
        "overfitted: training loss at the end over noise^2",
        0.0..=0.5,
        over["loss"][EPOCHS - 1] / NOISE.powi(2),
        Source::Calc,
    );
    board.say("The line is wrong everywhere, about the points that it was trained on as well:");
    board.at_least(
        "underfitted: training loss at the end over noise^2",
        1.5..=10.0,
        under["loss"][EPOCHS - 1] / NOISE.powi(2),
        Source::Calc,
    );

    board.say(format!(
        "    Fit::epochs({EPOCHS}).callback(EarlyStopping::new().patience({PATIENCE}).restore_best_weights())\n\n\
         stops when {PATIENCE} epochs brought nothing better on the validation points, and goes back to the best weights:",
    ));
    let best = least(&early["val_loss"]);
    let epochs = early.len() as f64;
    board.at_most("epochs trained", 1.0 + PATIENCE as f64..=EPOCHS as f64 - 1.0, epochs, Source::Calc);
    let best_epoch = stopping.best_epoch().map_or(f64::NAN, |epoch| epoch as f64 + 1.0);
    board.exact("epochs trained since the best one", PATIENCE as f64, epochs - best_epoch, Source::Calc);
    let restored = stopped.evaluate(&validation.x, &validation.y)?.loss;
    board.close("validation loss of the restored weights less the minimum", 0.0, restored - best, 1e-12, Source::Calc);
    board.at_least(
        "loss of the last epoch's weights over the minimum",
        1.0 + 1e-6..=10.0,
        early["val_loss"][early.len() - 1] / best,
        Source::Calc,
    );
    let prefix = early["val_loss"].iter().zip(&over["val_loss"]).map(|(early, over)| early - over);
    board.exact("until then both trainings are the same: largest gap", 0.0, farthest(prefix), Source::Calc);

    board.say(format!(
        "                  training loss   validation loss\n\
         underfitted        {:>12.4}      {:>12.4}\n\
         stopped early      {:>12.4}      {restored:>12.4}\n\
         overfitted         {:>12.4}      {end:>12.4}",
        under["loss"][EPOCHS - 1],
        under["val_loss"][EPOCHS - 1],
        stopped.evaluate(&training.x, &training.y)?.loss,
        over["loss"][EPOCHS - 1],
    ));
    let line = under["val_loss"][EPOCHS - 1];
    board.at_least("validation loss: underfitted over stopped early", 1.1..=10.0, line / restored, Source::Calc);
    let picture =
        plot::curves("Twenty noisy points: when to stop", [("loss", &over["loss"]), ("val_loss", &over["val_loss"])])
            .log_y()
            .crosses("stopped here", [(epochs, early["val_loss"][early.len() - 1])])
            .dots("weights restored from here", [(best_epoch, best)]);
    board.picture("curves", picture.svg()?);
    let mut picture = Picture::new("Too little, right, too much", "x", "y")
        .y_range(-2.0..2.0)
        .dots("training points", training.points());
    let x = Tensor::linspace(-1.0, 1.0, 241).reshape([241, 1]);
    for (label, model) in [("underfitted", &underfitted), ("stopped early", &stopped), ("overfitted", &overfitted)] {
        let y = model.predict(&x)?;
        picture = picture.curve(label, x.iter().copied().zip(y.iter().copied()));
    }
    board.picture("fits", picture.dashes("sin(3x)", x.iter().map(|&x| (x, truth(x)))).svg()?);
    Ok(())
}

fn least(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}
