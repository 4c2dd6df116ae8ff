//! Weights from `PyTorch` and to it: `reference/pytorch_exchange.py` wrote the files, and reads what `examples/pytorch.rs` writes.

#[path = "reference/pytorch_networks.rs"]
mod pytorch_networks;

use chainrule_nn::prelude::*;
use chainrule_nn::{Layout, load_tensors, save_tensors};
use pytorch_networks::{NAMES, network};
use safetensors::{Dtype, SafeTensors};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/pytorch").join(format!("{name}.safetensors"))
}

/// A file of a test's own, gone with it.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("chainrule-pytorch-{}-{name}.safetensors", std::process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The tensors of single precision in a file.
fn held(path: &Path) -> BTreeMap<String, (Vec<usize>, Vec<f32>)> {
    let bytes = std::fs::read(path).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let numbers = |bytes: &[u8]| bytes.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
    let singles = tensors.iter().filter(|(_, tensor)| tensor.dtype() == Dtype::F32);
    singles.map(|(name, tensor)| (name.to_owned(), (tensor.shape().to_vec(), numbers(tensor.data())))).collect()
}

fn loaded<T: Element>(name: &str) -> Sequential<T> {
    let mut network = network(name);
    network.load_weights_as(fixture(name), Layout::PyTorch).unwrap();
    network
}

fn assert_predicts_alike<T: Element>(network: &Sequential<T>, name: &str) {
    let numbers = load_tensors::<T>(fixture(&format!("{name}.numbers"))).unwrap();
    let of = |wanted: &str| &numbers.iter().find(|(name, _)| name == wanted).unwrap().1;
    let y = network.predict(of("input")).unwrap();
    assert_eq!(y.shape(), of("output").shape(), "{name}");
    for (own, theirs) in y.iter().zip(of("output").iter()) {
        let (own, theirs) = (own.to_f64().unwrap(), theirs.to_f64().unwrap());
        assert!((own - theirs).abs() <= 1e-6, "{name}: {own}, in PyTorch {theirs}");
    }
}

#[test]
fn models_of_pytorch_predict_alike() {
    for name in NAMES {
        assert_predicts_alike(&loaded::<f32>(name), name);
        assert_predicts_alike(&loaded::<f64>(name), name);
    }
}

#[test]
fn what_pytorch_wrote_is_written_again() {
    for name in NAMES {
        let scratch = Scratch::new(name);
        loaded::<f32>(name).save_weights_as(&scratch.0, Layout::PyTorch).unwrap();
        let (mut theirs, own) = (held(&fixture(name)), held(&scratch.0));
        // one bias stands for both: their sum, and zeros
        for layer in ["memory", "second"] {
            let of_state = theirs.get_mut(&format!("{layer}.bias_hh_l0")).map(|(_, bias)| {
                let zeros = vec![0.0; bias.len()];
                std::mem::replace(bias, zeros)
            });
            if let Some((_, of_input)) = theirs.get_mut(&format!("{layer}.bias_ih_l0")) {
                of_input.iter_mut().zip(of_state.unwrap()).for_each(|(sum, bias)| *sum += bias);
            }
        }
        assert_eq!(own, theirs, "{name}");
        let bytes = std::fs::read(&scratch.0).unwrap();
        let all = SafeTensors::deserialize(&bytes).unwrap().len();
        assert_eq!(all, own.len(), "{name}: nothing but weights is written");
    }
}

#[test]
fn what_was_written_is_read_back() {
    for name in NAMES {
        let scratch = Scratch::new(&format!("back-{name}"));
        let mut first = network::<f64>(name).seed(11);
        first.build().unwrap();
        first.save_weights_as(&scratch.0, Layout::PyTorch).unwrap();
        let mut second = network::<f64>(name).seed(12);
        second.build().unwrap();
        assert_ne!(first.weights(), second.weights(), "{name}");
        second.load_weights_as(&scratch.0, Layout::PyTorch).unwrap();
        assert_eq!(first.weights(), second.weights(), "{name}");
    }
}

#[test]
fn numpy_writes_what_we_load() {
    let mut network = Sequential::new().input(4).add(Dense::new(5).activation(Relu)).add(Dense::new(3));
    network.load_weights_as(fixture("plain"), Layout::Keras).unwrap();
    assert_predicts_alike(&network, "dense");
    let scratch = Scratch::new("plain");
    network.save_weights_as(&scratch.0, Layout::Keras).unwrap();
    assert_eq!(load_tensors::<f32>(&scratch.0).unwrap(), network.weights());
}

/// Why a network does not take a fixture, of which it then has nothing.
fn refusal(mut network: Sequential, name: &str) -> String {
    network.build().unwrap();
    let before = network.weights();
    let error = network.load_weights_as(fixture(name), Layout::PyTorch).unwrap_err();
    assert_eq!(network.weights(), before);
    error.to_string()
}

