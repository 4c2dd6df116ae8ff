//! C6, slides "Common practice for loss functions" and "Cross-entropy loss outputs a log probability".

use chainrule::prelude::TensorTape;
use chainrule_nn::prelude::*;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "C6",
    name: "nine-losses",
    group: None,
    lecture: Lecture::Cai,
    title: "the slide's nine losses: value and gradient; the log probability",
    run,
};

fn run(board: &mut Board) -> Result<(), Error> {
    regression(board);
    binary(board);
    several_classes(board);
    log_probability(board)
}

/// A loss at some predictions: its value, and its slope by each of them, row by row.
fn at(loss: &dyn Loss<f64>, predictions: &Tensor<f64>, targets: impl Into<Targets<f64>>) -> (f64, Vec<f64>) {
    let tape = TensorTape::new();
    let p = tape.var(predictions.clone());
    let loss = loss.of(p, &targets.into());
    (loss.item(), loss.backward().of(p).to_vec())
}

/// Value and slopes beside those by hand.
fn compare(board: &mut Board, name: &str, (value, slopes): &(f64, Vec<f64>), by_hand: f64, slopes_by_hand: &[f64]) {
    board.close(name, by_hand, *value, 1e-14 * by_hand.abs().max(1.0), Source::Calc);
    // As many of the ones as of the others, or nothing has been compared.
    let gaps = slopes.iter().zip(slopes_by_hand).map(|(slope, by_hand)| slope - by_hand);
    let gap = if slopes.len() == slopes_by_hand.len() { farthest(gaps) } else { f64::NAN };
    board.close(format!("{name}: gradient, largest gap"), 0.0, gap, 1e-14, Source::Calc);
}

fn regression(board: &mut Board) {
    board.say(
        "Regression: two rows of two.    t   1    3        p   2    1\n                                    \
         0    7            0   9\n\n\
         mean squared error              1/4 sum (p - t)^2                        slope (p - t) / 2\n\
         mean squared logarithmic error  1/4 sum [ln(1 + p) - ln(1 + t)]^2        slope [...] / (2 (1 + p))\n\
         mean absolute error             1/4 sum |p - t|                          slope sign(p - t) / 4, 0 where p = t",
    );
    let targets = Tensor::from([[1.0, 3.0], [0.0, 7.0]]);
    let p = Tensor::from([[2.0, 1.0], [0.0, 9.0]]);
    let squared = at(&MeanSquaredError, &p, &targets);
    compare(board, "mean squared error, (1 + 4 + 0 + 4) / 4", &squared, 2.25, &[0.5, -1.0, 0.0, 1.0]);
    let [l1, l2, l3] = [(1.5_f64).ln(), (0.5_f64).ln(), (1.25_f64).ln()];
    let by_hand = (l1 * l1 + l2 * l2 + l3 * l3) / 4.0;
    let logarithmic = at(&MeanSquaredLogarithmicError, &p, &targets);
    let slopes = [l1 / 6.0, l2 / 4.0, 0.0, l3 / 20.0];
    compare(
        board,
        "mean squared logarithmic error, (ln^2 1.5 + ln^2 .5 + ln^2 1.25) / 4",
        &logarithmic,
        by_hand,
        &slopes,
    );
    let absolute = at(&MeanAbsoluteError, &p, &targets);
    compare(board, "mean absolute error, (1 + 2 + 0 + 2) / 4", &absolute, 1.25, &[0.25, -0.25, 0.0, 0.25]);

    board.say("On the table of Keras's documentation, t = 0 1 / 0 0, p = 1 1 / 1 0, and what is printed there:");
    let [t, p] = [[[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]]].map(Tensor::from);
    board.exact("mean squared error, Keras", 0.5, at(&MeanSquaredError, &p, &t).0, Source::Calc);
    board.printed(
        "mean squared logarithmic error, Keras",
        "0.240",
        at(&MeanSquaredLogarithmicError, &p, &t).0,
        Source::Calc,
    );
    board.exact("mean absolute error, Keras", 0.5, at(&MeanAbsoluteError, &p, &t).0, Source::Calc);
}

