//! The slides' steps on two sentences of three words, each word two numbers: shapes, values, gradients.

use chainrule::prelude::*;
use chainrule_nn::check_layer;
use chainrule_nn::prelude::{AttentionPooling, Dense, Init, Sequential, Softmax};

use crate::board::{Board, Source};
use crate::entry::Error;
use crate::gap::farthest;

/// L = 2 sentences of M = 3 words of N = 2 numbers.
const X: [[[f64; 2]; 3]; 2] = [[[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [[0.0, 0.0], [2.0, 0.0], [0.0, -1.0]]];
/// The dense layer N x 1; its bias is 0.
const W: [[f64; 1]; 2] = [[1.0], [-1.0]];

/// X W on paper.
const SCORES: [[f64; 3]; 2] = [[1.0, -1.0, 0.0], [0.0, 2.0, 1.0]];
/// With tanh 1 = .761594156 and tanh 2 = .964027580; each row e^tanh over its sum.
const IMPORTANCE: [[&str; 3]; 2] =
    [[".593493943", ".129390983", ".277115075"], [".173492913", ".454939450", ".371567636"]];
/// In the first row the first and the third weight, the second and the third; in the other twice the second, less the third.
const FEATURES: [[&str; 2]; 2] = [[".870609017", ".406506057"], [".909878901", "-.371567636"]];

pub(super) fn show(board: &mut Board) -> Result<(), Error> {
    board.say(
        "A bag of words counts every word alike (S14). The slides' remedy: X holds L sentences of M words, each an N-vector; a\n\
         dense layer N x 1 gives each word a score, tanh bends it, softmax makes the scores of a sentence its words' importance,\n\
         and the sentence becomes the sum of its words, each times its importance. On paper, L = 2, M = 3, N = 2:\n\n\
         \u{20}   X =  (1, 0)  (0, 1)  (1, 1)        w = (1, -1), b = 0\n\
         \u{20}        (0, 0)  (2, 0)  (0, -1)",
    );
    let tape = TensorTape::new();
    let x = tape.var(Tensor::from(X));
    let scores = x.linear(tape.var(Tensor::from(W)), tape.var(Tensor::zeros([1])));
    let bent = scores.tanh();
    let importance = bent.softmax(1);
    let features = (x * importance).sum_along(1);
    // L x M x N, thrice L x M x 1, L x N.
    let steps = [
        ("X", x, &[2, 3, 2][..]),
        ("X' = X W + b", scores, &[2, 3, 1]),
        ("X'' = tanh(X')", bent, &[2, 3, 1]),
        ("X''' = softmax(X'')", importance, &[2, 3, 1]),
        ("X'''' = sum of X''' X", features, &[2, 2]),
    ];
    let written =
        |(what, step, _): &(&str, Var<'_, Tensor<f64>>, &[usize])| format!("    {what:<24} {:?}", &step.shape()[..]);
    board.say(steps.iter().map(written).collect::<Vec<_>>().join("\n"));
    for (what, step, wanted) in steps {
        let as_drawn = f64::from(step.shape()[..] == *wanted);
        board.exact(format!("{what}: of the slide's shape"), 1.0, as_drawn, Source::Slide);
    }
    for (row, wanted) in SCORES.iter().enumerate() {
        for (word, &wanted) in wanted.iter().enumerate() {
            board.exact(format!("X'[{row}][{word}]"), wanted, scores.value().at(&[row, word, 0]), Source::Calc);
        }
    }
    for (row, wanted) in IMPORTANCE.iter().enumerate() {
        for (word, wanted) in wanted.iter().enumerate() {
            board.printed(format!("X'''[{row}][{word}]"), wanted, importance.value().at(&[row, word, 0]), Source::Calc);
        }
    }
    for (row, wanted) in FEATURES.iter().enumerate() {
        for (feature, wanted) in wanted.iter().enumerate() {
            board.printed(
                format!("X''''[{row}][{feature}]"),
                wanted,
                features.value().at(&[row, feature]),
                Source::Calc,
            );
        }
    }
    axis(board, &bent.value());
    layer(board, &features.value())
}

fn axis(board: &mut Board, bent: &Tensor<f64>) {
    board.erratum(
        "The slide takes the softmax over axis -1 of an L x M x 1 array. That axis has length 1, and e^x / e^x = 1: every word\n\
         would be as important. \"To get the importance of each word\" means the axis of the M words.",
    );
    let gaps = bent.softmax(-1) - 1.0;
    board.exact("softmax over axis -1: farthest from 1", 0.0, farthest(gaps.to_vec()), Source::Calc);
    let sums = bent.softmax(1).sum_along(1) - 1.0;
    board.close(
        "softmax over the words: sum of a sentence, farthest from 1",
        0.0,
        farthest(sums.to_vec()),
        1e-15,
        Source::Calc,
    );
}

/// The same as a layer, and its gradients.
fn layer(board: &mut Board, features: &Tensor<f64>) -> Result<(), Error> {
    board.say(
        "The layer `AttentionPooling` is these steps; behind it a softmax layer classifies. All of it is differentiated at once:\n\
         the gradients by X, w, b and the classifier's weights, against difference quotients.",
    );
    let attention = || AttentionPooling::new().init(Init::Values(W.as_flattened().to_vec()));
    let mut pooling = Sequential::<f64>::default().input([3, 2]).add(attention());
    pooling.build()?;
    let gap = pooling.predict(&X.into())? - features;
    board.close("the layer and the steps, farthest", 0.0, farthest(gap.to_vec()), 1e-15, Source::Calc);

    let classifier = Sequential::default().add(attention()).add(Dense::new(5).activation(Softmax));
    let report = check_layer(classifier, &X.into())?;
    // X has 12, w 2, b 1, the softmax layer 2 * 5 + 5.
    board.exact("derivatives compared", 30.0, report.compared() as f64, Source::Calc);
    board.at_most("the worst, relative", 0.0..=1e-6, report.worst(), Source::Calc);
    Ok(())
}
