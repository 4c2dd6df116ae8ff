//! U8, hands-on "Classification using Breast Cancer Data": logistic regression and a network with a hidden layer on real
//! data, judged on tumours that they were not trained on.

mod by_hand;

use chainrule_nn::data::{Dataset, Standardizer};
use chainrule_nn::metric::{ConfusionMatrix, classes};
use chainrule_nn::plot::{self, Picture};
use chainrule_nn::prelude::*;

use crate::board::{Board, Source};
use crate::data::{BreastCancer, TUMOUR_FEATURES, breast_cancer};
use crate::entry::{Entry, Error};
use crate::lecture::Lecture;
use crate::report::shown;

pub(super) const ENTRY: Entry = Entry {
    id: "U8",
    name: "breast-cancer",
    group: None,
    lecture: Lecture::Um,
    title: "569 real tumours: logistic regression and an MLP, held out in five folds",
    run,
};

const FOLDS: usize = 5;
const SEED: u64 = 8;
/// Steps of the logistic regression, and their rate.
const STEPS: usize = 200;
const RATE: f64 = 0.5;
/// The weight of the penalty 1/2 |w|^2.
const PENALTY: f64 = 0.01;
const HIDDEN: usize = 16;
const EPOCHS: usize = 50;
const MALIGNANT: usize = 1;

/// What is trained on, and what is held out.
type Fold = (Dataset<f64>, Dataset<f64>);

fn run(board: &mut Board) -> Result<(), Error> {
    let data = breast_cancer();
    describe(board, &data);
    let labels = Tensor::from(data.malignant.iter().map(|&malignant| usize::from(malignant)).collect::<Vec<_>>());
    let all = Dataset::new(Tensor::from_rows(&data.features), labels)?;
    let folds = all.stratified_k_folds(FOLDS, SEED)?;
    check_folds(board, &folds);
    let folds = folds.into_iter().map(standardised).collect::<Result<Vec<Fold>, _>>()?;

    board.say(format!(
        "Logistic regression, p = sigma(w.x + b): a dense layer with one unit. Loss: mean of -log p(y | x), plus the penalty\n\
         {PENALTY}/2 |w|^2. Gradient descent over the whole training part, {STEPS} steps, eta = {RATE}.",
    ));
    by_hand::compare(board, &folds[0].0)?;
    let (judged, regression) = judge(&folds, |_, training| train_regression(training))?;
    judged.write(board, "logistic regression");
    check_regression(board, &judged.matrix);
    let curves = regression.iter().map(|history| &history["loss"]);
    board.picture("loss", loss_curve("Training loss, five folds", 0.7, curves).log_x().svg()?);

    board.say(format!(
        "A network with a hidden layer, widths {TUMOUR_FEATURES}, {HIDDEN}, 1; relu, sigma; the same loss, the same penalty on\n\
         both layers. Adam, mini-batches of 32, {EPOCHS} epochs.",
    ));
    let (judged, network) = judge(&folds, train_network)?;
    judged.write(board, "network");
    check_network(board, &judged.matrix);
    let curves = network.iter().map(|history| &history["loss"]);
    board.picture("network-loss", loss_curve("Training loss of the network, five folds", 1.0, curves).svg()?);
    board.picture("network-confusion", plot::confusion("Held-out tumours", &judged.matrix));
    Ok(())
}

/// The layer of a single unit that begins with zeros: the loss has one lowest point, from wherever one starts.
fn regression() -> Sequential<f64> {
    let unit = Dense::new(1).activation(Sigmoid).init(Init::Zeros).regularizer(L2(PENALTY / 2.0));
    Sequential::default().add(unit.input(TUMOUR_FEATURES))
}

fn train_regression(training: &Dataset<f64>) -> Result<(Model<f64>, History), Error> {
    let mut model = regression().compile(BinaryCrossEntropy, Sgd::new(RATE), [Accuracy])?;
    let fit = Fit::epochs(STEPS).full_batch().shuffle(false).silent();
    let history = model.fit(&training.x, &training.y, fit)?;
    Ok((model, history))
}

