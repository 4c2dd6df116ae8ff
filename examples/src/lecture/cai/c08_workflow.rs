//! C8, slide "General Workflow of ML/DL": data, split, normalise, define, train, evaluate, improve.

use chainrule_nn::data::{Dataset, Standardizer};
use chainrule_nn::metric::classes;
use chainrule_nn::plot;
use chainrule_nn::prelude::*;

use crate::board::{Board, Source};
use crate::data::{DIGIT_NAMES, DIGIT_PIXELS, digits};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "C8",
    name: "workflow",
    group: None,
    lecture: Lecture::Cai,
    title: "the general workflow, end to end: from the data to the last test",
    run,
};

const SHARES: [f64; 3] = [0.7, 0.2, 0.1];
const SEED: u64 = 8;

/// The digits in the three parts, inputs normalised.
struct Parts {
    training: Dataset,
    validation: Dataset,
    test: Dataset,
}

fn run(board: &mut Board) -> Result<(), Error> {
    let parts = data(board)?;
    let baseline = baseline(board, &parts)?;
    let best = improve(board, &parts, baseline)?;
    test(board, &parts, best)
}

/// 1 to 3: data, split, normalise.
fn data(board: &mut Board) -> Result<Parts, Error> {
    let digits = digits();
    let pixels = Tensor::from_rows(&digits.pixels);
    let data = Dataset::new(pixels.cast::<f32>(), Tensor::new([digits.digit.len()], digits.digit))?;
    board.say(format!(
        "1. Data: {} handwritten digits of 8 x 8 pixels. Look at them before anything else (U9 draws some): are they\n   \
         complete, are the classes balanced? Here each digit makes about a tenth.\n\
         2. Split, each part with its share of every digit: 70 % to train, 20 % to choose by, 10 % put away for the end.",
        data.len()
    ));
    let all = counts(&data);
    board.at_least(
        "rarest digit, share of a tenth",
        0.95..=1.0,
        least(&all) / (data.len() as f64 / 10.0),
        Source::Calc,
    );
    let mut parts = data.stratified_split(SHARES, SEED)?;
    board.exact("rows in the three parts", 1797.0, parts.iter().map(Dataset::len).sum::<usize>() as f64, Source::Calc);
    let off = parts.iter().zip(SHARES).flat_map(|(part, share)| {
        counts(part).into_iter().zip(&all).map(|(own, all)| own - share * all).collect::<Vec<_>>()
    });
    board.at_most("digits of a kind in a part: farthest from its share", 0.0..=1.0, farthest(off), Source::Calc);

    board.say(
        "3. Normalise each pixel: less its mean, over its deviation, both of the training part. The other parts get the same\n   \
         numbers: to measure on them would be to look at them.",
    );
    let standard = Standardizer::fit(&parts[0].x)?;
    for part in &mut parts {
        part.x = standard.transform(&part.x)?;
    }
    let means = |part: &Dataset| farthest(part.x.mean_along(0).iter().map(|&mean| f64::from(mean)));
    board.at_most("training: a pixel's mean, farthest from 0", 0.0..=1e-5, means(&parts[0]), Source::Calc);
    board.at_least("test: the same, not 0", 1e-2..=1.0, means(&parts[2]), Source::Calc);
    let [training, validation, test] = parts;
    Ok(Parts { training, validation, test })
}

/// How many of each digit there are.
fn counts(data: &Dataset) -> Vec<f64> {
    let labels = labels(data);
    (0..10).map(|digit| labels.iter().filter(|&&label| label == digit).count() as f64).collect()
}

fn labels(data: &Dataset) -> &Tensor<usize> {
    match &data.y {
        Targets::Classes(labels) => labels,
        Targets::Values(_) => unreachable!("digits are classes"),
    }
}

