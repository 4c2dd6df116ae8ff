//! U4, slides "Feedforward All Perceptron": a 3-4-2 network, neuron by neuron and as matrices.

use chainrule::prelude::*;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;
use crate::report::shown;

pub(super) const ENTRY: Entry = Entry {
    id: "U4",
    name: "feedforward",
    group: None,
    lecture: Lecture::Um,
    title: "a 3-4-2 network: neuron by neuron equals the matrix form",
    run,
};

/// The slides leave the numbers open: these are ours. Row i, column j of a layer is `w_ij`, from
/// unit i of the layer before to unit j.
const INPUTS: [f64; 3] = [0.5, -1.0, 2.0];
const HIDDEN: [[f64; 4]; 3] = [[0.1, -0.2, 0.3, 0.4], [0.5, 0.1, -0.6, 0.2], [-0.3, 0.7, 0.2, -0.1]];
const HIDDEN_BIASES: [f64; 4] = [0.1, -0.1, 0.2, 0.0];
const OUTPUT: [[f64; 2]; 4] = [[0.3, -0.5], [0.8, 0.1], [-0.4, 0.6], [0.2, 0.9]];
const OUTPUT_BIASES: [f64; 2] = [0.05, -0.15];

/// Both layers' weights and biases, on a tape.
#[derive(Clone, Copy)]
struct Parameters<'t> {
    hidden: [[Var<'t, f64>; 4]; 3],
    hidden_biases: [Var<'t, f64>; 4],
    output: [[Var<'t, f64>; 2]; 4],
    output_biases: [Var<'t, f64>; 2],
}

impl<'t> Parameters<'t> {
    fn on(tape: &'t ScalarTape) -> Self {
        Self {
            hidden: HIDDEN.map(|row| tape.vars(row)),
            hidden_biases: tape.vars(HIDDEN_BIASES),
            output: OUTPUT.map(|row| tape.vars(row)),
            output_biases: tape.vars(OUTPUT_BIASES),
        }
    }

    fn all(&self) -> impl Iterator<Item = Var<'t, f64>> {
        let weights = self.hidden.into_iter().flatten().chain(self.output.into_iter().flatten());
        weights.chain(self.hidden_biases).chain(self.output_biases)
    }
}

type Units<'t> = ([Var<'t, f64>; 4], [Var<'t, f64>; 2]);

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(
        "h_j = sigma(x1 w_1j + x2 w_2j + x3 w_3j + b_j)              four hidden units\n\
         o_k = sigma(h1 w_1k + h2 w_2k + h3 w_3k + h4 w_4k + b_k)    two outputs\n\n\
         x = (0.5, -1, 2), sigma the logistic function. Neuron by neuron, as the slides go:",
    );
    let tape = ScalarTape::new();
    let parameters = Parameters::on(&tape);
    let (h, o) = neuron_by_neuron(&parameters);
    // Forty-digit arithmetic apart from the engine, as are the outputs and the slope below.
    let expected = ["0.278884821977", "0.750260105595", "0.794129628199", "0.450166002688"];
    for (j, (printed, h)) in expected.into_iter().zip(h).enumerate() {
        board.printed(format!("h{}", j + 1), printed, h.value(), Source::Calc);
    }
    for (k, (printed, o)) in ["0.623928121462", "0.660878324875"].into_iter().zip(o).enumerate() {
        board.printed(format!("o{}", k + 1), printed, o.value(), Source::Calc);
    }
    let slope = o[0].backward().of(parameters.hidden[0][0]);
    board.printed("do1/dw11, first layer", "0.00707825483892", slope, Source::Calc);
    errata(board, h[0].value());

    board.say("The same as matrices: h = sigma(W1^T x + b1), o = sigma(W2^T h + b2); each row is one inner product.");
    let other_tape = ScalarTape::new();
    let other_parameters = Parameters::on(&other_tape);
    let (other_h, other_o) = matrix_form(&other_parameters);
    for (j, (h, other)) in h.into_iter().zip(other_h).enumerate() {
        board.close(format!("consistency: h{}, matrix form", j + 1), h.value(), other.value(), 1e-15, Source::Calc);
    }
    for (k, (o, other)) in o.into_iter().zip(other_o).enumerate() {
        board.close(format!("consistency: o{}, matrix form", k + 1), o.value(), other.value(), 1e-15, Source::Calc);
    }
    for (k, (o, other)) in o.into_iter().zip(other_o).enumerate() {
        let (gradients, others) = (o.backward(), other.backward());
        let gaps = parameters.all().zip(other_parameters.all()).map(|(w, other)| gradients.of(w) - others.of(other));
        board.close(
            format!("consistency: do{} by all 26, largest gap", k + 1),
            0.0,
            farthest(gaps),
            1e-15,
            Source::Calc,
        );
    }
    Ok(())
}

fn errata(board: &mut Board, h1: f64) {
    let printed = INPUTS[0] + INPUTS[1] * HIDDEN[1][0] + INPUTS[2] * HIDDEN[2][0] + HIDDEN_BIASES[0];
    board.erratum(format!(
        "The slide \"Feedforward All Perceptron\" prints h1 = sigma(x1 + x2 w21 + x3 w31 + b1): w11 is missing, and stands\n\
         on the next slide. As printed, h1 here would be {} and not {}.",
        shown(printed.sigmoid(), 6),
        shown(h1, 6)
    ));
    board.erratum(
        "The same slide writes w^i_ij, with i both for the layer and for the unit before. Its legend means w^n_ij:\n\
         layer n, from unit i to unit j.",
    );
}

/// As the slides: one sum after the other.
fn neuron_by_neuron<'t>(parameters: &Parameters<'t>) -> Units<'t> {
    let Parameters { hidden, hidden_biases, output, output_biases } = parameters;
    let h = std::array::from_fn(|j| {
        let mut net = INPUTS[0] * hidden[0][j];
        for i in 1..3 {
            net += INPUTS[i] * hidden[i][j];
        }
        (net + hidden_biases[j]).sigmoid()
    });
    let o = std::array::from_fn(|k| {
        let mut net = h[0] * output[0][k];
        for i in 1..4 {
            net += h[i] * output[i][k];
        }
        (net + output_biases[k]).sigmoid()
    });
    (h, o)
}

fn matrix_form<'t>(parameters: &Parameters<'t>) -> Units<'t> {
    let x = INPUTS.map(Var::constant);
    let h = layer(&parameters.hidden, x, parameters.hidden_biases);
    let o = layer(&parameters.output, h, parameters.output_biases);
    (h, o)
}

/// sigma(W^T x + b)
fn layer<'t, const IN: usize, const OUT: usize>(
    weights: &[[Var<'t, f64>; OUT]; IN],
    x: [Var<'t, f64>; IN],
    biases: [Var<'t, f64>; OUT],
) -> [Var<'t, f64>; OUT] {
    std::array::from_fn(|to| {
        let column = weights.map(|row| row[to]);
        (dot(&column, &x) + biases[to]).sigmoid()
    })
}