fn binary(board: &mut Board) {
    board.say(
        "Binary classification, the table of Keras's documentation:    t   0    1        p   .6   .4\n                                                                  \
         0    0            .4   .6\n\n\
         binary cross-entropy  -1/4 sum [t ln p + (1 - t) ln(1 - p)]    slope (p - t) / (4 p (1 - p))\n\
         hinge                 1/4 sum max(1 - y p, 0), y = 2t - 1      slope -y / 4 where y p < 1\n\
         squared hinge         1/4 sum max(1 - y p, 0)^2                slope -y max(1 - y p, 0) / 2",
    );
    let targets = Tensor::from([[0.0, 1.0], [0.0, 0.0]]);
    let p = Tensor::from([[0.6, 0.4], [0.4, 0.6]]);
    let cross_entropy = at(&BinaryCrossEntropy, &p, &targets);
    let slope = 0.25 / 0.4;
    let slopes = [slope, -slope, 0.25 / 0.6, slope];
    let by_hand = -(3.0 * 0.4_f64.ln() + 0.6_f64.ln()) / 4.0;
    compare(board, "binary cross-entropy, -(3 ln .4 + ln .6) / 4", &cross_entropy, by_hand, &slopes);
    board.printed("binary cross-entropy, Keras", "0.815", cross_entropy.0, Source::Calc);
    let hinge = at(&Hinge, &p, &targets);
    compare(board, "hinge, (1.6 + .6 + 1.4 + 1.6) / 4, as Keras", &hinge, 1.3, &[0.25, -0.25, 0.25, 0.25]);
    let squared = at(&SquaredHinge, &p, &targets);
    let slopes = [0.8, -0.3, 0.7, 0.8];
    compare(board, "squared hinge, (2.56 + .36 + 1.96 + 2.56) / 4, as Keras", &squared, 1.86, &slopes);
}

