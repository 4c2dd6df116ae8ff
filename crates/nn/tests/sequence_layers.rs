//! Layers for sequences, and layers around layers: against `PyTorch`'s numbers, and at the edges.

use crate::case::{self, Mode};
use chainrule_nn::prelude::*;

fn recurrent<T: Element>(name: &str) -> Option<Box<dyn Layer<T>>> {
    macro_rules! with {
        ($layer:expr, $options:expr) => {{
            let layer = $layer;
            match $options {
                "" => Box::new(layer) as Box<dyn Layer<T>>,
                "_sequences" => Box::new(layer.sequences()),
                "_reversed" => Box::new(layer.reversed()),
                "_sequences_reversed" => Box::new(layer.sequences().reversed()),
                _ => return None,
            }
        }};
    }
    Some(match name {
        "lstm_one" => Box::new(Lstm::new(4)),
        name if name.starts_with("lstm") => with!(Lstm::new(2), &name[4..]),
        name if name.starts_with("gru") => with!(Gru::new(2), &name[3..]),
        name if name.starts_with("simple_rnn_relu") => with!(SimpleRnn::new(2).activation(Relu), &name[15..]),
        name if name.starts_with("simple_rnn") => with!(SimpleRnn::new(2), &name[10..]),
        _ => return None,
    })
}

fn layer<T: Element>(name: &str) -> Box<dyn Layer<T>> {
    let name = name.strip_suffix("_masked").unwrap_or(name);
    if let Some(layer) = recurrent(name) {
        return layer;
    }
    let dense = |units| Dense::<T>::new(units);
    match name {
        "embedding" => Box::new(Embedding::new(5, 3)),
        "attention_pooling" => Box::new(AttentionPooling::new()),
        "attention_pooling_hidden" => Box::new(AttentionPooling::new().hidden(6)),
        "multi_head_attention" | "multi_head_attention_narrow" => Box::new(MultiHeadAttention::new(2, 3)),
        "multi_head_attention_causal" => Box::new(MultiHeadAttention::new(2, 2).causal()),
        "residual" => Box::new(Residual::new(dense(4).activation(Tanh))),
        "block" => {
            let thought = Sequential::default().add(dense(8).activation(Tanh)).add(dense(4));
            let attention = MultiHeadAttention::new(2, 2).causal();
            Box::new(Sequential::default().add(Residual::new(attention)).add(Residual::new(thought)))
        }
        "parallel" => Box::new(Parallel::default().add(dense(3).activation(Tanh)).add(dense(2))),
        "parallel_sum" => Box::new(Parallel::default().add(dense(3).activation(Tanh)).add(dense(3)).sum()),
        "both_directions" => {
            Box::new(Parallel::default().add(Gru::new(2).sequences()).add(Gru::new(2).sequences().reversed()))
        }
        _ => panic!("no layer for case {name}"),
    }
}

#[test]
fn values_and_gradients_are_those_of_pytorch() {
    let cases = case::cases(include_str!("reference/sequence_layers.csv"));
    assert_eq!(cases.len(), 48);
    for case in cases {
        case.compare::<f64>(layer(&case.name), Mode::Training, 1e-10);
        case.compare::<f64>(layer(&case.name), Mode::Evaluation, 1e-10);
        case.compare::<f32>(layer(&case.name), Mode::Training, 1e-6);
    }
}

/// What a layer makes of x under a mask, and the mask behind it.
fn masked(
    mut layer: impl Layer<f64>,
    x: &Tensor<f64>,
    mask: Option<&Tensor<bool>>,
) -> (Tensor<f64>, Option<Tensor<bool>>) {
    layer.build(&x.shape()[1..].into(), &mut Seeds::new(1)).unwrap();
    let mut session = Session::new(1);
    let pass = session.evaluation();
    pass.set_mask(mask.cloned());
    let y = layer.forward(pass.constant(x), &pass).value();
    (y, pass.mask())
}

#[test]
fn rows_of_only_padding() {
    let x = Tensor::uniform([2, 3, 4], -1.0, 1.0, 1);
    let mask = Tensor::from([[false; 3]; 2]);
    for (y, behind) in [
        masked(Lstm::new(4).sequences(), &x, Some(&mask)),
        masked(Gru::new(4).sequences().reversed(), &x, Some(&mask)),
        masked(SimpleRnn::new(4).sequences(), &x, Some(&mask)),
        masked(MultiHeadAttention::new(2, 2), &x, Some(&mask)),
    ] {
        assert_eq!((y, behind), (Tensor::zeros([2, 3, 4]), Some(mask.clone())));
    }
    let (y, behind) = masked(AttentionPooling::new(), &x, Some(&mask));
    assert_eq!((y, behind), (Tensor::zeros([2, 4]), None));
}

