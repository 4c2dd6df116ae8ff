//! A rare class: accuracy fools, F1 does not; what helps.

use chainrule_nn::data::Dataset;
use chainrule_nn::metric::classes;
use chainrule_nn::plot;
use chainrule_nn::prelude::*;

use crate::board::{Board, Source};
use crate::entry::Error;
use crate::random::Random;

/// How far apart the means of the classes lie, in deviations.
const DISTANCE: f64 = 1.5;
const TRAINING: usize = 4_000;
const TEST: usize = 20_000;
/// One row in twenty is of class 1.
const RARE: usize = 20;

/// Two clouds of deviation 1; the rare one's mean lies at this distance on the diagonal.
fn clouds(count: usize, distance: f64, random: &mut Random) -> chainrule_nn::Result<Dataset<f64>> {
    let labels = Tensor::<usize>::from_fn([count], |index| usize::from(index[0] % RARE == 0));
    let x = Tensor::from_fn([count, 2], |index| {
        let rare = index[0] % RARE == 0;
        random.normal() + if rare { distance / 2_f64.sqrt() } else { 0.0 }
    });
    Dataset::new(x, labels)
}

/// All rows of class 1, and as many of class 0.
fn balanced(data: &Dataset<f64>) -> Dataset<f64> {
    let rare: Vec<usize> = (0..data.len()).step_by(RARE).collect();
    let rows: Vec<usize> = rare.iter().flat_map(|&row| [row, row + 1]).collect();
    data.take(&rows)
}

/// What the test data says of a training.
struct Verdict {
    score: Score,
    matrix: ConfusionMatrix,
}

fn train(data: &Dataset<f64>, test: &Dataset<f64>, fit: Fit<'_, f64>) -> Result<Verdict, Error> {
    let mut model = Sequential::default().add(Dense::new(1).activation(Sigmoid).input(2)).seed(7).compile(
        BinaryCrossEntropy,
        Adam::new(0.01),
        (BinaryAccuracy, Precision, Recall, F1),
    )?;
    model.fit(&data.x, &data.y, fit.silent())?;
    let Targets::Classes(labels) = &test.y else { unreachable!("the clouds have classes") };
    let matrix = ConfusionMatrix::of(&classes(&model.predict(&test.x)?), labels, 2)?.names(["common", "rare"]);
    Ok(Verdict { score: model.evaluate_with(&test.x, &test.y, Evaluate::batch_size(1000))?, matrix })
}

