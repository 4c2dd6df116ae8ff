//! M10, slide "Limitations of perceptron learning": "It will converge to some solution (separating
//! boundary), one of infinitely many possible".

use chainrule::prelude::*;
use chainrule_nn::plot::Picture;

use super::perceptron::{AND, epoch, right};
use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::lecture::Lecture;
use crate::random::Random;

pub(super) const ENTRY: Entry = Entry {
    id: "M10",
    name: "many-lines",
    group: None,
    lecture: Lecture::Melb,
    title: "ten starts, ten separating lines: one of infinitely many",
    run,
};

const STARTS: usize = 10;
const RATE: f64 = 0.1;
/// More than ever needed; a start that has not settled by then fails its check.
const EPOCHS: usize = 200;

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(
        "The simple example (AND, -1/+1), ten random starts, eta = .1. Each goes on until an epoch passes without a\n\
         wrong answer.",
    );
    let mut random = Random::seeded(10);
    let solutions: Vec<[f64; 3]> = (0..STARTS).map(|_| settle([(); 3].map(|()| random.uniform(-1.0..1.0)))).collect();
    for (start, &weights) in (1..).zip(&solutions) {
        board.exact(format!("rows right, of 4, start {start}"), 4.0, right(weights, &AND) as f64, Source::Calc);
    }

    board.say(
        "Two lines are the same if their w differ by a positive factor only. Scaled to length 1, the two nearest of\n\
         the ten are this far apart:",
    );
    let lines: Vec<[f64; 3]> = solutions.iter().map(|w| w.map(|weight| weight / norm(w))).collect();
    let distance = |a: [f64; 3], b: [f64; 3]| norm(&[a[0] - b[0], a[1] - b[1], a[2] - b[2]]);
    let nearest = (0..STARTS)
        .flat_map(|i| (0..i).map(move |j| (i, j)))
        .map(|(i, j)| distance(lines[i], lines[j]))
        .fold(f64::INFINITY, |least, next| if next.is_nan() || next < least { next } else { least });
    board.at_least("distance of the two nearest lines", 1e-3..=2.0, nearest, Source::Calc);
    let mut different: Vec<[f64; 3]> = Vec::new();
    for &line in &lines {
        if different.iter().all(|&other| distance(line, other) > 1e-3) {
            different.push(line);
        }
    }
    board.exact("different lines, of 10", STARTS as f64, different.len() as f64, Source::Calc);

    board.say("And between any two lie more: half-way between line 1 and each of the others, all rows are right, too.");
    let halfway = lines[1..].iter().filter(|other| {
        let middle: [f64; 3] = std::array::from_fn(|i| f64::midpoint(lines[0][i], other[i]));
        right(middle, &AND) == AND.len()
    });
    board.exact("lines half-way that separate, of 9", 9.0, halfway.count() as f64, Source::Calc);

    // One series in one colour, broken between the lines; the points over it.
    let of = |class: f64| AND.into_iter().filter(move |(_, y)| *y == class).map(|([x1, x2], _)| (x1, x2));
    let picture = Picture::new("AND: ten starts, ten lines", "x1", "x2")
        .x_range(-0.5..1.5)
        .y_range(-0.5..1.5)
        .curve("a line for each start", lines.iter().flat_map(across))
        .dots("+1", of(1.0))
        .crosses("-1", of(-1.0));
    board.picture("lines", picture.svg()?);
    Ok(())
}

/// Two points of the line w0 + w1 x1 + w2 x2 = 0 on both sides of the frame, and a break.
fn across(&[w0, w1, w2]: &[f64; 3]) -> [(f64, f64); 3] {
    let [start, end] = [-0.5, 1.5]
        .map(|at| if w2.abs() >= w1.abs() { (at, -(w0 + w1 * at) / w2) } else { (-(w0 + w2 * at) / w1, at) });
    [start, end, (f64::NAN, f64::NAN)]
}

fn settle(mut weights: [f64; 3]) -> [f64; 3] {
    let mut tape = ScalarTape::new();
    for _ in 0..EPOCHS {
        if epoch(&mut tape, &mut weights, &AND, RATE) == 0 {
            break;
        }
    }
    weights
}
