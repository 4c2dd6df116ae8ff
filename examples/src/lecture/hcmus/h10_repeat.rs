//! H10, slide "Backpropagation": "Repeat this training process until the error gets small enough".

use std::iter::successors;

use chainrule::prelude::*;
use chainrule_nn::plot::Picture;

use super::worked_network::{BIASES, RATE, WEIGHTS, forward, named_weights};
use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "H10",
    name: "repeat",
    group: None,
    lecture: Lecture::Hcmus,
    title: "10,000 steps: biases kept, shared by a layer, one for each unit",
    run,
};

const STEPS: usize = 10_000;

/// Which biases learn, and how they are shared.
#[derive(Clone, Copy)]
enum Bias {
    /// They stay where they are, as in the slide's step.
    Kept,
    /// One for each layer, as drawn.
    Shared,
    /// One for each unit, as in a Dense layer.
    Each,
}

struct Training {
    /// The total error before each step, and after the last.
    errors: Vec<f64>,
    outputs: [f64; 2],
}

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(
        "The same step, 10,000 times. The slides keep the biases; as drawn, each layer shares one; a Dense layer\n\
         has one for each unit. The more that may learn, the smaller the error.",
    );
    let [kept, shared, each] = [Bias::Kept, Bias::Shared, Bias::Each].map(train);
    board.printed("E_total, biases kept", "3.5102e-5", kept.errors[STEPS], Source::Calc);
    board.printed("out_o1, biases kept", "0.0159136", kept.outputs[0], Source::Calc);
    board.printed("out_o2, biases kept", "0.9840643", kept.outputs[1], Source::Calc);
    board.printed("E_total, one bias a layer", "4.3553e-6", shared.errors[STEPS], Source::Calc);
    board.printed("E_total, one bias a unit", "2.4476e-6", each.errors[STEPS], Source::Calc);

    // On a logarithmic axis, steps that grow by a fiftieth are as good as all.
    let steps: Vec<usize> =
        successors(Some(1), |step| Some(step + 1 + step / 50)).take_while(|&s| s <= STEPS).collect();
    let curve = |training: &Training| -> Vec<(f64, f64)> {
        steps.iter().map(|&step| (step as f64, training.errors[step - 1])).collect()
    };
    let picture = Picture::new("The worked network, trained on", "step", "E_total")
        .log_x()
        .log_y()
        .curve("biases kept", curve(&kept))
        .curve("one bias a layer", curve(&shared))
        .curve("one bias a unit", curve(&each));
    board.picture("error", picture.svg()?);
    Ok(())
}

fn train(bias: Bias) -> Training {
    let mut weights = WEIGHTS;
    // For h1, h2, o1, o2.
    let mut biases = [BIASES[0], BIASES[0], BIASES[1], BIASES[1]];
    let mut tape = ScalarTape::new();
    let mut errors = Vec::with_capacity(STEPS + 1);
    loop {
        tape.clear();
        let w = named_weights(&tape, weights);
        let b = match bias {
            Bias::Kept => biases.map(|b| tape.constant(b)),
            Bias::Shared => {
                let [hidden, output] = tape.vars([biases[0], biases[2]]);
                [hidden, hidden, output, output]
            }
            Bias::Each => tape.vars(biases),
        };
        let pass = forward(w, b);
        errors.push(pass.total.value());
        if errors.len() > STEPS {
            return Training { errors, outputs: pass.out_o.map(|out| out.value()) };
        }
        let gradients = pass.total.backward();
        for (weight, w) in weights.iter_mut().zip(w) {
            *weight -= RATE * gradients.of(w);
        }
        for (value, b) in biases.iter_mut().zip(b) {
            *value -= RATE * gradients.of(b);
        }
    }
}
