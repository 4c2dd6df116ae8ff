//! C7, slides "Model Evaluation", "Data Normalization", "Dataset splitting" and "Confusion Matrix".

mod imbalanced;

use chainrule_nn::data::{Dataset, MinMax, Standardizer};
use chainrule_nn::prelude::*;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "C7",
    name: "evaluation",
    group: None,
    lecture: Lecture::Cai,
    title: "imbalanced data, normalisation, splitting, confusion matrix, F1",
    run,
};

fn run(board: &mut Board) -> Result<(), Error> {
    normalisation(board)?;
    splitting(board)?;
    confusion_matrix(board)?;
    imbalanced::run(board)
}

fn normalisation(board: &mut Board) -> Result<(), Error> {
    board.say(
        "Normalisation. Heights in cm and salaries: without it the second column drowns the first. Each column becomes\n\
         (x - mean) / deviation, or runs from 0 to 1. Mean, deviation and range come from the training rows alone; new rows\n\
         are treated with the same numbers.\n\n\
         \u{20}   training   150  20000        new   200  50000\n\
         \u{20}              160  30000\n\
         \u{20}              170  40000\n\
         \u{20}              180  50000\n\
         \u{20}              190  60000",
    );
    let heights = [150.0, 160.0, 170.0, 180.0, 190.0];
    let training = Tensor::from_rows(&heights.map(|height| [height, 1000.0 * (height - 130.0)]));
    let new = Tensor::from([[200.0, 50_000.0]]);
    let standard = Standardizer::fit(&training)?;
    board.exact("mean of the heights", 170.0, standard.means()[0], Source::Calc);
    board.close(
        "their deviation, sqrt((400 + 100 + 0 + 100 + 400) / 5)",
        200_f64.sqrt(),
        standard.scales()[0],
        1e-12,
        Source::Calc,
    );
    let transformed = standard.transform(&training)?;
    board.close("150 cm, -sqrt 2", -2_f64.sqrt(), transformed[[0, 0]], 1e-12, Source::Calc);
    board.close(
        "columns afterwards: farthest mean from 0",
        0.0,
        farthest(transformed.mean_along(0).to_vec()),
        1e-12,
        Source::Calc,
    );
    let off = transformed.std_along(0, 0).map(|deviation| deviation - 1.0);
    board.close("columns afterwards: farthest deviation from 1", 0.0, farthest(off.to_vec()), 1e-12, Source::Calc);
    board.close(
        "new: 200 cm, 30 / sqrt 200",
        30.0 / 200_f64.sqrt(),
        standard.transform(&new)?[[0, 0]],
        1e-12,
        Source::Calc,
    );
    let back = standard.inverse(&transformed)? - &training;
    board.close("and back again: farthest", 0.0, farthest(back.to_vec()), 1e-9, Source::Calc);
    let range = MinMax::fit(&training)?;
    board.close("from 0 to 1: 160 cm", 0.25, range.transform(&training)?[[1, 0]], 1e-12, Source::Calc);
    board.close("from 0 to 1, new: 200 cm lies outside", 1.25, range.transform(&new)?[[0, 0]], 1e-12, Source::Calc);
    Ok(())
}

/// How many rows of class 1 there are.
fn ones(labels: &Targets<f64>) -> f64 {
    match labels {
        Targets::Classes(classes) => classes.iter().filter(|&&class| class == 1).count() as f64,
        Targets::Values(_) => f64::NAN,
    }
}

fn splitting(board: &mut Board) -> Result<(), Error> {
    board.say(
        "Splitting, the slide's 20 % and 10 % beside 70 % for training: 1000 rows, 50 of them of class 1. By chance alone a\n\
         small part may get few of the rare class; a stratified split gives each part its share.",
    );
    let labels = Tensor::<usize>::from_fn([1000], |index| usize::from(index[0] < 50));
    let rows = Tensor::<f64>::from_fn([1000, 1], |index| index[0] as f64);
    let data = Dataset::new(rows, labels)?;
    let parts = data.stratified_split([0.7, 0.2, 0.1], 7)?;
    for (part, [name, rows, rare]) in
        parts.iter().zip([["training", "700", "35"], ["validation", "200", "10"], ["test", "100", "5"]])
    {
        board.printed(format!("{name}: rows"), rows, part.len() as f64, Source::Calc);
        board.printed(format!("{name}: of class 1"), rare, ones(&part.y), Source::Calc);
    }
    let mut all: Vec<f64> = parts.iter().flat_map(|part| part.x.to_vec()).collect();
    all.sort_by(f64::total_cmp);
    let misplaced = all.iter().enumerate().filter(|&(at, &row)| row != at as f64).count();
    board.exact(
        "rows missing, or in two parts",
        0.0,
        misplaced as f64 + (all.len() as f64 - 1000.0).abs(),
        Source::Calc,
    );
    Ok(())
}

fn confusion_matrix(board: &mut Board) -> Result<(), Error> {
    // 8 found, 2 missed, 4 false alarms, 86 rightly left alone.
    let counts = [(1, 1, 8), (1, 0, 2), (0, 1, 4), (0, 0, 86)];
    let pairs = || counts.into_iter().flat_map(|(truth, answer, times)| vec![(truth, answer); times]);
    let [actual, predicted] = [pairs().map(|(truth, _)| truth).collect(), pairs().map(|(_, answer)| answer).collect()]
        .map(|classes: Vec<usize>| Tensor::new([100], classes));
    let matrix = ConfusionMatrix::of(&predicted, &actual, 2)?.names(["no", "yes"]);
    board.say(format!(
        "Confusion matrix. A hundred cases, ten of them yes; TP = 8, FN = 2, FP = 4, TN = 86:\n\n{matrix}\n\n\
         accuracy = (TP + TN) / all, p = TP / (TP + FP), r = TP / (TP + FN), F1 = 2 / (1/r + 1/p)",
    ));
    board.exact("TP, counted", 8.0, matrix.count(1, 1), Source::Calc);
    board.exact("FP, counted", 4.0, matrix.count(0, 1), Source::Calc);
    board.close("accuracy, 94 / 100", 0.94, matrix.accuracy(), 1e-15, Source::Calc);
    board.close("precision, 8 / 12", 8.0 / 12.0, matrix.precision(1), 1e-15, Source::Calc);
    board.close("recall, 8 / 10", 0.8, matrix.recall(1), 1e-15, Source::Calc);
    board.close("F1, 2 / (1.25 + 1.5)", 2.0 / 2.75, matrix.f1(1), 1e-15, Source::Calc);
    Ok(())
}
