//! S8, slides "Softmax vs Sigmoid function in Logistic classifier?": with two classes they are the
//! same, beta = -(beta0 - beta1).

use chainrule::prelude::*;

use super::s07_softmax::softmax;
use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;
use crate::random::Random;

pub(super) const ENTRY: Entry = Entry {
    id: "S8",
    name: "two-class-softmax",
    group: None,
    lecture: Lecture::Sutd,
    title: "softmax of two classes is the sigmoid, beta = -(beta0 - beta1)",
    run,
};

const DRAWS: usize = 1000;

/// The largest differences met over all draws.
#[derive(Default)]
struct Gaps {
    class_0: f64,
    class_1: f64,
    gradient_0: f64,
    gradient_1: f64,
}

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(
        "softmax:  Pr(Y=0) = e^(beta0 X) / (e^(beta0 X) + e^(beta1 X)),  Pr(Y=1) = e^(beta1 X) / (the same)\n\
         Divide above and below by e^(beta1 X), and call beta = -(beta0 - beta1):\n\
         Pr(Y=0) = e^(-beta X) / (1 + e^(-beta X)),   Pr(Y=1) = 1 / (1 + e^(-beta X)) = sigmoid(beta X)",
    );
    let mut random = Random::seeded(8);
    let mut gaps = Gaps::default();
    for _ in 0..DRAWS {
        let mut draw = || [(); 3].map(|()| random.uniform(-1.0..1.0));
        measure(&mut gaps, draw(), draw(), draw());
    }
    board.say(format!("{DRAWS} random draws of beta0, beta1 and X, three features each, all from -1 to 1:"));
    board.close("Pr(Y=0): largest difference", 0.0, gaps.class_0, 1e-15, Source::Calc);
    board.close("Pr(Y=1): largest difference", 0.0, gaps.class_1, 1e-15, Source::Calc);
    board.say(
        "The gradients must agree, too. As beta = beta1 - beta0, that by beta1 is that by beta, and that by beta0 its\n\
         negative:",
    );
    board.close("d Pr(Y=1)/d beta1: largest difference", 0.0, gaps.gradient_1, 1e-15, Source::Calc);
    board.close("d Pr(Y=1)/d beta0: largest difference", 0.0, gaps.gradient_0, 1e-15, Source::Calc);
    erratum(board);
    Ok(())
}

fn measure(gaps: &mut Gaps, beta0: [f64; 3], beta1: [f64; 3], x: [f64; 3]) {
    let tape = ScalarTape::new();
    let (beta0, beta1) = (tape.vars(beta0), tape.vars(beta1));
    let [softmax_0, softmax_1] = softmax([score(beta0, x), score(beta1, x)]);
    let by_softmax = softmax_1.backward();

    let beta: [_; 3] = std::array::from_fn(|at| tape.var((-(beta0[at] - beta1[at])).value()));
    let z = score(beta, x);
    let (sigmoid_0, sigmoid_1) = ((-z).exp() / (1.0 + (-z).exp()), z.sigmoid());
    let by_sigmoid = sigmoid_1.backward();

    gaps.class_0 = farthest([gaps.class_0, (softmax_0 - sigmoid_0).value()]);
    gaps.class_1 = farthest([gaps.class_1, (softmax_1 - sigmoid_1).value()]);
    for at in 0..3 {
        let by_beta = by_sigmoid.of(beta[at]);
        gaps.gradient_0 = farthest([gaps.gradient_0, by_softmax.of(beta0[at]) + by_beta]);
        gaps.gradient_1 = farthest([gaps.gradient_1, by_softmax.of(beta1[at]) - by_beta]);
    }
}

/// beta X
fn score(beta: [Var<'_, f64>; 3], x: [f64; 3]) -> Var<'_, f64> {
    beta.into_iter().zip(x).map(|(beta, x)| beta * x).sum()
}

fn erratum(board: &mut Board) {
    board.erratum(
        "The first line gives Pr(Y=0) = e^(-beta X) / (1 + e^(-beta0 X)): below the line beta is meant, not beta0.\n\
         The derivation two lines on is right. (Its sums over 0 <= c <= K also count one class too many.)",
    );
    // beta X = 2 and beta0 X = 0, say: the two probabilities must still add up to 1.
    let tape = ScalarTape::new();
    let z = tape.var(2.0);
    let (right, printed) = ((-z).exp() / (1.0 + (-z).exp()), (-z).exp() / 2.0);
    board.close("Pr(Y=0) + Pr(Y=1), corrected", 1.0, (right + z.sigmoid()).value(), 1e-15, Source::Calc);
    // e^-2 / 2 + 1 / (1 + e^-2)
    board.printed("the same as printed, beta0 X = 0", "0.948464720", (printed + z.sigmoid()).value(), Source::Calc);
}
