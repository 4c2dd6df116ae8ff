//! M7, slide "Loss = function (weights)": "Small eta: local optimal value. Large eta: random
//! location", drawn there on a curve with a local and a global minimum.

use chainrule::prelude::*;
use chainrule_nn::plot::Picture;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "M7",
    name: "two-minima",
    group: None,
    lecture: Lecture::Melb,
    title: "learning rate small: local optimum; large: random location",
    run,
};

const START: f64 = 2.5;
const SMALL: f64 = 0.05;
const LARGE: f64 = 1.0;
const STEPS: usize = 2000;

/// A wide bowl with a hill in the middle, and the left valley the deeper.
fn curve(x: Var<'_, f64>) -> Var<'_, f64> {
    0.25 * x.powi(2) + 0.8 * (2.0 * x).cos() + 0.15 * x
}

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(format!(
        "L(w) = w^2/4 + .8 cos 2w + .15 w has a local minimum on the right and the global one on the left.\n\
         We start on the right, at w = {START}.",
    ));
    let (local, global) = (slide_into(1.0), slide_into(-1.0));
    let heights = [local, global].map(height);
    board.at_least("L(local) - L(global)", 0.1..=1.0, heights[0] - heights[1], Source::Calc);

    board.say(format!(
        "Small: eta = {SMALL}. It walks down to the nearest valley and stays, though a deeper one exists."
    ));
    let small = descend(SMALL, START);
    board.close("w after 2000 steps: the local minimum", local, small[STEPS], 1e-9, Source::Calc);
    board.close("dL/dw there", 0.0, slope(small[STEPS]), 1e-9, Source::Calc);
    let uphill = small.windows(2).filter(|pair| height(pair[1]) > height(pair[0]) + 1e-15).count();
    board.exact("steps that went up", 0.0, uphill as f64, Source::Calc);

    board.say(format!(
        "Large: eta = {LARGE}. It jumps from side to side and never comes to rest. Where it is after many steps is as\n\
         good as random: a start a millionth further on ends up elsewhere.",
    ));
    let (large, beside) = (descend(LARGE, START), descend(LARGE, START + 1e-6));
    let late = &large[STEPS - 1000..];
    let changes = late.windows(2).filter(|pair| pair[0] * pair[1] < 0.0).count();
    board.at_least("changes of valley in the last 1000 steps", 20.0..=999.0, changes as f64, Source::Calc);
    board.at_least("its spread then (standard deviation)", 0.5..=3.0, spread(late), Source::Calc);
    let apart = large.iter().zip(&beside).filter(|(a, b)| (*a - *b).abs() > 0.5).count();
    board.at_least("steps more than .5 off the neighbour", 500.0..=2000.0, apart as f64, Source::Calc);
    board.picture("curve", picture_of_curve(&small, &large)?);
    board.picture("steps", picture_of_steps(&small, &large)?);
    Ok(())
}

fn height(at: f64) -> f64 {
    curve(Var::constant(at)).value()
}

fn slope(at: f64) -> f64 {
    let tape = ScalarTape::new();
    let w = tape.var(at);
    curve(w).backward().of(w)
}

/// w before the first step and after each.
fn descend(rate: f64, start: f64) -> Vec<f64> {
    let mut path = vec![start];
    let mut at = start;
    for _ in 0..STEPS {
        at -= rate * slope(at);
        path.push(at);
    }
    path
}

/// The minimum between the hill at 0 and 2 on the side of `sign`: where L' by hand,
/// w/2 - 1.6 sin 2w + .15, changes sign, halved in until nothing is left.
fn slide_into(sign: f64) -> f64 {
    let by_hand = |w: f64| w / 2.0 - 1.6 * (2.0 * w).sin() + 0.15;
    let (mut inner, mut outer) = (0.5 * sign, 2.0 * sign);
    for _ in 0..60 {
        let middle = f64::midpoint(inner, outer);
        if by_hand(middle) * sign < 0.0 { inner = middle } else { outer = middle }
    }
    f64::midpoint(inner, outer)
}

/// The standard deviation.
fn spread(path: &[f64]) -> f64 {
    let mean = path.iter().sum::<f64>() / path.len() as f64;
    (path.iter().map(|w| (w - mean).powi(2)).sum::<f64>() / path.len() as f64).sqrt()
}

fn picture_of_curve(small: &[f64], large: &[f64]) -> chainrule_nn::Result<String> {
    let first = |path: &[f64], steps: usize| path[..=steps].iter().map(|&w| (w, height(w))).collect::<Vec<_>>();
    Picture::new("Two minima: the first steps", "w", "L(w)")
        .function("L(w)", -3.0..3.0, height)
        .dots(format!("eta {SMALL}, 40 steps"), first(small, 40))
        .crosses(format!("eta {LARGE}, 12 steps"), first(large, 12))
        .svg()
}

fn picture_of_steps(small: &[f64], large: &[f64]) -> chainrule_nn::Result<String> {
    let first = |path: &[f64]| path[..=150].iter().enumerate().map(|(step, &w)| (step as f64, w)).collect::<Vec<_>>();
    Picture::new("Two minima: where it stands", "step", "w")
        .curve(format!("eta {LARGE}"), first(large))
        .curve(format!("eta {SMALL}"), first(small))
        .svg()
}
