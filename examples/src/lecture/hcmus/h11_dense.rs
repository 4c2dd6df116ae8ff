//! H11, slide "Practice with Dense (Fully-connected)": the worked network as two layers `Dense`, beside the same network
//! on tensors and number by number.

mod by_crate;
mod by_layer;
mod by_number;

use by_crate::ByCrate;
use by_layer::ByLayer;
use by_number::ByNumber;
use chainrule_nn::prelude::{Fit, MeanSquaredError, Sgd};

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "H11",
    name: "dense",
    group: None,
    lecture: Lecture::Hcmus,
    title: "the worked network as Dense layers: numbers, tensors, layers agree",
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
         Trained side by side in three forms: number by number, as in H5 to H10; by whole tensors, where one sweep gives\n\
         dE/dW1 and dE/dW2 as matrices; and with the layer `Dense` of the crate for neural networks. At every step the\n\
         error, both outputs, all parameters and their gradients are compared.\n\n\
         The crate's mean squared error divides by the number of outputs. There are two, so that it is\n\
         1/2 [(t1 - o1)^2 + (t2 - o2)^2] = E_total: the slide's 1/2 is met, and eta stays .5. With three outputs it would\n\
         be 2/3 of E_total. The slides keep their biases: here they are frozen.",
    );
    let kept = SideBySide::train(Learning::Weights)?;
    let layers = &kept.layers;
    board.say("The slides' numbers, from the layers:");
    board.printed("out_o1", "0.75136507", layers[0].outputs[0], Source::Slide);
    board.printed("out_o2", "0.772928465", layers[0].outputs[1], Source::Slide);
    board.printed("E_total", "0.298371109", layers[0].total, Source::Slide);
    board.printed("dE/dw5", "0.082167041", layers[0].gradient[4], Source::Slide);
    board.printed("dE/dw1", "0.000438568", layers[0].gradient[0], Source::Calc);
    for (at, (printed, new)) in super::h09_update::UPDATED.iter().zip(layers[1].parameters).enumerate() {
        board.printed(format!("w{}+", at + 1), printed, new, Source::Slide);
    }
    board.printed("E_total after 10,000 steps", "3.5102e-5", layers[STEPS].total, Source::Calc);
    board.printed("out_o1 after 10,000 steps", "0.0159136", layers[STEPS].outputs[0], Source::Calc);
    board.printed("out_o2 after 10,000 steps", "0.9840643", layers[STEPS].outputs[1], Source::Calc);
    kept.compare(board, "biases kept");
    by_fit(board, Learning::Weights, "biases kept", "3.5102e-5")?;

    board.say("A Dense layer trains its biases too, one for each unit, unless they are frozen:");
    let trained = SideBySide::train(Learning::WeightsAndBiases)?;
    board.printed("E_total, biases trained", "2.4476e-6", trained.layers[STEPS].total, Source::Calc);
    trained.compare(board, "biases trained");
    by_fit(board, Learning::WeightsAndBiases, "biases trained", "2.4476e-6")
}

/// Every step of the three forms, and the state after the last.
struct SideBySide {
    numbers: Vec<Step>,
    tensors: Vec<Step>,
    layers: Vec<Step>,
}

impl SideBySide {
    fn train(learning: Learning) -> chainrule_nn::Result<Self> {
        let (mut numbers, mut tensors) = (ByNumber::given(learning), ByLayer::given(learning));
        let mut layers = ByCrate::given(learning)?;
        Ok(Self {
            numbers: (0..=STEPS).map(|_| numbers.step()).collect(),
            tensors: (0..=STEPS).map(|_| tensors.step()).collect(),
            layers: (0..=STEPS).map(|_| layers.step()).collect::<chainrule_nn::Result<_>>()?,
        })
    }

    fn compare(&self, board: &mut Board, what: &str) {
        let Self { numbers, tensors, layers } = self;
        let pairs = [
            ("numbers, tensors", numbers, tensors),
            ("tensors, Dense", tensors, layers),
            ("numbers, Dense", numbers, layers),
        ];
        for (forms, one, other) in pairs {
            let gaps: Vec<f64> = one.iter().zip(other).map(|(one, other)| one.gap(other)).collect();
            let agreeing = gaps.iter().filter(|&&gap| gap <= 1e-9).count();
            let what = format!("consistency: {what}, {forms}");
            board.close(format!("{what}, largest gap"), 0.0, farthest(gaps), 1e-9, Source::Calc);
            board.exact(format!("{what}, states within 1e-9"), 10_001.0, agreeing as f64, Source::Calc);
        }
    }
}

/// The same once more, as a user of the crate writes it: compiled and fitted.
fn by_fit(board: &mut Board, learning: Learning, what: &str, error: &str) -> Result<(), Error> {
    let (x, y) = by_crate::example();
    let network = by_crate::network(learning)?;
    let mut model = network.compile(MeanSquaredError, Sgd::new(super::worked_network::RATE), ())?;
    let history = model.fit(&x, &y, Fit::epochs(STEPS).silent())?;
    board.printed(
        format!("{what}, compile and fit: E_total at first"),
        "0.298371109",
        history["loss"][0],
        Source::Slide,
    );
    let end = model.evaluate(&x, &y)?.loss;
    board.printed(format!("{what}, compile and fit: E_total after 10,000 epochs"), error, end, Source::Calc);
    Ok(())
}
