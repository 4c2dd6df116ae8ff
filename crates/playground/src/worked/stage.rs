//! The example stage by stage: what is computed, its formulas with numbers, and what the slide prints.

use serde::Serialize;

use chainrule::prelude::*;

use super::Numbers;
use super::slide::{SlideNetwork, Stage as Drawn, drawing_at};
use crate::formulas::{Formulas, Update};

/// So many digits behind the point.
const DECIMALS: usize = 9;

/// Where derivatives are named on the way to the hidden layer.
const STOPS: [&str; 8] = ["net_h1", "out_h1", "net_h2", "out_h2", "net_o1", "out_o1", "net_o2", "out_o2"];

/// A stage of the example.
#[derive(Clone, Debug, Serialize)]
pub struct Stage {
    /// Its heading.
    pub title: &'static str,
    /// What happens in it.
    pub text: String,
    /// The formulas with numbers, as HTML with `MathML`.
    pub html: String,
    /// The network at this stage as SVG.
    pub drawing: String,
    /// Its numbers.
    pub numbers: Vec<Agreement>,
}

/// A number, beside what the slide prints.
#[derive(Clone, Debug, Serialize)]
pub struct Agreement {
    /// What it is.
    pub name: String,
    /// With nine digits behind the point.
    pub value: String,
    /// As the slide prints it; none once a number was changed, and where the slide leaves it to the reader.
    pub slide: Option<&'static str>,
    /// Whether they are the same, to the digits that are printed.
    pub agrees: Option<bool>,
}

/// All stages for these numbers.
pub fn stages(numbers: &Numbers) -> Vec<Stage> {
    let tape = ScalarTape::traced();
    let network = SlideNetwork::of(&tape, numbers);
    let told = Told { numbers, network, is_slide: *numbers == Numbers::default() };
    vec![
        told.forward_hidden(),
        told.forward_outputs(),
        told.error(),
        told.first_weight(),
        told.output_weights(),
        told.hidden_weights(),
        told.update(),
        told.after(),
    ]
}

struct Told<'t> {
    numbers: &'t Numbers,
    network: SlideNetwork<'t>,
    is_slide: bool,
}

