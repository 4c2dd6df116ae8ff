//! S12, slides "Adaptive Learning Rates": five of them.

mod by_hand;
mod same_net;

use chainrule::prelude::TensorTape;
use chainrule_nn::optim::{Optimizer, UpdateRule};
use chainrule_nn::prelude::*;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "S12",
    name: "optimizers",
    group: None,
    lecture: Lecture::Sutd,
    title: "Adagrad, Adadelta, Adam, Nadam, RMSprop: by hand, and on one net",
    run,
};

/// The learning rate of all but Adadelta, whose paper has 1.
const RATE: f64 = 0.1;

fn run(board: &mut Board) -> Result<(), Error> {
    three_steps(board);
    scale(board);
    same_net::run(board)
}

/// w after each of three steps on `height` times w^2, from w = 1.
fn walk<R: UpdateRule>(mut optimizer: Optimizer<R, f64>, height: f64) -> [f64; 3] {
    let mut tape = TensorTape::new();
    let mut w = Tensor::from([1.0]);
    [(); 3].map(|()| {
        let at = tape.var(w.clone());
        let slope = (height * at.powi(2)).sum().backward().of(at);
        tape.clear();
        optimizer.step([&mut w], [&slope]);
        w.item()
    })
}

/// Keras 3.15's optimizers on the same function, in f64, to nine digits.
const KERAS: [[&str; 3]; 5] = [
    ["0.901227042", "0.834737278", "0.782299195"],
    ["0.998585787", "0.997154545", "0.995712465"],
    ["0.900000158", "0.800412502", "0.701586643"],
    ["0.893721225", "0.820245038", "0.754674282"],
    ["0.683772274", "0.498870656", "0.369180605"],
];

fn three_steps(board: &mut Board) {
    board.say(
        "Instead of one rate for all, each weight gets a rate of its own from the gradients that it has seen. Every\n\
         method below keeps at most two numbers beside a weight. Three steps on f(w) = w^2 from w = 1, g = 2 w; first by\n\
         the formula, with its numbers, then by the crate. eta = .1, for Adadelta 1, as in its paper; the other settings\n\
         are Keras's defaults, e = 1e-7 where a formula keeps a root or a quotient from 0.",
    );
    let by_crate = [
        walk(Adagrad::new(RATE), 1.0),
        walk(Adadelta::new(1.0), 1.0),
        walk(Adam::new(RATE), 1.0),
        walk(Nadam::new(RATE), 1.0),
        walk(RmsProp::new(RATE), 1.0),
    ];
    for ((method, steps), keras) in by_hand::METHODS.iter().zip(by_crate).zip(KERAS) {
        let (by_hand, lines) = method.walk();
        board.say(format!("{}:  {}\n\n{}", method.name, method.formula, lines.join("\n")));
        let gap = farthest(by_hand.iter().zip(steps).map(|(by_hand, step)| by_hand - step));
        board.close(format!("{}, three steps by hand: largest gap", method.name), 0.0, gap, 1e-12, Source::Calc);
        for (at, (printed, step)) in keras.into_iter().zip(steps).enumerate() {
            board.printed(format!("{}, w after step {}, as Keras", method.name, at + 1), printed, step, Source::Calc);
        }
    }
}

fn scale(board: &mut Board) {
    board.say(
        "What it is good for: on 1000 w^2 every gradient is 1000 times as large. SGD's first step is, too; the adaptive\n\
         ones hardly notice, since they divide by the size of what they have seen.",
    );
    let ratio = |[low, high]: [[f64; 3]; 2]| (high[0] - 1.0) / (low[0] - 1.0);
    let heights = [1.0, 1000.0];
    let plain = ratio(heights.map(|height| walk(Sgd::new(RATE), height)));
    board.close("first step, 1000 w^2 over w^2: SGD", 1000.0, plain, 1e-9, Source::Calc);
    for (name, walks) in [
        ("Adadelta", heights.map(|height| walk(Adadelta::new(1.0), height))),
        ("Adam", heights.map(|height| walk(Adam::new(RATE), height))),
        ("Nadam", heights.map(|height| walk(Nadam::new(RATE), height))),
        ("RMSprop", heights.map(|height| walk(RmsProp::new(RATE), height))),
    ] {
        board.close(format!("the same: {name}"), 1.0, ratio(walks), 1e-5, Source::Calc);
    }
    // a = .1 + g^2, and g is 2 or 2000.
    let adagrad = ratio(heights.map(|height| walk(Adagrad::new(RATE), height)));
    board.close("the same: Adagrad, sqrt(4.1 / 4)", 1.025_f64.sqrt(), adagrad, 1e-6, Source::Calc);
}