fn train_network(fold: usize, training: &Dataset<f64>) -> Result<(Model<f64>, History), Error> {
    let penalty = L2(PENALTY / 2.0);
    let mut model = Sequential::default()
        .add(Dense::new(HIDDEN).activation(Relu).regularizer(penalty).input(TUMOUR_FEATURES))
        .add(Dense::new(1).activation(Sigmoid).regularizer(penalty))
        .seed(fold as u64)
        .compile(BinaryCrossEntropy, Adam::default(), [Accuracy])?;
    let history = model.fit(&training.x, &training.y, Fit::epochs(EPOCHS).silent())?;
    Ok((model, history))
}

/// Both parts, each measurement with mean 0 and standard deviation 1 over the training part.
fn standardised((training, held_out): Fold) -> Result<Fold, Error> {
    let scaler = Standardizer::fit(&training.x)?;
    let scaled = |part: Dataset<f64>| Ok::<_, Error>(Dataset { x: scaler.transform(&part.x)?, ..part });
    Ok((scaled(training)?, scaled(held_out)?))
}

/// What came of the five held-out parts: how many tumours and how many right in each, and all of them in one matrix.
struct Judged {
    folds: Vec<(usize, f64)>,
    matrix: ConfusionMatrix,
}

/// Trains on each fold, and judges on what it holds out.
fn judge(
    folds: &[Fold],
    train: impl Fn(usize, &Dataset<f64>) -> Result<(Model<f64>, History), Error>,
) -> Result<(Judged, Vec<History>), Error> {
    let (mut judged, mut histories) = (Vec::new(), Vec::new());
    let (mut predicted, mut actual) = (Vec::new(), Vec::new());
    for (fold, (training, held_out)) in folds.iter().enumerate() {
        let (mut model, history) = train(fold, training)?;
        judged.push((held_out.len(), model.evaluate(&held_out.x, &held_out.y)?["accuracy"]));
        predicted.extend(classes(&model.predict(&held_out.x)?).into_vec());
        actual.extend(labels(held_out));
        histories.push(history);
    }
    let matrix = ConfusionMatrix::of(&Tensor::from(predicted), &Tensor::from(actual), 2)?;
    Ok((Judged { folds: judged, matrix: matrix.names(["benign", "malignant"]) }, histories))
}

fn labels(part: &Dataset<f64>) -> Vec<usize> {
    match &part.y {
        Targets::Classes(labels) => labels.to_vec(),
        Targets::Values(values) => classes(values).into_vec(),
    }
}

impl Judged {
    /// Each fold in a table, the promise about their mean, and the matrix.
    fn write(&self, board: &mut Board, model: &str) {
        let mut table = vec!["fold   held out   accuracy".to_owned()];
        for (number, &(count, accuracy)) in self.folds.iter().enumerate() {
            table.push(format!("{:>4}   {count:>8}   {}", number + 1, shown(accuracy, 4)));
        }
        board.say(table.join("\n"));
        let mean = self.folds.iter().map(|(_, accuracy)| accuracy).sum::<f64>() / FOLDS as f64;
        board.at_least(format!("accuracy of the {model}, mean of five folds"), 0.96..=1.0, mean, Source::Calc);
        board.say(format!(
            "All held-out tumours:\n\n{}\n\n{}\n\n\
             Positive = malignant: precision = TP/(TP + FP), how many alarms are true; recall = TP/(TP + FN), how many tumours are\n\
             found; F1 = 2/(1/precision + 1/recall), high only where both are.",
            self.matrix,
            self.matrix.report(),
        ));
    }
}