impl Told<'_> {
    fn stage(
        &self,
        title: &'static str,
        text: impl Into<String>,
        formulas: &[Formulas],
        drawn: Drawn,
        numbers: Vec<(String, f64, Option<&'static str>)>,
    ) -> Stage {
        let agreement = |(name, value, slide): (String, f64, Option<&'static str>)| {
            let slide = slide.filter(|_| self.is_slide);
            let agrees = slide.map(|printed| is_printed(value, printed));
            Agreement { name, value: format!("{value:.DECIMALS$}"), slide, agrees }
        };
        Stage {
            title,
            text: text.into(),
            html: formulas.iter().map(|formulas| formulas.html.as_str()).collect(),
            drawing: drawing_at(&self.network.trace(), drawn, self.numbers.rate).to_svg(),
            numbers: numbers.into_iter().map(agreement).collect(),
        }
    }

    /// Values of the tape beside what the slide prints.
    fn values(&self, names: &[(&str, Option<&'static str>)]) -> Vec<(String, f64, Option<&'static str>)> {
        let trace = self.network.trace();
        names.iter().map(|&(name, slide)| (name.to_owned(), trace.value(name), slide)).collect()
    }

    fn computed(&self, names: &[&str]) -> [Formulas; 1] {
        [self.network.tape.computation().of(names).decimals(DECIMALS).into()]
    }

    fn forward_hidden(&self) -> Stage {
        self.stage(
            "Forward: the hidden layer",
            "Each hidden unit adds up its inputs, each times its weight, and the bias: that is its net. What it hands on, its out, is \
             the sigmoid of it, 1/(1 + e^-net).",
            &self.computed(&["net_h1", "out_h1", "net_h2", "out_h2"]),
            Drawn::Hidden,
            self.values(&[
                ("net_h1", Some("0.3775")),
                ("out_h1", Some("0.593269992")),
                ("net_h2", None),
                ("out_h2", Some("0.596884378")),
            ]),
        )
    }

    fn forward_outputs(&self) -> Stage {
        self.stage(
            "Forward: the outputs",
            "The outputs do the same with what the hidden units hand on.",
            &self.computed(&["net_o1", "out_o1", "net_o2", "out_o2"]),
            Drawn::Outputs,
            self.values(&[
                ("net_o1", Some("1.105905967")),
                ("out_o1", Some("0.75136507")),
                ("net_o2", None),
                ("out_o2", Some("0.772928465")),
            ]),
        )
    }

    fn error(&self) -> Stage {
        self.stage(
            "The error",
            "Half the squared distance of each output from its target, added up.",
            &self.computed(&["E_o1", "E_o2", "E_total"]),
            Drawn::Error,
            self.values(&[
                ("E_o1", Some("0.274811083")),
                ("E_o2", Some("0.023560026")),
                ("E_total", Some("0.298371109")),
            ]),
        )
    }

    fn slope(&self, weight: usize) -> f64 {
        self.network.total.backward().of(self.network.weights[weight - 1])
    }

    fn explained(&self, weight: usize, through: &[&str]) -> Formulas {
        let variable = self.network.weights[weight - 1];
        self.network.tape.explain(self.network.total, variable).through(through).decimals(DECIMALS).into()
    }

    fn first_weight(&self) -> Stage {
        let trace = self.network.trace();
        let slope = self.slope(5);
        let new = self.numbers.weights[4] - self.numbers.rate * slope;
        self.stage(
            "Backward: w5, by the chain rule",
            "How much does a change of w5 move the error? w5 reaches it through net_o1 and out_o1 alone, so there are three factors. The \
             first two together are the delta of o1.",
            &[self.explained(5, &["out_o1", "net_o1"]), self.updates(&[5])],
            Drawn::BackToOutputs,
            vec![
                ("∂E/∂out_o1".into(), trace.gradient("out_o1"), Some("0.74136507")),
                ("∂out_o1/∂net_o1".into(), trace.local("out_o1", "net_o1"), Some("0.186815602")),
                ("∂net_o1/∂w5".into(), trace.local("net_o1", "w5"), Some("0.593269992")),
                ("delta_o1 = ∂E/∂net_o1".into(), trace.gradient("net_o1"), None),
                ("∂E/∂w5".into(), slope, Some("0.082167041")),
                ("w5 after the step".into(), new, Some("0.35891648")),
            ],
        )
    }

    fn output_weights(&self) -> Stage {
        let others = [(6, ["out_o1", "net_o1"]), (7, ["out_o2", "net_o2"]), (8, ["out_o2", "net_o2"])];
        self.stage(
            "Backward: the other weights of the outputs",
            "w6, w7 and w8 in the same way: the delta of the output times what comes in through the weight.",
            &others.map(|(weight, through)| self.explained(weight, &through).without_details()),
            Drawn::BackToOutputs,
            (5..=8).map(|weight| (format!("∂E/∂w{weight}"), self.slope(weight), None)).collect(),
        )
    }

    fn hidden_weights(&self) -> Stage {
        let trace = self.network.trace();
        let mut numbers = vec![
            ("delta_h1".to_owned(), trace.gradient("net_h1"), None),
            ("delta_h2".into(), trace.gradient("net_h2"), None),
        ];
        numbers.extend((1..=4).map(|weight| (format!("∂E/∂w{weight}"), self.slope(weight), None)));
        self.stage(
            "Backward: the hidden layer",
            "A hidden unit feeds both outputs, so its error comes back from both: a sum over two paths, with the old weights w5 to w8.",
            &[self.explained(1, &STOPS)],
            Drawn::BackToHidden,
            numbers,
        )
    }

    fn updates(&self, weights: &[usize]) -> Formulas {
        let Numbers { weights: old, rate, .. } = *self.numbers;
        let step = |&at: &usize| {
            let slope = self.slope(at);
            Update { names: ("E_total", at), old: old[at - 1], rate, slope, new: old[at - 1] - rate * slope }
        };
        weights.iter().map(step).collect::<Vec<_>>().as_slice().into()
    }

    fn new_weights(&self) -> [f64; 8] {
        std::array::from_fn(|at| self.numbers.weights[at] - self.numbers.rate * self.slope(at + 1))
    }

    fn update(&self) -> Stage {
        const UPDATED: [&str; 8] = [
            "0.149780716",
            "0.19956143",
            "0.24975114",
            "0.29950229",
            "0.35891648",
            "0.408666186",
            "0.51130127",
            "0.561370121",
        ];
        let new = self.new_weights().into_iter().zip(UPDATED).enumerate();
        self.stage(
            "The update",
            "Every weight takes one step against its gradient, all at once. The biases stay, as on the slides.",
            &[self.updates(&[1, 2, 3, 4, 5, 6, 7, 8])],
            Drawn::Update,
            new.map(|(at, (new, slide))| (format!("w{} after the step", at + 1), new, Some(slide))).collect(),
        )
    }

    fn after(&self) -> Stage {
        let tape = ScalarTape::traced();
        let numbers = Numbers { weights: self.new_weights(), ..self.numbers.clone() };
        let network = SlideNetwork::of(&tape, &numbers);
        let (before, after) = (self.network.total.value(), network.total.value());
        let is_slide = false;
        let told = Told { numbers: &numbers, network, is_slide };
        let direction = if after < before { "The error fell" } else { "The error did not fall: the step was too long" };
        told.stage(
            "After the step",
            format!(
                "{direction}, from {before:.DECIMALS$} to {after:.DECIMALS$}. Apply the step and go on from there."
            ),
            &told.computed(&["out_o1", "out_o2", "E_total"]),
            Drawn::Error,
            told.values(&[("out_o1", None), ("out_o2", None), ("E_total", None)]),
        )
    }
}

/// Whether a number is what the slide prints, rounded to as many digits.
fn is_printed(value: f64, printed: &str) -> bool {
    let decimals = printed.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    format!("{value:.decimals$}") == printed
}
