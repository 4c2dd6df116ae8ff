//! The slide's algorithm by the crate's `fit`: the same numbers, when it is given the same order.

use chainrule_nn::prelude::*;

use super::super::network::{Example, HIDDEN, WEIGHTS};
use super::{EPOCHS, EXAMPLES, RATE, initial_weights, ring, split, train};
use crate::board::{Board, Source};
use crate::entry::Error;
use crate::gap::farthest;
use crate::random::Random;

/// The slides' MLP with the same first weights: `v_0j`, `v_1j`, `v_2j` for each hidden unit j, then `w_0` to `w_4`.
fn network() -> Sequential<f64> {
    let theta = initial_weights();
    let (v, w) = theta.split_at(3 * HIDDEN);
    // The weights from input i in a row, a hidden unit in a column.
    let from = |input: usize| v.iter().skip(input).step_by(3).copied().collect::<Vec<f64>>();
    let hidden = Init::Values([from(1), from(2)].concat());
    Sequential::default()
        .add_named("v", Dense::new(HIDDEN).activation(Sigmoid).input(2).init(hidden).bias_init(Init::Values(from(0))))
        .add_named(
            "w",
            Dense::new(1).activation(Sigmoid).init(Init::Values(w[1..].to_vec())).bias_init(Init::Constant(w[0])),
        )
}

/// All weights of a network, in the slides' order.
fn theta(network: &Sequential<f64>) -> [f64; WEIGHTS] {
    let weights = network.weights();
    let of = |name: &str| weights.iter().find(|(known, _)| known == name).map(|(_, w)| w.to_vec()).unwrap_or_default();
    let [v, biases, w, bias] = ["v.weights", "v.bias", "w.weights", "w.bias"].map(of);
    let units = (0..HIDDEN).flat_map(|j| [biases[j], v[j], v[HIDDEN + j]]);
    let mut numbers = units.chain(bias).chain(w);
    std::array::from_fn(|_| numbers.next().unwrap_or(f64::NAN))
}

/// Writes the weights down after each epoch.
struct Notebook(Vec<[f64; WEIGHTS]>);

impl Callback<f64> for Notebook {
    fn on_epoch_end(&mut self, _: &Epoch<'_>, control: &mut Control<'_, f64>) -> chainrule_nn::Result<Flow> {
        self.0.push(theta(control.network));
        Ok(Flow::Continue)
    }
}

/// The weights after each epoch of `fit`, the examples shuffled once and split into batches as on the slide, and whether
/// they are shuffled in each epoch on top of that.
fn fit(examples: &[Example], batches: usize, shuffle: bool) -> Result<Vec<[f64; WEIGHTS]>, Error> {
    let order = split(examples, batches);
    let size = order[0].len();
    let ordered: Vec<Example> = order.into_iter().flatten().map(|at| examples[at]).collect();
    let x = Tensor::from_rows(&ordered.iter().map(|(x, _)| *x).collect::<Vec<_>>());
    let y = Tensor::from_rows(&ordered.iter().map(|(_, y)| [*y]).collect::<Vec<_>>());
    let mut notebook = Notebook(Vec::new());
    let mut model = network().compile(BinaryCrossEntropy, Sgd::new(RATE), ())?;
    model.fit(&x, &y, Fit::epochs(EPOCHS).batch_size(size).shuffle(shuffle).callback(&mut notebook).silent())?;
    Ok(notebook.0)
}

/// The largest difference of any weight after any epoch.
fn apart(one: &[[f64; WEIGHTS]], other: &[[f64; WEIGHTS]]) -> f64 {
    let gaps = one.iter().flatten().zip(other.iter().flatten()).map(|(one, other)| one - other);
    if one.len() == other.len() { farthest(gaps) } else { f64::NAN }
}

pub(super) fn compare(board: &mut Board) -> Result<(), Error> {
    board.say(format!(
        "The crate's fit is this algorithm. Given the examples in the order of the batches, and told not to shuffle them,\n\n\
         \u{20}   model.fit(&x, &y, Fit::epochs({EPOCHS}).batch_size({EXAMPLES} / B).shuffle(false))\n\n\
         it has the same {WEIGHTS} weights after every epoch as the loop above:",
    ));
    let examples = ring(&mut Random::seeded(66));
    for batches in [1, 10, EXAMPLES] {
        let (by_hand, by_fit) = (train(&examples, batches, EPOCHS).thetas, fit(&examples, batches, false)?);
        let what = format!("theta, loop and fit, B = {batches}: largest gap");
        board.close(format!("{what} after epoch 1"), 0.0, apart(&by_hand[..1], &by_fit[..1]), 1e-12, Source::Calc);
        board.close(format!("{what} after any epoch"), 0.0, apart(&by_hand, &by_fit), 1e-9, Source::Calc);
    }
    board.say(
        "The slide shuffles once. Left alone, fit shuffles anew in each epoch, so that no two examples always share a batch:\n\
         other batches, other weights; with B = 1 there is but one batch, and the order of a sum:",
    );
    for (batches, least, most) in [(1, 0.0, 1e-9), (10, 1e-3, 1e3)] {
        let gap = apart(&fit(&examples, batches, false)?, &fit(&examples, batches, true)?);
        let what = format!("theta, shuffled once and in each epoch, B = {batches}: largest gap");
        if batches == 1 {
            board.close(what, least, gap, most, Source::Calc);
        } else {
            board.at_least(what, least..=most, gap, Source::Calc);
        }
    }
    Ok(())
}
