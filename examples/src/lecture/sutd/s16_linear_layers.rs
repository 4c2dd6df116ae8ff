//! S16, slide "Why Non-linear Activation?": "Linear Activation functions produce linear decisions no
//! matter the network size".

use chainrule::prelude::*;
use chainrule_nn::plot::Picture;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;
use crate::random::Random;

pub(super) const ENTRY: Entry = Entry {
    id: "S16",
    name: "linear-layers",
    group: None,
    lecture: Lecture::Sutd,
    title: "linear layers are one linear layer: no width solves XOR",
    run,
};

const XOR: [([f64; 2], f64); 4] = [([0.0, 0.0], -1.0), ([0.0, 1.0], 1.0), ([1.0, 0.0], 1.0), ([1.0, 1.0], -1.0)];
const WIDTHS: [usize; 6] = [1, 2, 4, 8, 16, 32];
const STEPS: usize = 1500;
const RATE: f64 = 0.1;

fn run(board: &mut Board) -> Result<(), Error> {
    two_are_one(board);
    let linear = WIDTHS.map(|width| train(width, |net| net));
    no_width_solves_xor(board, &linear);
    let bent = train(4, |net| net.tanh());
    board.say("One bend is enough: tanh instead of the identity in a hidden layer of four.");
    board.exact("rows right, of 4, width 4 with tanh", 4.0, bent.right[STEPS], Source::Calc);

    let mut picture = Picture::new("XOR: linear activations against tanh", "step", "mean squared error").log_x();
    for (width, network) in WIDTHS.into_iter().zip(&linear).step_by(2) {
        picture = picture.curve(format!("linear, width {width}"), network.course());
    }
    board.picture("losses", picture.curve("tanh, width 4", bent.course()).svg()?);
    Ok(())
}

fn two_are_one(board: &mut Board) {
    board.say(
        "Two linear layers, y = W2 (W1 x + b1) + b2, are one:  y = (W2 W1) x + (W2 b1 + b2).\n\
         Random layers 2 -> 5 -> 3, at 100 random places; dy/dx is W2 W1 everywhere:",
    );
    let mut random = Random::seeded(16);
    let w1 = [(); 5].map(|()| [(); 2].map(|()| random.normal()));
    let w2 = [(); 3].map(|()| [(); 5].map(|()| random.normal()));
    let b1 = [(); 5].map(|()| random.normal());
    let b2 = [(); 3].map(|()| random.normal());
    let product = w2.map(|row| [0, 1].map(|column| (0..5).map(|k| row[k] * w1[k][column]).sum::<f64>()));
    let mut gaps = [0.0_f64; 2];
    for _ in 0..100 {
        let tape = ScalarTape::new();
        let places = [random.uniform(-2.0..2.0), random.uniform(-2.0..2.0)];
        let x = tape.vars(places);
        let hidden: [_; 5] = std::array::from_fn(|k| w1[k][0] * x[0] + w1[k][1] * x[1] + b1[k]);
        for (i, row) in w2.iter().enumerate() {
            let y = row.iter().zip(hidden).map(|(&w, h)| w * h).sum::<Var<'_, f64>>() + b2[i];
            let bias: f64 = row.iter().zip(b1).map(|(w, b)| w * b).sum::<f64>() + b2[i];
            let one_layer = product[i][0] * places[0] + product[i][1] * places[1] + bias;
            gaps[0] = farthest([gaps[0], y.value() - one_layer]);
            for (slope, w) in y.backward().of_all(x).into_iter().zip(product[i]) {
                gaps[1] = farthest([gaps[1], slope - w]);
            }
        }
    }
    board.close("y: two layers against one, farthest", 0.0, gaps[0], 1e-12, Source::Calc);
    board.close("dy/dx against W2 W1, farthest", 0.0, gaps[1], 1e-12, Source::Calc);
}

fn no_width_solves_xor(board: &mut Board, networks: &[Trained]) {
    board.say(
        "So the decision is a line, and no line parts XOR: any linear y has y(0,0) + y(1,1) = y(0,1) + y(1,0), while\n\
         XOR wants the left side negative and the right side positive. We train 2 -> width -> 1 with identity\n\
         activations all the same, on targets -1 and +1; the best that is left is y = 0, at a loss of 1:",
    );
    for (width, network) in WIDTHS.iter().zip(networks) {
        let [y00, y01, y10, y11] = network.outputs;
        let balance = y00 + y11 - y01 - y10;
        let loss = network.losses.last().copied().unwrap_or(f64::NAN);
        let most = network.right.iter().copied().fold(0.0, f64::max);
        board.at_most(format!("most rows ever right, of 4, width {width}"), 0.0..=3.0, most, Source::Calc);
        board.close(format!("y00 + y11 - y01 - y10, width {width}"), 0.0, balance, 1e-12, Source::Calc);
        board.close(format!("loss after {STEPS} steps, width {width}"), 1.0, loss, 1e-6, Source::Calc);
    }
}

struct Trained {
    /// Before each step, and after the last.
    losses: Vec<f64>,
    /// Rows whose output had the wanted sign, at the same times.
    right: Vec<f64>,
    /// One for each row of the table, after the last step.
    outputs: [f64; 4],
}

impl Trained {
    /// The losses by step, counted from 1 for a logarithmic axis.
    fn course(&self) -> impl Iterator<Item = (f64, f64)> {
        self.losses.iter().enumerate().map(|(step, &loss)| ((step + 1) as f64, loss))
    }
}

/// Gradient descent on the mean squared error. Of each hidden unit: two weights, a bias, and the
/// weight that leads on; then the output's bias.
fn train(width: usize, activation: impl for<'t> Fn(Var<'t, f64>) -> Var<'t, f64>) -> Trained {
    let mut random = Random::seeded(5);
    let spread = (width as f64).sqrt().recip();
    let mut weights: Vec<f64> = (0..=4 * width).map(|_| spread * random.normal()).collect();
    let mut trained =
        Trained { losses: Vec::with_capacity(STEPS + 1), right: Vec::with_capacity(STEPS + 1), outputs: [0.0; 4] };
    let mut tape = ScalarTape::new();
    loop {
        tape.clear();
        let variables: Vec<_> = weights.iter().map(|&weight| tape.var(weight)).collect();
        let (units, bias) = variables.as_chunks::<4>();
        let outputs = XOR.map(|([x1, x2], _)| {
            let hidden = units.iter().map(|&[w1, w2, b, onward]| onward * activation(w1 * x1 + w2 * x2 + b));
            hidden.sum::<Var<'_, f64>>() + bias[0]
        });
        let errors = outputs.into_iter().zip(XOR).map(|(y, (_, wanted))| (y - wanted).powi(2));
        let loss = errors.sum::<Var<'_, f64>>() / 4.0;
        trained.losses.push(loss.value());
        trained.outputs = outputs.map(|y| y.value());
        trained.right.push(rows_right(trained.outputs));
        if trained.losses.len() > STEPS {
            return trained;
        }
        let gradients = loss.backward();
        for (weight, variable) in weights.iter_mut().zip(variables) {
            *weight -= RATE * gradients.of(variable);
        }
    }
}

/// Rows whose output has the wanted sign, by more than rounding.
fn rows_right(outputs: [f64; 4]) -> f64 {
    outputs.into_iter().zip(XOR).filter(|(y, (_, wanted))| y * wanted > 1e-9).count() as f64
}
