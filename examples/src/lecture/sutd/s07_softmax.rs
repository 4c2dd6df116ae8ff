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
    on_a_batch(board);
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

/// A batch has its scores in a matrix, a row for each example.
fn on_a_batch(board: &mut Board) {
    board.say(
        "On a batch the scores z are a matrix, a row for each example: z.softmax(-1) goes along the last axis, and\n\
         z.softmax_cross_entropy(classes) takes the scores themselves to one loss for each row. 200 random rows of five\n\
         classes, and four rows far out, beside the same number by number:",
    );
    let mut random = Random::seeded(77);
    let mut scores = [(); 200].map(|()| [(); 5].map(|()| 3.0 * random.normal())).to_vec();
    let mut classes = [(); 200].map(|()| random.index(5)).to_vec();
    // What they cost: log(1 + e + e^2), 2000, log 2, log 5.
    let far_out = [
        ([1000.0, 1001.0, 1002.0, 0.0, 0.0], 0, "2.407605964"),
        ([1000.0, 0.0, -1000.0, 0.0, 0.0], 2, "2000"),
        ([1000.0, 1000.0, -1000.0, -1000.0, 0.0], 1, "0.693147181"),
        ([-1000.0; 5], 3, "1.609437912"),
    ];
    scores.extend(far_out.map(|(row, ..)| row));
    classes.extend(far_out.map(|(_, class, _)| class));

    let tape = TensorTape::new();
    let (z, labels) = (tape.var(Tensor::from_rows(&scores)), Tensor::from(classes.clone()));
    let p = z.softmax(-1);
    let sums = p.value().sum_along(-1) - 1.0;
    board.close("rows of the batch sum to 1: largest gap", 0.0, farthest(sums.to_vec()), 1e-15, Source::Calc);
    let row_by_row = probabilities(&scores);
    let gaps = p.value() - &row_by_row;
    board.close("consistency: p, batch and row by row, largest gap", 0.0, farthest(gaps.to_vec()), 1e-15, Source::Calc);

    let losses = z.softmax_cross_entropy(&labels);
    for ((_, class, printed), loss) in far_out.into_iter().zip(&losses.value().rows(200..204)) {
        board.printed(format!("H far out, class {}", class + 1), printed, *loss, Source::Calc);
    }
    let gaps = losses.value() - losses_row_by_row(&scores, &classes);
    board.close("consistency: H, batch and row by row, largest gap", 0.0, farthest(gaps.to_vec()), 1e-12, Source::Calc);

    board.say("One sweep gives the gradient by all scores: p - y for the sum of the losses, 1/m of it for their mean.");
    let p_minus_y = row_by_row - Tensor::one_hot(&labels, 5);
    let gaps = losses.sum().backward().of(z) - &p_minus_y;
    board.close("sum of H: dL/dz and p - y, largest gap", 0.0, farthest(gaps.to_vec()), 1e-12, Source::Calc);
    let gaps = losses.mean().backward().of(z) - &p_minus_y / 204.0;
    board.close("mean of H: dL/dz and (p - y)/m, largest gap", 0.0, farthest(gaps.to_vec()), 1e-12, Source::Calc);
    // Far out a p is 0, and its logarithm no number to add up.
    let z = tape.var(Tensor::from_rows(&scores[..200]));
    let as_written = -(Tensor::one_hot(&labels.rows(0..200), 5) * z.softmax(-1).ln()).sum();
    let gaps = as_written.backward().of(z) - p_minus_y.rows(0..200);
    board.close("-sum y log p as written: largest gap", 0.0, farthest(gaps.to_vec()), 1e-12, Source::Calc);
}

/// The softmax of each row, number by number.
fn probabilities(scores: &[[f64; 5]]) -> Tensor<f64> {
    let tape = ScalarTape::new();
    let rows = scores.iter().map(|&row| softmax(tape.vars(row)).map(|p| p.value()));
    Tensor::from_rows(&rows.collect::<Vec<_>>())
}

fn losses_row_by_row(scores: &[[f64; 5]], classes: &[usize]) -> Tensor<f64> {
    let tape = ScalarTape::new();
    let losses = scores.iter().zip(classes).map(|(&row, &class)| {
        let one_hot = std::array::from_fn(|j| if j == class { 1.0 } else { 0.0 });
        cross_entropy(tape.vars(row), one_hot).value()
    });
    Tensor::from(losses.collect::<Vec<_>>())
}
