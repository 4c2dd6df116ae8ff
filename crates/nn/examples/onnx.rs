//! Writes networks of every kind of layer as ONNX files into a folder, each beside a safetensors file with a batch for it and what
//! the network makes of the batch: `tests/reference/onnx.py` runs this, and then ONNX Runtime on the files.

use chainrule_nn::prelude::*;
use chainrule_nn::save_tensors;
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("say the folder that the files are to be put into")?;
    write::<f32>(Path::new(&folder), "f32")?;
    write::<f64>(Path::new(&folder), "f64")?;
    Ok(())
}

fn write<T: Element>(folder: &Path, numbers: &str) -> chainrule_nn::Result<()> {
    for (name, mut network, x) in cases::<T>() {
        network.build()?;
        disturb(&mut network)?;
        let path = |ending| folder.join(format!("{name} {numbers}.{ending}"));
        network.save_onnx(path("onnx"))?;
        let y = network.predict(&x)?;
        save_tensors(path("safetensors"), &[("input".to_owned(), x), ("output".to_owned(), y)])?;
    }
    Ok(())
}

/// Biases of 0, gains and variances of 1 would hide mistakes.
fn disturb<T: Element>(network: &mut Sequential<T>) -> chainrule_nn::Result<()> {
    let mut weights = network.weights();
    for (place, (_, value)) in weights.iter_mut().enumerate() {
        if value.shape().len() == 1 {
            *value = &*value + &Tensor::uniform(value.shape(), 0.1, 0.5, place as u64);
        }
    }
    network.set_weights(&weights)
}

type Case<T> = (String, Sequential<T>, Tensor<T>);

fn case<T: Element>(name: &str, row: &[usize], network: Sequential<T>) -> Case<T> {
    let x = Tensor::uniform([&[3], row].concat(), -2.0, 2.0, 1);
    (name.to_owned(), network.input(row).seed(5), x)
}

fn cases<T: Element>() -> Vec<Case<T>> {
    [activations(), plain(), recurrent(), attention(), images()].into_iter().flatten().collect()
}

/// A network of no layers yet.
fn network<T: Element>() -> Sequential<T> {
    Sequential::default()
}

fn activations<T: Element>() -> Vec<Case<T>> {
    use chainrule::rule::{
        Abs, Atan, Clamp, Cos, Erf, Exp, Gaussian, GeluTanh, LogSigmoid, NormalCdf, PiecewiseSigmoid, Powi, Sin, Sinh,
    };
    fn one<T: Element>(activation: impl Activate<T> + 'static) -> Case<T> {
        let name = format!("activation {}", activation.name());
        case(&name, &[40], network().add(Activation::new(activation)))
    }
    vec![
        one(Linear),
        one(Softmax),
        one(LogSoftmax),
        one(Relu),
        one(Relu6),
        one(LeakyRelu(0.1)),
        one(Elu(0.7)),
        one(Selu),
        one(Gelu),
        one(GeluTanh),
        one(Sigmoid),
        one(HardSigmoid),
        one(PiecewiseSigmoid),
        one(LogSigmoid),
        one(Silu),
        one(HardSwish),
        one(Mish),
        one(Softplus),
        one(Softsign),
        one(Tanh),
        one(Exp),
        one(Abs),
        one(Sin),
        one(Cos),
        one(Sinh),
        one(Atan),
        one(Erf),
        one(NormalCdf),
        one(Gaussian(0.5)),
        one(Powi(3)),
        one(Clamp::new(-0.5, 1.25)),
    ]
}

fn plain<T: Element>() -> Vec<Case<T>> {
    let inner = network().add(Dense::new(4).activation(Tanh)).add(Dropout::new(0.5)).add(Dense::new(4));
    vec![
        case("Dense", &[4], network().add(Dense::new(8).activation(Relu)).add(Dense::new(3).activation(Softmax))),
        case("Dense on axes", &[2, 3, 4], network().add(Dense::new(5).activation(Gelu))),
        case("Dense without bias", &[4], network().add(Dense::new(5).without_bias())),
        case("Dense of a number", &[1], network().add(Dense::new(1))),
        case("Maxout", &[2, 4], network().add(Maxout::new(3).pieces(4))),
        case("Flatten and Reshape", &[2, 6], network().add(Flatten).add(Reshape::new([3, 4])).add(Dense::new(2))),
        case("Softmax and LogSoftmax", &[2, 6], network().add(Softmax).add(LogSoftmax)),
        case(
            "what training alone does",
            &[4],
            network().add(Input::new(4)).add(Dropout::new(0.3)).add(GaussianNoise::new(0.1)),
        ),
        case(
            "reused",
            &[4],
            network().add_named("twice", Dense::new(4).activation(Tanh)).reuse("twice").reuse("twice"),
        ),
        case("Sequential within", &[4], network().add(inner.clone()).add(inner).add(Dense::new(2))),
    ]
}

fn recurrent<T: Element>() -> Vec<Case<T>> {
    vec![
        case("SimpleRnn", &[5, 3], network().add(SimpleRnn::new(4))),
        case("SimpleRnn relu sequences", &[5, 3], network().add(SimpleRnn::new(4).activation(Relu).sequences())),
        case("SimpleRnn linear reversed", &[5, 3], network().add(SimpleRnn::new(4).activation(Linear).reversed())),
        case("Lstm", &[5, 3], network().add(Lstm::new(4))),
        case("Lstm sequences reversed", &[5, 3], network().add(Lstm::new(4).sequences().reversed())),
        case("Lstm on Lstm", &[5, 3], network().add(Lstm::new(4).sequences()).add(Lstm::new(2)).add(Dense::new(1))),
        case("Gru", &[5, 3], network().add(Gru::new(4))),
        case("Gru sequences reversed", &[5, 3], network().add(Gru::new(4).sequences().reversed())),
        case("Gru in both directions", &[5, 3], {
            let both = Parallel::default().add(Gru::new(2).sequences()).add(Gru::new(2).sequences().reversed());
            network().add(both).add(Dense::new(2))
        }),
    ]
}