#[test]
fn files_that_do_not_fit_change_nothing() {
    let dense = |units| Dense::new(units).activation(Relu);
    let told = refusal(Sequential::new().input(4).add(dense(5)).add(Dense::new(3)), "dense");
    assert!(told.contains("has no tensor `dense.weight`") && told.contains("0.weight"), "{told}");
    assert!(told.contains("`add_named`"), "{told}");
    let told = refusal(Sequential::new().input(4).add_named("0", dense(5)).add_named("2", Dense::new(2)), "dense");
    assert!(told.contains("`2.weight` has shape [3, 5] there, but [2, 5]"), "{told}");
    let told = refusal(Sequential::new().input(4).add_named("0", dense(5)), "dense");
    assert!(told.contains("has a tensor `2."), "{told}");
    // what is counted of batches is passed over where a `BatchNorm` is, and nowhere else
    let scratch = Scratch::new("half");
    let tensors = [("0.weight".to_owned(), Tensor::<f32>::ones([2, 4])), ("0.more".to_owned(), Tensor::ones([]))];
    save_tensors(&scratch.0, &tensors).unwrap();
    let mut network = Sequential::new().input(4).add_named("0", Dense::new(2).without_bias());
    let told = network.load_weights_as(&scratch.0, Layout::PyTorch).unwrap_err().to_string();
    assert!(told.contains("has a tensor `0.more`"), "{told}");
}

/// Why a network cannot be written for `PyTorch`.
fn unwritten(mut network: Sequential) -> String {
    network.build().unwrap();
    let scratch = Scratch::new("refused");
    let error = network.save_weights_as(&scratch.0, Layout::PyTorch).unwrap_err();
    assert!(!scratch.0.exists());
    error.to_string()
}

#[test]
fn what_pytorch_cannot_hold_is_refused() {
    let told = unwritten(Sequential::new().input([4, 6]).add(MultiHeadAttention::new(2, 4)));
    assert!(
        told.starts_with("layer `multi_head_attention`: ") && told.contains("6 features are not 2 heads of width 4"),
        "{told}"
    );
    let images = || Sequential::new().input([2, 2, 3]);
    let told = unwritten(images().add(Flatten).add(BatchNorm::new()).add(Dense::new(2)));
    assert!(told.starts_with("layer `batch_norm`: ") && told.contains("[2, 2, 3]"), "{told}");
    let told = unwritten(images().add(Flatten).add_named("twice", Dense::new(12)).reuse("twice"));
    assert!(told.starts_with("layer `twice`: "), "{told}");
    let told = unwritten(images().add(Flatten).add(Residual::new(Dense::new(12))));
    assert!(told.starts_with("layer `residual`: "), "{told}");
    let told = unwritten(images().add(Parallel::new().add(Flatten).add(Flatten)).add(Dense::new(1)));
    assert!(told.starts_with("layer `parallel`: "), "{told}");
    let told = unwritten(Sequential::new().input(4).add(Dense::new(12)).add(Reshape::new([2, 2, 3])));
    assert!(
        told.starts_with("layer `reshape`: ") && told.contains("of shape [2, 2, 3] of rows of shape [12]"),
        "{told}"
    );
    let unbuilt = Sequential::new().input(4).add(Dense::new(2));
    let error = unbuilt.save_weights_as("nowhere", Layout::PyTorch).unwrap_err().to_string();
    assert!(error.contains("`build()` it"), "{error}");
}

/// Columns of the first `Dense` behind images `[2, 1, 2]` (height, width, channels), of which `PyTorch` has the channels in front.
#[test]
fn a_dense_behind_a_flatten_gets_its_inputs_in_order() {
    let first_row = |network: Sequential| {
        let scratch = Scratch::new("flattened");
        let mut network = network.add_named("head", Dense::new(1).without_bias());
        let weights = Tensor::from([[0.0], [1.0], [2.0], [3.0]]);
        network.set_weights(&[("head.weights".to_owned(), weights)]).unwrap();
        network.save_weights_as(&scratch.0, Layout::PyTorch).unwrap();
        held(&scratch.0)["head.weight"].1.clone()
    };
    // pixel 0 holds 0 and 1, pixel 1 holds 2 and 3
    let by_channel = [0.0, 2.0, 1.0, 3.0];
    let images = || Sequential::new().input([2, 1, 2]);
    assert_eq!(first_row(images().add(Flatten)), by_channel);
    assert_eq!(first_row(images().add(Flatten).add(Dropout::new(0.5)).add(Flatten)), by_channel);
    assert_eq!(first_row(images().add(Reshape::new(4))), by_channel);
    assert_eq!(first_row(images().add(Sequential::new().add(Flatten))), by_channel);
    // as sequences of positions, and back
    assert_eq!(first_row(images().add(Reshape::new([2, 2])).add(Reshape::new([2, 1, 2])).add(Flatten)), by_channel);
    let as_it_is = [0.0, 1.0, 2.0, 3.0];
    assert_eq!(first_row(Sequential::new().input([2, 2]).add(Flatten)), as_it_is);
    assert_eq!(first_row(Sequential::new().input([2, 2, 1]).add(Flatten)), as_it_is);
}