fn least(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

/// A network with what it scored on the validation part.
struct Candidate {
    name: &'static str,
    model: Model,
    accuracy: f64,
}

impl Candidate {
    fn train(name: &'static str, network: Sequential, parts: &Parts, fit: Fit<'_>) -> Result<(Self, History), Error> {
        let mut model = network.seed(SEED).compile(SparseCategoricalCrossEntropy, Adam::default(), [Accuracy])?;
        let Parts { training, validation, .. } = parts;
        let fit = fit.batch_size(32).validation_data(&validation.x, &validation.y).silent();
        let history = model.fit(&training.x, &training.y, fit)?;
        let accuracy = model.evaluate(&validation.x, &validation.y)?["accuracy"];
        Ok((Self { name, model, accuracy }, history))
    }
}

/// 4 to 6: define, train, evaluate.
fn baseline(board: &mut Board, parts: &Parts) -> Result<Candidate, Error> {
    board.say(
        "4. Define the simplest network that could do, to have something to beat: one layer, 64 -> 10, softmax.\n\
         5. Train it: cross-entropy, Adam, 30 epochs.\n\
         6. Evaluate it on the validation part; guessing would be right in a tenth.",
    );
    let network = Sequential::new().add(Dense::new(10).activation(Softmax).input(DIGIT_PIXELS));
    let (candidate, _) = Candidate::train("one layer", network, parts, Fit::epochs(30))?;
    board.at_least("one layer: validation accuracy", 0.9..=1.0, candidate.accuracy, Source::Calc);
    let matrix = judge(&candidate.model, &parts.validation)?;
    let hardest = (0..10).min_by(|&a, &b| matrix.recall(a).total_cmp(&matrix.recall(b))).unwrap_or(0);
    board.say(format!(
        "   Where does it fail? Of the digit {hardest} it finds {:.1} % only, the least of all:\n\n{matrix}",
        100.0 * matrix.recall(hardest)
    ));
    Ok(candidate)
}

fn judge(model: &Model, part: &Dataset) -> chainrule_nn::Result<ConfusionMatrix> {
    let predicted = classes(&model.predict(&part.x)?);
    Ok(ConfusionMatrix::of(&predicted, labels(part), 10)?.names(DIGIT_NAMES))
}

/// 7: improve, and choose on the validation part.
fn improve(board: &mut Board, parts: &Parts, baseline: Candidate) -> Result<Candidate, Error> {
    board.say(
        "7. Improve, one idea at a time, each judged on the validation part: a hidden layer; dropout; stopping early.",
    );
    let hidden = || Dense::new(64).activation(Relu).init(Init::HeNormal).input(DIGIT_PIXELS);
    let output = || Dense::new(10).activation(Softmax);
    let plain = Sequential::new().add(hidden()).add(output());
    let dropping = || Sequential::new().add(hidden()).add(Dropout::new(0.3)).add(output());
    let stopping = EarlyStopping::new().patience(10).restore_best_weights();
    let (plain, history) = Candidate::train("64 hidden units", plain, parts, Fit::epochs(60))?;
    let (dropped, _) = Candidate::train("and dropout .3", dropping(), parts, Fit::epochs(60))?;
    let (stopped, _) = Candidate::train("and early stopping", dropping(), parts, Fit::epochs(60).callback(stopping))?;
    let errors = [&baseline, &plain, &dropped, &stopped].map(|one| (one.name, 1.0 - one.accuracy));
    let table = errors.map(|(name, errors)| format!("    {name:<20} {:>5.2} % wrong", 100.0 * errors));
    board.say(format!("{}\n", table.join("\n")));
    let best = [plain, dropped, stopped]
        .into_iter()
        .fold(baseline, |best, one| if one.accuracy > best.accuracy { one } else { best });
    let gain = (1.0 - best.accuracy) / errors[0].1;
    board.at_most("validation errors: the best over one layer", 0.0..=0.8, gain, Source::Calc);
    board.say(format!(
        "The choice: {}. Not every idea helps, and of {} rows a difference of one or two is chance.",
        best.name,
        parts.validation.len(),
    ));
    let picture = plot::curves("64 hidden units", [("loss", &history["loss"]), ("val_loss", &history["val_loss"])]);
    board.picture("curves", picture.log_y().svg()?);
    Ok(best)
}

fn test(board: &mut Board, parts: &Parts, mut best: Candidate) -> Result<(), Error> {
    board.say(
        "At the very end, once, the test part: the validation part has been chosen by, and flatters. Whoever goes back now\n\
         to improve again needs new test data.",
    );
    let score = best.model.evaluate(&parts.test.x, &parts.test.y)?;
    board.at_least("test accuracy", 0.92..=1.0, score["accuracy"], Source::Calc);
    let rows = parts.test.len() as f64;
    board.say(format!(
        "{:.3} give or take {:.3}: the deviation of a share a of n rows is sqrt(a (1 - a) / n), and n is {rows} only.",
        score["accuracy"],
        (score["accuracy"] * (1.0 - score["accuracy"]) / rows).sqrt(),
    ));
    let matrix = judge(&best.model, &parts.test)?;
    board.close("the same by the confusion matrix", score["accuracy"], matrix.accuracy(), 1e-6, Source::Calc);
    board.say(matrix.report().to_string());
    board.picture("confusion", plot::confusion("The test part", &matrix));
    Ok(())
}
