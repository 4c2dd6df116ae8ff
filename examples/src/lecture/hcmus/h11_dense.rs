//! H11, slide "Practice with Dense (Fully-connected)": the worked network as two dense layers on tensors, beside the same
//! network number by number.

mod by_layer;
mod by_number;

use by_layer::ByLayer;
use by_number::ByNumber;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "H11",
    name: "dense",
    group: None,
    lecture: Lecture::Hcmus,
    title: "the worked network as Dense layers: tensors agree with numbers",
    run,
};

const STEPS: usize = 10_000;

/// Which parameters learn.
#[derive(Clone, Copy, PartialEq)]
enum Learning {
    /// The eight weights, as in the slide's step.
    Weights,
    /// The weights and four biases, one for each unit, as in a Dense layer.
    WeightsAndBiases,
}

/// What one step computes, in the slides' order.
#[derive(Clone, Copy)]
struct Step {
    total: f64,
    outputs: [f64; 2],
    /// w1 to w8, then the biases of h1, h2, o1, o2: before the step.
    parameters: [f64; 12],
    /// dE/dw1 to dE/dw8, and the same for the biases, 0 where they are kept.
    gradient: [f64; 12],
}

impl Step {
    /// The largest difference between two accounts of the same step.
    fn gap(&self, other: &Self) -> f64 {
        farthest(self.all().zip(other.all()).map(|(own, other)| own - other))
    }

    fn all(&self) -> impl Iterator<Item = f64> {
        [self.total].into_iter().chain(self.outputs).chain(self.parameters).chain(self.gradient)
    }
}

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(
        "A dense layer takes a row of inputs x to sigma(x W + b), W with a row for each input and a column for each unit.\n\
         The worked network is two of them:\n\n\
         \u{20}   W1 = w1 w3    b1 = .35 .35        W2 = w5 w7    b2 = .60 .60\n\
         \u{20}        w2 w4                             w6 w8\n\n\
         Trained side by side: number by number, as in H5 to H10, and by whole tensors, where one sweep gives dE/dW1 and\n\
         dE/dW2 as matrices. At every step the error, both outputs, all parameters and their gradients are compared.",
    );
    let kept = train_side_by_side(Learning::Weights);
    let layers = &kept.by_layer;
    board.say("The slides' numbers, from the tensors; the biases stay where they are:");
    board.printed("out_o1", "0.75136507", layers[0].outputs[0], Source::Slide);
    board.printed("out_o2", "0.772928465", layers[0].outputs[1], Source::Slide);
    board.printed("E_total", "0.298371109", layers[0].total, Source::Slide);
    // Row 1, column 1 of dE/dW2 and of dE/dW1.
    board.printed("dE/dw5", "0.082167041", layers[0].gradient[4], Source::Slide);
    board.printed("dE/dw1", "0.000438568", layers[0].gradient[0], Source::Calc);
    for (at, (printed, new)) in super::h09_update::UPDATED.iter().zip(layers[1].parameters).enumerate() {
        board.printed(format!("w{}+", at + 1), printed, new, Source::Slide);
    }
    board.printed("E_total after 10,000 steps", "3.5102e-5", layers[STEPS].total, Source::Calc);
    board.printed("out_o1 after 10,000 steps", "0.0159136", layers[STEPS].outputs[0], Source::Calc);
    board.printed("out_o2 after 10,000 steps", "0.9840643", layers[STEPS].outputs[1], Source::Calc);
    compare(board, "biases kept", &kept);

    board.say("A Dense layer trains its biases too, one for each unit:");
    let trained = train_side_by_side(Learning::WeightsAndBiases);
    board.printed("E_total, biases trained", "2.4476e-6", trained.by_layer[STEPS].total, Source::Calc);
    compare(board, "biases trained", &trained);
    board.say(
        "The ledger asks for a third form, the layer `Dense` of the crate for neural networks. That crate does not exist yet;\n\
         when it does, it joins the two above.",
    );
    Ok(())
}

/// Every step of both forms, and the state after the last.
struct SideBySide {
    by_number: Vec<Step>,
    by_layer: Vec<Step>,
}

fn train_side_by_side(learning: Learning) -> SideBySide {
    let (mut numbers, mut layers) = (ByNumber::given(learning), ByLayer::given(learning));
    SideBySide {
        by_number: (0..=STEPS).map(|_| numbers.step()).collect(),
        by_layer: (0..=STEPS).map(|_| layers.step()).collect(),
    }
}

fn compare(board: &mut Board, what: &str, both: &SideBySide) {
    let gaps: Vec<f64> = both.by_number.iter().zip(&both.by_layer).map(|(number, layer)| number.gap(layer)).collect();
    let agreeing = gaps.iter().filter(|&&gap| gap <= 1e-9).count();
    board.close(format!("consistency: {what}, largest gap over all steps"), 0.0, farthest(gaps), 1e-9, Source::Calc);
    board.exact(format!("consistency: {what}, states within 1e-9"), 10_001.0, agreeing as f64, Source::Calc);
}
