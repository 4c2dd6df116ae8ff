//! The models of `pytorch_exchange.py` as networks, with a batch for each: what `tests/pytorch.rs` and `examples/pytorch.rs` share.

use chainrule_nn::prelude::*;

pub(crate) const NAMES: [&str; 6] = ["dense", "images", "words", "steps", "attention", "within"];

/// Layers have the names of the modules, which count activations too where they are numbers.
pub(crate) fn network<T: Element>(name: &str) -> Sequential<T> {
    let network = Sequential::default;
    match name {
        "dense" => network().input(4).add_named("0", Dense::new(5).activation(Relu)).add_named("2", Dense::new(3)),
        "images" => network()
            .input([9, 9, 3])
            .add_named("0", Conv2d::new(4, 3).activation(Relu))
            .add_named("2", BatchNorm::new())
            .add_named("3", MaxPool2d::new(2))
            .add_named("4", Conv2d::new(6, 2).groups(2).without_bias())
            .add_named("5", Flatten)
            .add_named("6", Dropout::new(0.5))
            .add_named("7", Dense::new(5))
            .add_named("8", BatchNorm::new()),
        "words" => network()
            .input(5)
            .add_named("words", Embedding::new(7, 3))
            .add_named("memory", Lstm::new(4))
            .add_named("norm", LayerNorm::new())
            .add_named("head", Dense::new(2)),
        "steps" => {
            network().input([5, 3]).add_named("first", Gru::new(4).sequences()).add_named("second", SimpleRnn::new(2))
        }
        "attention" => network()
            .input([4, 6])
            .add_named("attention", MultiHeadAttention::new(2, 3))
            .add_named("head", Dense::new(2).without_bias()),
        "within" => {
            let inner = network().add_named("0", Dense::new(4).activation(Tanh));
            let both = Parallel::default().add(Dense::new(2)).add(Dense::new(3));
            network().input(4).add_named("block", Residual::new(inner)).add_named("both", both)
        }
        _ => panic!("no network `{name}`"),
    }
}