#[test]
fn masks_behind_layers() {
    let x = Tensor::uniform([2, 3, 4], -1.0, 1.0, 1);
    let mask = Tensor::from([[true, true, false], [true, false, false]]);
    let behind = |(_, mask): (Tensor<f64>, Option<Tensor<bool>>)| mask;
    assert_eq!(behind(masked(Lstm::new(2), &x, Some(&mask))), None);
    assert_eq!(behind(masked(Lstm::new(2).sequences(), &x, Some(&mask))), Some(mask.clone()));
    let steps = || Parallel::default().add(Gru::new(2).sequences()).add(Dense::new(2));
    assert_eq!(behind(masked(steps(), &x, Some(&mask))), Some(mask.clone()));
    let pooled = Parallel::default().add(Gru::new(2)).add(AttentionPooling::new());
    assert_eq!(behind(masked(pooled, &x, Some(&mask))), None);
    let around = Residual::new(Sequential::default().add(Reshape::new([4, 3])).add(Reshape::new([3, 4])));
    assert_eq!(behind(masked(around, &x, Some(&mask))), Some(mask.clone()));
    let words = Tensor::from([[1.0, 0.0, 2.0]]);
    let told = behind(masked(Embedding::new(3, 2).mask_zero(), &words, None));
    assert_eq!(told, Some(Tensor::from([[true, false, true]])));
}

/// Keras 3.15.1: `BatchNormalization(momentum=0.5)(x, training=True, mask=mask)`, which counts in `float32` and adds 1e-7 to the
/// number of steps.
#[test]
fn padding_does_not_count_in_a_batch_norm() {
    let x = Tensor::from([[[1.0, -2.0], [3.0, 0.5], [9.0, 9.0]], [[2.0, 4.0], [7.0, 7.0], [5.0, -8.0]]]);
    let trained = |mask: Tensor<bool>| {
        let mut network = Sequential::<f64>::default().input([3, 2]).add(BatchNorm::default().momentum(0.5));
        network.build().unwrap();
        let mut session = Session::new(1);
        let pass = session.training();
        pass.set_mask(Some(mask));
        let y = network.forward(pass.constant(&x), &pass);
        let (values, behind) = (y.value().to_vec(), pass.mask());
        pass.backward(y.sum());
        session.step(&mut network, &mut Sgd::new(0.0)).unwrap();
        let running = network.weights()[2..].iter().flat_map(|(_, value)| value.to_vec()).collect::<Vec<_>>();
        (values, running, behind)
    };
    let near = |found: &[f64], expected: &[f64]| {
        assert_eq!(found.len(), expected.len());
        assert!(found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 3e-6), "{found:?}");
    };
    let mask = Tensor::from([[true, true, false], [true, false, false]]);
    let (y, running, behind) = trained(mask.clone());
    let keras = [
        [-1.223_827_4, -1.151_290_2, 1.223_827_4, -0.135_445_9, 8.566_791_5, 3.318_424_9],
        [0.0, 1.286_736_2, 6.119_136_8, 2.505_749_5, 3.671_482_1, -3.589_316_6],
    ];
    near(&y, keras.as_flattened());
    near(&running, &[1.0, 0.416_666_66, 0.833_333_37, 3.527_777_9]);
    assert_eq!(behind, Some(mask));
    let (y, running, _) = trained(Tensor::full([2, 3], false));
    near(&y, &(x.clone() / 1.001_f64.sqrt()).to_vec());
    assert_eq!(running, [0.0, 0.0, 1.0, 1.0], "nothing was seen");
}

