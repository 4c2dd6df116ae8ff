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
    let (h, o) = neuron_by_neuron(&parameters, INPUTS);
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

    as_matrices(board, &parameters, h, o);
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
fn neuron_by_neuron<'t>(parameters: &Parameters<'t>, x: [f64; 3]) -> Units<'t> {
    let Parameters { hidden, hidden_biases, output, output_biases } = parameters;
    let h = std::array::from_fn(|j| {
        let mut net = x[0] * hidden[0][j];
        for i in 1..3 {
            net += x[i] * hidden[i][j];
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

/// Both layers as tensors on one tape, beside the units and the gradients of the loops above.
fn as_matrices(board: &mut Board, parameters: &Parameters<'_>, h: [Var<'_, f64>; 4], o: [Var<'_, f64>; 2]) {
    board.say(
        "The same as matrices: h = sigma(x W1 + b1), o = sigma(h W2 + b2). W1 has three rows and four columns, w_ij in row i,\n\
         column j: each product is all the sums of a layer.",
    );
    let tape = TensorTape::new();
    let (w1, b1) = (tape.var(Tensor::from(HIDDEN)), tape.var(Tensor::from(HIDDEN_BIASES)));
    let (w2, b2) = (tape.var(Tensor::from(OUTPUT)), tape.var(Tensor::from(OUTPUT_BIASES)));
    let hidden = tape.constant(Tensor::from(INPUTS)).linear(w1, b1).sigmoid();
    let output = hidden.linear(w2, b2).sigmoid();
    for (j, (h, of_matrix)) in h.into_iter().zip(&hidden.value()).enumerate() {
        board.close(format!("consistency: h{}, matrix form", j + 1), h.value(), *of_matrix, 1e-15, Source::Calc);
    }
    for (k, (o, of_matrix)) in o.into_iter().zip(&output.value()).enumerate() {
        board.close(format!("consistency: o{}, matrix form", k + 1), o.value(), *of_matrix, 1e-15, Source::Calc);
    }
    for (k, o) in o.into_iter().enumerate() {
        // A seed of 1 at one output, 0 at the other, asks for the gradient of that one.
        let seed = Tensor::one_hot(&Tensor::scalar(k), 2);
        let gradients = output.backward_seeded(seed);
        let of_matrices: Vec<f64> = [w1, w2, b1, b2].into_iter().flat_map(|by| gradients.of(by).into_vec()).collect();
        let by_loop = o.backward();
        let gaps = parameters.all().zip(of_matrices).map(|(by, of_matrix)| by_loop.of(by) - of_matrix);
        let what = format!("consistency: do{} by all 26, largest gap", k + 1);
        board.close(what, 0.0, farthest(gaps), 1e-15, Source::Calc);
    }

    board.say(
        "Rows are examples: the same two products take many inputs at once. Three of them, each as the loops have it:",
    );
    let inputs = [INPUTS, [1.0, 0.0, -0.5], [-2.0, 3.0, 0.25]];
    let together =
        Tensor::from(inputs).linear(w1.value(), b1.value()).sigmoid().linear(w2.value(), b2.value()).sigmoid();
    let one_by_one = inputs.map(|x| neuron_by_neuron(parameters, x).1.map(|o| o.value()));
    let gaps = together - Tensor::from(one_by_one);
    board.close("consistency: o of three inputs, largest gap", 0.0, farthest(gaps.to_vec()), 1e-15, Source::Calc);
}
