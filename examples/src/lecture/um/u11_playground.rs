//! U11, slide "Activity (30min)": TensorFlow Playground without its page. "4 datasets. Starts with features x1, x2, zero hidden
//! layer. Try with different hyperparameters: add features, hidden layers, nodes, activation functions. Share with us what you
//! have observed."

mod network;

use chainrule_nn::plot;
use chainrule_nn::prelude::*;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::lecture::Lecture;
use crate::playground::Feature::{self, Product, SinX1, SinX2, X1, X1Squared, X2, X2Squared};
use crate::playground::Pattern::{self, Circle, Spiral, Xor};
use crate::report::shown;
use crate::sheet::sheet;
use network::{Setting, Trial};

pub(super) const ENTRY: Entry = Entry {
    id: "U11",
    name: "playground",
    group: None,
    lecture: Lecture::Um,
    title: "the playground's four data sets: which a network solves, and which not",
    run,
};

const SEEDS: [u64; 3] = [1, 2, 3];
/// From here on a set counts as solved, by the share of test points that are told right.
const SOLVED: f64 = 0.97;
/// Up to here it counts as not solved at all; guessing has 0.5.
const UNSOLVED: f64 = 0.75;

const PLANE: &[Feature] = &[X1, X2];
const BARE: Setting = Setting { features: PLANE, hidden: &[], rate: 0.03, epochs: 200 };
const SMALL: Setting = Setting { features: PLANE, hidden: &[4, 2], rate: 0.03, epochs: 300 };
const DEEP: Setting = Setting { features: PLANE, hidden: &[8, 8, 8], rate: 0.1, epochs: 1000 };
const SQUARES: Setting = Setting { features: &[X1Squared, X2Squared], ..BARE };
const PRODUCT: Setting = Setting { features: &[Product], ..BARE };
const SEVEN: Setting = Setting { features: &Feature::ALL, ..BARE };
const SINES: Setting = Setting { features: &[X1, X2, SinX1, SinX2], hidden: &[8, 8], rate: 0.1, epochs: 1000 };

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(format!(
        "The page's data: 500 points of two classes, -1 and 1, no noise, half of them to train on and half to test with. Its\n\
         network: tanh in every neuron, also the last; the answer is the sign of the output o. Its loss, 1/2 (o - t)^2, and its\n\
         descent, plain, ten points a step. Each setting from {} starts, with new points each; the table has the means.\n\
         Solved: at least {SOLVED} of the test points right. Not solved: at most {UNSOLVED}.",
        SEEDS.len(),
    ));
    let bare = without_hidden_layers(board)?;
    let hidden = with_hidden_layers(board)?;
    with_features(board)?;
    let deep = spiral(board)?;
    let [circle, xor, gauss, _] = hidden;
    board.say("Live in the browser, as experiments 1 to 10: docs/playground.md.");
    decisions(board, &bare, &[circle, xor, gauss, deep])
}

/// One setting on one data set, from every seed.
struct Trials {
    pattern: Pattern,
    setting: Setting,
    runs: Vec<Trial>,
}

impl Trials {
    fn run(pattern: Pattern, setting: Setting) -> Result<Self, Error> {
        let runs = SEEDS.iter().map(|&seed| setting.train(pattern, seed)).collect::<Result<_, _>>()?;
        Ok(Self { pattern, setting, runs })
    }

    fn mean(&self, of: impl Fn(&Trial) -> f64) -> f64 {
        self.runs.iter().map(of).sum::<f64>() / self.runs.len() as f64
    }

    fn accuracy(&self) -> f64 {
        self.mean(|trial| trial.test.accuracy)
    }

    fn what(&self) -> String {
        format!("{} from {}: test accuracy", self.pattern.word(), self.setting)
    }

    fn is_solved(&self, board: &mut Board) {
        board.at_least(self.what(), SOLVED..=1.0, self.accuracy(), Source::Calc);
    }

    fn is_not_solved(&self, board: &mut Board) {
        board.at_most(self.what(), 0.0..=UNSOLVED, self.accuracy(), Source::Calc);
    }
}

fn table(board: &mut Board, rows: &[Trials]) {
    let mut table = vec!["         training loss   test loss   training accuracy   test accuracy".to_owned()];
    for row in rows {
        let (pattern, accuracy) = (row.pattern.word(), row.accuracy());
        let verdict = if accuracy >= SOLVED {
            "solved"
        } else if accuracy <= UNSOLVED {
            "not solved"
        } else {
            "nearly"
        };
        let loss = [row.mean(|trial| trial.training.loss), row.mean(|trial| trial.test.loss)];
        let [training_loss, test_loss] = loss.map(|loss| format!("{loss:.4}"));
        let training = shown(row.mean(|trial| trial.training.accuracy), 3);
        let accuracy = shown(accuracy, 3);
        table.push(format!(
            "{pattern:<8} {training_loss:>13}   {test_loss:>9}   {training:>17}   {accuracy:>13}   {verdict:<10}   {}",
            row.setting,
        ));
    }
    board.say(table.join("\n"));
}