fn attention<T: Element>() -> Vec<Case<T>> {
    let block = || Sequential::<T>::default().add(Dense::new(16).activation(Gelu)).add(Dense::new(8));
    let words = |name: &str, network| {
        // the second and third row end in padding; the third is nothing else
        let x = [3.0, 1.0, 4.0, 1.0, 5.0, 2.0, 6.0, 5.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0].map(T::literal);
        let (name, network, _) = case(name, &[5], network);
        (name, network, Tensor::new([3, 5], x.into()))
    };
    vec![
        words("Embedding", network().add(Embedding::new(7, 4)).add(Flatten).add(Dense::new(2))),
        words(
            "Embedding masked, AttentionPooling",
            network().add(Embedding::new(7, 4).mask_zero()).add(AttentionPooling::new()),
        ),
        words("Embedding masked, MultiHeadAttention", {
            network().add(Embedding::new(7, 4).mask_zero()).add(MultiHeadAttention::new(2, 3))
        }),
        words("Embedding masked, causal MultiHeadAttention", {
            network().add(Embedding::new(7, 4).mask_zero()).add(MultiHeadAttention::new(2, 3).causal())
        }),
        case("AttentionPooling", &[5, 3], network().add(AttentionPooling::new())),
        case("AttentionPooling hidden", &[5, 3], network().add(AttentionPooling::new().hidden(4))),
        case("MultiHeadAttention", &[5, 8], network().add(MultiHeadAttention::new(2, 3))),
        case("MultiHeadAttention causal", &[5, 8], network().add(MultiHeadAttention::new(4, 2).causal())),
        case(
            "Residual",
            &[5, 8],
            network().add(Residual::new(MultiHeadAttention::new(2, 4))).add(Residual::new(block())),
        ),
        case(
            "Parallel sum",
            &[8],
            network().add(Parallel::default().add(block()).add(Dense::new(8).activation(Tanh)).sum()),
        ),
        case(
            "Parallel concat",
            &[5, 8],
            network().add(Parallel::default().add(block()).add(Dense::new(3)).add(Dropout::new(0.5))),
        ),
    ]
}

fn images<T: Element>() -> Vec<Case<T>> {
    let conv = |name: &str, row: [usize; 3], conv: Conv2d<T>| case(name, &row, network().add(conv));
    vec![
        conv("Conv2d", [7, 6, 3], Conv2d::new(4, 3)),
        conv("Conv2d same", [7, 6, 3], Conv2d::new(4, 3).same().activation(Relu)),
        conv("Conv2d same of even size", [7, 6, 3], Conv2d::new(4, [2, 4]).same().without_bias()),
        conv("Conv2d same with stride", [7, 6, 2], Conv2d::new(4, [3, 2]).same().stride([2, 3])),
        conv("Conv2d same with dilation", [7, 6, 2], Conv2d::new(4, [3, 2]).same().dilation([2, 3])),
        conv("Conv2d with dilation and stride", [9, 9, 2], Conv2d::new(2, 3).dilation(2).stride(2)),
        conv("Conv2d of groups", [5, 5, 4], Conv2d::new(6, 3).groups(2)),
        conv("Conv2d with padding", [7, 6, 2], Conv2d::new(4, 3).padding([[1, 0], [2, 1]]).stride(2)),
        conv("Conv2d of each channel", [5, 5, 4], Conv2d::new(8, 3).groups(4).same()),
        case("MaxPool2d", &[7, 6, 3], network().add(MaxPool2d::new(2))),
        case("MaxPool2d same", &[7, 6, 3], network().add(MaxPool2d::new([3, 2]).stride([2, 3]).same())),
        case("AvgPool2d", &[7, 6, 3], network().add(AvgPool2d::new([3, 2]))),
        case("MaxPool2d with padding", &[7, 6, 3], network().add(MaxPool2d::new(3).stride(2).padding([1, 0]))),
        case(
            "AvgPool2d with padding",
            &[7, 6, 3],
            network().add(AvgPool2d::new(3).stride(2).padding([[1, 2], [0, 1]])),
        ),
        case("AvgPool2d same", &[7, 6, 3], network().add(AvgPool2d::new(3).stride(2).same())),
        case("GlobalAvgPool2d", &[7, 6, 3], network().add(GlobalAvgPool2d)),
        case("GlobalMaxPool2d", &[7, 6, 3], network().add(GlobalMaxPool2d)),
        case("BatchNorm", &[5, 4, 3], network().add(BatchNorm::new())),
        case("BatchNorm without gain", &[4], network().add(BatchNorm::new().without_gain().epsilon(0.1))),
        case("LayerNorm", &[5, 8], network().add(LayerNorm::new())),
        case("LayerNorm without shift", &[5, 8], network().add(LayerNorm::new().without_shift().epsilon(0.1))),
        case("digits", &[12, 12, 1], {
            let images = network().add(Conv2d::new(4, 3).activation(Relu)).add(MaxPool2d::new(2)).add(BatchNorm::new());
            let images = images.add(Conv2d::new(6, 3).same().activation(Relu)).add(MaxPool2d::new(2)).add(Flatten);
            images.add(Dense::new(10).activation(Softmax))
        }),
    ]
}
