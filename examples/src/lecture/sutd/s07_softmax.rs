//! S7, slide "Softmax": `P(y = j | z) = e^(z_j) / sum e^(z_k)`, and the loss `H(y, p) = -sum y log p`.

use chainrule::prelude::*;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;
use crate::random::Random;

pub(super) const ENTRY: Entry = Entry {
    id: "S7",
    name: "softmax",
    group: None,
    lecture: Lecture::Sutd,
    title: "softmax and cross-entropy: rows sum to 1, no overflow, gradient p - y",
    run,
};

/// `e^(z_j) / sum e^(z_k)`, with the largest z taken out of both, where it cancels.
pub(super) fn softmax<const N: usize>(z: [Var<'_, f64>; N]) -> [Var<'_, f64>; N] {
    let largest = z.iter().map(|z| z.value()).fold(f64::NEG_INFINITY, f64::max);
    let powers = z.map(|z| (z - largest).exp());
    let total = sum(&powers);
    powers.map(|power| power / total)
}

/// H(y, p) = -sum y log p with p = softmax(z): log p = z - log sum e^z, which never takes log 0.
fn cross_entropy<const N: usize>(z: [Var<'_, f64>; N], y: [f64; N]) -> Var<'_, f64> {
    let log_total = log_sum_exp(&z);
    z.into_iter().zip(y).map(|(z, y)| y * (log_total - z)).sum()
}

fn run(board: &mut Board) -> Result<(), Error> {
    board.erratum(
        "The slide sums over j = 0..k and writes z^(i) without a class above the line. For K classes the sum has K\n\
         terms, j = 1..K (or 0..K-1), and P(y = j) has z_j above the line.",
    );
    rows_sum_to_one(board);
    no_overflow(board);
    gradient_is_p_minus_y(board);
    Ok(())
}

fn rows_sum_to_one(board: &mut Board) {
    board.say("p_j = e^(z_j) / sum_k e^(z_k). Each row is a distribution over the classes:");
    let tape = ScalarTape::new();
    let p = softmax(tape.vars([1.0, 2.0, 3.0]));
    // e, e^2, e^3 over their sum, which is 30.19287485.
    for (j, (printed, p)) in ["0.090030573", "0.244728471", "0.665240956"].into_iter().zip(p).enumerate() {
        board.printed(format!("p{} of softmax(1, 2, 3)", j + 1), printed, p.value(), Source::Calc);
    }
    for row in [[1.0, 2.0, 3.0], [-5.0, 0.0, 5.0], [0.3, 0.3, 0.3], [-700.0, 2.0, 700.0]] {
        let total = sum(&softmax(tape.vars(row)));
        board.close(
            format!("sum of softmax({}, {}, {})", row[0], row[1], row[2]),
            1.0,
            total.value(),
            1e-15,
            Source::Calc,
        );
    }
}

fn no_overflow(board: &mut Board) {
    board.say(
        "e^1000 is more than f64 can hold, and inf / inf is no number. Taking the largest z out of every exponent\n\
         changes nothing, for it cancels: softmax(z) = softmax(z - max z).",
    );
    let tape = ScalarTape::new();
    let z = tape.vars([1000.0, 1001.0, 1002.0]);
    let powers = z.map(|z| z.exp());
    let naive = powers[0] / sum(&powers);
    board.exact("p1 of (1000, 1001, 1002) as written", f64::NAN, naive.value(), Source::Calc);
    let p = softmax(z);
    board.printed("p1 of (1000, 1001, 1002)", "0.090030573", p[0].value(), Source::Calc);
    board.printed("p3 of (1000, 1001, 1002)", "0.665240956", p[2].value(), Source::Calc);

    let z = tape.vars([1000.0, 0.0, -1000.0]);
    let loss = cross_entropy(z, [0.0, 0.0, 1.0]);
    board.printed("H at z = (1000, 0, -1000), class 3", "2000", loss.value(), Source::Calc);
    for (j, (expected, slope)) in [1.0, 0.0, -1.0].into_iter().zip(loss.backward().of_all(z)).enumerate() {
        board.exact(format!("dH/dz{} there", j + 1), expected, slope, Source::Calc);
    }
}

fn gradient_is_p_minus_y(board: &mut Board) {
    board.say("H(y, p) = -sum y_j log p_j. Its gradient by z is p - y; for z = (1, 2, 3), class 3:");
    let tape = ScalarTape::new();
    let z = tape.vars([1.0, 2.0, 3.0]);
    let loss = cross_entropy(z, [0.0, 0.0, 1.0]);
    board.printed("H = -log p3", "0.407605964", loss.value(), Source::Calc);
    let slopes = loss.backward().of_all(z);
    for (j, (printed, slope)) in ["0.090030573", "0.244728471", "-0.334759044"].into_iter().zip(slopes).enumerate() {
        board.printed(format!("dH/dz{} = p{} - y{}", j + 1, j + 1, j + 1), printed, slope, Source::Calc);
    }

    board.say(
        "The same on 200 random rows of five classes, with y one class and with y a distribution, the slide's\n\
         -sum y log p on the tape:",
    );
    let mut random = Random::seeded(7);
    let mut gaps = [0.0_f64; 2];
    for _ in 0..200 {
        let logits = [(); 5].map(|()| 3.0 * random.normal());
        let mut one_class = [0.0; 5];
        one_class[random.index(5)] = 1.0;
        let shares = [(); 5].map(|()| random.uniform(0.0..1.0));
        let total: f64 = shares.iter().sum();
        for (worst, y) in gaps.iter_mut().zip([one_class, shares.map(|share| share / total)]) {
            *worst = farthest([*worst, gap(logits, y)]);
        }
    }
    board.close("farthest from p - y, y one class", 0.0, gaps[0], 1e-12, Source::Calc);
    board.close("farthest from p - y, y a distribution", 0.0, gaps[1], 1e-12, Source::Calc);
}

/// How far the gradient of -sum y log p is from p - y, p in plain numbers.
fn gap(logits: [f64; 5], y: [f64; 5]) -> f64 {
    let tape = ScalarTape::new();
    let z = tape.vars(logits);
    let loss = -softmax(z).into_iter().zip(y).map(|(p, y)| y * p.ln()).sum::<Var<'_, f64>>();
    let slopes = loss.backward().of_all(z);
    let powers = logits.map(f64::exp);
    let total: f64 = powers.iter().sum();
    farthest(powers.iter().zip(y).zip(slopes).map(|((power, y), slope)| power / total - y - slope))
}