fn without_hidden_layers(board: &mut Board) -> Result<Vec<Trials>, Error> {
    board.say(format!(
        "As the activity starts: features x1 and x2, no hidden layer. The answer changes along one line, and only gauss can be\n\
         cut by a line. ({} epochs, rate {}.) Linear hidden layers would not help: they are one linear layer again (S16).",
        BARE.epochs, BARE.rate,
    ));
    let trials = Pattern::ALL.map(|pattern| Trials::run(pattern, BARE)).into_iter().collect::<Result<Vec<_>, _>>()?;
    table(board, &trials);
    let [circle, xor, gauss, spiral] = &trials[..] else { unreachable!("four data sets") };
    gauss.is_solved(board);
    for unsolved in [circle, xor, spiral] {
        unsolved.is_not_solved(board);
    }
    board.say(
        "Circle and xor have as much of each class on both sides of every line through the middle. The best that is left is to\n\
         say o = 0 everywhere, which costs 1/2 (0 - t)^2 = 1/2 a point:",
    );
    for (name, trials) in [("circle", circle), ("xor", xor)] {
        let loss = trials.mean(|trial| trial.training.loss);
        board.close(format!("{name} from x1, x2 alone: training loss"), 0.5, loss, 0.05, Source::Calc);
    }
    Ok(trials)
}

fn with_hidden_layers(board: &mut Board) -> Result<[Trials; 4], Error> {
    board.say(format!(
        "Two hidden layers, of 4 and 2 neurons, as the page opens with. Every neuron of the first draws a line of its own, those\n\
         behind join them: three or four lines around a disc, two crossing ones for xor. A spiral wants more. ({} epochs.)",
        SMALL.epochs,
    ));
    let [circle, xor, gauss, spiral] = Pattern::ALL.map(|pattern| Trials::run(pattern, SMALL));
    let trials = [circle?, xor?, gauss?, spiral?];
    table(board, &trials);
    for solved in &trials[..3] {
        solved.is_solved(board);
    }
    trials[3].is_not_solved(board);
    Ok(trials)
}

fn with_features(board: &mut Board) -> Result<(), Error> {
    board.say(
        "Or better features, and again no hidden layer. A circle around the middle is x1^2 + x2^2 = r^2: a line, for one who\n\
         sees squares. The sign of x1 x2 is the answer of xor. But no weighted sum of all seven features winds like a spiral.",
    );
    let trials = [Trials::run(Circle, SQUARES)?, Trials::run(Xor, PRODUCT)?, Trials::run(Spiral, SEVEN)?];
    table(board, &trials);
    let [circle, xor, spiral] = &trials;
    circle.is_solved(board);
    xor.is_solved(board);
    spiral.is_not_solved(board);

    let [w1, w2, bias] = circle.runs[0].numbers()[..] else { unreachable!("two features, one neuron") };
    board.say(format!(
        "What the circle's neuron learned, seed {}: o = tanh({} - {} x1^2 - {} x2^2). That is 0 on an ellipse, which lies\n\
         between the disc's edge, at radius 2.5, and the ring's, at 3.5:",
        SEEDS[0],
        shown(bias, 3),
        shown(-w1, 3),
        shown(-w2, 3),
    ));
    for (axis, weight) in [("x1", w1), ("x2", w2)] {
        board.close(format!("half-axis along {axis}"), 3.0, (-bias / weight).sqrt(), 0.5, Source::Calc);
    }
    saturated(board)
}

/// A start from which the circle is not found, though the features are right.
fn saturated(board: &mut Board) -> Result<(), Error> {
    let stuck = SQUARES.train_from(Circle, SEEDS[0], || Init::Constant(0.4))?;
    board.say(
        "These neurons, without a hidden layer, started at 0. The page draws from -1/2 to 1/2, and some of its starts get stuck:\n\
         from w1 = w2 = .4 and b = .1 the neuron calls the ring 1, and is sure of it. At radius 4 it sees .4 * 16 + .1 = 6.5, where\n\
         tanh has the slope 1 - tanh^2 6.5 = .000009: wrong, and hardly a gradient to say so. On the page: press reset.",
    );
    let z = Tensor::<f64>::scalar(0.4 * 16.0 + 0.1);
    board.printed("1 - tanh^2 6.5", ".000009", (1.0 - z.tanh().powi(2)).item(), Source::Calc);
    board.at_most("circle from the squares, stuck: test accuracy", 0.0..=UNSOLVED, stuck.test.accuracy, Source::Calc);
    Ok(())
}

fn spiral(board: &mut Board) -> Result<Trials, Error> {
    board.say(format!(
        "The spiral, with more of everything: three hidden layers of 8 make it out of x1 and x2 alone, or nearly so; with the\n\
         sines as features two such layers do. ({} epochs, rate {}.)",
        DEEP.epochs, DEEP.rate,
    ));
    let trials = [Trials::run(Spiral, DEEP)?, Trials::run(Spiral, SINES)?];
    table(board, &trials);
    let [deep, sines] = trials;
    board.at_least(deep.what(), 0.9..=1.0, deep.accuracy(), Source::Calc);
    sines.is_solved(board);
    Ok(deep)
}

/// Eight pictures: the data sets side by side, without hidden layers above, with hidden layers below.
fn decisions(board: &mut Board, bare: &[Trials], hidden: &[Trials]) -> Result<(), Error> {
    let mut panels = Vec::new();
    for Trials { pattern, setting, runs } in bare.iter().chain(hidden) {
        let trial = &runs[0];
        let title = format!("{}, {}: {}", pattern.word(), setting.layers(), shown(trial.test.accuracy, 3));
        let plane = -6.0..6.0;
        let (places, classes) = trial.test.places();
        let answers = |grid: &Tensor<f64>| trial.answers(grid);
        panels.push(plot::boundary(title, plane.clone(), plane, answers, &places, &classes)?.svg()?);
    }
    let title =
        "Test points and decisions from x1 and x2; orange: 1, blue: -1; behind the colon: test accuracy, seed 1";
    board.picture("decisions", sheet(title, 4, &panels));
    Ok(())
}