/// By hand: one unit with all weights 1 and no bias, x = 1: i = f = o = σ(1), g = tanh(1) (f sees the cell 0).
#[test]
fn one_step_of_lstm_and_what_is_forgotten_at_first() {
    let (y, _) = masked(Lstm::new(1).init(Init::Ones), &Tensor::from([[[1.0]]]), None);
    let sigmoid = 1.0 / (1.0 + (-1.0_f64).exp());
    assert!((y.item() - sigmoid * (sigmoid * 1.0_f64.tanh()).tanh()).abs() < 1e-15);
    let mut network = Sequential::<f64>::default().add(Lstm::new(2).input([3, 4]));
    network.build().unwrap();
    assert_eq!(network.weight("lstm.bias").unwrap().to_vec(), [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
}

#[test]
fn what_cannot_be_built() {
    let refused = |network: Sequential<f64>, parts: &[&str]| {
        let mut network = network;
        let message = network.build().unwrap_err().to_string();
        for part in parts {
            assert!(message.contains(part), "no {part:?} in: {message}");
        }
    };
    let of = |shape: &[usize]| Sequential::<f64>::default().input(shape);
    refused(of(&[4]).add(Lstm::new(3)), &["`lstm`", "[steps, features]", "[4]"]);
    refused(of(&[0, 4]).add(Gru::new(3)), &["`gru`", "3 units", "0 steps"]);
    refused(of(&[2, 4]).add(SimpleRnn::new(0)), &["`simple_rnn`", "0 units"]);
    refused(of(&[2, 4]).add(Lstm::new(usize::MAX)), &["`lstm`", "too many"]);
    refused(of(&[2, 4]).add(MultiHeadAttention::new(0, 4)), &["0 heads of width 4"]);
    refused(of(&[2, 4]).add(MultiHeadAttention::new(usize::MAX, 4)), &["memory"]);
    refused(of(&[4]).add(AttentionPooling::new()), &["`attention_pooling`", "Embedding"]);
    refused(of(&[2, 4]).add(AttentionPooling::new().hidden(0)), &["0 hidden units"]);
    refused(of(&[2]).add(Embedding::new(0, 3)), &["0 words of width 3"]);
    refused(of(&[2, 3]).add(Embedding::new(5, 3).mask_zero()), &["[2, 3]", "mask_zero"]);
    refused(of(&[4]).add(Residual::new(Dense::new(3))), &["`residual`", "Dense", "[3]", "[4]"]);
    refused(of(&[4]).add(Parallel::default()), &["no branches"]);
    refused(of(&[4]).add(Parallel::default().add(Dense::new(3)).add(Dense::new(0))), &["branch 1 (Dense)", "0 units"]);
    refused(of(&[4]).add(Parallel::default().add(Dense::new(3)).add(Dense::new(2)).sum()), &["[3]", "[2]", "agree"]);
    let said = Parallel::default().add(Dense::new(3).input(4)).add(Dense::new(3).input(5));
    refused(Sequential::default().add(said), &["branch 1 (Dense)", "[5]", "[4]"]);
    let differ = Parallel::default().add(Dense::new(3)).add(Gru::new(3));
    refused(of(&[2, 4]).add(differ), &["[2, 3]", "[3]", "but the last"]);
}

#[test]
fn words_are_looked_at_behind_layers_that_hand_them_on() {
    let mut network = Sequential::<f64>::default().input([2, 3]).add(Reshape::new([3, 2])).add(Flatten);
    network = network.add(Embedding::new(4, 2));
    network.build().unwrap();
    let words = Tensor::from([[[0.0, 1.0, 2.0], [3.0, 4.0, 0.0]]]);
    let message = network.predict(&words).unwrap_err().to_string();
    assert!(message.contains("element 4 of the words, of shape [1, 2, 3], is 4"), "{message}");
    assert_eq!(network.predict(&(words * 0.5).floor()).unwrap().shape(), [1, 6, 2]);
}

#[test]
#[should_panic(expected = "the mask of real steps has shape [2, 2], but the input [2, 3, 4]")]
fn a_mask_that_does_not_fit() {
    let _ = masked(Lstm::new(2), &Tensor::zeros([2, 3, 4]), Some(&Tensor::full([2, 2], true)));
}

#[test]
fn layers_by_name() {
    let mut network = Sequential::<f64>::default().input([3, 2]).add(Dense::new(4)).add(AttentionPooling::new());
    network.build().unwrap();
    let x = Tensor::uniform([5, 3, 2], -1.0, 1.0, 3);
    let (states, mask) = network.predict_until("attention_pooling", &x).unwrap();
    assert!(mask.is_none());
    let pooling: &AttentionPooling<f64> = network.layer("attention_pooling").unwrap();
    let shares = pooling.weights_of(&states, None).reshape([5, 1, 3]);
    let y = shares.matmul(&states).reshape([5, 4]);
    assert!((y - network.predict(&x).unwrap()).abs().amax().item() < 1e-15);
    let message = network.predict_until("lstm", &x).unwrap_err().to_string();
    assert!(message.contains("lstm") && message.contains("dense, attention_pooling"), "{message}");
}
