//! Networks as JSON and back.

use chainrule_nn::prelude::*;
use chainrule_nn::{Error, Registry};

fn network() -> Sequential {
    Sequential::new()
        .input(4)
        .add(Dense::new(6).activation(LeakyRelu(0.1)).regularizer(L2(0.01)).init(Init::Uniform(-0.5, 0.25)))
        .add(Dropout::new(0.25))
        .add_named("twice", Dense::new(6).activation(Tanh).without_bias())
        .reuse("twice")
        .add_named("inner", Sequential::new().add(Dense::new(3)).add(Softmax))
        .seed(u64::MAX)
}

#[test]
fn a_network_comes_back_from_its_text() {
    let mut first = network();
    first.freeze("twice").unwrap();
    first.group("dense.bias", Group::rate(0.1).decay(0.0)).unwrap();
    let text = first.to_json().unwrap();
    let mut again = Sequential::<f32>::from_json(&text).unwrap();
    assert_eq!(again.to_json().unwrap(), text, "also before it is built");
    again.build().unwrap();
    assert_eq!(again.to_json().unwrap(), text);
    assert_eq!(again.weights(), first.weights(), "the seed gives the same first weights");
    assert_eq!(again.summary().to_string(), first.summary().to_string());
    let x = Tensor::uniform([5, 4], -1.0, 1.0, 3);
    assert_eq!(again.predict(&x).unwrap(), first.predict(&x).unwrap());
}

#[test]
fn activations_with_parameters_come_back() {
    for activation in
        ["relu", "gelu_tanh", "leaky_relu(0.3)", "elu(0.1)", "powi(3)", "powf(0.5)", "clamp(-1, 2.5)", "softmax"]
    {
        let text = network().to_json().unwrap().replace("leaky_relu(0.1)", activation);
        let again = Sequential::<f32>::from_json(&text).unwrap();
        assert_eq!(again.to_json().unwrap(), text);
    }
}

fn refused(text: &str) -> String {
    match Sequential::<f32>::from_json(text) {
        Err(Error::Architecture { problem }) => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_wrong_with_a_text_is_told() {
    let text = network().to_json().unwrap();
    let changed = |from: &str, to: &str| {
        assert!(text.contains(from), "{text}");
        refused(&text.replace(from, to))
    };
    assert!(refused("{").starts_with("it is not JSON: "));
    assert!(refused("[1, 2]").contains("`chainrule_network`"));
    assert!(changed("\"chainrule_network\": 1", "\"chainrule_network\": 2").contains("of version 2"));
    assert!(changed("\"Dropout\"", "\"Dropuot\"").contains("no kind of layer is called `Dropuot`"));
    assert!(changed("\"tanh\"", "\"tahn\"").contains("no activation is called `tahn`"));
    assert!(changed("\"rate\"", "\"ratio\"").contains("Dropout: the setting `rate` is missing"));
    assert!(changed("\"units\": 3", "\"units\": 4294967296").contains("sizes go up to 4294967295"));
    assert!(changed("\"units\": 3", "\"units\": 3, \"colour\": 1").contains("Dense has no setting `colour`"));
    assert!(changed("\"units\": 3", "\"units\": -3").contains("the setting `units`"));
    let deep = "[".repeat(100_000);
    assert!(refused(&deep).contains("recursion limit"));
}

#[test]
fn sizes_beyond_all_memory_are_refused() {
    let built = |from: &str, to: &str| {
        let text = network().to_json().unwrap().replace(from, to);
        Sequential::<f32>::from_json(&text).unwrap().build().unwrap_err().to_string()
    };
    let error = built("\"units\": 6", "\"units\": 4294967295");
    assert!(error.contains("more elements than any memory holds") || error.contains("not enough memory"), "{error}");
    let error = built("\"input\": [\n      4\n    ]", "\"input\": [4294967295, 4294967295, 4]");
    assert!(error.contains("more elements than any memory holds"), "{error}");
}

/// A layer that does not say its settings.
#[derive(Clone)]
struct Silent;
impl Layer for Silent {
    fn forward<'t>(&self, x: Var<'t, Tensor<f32>>, _: &Pass<'t>) -> Var<'t, Tensor<f32>> {
        x
    }
}

#[test]
fn a_layer_of_ones_own_must_say_its_settings() {
    let error = Sequential::new().input(1).add(Silent).to_json().unwrap_err().to_string();
    assert!(error.contains("`Silent` does not say its settings"), "{error}");
}

/// max(0, x)², of one's own.
#[derive(Clone)]
struct SquaredRelu;
impl Activate for SquaredRelu {
    fn apply<'t>(&self, x: Var<'t, Tensor<f32>>) -> Var<'t, Tensor<f32>> {
        x.relu().powi(2)
    }
}

#[test]
fn activations_of_ones_own_are_registered() {
    let text = Sequential::new().input(1).add(Dense::new(1).activation(SquaredRelu)).to_json().unwrap();
    assert!(refused(&text).contains("`squaredrelu`"));
    let registry = Registry::default().activation(SquaredRelu);
    assert_eq!(Sequential::from_json_with(&text, &registry).unwrap().to_json().unwrap(), text);
}
