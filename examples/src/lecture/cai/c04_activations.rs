//! C4, slide "Activation Functions": six functions, and one of one's own.

mod own;

use chainrule::prelude::TensorTape;
use chainrule::{Real, Rule, gradcheck};
use chainrule_nn::plot::Picture;
use chainrule_nn::prelude::*;
use chainrule_nn::{Activate, check_layer};

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;
use own::{Bump, BumpLayer};

pub(super) const ENTRY: Entry = Entry {
    id: "C4",
    name: "all-activations",
    group: None,
    lecture: Lecture::Cai,
    title: "the slide's six activation functions, and one of one's own",
    run,
};

fn run(board: &mut Board) -> Result<(), Error> {
    five_rules(board);
    maxout(board)?;
    own_activation(board)?;
    one_neuron(board)?;
    picture(board)
}

/// A function behind a layer: its name, itself, its value and slope by the slide's formula, and both at 1 and -1.
struct Known {
    formula: &'static str,
    activation: Box<dyn Activate<f64>>,
    by_hand: fn(f64) -> [f64; 2],
    printed: [[&'static str; 2]; 2],
}

fn known() -> [Known; 5] {
    [
        Known {
            formula: "sigmoid 1 / (1 + e^-x)",
            activation: Box::new(Sigmoid),
            by_hand: |x| [1.0 / (1.0 + (-x).exp()), 1.0 / (2.0 + x.exp() + (-x).exp())],
            printed: [["0.731058579", "0.196611933"], ["0.268941421", "0.196611933"]],
        },
        Known {
            formula: "tanh x",
            activation: Box::new(Tanh),
            by_hand: |x| [x.tanh(), 1.0 - x.tanh().powi(2)],
            printed: [["0.761594156", "0.419974342"], ["-0.761594156", "0.419974342"]],
        },
        Known {
            formula: "ReLU max(0, x)",
            activation: Box::new(Relu),
            by_hand: |x| [x.max(0.0), f64::from(x > 0.0)],
            printed: [["1", "1"], ["0", "0"]],
        },
        Known {
            formula: "leaky ReLU max(.1x, x)",
            activation: Box::new(LeakyRelu(0.1)),
            by_hand: |x| if x > 0.0 { [x, 1.0] } else { [0.1 * x, 0.1] },
            printed: [["1", "1"], ["-0.1", "0.1"]],
        },
        Known {
            formula: "ELU: x, or e^x - 1 below 0",
            activation: Box::new(Elu(1.0)),
            by_hand: |x| if x > 0.0 { [x, 1.0] } else { [x.exp() - 1.0, x.exp()] },
            printed: [["1", "1"], ["-0.632120559", "0.367879441"]],
        },
    ]
}

/// Value and slope of an activation at each place.
fn values_and_slopes(activation: &dyn Activate<f64>, places: &Tensor<f64>) -> [Tensor<f64>; 2] {
    let tape = TensorTape::new();
    let x = tape.var(places.clone());
    let y = activation.apply(x);
    [y.value(), y.sum().backward().of(x)]
}

fn five_rules(board: &mut Board) {
    board.say(
        "Five of the slide's functions look at one number. Value and slope, by the crate: at 1 and -1 beside the numbers,\n\
         and on a grid from -6 to 6, without the kink at 0, beside the formulas.",
    );
    // 60 places, none of them 0.
    let grid = Tensor::linspace(-6.0, 6.0, 60);
    for Known { formula, activation, by_hand, printed } in known() {
        let [values, slopes] = values_and_slopes(&*activation, &Tensor::from([1.0, -1.0]));
        for (at, ([value, slope], place)) in printed.into_iter().zip(["1", "-1"]).enumerate() {
            board.printed(format!("{formula}, at {place}"), value, values[[at]], Source::Calc);
            board.printed(format!("{formula}, slope at {place}"), slope, slopes[[at]], Source::Calc);
        }
        let [values, slopes] = values_and_slopes(&*activation, &grid);
        let gaps = grid.iter().zip(values.iter().zip(&slopes)).flat_map(|(&x, (value, slope))| {
            let [by_hand, slope_by_hand] = by_hand(x);
            [value - by_hand, slope - slope_by_hand]
        });
        board.close(format!("{formula}: largest gap on the grid"), 0.0, farthest(gaps), 1e-15, Source::Calc);
    }
}

fn maxout(board: &mut Board) -> Result<(), Error> {
    board.say(
        "Maxout, max(w1.x + b1, w2.x + b2), looks at all inputs of a unit and learns its own shape: it is a layer. With\n\
         w1 = (1, 2), b1 = -1 and w2 = (-1, .5), b2 = .5 the first piece wins at (1, 1), the second at (-1, 0), and the\n\
         gradient is that of the winner alone:",
    );
    let mut network = Sequential::<f64>::default().input(2).add(Maxout::new(1).pieces(2));
    network.build()?;
    // A column for each piece.
    let weights = Tensor::from([[1.0, -1.0], [2.0, 0.5]]);
    let pieces = [("maxout.weights".to_owned(), weights), ("maxout.bias".to_owned(), Tensor::from([-1.0, 0.5]))];
    network.set_weights(&pieces)?;
    let mut session = Session::new(0);
    let pass = session.training();
    let x = pass.tape().var(Tensor::from([[1.0, 1.0], [-1.0, 0.0]]));
    let y = network.forward(x, &pass);
    board.exact("max(1 + 2 - 1, -1 + .5 + .5)", 2.0, y.value()[[0, 0]], Source::Calc);
    board.exact("max(-1 - 1, 1 + .5)", 1.5, y.value()[[1, 0]], Source::Calc);
    let by_x = y.sum().backward().of(x);
    for (at, (what, expected)) in
        [("dy/dx1 at (1, 1)", 1.0), ("dy/dx2 at (1, 1)", 2.0), ("dy/dx1 at (-1, 0)", -1.0), ("dy/dx2 at (-1, 0)", 0.5)]
            .into_iter()
            .enumerate()
    {
        board.exact(what, expected, by_x.to_vec()[at], Source::Calc);
    }
    let checked = check_layer(Maxout::new(3).pieces(2), &Tensor::normal([4, 2], 0.0, 1.0, 4))?;
    board.exact("gradient check of a maxout layer: passed", 1.0, f64::from(checked.is_ok()), Source::Calc);
    Ok(())
}

/// A listing of this entry's own file: its first item, or its second.
fn listing(item: usize) -> &'static str {
    include_str!("c04_activations/own.rs").split("\n\n").nth(2 + item).unwrap_or_default().trim_end()
}

fn own_activation(board: &mut Board) -> Result<(), Error> {
    board.say(format!(
        "\"But one can design their own activation functions!\" A bump, e^(-x^2), with its slope -2 x y written beside it:\n\n{}\n\n\
         From then on it is one like the others: x.apply(Bump), Dense::new(3).activation(Bump). Or as a layer, whose slope is\n\
         left to the engine:\n\n{}",
        listing(0),
        listing(1),
    ));
    for (what, item) in [("rule", 0), ("layer", 1)] {
        let lines = listing(item).lines().count() as f64;
        board.at_most(format!("lines of one's own {what}: under ten"), 3.0..=9.0, lines, Source::Calc);
    }
    let rule = [-1.5, -0.3, 0.0, 0.7].iter().all(|&x| gradcheck(|[x]| x.apply(Bump), [x]).is_ok());
    board.exact("gradient check of the rule: passed", 1.0, f64::from(rule), Source::Calc);
    let x = Tensor::normal([4, 2], 0.0, 1.0, 4);
    let dense = check_layer(Dense::new(3).activation(Bump), &x)?.is_ok();
    board.exact("gradient check of Dense(3) with it: passed", 1.0, f64::from(dense), Source::Calc);
    let layer = check_layer(BumpLayer, &x)?.is_ok();
    board.exact("gradient check of the layer: passed", 1.0, f64::from(layer), Source::Calc);
    board.say("A slip is found out, here a slope with its sign forgotten:");
    let slip = gradcheck(|[x]| x.apply(Slip), [0.7]).is_ok();
    board.exact("gradient check of the slip: passed", 0.0, f64::from(slip), Source::Calc);

    let grid = Tensor::linspace(-3.0, 3.0, 61);
    let by_rule = values_and_slopes(&Bump, &grid);
    let mut session = Session::new(0);
    let pass = session.training();
    let places = pass.tape().var(grid.clone());
    let y = BumpLayer.forward(places, &pass);
    let by_engine = [y.value(), y.sum().backward().of(places)];
    let gaps = by_rule.iter().flatten().zip(by_engine.iter().flatten()).map(|(rule, engine)| rule - engine);
    board.close("rule and layer, values and slopes: largest gap", 0.0, farthest(gaps), 1e-15, Source::Calc);
    Ok(())
}

/// A bump with a slip in its slope.
#[derive(Clone, Copy)]
struct Slip;

impl Rule for Slip {
    const NAME: &'static str = "slip";
    const PROBES: &'static [f64] = &[0.5];
    fn value<T: Real>(self, x: T) -> T {
        (-x * x).exp()
    }
    fn slope<T: Real>(self, x: T, y: T) -> T {
        T::literal(2.0) * x * y
    }
}

/// How many of XOR's four a single trained neuron gets right, and its loss.
fn train_one_neuron(activation: impl Activate<f64> + 'static) -> Result<[f64; 2], Error> {
    let x = Tensor::from([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
    let y = Tensor::from([[0.0], [1.0], [1.0], [0.0]]);
    let mut model = Sequential::default().add(Dense::new(1).activation(activation).input(2)).seed(4).compile(
        MeanSquaredError,
        Adam::new(0.02),
        [BinaryAccuracy],
    )?;
    model.fit(&x, &y, Fit::epochs(2000).silent())?;
    let score = model.evaluate(&x, &y)?;
    Ok([4.0 * score["binary_accuracy"], score.loss])
}

fn one_neuron(board: &mut Board) -> Result<(), Error> {
    board.say(
        "Is it any good? A single sigmoid neuron cannot learn XOR: its answer changes but once along any line. A bump goes\n\
         up and down again, so one neuron is enough; w = (a, a), b = -a gives 1 at (0, 1) and (1, 0), e^(-a^2) at the others.",
    );
    let [right, _] = train_one_neuron(Sigmoid)?;
    board.at_most("one sigmoid neuron on XOR: right of 4", 0.0..=3.0, right, Source::Calc);
    let [right, loss] = train_one_neuron(Bump)?;
    board.exact("one bump neuron on XOR: right of 4", 4.0, right, Source::Calc);
    board.at_most("one bump neuron on XOR: mean squared error", 0.0..=1e-3, loss, Source::Calc);
    Ok(())
}

fn picture(board: &mut Board) -> Result<(), Error> {
    let grid = Tensor::linspace(-3.0, 3.0, 241);
    let mut curves: Vec<(&str, Box<dyn Activate<f64>>)> =
        vec![("sigmoid", Box::new(Sigmoid)), ("tanh", Box::new(Tanh)), ("leaky ReLU", Box::new(LeakyRelu(0.1)))];
    curves.extend([
        ("ReLU", Box::new(Relu) as _),
        ("ELU", Box::new(Elu(1.0)) as _),
        ("one's own: bump", Box::new(Bump) as _),
    ]);
    let slopes = "Their slopes: what backpropagation multiplies by";
    for (name, title, y, range, which) in [
        ("values", "Five activation functions, and one's own", "y", -1.2..2.0, 0),
        ("slopes", slopes, "dy/dx", -1.0..1.2, 1),
    ] {
        let mut picture = Picture::new(title, "x", y).y_range(range);
        for (name, activation) in &curves {
            let y = &values_and_slopes(&**activation, &grid)[which];
            picture = picture.curve(*name, grid.iter().copied().zip(y.iter().copied()));
        }
        board.picture(name, picture.svg()?);
    }
    Ok(())
}
