//! Layers for sequences, and layers around layers: against PyTorch's numbers, and at the edges.

#[path = "reference/case.rs"]
mod case;

use case::Mode;
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
        "multi_head_attention" => Box::new(MultiHeadAttention::new(2, 3)),
        "multi_head_attention_causal" => Box::new(MultiHeadAttention::new(2, 2).causal()),
        "multi_head_attention_narrow" => Box::new(MultiHeadAttention::new(2, 3)),
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