fn several_classes(board: &mut Board) {
    board.say(
        "Several classes, two rows of three:    p   .05  .95   0        t   0    1    0     or the labels 1, 2\n                                           \
         .1   .8   .1            0    0    1\n\n\
         multi-class cross-entropy         -1/2 sum t ln p      slope (1 - t / p) / 2\n\
         sparse multi-class cross-entropy  -1/2 sum ln p_label  the same, from labels\n\
         Kullback-Leibler divergence       1/2 sum t ln(t / p)  slope -t / (2 p)\n\n\
         The 1 in the first slope is there since the crate, as Keras, divides each row by its sum: making all shares larger\n\
         gains nothing.",
    );
    let p = Tensor::from([[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]]);
    let one_hot = Tensor::from([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);
    let labels = Tensor::<usize>::from([1, 2]);
    let by_hand = -(0.95_f64.ln() + 0.1_f64.ln()) / 2.0;
    // Keras holds shares at 1e-7 or more, and lets nothing through where it does: the same slope for the share 0.
    let slopes = [0.5, (1.0 - 1.0 / 0.95) / 2.0, 0.5, 0.5, 0.5, (1.0 - 1.0 / 0.1) / 2.0];
    let dense = at(&CategoricalCrossEntropy, &p, &one_hot);
    compare(board, "multi-class cross-entropy, -(ln .95 + ln .1) / 2", &dense, by_hand, &slopes);
    board.printed("multi-class cross-entropy, Keras", "1.177", dense.0, Source::Calc);
    let sparse = at(&SparseCategoricalCrossEntropy, &p, &labels);
    compare(board, "sparse multi-class cross-entropy, from labels", &sparse, by_hand, &slopes);
    board.printed("sparse multi-class cross-entropy, Keras", "1.177", sparse.0, Source::Calc);

    let t = Tensor::from([[0.5, 0.5], [0.25, 0.75]]);
    let p = Tensor::from([[0.25, 0.75], [0.5, 0.5]]);
    let by_hand = (0.5 * (4.0_f64 / 3.0).ln() + 0.25 * 0.5_f64.ln() + 0.75 * 1.5_f64.ln()) / 2.0;
    let divergence = at(&KlDivergence, &p, &t);
    let what = "Kullback-Leibler, t = 1/2 1/2, 1/4 3/4 and p = 1/4 3/4, 1/2 1/2";
    compare(board, what, &divergence, by_hand, &[-1.0, -1.0 / 3.0, -0.25, -0.75]);
    let [t, p] = [[[0.0, 1.0], [0.0, 0.0]], [[0.6, 0.4], [0.4, 0.6]]].map(Tensor::from);
    board.printed(
        "Kullback-Leibler, Keras: t = 0 1 / 0 0, p = .6 .4 / .4 .6",
        "0.458",
        at(&KlDivergence, &p, &t).0,
        Source::Calc,
    );
    // The divergence is the cross-entropy less the entropy of t, which no p changes.
    let t = Tensor::from([[0.5, 0.5], [0.25, 0.75]]);
    let p = Tensor::from([[0.25, 0.75], [0.5, 0.5]]);
    let entropy: f64 = -t.iter().map(|t: &f64| t * t.ln()).sum::<f64>() / 2.0;
    let cross_entropy = at(&CategoricalCrossEntropy, &p, &t).0;
    board.close("cross-entropy less the entropy of t", divergence.0, cross_entropy - entropy, 1e-15, Source::Calc);
}

fn log_probability(board: &mut Board) -> Result<(), Error> {
    board.say(
        "\"Cross-entropy loss outputs a log probability\": of one row it is -ln p of the right class, so e^-loss is the\n\
         probability that the network gave to the truth; of many rows, their geometric mean. Scores 2 1 0, the truth is\n\
         the first: p = e^2 / (e^2 + e + 1).",
    );
    let scores = Tensor::from([[2.0, 1.0, 0.0]]);
    let e = std::f64::consts::E;
    let share = e * e / (e * e + e + 1.0);
    board.printed("p of the first class", "0.665240956", scores.softmax(-1)[[0, 0]], Source::Calc);
    let (loss, slopes) = at(&SparseCategoricalCrossEntropy.from_logits(), &scores, Tensor::<usize>::from([0]));
    board.close("loss = -ln p", -share.ln(), loss, 1e-15, Source::Calc);
    board.close("e^-loss = p", share, (-loss).exp(), 1e-15, Source::Calc);
    board.close("slope by the right score, p - 1", share - 1.0, slopes[0], 1e-15, Source::Calc);
    board.say(
        "So a network that knows nothing of ten classes starts at ln 10 = 2.302585, and a loss of .105 means 90 % for the\n\
         truth. A network may hand out the logarithms themselves, log_softmax, to the negative log-likelihood:",
    );
    let nothing =
        at(&SparseCategoricalCrossEntropy.from_logits(), &Tensor::zeros([4, 10]), Tensor::<usize>::from([3, 1, 4, 1]));
    board.printed("ten equal scores: loss", "2.302585093", nothing.0, Source::Calc);
    let mut network = Sequential::default().input(3).add(LogSoftmax);
    network.build()?;
    let mut session = Session::new(0);
    let pass = session.evaluation();
    let rows = Tensor::from([[2.0, 1.0, 0.0], [0.0, 3.0, 1.0]]);
    let labels = Tensor::<usize>::from([0, 2]);
    let logarithms = network.forward(pass.constant(&rows), &pass);
    let likelihood = NegativeLogLikelihood.of(logarithms, &(&labels).into()).item();
    let second = e / (1.0 + e.powi(3) + e);
    board.close(
        "log_softmax, then its negative mean: two rows",
        -(share * second).ln() / 2.0,
        likelihood,
        1e-15,
        Source::Calc,
    );
    let fused = at(&SparseCategoricalCrossEntropy.from_logits(), &rows, &labels).0;
    board.close("the cross-entropy of the same scores", likelihood, fused, 1e-15, Source::Calc);
    board.close("e^-loss, the geometric mean of the two", (share * second).sqrt(), (-fused).exp(), 1e-15, Source::Calc);
    Ok(())
}