pub(super) fn run(board: &mut Board) -> Result<(), Error> {
    board.say(format!(
        "\"Pay attention to your data: they may fool your model.\" Two round clouds of points, their middles {DISTANCE} deviations\n\
         apart, one row in {RARE} of the second. {TRAINING} rows to train on, {TEST} to test. Whoever always says \"common\" is right\n\
         in 95 %, and has found nothing:",
    ));
    let mut random = Random::seeded(77);
    let (training, test) = (clouds(TRAINING, DISTANCE, &mut random)?, clouds(TEST, DISTANCE, &mut random)?);
    let Targets::Classes(labels) = &test.y else { unreachable!("the clouds have classes") };
    let always = ConfusionMatrix::of(&Tensor::<usize>::from_fn([TEST], |_| 0), labels, 2)?;
    board.close("always \"common\": accuracy", 0.95, always.accuracy(), 1e-15, Source::Calc);
    board.exact("always \"common\": recall", 0.0, always.recall(1), Source::Calc);
    board.exact("always \"common\": F1", 0.0, always.f1(1), Source::Calc);

    board.say(
        "One sigmoid neuron, trained three times: on the rows as they are; with class weights, so that both classes count\n\
         alike; on a balanced set, all 200 rare rows and 200 of the others. The clouds are round, so the best answers are\n\
         known: \"rare\" beyond the place 3/4 + ln(19) / 1.5 = 2.71 on the line of the middles as they are, beyond 3/4 when\n\
         both count alike, and Phi tells how many rows lie there.",
    );
    let epochs = || Fit::epochs(30).batch_size(64);
    let plain = train(&training, &test, epochs())?;
    let Targets::Classes(of_training) = &training.y else { unreachable!("the clouds have classes") };
    let weighted = train(&training, &test, epochs().class_weights(ClassWeights::balanced(of_training)))?;
    let fewer = train(&balanced(&training), &test, Fit::epochs(300).batch_size(64))?;
    let mut table = vec!["                   accuracy   precision   recall      F1".to_owned()];
    table.push(format!(
        "{:<16}   {:>8.3}   {:>9.3}   {:>6.3}   {:>5.3}",
        "always common",
        always.accuracy(),
        always.precision(1),
        always.recall(1),
        always.f1(1)
    ));
    for (name, verdict) in [("as they are", &plain), ("class weights", &weighted), ("balanced set", &fewer)] {
        let [accuracy, precision, recall, f1] =
            ["binary_accuracy", "precision", "recall", "f1"].map(|metric| verdict.score[metric]);
        table.push(format!("{name:<16}   {accuracy:>8.3}   {precision:>9.3}   {recall:>6.3}   {f1:>5.3}"));
    }
    board.say(table.join("\n"));

    // From Phi, the distribution of the normal law, apart from the engine.
    board.close("as they are: accuracy, by Phi 0.952", 0.952, plain.score["binary_accuracy"], 0.005, Source::Calc);
    board.close("as they are: recall, by Phi 0.113", 0.113, plain.score["recall"], 0.04, Source::Calc);
    board.close("class weights: recall, by Phi 0.773", 0.773, weighted.score["recall"], 0.04, Source::Calc);
    board.close("class weights: accuracy, by Phi 0.773", 0.773, weighted.score["binary_accuracy"], 0.04, Source::Calc);
    board.close("balanced set: recall, by Phi 0.773", 0.773, fewer.score["recall"], 0.06, Source::Calc);
    let gain = plain.score["binary_accuracy"] - always.accuracy();
    board.at_most("accuracy: trained less always \"common\"", -0.01..=0.01, gain, Source::Calc);
    board.at_least("F1: trained less always \"common\"", 0.1..=1.0, plain.score["f1"] - always.f1(1), Source::Calc);
    board.at_least("F1: class weights over none", 1.1..=10.0, weighted.score["f1"] / plain.score["f1"], Source::Calc);
    board.close("F1 by the metric and by the matrix", weighted.matrix.f1(1), weighted.score["f1"], 1e-12, Source::Calc);
    board.say(
        "Accuracy says that training was for nothing and that class weights do harm. Recall and F1 say what changed: seven\n\
         times as many of the rare are found, at the price of false alarms. Which is better is not for a number to decide.",
    );
    let gain = weighted.score["recall"] / plain.score["recall"];
    board.close("recall: class weights over none, by Phi 6.9", 6.9, gain, 2.0, Source::Calc);
    for (name, title, verdict) in
        [("plain", "The rows as they are", &plain), ("weighted", "With class weights", &weighted)]
    {
        board.picture(name, plot::confusion(title, &verdict.matrix));
    }
    farther_apart(board, &mut random)
}

/// Where class weights do not pay by F1.
fn farther_apart(board: &mut Board, random: &mut Random) -> Result<(), Error> {
    board.say(
        "Class weights are no cure for everything. With the clouds three deviations apart the neuron finds the rare rows as\n\
         they are, and the weights cost more in precision than they bring in recall:",
    );
    let (training, test) = (clouds(TRAINING, 3.0, random)?, clouds(TEST, 3.0, random)?);
    let Targets::Classes(labels) = &training.y else { unreachable!("the clouds have classes") };
    let epochs = || Fit::epochs(30).batch_size(64);
    let plain = train(&training, &test, epochs())?.score;
    let weighted = train(&training, &test, epochs().class_weights(ClassWeights::balanced(labels)))?.score;
    board.close("three deviations, as they are: F1, by Phi .766", 0.766, plain["f1"], 0.05, Source::Calc);
    board.close("three deviations, class weights: F1, by Phi .583", 0.583, weighted["f1"], 0.05, Source::Calc);
    board.close("three deviations, class weights: recall, by Phi .933", 0.933, weighted["recall"], 0.03, Source::Calc);
    Ok(())
}
