//! Six optimizers on the same net, data, first weights and batches.

use chainrule_nn::data::Standardizer;
use chainrule_nn::plot;
use chainrule_nn::prelude::*;

use crate::board::{Board, Source};
use crate::data::{TUMOUR_FEATURES, breast_cancer};
use crate::entry::Error;

const EPOCHS: usize = 50;
/// The loss that each has to reach.
const WANTED: f64 = 0.05;

/// A name, the learning rate, and the optimizer with it.
type Contestant = (&'static str, f64, Box<dyn Optimize<f64>>);

/// With a rate that suits each.
fn contestants() -> [Contestant; 6] {
    [
        ("SGD", 0.5, Box::new(Sgd::new(0.5))),
        ("Adagrad", 0.05, Box::new(Adagrad::new(0.05))),
        ("Adadelta", 1.0, Box::new(Adadelta::new(1.0))),
        ("Adam", 0.005, Box::new(Adam::new(0.005))),
        ("Nadam", 0.005, Box::new(Nadam::new(0.005))),
        ("RMSprop", 0.005, Box::new(RmsProp::new(0.005))),
    ]
}

/// At Keras's default rate.
fn by_default() -> [Contestant; 5] {
    [
        ("Adagrad", 0.001, Box::new(Adagrad::default())),
        ("Adadelta", 0.001, Box::new(Adadelta::default())),
        ("Adam", 0.001, Box::new(Adam::default())),
        ("Nadam", 0.001, Box::new(Nadam::default())),
        ("RMSprop", 0.001, Box::new(RmsProp::default())),
    ]
}

/// The loss after each epoch, over all examples.
fn train(optimizer: Box<dyn Optimize<f64>>, x: &Tensor<f64>, y: &Tensor<f64>) -> Result<Vec<f64>, Error> {
    let mut model = Sequential::default()
        .add(Dense::new(16).activation(Tanh).input(TUMOUR_FEATURES))
        .add(Dense::new(1).activation(Sigmoid))
        .seed(12)
        .compile(BinaryCrossEntropy, optimizer, ())?;
    // Validated on what it is trained on: the loss of fixed weights, not the mean over an epoch of moving ones.
    let history = model.fit(x, y, Fit::epochs(EPOCHS).validation_data(x, y).silent())?;
    Ok(history["val_loss"].to_vec())
}

pub(super) fn run(board: &mut Board) -> Result<(), Error> {
    let tumours = breast_cancer();
    let x = Tensor::from_rows(&tumours.features);
    let x = Standardizer::fit(&x)?.transform(&x)?;
    let y = Tensor::from_fn([tumours.malignant.len(), 1], |index| f64::from(tumours.malignant[index[0]]));
    board.say(format!(
        "The same net for all: {TUMOUR_FEATURES} -> 16 tanh -> 1 sigmoid on the 569 tumours of U8, {EPOCHS} epochs of batches of 32, the \
         same\nfirst weights and shuffles, plain SGD beside. Each has to bring the binary cross-entropy down to {WANTED}.",
    ));
    let mut table = vec!["            eta   after 1 epoch   after 50   epochs to .05".to_owned()];
    let mut curves = Vec::new();
    for (name, rate, optimizer) in contestants() {
        let losses = train(optimizer, &x, &y)?;
        let reached = losses.iter().position(|&loss| loss <= WANTED);
        let epochs = reached.map_or("never".to_owned(), |at| (at + 1).to_string());
        table.push(format!("{name:<9} {rate:>5}   {:>13.4}   {:>8.4}   {epochs:>13}", losses[0], losses[EPOCHS - 1]));
        board.at_most(format!("{name}: loss after {EPOCHS} epochs"), 0.0..=WANTED, losses[EPOCHS - 1], Source::Calc);
        curves.push((name, losses));
    }
    board.say(table.join("\n"));
    board.say(
        "Keras's default, eta = .001 for all five, suits Adam, Nadam and RMSprop; it is not meant for Adagrad, whose rate\n\
         only ever falls, nor for Adadelta, whose paper needs none (1). Left at the default they do not get there:",
    );
    for (name, _, optimizer) in by_default() {
        let end = train(optimizer, &x, &y)?[EPOCHS - 1];
        let what = format!("{name} at .001: loss after {EPOCHS} epochs");
        if name.starts_with("Ada") && name != "Adam" {
            board.at_least(what, 2.0 * WANTED..=5.0, end, Source::Calc);
        } else {
            board.at_most(what, 0.0..=2.0 * WANTED, end, Source::Calc);
        }
    }
    let picture = plot::curves("The same net, six optimizers: training loss", curves)
        .log_y()
        .dashes("wanted", [(1.0, WANTED), (EPOCHS as f64, WANTED)]);
    board.picture("losses", picture.svg()?);
    Ok(())
}