/// The logistic regression has one lowest point: whoever trains it finds these counts.
fn check_regression(board: &mut Board, matrix: &ConfusionMatrix) {
    // The same training over the same folds, its gradient written out, in NumPy. No score comes nearer to 0 than .02.
    board.exact("TP, malignant and found", 201.0, matrix.count(1, 1), Source::Calc);
    board.exact("FN, malignant and missed", 11.0, matrix.count(1, 0), Source::Calc);
    board.exact("FP, benign, a false alarm", 4.0, matrix.count(0, 1), Source::Calc);
    board.exact("TN, benign, left in peace", 353.0, matrix.count(0, 0), Source::Calc);
    board.close("precision", 201.0 / 205.0, matrix.precision(MALIGNANT), 1e-12, Source::Calc);
    board.close("recall", 201.0 / 212.0, matrix.recall(MALIGNANT), 1e-12, Source::Calc);
    board.close("F1", 402.0 / 417.0, matrix.f1(MALIGNANT), 1e-12, Source::Calc);
}

/// A network's counts depend on the weights it starts from: bounds, and what must add up.
fn check_network(board: &mut Board, matrix: &ConfusionMatrix) {
    board.exact("network: TP + FN", 212.0, matrix.count(1, 1) + matrix.count(1, 0), Source::Calc);
    board.exact("network: FP + TN", 357.0, matrix.count(0, 1) + matrix.count(0, 0), Source::Calc);
    board.at_least("network: precision", 0.95..=1.0, matrix.precision(MALIGNANT), Source::Calc);
    board.at_least("network: recall", 0.93..=1.0, matrix.recall(MALIGNANT), Source::Calc);
    board.at_least("network: F1", 0.95..=1.0, matrix.f1(MALIGNANT), Source::Calc);
}

fn describe(board: &mut Board, data: &BreastCancer) {
    let malignant = data.malignant.iter().filter(|&&malignant| malignant).count();
    let benign = data.malignant.len() - malignant;
    board.say(format!(
        "Breast Cancer Wisconsin (Diagnostic): an N x D table of {} tumours, each described by {} measurements of cell\n\
         nuclei ({}, ...); {malignant} malignant, {benign} benign. Positive means malignant.",
        data.features.len(),
        TUMOUR_FEATURES,
        data.feature_names[..3].join(", "),
    ));
    board.exact("tumours N", 569.0, data.features.len() as f64, Source::Calc);
    board.exact("measurements D", 30.0, data.feature_names.len() as f64, Source::Calc);
    board.erratum(
        "The slide \"Example - Tabular Data\" calls age, BMI and cholesterol level 1 dimension, X = R^D with D = 1. D counts\n\
         features, as the next slide's N x D matrix has it: D = 3 there, D = 30 here.",
    );
}

fn check_folds(board: &mut Board, folds: &[Fold]) {
    board.say(format!(
        "Five folds, dealt at random (seed {SEED}) within each class, so that each has its share of both. Each is held out\n\
         once; means and standard deviations come from the other four alone, or the judge would have seen the answers.",
    ));
    let malignant = folds.iter().map(|(_, held_out)| labels(held_out).into_iter().sum::<usize>() as f64);
    let (fewest, most) =
        malignant.fold((f64::INFINITY, 0.0_f64), |(low, high), count| (low.min(count), high.max(count)));
    // 212 / 5 = 42.4
    board.exact("fewest malignant in a fold", 42.0, fewest, Source::Calc);
    board.exact("most malignant in a fold", 43.0, most, Source::Calc);
    let held_out: usize = folds.iter().map(|(_, held_out)| held_out.len()).sum();
    board.exact("tumours held out, all folds", 569.0, held_out as f64, Source::Calc);
}

fn loss_curve<'a>(title: &str, top: f64, curves: impl Iterator<Item = &'a [f64]>) -> Picture {
    let picture = Picture::new(title, "epoch", "loss").y_range(0.0..top);
    curves.zip(1..).fold(picture, |picture, (losses, fold)| {
        let points = losses.iter().enumerate().map(|(epoch, &loss)| ((epoch + 1) as f64, loss));
        picture.curve(format!("fold {fold}"), points)
    })
}
