//! U8, hands-on "Classification using Breast Cancer Data": logistic regression and a network with a hidden layer on real
//! data, judged on tumours that they were not trained on.

mod folds;
mod judgement;
mod matrices;
mod network;

use chainrule::prelude::*;
use chainrule_nn::plot::Picture;

use crate::board::{Board, Source};
use crate::data::{BreastCancer, TUMOUR_FEATURES, breast_cancer};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;
use crate::random::Random;
use crate::report::shown;
use folds::{Fold, standardised, stratified};
use judgement::Confusion;
use network::Network;

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
const STEPS: usize = 200;
const RATE: f64 = 0.5;
/// The weight of the penalty 1/2 |w|^2.
const PENALTY: f64 = 0.01;

/// A tumour's measurements, standardised, and whether it is malignant.
type Case = ([f64; TUMOUR_FEATURES], bool);

fn run(board: &mut Board) -> Result<(), Error> {
    let data = breast_cancer();
    describe(board, &data);
    let folds = stratified(&data.malignant, FOLDS, &mut Random::seeded(SEED));
    check_folds(board, &folds, &data.malignant);

    board.say(format!(
        "Model: p = sigma(w.x + b). Loss: mean of -log p(y | x), written on the tape as log_sigmoid(+-(w.x + b)), which\n\
         cannot overflow, plus {PENALTY}/2 |w|^2. Gradient descent over the whole training part, {STEPS} steps, eta = {RATE}.",
    ));
    let parts: Vec<(Vec<Case>, Vec<Case>)> = folds.iter().map(|fold| standardised(&data, fold)).collect();
    let mut judged = Vec::with_capacity(FOLDS);
    let mut curves = Vec::with_capacity(FOLDS);
    for (number, (training, held_out)) in parts.iter().enumerate() {
        let trained = train(training);
        if number == 0 {
            compare_gradient(board, training, &trained.model);
            board.say("On tensors, X a matrix with a row for each tumour: z = X w + b. As many steps lead to the same weights:");
            matrices::compare(board, training, &trained.model);
        }
        judged.push(trained.model.judge(held_out));
        curves.push(trained.losses);
    }
    let judgement = fold_by_fold(board, "logistic regression", &judged);
    judgement.check_logistic(board);
    board.picture("loss", loss_curve("Training loss, five folds", 0.7, &curves).svg()?);
    multi_layer(board, &parts)
}

/// A hidden layer between, on the same folds.
fn multi_layer(board: &mut Board, parts: &[(Vec<Case>, Vec<Case>)]) -> Result<(), Error> {
    board.say(format!(
        "A network with a hidden layer, on tensors: z = relu(X W1 + b1) W2 + b2, widths {TUMOUR_FEATURES}, {}, 1, the same\n\
         loss and the same penalty on W1 and W2; {} steps, eta = {}.",
        network::HIDDEN,
        network::STEPS,
        network::RATE,
    ));
    let mut judged = Vec::with_capacity(FOLDS);
    let mut curves = Vec::with_capacity(FOLDS);
    for ((training, held_out), seed) in parts.iter().zip(1..) {
        let (network, losses) = Network::trained(training, seed);
        judged.push(network.judge(held_out));
        curves.push(losses);
    }
    let judgement = fold_by_fold(board, "network", &judged);
    judgement.check_network(board);
    board.picture("network-loss", loss_curve("Training loss of the network, five folds", 1.5, &curves).svg()?);
    Ok(())
}

/// Each fold's judgement in a table, the promise about their mean, and their sum with its matrix.
fn fold_by_fold(board: &mut Board, model: &str, judged: &[Confusion]) -> Confusion {
    let mut table = vec!["fold   held out   right   accuracy".to_owned()];
    for (number, judged) in judged.iter().enumerate() {
        let accuracy = shown(judged.accuracy(), 4);
        table.push(format!("{:>4}   {:>8}   {:>5}   {accuracy}", number + 1, judged.count(), judged.right()));
    }
    board.say(table.join("\n"));
    let accuracies: Vec<f64> = judged.iter().map(Confusion::accuracy).collect();
    let what = format!("accuracy of the {model}, mean of five folds");
    board.at_least(what, 0.96..=1.0, mean(&accuracies), Source::Calc);
    let total = judged.iter().fold(Confusion::default(), |total, judged| total + *judged);
    total.write(board);
    total
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

fn check_folds(board: &mut Board, folds: &[Fold], malignant: &[bool]) {
    board.say(format!(
        "Five folds, dealt at random (seed {SEED}) within each class, so that each has its share of both. Each is held out\n\
         once; means and standard deviations come from the other four alone, or the judge would have seen the answers.",
    ));
    let positives = |fold: &Fold| fold.held_out.iter().filter(|&&case| malignant[case]).count() as f64;
    let fewest = folds.iter().map(positives).fold(f64::INFINITY, f64::min);
    let most = folds.iter().map(positives).fold(0.0, f64::max);
    // 212 / 5 = 42.4
    board.exact("fewest malignant in a fold", 42.0, fewest, Source::Calc);
    board.exact("most malignant in a fold", 43.0, most, Source::Calc);
    let mut times = vec![0; malignant.len()];
    folds.iter().flat_map(|fold| &fold.held_out).for_each(|&case| times[case] += 1);
    let once = times.iter().filter(|&&times| times == 1).count();
    board.exact("tumours held out exactly once", 569.0, once as f64, Source::Calc);
}

struct Model {
    weights: [f64; TUMOUR_FEATURES],
    bias: f64,
}

struct Trained {
    model: Model,
    /// The training loss before each step.
    losses: Vec<f64>,
}

/// The loss on the tape: the mean of -log p(y | x), and the penalty.
fn loss<'t>(w: &[Var<'t, f64>; TUMOUR_FEATURES], b: Var<'t, f64>, cases: &[Case]) -> Var<'t, f64> {
    let likelihood: Var<'_, f64> = cases
        .iter()
        .map(|(x, malignant)| {
            let z = dot(w, &x.map(Var::constant)) + b;
            if *malignant { z.log_sigmoid() } else { (-z).log_sigmoid() }
        })
        .sum();
    0.5 * PENALTY * dot(w, w) - likelihood / cases.len() as f64
}

fn train(cases: &[Case]) -> Trained {
    let mut model = Model { weights: [0.0; TUMOUR_FEATURES], bias: 0.0 };
    let mut losses = Vec::with_capacity(STEPS);
    let mut tape = ScalarTape::new();
    for _ in 0..STEPS {
        tape.clear();
        let (w, b) = (tape.vars(model.weights), tape.var(model.bias));
        let loss = loss(&w, b, cases);
        losses.push(loss.value());
        let gradients = loss.backward();
        for (weight, w) in model.weights.iter_mut().zip(w) {
            *weight -= RATE * gradients.of(w);
        }
        model.bias -= RATE * gradients.of(b);
    }
    Trained { model, losses }
}

impl Model {
    /// w.x + b: above 0 the model says malignant.
    fn score(&self, x: &[f64; TUMOUR_FEATURES]) -> f64 {
        dot(&self.weights, x) + self.bias
    }

    fn judge(&self, cases: &[Case]) -> Confusion {
        let mut confusion = Confusion::default();
        for (x, malignant) in cases {
            confusion.note(*malignant, self.score(x) > 0.0);
        }
        confusion
    }
}

/// The engine's gradient beside the formula, X^T (p - y) / N + penalty w, at weights that are not
/// the lowest point.
fn compare_gradient(board: &mut Board, cases: &[Case], trained: &Model) {
    let halfway = trained.weights.map(|weight| weight / 2.0);
    let model = Model { weights: halfway, bias: trained.bias / 2.0 };
    let tape = ScalarTape::new();
    let (w, b) = (tape.vars(model.weights), tape.var(model.bias));
    let gradients = loss(&w, b, cases).backward();

    let surprise = |case: &Case| 1.0 / (1.0 + (-model.score(&case.0)).exp()) - f64::from(u8::from(case.1));
    let count = cases.len() as f64;
    let gaps = (0..TUMOUR_FEATURES).map(|at| {
        let by_hand = cases.iter().map(|case| surprise(case) * case.0[at]).sum::<f64>() / count;
        gradients.of(w[at]) - (by_hand + PENALTY * model.weights[at])
    });
    let by_bias = cases.iter().map(surprise).sum::<f64>() / count;
    board.close("dL/dw and X^T(p - y)/N + .01 w: largest gap", 0.0, farthest(gaps), 1e-12, Source::Calc);
    board.close("dL/db = mean of p - y", by_bias, gradients.of(b), 1e-12, Source::Calc);
}

fn loss_curve(title: &str, top: f64, curves: &[Vec<f64>]) -> Picture {
    curves.iter().enumerate().fold(
        Picture::new(title, "step", "loss").log_x().y_range(0.0..top),
        |picture, (fold, losses)| {
            let points = losses.iter().enumerate().map(|(step, &loss)| ((step + 1) as f64, loss));
            picture.curve(format!("fold {}", fold + 1), points)
        },
    )
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len() as f64
}
